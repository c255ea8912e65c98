package userop

import (
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/accounts"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
)

// SignatureLength is the length of a secp256k1 signature r|s|v.
const SignatureLength = 65

// Form says what a key signed: the 32-byte hash itself or, as wallets do for
// messages, its EIP-191 form.
type Form byte

const (
	Raw          Form = 0 // the hash itself
	PersonalSign Form = 1 // EIP-191: personal_sign of the 32 bytes of the hash
)

// Home tells where an account lives. It decides which form of an owner's
// signature needs no mode byte.
type Home byte

const (
	Proxy     Home = 0 // behind an ERC-1967 proxy; a bare owner signature is PersonalSign
	Delegated Home = 1 // at an EIP-7702 delegated EOA; a bare owner signature is Raw
)

func (h Home) bareForm() Form {
	if h == Delegated {
		return Raw
	}
	return PersonalSign
}

// Bits of the mode byte that starts every signature but the bare 65 bytes.
// Bits 2 and 3 are the way in; bits 6 and 7 are 0.
const (
	modePersonalSign      = 1 << 0
	modeSession           = 1 << 1
	modeWayInShift        = 2
	modeMoment            = 1 << 4 // a moment follows the mode
	modeGrantPersonalSign = 1 << 5 // the owner signed the grant in EIP-191 form

	momentLength = 6
)

func mode(form Form) byte {
	if form == PersonalSign {
		return modePersonalSign
	}
	return 0
}

// dummy is a well-formed signature without a zero byte, for estimation: it
// costs the most calldata, and it recovers, for any hash, to an address that
// no one has the key of.
var dummy = [SignatureLength]byte(common.FromHex("0x" +
	"1212121212121212121212121212121212121212121212121212121212121212" +
	"7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f" +
	"1c"))

// DummySignature returns a well-formed signature without a zero byte, which
// nobody has made.
func DummySignature() [SignatureLength]byte { return dummy }

// DummyOwnerSignature returns the dearest signature field of an owner, which
// no owner has signed.
func DummyOwnerSignature() []byte {
	return append([]byte{modePersonalSign}, dummy[:]...)
}

// Signers are the addresses that a signature recovers to, one for each form
// in which the key may have signed. Which of them is meant only the caller
// knows: the one that is an owner or a session key.
type Signers struct {
	Raw          common.Address
	PersonalSign common.Address
	Signature    [SignatureLength]byte // as sent, with v made 27 or 28
}

// By returns the form in which address signed; ok is false when it did not.
func (s Signers) By(address common.Address) (form Form, ok bool) {
	switch address {
	case common.Address{}:
		return 0, false
	case s.PersonalSign:
		return PersonalSign, true
	case s.Raw:
		return Raw, true
	}
	return 0, false
}

var halfN = new(big.Int).Rsh(crypto.S256().Params().N, 1)

// Recover finds who may have signed hash. It takes exactly 65 bytes with v 0,
// 1, 27 or 28 and, as the account does, refuses s in the upper half. Errors say
// what is wrong with the signature without naming it: callers know its field.
func Recover(hash common.Hash, sig []byte) (Signers, error) {
	if len(sig) != SignatureLength {
		return Signers{}, fmt.Errorf("must have 65 bytes (r, s, v), has %d", len(sig))
	}
	out := Signers{Signature: [SignatureLength]byte(sig)}
	parity := sig[64]
	if parity >= 27 {
		parity -= 27
	}
	if parity > 1 {
		return Signers{}, fmt.Errorf("v must be 27 or 28 (or 0 or 1), is %d", sig[64])
	}
	if new(big.Int).SetBytes(sig[32:64]).Cmp(halfN) > 0 {
		return Signers{}, errors.New("s is in the upper half of the curve order: send the low-s form")
	}
	out.Signature[64] = parity + 27

	var err error
	if out.Raw, err = recoverAddress(hash[:], out.Signature); err != nil {
		return Signers{}, err
	}
	if out.PersonalSign, err = recoverAddress(accounts.TextHash(hash[:]), out.Signature); err != nil {
		return Signers{}, err
	}
	return out, nil
}

// recoverAddress takes v as 27 or 28.
func recoverAddress(digest []byte, sig [SignatureLength]byte) (common.Address, error) {
	sig[64] -= 27
	key, err := crypto.SigToPub(digest, sig[:])
	if err != nil {
		return common.Address{}, fmt.Errorf("recovers to no address: %w", err)
	}
	return crypto.PubkeyToAddress(*key), nil
}
