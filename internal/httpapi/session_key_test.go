package httpapi

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"
	"github.com/google/go-cmp/cmp"

	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/session"
)

// p256 is a fresh key and the forms in which clients have it.
func p256(t *testing.T) (key session.Key, forms map[string]string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	point, err := private.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	spki, err := x509.MarshalPKIXPublicKey(&private.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	x, y := point[1:33], point[33:]
	key = session.Key{Type: permission.P256, X: [32]byte(x), Y: [32]byte(y), Address: permission.SignerAddress([32]byte(x), [32]byte(y))}
	text := func(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
	quoted := func(parts ...string) string { return `"0x` + strings.Join(parts, "") + `"` }
	return key, map[string]string{
		"65 bytes": quoted(hex.EncodeToString(point)),
		"64 bytes": quoted(hex.EncodeToString(point[1:])),
		"SPKI":     quoted(hex.EncodeToString(spki)),
		"COSE":     quoted("a5010203262001215820", hex.EncodeToString(x), "225820", hex.EncodeToString(y)),
		"JWK":      `{"kty":"EC","crv":"P-256","ext":true,"key_ops":["verify"],"x":"` + text(x) + `","y":"` + text(y) + `"}`,
		"x and y":  `{"x":"` + text(x) + `=","y":"` + text(y) + `"}`,
	}
}

// withoutKey are the required fields of a create but the key.
const withoutKey = `{"chainId":80002,"validAfter":0,"validUntil":2000000000`

func (a *api) key() session.Key {
	p, _ := a.asked.(session.CreateParams)
	return p.Key
}

func TestSessionKeys(t *testing.T) {
	t.Parallel()
	want, forms := p256(t)
	for _, kind := range []permission.SignerType{permission.P256, permission.P256SHA256, permission.WebAuthn} {
		want.Type = kind
		for form, sent := range forms {
			for _, address := range []string{"", `,"address":"` + want.Address.Hex() + `"`} {
				a := newAPI(t)
				r := a.post("/v1/sessions", withoutKey+address+`,"signer":{"type":"`+kind.String()+`","publicKey":`+sent+`}}`)
				if r.Code != http.StatusOK {
					t.Errorf("%s in %s: got %d: %s", kind, form, r.Code, r.Body)
				}
				if diff := cmp.Diff(want, a.key()); diff != "" {
					t.Errorf("%s in %s (-want +got):\n%s", kind, form, diff)
				}
			}
		}
	}
}

func TestSecp256k1Keys(t *testing.T) {
	t.Parallel()
	private, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	want := session.Key{Address: crypto.PubkeyToAddress(private.PublicKey)}
	point := hex.EncodeToString(crypto.FromECDSAPub(&private.PublicKey))
	for name, sent := range map[string]string{
		"by address":          `"address":"` + want.Address.Hex() + `"`,
		"by address and type": `"address":"` + want.Address.Hex() + `","signer":{"type":"secp256k1"}`,
		"by public key":       `"signer":{"type":"secp256k1","publicKey":"0x` + point + `"}`,
		"by both":             `"address":"` + want.Address.Hex() + `","signer":{"type":"secp256k1","publicKey":"0x` + point[2:] + `"}`,
	} {
		a := newAPI(t)
		if r := a.post("/v1/sessions", withoutKey+","+sent+"}"); r.Code != http.StatusOK || a.key() != want {
			t.Errorf("%s: got %d %s and %v", name, r.Code, r.Body, a.key())
		}
	}
}

func TestRefusedSessionKeys(t *testing.T) {
	t.Parallel()
	key, forms := p256(t)
	jwk := forms["x and y"]
	cases := map[string]struct{ body, want string }{
		"none":                       {`"limit":1`, "address: is required, or signer.publicKey"},
		"no type":                    {`"signer":{"publicKey":` + jwk + `}`, "signer.type: is required"},
		"unknown type":               {`"signer":{"type":"ed25519","publicKey":` + jwk + `}`, `signer.type: must be one of secp256k1, p256, p256-sha256, webauthn, is "ed25519"`},
		"type of ERC-7715":           {`"signer":{"type":"key","data":{"id":"0x1"}}`, `signer.data: is not offered here`},
		"address alone of P-256":     {`"address":"` + key.Address.Hex() + `","signer":{"type":"p256"}`, "signer.publicKey: is required, unless"},
		"no address of secp256k1":    {`"signer":{"type":"secp256k1"}`, "signer.publicKey: is required, unless"},
		"another address":            {`"address":"` + signer.Hex() + `","signer":{"type":"p256","publicKey":` + jwk + `}`, "address: is not that of signer.publicKey, which is " + key.Address.Hex()},
		"too short":                  {`"signer":{"type":"p256","publicKey":"0x04"}`, "signer.publicKey: must be x and y (64 bytes, or 65 with 04 in front), an SPKI or a COSE key, is 1 bytes"},
		"compressed":                 {`"signer":{"type":"p256","publicKey":"0x02` + strings.Repeat("11", 32) + `"}`, "signer.publicKey: must be x and y"},
		"not hex":                    {`"signer":{"type":"p256","publicKey":"key"}`, "signer.publicKey: must be 0x hex or a JWK"},
		"a number":                   {`"signer":{"type":"p256","publicKey":4}`, "signer.publicKey: must be 0x hex or a JWK, is 4"},
		"off the curve":              {`"signer":{"type":"webauthn","publicKey":"0x` + strings.Repeat("11", 64) + `"}`, "signer.publicKey: is not a point on the curve of a webauthn key"},
		"on the other curve":         {`"signer":{"type":"secp256k1","publicKey":` + jwk + `}`, "signer.publicKey: is not a point on the curve of a secp256k1 key"},
		"nothing":                    {`"signer":{"type":"p256","publicKey":"0x` + strings.Repeat("00", 64) + `"}`, "signer.publicKey: is not a point"},
		"JWK of another curve":       {`"signer":{"type":"p256","publicKey":{"crv":"P-384","x":"AA","y":"AA"}}`, `signer.publicKey.crv: must be P-256 for a p256 key, is "P-384"`},
		"JWK without y":              {`"signer":{"type":"p256","publicKey":{"x":"` + strings.Repeat("A", 43) + `"}}`, "signer.publicKey.y: must be 32 bytes as base64url"},
		"private JWK":                {`"signer":{"type":"p256","publicKey":{"d":"AA","x":"AA","y":"AA"}}`, "signer.publicKey.d: is the private key: never send it"},
		"unknown registration fails": {`"address":"` + signer.Hex() + `","registration":7`, "registration: must be a string, is 7"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t)
			r := a.post("/v1/sessions", withoutKey+","+tc.body+"}")
			if r.Code != http.StatusBadRequest || !strings.Contains(r.message(), tc.want) {
				t.Errorf("got %d %q, want 400 with %q", r.Code, r.message(), tc.want)
			}
			if a.asked != nil {
				t.Error("the domain was asked")
			}
		})
	}
}

func TestSignerIsShown(t *testing.T) {
	t.Parallel()
	key, forms := p256(t)
	a := newAPI(t)
	a.session.Permission.SignerType = permission.WebAuthn
	a.session.Session.PublicKey = append(key.X[:], key.Y[:]...)
	r := a.get("/v1/sessions/" + sessionID)
	want := `"signer":{"publicKey":` + forms["65 bytes"] + `,"type":"webauthn"}`
	if !strings.Contains(r.Body.String(), want) {
		t.Errorf("got %s, want %s", r.Body, want)
	}
}
