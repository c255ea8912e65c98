package userop

import (
	"bytes"

	"github.com/ethereum/go-ethereum/common"
)

// Session is how a session's permission enters an operation's signature
// field, ahead of the key's own signature.
type Session struct {
	Permission []byte // packed
	// Key is the session's key, for the signer types that have one in their
	// signatures: all but secp256k1. Only Dummy looks at it.
	Key P256Key
	// Moment is what stands for now, in unix seconds; 0 when the permission
	// needs no moment. No permission allows moment 0.
	Moment uint64
	WayIn  WayIn
	Grant  Grant // matters on first use and for stateless sessions
}

// Field lays out the signature field: mode, moment, permission, the owner's
// grant, and the key's signature as KeySignature or a secp256k1 key gives it.
// form is the key's; keys on other curves sign in no form but Raw.
func (s Session) Field(form Form, keySignature []byte) []byte {
	out := make([]byte, 0, 1+momentLength+len(s.Permission)+len(s.Grant.Signature)+len(keySignature))
	out = append(out, s.mode(form))
	if s.Moment != 0 {
		out = appendMoment(out, s.Moment)
	}
	out = append(out, s.Permission...)
	if s.WayIn != Registered {
		out = append(out, s.Grant.Signature...)
	}
	return append(out, keySignature...)
}

func (s Session) mode(form Form) byte {
	out := mode(form) | modeSession | byte(s.WayIn)<<modeWayInShift
	if s.Moment != 0 {
		out |= modeMoment
	}
	if s.WayIn != Registered && s.Grant.Form == PersonalSign {
		out |= modeGrantPersonalSign
	}
	return out
}

// signerType reads the permission's. What is no permission counts as
// secp256k1.
func (s Session) signerType() SignerType {
	if len(s.Permission) < 2 {
		return Secp256k1
	}
	return SignerType(s.Permission[1])
}

// Dummy returns a signature field for estimation, which no key has signed and
// which walks the account's dearest path. hash is that of the operation that
// is estimated, because a passkey's answer repeats it.
func (s Session) Dummy(hash common.Hash) []byte {
	if s.WayIn != Registered && len(s.Grant.Signature) == 0 {
		s.Grant = Grant{PersonalSign, dummy[:]}
	}
	if kind := s.signerType(); kind != Secp256k1 {
		return s.Field(Raw, s.Key.dummy(kind, hash))
	}
	return s.Field(PersonalSign, dummy[:])
}

// dummy is a well-formed signature under hash that the key has not made.
func (k P256Key) dummy(kind SignerType, hash common.Hash) []byte {
	if kind == WebAuthn {
		return dummyAssertion(hash).encodeFor(k, hash, dummyHalf, dummyHalf)
	}
	return k.signature(dummyHalf, dummyHalf)
}

// dummyHalf is well formed as r and as s, and has no zero byte.
var dummyHalf = [32]byte(bytes.Repeat([]byte{0x12}, 32))
