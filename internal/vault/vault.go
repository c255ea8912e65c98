package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
)

const (
	keySize = 32 // AES-256
	idSize  = 4  // of a key in a ciphertext, to tell keys apart
	version = 1
	// header is version and key id.
	header = 1 + idSize
)

// Vault seals with its first key and opens with all of them. It is safe for use
// by many goroutines. Formatting it shows no key.
type Vault struct {
	keys []key
}

type key struct {
	id   [idSize]byte
	aead cipher.AEAD
}

// NewKey makes a random key in hex, a line for Parse.
func NewKey() string {
	raw := make([]byte, keySize)
	rand.Read(raw) // never fails: the runtime ends the program instead
	return hex.EncodeToString(raw)
}

// Parse reads keys of 64 hex digits, one a line. The first one seals; the others
// open what was sealed before it took their place.
func Parse(text string) (*Vault, error) {
	v := &Vault{}
	for n, line := range strings.Split(strings.TrimSpace(text), "\n") {
		raw, err := hex.DecodeString(strings.TrimPrefix(strings.TrimSpace(line), "0x"))
		if err != nil || len(raw) != keySize {
			// The cause is left out: it would quote a part of the key.
			return nil, fmt.Errorf("line %d must be a key of %d hex digits; make one with: openssl rand -hex %d", n+1, 2*keySize, keySize)
		}
		k, err := newKey(raw)
		if err != nil {
			return nil, err
		}
		v.keys = append(v.keys, k)
	}
	return v, nil
}

// LoadFile reads a file for Parse. It must be readable by its owner only.
func LoadFile(path string) (*Vault, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("load encryption key: %w", err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, fmt.Errorf("load encryption key %s: others may read it (mode %04o); run: chmod 600 %s", path, mode, path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("load encryption key: %w", err)
	}
	v, err := Parse(string(text))
	if err != nil {
		return nil, fmt.Errorf("load encryption key %s: %w", path, err)
	}
	return v, nil
}

func newKey(raw []byte) (key, error) {
	block, err := aes.NewCipher(raw)
	if err != nil {
		return key{}, fmt.Errorf("make cipher: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return key{}, fmt.Errorf("make cipher: %w", err)
	}
	sum := sha256.Sum256(append([]byte("latchkey key id "), raw...))
	return key{id: [idSize]byte(sum[:]), aead: aead}, nil
}

// Seal encrypts a secret for one place, such as "server share of dev_…".
func (v *Vault) Seal(secret []byte, place string) []byte {
	k := v.keys[0]
	sealed := append([]byte{version}, k.id[:]...)
	nonce := make([]byte, k.aead.NonceSize())
	rand.Read(nonce)
	return k.aead.Seal(append(sealed, nonce...), nonce, secret, []byte(place))
}

// Open decrypts what Seal made for the same place.
func (v *Vault) Open(sealed []byte, place string) ([]byte, error) {
	if len(sealed) < header || sealed[0] != version {
		return nil, fmt.Errorf("open %s: it was not sealed by this version", place)
	}
	for _, k := range v.keys {
		if k.id != [idSize]byte(sealed[1:header]) {
			continue
		}
		return k.open(sealed[header:], place)
	}
	return nil, fmt.Errorf("open %s: it was sealed with key %x, which is not among the %d given: add that key to the encryption key file", place, sealed[1:header], len(v.keys))
}

func (k key) open(sealed []byte, place string) ([]byte, error) {
	n := k.aead.NonceSize()
	if len(sealed) < n {
		return nil, fmt.Errorf("open %s: %w", place, errDamaged)
	}
	secret, err := k.aead.Open(nil, sealed[:n], sealed[n:], []byte(place))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", place, errDamaged)
	}
	return secret, nil
}

var errDamaged = errors.New("it was changed, or belongs to another row")

// String shows how many keys there are.
func (v *Vault) String() string { return fmt.Sprintf("vault of %d keys", len(v.keys)) }

// Format makes every verb of fmt show what String does.
func (v *Vault) Format(s fmt.State, _ rune) { _, _ = fmt.Fprint(s, v.String()) }
