package userop

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"
)

var (
	revokeAllSelector    = selectorOf("revokeAllSessions()")
	changeOwnerSelector  = selectorOf("changeOwner(address)")
	replaceOwnerSelector = selectorOf("replaceOwnerWithKey(uint8,bytes32,bytes32)")
)

// RevokeAllSessions encodes revokeAllSessions().
func RevokeAllSessions() []byte { return append([]byte(nil), revokeAllSelector[:]...) }

// Owner is whom an account obeys: an EOA or a contract by its address, or a key
// on P-256, whose address stands for it. The zero value is nobody.
type Owner struct {
	Address common.Address
	Kind    SignerType
	// Key is that of an owner on P-256; zero when only its address is known.
	Key P256Key
}

// OwnerAt is the owner that is an EOA or a contract.
func OwnerAt(address common.Address) Owner { return Owner{Address: address} }

// OwnerWithKey is the owner that is a key on P-256 of the kind.
func OwnerWithKey(kind SignerType, key P256Key) Owner {
	return Owner{Address: key.Address(), Kind: kind, Key: key}
}

// Same reports whether an account that obeys o obeys other.
func (o Owner) Same(other Owner) bool { return o.Address == other.Address && o.Kind == other.Kind }

// IsKnown reports whether signatures of the owner can be checked and laid out.
func (o Owner) IsKnown() bool { return o.Kind == Secp256k1 || o.Key != P256Key{} }

// TakeOver encodes the call by which the owner replaces an account's present
// one.
func (o Owner) TakeOver() []byte {
	if o.Kind == Secp256k1 {
		return append(changeOwnerSelector[:], common.LeftPadBytes(o.Address[:], wordSize)...)
	}
	return append(replaceOwnerSelector[:], o.keyWords()...)
}

// keyWords are kind, x and y as a contract takes them.
func (o Owner) keyWords() []byte {
	out := append(word(uint64(o.Kind)), o.Key.X[:]...)
	return append(out, o.Key.Y[:]...)
}

// NewOwner reads the owner out of call data that TakeOver gave; ok is false for
// any other call data.
func NewOwner(callData []byte) (newOwner Owner, ok bool) {
	if len(callData) < 4 {
		return Owner{}, false
	}
	arguments := callData[4:]
	switch Selector(callData[:4]) {
	case changeOwnerSelector:
		if len(arguments) == wordSize {
			return OwnerAt(common.BytesToAddress(arguments)), true
		}
	case replaceOwnerSelector:
		if len(arguments) == 3*wordSize {
			key := P256Key{[32]byte(arguments[wordSize : 2*wordSize]), [32]byte(arguments[2*wordSize:])}
			return OwnerWithKey(SignerType(arguments[wordSize-1]), key), true
		}
	}
	return Owner{}, false
}

// Check finds out whether the owner made a client's signature under hash, and
// answers it as the account takes it. A key on secp256k1 may sign in either
// form; of the others KeySignature says what they send. Errors say what is
// wrong with the signature without naming it.
func (o Owner) Check(hash common.Hash, signature []byte) (form Form, keySignature []byte, err error) {
	if !o.IsKnown() {
		return 0, nil, fmt.Errorf("cannot be checked: the owner %s is a %s key that was not named to this server", o.Address, o.Kind)
	}
	if o.Kind != Secp256k1 {
		keySignature, err = KeySignature(o.Kind, o.Key, hash, signature)
		return Raw, keySignature, err
	}
	signers, err := Recover(hash, signature)
	if err != nil {
		return 0, nil, err
	}
	form, ok := signers.By(o.Address)
	if !ok {
		return 0, nil, fmt.Errorf("is not the owner's (it recovers to %s, or to %s if the bare hash was signed)", signers.PersonalSign, signers.Raw)
	}
	return form, signers.Signature[:], nil
}

// Field lays out the signature field of an operation for a signature by the
// owner, as Check gives it. A secp256k1 key's stands bare in the form that the
// home expects.
func (o Owner) Field(form Form, home Home, keySignature []byte) []byte {
	if o.Kind == Secp256k1 && form == home.bareForm() {
		return append([]byte(nil), keySignature...)
	}
	return append([]byte{mode(form)}, keySignature...)
}

// Dummy is the dearest signature field of the owner for an operation with this
// hash, which no owner has signed.
func (o Owner) Dummy(hash common.Hash) []byte {
	if o.Kind == Secp256k1 {
		return DummyOwnerSignature()
	}
	return append([]byte{mode(Raw)}, o.Key.dummy(o.Kind, hash)...)
}
