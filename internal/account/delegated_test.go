package account_test

import (
	"context"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/google/go-cmp/cmp"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// delegates says to whom EOAs delegate, the same on every chain.
type delegates map[common.Address]common.Address

func (d delegates) Delegates(_ context.Context, _ uint64, accounts []common.Address) ([]common.Address, error) {
	out := make([]common.Address, len(accounts))
	for i, a := range accounts {
		out[i] = d[a]
	}
	return out, nil
}

func TestCreateDelegated(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	f.service.Delegations = delegates{bob: implementation}
	a := f.create(t, account.CreateParams{ChainID: 1, Owner: userop.OwnerAt(alice), Type: account.Delegated})
	want := account.Account{
		ID: a.ID, ProjectID: f.project, PlayerID: a.PlayerID, ChainID: 1, Address: alice, Owner: userop.OwnerAt(alice),
		Type: account.Delegated, ImplementationType: "Calibur", Implementation: implementation, CreatedAt: a.CreatedAt, UpdatedAt: a.UpdatedAt,
	}
	got, err := f.service.Get(f.ctx, f.project, a.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []account.Account{a, got} {
		if diff := cmp.Diff(want, shown); diff != "" {
			t.Errorf("%s", diff)
		}
	}
	b := f.create(t, account.CreateParams{ChainID: 1, Owner: userop.OwnerAt(bob), Type: account.Delegated, ImplementationType: "CaliburV9"})
	if b.ImplementationType != "CaliburV9" || !b.Deployed() {
		t.Errorf("an EOA that delegates already: %+v", b)
	}
	if _, err := f.service.Create(f.ctx, f.project, account.CreateParams{ChainID: 1, Owner: userop.OwnerAt(alice), Type: account.Delegated}); !fault.Is(err, fault.Conflict) {
		t.Errorf("the same EOA for another player: %v", err)
	}
	// The salt of a delegated account is no salt.
	smart := f.create(t, account.CreateParams{PlayerID: a.PlayerID, ChainID: 2, Owner: userop.OwnerAt(alice)})
	if smart.Salt == (common.Hash{}) || smart.Address == alice {
		t.Errorf("a smart account of the same player: %+v", smart)
	}
}

func TestActive(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	now := delegates{}
	f.service.Delegations = now
	mine := f.create(t, account.CreateParams{ChainID: 1, Owner: userop.OwnerAt(alice), Type: account.Delegated})
	foreign := f.create(t, account.CreateParams{ChainID: 2, Owner: userop.OwnerAt(bob), Type: account.Delegated})
	smart := f.create(t, account.CreateParams{ChainID: 1, Owner: userop.OwnerAt(alice)})
	check := func(want map[string]bool) {
		t.Helper()
		got, err := f.service.Active(f.ctx, mine, foreign, smart)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("active:\n%s", diff)
		}
	}
	check(map[string]bool{mine.ID: false, foreign.ID: false, smart.ID: false})
	now[alice], now[bob] = implementation, common.HexToAddress("0x2a")
	check(map[string]bool{mine.ID: true, foreign.ID: false, smart.ID: false})
	delete(now, alice)
	check(map[string]bool{mine.ID: false, foreign.ID: false, smart.ID: false})
}
