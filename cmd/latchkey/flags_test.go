package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/clientaddr"
)

func TestFlags_refused(t *testing.T) {
	key := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(key, []byte(strings.Repeat("1", 64)), 0o600); err != nil {
		t.Fatal(err)
	}
	serve := []string{"serve", "--rpc=http://127.0.0.1:1", "--relayer-key-file=" + key}
	for _, c := range []struct {
		args []string
		want string // "" for what is fine
	}{
		{append(serve, "--paymaster=0x0000000000000000000000000000000000000001"), ""},
		{append(serve, "--sign-window=-5m"), "--sign-window -5m0s: must be at least 1s"},
		{append(serve, "--sign-window=0s"), "--sign-window 0s"},
		{append(serve, "--poll=-1s"), "--poll -1s: must be longer than 0s"},
		{append(serve, "--poll=0s"), "--poll 0s"},
		{append(serve, "--confirmations=0"), "--confirmations 0"},
		{append(serve, "--paymaster=0x12"), `--paymaster "0x12" is not an address`},
		{append(serve, "--console-url=https://latchkey.example.com/"), ""},
		{append(serve, "--console-url=latchkey.example.com"), `--console-url "latchkey.example.com": must be`},
		{append(serve, "--console-url=https://example.com/latchkey"), "must be http:// or https:// and a host"},
		{append(serve, "--trusted-proxy=10.0.0.1,fd00::/8", "--trusted-proxy=::1"), ""},
		{append(serve, "--trusted-proxy=127.0.0.1,nginx"), `--trusted-proxy "nginx" is neither an address nor a network: write it as 10.0.0.5`},
		{append(serve, "--trusted-proxy=10.0.0.7/8"), `--trusted-proxy "10.0.0.7/8" is an address inside a network: write 10.0.0.0/8`},
		{append(serve, "--trusted-proxy=0.0.0.0/0"), "--trusted-proxy \"0.0.0.0/0\" is every address"},
		{[]string{"dev"}, ""},
		{[]string{"dev", "--chain-id=0"}, "--chain-id 0: must be from 1 to 9007199254740991"},
		{[]string{"dev", "--chain-id=18446744073709551615"}, "must be from 1 to"},
	} {
		var commands cli
		_, err := kong.Must(&commands).Parse(c.args)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%q: %v, want %q", c.args, err, c.want)
		}
	}
}

func TestDeployAmounts_refused(t *testing.T) {
	for _, c := range []struct{ stake, deposit, want string }{
		{"0", "1", ""},
		{"-1", "1", `--stake "-1" is not an amount of wei`},
		{"1", "-1000000000000000000", `--deposit "-1000000000000000000" is not`},
		{"1", "1 ether", `--deposit "1 ether" is not`},
		{"0x10", "1", `--stake "0x10" is not`},
		{strings.Repeat("9", 30), "1", "from 0 to 2^96-1"},
	} {
		_, err := deployCommand{Stake: c.stake, Deposit: c.deposit}.options(common.Address{1})
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("stake %s, deposit %s: %v, want %q", c.stake, c.deposit, err, c.want)
		}
	}
}

func TestExposed(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"http://127.0.0.1:8080": false, "http://[::1]:8080": false, "http://localhost:8080": false, "https://keys.example.com": false,
		"http://[::]:8080": true, "http://10.0.0.7:8080": true, "http://keys.example.com": true,
	} {
		if got := exposed(address); got != want {
			t.Errorf("%s: %t", address, got)
		}
	}
}

func TestTrustedProxies_read(t *testing.T) {
	key := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(key, []byte(strings.Repeat("1", 64)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		env   string
		flags []string
		want  string
	}{
		{"", nil, "none"},
		{"10.0.0.0/8, ::1", nil, "10.0.0.0/8,::1/128"},
		{"", []string{"--trusted-proxy=127.0.0.1", "--trusted-proxy=10.0.0.1,10.0.0.2"}, "127.0.0.1/32,10.0.0.1/32,10.0.0.2/32"},
	} {
		t.Setenv("LATCHKEY_TRUSTED_PROXIES", c.env)
		var commands cli
		if _, err := kong.Must(&commands).Parse(append([]string{"serve", "--rpc=http://127.0.0.1:1", "--relayer-key-file=" + key}, c.flags...)); err != nil {
			t.Fatalf("%q, %q: %v", c.env, c.flags, err)
		}
		proxies, err := commands.Serve.trustedProxies()
		if err != nil || proxies.String() != c.want {
			t.Errorf("%q, %q: %s, %v, want %s", c.env, c.flags, proxies, err, c.want)
		}
	}
}

func TestLogProxies(t *testing.T) {
	t.Parallel()
	trusted, err := clientaddr.Parse([]string{"127.0.0.1", "10.0.0.0/8"})
	if err != nil {
		t.Fatal(err)
	}
	for want, proxies := range map[string]clientaddr.Proxies{
		"proxies=127.0.0.1/32,10.0.0.0/8":                           trusted,
		"X-Forwarded-For is ignored, and the address that connects": nil,
	} {
		var log strings.Builder
		logProxies(slog.New(slog.NewTextHandler(&log, nil)), proxies)
		if !strings.Contains(log.String(), want) {
			t.Errorf("trusting %s logs %q, want %q", proxies, log.String(), want)
		}
	}
}
