package permissionfuzz

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// everyCase draws cases with all that package permission knows, whatever the
// contract's build knows.
func everyCase(t *testing.T, groups uint64, check func(*Case)) {
	t.Helper()
	w, err := newWorld(t)
	if err != nil {
		t.Fatal(err)
	}
	w.can = support{
		rules: allRules, batch: true, grants: true,
		signers: []permission.SignerType{permission.Secp256k1, permission.P256, permission.P256SHA256, permission.WebAuthn},
	}
	for group := range groups {
		s := newSource(2, group)
		now := drawNow(s)
		p, packed, err := w.drawPermission(s, now)
		if err != nil {
			t.Fatal(err)
		}
		for n := range uint64(groupSize) {
			c, err := w.drawCase(s, grantOf{p, packed, now}, group*groupSize+n)
			if err != nil {
				t.Fatal(err)
			}
			check(c)
		}
	}
}

// The cases must be worth their while, on their own.
func TestCasesMeetEveryRule(t *testing.T) {
	t.Parallel()
	var r Report
	everyCase(t, 1500, func(c *Case) {
		if r.Refused == nil {
			r = newReport(c.w.can)
		}
		r.count(c, permission.Evaluate(c.P, c.State, c.facts()))
	})
	for _, thin := range r.Thin() {
		t.Error(thin)
	}
}

// A batch is allowed exactly when its calls are, one after the other, and
// leaves the same behind.
func TestBatchEqualsItsCallsInOrder(t *testing.T) {
	t.Parallel()
	batches := 0
	everyCase(t, 400, func(c *Case) {
		calls, err := userop.DecodeCalls(c.Op.CallData)
		if err != nil || len(calls) < 2 || c.WayIn != userop.Registered {
			return
		}
		batches++
		op := c.facts()
		op.WorstCaseFee, op.Paymaster = nil, common.Address{}
		c.P.FeeLimit = permission.MaxFeeLimit
		whole, refusal := permission.Validate(c.P, c.State, op)

		state, apart := c.State, (*permission.Refusal)(nil)
		for _, call := range calls {
			if op.CallData, err = userop.ExecuteCall(call.Target, call.Value, call.Data); err != nil {
				t.Fatal(err)
			}
			var v permission.Validation
			if v, apart = permission.Validate(c.P, state, op); apart != nil {
				break
			}
			state = v.State
		}
		if fmt.Sprint(refusal) != fmt.Sprint(apart) {
			t.Fatalf("together %v, one by one %v\n%s", refusal, apart, c)
		}
		if refusal == nil && fmt.Sprint(words(whole.State)) != fmt.Sprint(words(state)) {
			t.Fatalf("together %v, one by one %v\n%s", whole.State, state, c)
		}
	})
	if batches < 500 {
		t.Errorf("only %d batches", batches)
	}
}

func words(s permission.State) []*big.Int { return append([]*big.Int{s.Word()}, s.Counters...) }

// What is allowed stays within every limit, and what is asked changes nothing
// that the caller holds.
func TestAllowedStaysWithinEveryLimit(t *testing.T) {
	t.Parallel()
	everyCase(t, 400, func(c *Case) {
		before := fmt.Sprint(words(c.State))
		v, refusal := permission.Validate(c.P, c.State, c.facts())
		if after := fmt.Sprint(words(c.State)); after != before {
			t.Fatalf("state was %s, became %s\n%s", before, after, c)
		}
		if refusal != nil {
			return
		}
		if v.State.FeeSpent != nil && permission.ParseStatus(v.State.Word()).FeeSpent.Cmp(v.State.FeeSpent) != 0 {
			t.Fatalf("status %+v does not survive its word", v.State.Status)
		}
		for _, u := range permission.Usage(c.P, v.State, c.Moment) {
			if u.Used.Cmp(u.Limit) > 0 {
				t.Fatalf("%+v after %s", u, c)
			}
		}
	})
}
