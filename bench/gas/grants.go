package main

import (
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// No byte of these is zero but the ones in front: what a permission costs does
// not depend on luck.
const (
	genesisTime = 1_764_000_001
	validAfter  = 1_700_000_001
	validUntil  = 1_900_000_001

	// moment stands for now in signatures that name one. The chain's clock is
	// never behind it.
	moment = genesisTime

	callLimit = 100
	batchSize = 5
)

var (
	// recipient owns some of the token before anything is measured.
	recipient = common.HexToAddress("0x1111111111111111111111111111111111111111")
	// bystander has no code, so that any call of it succeeds: it stands for
	// contracts whose own work is of no interest.
	bystander = common.HexToAddress("0x2222222222222222222222222222222222222222")
)

// terms is what the permissions of all figures share: a time window, 100 calls
// and a fee budget.
func (l *lab) terms(s *subject) permission.Permission {
	return permission.Permission{
		Signer:     crypto.PubkeyToAddress(s.session.PublicKey),
		ValidAfter: validAfter,
		ValidUntil: validUntil,
		Limit:      callLimit,
		FeeLimit:   ether,
	}
}

// mintTerms allows one function of one contract, the mint.
func (l *lab) mintTerms(s *subject) permission.Permission {
	p := l.terms(s)
	p.Functions = []permission.Function{{Target: l.nft, Selector: selectorOf(l.mintData(s))}}
	return p
}

// tenFunctions allows ten functions, of which the mint comes last.
func (l *lab) tenFunctions(s *subject) permission.Permission {
	p := l.mintTerms(s)
	mint := p.Functions[0]
	for i := range byte(9) {
		f := mint
		f.Selector[0] -= i + 1
		p.Functions = append(p.Functions, f)
	}
	return p
}

// sponsoredTerms allows the mint, under our paymaster too.
func (l *lab) sponsoredTerms(s *subject) permission.Permission {
	p := l.mintTerms(s)
	p.Paymasters = []common.Address{l.paymaster}
	return p
}

// statelessTerms are those of sponsoredTerms that need no counter.
func (l *lab) statelessTerms(s *subject) permission.Permission {
	p := l.sponsoredTerms(s)
	p.Limit, p.FeeLimit = 0, nil
	return p
}

// transferTerms allows transfers of the token up to a total.
func (l *lab) transferTerms(s *subject) permission.Permission {
	p := l.terms(s)
	p.Rules = []permission.Rule{permission.ERC20Total{Token: l.token, Total: permission.Total{Max: ether}}}
	return p
}

func (l *lab) keyTerms(s *subject, kind userop.SignerType, key userop.P256Key) permission.Permission {
	p := l.mintTerms(s)
	p.SignerType, p.Signer = kind, key.Address()
	return p
}

// salted gives p the next salt for which neither the session's id nor the
// owner's signature of the grant has a zero byte, for the reason that signed
// gives.
func (l *lab) salted(s *subject, p permission.Permission) (permission.Permission, error) {
	for range maxTries {
		p.Salt = s.nextSalt()
		packed, err := p.Encode()
		if err != nil {
			return p, err
		}
		grant, err := l.grant(s, packed)
		if err != nil {
			return p, err
		}
		id := l.sessionID(s, packed)
		if !hasZero(p.Salt[:]) && !hasZero(id[:]) && !hasZero(grant.Signature[:]) {
			return p, nil
		}
	}
	return p, fmt.Errorf("no salt of %d gives a grant without a zero byte", maxTries)
}

// nextSalt is as random as any salt, and the same in each run.
func (s *subject) nextSalt() [8]byte {
	s.salts++
	return [8]byte(crypto.Keccak256(s.address[:], new(big.Int).SetUint64(s.salts).Bytes()))
}

func (l *lab) mintData(s *subject) []byte { return nft.PackMint(s.address) }

func (l *lab) mint(s *subject) []byte {
	return account.PackExecute(l.nft, new(big.Int), l.mintData(s))
}

func (l *lab) transfer() []byte {
	return account.PackExecute(l.token, new(big.Int), token.PackTransfer(recipient, big.NewInt(1)))
}

func (l *lab) mintBatch(s *subject) []byte {
	calls := make([]bindings.Call, batchSize)
	for i := range calls {
		calls[i] = bindings.Call{Target: l.nft, Value: new(big.Int), Data: l.mintData(s)}
	}
	return account.PackExecuteBatch(calls)
}

func selectorOf(data []byte) userop.Selector { return userop.Selector(data[:4]) }
