package httpapi

import (
	"bytes"
	"crypto/ecdh"
	"encoding/base64"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/session"
)

// signerTypes are the kinds of session keys, as the API names them.
var signerTypes = []permission.SignerType{permission.Secp256k1, permission.P256, permission.P256SHA256, permission.WebAuthn}

// sessionKey reads the key that a request names by address, by signer, or by
// both. It is zero when the request names none.
func sessionKey(address *string, signer *SessionSigner) (key session.Key, err error) {
	named, err := parseOptionalAddress("address", address)
	if err != nil || signer == nil {
		return session.Key{Address: value(named)}, err
	}
	if key.Type, err = signerType(signer.Type); err != nil {
		return key, err
	}
	if signer.PublicKey == nil {
		if key.Type != permission.Secp256k1 || named == nil {
			return key, fault.Field("signer.publicKey", nil, "is required, unless the key is secp256k1 and named by address")
		}
		key.Address = *named
		return key, nil
	}
	point, err := publicKey(key.Type, signer.PublicKey)
	if err != nil {
		return key, err
	}
	key.Address = common.BytesToAddress(crypto.Keccak256(point[:]))
	if key.Type != permission.Secp256k1 {
		key.X, key.Y = [32]byte(point[:32]), [32]byte(point[32:])
	}
	if named != nil && *named != key.Address {
		return key, fault.Field("address", named.Hex(), "is not that of signer.publicKey, which is %s: leave it out", key.Address)
	}
	return key, nil
}

func signerType(name string) (permission.SignerType, error) {
	var known []string
	for _, t := range signerTypes {
		if name == t.String() {
			return t, nil
		}
		known = append(known, t.String())
	}
	return 0, fault.Field("signer.type", echo(name), "must be one of %s, is %s", strings.Join(known, ", "), describeValue(name))
}

// publicKey answers x and y of a point on the curve of keys of that type.
func publicKey(t permission.SignerType, sent any) (point [64]byte, err error) {
	const field = "signer.publicKey"
	switch sent := sent.(type) {
	case string:
		point, err = publicKeyBytes(field, sent)
	case map[string]any:
		point, err = webKey(field, t, sent)
	default:
		err = typeFault(field, sent, "0x hex or a JWK")
	}
	if err != nil {
		return point, err
	}
	uncompressed := append([]byte{0x04}, point[:]...)
	if t == permission.Secp256k1 {
		_, err = crypto.UnmarshalPubkey(uncompressed)
	} else {
		_, err = ecdh.P256().NewPublicKey(uncompressed)
	}
	if err != nil {
		return point, fault.Field(field, nil, "is not a point on the curve of a %s key", t)
	}
	return point, nil
}

// What stands around x and y in the forms that browsers give a P-256 key: SPKI
// (getPublicKey, exportKey) and COSE (attested credential data).
var (
	spkiHead   = common.FromHex("0x3059301306072a8648ce3d020106082a8648ce3d03010703420004")
	coseHead   = common.FromHex("0xa5010203262001215820")
	coseMiddle = common.FromHex("0x225820")
)

func publicKeyBytes(field, s string) (point [64]byte, err error) {
	raw, err := hexutil.Decode(s)
	if err != nil {
		return point, fault.Field(field, echo(s), "must be 0x hex or a JWK, is %s", describeValue(s))
	}
	if rest, ok := bytes.CutPrefix(raw, spkiHead); ok {
		raw = rest
	} else if rest, ok := bytes.CutPrefix(raw, coseHead); ok && len(rest) == 32+len(coseMiddle)+32 {
		if x, y, ok := bytes.Cut(rest, coseMiddle); ok && len(x) == 32 {
			raw = append(x[:32:32], y...)
		}
	} else if len(raw) == 65 && raw[0] == 0x04 {
		raw = raw[1:]
	}
	if len(raw) != len(point) {
		return point, fault.Field(field, echo(s), "must be x and y (64 bytes, or 65 with 04 in front), an SPKI or a COSE key, is %d bytes of something else", len(raw))
	}
	return [64]byte(raw), nil
}

// webKey reads a JWK. Members beside the curve and the point make no
// difference, but a private one is refused before it is stored anywhere.
func webKey(field string, t permission.SignerType, jwk map[string]any) (point [64]byte, err error) {
	if jwk["d"] != nil {
		return point, fault.Field(field+".d", nil, "is the private key: never send it, and do not use this key any more")
	}
	curve := "P-256"
	if t == permission.Secp256k1 {
		curve = "secp256k1"
	}
	if crv := jwk["crv"]; crv != nil && crv != curve {
		return point, fault.Field(field+".crv", echo(crv), "must be %s for a %s key, is %s", curve, t, describeValue(crv))
	}
	for i, name := range []string{"x", "y"} {
		text, _ := jwk[name].(string)
		raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
		if err != nil || len(raw) != 32 {
			return point, fault.Field(field+"."+name, nil, "must be 32 bytes as base64url")
		}
		copy(point[32*i:], raw)
	}
	return point, nil
}

func showSigner(s session.Session, p permission.Permission) SessionSigner {
	shown := SessionSigner{Type: p.SignerType.String()}
	if len(s.PublicKey) > 0 {
		shown.PublicKey = hexutil.Encode(append([]byte{0x04}, s.PublicKey...))
	}
	return shown
}
