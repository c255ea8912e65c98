package userop

import (
	"math/big"
)

// Nonce joins a lane and the sequence number that EntryPoint expects next in
// it. Operations in different lanes need no order among them.
func Nonce(lane, sequence uint64) *big.Int {
	n := new(big.Int).SetUint64(lane)
	n.Lsh(n, 64)
	return n.Or(n, new(big.Int).SetUint64(sequence))
}

// Lane returns the lane of the operation's nonce, as given to Nonce. Lanes
// wider than 64 bits, which Nonce never makes, are cut.
func (op *Operation) Lane() uint64 {
	return new(big.Int).Rsh(orZero(op.Nonce), 64).Uint64()
}

// Sequence returns the sequence number in the operation's lane.
func (op *Operation) Sequence() uint64 {
	return orZero(op.Nonce).Uint64()
}
