package bundler

import "github.com/latchkey-dev/latchkey/internal/userop"

// Room is what a transaction takes, or may take.
type Room struct {
	Gas      uint64
	CallData int // bytes
}

// Room is what one transaction may take. A chain with smaller blocks allows
// less.
func (l Limits) Room() Room { return Room{Gas: l.Gas, CallData: maxCalldata} }

// Needs answers what the transaction of an operation takes that travels alone.
// It fails for an operation that EntryPoint cannot even read.
func Needs(op userop.Operation) (Room, error) {
	c, err := newCandidate(Operation{Op: op})
	return Room{Gas: gasLimit([]candidate{c}), CallData: c.bytes}, err
}
