package permissionfuzz

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/latchkey-dev/latchkey/internal/permission"
)

// Planted is permission.Validate with a mistake: the rule's limit is one wider
// than the permission says. A campaign must find it.
func Planted(rule permission.RuleName) (Evaluator, error) {
	if !slices.Contains(Plantable, rule) {
		return nil, fmt.Errorf("no mistake can be planted in %q: choose one of %v", rule, Plantable)
	}
	return func(p permission.Permission, s permission.State, op permission.Operation) (permission.Validation, *permission.Refusal) {
		return permission.Validate(loosen(p, rule), s, op)
	}, nil
}

// Plantable are the rules that a mistake can be planted in.
var Plantable = []permission.RuleName{
	permission.RuleLimit, permission.RuleFeeLimit,
	permission.RuleValuePerCall, permission.RuleValueTotal, permission.RuleValuePeriod, permission.RuleValueStream,
	permission.RuleERC20Total, permission.RuleERC20Period, permission.RuleERC20Stream, permission.RuleERC1155,
	permission.RuleArgument, permission.RuleArgumentTotal, permission.RuleCount, permission.RuleRate,
}

func loosen(p permission.Permission, rule permission.RuleName) permission.Permission {
	switch {
	case rule == permission.RuleLimit && p.Limit > 0:
		p.Limit++
	case rule == permission.RuleFeeLimit && p.FeeLimit != nil && p.FeeLimit.Sign() > 0:
		p.FeeLimit = more(p.FeeLimit)
	}
	p.Rules = slices.Clone(p.Rules)
	for i, r := range p.Rules {
		if r.Name() == rule {
			p.Rules[i] = loosenRule(r)
		}
	}
	return p
}

func more(v *big.Int) *big.Int { return new(big.Int).Add(v, one) }

func loosenRule(r permission.Rule) permission.Rule {
	switch r := r.(type) {
	case permission.ValuePerCall:
		return permission.ValuePerCall{Max: more(r.Max)}
	case permission.ValueTotal:
		r.Max = more(r.Max)
		return r
	case permission.ValuePeriod:
		r.Max = more(r.Max)
		return r
	case permission.ValueStream:
		r.Stream = loosenStream(r.Stream)
		return r
	case permission.ERC20Total:
		r.Max = more(r.Max)
		return r
	case permission.ERC20Period:
		r.Max = more(r.Max)
		return r
	case permission.ERC20Stream:
		r.Stream = loosenStream(r.Stream)
		return r
	case permission.ERC1155:
		r.Max = more(r.Max)
		return r
	case permission.ArgumentTotal:
		r.Max = more(r.Max)
		return r
	case permission.Argument:
		return loosenArgument(r)
	case permission.Count:
		r.Limit++
		return r
	case permission.Rate:
		r.Count++
		return r
	}
	return r
}

func loosenStream(s permission.Stream) permission.Stream {
	s.Initial = more(s.Initial)
	if s.Max.Sign() > 0 {
		s.Max = more(s.Max)
	}
	return s
}

func loosenArgument(r permission.Argument) permission.Argument {
	switch r.Op {
	case permission.Less:
		r.Op = permission.LessOrEqual
	case permission.Greater:
		r.Op = permission.GreaterOrEqual
	}
	return r
}
