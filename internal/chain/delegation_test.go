package chain_test

import (
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/chain"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

func TestDelegates(t *testing.T) {
	w := newWorld(t)
	bob, proxy, nobody := w.delegated("bob").address, w.proxy("alice").address, common.HexToAddress("0x0b0d")
	got, err := w.client.Delegates(t.Context(), []common.Address{nobody, bob, proxy})
	w.must(err)
	want := []common.Address{{}, bindings.AccountImplementation(), {}}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("account %d delegates to %s, want %s", i, got[i], want[i])
		}
	}
	if none, err := w.client.Delegates(t.Context(), nil); err != nil || len(none) != 0 {
		t.Errorf("of no accounts: %v, %v", none, err)
	}
}

// An account that has delegated has a nonce; what it keeps decides.
func TestUntouched(t *testing.T) {
	w := newWorld(t)
	h := w.delegated("bob")
	untouched := func(address common.Address) bool {
		ok, err := w.client.Untouched(t.Context(), address)
		w.must(err)
		return ok
	}
	if !untouched(common.HexToAddress("0x0b0d")) {
		t.Error("an address that nobody used is not untouched")
	}
	if !untouched(w.bundler.Address()) {
		t.Error("an EOA that has only sent transactions is not untouched")
	}
	if !untouched(h.address) {
		t.Error("a delegated account without sessions is not untouched")
	}
	s := w.session(h, "minter")
	w.register(h, s) // leaves the epoch, and with it the account's own slot, at zero
	if state := w.account(h.address); state.Epoch != 0 {
		t.Fatalf("epoch is %d", state.Epoch)
	}
	if untouched(h.address) {
		t.Error("an account with a session is untouched")
	}
}

func TestEstimateBeforeTheDelegation(t *testing.T) {
	w := newWorld(t)
	for name, paid := range map[string]bool{"pays itself": false, "under a paymaster": true} {
		owner := key(t, name)
		h := home{address: owner.Address(), owner: owner, kind: userop.Delegated}
		w.fund(h.address)
		s := w.session(h, "minter")
		op := w.operation(h, w.mint(h.address))
		op.Factory, op.FactoryData = common.Address{}, nil
		if paid {
			w.sponsor.Stub(&op)
		}
		request := chain.EstimateRequest{
			Op: op, Signatures: [][]byte{userop.DummyOwnerSignature(), userop.Session{Permission: s.packed}.Dummy(common.Hash{})},
			AssumeActive: []common.Hash{s.id},
		}
		if est := w.estimate(request); len(est.Validations[0].Output) != 0 {
			t.Fatalf("%s: an EOA without code answered 0x%x", name, est.Validations[0].Output)
		}
		request.Delegate = bindings.AccountImplementation()
		est := w.estimate(request)
		w.frameSucceeded(name+": owner", est.Validations[0])
		w.frameSucceeded(name+": session", est.Validations[1])
		w.frameSucceeded(name+": execution", est.Execution)

		w.delegated(name)
		op = applied(op, est)
		if paid {
			w.sponsored(&op)
		}
		w.ownerSign(&op, h)
		w.included(w.handle(op))
	}
}
