package signer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/accounts"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
)

// A well-known pair, see https://eips.ethereum.org/EIPS/eip-155.
const (
	knownKey     = "4646464646464646464646464646464646464646464646464646464646464646"
	knownAddress = "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F"
)

func known(t *testing.T) *Local {
	t.Helper()
	key, err := Parse("0x" + knownKey)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestSignaturesRecoverToTheAddress(t *testing.T) {
	t.Parallel()
	key := known(t)
	if key.Address() != common.HexToAddress(knownAddress) {
		t.Errorf("address is %s, want %s", key.Address(), knownAddress)
	}
	hash := crypto.Keccak256Hash([]byte("something"))
	raw, err := key.SignHash(t.Context(), hash)
	if err != nil {
		t.Fatal(err)
	}
	assertRecovers(t, key, hash[:], raw)
	personal, err := key.SignPersonal(t.Context(), hash)
	if err != nil {
		t.Fatal(err)
	}
	assertRecovers(t, key, accounts.TextHash(hash[:]), personal)
}

func assertRecovers(t *testing.T, key *Local, digest []byte, sig [65]byte) {
	t.Helper()
	if sig[64] != 27 && sig[64] != 28 {
		t.Fatalf("v is %d, want 27 or 28", sig[64])
	}
	sig[64] -= 27
	public, err := crypto.SigToPub(digest, sig[:])
	if err != nil {
		t.Fatal(err)
	}
	if got := crypto.PubkeyToAddress(*public); got != key.Address() {
		t.Errorf("recovers to %s, want %s", got, key.Address())
	}
}

func TestSignTxForItsChain(t *testing.T) {
	t.Parallel()
	key, chain := known(t), big.NewInt(31337)
	to := common.Address{1}
	signed, err := key.SignTx(t.Context(), types.NewTx(&types.DynamicFeeTx{
		ChainID: chain, Gas: 21000, GasFeeCap: big.NewInt(2), GasTipCap: big.NewInt(1), To: &to,
	}), chain)
	if err != nil {
		t.Fatal(err)
	}
	from, err := types.Sender(types.LatestSignerForChainID(chain), signed)
	if err != nil || from != key.Address() {
		t.Errorf("sender is %s (%v), want %s", from, err, key.Address())
	}
	if _, err := key.SignTx(t.Context(), signed, big.NewInt(1)); err == nil || !strings.Contains(err.Error(), "for chain 1") {
		t.Errorf("other chain: got error %v", err)
	}
}

func TestSaveAndLoad(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "relayer.key")
	key, err := Generate()
	if err != nil {
		t.Fatal(err)
	}
	if err := key.SaveFile(path); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("file is %v (%v), want mode 0600", info.Mode(), err)
	}
	loaded, err := LoadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if loaded.Address() != key.Address() {
		t.Errorf("loaded %s, saved %s", loaded.Address(), key.Address())
	}
	other := known(t)
	if err := other.SaveFile(path); err == nil {
		t.Error("an existing key file was overwritten")
	}
	if again, err := LoadFile(path); err != nil || again.Address() != key.Address() {
		t.Errorf("after a refused save: %v, %v", again, err)
	}
}

func TestLoadFileRefusals(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name, text string, mode fs.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	zero, order := strings.Repeat("0", 64), fmt.Sprintf("%x", crypto.S256().Params().N)
	for _, c := range []struct{ name, path, want string }{
		{"missing", filepath.Join(dir, "nothing"), "does not exist"},
		{"directory", dir, "is a directory"},
		{"readable by others", file("open", knownKey, 0o644), "(mode 0644); run: chmod 600"},
		{"readable by the group", file("group", knownKey, 0o640), "(mode 0640)"},
		{"empty", file("empty", "", 0o600), "must be 64 hex digits"},
		{"short", file("short", knownKey[:62], 0o600), "62 characters were given"},
		{"not hex", file("text", knownKey[:63]+"g", 0o600), "must be 64 hex digits"},
		{"two keys", file("two", knownKey+"\n"+knownKey, 0o600), "must be 64 hex digits"},
		{"zero", file("zero", zero, 0o600), "not on the curve"},
		{"order", file("order", order, 0o600), "not on the curve"},
	} {
		_, err := LoadFile(c.path)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.path) {
			t.Errorf("%s: got error %v, want %q and the path", c.name, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "4646") {
			t.Errorf("%s: the error shows key material: %v", c.name, err)
		}
	}
	for _, text := range []string{knownKey, "0x" + knownKey, "  0x" + knownKey + "\r\n"} {
		if key, err := LoadFile(file("good", text, 0o600)); err != nil || key.Address().Hex() != knownAddress {
			t.Errorf("%q: got %v, %v", text, key, err)
		}
	}
}

func TestNoFormattingShowsTheKey(t *testing.T) {
	t.Parallel()
	key := known(t)
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		fmt.Fprintf(&out, verb+"\n", key)
		fmt.Fprintf(&out, verb+"\n", struct{ Key *Local }{key})
	}
	slog.New(slog.NewTextHandler(&out, nil)).Info("text", "key", key, "in", []any{key})
	slog.New(slog.NewJSONHandler(&out, nil)).Info("json", "key", key, "in", []any{key})
	text, err := json.Marshal(map[string]any{"key": key})
	if err != nil {
		t.Fatal(err)
	}
	out.Write(text)
	shown := strings.ToLower(out.String())
	secret := new(big.Int).SetBytes(common.FromHex(knownKey))
	for _, form := range []string{knownKey, secret.String(), secret.String()[:20], "70 70 70 70", "0x46, 0x46"} {
		if strings.Contains(shown, form) {
			t.Errorf("output shows %s:\n%s", form, shown)
		}
	}
	if !strings.Contains(shown, strings.ToLower(knownAddress)) {
		t.Errorf("output does not show the address:\n%s", shown)
	}
}
