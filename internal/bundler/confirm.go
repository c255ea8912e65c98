package bundler

import (
	"context"
	"fmt"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// confirm looks what became of each live transaction.
func (p *pass) confirm(ctx context.Context) error {
	for _, tx := range slices.Clone(p.live) {
		if err := p.check(ctx, tx); err != nil {
			return fmt.Errorf("confirm transaction %s (nonce %d): %w", tx.Hash, tx.Nonce, err)
		}
	}
	return nil
}

// check moves one transaction along:
//
//	signed ─→ mined ─→ final
//	  ↑ └───────│────→ abandoned
//	  └─────────┘ reorganised away
func (p *pass) check(ctx context.Context, tx Transaction) error {
	if tx.State == TxSigned && tx.Nonce >= p.latest {
		return nil
	}
	receipt, err := p.receipt(ctx, tx)
	if err != nil {
		return err
	}
	switch {
	case receipt == nil && tx.State == TxMined:
		return p.unmine(ctx, tx)
	case receipt == nil:
		return p.missed(ctx, tx)
	}
	canonical, err := p.canonical(ctx, receipt)
	if err != nil {
		return err
	}
	if !canonical {
		return nil // read across a reorganisation: the next pass sees one side
	}
	if p.depth(receipt.BlockNumber) < p.limits.Confirmations {
		return p.mined(ctx, tx, receipt)
	}
	return p.finish(ctx, tx, receipt)
}

// receipt finds the receipt of whichever version of a transaction was mined,
// nil when none was.
func (p *pass) receipt(ctx context.Context, tx Transaction) (*types.Receipt, error) {
	for _, hash := range append([]common.Hash{tx.Hash}, tx.Replaced...) {
		receipt, err := p.Chain.Receipt(ctx, hash)
		if err != nil || receipt != nil {
			return receipt, err
		}
	}
	return nil, nil
}

// canonical reports whether a receipt's block is part of the chain.
func (p *pass) canonical(ctx context.Context, receipt *types.Receipt) (bool, error) {
	hash, err := p.Chain.BlockHash(ctx, receipt.BlockNumber.Uint64())
	return hash == receipt.BlockHash, err
}

// results reads a receipt and the time of its block.
func (p *pass) results(ctx context.Context, receipt *types.Receipt) (map[common.Hash]*Result, error) {
	header, err := p.Chain.Header(ctx, receipt.BlockNumber)
	if err != nil {
		return nil, err
	}
	return results(receipt, header.Time)
}

// depth counts the blocks from one to the head, both included.
func (p *pass) depth(block *big.Int) uint64 {
	depth := new(big.Int).Sub(p.head.Number, block)
	if depth.Sign() < 0 {
		return 0
	}
	return depth.Uint64() + 1
}

func (p *pass) mined(ctx context.Context, tx Transaction, receipt *types.Receipt) error {
	if tx.State == TxMined && tx.BlockHash == receipt.BlockHash {
		return nil
	}
	tx.State, tx.BlockNumber, tx.BlockHash = TxMined, receipt.BlockNumber.Uint64(), receipt.BlockHash
	return p.save(ctx, tx, nil)
}

// unmine takes a transaction back to signed after its block has gone, and
// sends the same bytes again.
func (p *pass) unmine(ctx context.Context, tx Transaction) error {
	p.log().Warn("a reorganisation removed a transaction, it is sent again", "transaction", tx.Hash, "block", tx.BlockHash)
	tx.State, tx.BlockNumber, tx.BlockHash = TxSigned, 0, common.Hash{}
	if err := p.save(ctx, tx, nil); err != nil {
		return err
	}
	return p.broadcast(ctx, tx)
}

// missed notes that a transaction's nonce is used and that it has no receipt.
// When that lasts, a foreign transaction must have used the nonce, and the
// operations are free again unless somebody included them. Not at once: nodes
// behind one address lag behind each other.
func (p *pass) missed(ctx context.Context, tx Transaction) error {
	s := p.sighting(tx)
	if s.missed.IsZero() {
		s.missed = p.now()
	}
	if p.now().Sub(s.missed) < p.limits.Resend {
		return nil
	}
	p.log().Error("another transaction used a nonce of the relayer: no other program may send from its key", "transaction", tx.Hash, "nonce", tx.Nonce)
	tx.State = TxAbandoned
	return p.release(ctx, tx, "")
}

// finish settles what a final transaction carried.
func (p *pass) finish(ctx context.Context, tx Transaction, receipt *types.Receipt) error {
	tx.State, tx.BlockNumber, tx.BlockHash = TxFinal, receipt.BlockNumber.Uint64(), receipt.BlockHash
	if len(tx.Operations) == 0 {
		return p.finishDeployment(ctx, tx, receipt)
	}
	if receipt.Status != types.ReceiptStatusSuccessful {
		return p.release(ctx, tx, fmt.Sprintf("transaction %s, which carried it, reverted on chain", receipt.TxHash))
	}
	found, err := p.results(ctx, receipt)
	if err != nil {
		return err
	}
	ops, err := p.carried(ctx, tx)
	if err != nil {
		return err
	}
	for i := range ops {
		result := found[ops[i].Hash]
		if result == nil {
			return fmt.Errorf("transaction %s succeeded without an event of operation %s, which it carries: the node's receipt is incomplete", receipt.TxHash, ops[i].Hash)
		}
		ops[i] = included(ops[i], result)
	}
	return p.settle(ctx, tx, ops)
}

// release ends a transaction that did not include its operations. Those that
// somebody else included are done; the others are queued again. failure says
// what went wrong on chain and counts as an attempt, "" says that nothing did.
func (p *pass) release(ctx context.Context, tx Transaction, failure string) error {
	ops, err := p.carried(ctx, tx)
	if err != nil {
		return err
	}
	for i, op := range ops {
		at, err := p.locate(ctx, op)
		if err != nil {
			return err
		}
		switch {
		case at.result != nil && !at.deep:
			return nil // decided when that is final
		case at.result != nil:
			ops[i] = included(op, at.result)
		case at.displaced:
			ops[i] = dropped(op, displacedReason)
		default:
			ops[i] = p.again(op, failure)
		}
	}
	return p.settle(ctx, tx, ops)
}

// again queues an operation after its transaction failed, or drops it when
// that happened too often.
func (p *pass) again(op Operation, failure string) Operation {
	op.State, op.TxID = Queued, 0
	if failure == "" {
		return op
	}
	if op.Attempts++; op.Attempts >= p.limits.Attempts {
		return dropped(op, fmt.Sprintf("%s; that was attempt %d of %d, although each passed its simulation", failure, op.Attempts, p.limits.Attempts))
	}
	return op
}

// carried loads a transaction's operations.
func (p *pass) carried(ctx context.Context, tx Transaction) ([]Operation, error) {
	ops := make([]Operation, 0, len(tx.Operations))
	for _, hash := range tx.Operations {
		op, err := p.Store.Operation(ctx, p.ChainID, hash)
		if err != nil {
			return nil, fmt.Errorf("load operation %s: %w", hash, err)
		}
		ops = append(ops, op)
	}
	return ops, nil
}

// save keeps what changed of a live transaction.
func (p *pass) save(ctx context.Context, tx Transaction, ops []Operation) error {
	tx.UpdatedAt = p.now()
	for i := range ops {
		ops[i].UpdatedAt = tx.UpdatedAt
	}
	if err := p.Store.FinishTransaction(ctx, p.lease, tx, ops); err != nil {
		return fmt.Errorf("save transaction %s as %s: %w", tx.Hash, tx.State, err)
	}
	at := slices.IndexFunc(p.live, func(other Transaction) bool { return other.ID == tx.ID })
	p.live[at] = tx
	return nil
}

// settle saves a decided transaction with its operations, then tells.
func (p *pass) settle(ctx context.Context, tx Transaction, ops []Operation) error {
	if err := p.save(ctx, tx, ops); err != nil {
		return err
	}
	p.forget(tx)
	p.tell(ops)
	return nil
}

func included(op Operation, result *Result) Operation {
	op.State, op.Result, op.Reason = Included, result, ""
	return op
}

func dropped(op Operation, reason string) Operation {
	op.State, op.TxID, op.Reason = Dropped, 0, reason
	return op
}
