package vault_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/latchkey-dev/latchkey/internal/vault"
)

func parse(t *testing.T, text string) *vault.Vault {
	t.Helper()
	v, err := vault.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSealAndOpen(t *testing.T) {
	t.Parallel()
	v := parse(t, vault.NewKey())
	secret := []byte("a share")
	sealed := v.Seal(secret, "place 1")
	if bytes.Contains(sealed, secret) {
		t.Error("the secret can be read")
	}
	if got, err := v.Open(sealed, "place 1"); err != nil || !bytes.Equal(got, secret) {
		t.Errorf("opened %q, %v", got, err)
	}
	if bytes.Equal(sealed, v.Seal(secret, "place 1")) {
		t.Error("two seals of the same secret are equal")
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	v := parse(t, vault.NewKey())
	sealed := v.Seal([]byte("a share"), "place 1")
	if _, err := v.Open(sealed, "place 2"); err == nil {
		t.Error("opened in another place")
	}
	if _, err := parse(t, vault.NewKey()).Open(sealed, "place 1"); err == nil {
		t.Error("opened with another key")
	}
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		if _, err := v.Open(changed, "place 1"); err == nil {
			t.Errorf("opened with byte %d changed", i)
		}
		if _, err := v.Open(sealed[:i], "place 1"); err == nil {
			t.Errorf("opened when cut to %d bytes", i)
		}
	}
}

func TestKeysAreReplaced(t *testing.T) {
	t.Parallel()
	old, next := vault.NewKey(), vault.NewKey()
	before := parse(t, old).Seal([]byte("a share"), "place")
	v := parse(t, next+"\n"+old+"\n")
	if got, err := v.Open(before, "place"); err != nil || string(got) != "a share" {
		t.Errorf("opened %q, %v", got, err)
	}
	if _, err := parse(t, next).Open(v.Seal([]byte("new"), "place"), "place"); err != nil {
		t.Errorf("the first key does not seal: %v", err)
	}
	if _, err := parse(t, next).Open(before, "place"); err == nil || !strings.Contains(err.Error(), "add that key") {
		t.Errorf("without the old key: %v", err)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	good := vault.NewKey()
	for _, text := range []string{"", "ab", good[1:], good + "00", good + "\n\n" + good, strings.Repeat("zz", 32)} {
		_, err := vault.Parse(text)
		if err == nil {
			t.Errorf("%q: no error", text)
		} else if strings.Contains(err.Error(), good[:8]) {
			t.Errorf("the error shows the key: %v", err)
		}
	}
}

func TestLoadFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(path, []byte(vault.NewKey()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := vault.LoadFile(path); err != nil {
		t.Error(err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := vault.LoadFile(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a key that others may read: %v", err)
	}
	if _, err := vault.LoadFile(path + "x"); err == nil {
		t.Error("no error without a file")
	}
}

func TestShowsNoKey(t *testing.T) {
	t.Parallel()
	k := vault.NewKey()
	v := parse(t, k)
	if shown := fmt.Sprintf("%v %+v %#v %s %x", v, v, v, v, v); shown != strings.TrimSpace(strings.Repeat("vault of 1 keys ", 5)) {
		t.Error(shown)
	}
}
