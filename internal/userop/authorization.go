package userop

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"
)

// AuthorizationGas is what a transaction pays for each EIP-7702 authorization
// that it carries, before anything runs (PER_EMPTY_ACCOUNT_COST).
const AuthorizationGas = 25_000

// Delegation is what an EOA authorizes by EIP-7702: that it runs
// Implementation's code. Nonce is the number of the EOA's transactions and
// authorizations so far.
type Delegation struct {
	ChainID        uint64
	Account        common.Address
	Implementation common.Address
	Nonce          uint64
}

// on is the unsigned authorization for one chain, or for every chain: 0.
func (d Delegation) on(chainID uint64) types.SetCodeAuthorization {
	return types.SetCodeAuthorization{ChainID: *uint256.NewInt(chainID), Address: d.Implementation, Nonce: d.Nonce}
}

// SigningHash is what the EOA's key signs, without any prefix.
func (d Delegation) SigningHash() common.Hash {
	authorization := d.on(d.ChainID)
	return authorization.SigHash()
}

// Authorization puts the signature r|s|v to the delegation that the account has
// signed: on its chain, or on every chain. v is 0, 1, 27 or 28; as the protocol
// does, it refuses s in the upper half. A signature by another key, or over
// anything else, is refused in words.
func (d Delegation) Authorization(sig []byte) (types.SetCodeAuthorization, error) {
	signers, err := Recover(d.SigningHash(), sig)
	if err != nil {
		return types.SetCodeAuthorization{}, err
	}
	for _, chainID := range []uint64{d.ChainID, 0} {
		if a := signed(d.on(chainID), signers.Signature); d.by(a) {
			return a, nil
		}
	}
	return types.SetCodeAuthorization{}, fmt.Errorf("is not account %s's authorization of chainId %d (or 0), address %s, nonce %d: for these it recovers to %s%s",
		d.Account, d.ChainID, d.Implementation, d.Nonce, signers.Raw, d.mistake(signers))
}

func (d Delegation) by(a types.SetCodeAuthorization) bool {
	signer, err := a.Authority()
	return err == nil && signer == d.Account
}

// signed takes v as 27 or 28.
func signed(a types.SetCodeAuthorization, sig [SignatureLength]byte) types.SetCodeAuthorization {
	a.R.SetBytes(sig[:32])
	a.S.SetBytes(sig[32:64])
	a.V = sig[64] - 27
	return a
}

// nearNonces is how far from the expected nonce a signature is searched.
const nearNonces = 8

// mistake names what the key has signed instead, where that can be found: an
// authorization does not say what it is over.
func (d Delegation) mistake(signers Signers) string {
	if signers.PersonalSign == d.Account {
		return ": it was signed as a message (EIP-191); sign the bare hash"
	}
	first := d.Nonce - min(d.Nonce, nearNonces)
	for nonce := first; nonce <= d.Nonce+nearNonces; nonce++ {
		other := d
		other.Nonce = nonce
		for _, chainID := range []uint64{d.ChainID, 0} {
			if d.by(signed(other.on(chainID), signers.Signature)) {
				return fmt.Sprintf(": it was signed for nonce %d", nonce)
			}
		}
	}
	return ""
}
