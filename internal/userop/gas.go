package userop

import (
	"bytes"
	"math/big"
)

// What a bundler pays for an operation outside the gas that EntryPoint meters
// for it, in a bundle of that operation alone, the dearest case.
const (
	transactionGas = 21_000 // intrinsic gas of the bundle's transaction
	operationGas   = 15_000 // EntryPoint's loop, copies and event, and the payment to the beneficiary
	zeroByteGas    = 4
	nonZeroByteGas = 16

	// handleOps with one operation has 548 bytes that do not grow with it:
	// selector, sender, beneficiary, nonce, amounts, offsets and lengths. Up to
	// 101 of them are taken to be nonzero: 8 bytes for the nonce and for each
	// fee, 4 for each gas amount.
	fixedNonZero = 101
	fixedGas     = fixedNonZero*nonZeroByteGas + (548-fixedNonZero)*zeroByteGas
)

// PreVerificationGas returns the gas that op must pay for what EntryPoint does
// not meter: its transaction, its calldata, and EntryPoint's own work. longest
// is the longest signature field that may come; each of its bytes counts as
// nonzero, because they are not known yet. op's own Signature and
// PreVerificationGas play no part.
func PreVerificationGas(op *Operation, longest []byte) *big.Int {
	gas := uint64(transactionGas + operationGas + fixedGas)
	gas += bytesGas(op.CallData) + bytesGas(op.initCode()) + bytesGas(op.paymasterAndData())
	gas += bytesGas(bytes.Repeat([]byte{1}, len(longest)))
	return new(big.Int).SetUint64(gas)
}

// bytesGas is the calldata gas of a byte string with its padding, without its
// length word.
func bytesGas(b []byte) uint64 {
	zeros := uint64(bytes.Count(b, []byte{0}))
	padding := padded(uint64(len(b))) - uint64(len(b))
	return (zeros+padding)*zeroByteGas + (uint64(len(b))-zeros)*nonZeroByteGas
}
