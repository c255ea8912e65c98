package bundler_test

import (
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/bundler"
)

// rotate replaces the relayer key by a new one with money, and answers the old
// one.
func (e *env) rotate() (old common.Address) {
	e.t.Helper()
	old = e.relayer.Address()
	e.relayer = newKey(e.t)
	e.pay(e.funder, e.relayer.Address(), big.NewInt(1e18))
	return old
}

// sentBy fails unless the operation is on chain, once, by the relayer.
func (e *env) sentBy(op bundler.Operation, relayer common.Address) {
	e.t.Helper()
	e.wantIncluded(op)
	tx, _, err := e.eth.TransactionByHash(e.t.Context(), op.Result.TxHash)
	e.must(err)
	from, err := e.eth.TransactionSender(e.t.Context(), tx, op.Result.BlockHash, 0)
	e.must(err)
	if from != relayer {
		e.t.Errorf("operation %s was sent by %s, want %s", op.Hash, from, relayer)
	}
}

func lost([]byte, func() error) error { return errNodeAway }

func TestRotation_minedBefore(t *testing.T) {
	e := newEnv(t)
	w := e.wallet(true)
	op := e.enqueue(w, w.mint())
	before := e.bundler("a", e.chain)
	before.Limits.Confirmations = 4
	e.must(before.Step(t.Context()))
	e.eventually("transaction of the first key in a block", func() bool { return e.relayerNonce() == 1 })
	e.must(before.Step(t.Context()))
	if live := e.live(); len(live) != 1 || live[0].State != bundler.TxMined {
		t.Fatalf("before the rotation: %+v, want one mined transaction", live)
	}
	e.must(before.Release(t.Context()))

	old := e.rotate() // pays once, which is one more block
	for range 3 {
		e.must(e.node.RPC().Call(nil, "evm_mine"))
	}
	after := e.bundler("b", e.chain)
	after.Limits.Confirmations = 4
	e.sentBy(e.settle(after, op)[0], old)
	e.must(after.Step(t.Context()))
	if live := e.live(); len(live) != 0 {
		t.Errorf("%d transactions are live at the end", len(live))
	}
	if _, ok, err := e.db.AcquireLease(t.Context(), e.chainID, old, "c", time.Minute); !ok || err != nil {
		t.Errorf("the first key is still leased when nothing of it is left: %v", err)
	}
}

func TestRotation_neverArrived(t *testing.T) {
	e := newEnv(t)
	w := e.wallet(true)
	op := e.enqueue(w, w.mint())
	before := e.bundler("a", &faults{Client: e.chain, send: lost})
	e.must(before.Step(t.Context()))
	e.must(before.Release(t.Context()))

	old := e.rotate()
	e.sentBy(e.settle(e.bundler("b", e.chain), op)[0], old) // the saved bytes
}

func TestRotation_nonceUsedByAnother(t *testing.T) {
	e := newEnv(t)
	w := e.wallet(true)
	op := e.enqueue(w, w.mint())
	before := e.bundler("a", &faults{Client: e.chain, send: lost})
	e.must(before.Step(t.Context()))
	e.must(before.Release(t.Context()))
	e.transactAt(e.relayer, 0, e.relayer.Address(), nil, nil) // as an operator would to cancel it

	e.rotate()
	after := e.bundler("b", e.chain)
	e.must(after.Step(t.Context()))
	if got := e.operation(op); got.State != bundler.Bundled {
		t.Fatalf("operation is %s at once: nodes lag behind each other", got.State)
	}
	e.clock.advance(bundler.DefaultLimits.Resend)
	e.sentBy(e.settle(after, op)[0], e.relayer.Address())
}

func TestRotation_stuckForLong(t *testing.T) {
	e := newEnv(t)
	w := e.wallet(true)
	op := e.enqueue(w, w.mint())
	before := e.bundler("a", &faults{Client: e.chain, send: lost})
	e.must(before.Step(t.Context()))
	e.must(before.Release(t.Context()))
	stuck := string(e.live()[0].Raw)

	e.rotate()
	node := &faults{Client: e.chain}
	node.send = func(raw []byte, deliver func() error) error {
		if string(raw) == stuck {
			return nil // taken, and never mined
		}
		return deliver()
	}
	after := e.bundler("b", node)
	e.must(after.Step(t.Context()))
	other := e.wallet(true)
	e.sentBy(e.settle(after, e.enqueue(other, other.mint()))[0], e.relayer.Address()) // nobody else waits for it
	second := e.enqueue(w, w.mint())
	e.must(after.Step(t.Context()))
	if got := e.operation(second); got.State != bundler.Queued {
		t.Fatalf("a second operation of the sender is %s while the first may still be mined, want queued", got.State)
	}
	e.clock.advance(bundler.DefaultLimits.Patience - time.Second)
	e.must(after.Step(t.Context()))
	if got := e.operation(op); got.State != bundler.Bundled {
		t.Fatalf("operation is %s before its transaction is given up", got.State)
	}
	e.clock.advance(time.Second)
	e.sentBy(e.settle(after, op)[0], e.relayer.Address())
}

func TestRotation_oldKeyInUse(t *testing.T) {
	e := newEnv(t)
	w := e.wallet(true)
	op := e.enqueue(w, w.mint())
	node := &faults{Client: e.chain, send: lost}
	before := e.bundler("a", node)
	e.must(before.Step(t.Context())) // and keeps its lease

	old := e.rotate()
	after := e.bundler("b", e.chain)
	e.clock.advance(bundler.DefaultLimits.Patience)
	for range 3 {
		e.must(after.Step(t.Context()))
	}
	if n, err := e.chain.LatestNonce(t.Context(), old); err != nil || n != 0 {
		t.Fatalf("the transaction of a key that another process holds was sent (nonce %d, %v)", n, err)
	}
	if got := e.operation(op); got.State != bundler.Bundled {
		t.Fatalf("operation is %s, want bundled: its transaction is another process's", got.State)
	}
	node.set(func(f *faults) { f.send = nil })
	e.sentBy(e.settle(before, op)[0], old)
}

// A transaction that no node takes any more must not stop the present key.
func TestRotation_refusedTransaction(t *testing.T) {
	e := newEnv(t)
	w := e.wallet(true)
	e.enqueue(w, w.mint())
	before := e.bundler("a", &faults{Client: e.chain, send: lost})
	e.must(before.Step(t.Context()))
	e.must(before.Release(t.Context()))
	refused := string(e.live()[0].Raw)

	e.rotate()
	node := &faults{Client: e.chain, send: func(raw []byte, deliver func() error) error {
		if string(raw) == refused {
			return errRefused
		}
		return deliver()
	}}
	after := e.bundler("b", node)
	other := e.wallet(true)
	e.sentBy(e.settle(after, e.enqueue(other, other.mint()))[0], e.relayer.Address())
	e.clock.advance(bundler.DefaultLimits.Resend)
	e.must(after.Step(t.Context()))
	if held := after.Status().Held; !strings.Contains(held, "exceeds block gas limit") {
		t.Errorf("status says %q of what the first key has sent", held)
	}
}
