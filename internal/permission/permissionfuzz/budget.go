package permissionfuzz

import (
	"math/big"

	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// What follows is the arithmetic of the rules once more, in the plainest
// form, to draw states near the limits. It decides nothing.

// allowed is what a rule allows in all by the case's moment; nil for rules
// without an amount.
func (c *Case) allowed(r permission.Rule) *big.Int {
	switch r := r.(type) {
	case permission.ValueTotal:
		return r.Max
	case permission.ERC20Total:
		return r.Max
	case permission.ERC1155:
		return r.Max
	case permission.ArgumentTotal:
		return r.Max
	case permission.ValuePeriod:
		return r.Max
	case permission.ERC20Period:
		return r.Max
	case permission.ValueStream:
		return accrued(r.Stream, c.Moment)
	case permission.ERC20Stream:
		return accrued(r.Stream, c.Moment)
	case permission.Count:
		return number(r.Limit)
	}
	return nil
}

func accrued(r permission.Stream, t uint64) *big.Int {
	if t < r.Start {
		return new(big.Int)
	}
	out := new(big.Int).Mul(r.PerSecond, number(t-r.Start))
	out.Add(out, r.Initial)
	if r.Max.Sign() > 0 && out.Cmp(r.Max) > 0 {
		return r.Max
	}
	return out
}

// asked is what a call takes of a rule's amount. The call must be in the form
// that the draws give it.
func asked(r permission.Rule, call userop.Call) *big.Int {
	number := func(at int) *big.Int {
		if len(call.Data) < at+wordLength {
			return new(big.Int)
		}
		return new(big.Int).SetBytes(call.Data[at : at+wordLength])
	}
	calls := func(f permission.Function) bool {
		return call.Target == f.Target && len(call.Data) >= 4 && userop.Selector(call.Data) == f.Selector
	}
	switch r := r.(type) {
	case permission.ValueTotal, permission.ValuePeriod, permission.ValueStream:
		return call.Value
	case permission.ERC20Total, permission.ERC20Period, permission.ERC20Stream:
		if call.Target == tokenOf(r) {
			return number(max(4, len(call.Data)-wordLength))
		}
	case permission.ERC1155:
		if call.Target == r.Token && number(4+2*wordLength).Cmp(r.ID) == 0 {
			return number(4 + 3*wordLength)
		}
	case permission.ArgumentTotal:
		if calls(r.Function) {
			return number(4 + int(r.Word)*wordLength)
		}
	case permission.Count:
		if calls(r.Function) {
			return one
		}
	}
	return new(big.Int)
}

// spent draws what was used of a limit before: so that what is asked fits
// well, or so that just the margin is left behind it. No session has spent
// more than its limit.
func (s source) spent(limit, asked *big.Int, margin *int64) *big.Int {
	left := new(big.Int).Sub(limit, asked)
	if margin == nil {
		return s.upTo(left)
	}
	left.Sub(left, big.NewInt(*margin))
	switch {
	case left.Sign() < 0:
		return new(big.Int)
	case left.Cmp(limit) > 0:
		return limit
	}
	return left
}

// period answers the period of a rule that has one.
func period(r permission.Rule) (permission.Period, bool) {
	switch r := r.(type) {
	case permission.ValuePeriod:
		return r.Period, true
	case permission.ERC20Period:
		return r.Period, true
	}
	return permission.Period{}, false
}

// stream answers the stream of a rule that has one.
func stream(r permission.Rule) (permission.Stream, bool) {
	switch r := r.(type) {
	case permission.ValueStream:
		return r.Stream, true
	case permission.ERC20Stream:
		return r.Stream, true
	}
	return permission.Stream{}, false
}

// hasCounter reports whether the account keeps a word for the rule.
func (c *Case) hasCounter(r permission.Rule) bool { return c.allowed(r) != nil }
