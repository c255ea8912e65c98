package bundler

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// pass is one Step under a relayer's lease: what it has read, and what it
// reports.
type pass struct {
	*Bundler
	lease  Lease
	seen   map[int64]*sighting
	limits Limits
	status Status

	live   []Transaction // of the relayer: signed and mined, in nonce order
	others []Transaction // live ones of other relayers
	head   *types.Header
	latest uint64               // mined transactions of the relayer, read before any receipt
	passed map[common.Hash]bool // queued operations that this pass leaves alone
	queued int
}

func (p *pass) run(ctx context.Context) error {
	p.prune()
	if err := p.recover(ctx); err != nil {
		return err
	}
	if idle, err := p.idle(ctx); err != nil || idle {
		return err
	}
	if err := p.look(ctx); err != nil {
		return err
	}
	if err := p.confirm(ctx); err != nil {
		return err
	}
	if err := p.unstick(ctx); err != nil {
		return err
	}
	return p.send(ctx)
}

// idle reports whether there is nothing to do: such a pass does not bother the
// node.
func (p *pass) idle(ctx context.Context) (bool, error) {
	if len(p.live) > 0 {
		return false, nil
	}
	queued, err := p.Store.QueuedOperations(ctx, p.ChainID, 1)
	if err != nil {
		return false, fmt.Errorf("load queued operations: %w", err)
	}
	return len(queued) == 0, nil
}

// look reads where the chain stands.
func (p *pass) look(ctx context.Context) (err error) {
	if p.latest, err = p.Chain.LatestNonce(ctx, p.relayer()); err != nil {
		return fmt.Errorf("read the nonce of relayer %s: %w", p.relayer(), err)
	}
	if p.head, err = p.Chain.Header(ctx, nil); err != nil {
		return fmt.Errorf("read the latest block: %w", err)
	}
	return nil
}

// outcome is the status after the pass, however it ended.
func (p *pass) outcome() Status {
	s := p.status
	s.Queued, s.InFlight = p.queued, len(p.live)+len(p.others)
	for _, tx := range p.live {
		seen := p.sighting(tx)
		if seen.priced.After(s.youngest) {
			s.youngest = seen.priced
		}
		if seen.unfunded {
			s.Paused = fmt.Sprintf("relayer %s cannot pay for transaction %s: send it funds", p.relayer(), tx.Hash)
		}
	}
	return s
}

// recover broadcasts again what may not have arrived, in nonce order: all that
// this process has not sent itself, and what has waited too long.
func (p *pass) recover(ctx context.Context) error {
	for _, tx := range p.live {
		due := p.now().Sub(p.sighting(tx).sent) >= p.limits.Resend
		if tx.State != TxSigned || !due {
			continue
		}
		if err := p.broadcast(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// broadcast sends a saved transaction. Whatever the node answers, the
// transaction stays as saved, because it may have arrived; the only answer
// that is an error says that the node will never take such a transaction.
func (p *pass) broadcast(ctx context.Context, tx Transaction) error {
	err := p.Chain.SendRaw(ctx, tx.Raw)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	s := p.sighting(tx)
	if s.priced.IsZero() {
		s.priced = p.now()
	}
	answer := classify(err)
	if answer != replyUnclear {
		s.sent = p.now() // else the next pass tries again
	}
	s.unfunded = answer == replyUnfunded
	s.underpriced = answer == replyUnderpriced
	switch answer {
	case replyRefused:
		return fmt.Errorf("the node refuses transaction %s (nonce %d): check that it is a node of chain %d and that its gas limits allow the bundler's: %w", tx.Hash, tx.Nonce, p.ChainID, err)
	case replyUnclear, replyUnderpriced, replyUnfunded:
		p.log().Warn("the node did not confirm a broadcast; the transaction stays saved and is sent again", "transaction", tx.Hash, "nonce", tx.Nonce, "error", err)
	}
	return nil
}

func (p *pass) sighting(tx Transaction) *sighting {
	s, ok := p.seen[tx.ID]
	if !ok {
		s = new(sighting)
		p.seen[tx.ID] = s
	}
	return s
}

// forget removes a transaction that is decided. Its nonce is used, whatever an
// older answer of the node says.
func (p *pass) forget(tx Transaction) {
	p.latest = max(p.latest, tx.Nonce+1)
	delete(p.seen, tx.ID)
	p.live = slices.DeleteFunc(p.live, func(other Transaction) bool { return other.ID == tx.ID })
}

// prune drops what was seen of transactions that others have decided.
func (p *pass) prune() {
	live := make(map[int64]bool, len(p.live)+len(p.others))
	for _, tx := range slices.Concat(p.live, p.others) {
		live[tx.ID] = true
	}
	maps.DeleteFunc(p.seen, func(id int64, _ *sighting) bool { return !live[id] })
}

// waiting answers the transactions of the relayer that are not mined.
func (p *pass) waiting() []Transaction { return unmined(p.live) }

func unmined(live []Transaction) []Transaction {
	var out []Transaction
	for _, tx := range live {
		if tx.State == TxSigned {
			out = append(out, tx)
		}
	}
	return out
}

// relayer is whom the pass acts for. Only a pass for the bundler's own key may
// sign.
func (p *pass) relayer() common.Address { return p.lease.Relayer }

func (p *pass) log() *slog.Logger { return p.logOf(p.relayer()) }

// tell reports operations that are settled, after that was saved.
func (p *pass) tell(ops []Operation) {
	for _, op := range ops {
		if op.State != Included && op.State != Dropped {
			continue
		}
		log := p.log().With("operation", op.Hash, "sender", op.Op.Sender)
		if op.State == Dropped {
			log.Warn("operation dropped", "reason", op.Reason)
		} else {
			log.Info("operation included", "success", op.Result.Success, "block", op.Result.BlockNumber, "transaction", op.Result.TxHash)
		}
		if p.OnSettled != nil {
			p.OnSettled(p.ChainID, op.Hash)
		}
	}
}

// decode reads the transaction that was signed.
func (tx Transaction) decode() (*types.Transaction, error) {
	var signed types.Transaction
	if err := signed.UnmarshalBinary(tx.Raw); err != nil {
		return nil, fmt.Errorf("read the saved bytes of transaction %s: %w", tx.Hash, err)
	}
	return &signed, nil
}
