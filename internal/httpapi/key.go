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
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// signerTypes are the kinds of keys, as the API names them.
var signerTypes = []userop.SignerType{userop.Secp256k1, userop.P256, userop.P256SHA256, userop.WebAuthn}

// namedKey is a key as a request names it: by its address, by a Signer, or by
// both, and the fields that say so.
type namedKey struct {
	addressField, signerField string
	address                   *string
	signer                    *Signer
}

// read answers the key. It is zero when the request names none.
func (n namedKey) read() (key userop.Owner, err error) {
	named, err := parseOptionalAddress(n.addressField, n.address)
	if err != nil || n.signer == nil {
		return userop.OwnerAt(value(named)), err
	}
	if key.Kind, err = signerType(n.signerField, n.signer.Type); err != nil {
		return key, err
	}
	if n.signer.PublicKey == nil {
		if key.Kind != userop.Secp256k1 || named == nil {
			return key, fault.Field(n.signerField+".publicKey", nil, "is required, unless the key is secp256k1 and named by %s", n.addressField)
		}
		key.Address = *named
		return key, nil
	}
	point, err := publicKey(n.signerField+".publicKey", key.Kind, n.signer.PublicKey)
	if err != nil {
		return key, err
	}
	key.Address = common.BytesToAddress(crypto.Keccak256(point[:]))
	if key.Kind != userop.Secp256k1 {
		key.Key = userop.P256Key{X: [32]byte(point[:32]), Y: [32]byte(point[32:])}
	}
	if named != nil && *named != key.Address {
		return key, fault.Field(n.addressField, named.Hex(), "is not that of %s.publicKey, which is %s: leave it out", n.signerField, key.Address)
	}
	return key, nil
}

func signerType(field, name string) (userop.SignerType, error) {
	var known []string
	for _, t := range signerTypes {
		if name == t.String() {
			return t, nil
		}
		known = append(known, t.String())
	}
	return 0, fault.Field(field+".type", echo(name), "must be one of %s, is %s", strings.Join(known, ", "), describeValue(name))
}

// publicKey answers x and y of a point on the curve of keys of that type.
func publicKey(field string, t userop.SignerType, sent any) (point [64]byte, err error) {
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
	if t == userop.Secp256k1 {
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
func webKey(field string, t userop.SignerType, jwk map[string]any) (point [64]byte, err error) {
	if jwk["d"] != nil {
		return point, fault.Field(field+".d", nil, "is the private key: never send it, and do not use this key any more")
	}
	curve := "P-256"
	if t == userop.Secp256k1 {
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

// showKey shows a public key on P-256 with its kind; x‖y is empty when it is
// not known.
func showKey(kind userop.SignerType, point []byte) Signer {
	shown := Signer{Type: kind.String()}
	if len(point) > 0 {
		shown.PublicKey = hexutil.Encode(append([]byte{0x04}, point...))
	}
	return shown
}
