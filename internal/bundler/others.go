package bundler

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/ethereum/go-ethereum/common"
)

// finishOthers brings what other relayer keys have sent to its end, and answers
// what of it is still live. Keys are replaced while transactions of theirs are
// under way, and finding out what became of those needs no key: only a nonce
// that is stuck would. A relayer that another process holds is left to that
// one. A relayer that makes trouble is reported in status and holds up nobody.
func (b *Bundler) finishOthers(ctx context.Context, byRelayer map[common.Address][]Transaction, status *Status) ([]Transaction, error) {
	var live []Transaction
	for _, relayer := range slices.SortedFunc(maps.Keys(byRelayer), common.Address.Cmp) {
		left, err := b.finishOther(ctx, relayer, byRelayer[relayer])
		live = append(live, left...)
		if ctx.Err() != nil {
			return live, ctx.Err()
		}
		if err != nil {
			status.Held = fmt.Sprintf("what relayer %s has sent, whose key is not in use here, cannot be finished: %v", relayer, err)
		}
	}
	return live, nil
}

// finishOther is a pass for another key, which answers what is still live. Its
// lease is given back with the last transaction, so that a process that has the
// key may use it again.
func (b *Bundler) finishOther(ctx context.Context, relayer common.Address, live []Transaction) ([]Transaction, error) {
	held, err := b.hold(ctx, relayer)
	if err != nil || held == nil {
		return live, err
	}
	p := b.under(held, live)
	err = p.finishAll(ctx)
	if errors.Is(err, ErrLeaseLost) {
		delete(b.held, relayer)
		return p.live, nil
	}
	if err == nil && len(p.live) == 0 {
		err = b.letGo(ctx, relayer)
	}
	return p.live, err
}

// finishAll does for the relayer's live transactions what can be done without
// its key.
func (p *pass) finishAll(ctx context.Context) error {
	p.prune()
	if err := p.recover(ctx); err != nil {
		return err
	}
	if err := p.look(ctx); err != nil {
		return err
	}
	if err := p.confirm(ctx); err != nil {
		return err
	}
	return p.giveUp(ctx)
}

// giveUp abandons transactions that were broadcast for long and are not mined:
// without the key nobody can raise their fees, or fill a gap before their
// nonce. Their operations are queued again. Should one be mined after all, the
// operations' own nonces let nothing happen twice.
func (p *pass) giveUp(ctx context.Context) error {
	for _, tx := range p.waiting() {
		first := p.sighting(tx).priced
		if first.IsZero() || p.now().Sub(first) < p.limits.Patience {
			continue
		}
		p.log().Error("a transaction of a key that is not in use any more is not mined; its operations are sent from the present key", "transaction", tx.Hash, "nonce", tx.Nonce)
		tx.State = TxAbandoned
		if err := p.release(ctx, tx, ""); err != nil {
			return fmt.Errorf("give up transaction %s (nonce %d): %w", tx.Hash, tx.Nonce, err)
		}
	}
	return nil
}
