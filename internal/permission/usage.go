package permission

import (
	"math/big"
)

// Use is how much of one limit is used.
type Use struct {
	Rule     RuleName
	Position int // of the rule among the permission's rules, else NoPosition
	// Limit, Used and Left are in the rule's own unit. With periods they are
	// those of the present period, and a stream's limit is what has accrued.
	Limit, Used, Left *big.Int
	// ResetsAt is when the next period or interval begins, unix seconds; 0 when
	// what is used stays used.
	ResetsAt uint64
}

// Usage answers the use of every limit that is counted, as it is at chain time
// now: limit and feeLimit first, then the rules in their order. Before a rule's
// start nothing of it is left.
func Usage(p Permission, s State, now uint64) []Use {
	var out []Use
	if p.Limit > 0 {
		out = append(out, use(RuleLimit, NoPosition, new(big.Int).SetUint64(p.Limit), new(big.Int).SetUint64(s.Uses)))
	}
	if limit := p.feeLimit(); limit.Sign() > 0 {
		out = append(out, use(RuleFeeLimit, NoPosition, limit, s.feeSpent()))
	}
	for position, counter := range p.counters(s) {
		switch r := p.Rules[position].(type) {
		case Rate:
			out = append(out, s.useOfRate(r, position, now))
		case Count:
			out = append(out, use(RuleCount, position, new(big.Int).SetUint64(r.Limit), counter))
		case interface {
			Rule
			budget
		}:
			out = append(out, useOfBudget(r, r, position, counter, now))
		}
	}
	return out
}

func useOfBudget(r Rule, b budget, position int, counter *big.Int, now uint64) Use {
	var resets uint64
	if limited, ok := r.(timed); ok {
		_, until, begun := limited.window(now)
		if !begun {
			return use(r.Name(), position, new(big.Int), new(big.Int))
		}
		if until < MaxTime { // a stream has no end
			resets = until + 1
		}
	}
	limit := b.allowed(now)
	spent, ok := b.spent(counter, now)
	if !ok {
		spent = limit // of a period that chain time has not reached
	}
	u := use(r.Name(), position, limit, spent)
	u.ResetsAt = resets
	return u
}

func (s Status) useOfRate(r Rate, position int, now uint64) Use {
	used := uint64(s.IntervalUses)
	if s.Interval < now/uint64(r.Interval) {
		used = 0
	}
	u := use(RuleRate, position, new(big.Int).SetUint64(uint64(r.Count)), new(big.Int).SetUint64(used))
	if _, until, ok := r.window(now); ok {
		u.ResetsAt = until + 1
	}
	return u
}

func use(rule RuleName, position int, limit, used *big.Int) Use {
	left := new(big.Int).Sub(limit, used)
	if left.Sign() < 0 {
		left.SetInt64(0)
	}
	return Use{Rule: rule, Position: position, Limit: limit, Used: used, Left: left}
}
