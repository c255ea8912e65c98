package bundler_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/bundler"
)

// errReplyLost is what a caller sees of a commit whose answer did not arrive.
var errReplyLost = errors.New("connection lost during commit")

// chaos decides where things go wrong, from a seed that the test prints.
type chaos struct {
	*rand.Rand
	calm bool
}

// strikes with a probability of one in n.
func (c *chaos) strikes(n int) bool { return !c.calm && c.IntN(n) == 0 }

// lossyStore is a database whose writes, now and then, do not happen, or do
// happen and say that they did not.
type lossyStore struct {
	bundler.Store
	chaos *chaos
}

func (s *lossyStore) write(commit func() error) error {
	if s.chaos.strikes(8) {
		return errReplyLost
	}
	if err := commit(); err != nil {
		return err
	}
	if s.chaos.strikes(8) {
		return errReplyLost
	}
	return nil
}

func (s *lossyStore) SaveTransaction(ctx context.Context, l bundler.Lease, tx bundler.Transaction) (saved bundler.Transaction, err error) {
	err = s.write(func() error {
		saved, err = s.Store.SaveTransaction(ctx, l, tx)
		return err
	})
	return saved, err
}

func (s *lossyStore) FinishTransaction(ctx context.Context, l bundler.Lease, tx bundler.Transaction, ops []bundler.Operation) error {
	return s.write(func() error { return s.Store.FinishTransaction(ctx, l, tx, ops) })
}

func (s *lossyStore) SettleOperation(ctx context.Context, l bundler.Lease, op bundler.Operation) error {
	return s.write(func() error { return s.Store.SettleOperation(ctx, l, op) })
}

// TestChaos_everyOperationEndsOnce lets processes die at any point, with a node
// and a database that lose requests and replies. In the end every good
// operation is on chain exactly once, every bad one is dropped with a reason,
// and no relayer nonce is left open.
func TestChaos_everyOperationEndsOnce(t *testing.T) {
	e := newEnv(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	wild := &chaos{Rand: rand.New(rand.NewPCG(seed, 0))}
	on := &faults{
		Client: e.chain,
		send: func(_ []byte, deliver func() error) error {
			switch {
			case wild.strikes(4):
				return errNodeAway // never arrived
			case wild.strikes(4):
				return errors.Join(deliver(), errNodeAway) // arrived, nobody knows
			case wild.strikes(8):
				return nil // lost by the node
			}
			return deliver()
		},
		simulate: func(ethereum.CallMsg) error {
			if wild.strikes(8) {
				return errNodeAway
			}
			return nil
		},
	}
	process := func() *bundler.Bundler {
		b := e.bundler("a", on)
		b.Store = &lossyStore{Store: e.db, chaos: wild}
		b.Limits = bundler.Limits{Operations: 3, InFlight: 4, Resend: 5 * time.Millisecond}
		return b
	}

	wallets := []*wallet{e.wallet(true), e.wallet(true), e.wallet(true), e.wallet(false), e.wallet(false)}
	var good, bad []common.Hash
	b := process()
	for range 60 {
		w := wallets[wild.IntN(len(wallets))]
		q := w.mint()
		if w.fresh {
			q.Deploy = w.deployment()
		}
		if wild.IntN(6) == 0 && !w.fresh {
			bad = append(bad, e.enqueue(w, w.badSignature()))
		}
		q.Alone = wild.IntN(5) == 0
		good = append(good, e.enqueue(w, q))
		if wild.strikes(4) {
			b = process() // the one before was killed
		}
		// Failures are what this is about; what counts is the state they leave.
		if err := b.Step(t.Context()); err != nil && !errors.Is(err, errReplyLost) && !errors.Is(err, errNodeAway) {
			t.Fatal(err)
		}
	}
	wild.calm = true
	e.wantIncluded(e.settle(process(), good...)...)
	for _, op := range e.settle(process(), bad...) {
		if op.State != bundler.Dropped || op.Reason == "" {
			t.Errorf("bad operation is %s, reason %q", op.State, op.Reason)
		}
	}
	e.eventually("end of all transactions", func() bool {
		e.must(b.Step(t.Context()))
		return len(e.live()) == 0
	})
}
