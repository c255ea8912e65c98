package bundler_test

import (
	"bytes"
	"context"
	"errors"
	"math/big"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/bundler"
	"github.com/latchkey-dev/latchkey/internal/chain"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

func TestFault_replyLostAfterAccepting(t *testing.T) {
	e := newEnv(t)
	on := &faults{Client: e.chain, send: func(_ []byte, deliver func() error) error {
		return errors.Join(deliver(), errNodeAway)
	}}
	w := e.wallet(true)
	ops := e.settle(e.bundler("a", on), e.enqueue(w, w.mint()))
	e.wantIncluded(ops...)
	if n := e.relayerNonce(); n != 1 {
		t.Errorf("%d relayer transactions, want 1: a lost reply is no reason to send another", n)
	}
}

func TestFault_killedBetweenSaveAndBroadcast(t *testing.T) {
	e := newEnv(t)
	var lost []byte
	on := &faults{Client: e.chain, send: func(raw []byte, _ func() error) error {
		lost = raw
		return errNodeAway
	}}
	w := e.wallet(true)
	op := e.enqueue(w, w.mint())
	e.must(e.bundler("a", on).Step(t.Context()))
	if got := e.operation(op).State; got != bundler.Bundled || lost == nil {
		t.Fatalf("operation is %s before the kill, want %s", got, bundler.Bundled)
	}

	var sent [][]byte
	on = &faults{Client: e.chain, send: func(raw []byte, deliver func() error) error {
		sent = append(sent, raw)
		return deliver()
	}}
	e.wantIncluded(e.settle(e.bundler("a", on), op)...)
	if len(sent) != 1 || !bytes.Equal(sent[0], lost) {
		t.Errorf("the new process sent %x, want once the bytes that were saved: %x", sent, lost)
	}
}

func TestFault_killedAfterBroadcast(t *testing.T) {
	e := newEnv(t)
	w := e.wallet(true)
	op := e.enqueue(w, w.mint())
	e.must(e.bundler("a", e.chain).Step(t.Context()))
	e.eventually("mined bundle", func() bool { return e.relayerNonce() == 1 })
	e.wantIncluded(e.settle(e.bundler("a", e.chain), op)...)
	if n := e.relayerNonce(); n != 1 {
		t.Errorf("%d relayer transactions, want 1", n)
	}
}

func TestFault_transactionVanishesFromThePool(t *testing.T) {
	e := newEnv(t)
	on := &faults{Client: e.chain, send: func([]byte, func() error) error { return nil }}
	b := e.bundler("a", on)
	w := e.wallet(true)
	op := e.enqueue(w, w.mint())
	e.must(b.Step(t.Context()))
	saved := e.live()[0]
	on.set(func(f *faults) { f.send, f.sends = nil, 0 })
	e.must(b.Step(t.Context()))
	if on.sends != 0 {
		t.Error("the transaction was broadcast again before it was due")
	}
	e.clock.advance(bundler.DefaultLimits.Resend)
	ops := e.settle(b, op)
	e.wantIncluded(ops...)
	if ops[0].Result.TxHash != saved.Hash {
		t.Errorf("included by %s, want the saved transaction %s", ops[0].Result.TxHash, saved.Hash)
	}
}

func TestFault_foreignTransactionUsesOurNonce(t *testing.T) {
	e := newEnv(t)
	on := &faults{Client: e.chain, send: func([]byte, func() error) error { return errNodeAway }}
	b := e.bundler("a", on)
	b.Limits.Resend = 20 * time.Millisecond
	w := e.wallet(true)
	op := e.enqueue(w, w.mint())
	e.must(b.Step(t.Context()))
	lost := e.live()[0]
	e.transactAt(e.relayer, lost.Nonce, e.funder.Address(), big.NewInt(1), nil)
	on.set(func(f *faults) { f.send = nil }) // from now on the node answers "nonce too low"

	ops := e.settle(b, op)
	e.wantIncluded(ops...)
	if ops[0].Attempts != 0 {
		t.Errorf("the operation has %d failed attempts, want none: it was not to blame", ops[0].Attempts)
	}
	if n := e.relayerNonce(); n != 2 {
		t.Errorf("%d relayer transactions, want 2: the foreign one and ours", n)
	}
}

func TestFault_somebodyElseIncludesTheOperation(t *testing.T) {
	for name, sent := range map[string]bool{"before it was sent": false, "while it was under way": true} {
		t.Run(name, func(t *testing.T) {
			e := newEnv(t)
			on := &faults{Client: e.chain, send: func([]byte, func() error) error { return errNodeAway }}
			b := e.bundler("a", on)
			b.Limits.Resend = 20 * time.Millisecond
			w := e.wallet(true)
			q := w.mint()
			op := e.enqueue(w, q)
			if sent {
				e.must(b.Step(t.Context()))
			}
			rival := e.handleOps(q)
			on.set(func(f *faults) { f.send = nil })
			ops := e.settle(b, op)
			e.wantIncluded(ops...)
			if ops[0].Result.TxHash != rival.TxHash || ops[0].Result.BlockHash != rival.BlockHash || len(ops[0].Result.Logs) != 1 {
				t.Errorf("result %+v, want that of transaction %s", ops[0].Result, rival.TxHash)
			}
			if live := e.live(); len(live) != 0 {
				t.Errorf("%d transactions are left", len(live))
			}
		})
	}
}

// A bundle that passes simulation and reverts on chain must cost its bad
// operation a bounded number of attempts and the good one nothing but time.
func TestFault_bundleRevertsOnChain(t *testing.T) {
	e := newEnv(t)
	// Simulation is blind: everything passes.
	on := &blind{faults{Client: e.chain}}
	b := e.bundler("a", on)
	w, other := e.wallet(true), e.wallet(true)
	bad, good := e.enqueue(w, w.badSignature()), e.enqueue(other, other.mint())
	ops := e.settle(b, bad, good)
	e.wantIncluded(ops[1])
	e.wantDropped(ops[:1], "reverted on chain; that was attempt 3 of 3")
	if n := e.relayerNonce(); n != 4 {
		t.Errorf("%d relayer transactions, want 4: one with both, two more with the bad one, one with the good one", n)
	}
}

func TestFault_nodeAwayDropsNothing(t *testing.T) {
	e := newEnv(t)
	on := &faults{Client: e.chain, simulate: func(ethereum.CallMsg) error { return errNodeAway }}
	b := e.bundler("a", on)
	w := e.wallet(true)
	op := e.enqueue(w, w.badSignature())
	for range 3 {
		if err := b.Step(t.Context()); !errors.Is(err, errNodeAway) {
			t.Fatalf("Step answers %v, want %v", err, errNodeAway)
		}
	}
	if got := e.operation(op); got.State != bundler.Queued || b.Status().Error == "" {
		t.Errorf("operation is %s, status %+v; want it queued and the error shown", got.State, b.Status())
	}
	on.set(func(f *faults) { f.simulate = nil })
	e.wantDropped(e.settle(b, op), "AA24")
	e.must(b.Step(t.Context()))
	if b.Status().Error != "" {
		t.Errorf("status still shows %q after a good pass", b.Status().Error)
	}
}

// An operation that the node cannot simulate must not stop the others, and must
// not be lost.
func TestFault_poisonStopsNobody(t *testing.T) {
	e := newEnv(t)
	w, other := e.wallet(true), e.wallet(true)
	poison := w.mint()
	on := &faults{Client: e.chain, simulate: func(tx ethereum.CallMsg) error {
		if bytes.Contains(tx.Data, poison.Operation.Signature) {
			return internalError{}
		}
		return nil
	}}
	b := e.bundler("a", on)
	held := e.enqueue(w, poison)
	e.wantIncluded(e.settle(b, e.enqueue(other, other.mint()))...)
	e.clock.advance(2 * bundler.DefaultLimits.Patience)
	e.must(b.Step(t.Context()))
	if got := e.operation(held); got.State != bundler.Queued || !strings.Contains(b.Status().Held, "does not simulate it: internal error") {
		t.Errorf("operation is %s, status holds %q; want it queued and the node's words", got.State, b.Status().Held)
	}
	on.set(func(f *faults) { f.simulate = nil })
	e.wantIncluded(e.settle(b, held)...)
}

func TestFault_unknownPredecessorStopsNobody(t *testing.T) {
	e := newEnv(t)
	w := e.wallet(true)
	orphan := w.mint()
	orphan.After = common.Hash{1}
	held := e.enqueue(w, orphan)
	b := e.bundler("a", e.chain)
	e.wantIncluded(e.settle(b, e.enqueue(w, w.mint()))...)
	e.must(b.Step(t.Context()))
	if got := e.operation(held).State; got != bundler.Queued || b.Status().Held == "" {
		t.Errorf("operation is %s, status %+v; want it held", got, b.Status())
	}
}

// internalError is how a node says that it has a problem of its own.
type internalError struct{}

func (internalError) Error() string  { return "internal error" }
func (internalError) ErrorCode() int { return -32603 }

func TestFault_stuckTransactionPaysMore(t *testing.T) {
	e := newEnv(t)
	// At first the node says that next to nothing is enough.
	on := &faults{Client: e.chain, fees: func(_, _ *big.Int) (*big.Int, *big.Int) { return big.NewInt(2), big.NewInt(1) }}
	b := e.bundler("a", on)
	w := e.wallet(true)
	op := e.enqueue(w, w.mint())
	e.must(b.Step(t.Context()))
	first := e.live()[0]
	on.set(func(f *faults) { f.fees = nil })
	e.must(b.Step(t.Context()))
	if got := e.live()[0]; got.Hash != first.Hash {
		t.Error("fees were raised before the transaction counted as stuck")
	}
	e.clock.advance(bundler.DefaultLimits.Stuck)
	e.must(b.Step(t.Context()))
	second := e.live()[0]
	if second.Nonce != first.Nonce || second.ID != first.ID || !slices.Equal(second.Replaced, []common.Hash{first.Hash}) || !slices.Equal(second.Operations, first.Operations) {
		t.Errorf("replacement is %+v, want the same nonce and operations and the earlier hash", second)
	}
	ops := e.settle(b, op)
	e.wantIncluded(ops...)
	if ops[0].Result.TxHash != second.Hash {
		t.Errorf("included by %s, want the replacement %s", ops[0].Result.TxHash, second.Hash)
	}
}

func TestFault_replacedVersionIsMined(t *testing.T) {
	e := newEnv(t)
	var versions [][]byte
	on := &faults{Client: e.chain, send: func(raw []byte, _ func() error) error {
		versions = append(versions, raw)
		return nil
	}}
	b := e.bundler("a", on)
	w := e.wallet(true)
	op := e.enqueue(w, w.mint())
	e.must(b.Step(t.Context()))
	e.clock.advance(bundler.DefaultLimits.Stuck)
	e.must(b.Step(t.Context()))
	if len(e.live()[0].Replaced) != 1 {
		t.Fatalf("transaction was not replaced: %+v", e.live()[0])
	}
	e.must(e.chain.SendRaw(t.Context(), versions[0])) // the first one arrives after all
	ops := e.settle(b, op)
	e.wantIncluded(ops...)
	if got, want := ops[0].Result.TxHash, e.hashOf(versions[0]); got != want {
		t.Errorf("included by %s, want the earlier version %s", got, want)
	}
}

func TestFault_underpricedIsRaisedAtOnce(t *testing.T) {
	e := newEnv(t)
	on := &faults{Client: e.chain, send: func([]byte, func() error) error {
		return errors.New("transaction underpriced: tip needed 5, tip permitted 1")
	}}
	b := e.bundler("a", on)
	w := e.wallet(true)
	op := e.enqueue(w, w.mint())
	e.must(b.Step(t.Context()))
	on.set(func(f *faults) { f.send = nil })
	ops := e.settle(b, op) // without any time passing
	e.wantIncluded(ops...)
}

func TestLease_oneBundlerSends(t *testing.T) {
	e := newEnv(t)
	var wallets []*wallet
	for range 4 {
		wallets = append(wallets, e.wallet(true))
	}
	on := []*faults{{Client: e.chain}, {Client: e.chain}}
	bundlers := []*bundler.Bundler{e.bundler("a", on[0]), e.bundler("b", on[1])}
	var hashes []common.Hash
	for _, w := range wallets {
		hashes = append(hashes, e.enqueue(w, w.mint()))
	}
	var wg sync.WaitGroup
	for _, b := range bundlers {
		wg.Go(func() {
			for range 20 {
				if err := b.Step(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	leader := bundlers[0]
	if bundlers[1].Status().Leading {
		leader = bundlers[1]
	}
	e.wantIncluded(e.settle(leader, hashes...)...)
	if (on[0].sends == 0) == (on[1].sends == 0) {
		t.Errorf("bundlers sent %d and %d transactions, want one of them to send all", on[0].sends, on[1].sends)
	}
	if bundlers[0].Status().Leading == bundlers[1].Status().Leading {
		t.Error("both bundlers lead, or none")
	}

	e.must(leader.Release(t.Context()))
	follower := bundlers[0]
	if leader == follower {
		follower = bundlers[1]
	}
	op := e.enqueue(wallets[0], wallets[0].mint())
	e.wantIncluded(e.settle(follower, op)...)
}

// A process that was stopped for longer than its lease wakes up and does not
// know. Its writes must be refused, and it must send nothing.
func TestLease_staleOwnerIsFenced(t *testing.T) {
	e := newEnv(t)
	on := &faults{Client: e.chain}
	stale, fresh := e.bundler("a", on), e.bundler("b", e.chain)
	stale.Limits.Lease = 50 * time.Millisecond
	frozen := time.Now()
	stale.Now = func() time.Time { return frozen }
	w := e.wallet(true)
	e.must(stale.Step(t.Context()))
	if !stale.Status().Leading {
		t.Fatal("the first bundler does not lead")
	}
	e.eventually("lease of the second bundler", func() bool {
		e.must(fresh.Step(t.Context()))
		return fresh.Status().Leading
	})
	op := e.enqueue(w, w.mint())
	e.must(stale.Step(t.Context()))
	if on.sends != 0 || stale.Status().Leading {
		t.Errorf("the stale bundler sent %d transactions and says %+v", on.sends, stale.Status())
	}
	if got := e.operation(op).State; got != bundler.Queued {
		t.Errorf("operation is %s, want it untouched", got)
	}
	e.wantIncluded(e.settle(fresh, op)...)
}

func TestConfirm_waitsForDepth(t *testing.T) {
	e := newEnv(t)
	b := e.bundler("a", e.chain)
	b.Limits.Confirmations = 3
	w := e.wallet(true)
	op := e.enqueue(w, w.mint())
	e.must(b.Step(t.Context()))
	e.eventually("mined bundle", func() bool { return e.relayerNonce() == 1 })
	e.must(b.Step(t.Context()))
	if live := e.live(); len(live) != 1 || live[0].State != bundler.TxMined || live[0].BlockHash == (common.Hash{}) {
		t.Fatalf("transactions after one block: %+v, want one mined", live)
	}
	e.mine()
	e.must(b.Step(t.Context()))
	if got := e.operation(op).State; got != bundler.Bundled {
		t.Errorf("operation is %s at depth 2, want %s until depth 3", got, bundler.Bundled)
	}
	e.mine()
	e.must(b.Step(t.Context()))
	e.wantIncluded(e.operation(op))
}

func TestConfirm_reorganisation(t *testing.T) {
	e := newEnv(t)
	b := e.bundler("a", e.chain)
	b.Limits.Confirmations = 3
	w := e.wallet(true)
	op := e.enqueue(w, w.mint())
	before, err := e.eth.BlockNumber(t.Context())
	e.must(err)
	e.must(b.Step(t.Context()))
	e.eventually("mined bundle", func() bool { return e.relayerNonce() == 1 })
	e.must(b.Step(t.Context()))
	mined := e.live()[0]

	e.must(e.node.RPC().Call(nil, "debug_setHead", hexutil.Uint64(before)))
	if n := e.relayerNonce(); n != 0 {
		t.Fatalf("the chain still has %d relayer transactions after it was set back", n)
	}
	e.must(b.Step(t.Context()))
	e.eventually("bundle mined again", func() bool { return e.relayerNonce() == 1 })
	e.mine()
	e.mine()
	ops := e.settle(b, op)
	e.wantIncluded(ops...)
	if ops[0].Result.TxHash != mined.Hash {
		t.Errorf("included by %s, want the same bytes again, %s", ops[0].Result.TxHash, mined.Hash)
	}
}

func TestConfirm_gapBelowIsFilled(t *testing.T) {
	e := newEnv(t)
	w := e.wallet(true)
	before, err := e.eth.BlockNumber(t.Context())
	e.must(err)
	first := e.enqueue(w, w.mint())
	b := e.bundler("a", e.chain)
	e.wantIncluded(e.settle(b, first)...)
	on := &faults{Client: e.chain, send: func([]byte, func() error) error { return errNodeAway }}
	second := e.enqueue(w, w.mint())
	e.must(e.bundler("a", on).Step(t.Context()))
	// Deeper than what counts as final: nonce 0 is free again, 1 is saved.
	e.must(e.node.RPC().Call(nil, "debug_setHead", hexutil.Uint64(before)))
	e.wantIncluded(e.settle(e.bundler("a", e.chain), second)...)
	if n := e.relayerNonce(); n != 2 {
		t.Errorf("%d relayer transactions, want 2: one that fills the gap and the saved one", n)
	}
}

// blind passes every simulation.
type blind struct{ faults }

func (b *blind) Simulate(context.Context, ethereum.CallMsg) ([]byte, error) { return nil, nil }

// handleOps has a stranger include operations.
func (e *env) handleOps(queued ...intent.Queue) *types.Receipt {
	e.t.Helper()
	ops := make([]bindings.PackedUserOperation, len(queued))
	for i, q := range queued {
		packed, err := q.Operation.Pack()
		e.must(err)
		ops[i] = bindings.PackedUserOperation(packed)
	}
	data := bindings.NewEntryPoint().PackHandleOps(ops, e.funder.Address())
	return e.transact(e.funder, userop.EntryPoint, nil, data)
}

func (e *env) mine() {
	e.t.Helper()
	e.must(e.node.RPC().Call(nil, "evm_mine"))
}

func (e *env) hashOf(raw []byte) common.Hash {
	e.t.Helper()
	var tx types.Transaction
	e.must(tx.UnmarshalBinary(raw))
	return tx.Hash()
}

var _ bundler.Chain = (*chain.Client)(nil)
