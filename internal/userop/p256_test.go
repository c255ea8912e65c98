package userop

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
)

type p256Pair struct {
	private *ecdsa.PrivateKey
	public  P256Key
}

func newP256(t *testing.T) p256Pair {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	point, err := private.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	public, err := ParseP256Key(point)
	if err != nil {
		t.Fatal(err)
	}
	return p256Pair{private, public}
}

// sign answers DER and r‖s, with s in the half that is asked for.
func (p p256Pair) sign(t *testing.T, digest []byte, highS bool) (der, plain []byte) {
	t.Helper()
	der, err := ecdsa.SignASN1(rand.Reader, p.private, digest)
	if err != nil {
		t.Fatal(err)
	}
	r, s, err := parseP256Signature(der)
	if err != nil {
		t.Fatal(err)
	}
	if highS != (s.Cmp(p256HalfN) > 0) {
		s.Sub(p256N, s)
	}
	return der, append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
}

func TestKeySignatureOfP256(t *testing.T) {
	t.Parallel()
	pair, hash := newP256(t), common.HexToHash("0x1234")
	again := sha256.Sum256(hash[:])
	for kind, digest := range map[SignerType][]byte{P256: hash[:], P256SHA256: again[:]} {
		for _, highS := range []bool{false, true} {
			der, plain := pair.sign(t, digest, highS)
			for _, sig := range [][]byte{der, plain} {
				tail, err := KeySignature(kind, pair.public, hash, sig)
				if err != nil {
					t.Fatalf("%s: %v", kind, err)
				}
				if len(tail) != 128 || !bytes.Equal(tail[:64], append(pair.public.X[:], pair.public.Y[:]...)) {
					t.Fatalf("%s: tail %x does not start with the key", kind, tail)
				}
				if new(big.Int).SetBytes(tail[96:]).Cmp(p256HalfN) > 0 {
					t.Fatalf("%s: s of %x is in the upper half", kind, tail)
				}
				if _, _, err := pair.public.verify(digest, tail[64:]); err != nil {
					t.Fatalf("%s: the tail does not verify: %v", kind, err)
				}
			}
		}
	}
}

func TestKeySignatureRefusals(t *testing.T) {
	t.Parallel()
	pair, stranger, hash := newP256(t), newP256(t), common.HexToHash("0x1234")
	_, plain := pair.sign(t, hash[:], false)
	n := p256N.FillBytes(make([]byte, 32))
	for _, c := range []struct {
		name string
		kind SignerType
		key  P256Key
		sig  []byte
		want string
	}{
		{"stranger", P256, stranger.public, plain, "not by key " + stranger.public.Address().Hex()},
		{"digest of the other kind", P256SHA256, pair.public, plain, "not by key"},
		{"empty", P256, pair.public, nil, "has 0 bytes and is neither"},
		{"recovery byte", P256, pair.public, append(bytes.Clone(plain), 27), "has 65 bytes"},
		{"zero r", P256, pair.public, append(make([]byte, 32), plain[32:]...), "from 1 to the order"},
		{"s of the order", P256, pair.public, append(bytes.Clone(plain[:32]), n...), "from 1 to the order"},
		{"key off the curve", P256, P256Key{X: [32]byte{1}}, plain, "no point on P-256"},
		{"no P-256 key", Secp256k1, pair.public, plain, "has no P-256 key"},
	} {
		if _, err := KeySignature(c.kind, c.key, hash, c.sig); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got error %v, want %q", c.name, err, c.want)
		}
	}
	if _, err := ParseP256Key(make([]byte, 64)); err == nil {
		t.Error("a point off the curve is a key")
	}
}

// assert answers as an authenticator does.
func (p p256Pair) assert(t *testing.T, authenticatorData []byte, clientData string) Assertion {
	t.Helper()
	inner := sha256.Sum256([]byte(clientData))
	digest := sha256.Sum256(append(bytes.Clone(authenticatorData), inner[:]...))
	der, _ := p.sign(t, digest[:], true)
	return Assertion{authenticatorData, []byte(clientData), der}
}

func clientDataOf(hash common.Hash) string {
	return `{"type":"webauthn.get","challenge":"` + base64.RawURLEncoding.EncodeToString(hash[:]) + `","origin":"https://app.example"}`
}

func authenticatorDataOf(flags byte) []byte {
	out := bytes.Repeat([]byte{7}, 37)
	out[32] = flags
	return out
}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestKeySignatureOfWebAuthn(t *testing.T) {
	t.Parallel()
	pair, hash := newP256(t), common.HexToHash("0xabcdef")
	a := pair.assert(t, authenticatorDataOf(flagUserPresent), clientDataOf(hash))
	url := base64.RawURLEncoding.EncodeToString
	padded := base64.URLEncoding.EncodeToString
	parts := map[string]string{"authenticatorData": url(a.AuthenticatorData), "clientDataJSON": url(a.ClientDataJSON), "signature": url(a.Signature)}
	var first []byte
	for name, text := range map[string][]byte{
		"base64url":  marshal(t, parts),
		"credential": marshal(t, map[string]any{"id": "x", "type": "public-key", "response": parts}),
		"padded":     marshal(t, map[string]string{"authenticatorData": padded(a.AuthenticatorData), "clientDataJSON": padded(a.ClientDataJSON), "signature": padded(a.Signature)}),
		"hex and text": marshal(t, map[string]any{
			"authenticatorData": hexutil.Bytes(a.AuthenticatorData), "clientDataJSON": string(a.ClientDataJSON), "signature": hexutil.Bytes(a.Signature),
		}),
	} {
		tail, err := KeySignature(WebAuthn, pair.public, hash, text)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if first == nil {
			first = tail
		}
		if !bytes.Equal(first, tail) {
			t.Errorf("%s: another encoding", name)
		}
	}
	checkTail(t, first, a, hash)
}

// checkTail reads the tail as the account does.
func checkTail(t *testing.T, tail []byte, a Assertion, hash common.Hash) {
	t.Helper()
	args := tail[64:]
	number := func(at int) int {
		v, ok := wordUint64(args[at : at+32])
		if !ok {
			t.Fatalf("word at %d is wide", at)
		}
		return int(v)
	}
	read := func(at int) []byte { return args[at+32 : at+32+number(at)] }
	data, client := read(number(128)), read(number(160))
	if !bytes.Equal(data, a.AuthenticatorData) || !bytes.Equal(client, a.ClientDataJSON) {
		t.Errorf("tail holds %x and %s", data, client)
	}
	if number(128) != 192 || number(160) != 192+32+64 || len(args) != 192+32+64+32+int(padded(uint64(len(client)))) {
		t.Errorf("tail is not canonical: %x", args)
	}
	if !bytes.HasPrefix(client[number(64):], clientDataChallenge(hash)) || !bytes.HasPrefix(client[number(96):], []byte(clientDataType)) {
		t.Errorf("indexes %d and %d point to something else", number(64), number(96))
	}
}

func TestWebAuthnRefusals(t *testing.T) {
	t.Parallel()
	pair, hash := newP256(t), common.HexToHash("0xabcdef")
	fine := authenticatorDataOf(flagUserPresent)
	for _, c := range []struct {
		name       string
		data       []byte
		clientData string
		want       string
	}{
		{"other challenge", fine, clientDataOf(common.Hash{}), "the challenge is the 32 bytes of the signable hash"},
		{"creation", fine, strings.Replace(clientDataOf(hash), ".get", ".create", 1), "must contain \"type\":\"webauthn.get\""},
		{"no user", authenticatorDataOf(4), clientDataOf(hash), "no user was present"},
		{"backed up unasked", authenticatorDataOf(flagUserPresent | flagBackedUp), clientDataOf(hash), "may not be"},
		{"short", fine[:36], clientDataOf(hash), "at least 37 bytes, has 36"},
	} {
		a := pair.assert(t, c.data, c.clientData)
		text := marshal(t, map[string]any{"authenticatorData": hexutil.Bytes(a.AuthenticatorData), "clientDataJSON": hexutil.Bytes(a.ClientDataJSON), "signature": hexutil.Bytes(a.Signature)})
		if _, err := KeySignature(WebAuthn, pair.public, hash, text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got error %v, want %q", c.name, err, c.want)
		}
	}
	for text, want := range map[string]string{
		"0x1234": "read webauthn signature",
		"{}":     "authenticatorData is missing",
		`{"authenticatorData":"AA","signature":"AA"}`:                               "clientDataJSON is missing",
		`{"authenticatorData":"AA","signature":"!"}`:                                "signature must be base64url or 0x-hex",
		`{"authenticatorData":"AA","signature":"AA","response":{"signature":"AA"}}`: "authenticatorData is missing",
	} {
		if _, err := KeySignature(WebAuthn, pair.public, hash, []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got error %v, want %q", text, err, want)
		}
	}
}

func FuzzKeySignature(f *testing.F) {
	hash := common.HexToHash("0x01")
	f.Add([]byte(`{"authenticatorData":"AA","clientDataJSON":"{}","signature":"AA"}`))
	f.Add(make([]byte, 64))
	f.Add(common.FromHex("0x3006020101020101"))
	f.Fuzz(func(t *testing.T, sig []byte) {
		for _, kind := range []SignerType{P256, P256SHA256, WebAuthn} {
			if tail, err := KeySignature(kind, P256Key{}, hash, sig); err == nil {
				t.Fatalf("%s: the zero key has signed: %x", kind, tail)
			}
		}
	})
}
