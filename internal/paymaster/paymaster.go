package paymaster

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/userop"
)

// PostOpGasLimit is zero: LatchkeyPaymaster asks for no call after execution,
// and gas that is set aside and not used costs a tenth of it.
const PostOpGasLimit = 0

// Gas of validatePaymasterUserOp as EntryPoint meters it, with the copy of the
// operation that EntryPoint makes for it. It takes 21,300 gas when the second
// signer has signed, up to 5,000 more for the signature of a session with the
// longest permission, and 22 for each word of an operation of 128 kB, less for
// each word of a smaller one; TestVerificationGasLimit keeps the limits near.
const (
	verificationGas        = 30_000
	verificationGasPerWord = 24
)

// maxTime bounds the window: OpenZeppelin's paymaster reads bit 47 as a range
// of blocks instead of times.
const maxTime = 1<<47 - 1

// Signer holds the paymaster's signing key.
type Signer interface {
	// SignHash signs the hash as it is; v is 27 or 28.
	SignHash(ctx context.Context, hash common.Hash) ([userop.SignatureLength]byte, error)
}

// Paymaster signs for one LatchkeyPaymaster contract on one chain. It is safe
// for use by many goroutines.
type Paymaster struct {
	address common.Address
	signer  Signer
	domain  common.Hash
}

// New returns the paymaster for the contract at address. signer must be one of
// the contract's signers.
func New(chainID uint64, address common.Address, signer Signer) *Paymaster {
	return &Paymaster{address: address, signer: signer, domain: domainSeparator(chainID, address)}
}

// Address is the address of the contract.
func (p *Paymaster) Address() common.Address { return p.address }

// Stub fills the paymaster fields with values that cost as much gas as those
// of Sponsor, but approve nothing.
func (p *Paymaster) Stub(op *userop.Operation) {
	p.setLimits(op)
	op.PaymasterData = paymasterData(maxTime, maxTime, userop.DummySignature())
}

// Sponsor fills the paymaster fields and signs them: the paymaster pays if the
// operation is included after validAfter and not after validUntil, both unix
// seconds of chain time. op must be complete but for its signature and the
// paymaster fields; it is left as it was when Sponsor fails.
func (p *Paymaster) Sponsor(ctx context.Context, op *userop.Operation, validAfter, validUntil uint64) error {
	if validUntil <= validAfter || validUntil > maxTime {
		return fmt.Errorf("sponsor operation of %s: validUntil must be above validAfter (%d) and below 2^47, is %d", op.Sender, validAfter, validUntil)
	}
	sponsored := *op
	p.setLimits(&sponsored)
	if err := p.approve(ctx, &sponsored, validAfter, validUntil); err != nil {
		return fmt.Errorf("sponsor operation of %s: %w", op.Sender, err)
	}
	*op = sponsored
	return nil
}

// approve signs an operation whose limits are set.
func (p *Paymaster) approve(ctx context.Context, op *userop.Operation, validAfter, validUntil uint64) error {
	digest, err := p.digest(op, validAfter, validUntil)
	if err != nil {
		return err
	}
	sig, err := p.signer.SignHash(ctx, digest)
	if err != nil {
		return err
	}
	op.PaymasterData = paymasterData(validAfter, validUntil, sig)
	return nil
}

func (p *Paymaster) setLimits(op *userop.Operation) {
	words := (len(op.CallData) + len(op.FactoryData) + 31) / 32
	op.Paymaster = p.address
	op.PaymasterVerificationGasLimit = big.NewInt(verificationGas + verificationGasPerWord*int64(words))
	op.PaymasterPostOpGasLimit = big.NewInt(PostOpGasLimit)
	op.PaymasterData = nil
}

// paymasterData is validAfter (6 bytes) | validUntil (6) | signature (65).
func paymasterData(validAfter, validUntil uint64, sig [userop.SignatureLength]byte) []byte {
	window := binary.BigEndian.AppendUint64(nil, validAfter)[2:]
	window = append(window, binary.BigEndian.AppendUint64(nil, validUntil)[2:]...)
	return append(window, sig[:]...)
}
