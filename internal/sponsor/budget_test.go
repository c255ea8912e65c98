package sponsor_test

import (
	"math/big"
	"strings"
	"testing"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/sponsor"
)

// largest is what an amount on chain can be: 2^256-1.
var largest = new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 256), big.NewInt(1))

func TestReserve(t *testing.T) {
	t.Parallel()
	wei := big.NewInt
	half := new(big.Int).Rsh(largest, 1)
	for name, c := range map[string]struct {
		budget, spent, reserved, cost *big.Int
		refused                       bool
	}{
		"no budget":                       {nil, largest, largest, largest, false},
		"exactly the budget":              {wei(100), wei(30), wei(20), wei(50), false},
		"one wei beyond it":               {wei(100), wei(30), wei(20), wei(51), true},
		"a budget of nothing":             {wei(0), wei(0), wei(0), wei(1), true},
		"nothing of a budget of nothing":  {wei(0), wei(0), wei(0), wei(0), false},
		"budget below what is spent":      {wei(10), wei(30), wei(0), wei(1), true},
		"budget below what is reserved":   {wei(10), wei(0), wei(30), wei(1), true},
		"exactly the largest amount":      {largest, half, half, wei(1), false},
		"one wei beyond the largest":      {largest, half, half, wei(2), true},
		"a sum beyond 256 bits, refused":  {largest, largest, largest, largest, true},
		"a cost near the largest, all of": {largest, wei(0), wei(0), largest, false},
	} {
		p := sponsor.Policy{ID: "pol_1", Budget: c.budget, Spent: new(big.Int).Set(c.spent), Reserved: new(big.Int).Set(c.reserved)}
		err := p.Reserve(c.cost)
		want := new(big.Int).Set(c.reserved)
		if !c.refused {
			want.Add(want, c.cost)
		}
		if c.refused != fault.Is(err, fault.Invalid) || !c.refused && err != nil {
			t.Errorf("%s: %v, refused should be %t", name, err, c.refused)
		}
		if c.refused && !strings.Contains(err.Error(), c.budget.String()+" wei") {
			t.Errorf("%s: the refusal does not name the budget: %v", name, err)
		}
		if p.Reserved.Cmp(want) != 0 || p.Spent.Cmp(c.spent) != 0 {
			t.Errorf("%s: reserved %s and spent %s, want %s and %s", name, p.Reserved, p.Spent, want, c.spent)
		}
	}
}

// A budget may be lowered below what is spent: nothing more is sponsored until
// it is raised, or taken away.
func TestBudgetBelowWhatIsSpent(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	id := f.policy.ID
	if _, err := f.service.Store.UpdatePolicy(f.ctx, f.project, id, func(old sponsor.Policy) (sponsor.Policy, error) {
		old.Spent = big.NewInt(500)
		return old, nil
	}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		budget  *big.Int
		refused bool
	}{{big.NewInt(499), true}, {big.NewInt(500), true}, {big.NewInt(501), false}, {largest, false}, {nil, false}} {
		p, err := f.service.UpdatePolicy(f.ctx, f.project, id, sponsor.PolicyParams{Budget: &sponsor.Budget{Wei: c.budget}})
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Reserve(big.NewInt(1)); (err != nil) != c.refused {
			t.Errorf("budget %s: %v, refused should be %t", c.budget, err, c.refused)
		}
	}
	if _, err := f.service.UpdatePolicy(f.ctx, f.project, id, sponsor.PolicyParams{Budget: &sponsor.Budget{Wei: big.NewInt(-1)}}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a negative budget: %v", err)
	}
}
