package server_test

import (
	"math/big"
	"testing"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/page"
)

func (w *world) cost(p intent.CreateParams) intent.Cost {
	w.t.Helper()
	cost, err := w.server.Intents.Cost(w.t.Context(), w.project, p)
	w.must(err)
	return cost
}

func TestCost_coversWhatThePolicyPays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cost := w.cost(w.mint())
	intents, err := w.server.Intents.List(t.Context(), w.project, intent.Filter{}, page.Request{Limit: 1})
	w.must(err)
	policy, err := w.server.Sponsor.Policy(t.Context(), w.project, w.policy)
	w.must(err)
	if intents.Total != 0 || policy.Reserved.Sign() != 0 {
		t.Fatalf("asking for the cost left %d intents and %s wei reserved, want none of either", intents.Total, policy.Reserved)
	}

	in := w.intend(w.mint())
	if cost.Fee().Cmp(in.MaxCost) <= 0 {
		t.Fatalf("cost is %s wei, want more than the operation's %s: the account has to be created", cost.Fee(), in.MaxCost)
	}
	w.succeed(in, w.personal(w.owner, in.OperationHash))
	policy, err = w.server.Sponsor.Policy(t.Context(), w.project, w.policy)
	w.must(err)
	if policy.Spent.Cmp(cost.Fee()) > 0 {
		t.Fatalf("the policy spent %s wei, more than the %s that were announced", policy.Spent, cost.Fee())
	}

	next, in := w.cost(w.mint()), w.intend(w.mint())
	if next.Gas.Cmp(cost.Gas) >= 0 || in.Operation.GasLimit().Cmp(next.Gas) > 0 {
		t.Fatalf("gas is %s with the account created, %s before, the operation's limits are %s: want less than before, and no less than the limits", next.Gas, cost.Gas, in.Operation.GasLimit())
	}
}

func TestCost_asksForNoFunds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.mint()
	p.PolicyID = ""
	_, err := w.server.Intents.Create(t.Context(), w.project, p)
	refused(t, err, "has 0 wei for fees")
	if cost := w.cost(p); cost.Gas.Cmp(big.NewInt(200_000)) < 0 {
		t.Fatalf("cost is %s gas, want that of a mint and of the account's creation", cost.Gas)
	}
}

func TestCost_ofAnAccountOfThePlayer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.mint()
	want := w.cost(p)
	p.AccountID, p.PlayerID = "", w.account.PlayerID
	if got := w.cost(p); got.Gas.Cmp(want.Gas) != 0 {
		t.Fatalf("cost for the player is %s gas, for its account %s", got.Gas, want.Gas)
	}
}

func TestCost_refusesWhatCreateRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.mint()
	p.Interactions[0].Function = "ownerOf"
	p.Interactions[0].Args = []any{"1"}
	_, err := w.server.Intents.Cost(t.Context(), w.project, p)
	refused(t, err, "revert")
}

func TestCost_ofADelegatedAccountNeedsNoAuthorization(t *testing.T) {
	t.Parallel()
	w := newDelegatedWorld(t)
	cost := w.cost(w.mint())
	p := w.mint()
	p.SignedAuthorization = w.authorization()
	in := w.intend(p)
	if limit := in.Operation.GasLimit(); limit.Cmp(cost.Gas) > 0 {
		t.Fatalf("the operation may use %s gas, more than the %s that were announced", limit, cost.Gas)
	}
	if acc, err := w.server.Accounts.Get(t.Context(), w.project, w.account.ID); err != nil || acc.Type != account.Delegated {
		t.Fatalf("account is %+v, %v; want the delegated one", acc, err)
	}
}
