package userop

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

var (
	p256N     = elliptic.P256().Params().N
	p256HalfN = new(big.Int).Rsh(p256N, 1)
)

// ParseP256Key reads x‖y, with or without the 0x04 that marks the
// uncompressed form. A point off the curve is an error.
func ParseP256Key(point []byte) (P256Key, error) {
	if len(point) == 64 {
		point = append([]byte{4}, point...)
	}
	if _, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point); err != nil {
		return P256Key{}, fmt.Errorf("public key must be 64 bytes x‖y of a point on P-256: %w", err)
	}
	return P256Key{[32]byte(point[1:33]), [32]byte(point[33:65])}, nil
}

// KeySignature checks a client's signature under an operation's hash by a key
// of a kind other than secp256k1, and returns it as the account takes it, with
// s in the lower half. For p256 and p256-sha256 the client sends r‖s or DER;
// for webauthn the authenticator's answer as JSON, see Assertion.
func KeySignature(kind SignerType, key P256Key, hash common.Hash, signature []byte) ([]byte, error) {
	digest := hash[:]
	switch kind {
	case P256:
	case P256SHA256:
		digest = sha256Of(digest)
	case WebAuthn:
		return webauthnSignature(key, hash, signature)
	default:
		return nil, fmt.Errorf("key signature: signer type %d (%s) has no P-256 key", byte(kind), kind)
	}
	r, s, err := key.verify(digest, signature)
	if err != nil {
		return nil, err
	}
	return key.signature(r, s), nil
}

// signature lays out x|y|r|s.
func (k P256Key) signature(r, s [32]byte) []byte {
	out := make([]byte, 0, 4*32)
	for _, part := range [][32]byte{k.X, k.Y, r, s} {
		out = append(out, part[:]...)
	}
	return out
}

// verify checks a signature under a digest and returns it with s in the lower
// half.
func (k P256Key) verify(digest, signature []byte) (r, s [32]byte, err error) {
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append([]byte{4}, append(k.X[:], k.Y[:]...)...))
	if err != nil {
		return r, s, fmt.Errorf("key signature: the key is no point on P-256: %w", err)
	}
	bigR, bigS, err := parseP256Signature(signature)
	if err != nil {
		return r, s, err
	}
	if !ecdsa.Verify(public, digest, bigR, bigS) {
		return r, s, fmt.Errorf("is not by key %s", k.Address())
	}
	if bigS.Cmp(p256HalfN) > 0 {
		bigS.Sub(p256N, bigS)
	}
	bigR.FillBytes(r[:])
	bigS.FillBytes(s[:])
	return r, s, nil
}

// parseP256Signature reads r‖s of 64 bytes, or DER, of numbers in the group.
func parseP256Signature(signature []byte) (r, s *big.Int, err error) {
	r, s = new(big.Int), new(big.Int)
	if len(signature) == 64 {
		r.SetBytes(signature[:32])
		s.SetBytes(signature[32:])
	} else if err := parseDER(signature, r, s); err != nil {
		return nil, nil, err
	}
	for _, v := range []*big.Int{r, s} {
		if v.Sign() <= 0 || v.Cmp(p256N) >= 0 {
			return nil, nil, errors.New("r and s must be from 1 to the order of P-256 less 1")
		}
	}
	return r, s, nil
}

func parseDER(signature []byte, r, s *big.Int) error {
	input := cryptobyte.String(signature)
	var inner cryptobyte.String
	if !input.ReadASN1(&inner, asn1.SEQUENCE) || !input.Empty() ||
		!inner.ReadASN1Integer(r) || !inner.ReadASN1Integer(s) || !inner.Empty() {
		return fmt.Errorf("must be r‖s (64 bytes) or DER, has %d bytes and is neither", len(signature))
	}
	return nil
}

func sha256Of(parts ...[]byte) []byte {
	h := sha256.New()
	for _, part := range parts {
		h.Write(part)
	}
	return h.Sum(nil)
}
