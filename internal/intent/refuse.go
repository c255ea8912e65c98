package intent

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// ErrOutOfGas is answered by Chain.Estimate for operations that no node
// simulates to their end.
var ErrOutOfGas = errors.New("the operation takes more gas than a node gives to a call")

// Room is what a transaction takes, or may take.
type Room struct {
	Gas      uint64
	CallData int // bytes
}

// callBytes is what a call takes in a batch at least: its place, target, value,
// and the place and length of its data.
const callBytes = 5 * 32

// checkCallData refuses an operation that fits in no transaction. signature is
// the longest that may come.
func (d *draft) checkCallData(signature []byte) error {
	needs, err := d.needs(signature)
	if err != nil {
		return err
	}
	if most := d.network.Room.CallData; needs.CallData > most {
		return d.tooMuch("%d bytes of call data, and a transaction may have %d", needs.CallData, most)
	}
	return nil
}

// checkGas refuses an operation whose gas limits no transaction has.
func (d *draft) checkGas(signature []byte) error {
	needs, err := d.needs(signature)
	if err != nil {
		return err
	}
	if needs.Gas > d.network.Room.Gas {
		return d.tooMuchGas()
	}
	return nil
}

func (d *draft) tooMuchGas() error {
	return d.tooMuch("more than %d gas, the most that a transaction may use", d.network.Room.Gas)
}

// tooMuch says what does not fit into a transaction.
func (d *draft) tooMuch(format string, args ...any) error {
	what := fmt.Sprintf(format, args...)
	switch n := len(d.plan.interactions); {
	case d.plan.kind != Call:
		return fault.New(fault.Invalid, "the operation needs %s", what)
	case n == 1:
		return fault.Field("interactions", nil, "the call needs %s: send a shorter or cheaper one", what)
	default:
		return fault.Field("interactions", nil, "the %d calls need %s: send fewer, shorter or cheaper ones at a time", n, what)
	}
}

func (d *draft) needs(signature []byte) (Room, error) {
	op := d.op
	op.Signature = signature
	needs, err := d.network.Needs(op)
	if err != nil {
		return Room{}, fmt.Errorf("measure operation of %s: %w", op.Sender, err)
	}
	return needs, nil
}

// outOfGas reports whether calls that failed had more gas than a transaction
// has. Of calls that took all that the simulation had, none is counted.
func (d *draft) outOfGas(est Estimate) bool {
	return est.CallGas.Sign() == 0 || est.CallGas.Cmp(new(big.Int).SetUint64(d.network.Room.Gas)) > 0
}

// reverted says why the calls revert, and which of them, as far as it can be
// known.
func (d *draft) reverted(ctx context.Context, revert []byte) error {
	calls := d.plan.interactions
	if d.plan.kind != Call {
		_, text := d.service.Explain(revert, nil)
		return fault.New(fault.Invalid, "the operation reverts: %s", text)
	}
	path, last := "interactions", len(calls)-1
	if last > 0 {
		var err error
		if last, err = d.failing(ctx); err != nil {
			return err
		}
		path = fmt.Sprintf("interactions[%d]", last)
	}
	_, text := d.service.Explain(revert, d.service.abis(ctx, d.plan.account.ProjectID, d.plan.account.ChainID, calls))
	if len(revert) == 0 {
		short, err := d.shortOf(ctx, calls[:last+1])
		if err != nil {
			return err
		}
		if short != "" {
			text = short
		}
	}
	return fault.Field(path, nil, "the call reverts: %s", text)
}

// failing answers the index of the call that makes the batch revert.
func (d *draft) failing(ctx context.Context) (int, error) {
	low, high := 0, len(d.plan.interactions)-1
	for low < high {
		middle := (low + high) / 2
		callData, err := encode(d.plan.interactions[:middle+1])
		if err != nil {
			return 0, err
		}
		op := d.op
		op.CallData = callData
		hash, err := op.Hash(d.plan.account.ChainID, userop.EntryPoint)
		if err != nil {
			return 0, err
		}
		est, err := d.network.Chain.Estimate(ctx, EstimateRequest{
			Operation: op, Signatures: [][]byte{d.plan.account.Owner.Dummy(hash)}, Deploy: d.factoryCall(), Delegate: d.codeOf,
		})
		switch {
		case err != nil:
			return 0, err
		case est.CallReverted:
			high = middle
		default:
			low = middle + 1
		}
	}
	return low, nil
}

// shortOf says that the account cannot send what the calls send, "" when it
// can.
func (d *draft) shortOf(ctx context.Context, calls []Interaction) (string, error) {
	sent := new(big.Int)
	for _, call := range calls {
		sent.Add(sent, call.Value)
	}
	balance, err := d.network.Chain.Balance(ctx, d.op.Sender)
	if err != nil || balance.Cmp(sent) >= 0 {
		return "", err
	}
	return fmt.Sprintf("the account has %s wei, and up to here %s are sent", balance, sent), nil
}
