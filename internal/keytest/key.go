package keytest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/userop"
)

// Kinds are those that keys on P-256 have.
var Kinds = []userop.SignerType{userop.P256, userop.P256SHA256, userop.WebAuthn}

// Key is a key on P-256 with its kind.
type Key struct {
	t       testing.TB
	private *ecdsa.PrivateKey
	Owner   userop.Owner // as which an account knows it
}

// New makes a key.
func New(t testing.TB, kind userop.SignerType) Key {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	point, err := private.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	public, err := userop.ParseP256Key(point)
	if err != nil {
		t.Fatal(err)
	}
	return Key{t, private, userop.OwnerWithKey(kind, public)}
}

// As is the same key, of another kind.
func (k Key) As(kind userop.SignerType) Key {
	k.Owner.Kind = kind
	return k
}

// Sign answers what a client sends for hash.
func (k Key) Sign(hash common.Hash) []byte {
	k.t.Helper()
	switch k.Owner.Kind {
	case userop.P256SHA256:
		digest := sha256.Sum256(hash[:])
		return k.der(digest[:])
	case userop.WebAuthn:
		return k.assertion(hash)
	}
	return k.der(hash[:])
}

func (k Key) der(digest []byte) []byte {
	k.t.Helper()
	sig, err := ecdsa.SignASN1(rand.Reader, k.private, digest)
	if err != nil {
		k.t.Fatal(err)
	}
	return sig
}

func (k Key) assertion(hash common.Hash) []byte {
	k.t.Helper()
	const presentAndVerified = 0x05
	url := base64.RawURLEncoding.EncodeToString
	clientData := []byte(`{"type":"webauthn.get","challenge":"` + url(hash[:]) + `","origin":"https://app.example","crossOrigin":false}`)
	party, inner := sha256.Sum256([]byte("app.example")), sha256.Sum256(clientData)
	authenticatorData := slices.Concat(party[:], []byte{presentAndVerified, 0, 0, 0, 9})
	digest := sha256.Sum256(slices.Concat(authenticatorData, inner[:]))
	text, err := json.Marshal(map[string]string{
		"authenticatorData": url(authenticatorData), "clientDataJSON": url(clientData), "signature": url(k.der(digest[:])),
	})
	if err != nil {
		k.t.Fatal(err)
	}
	return text
}
