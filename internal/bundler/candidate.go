package bundler

import (
	"bytes"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

const (
	// maxTransactionGas is what the protocol allows one transaction (EIP-7825).
	maxTransactionGas = 1 << 24
	// maxCalldata stays below the 128 KiB that nodes take as one transaction.
	maxCalldata = 120_000
)

// Gas that handleOps spends outside the limits that operations name, with room
// above what EntryPoint v0.8 was seen to need. What is not used is not paid.
const (
	transactionGas = 21_000 // every transaction
	bundleGas      = 40_000 // lock, BeforeExecution, payment of the beneficiary
	operationGas   = 60_000 // hash, nonce, deposits, events, copies, and what innerHandleOp keeps back
)

var entryPoint = bindings.NewEntryPoint()

// candidate is an operation that could be sent now.
type candidate struct {
	Operation
	packed bindings.PackedUserOperation
	gas    uint64 // its share of a bundle's gas limit
	bytes  int    // its share of a bundle's calldata

	authorization *types.SetCodeAuthorization // goes with its transaction, nil when none is needed
}

// newCandidate fails for an operation that EntryPoint cannot even read.
func newCandidate(op Operation) (candidate, error) {
	packed, err := op.Op.Pack()
	if err != nil {
		return candidate{}, err
	}
	c := candidate{Operation: op, packed: bindings.PackedUserOperation(packed)}
	data := handleOps([]candidate{c}, common.Address{})
	c.gas = operationGas + limits(op.Op) + calldataGas(data)
	c.bytes = len(data)
	return c, nil
}

// limits adds up the gas that the operation itself may use. All sums above
// what a transaction may hold are answered as that: such an operation fits
// nowhere.
func limits(op userop.Operation) uint64 {
	sum := new(big.Int)
	for _, limit := range []*big.Int{
		op.VerificationGasLimit, op.CallGasLimit, op.PaymasterVerificationGasLimit, op.PaymasterPostOpGasLimit,
	} {
		sum.Add(sum, orZero(limit))
	}
	if !sum.IsUint64() || sum.Uint64() > maxTransactionGas {
		return maxTransactionGas
	}
	return sum.Uint64()
}

// calldataGas bounds what a transaction pays for its data: the floor of
// EIP-7623 is above the ordinary price.
func calldataGas(data []byte) uint64 {
	zeros := uint64(bytes.Count(data, []byte{0}))
	return 10*zeros + 40*(uint64(len(data))-zeros)
}

// gasLimit is the gas of a transaction for the bundle: enough for each
// operation to use all that it may, whatever the ones before it used. A call
// hands on at most 63/64 of the gas that is left, two calls deep, hence 33/32.
func gasLimit(bundle []candidate) uint64 {
	gas := uint64(bundleGas)
	for _, c := range bundle {
		gas += c.gas
	}
	return transactionGas + gas + gas/32
}

// handleOps encodes the call that the relayer makes.
func handleOps(bundle []candidate, beneficiary common.Address) []byte {
	ops := make([]bindings.PackedUserOperation, len(bundle))
	for i, c := range bundle {
		ops[i] = c.packed
	}
	return entryPoint.PackHandleOps(ops, beneficiary)
}

// lane is a sender's sequence of nonces.
type lane struct {
	sender common.Address
	key    string
}

func (c candidate) lane() lane { return lane{c.Op.Sender, c.key().String()} }

// key is the upper 192 bits of the nonce.
func (c candidate) key() *big.Int { return new(big.Int).Rsh(c.packed.Nonce, 64) }

func orZero(v *big.Int) *big.Int {
	if v == nil {
		return new(big.Int)
	}
	return v
}
