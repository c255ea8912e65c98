package bundler

import (
	"context"
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/userop"
)

// triage answers the queued operations that could be sent now, oldest first,
// and drops those that never can. What waits for something stays queued.
func (p *pass) triage(ctx context.Context) ([]candidate, error) {
	queued, err := p.Store.QueuedOperations(ctx, p.ChainID, queueLimit)
	if err != nil {
		return nil, fmt.Errorf("load queued operations: %w", err)
	}
	p.queued = len(queued)
	busy, err := p.busySenders(ctx, len(queued))
	if err != nil {
		return nil, err
	}
	var ready []candidate
	for _, op := range queued {
		if busy[op.Op.Sender] {
			continue
		}
		c, err := newCandidate(p.renewed(op))
		if err != nil {
			if err := p.drop(ctx, op, "EntryPoint cannot read it: "+err.Error()); err != nil {
				return nil, err
			}
			continue
		}
		ok, err := p.sendable(ctx, &c)
		if err != nil {
			return nil, err
		}
		if ok {
			ready = append(ready, c)
		}
	}
	return ready, nil
}

// renewed names the chain's present in a signature field that names a moment:
// since the operation was signed, the period that it was meant for may be over.
// The queue keeps the field as it was.
func (p *pass) renewed(op Operation) Operation {
	op.Op.Signature = userop.AtMoment(op.Op.Signature, p.head.Time)
	return op
}

// busySenders answers the accounts with an operation in a transaction that is
// not mined. Their next operations wait, because simulation would not see what
// that one leaves of nonces, uses and budgets.
func (p *pass) busySenders(ctx context.Context, queued int) (map[common.Address]bool, error) {
	busy := make(map[common.Address]bool)
	if queued == 0 {
		return busy, nil
	}
	for _, tx := range unmined(slices.Concat(p.live, p.others)) {
		s := p.sighting(tx)
		if s.senders == nil && len(tx.Operations) > 0 {
			ops, err := p.carried(ctx, tx)
			if err != nil {
				return nil, err
			}
			for _, op := range ops {
				s.senders = append(s.senders, op.Op.Sender)
			}
		}
		for _, sender := range s.senders {
			busy[sender] = true
		}
	}
	return busy, nil
}

// sendable checks what must hold before the operation is worth a simulation.
func (p *pass) sendable(ctx context.Context, c *candidate) (bool, error) {
	most := p.bundleSize()
	if gas := gasLimit([]candidate{*c}); gas > most.gas {
		return false, p.drop(ctx, c.Operation, fmt.Sprintf("it needs a transaction of %d gas and one may use %d here: lower its gas limits", gas, most.gas))
	}
	if c.bytes > most.bytes {
		return false, p.drop(ctx, c.Operation, fmt.Sprintf("it needs %d bytes of calldata and nodes take %d: shorten its calls", c.bytes, most.bytes))
	}
	if c.After != (common.Hash{}) {
		if ok, err := p.preceded(ctx, c.Operation); err != nil || !ok {
			return false, err
		}
	}
	if base := p.head.BaseFee; base != nil && orZero(c.Op.MaxFeePerGas).Cmp(base) < 0 {
		return false, p.wait(ctx, c.Operation, fmt.Sprintf("its maxFeePerGas %s is below the base fee %s", orZero(c.Op.MaxFeePerGas), base))
	}
	if ok, err := p.deployed(ctx, c.Operation); err != nil || !ok {
		return false, err
	}
	return p.delegate(ctx, c)
}

// preceded reports whether the operation that must come first has succeeded.
// When it never will, this one is dropped.
func (p *pass) preceded(ctx context.Context, op Operation) (bool, error) {
	first, err := p.Store.Operation(ctx, p.ChainID, op.After)
	if err != nil {
		p.hold(op, fmt.Sprintf("operation %s, which must come first, cannot be loaded: %v", op.After, err))
		return false, nil
	}
	switch {
	case first.State == Dropped:
		return false, p.drop(ctx, op, fmt.Sprintf("operation %s, which had to come first, was dropped: %s", first.Hash, first.Reason))
	case first.State == Included && !first.Result.Success:
		return false, p.drop(ctx, op, fmt.Sprintf("operation %s, which had to come first, failed on chain in transaction %s", first.Hash, first.Result.TxHash))
	}
	return first.State == Included, nil
}

// wait leaves an operation queued for something that nothing here brings
// about, and drops it when that takes too long.
func (p *pass) wait(ctx context.Context, op Operation, why string) error {
	if p.now().Sub(op.CreatedAt) > p.limits.Patience {
		return p.drop(ctx, op, fmt.Sprintf("given up after %s: %s", p.limits.Patience, why))
	}
	p.hold(op, why)
	return nil
}

// hold leaves an operation queued, however long it takes.
func (p *pass) hold(op Operation, why string) {
	p.passed[op.Hash] = true
	p.status.Held = fmt.Sprintf("operation %s waits: %s", op.Hash, why)
}

// drop gives up a queued operation, unless the chain says that somebody
// included it.
func (p *pass) drop(ctx context.Context, op Operation, reason string) error {
	at, err := p.locate(ctx, op)
	if err != nil {
		return err
	}
	p.passed[op.Hash] = true
	switch {
	case at.result != nil && !at.deep:
		return nil // settled when that is final
	case at.result != nil:
		op = included(op, at.result)
	case at.displaced:
		op = dropped(op, displacedReason)
	default:
		op = dropped(op, reason)
	}
	op.UpdatedAt = p.now()
	if err := p.Store.SettleOperation(ctx, p.lease, op); err != nil {
		return fmt.Errorf("save operation %s as %s: %w", op.Hash, op.State, err)
	}
	p.queued--
	p.tell([]Operation{op})
	return nil
}
