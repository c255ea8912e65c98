package userop

import (
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
)

// Packed is an operation in the form that EntryPoint v0.8 takes. Its fields
// are those of the generated PackedUserOperation, in the same order, so that
// one converts to the other.
type Packed struct {
	Sender             common.Address
	Nonce              *big.Int
	InitCode           []byte
	CallData           []byte
	AccountGasLimits   [32]byte // verificationGasLimit (128 bits) | callGasLimit (128 bits)
	PreVerificationGas *big.Int
	GasFees            [32]byte // maxPriorityFeePerGas (128 bits) | maxFeePerGas (128 bits)
	PaymasterAndData   []byte   // paymaster (20) | verificationGas (16) | postOpGas (16) | data
	Signature          []byte
}

// maxGasBits is the width that EntryPoint allows for each gas amount and fee
// ("AA94 gas values overflow" above it).
const maxGasBits = 120

// Pack returns the packed form. Nil amounts count as zero. An amount that
// EntryPoint would refuse or that does not fit its place is an error, as is
// factory or paymaster data without its contract.
func (op *Operation) Pack() (Packed, error) {
	if err := op.check(); err != nil {
		return Packed{}, fmt.Errorf("pack operation of %s: %w", op.Sender, err)
	}
	return Packed{
		Sender:             op.Sender,
		Nonce:              orZero(op.Nonce),
		InitCode:           op.initCode(),
		CallData:           op.CallData,
		AccountGasLimits:   pair(op.VerificationGasLimit, op.CallGasLimit),
		PreVerificationGas: orZero(op.PreVerificationGas),
		GasFees:            pair(op.MaxPriorityFeePerGas, op.MaxFeePerGas),
		PaymasterAndData:   op.paymasterAndData(),
		Signature:          op.Signature,
	}, nil
}

// initCode answers nil without a factory.
func (op *Operation) initCode() []byte {
	if op.Factory == (common.Address{}) {
		return nil
	}
	return append(op.Factory.Bytes(), op.FactoryData...)
}

// paymasterAndData answers nil without a paymaster.
func (op *Operation) paymasterAndData() []byte {
	if op.Paymaster == (common.Address{}) {
		return nil
	}
	limits := pair(op.PaymasterVerificationGasLimit, op.PaymasterPostOpGasLimit)
	return append(append(op.Paymaster.Bytes(), limits[:]...), op.PaymasterData...)
}

func (op *Operation) check() error {
	amounts := []struct {
		name string
		v    *big.Int
		bits int
	}{
		{"nonce", op.Nonce, 256},
		{"callGasLimit", op.CallGasLimit, maxGasBits},
		{"verificationGasLimit", op.VerificationGasLimit, maxGasBits},
		{"preVerificationGas", op.PreVerificationGas, maxGasBits},
		{"maxFeePerGas", op.MaxFeePerGas, maxGasBits},
		{"maxPriorityFeePerGas", op.MaxPriorityFeePerGas, maxGasBits},
		{"paymasterVerificationGasLimit", op.PaymasterVerificationGasLimit, maxGasBits},
		{"paymasterPostOpGasLimit", op.PaymasterPostOpGasLimit, maxGasBits},
	}
	for _, a := range amounts {
		if a.v != nil && (a.v.Sign() < 0 || a.v.BitLen() > a.bits) {
			return fmt.Errorf("%s must be from 0 to 2^%d-1, is %s", a.name, a.bits, a.v)
		}
	}
	if op.Factory == (common.Address{}) && len(op.FactoryData) > 0 {
		return errors.New("factoryData is set, but factory is not")
	}
	if op.Paymaster == (common.Address{}) && op.hasPaymasterFields() {
		return errors.New("paymaster fields are set, but paymaster is not")
	}
	return nil
}

func (op *Operation) hasPaymasterFields() bool {
	return len(op.PaymasterData) > 0 ||
		orZero(op.PaymasterVerificationGasLimit).Sign() != 0 ||
		orZero(op.PaymasterPostOpGasLimit).Sign() != 0
}

// RequiredPrefund returns the most that the operation can cost its payer, in
// wei: every gas leg times maxFeePerGas. It is what EntryPoint locks, and what
// a session's fee budget is charged.
func (op *Operation) RequiredPrefund() *big.Int {
	gas := op.GasLimit()
	return gas.Mul(gas, orZero(op.MaxFeePerGas))
}

// GasLimit returns the most gas that the operation can be charged for: the sum
// of every leg.
func (op *Operation) GasLimit() *big.Int {
	gas := new(big.Int)
	for _, leg := range []*big.Int{
		op.VerificationGasLimit, op.CallGasLimit, op.PreVerificationGas,
		op.PaymasterVerificationGasLimit, op.PaymasterPostOpGasLimit,
	} {
		gas.Add(gas, orZero(leg))
	}
	return gas
}

// pair puts two amounts of at most 128 bits into one word.
func pair(high, low *big.Int) (word [32]byte) {
	orZero(high).FillBytes(word[:16])
	orZero(low).FillBytes(word[16:])
	return word
}

func orZero(v *big.Int) *big.Int {
	if v == nil {
		return new(big.Int)
	}
	return v
}
