package userop

import (
	"bytes"
	"math/big"
)

// What a bundler pays for an operation outside the gas that EntryPoint meters
// for it, in a bundle of that operation alone, the dearest case. Measured by
// TestBundlerIsMadeWhole.
const (
	transactionGas = 21_000 // intrinsic gas of the bundle's transaction
	operationGas   = 17_000 // EntryPoint's loop, event, deposits and payment to the beneficiary
	callWordGas    = 13     // EntryPoint's copies of each word of call data

	// A zero byte of calldata is one token, another byte four. Tokens have a
	// price, and together with the intrinsic gas a floor under the gas of the
	// whole transaction (EIP-7623).
	tokenGas      = 4
	floorTokenGas = 10
	// meteredGas is the least that EntryPoint meters, for a delegated account
	// that calls an address without code.
	meteredGas = 30_000

	// handleOps with one operation has 548 bytes that do not grow with it:
	// selector, sender, beneficiary, nonce, amounts, offsets and lengths. Up to
	// 101 of them are taken to be nonzero: 8 bytes for the nonce and for each
	// fee, 4 for each gas amount.
	fixedTokens = 101*4 + (548 - 101)
)

// PreVerificationGas returns the gas that op must pay for what EntryPoint does
// not meter: its transaction, its calldata, and EntryPoint's own work. longest
// is the longest signature field that may come; each of its bytes counts as
// nonzero, because they are not known yet. op's own Signature and
// PreVerificationGas play no part.
func PreVerificationGas(op *Operation, longest []byte) *big.Int {
	count := fixedTokens + tokens(op.CallData) + tokens(op.initCode()) + tokens(op.paymasterAndData()) +
		tokens(bytes.Repeat([]byte{1}, len(longest)))
	words := padded(uint64(len(op.CallData))) / wordSize

	gas := transactionGas + count*tokenGas + operationGas + words*callWordGas
	floor := transactionGas + count*floorTokenGas - min(meteredGas, count*floorTokenGas)
	return new(big.Int).SetUint64(max(gas, floor))
}

// tokens counts a byte string with its padding, without its length word.
func tokens(b []byte) uint64 {
	zeros := uint64(bytes.Count(b, []byte{0}))
	return padded(uint64(len(b))) + 3*(uint64(len(b))-zeros)
}
