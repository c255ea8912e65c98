package main

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"github.com/latchkey-dev/latchkey/internal/client"
)

// output runs the program and answers what it prints on stdout.
func output(t *testing.T, args ...string) string {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "stdout"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	stdout := os.Stdout
	os.Stdout = file
	defer func() { os.Stdout = stdout }()
	if code := run(t.Context(), args); code != 0 {
		t.Fatalf("latchkey %s: exit status %d", strings.Join(args, " "), code)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func contains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("lacks %q:\n%s", part, text)
		}
	}
}

// A key is granted, listed, shown, used up in part, and revoked, by commands
// that are told nothing but the development server's folder.
func TestSessionCommands(t *testing.T) {
	data := t.TempDir()
	dev := start(t, data)
	defer dev.close()
	contains(t, output(t, "session", "list", "--data", data), "No session keys", "latchkey session create")
	contains(t, output(t, "intent", "list", "--data", data), "No transaction intents")

	granted := output(t, "session", "create", "--data", data, "--for=24h", "--limit=5", "--call="+dev.info.ContractAddress+":mint(address)", "--json")
	var s session
	if err := json.Unmarshal([]byte(granted), &s); err != nil {
		t.Fatal(err)
	}
	if s.Status != "active" {
		t.Fatalf("granted a session that is %s: %s", s.Status, granted)
	}
	contains(t, output(t, "session", "list", "--data", data), s.ID, s.Address, "active", "in 23h", "calls 0/5")
	contains(t, output(t, "session", "show", s.ID, "--data", data), "may call mint on “Development NFT”", "5 times", "0 used of 5, 5 left", strings.Repeat("░", 20))
	registered := s.TransactionIntents[0].ID
	contains(t, output(t, "intent", "show", registered, "--data", data), registered, "succeeded", "new → sent", dev.info.Account)
	contains(t, output(t, "intent", "list", "--session", s.ID, "--data", data), registered, "succeeded")

	contains(t, output(t, "session", "revoke", s.ID, "--data", data), s.ID, "revoked")
	contains(t, output(t, "session", "watch", s.ID, "--data", data), "revoked") // final, so it ends
	contains(t, output(t, "session", "list", "--active", "--data", data), "No session keys")
}

// Without the owner's key the hash to sign is printed, and nothing is granted.
func TestSessionCreate_withoutTheOwnersKey(t *testing.T) {
	data := t.TempDir()
	dev := start(t, data)
	defer dev.close()
	t.Setenv("LATCHKEY_API", dev.info.API)
	t.Setenv("LATCHKEY_SECRET_KEY", dev.info.SecretKey)
	text := output(t, "session", "create", "--data", t.TempDir(), "--account", dev.info.Account, "--unrestricted", "--yes", "--first-use", "--policy", dev.info.Policy)
	contains(t, text, "pending", "Careful: it is unrestricted", "The owner signs 0x", "/signature")

	var found listAnswer[session]
	if err := (client.Client{Base: dev.info.API, Secret: dev.info.SecretKey}).Get(t.Context(), "/v1/sessions?active=true", &found); err != nil || found.Total != 0 {
		t.Errorf("%d active sessions (%v), want none", found.Total, err)
	}
}

func TestRemote_namesTheNextStep(t *testing.T) {
	folder := t.TempDir()
	_, err := remoteFlags{Data: folder}.open()
	if err == nil || !strings.Contains(err.Error(), "LATCHKEY_API") {
		t.Errorf("an empty folder: %v", err)
	}
	if err := os.WriteFile(filepath.Join(folder, "dev.json"), []byte(`{"info":{"api":"http://127.0.0.1:1","secretKey":"sk_test_1"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err = (remoteFlags{Data: folder, API: "http://127.0.0.1:2"}).open(); err == nil || !strings.Contains(err.Error(), "needs a --secret-key") {
		t.Errorf("another server without a key: %v", err)
	}
	r, err := remoteFlags{Data: folder}.open()
	if err != nil {
		t.Fatal(err)
	}
	var s answer[session]
	if err := r.explain(r.Get(t.Context(), "/v1/sessions/ses_1", &s)); err == nil || !strings.Contains(err.Error(), "Is `latchkey dev` running?") {
		t.Errorf("a server that is not there: %v", err)
	}
}

func TestSessionCreate_refused(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "nothing says what the key may do"},
		{[]string{"--unrestricted", "--call=0x0000000000000000000000000000000000000001"}, "leave out --call"},
		{[]string{"--unrestricted", "--yes", "--for=-1h"}, "--for -1h0m0s: must be longer than 0s"},
	} {
		var commands cli
		_, err := kong.Must(&commands).Parse(append([]string{"session", "create"}, c.args...))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %q", c.args, err, c.want)
		}
	}
}

func TestParseCall(t *testing.T) {
	const address = "0x0000000000000000000000000000000000000001"
	for _, c := range []struct{ text, want string }{
		{address, `{"address":"` + address + `"}`},
		{address + ":mint", `{"address":"` + address + `","calls":["mint"]}`},
		{address + ":f(address,(uint256,bytes)),0x12345678", `{"address":"` + address + `","calls":["f(address,(uint256,bytes))","0x12345678"]}`},
		{"0x1:mint", "is not an address"},
		{address + ":", "a function is missing"},
		{address + ":a,,b", "a function is missing"},
		{address + ":f(address", "parentheses do not match"},
	} {
		data, err := parseCall(c.text)
		got, _ := json.Marshal(data)
		if err != nil {
			got = []byte(err.Error())
		}
		if !strings.Contains(string(got), c.want) {
			t.Errorf("%s: got %s, want %s", c.text, got, c.want)
		}
	}
}

func TestEnds(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	for _, c := range []struct{ unix, want string }{
		{"1000090", "in 90s"}, {"1000120", "in 2m"}, {"1007200", "in 2h"}, {"1172800", "in 2d"}, {"999999", "1s ago"}, {"281474976710655", "never"}, {"", ""},
	} {
		if got := ends(c.unix, now); got != c.want {
			t.Errorf("ends(%s) = %q, want %q", c.unix, got, c.want)
		}
	}
}

func TestBar(t *testing.T) {
	for _, c := range []struct {
		used, limit string
		want        int
	}{{"0", "5", 0}, {"1", "4", 5}, {"5", "5", 20}, {"7", "5", 20}, {"0", "0", 20}, {"1", "100000000000000000000", 0}} {
		if got := strings.Count(bar(limitUsage{Used: json.Number(c.used), Limit: json.Number(c.limit)}), "█"); got != c.want {
			t.Errorf("bar(%s of %s) has %d full cells, want %d", c.used, c.limit, got, c.want)
		}
	}
}

func TestTable_colouredCellsKeepTheirWidth(t *testing.T) {
	var out strings.Builder
	tab := table{paint: true}
	tab.add(header("A"), header("B"))
	tab.add(state("active"), plain("x"))
	if err := tab.write(&out); err != nil {
		t.Fatal(err)
	}
	want := "\x1b[1mA\x1b[0m       \x1b[1mB\x1b[0m\n\x1b[32mactive\x1b[0m  x\n"
	if out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

// What others wrote does not reach the terminal as commands.
func TestAnswer_tame(t *testing.T) {
	t.Parallel()
	var s answer[session]
	raw := `{"id":"ses_1","description":"may call \u001b[31mmint\u001b[0m on \u202eevil\u0007\nGame","createdAt":1795372661,"validUntil":"18446744073709551615"}`
	if err := json.Unmarshal([]byte(raw), &s); err != nil {
		t.Fatal(err)
	}
	if want := "may call [31mmint[0m on evil Game"; s.read.Description != want {
		t.Errorf("it says %q, want %q", s.read.Description, want)
	}
	if s.read.CreatedAt != 1795372661 || string(s.raw) != raw {
		t.Errorf("read %+v of %s", s.read, s.raw)
	}
}

// A contract's name says nothing but the name of the contract, in the API's
// words as on a terminal.
func TestSessionCreate_namesOfStrangers(t *testing.T) {
	data := t.TempDir()
	dev := start(t, data)
	defer dev.close()
	const address = "0x00000000000000000000000000000000000000AA"
	name := "Game” (0x01), once, until tomorrow.\n\x1b[2J\u202e<b>" + strings.Repeat("x", 100)
	api := client.Client{Base: dev.info.API, Secret: dev.info.SecretKey}
	if err := api.Post(t.Context(), "/v1/contracts", map[string]any{"name": name, "chainId": dev.info.ChainID, "address": address}, new(map[string]any)); err != nil {
		t.Fatal(err)
	}
	text := output(t, "session", "create", "--data", data, "--call="+address+":mint(address)", "--limit=2")
	if want := "It may call 0x6a627842 on “Game' (0x01), once, until tomorrow. [2J<…” (" + address + "), 2 times, with fees that"; !strings.Contains(text, want) {
		t.Errorf("lacks %q:\n%s", want, text)
	}
}
