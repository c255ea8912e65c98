package permission

import (
	"cmp"
	"math/big"
	"slices"
)

// checkRules answers a *FieldError for the first rule that no permission, or
// not this one, can have.
func (p Permission) checkRules() error {
	rates := 0
	for _, r := range p.Rules {
		if r == nil {
			return fieldError("rules", "must not hold an empty rule")
		}
		if _, ok := r.(Rate); ok {
			rates++
		} else if p.Sudo {
			return fieldError("sudo", "allows every call: no rule but rate can follow, %s does", r.Name())
		}
		if err := cmp.Or(r.check(), p.checkFunction(r), p.checkToken(r)); err != nil {
			return err
		}
	}
	if rates > 1 {
		return fieldError(string(RuleRate), "must be given at most once, is given %d times", rates)
	}
	return nil
}

func (p Permission) checkFunction(r Rule) error {
	limited, ok := r.(onFunction)
	if ok && !slices.Contains(p.Functions, limited.function()) {
		return fieldError(string(r.Name()), "restricts %s, which functions does not list", limited.function())
	}
	return nil
}

func (p Permission) checkToken(r Rule) error {
	limited, ok := r.(onToken)
	if ok && p.covers(limited.token()) {
		return fieldError(string(r.Name()), "limits %s, which contracts grants as a whole", limited.token())
	}
	return nil
}

func (r ValuePerCall) check() error { return checkAmount(r, "max", r.Max) }
func (r ValueTotal) check() error   { return r.Total.check(r) }
func (r ValuePeriod) check() error  { return r.Period.check(r) }
func (r ValueStream) check() error  { return r.Stream.check(r) }
func (r ERC20Total) check() error   { return r.Total.check(r) }
func (r ERC20Period) check() error  { return r.Period.check(r) }
func (r ERC20Stream) check() error  { return r.Stream.check(r) }
func (r ERC721) check() error       { return checkWord(r, "id", r.ID) }

func (r ERC1155) check() error { return cmp.Or(checkWord(r, "id", r.ID), r.Total.check(r)) }

func (r ArgumentTotal) check() error { return r.Total.check(r) }

func (t Total) check(r Rule) error { return checkAmount(r, "max", t.Max) }

func (d Period) check(r Rule) error {
	if d.Seconds == 0 {
		return fieldError(string(r.Name()), "period must be at least 1 second, is 0")
	}
	return cmp.Or(checkAmount(r, "max", d.Max), checkStart(r, d.Start))
}

func (s Stream) check(r Rule) error {
	return cmp.Or(
		checkAmount(r, "initial", s.Initial),
		checkAmount(r, "perSecond", s.PerSecond),
		checkAmount(r, "max", s.max()),
		checkStart(r, s.Start),
	)
}

// max is 0 when there is none.
func (s Stream) max() *big.Int {
	if s.Max == nil {
		return new(big.Int)
	}
	return s.Max
}

func (r Argument) check() error {
	least, most := 1, 1
	switch r.Op {
	case Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual:
	case In:
		most = maxInOperands
	case Mask:
		least, most = 2, 2
	default:
		return fieldError(string(RuleArgument), "op must be from 0 (eq) to 7 (mask), is %d", byte(r.Op))
	}
	if n := len(r.Operands); n < least || n > most {
		return fieldError(string(RuleArgument), "%s must have %d to %d operands, has %d", r.Op, least, most, n)
	}
	for _, operand := range r.Operands {
		if err := checkWord(r, "operand", operand); err != nil {
			return err
		}
	}
	if r.Op == Mask && new(big.Int).AndNot(r.Operands[1], r.Operands[0]).Sign() != 0 {
		return fieldError(string(RuleArgument), "mask 0x%x cannot give 0x%x", r.Operands[0], r.Operands[1])
	}
	return nil
}

func (r Count) check() error {
	if r.Limit == 0 || r.Limit > MaxLimit {
		return fieldError(string(RuleCount), "limit must be from 1 to 2^48-1, is %d", r.Limit)
	}
	return nil
}

func (r Rate) check() error {
	if r.Count == 0 || r.Interval == 0 {
		return fieldError(string(RuleRate), "count and interval must be at least 1, are %d and %d", r.Count, r.Interval)
	}
	return nil
}

func (TypedData) check() error { return nil }

func checkAmount(r Rule, field string, v *big.Int) error {
	if v == nil || v.Sign() < 0 || v.Cmp(MaxAmount) > 0 {
		return fieldError(string(r.Name()), "%s must be from 0 to 2^128-1, is %v", field, v)
	}
	return nil
}

func checkWord(r Rule, field string, v *big.Int) error {
	if v == nil || v.Sign() < 0 || v.Cmp(MaxWord) > 0 {
		return fieldError(string(r.Name()), "%s must be from 0 to 2^256-1, is %v", field, v)
	}
	return nil
}

func checkStart(r Rule, start uint64) error {
	if start > MaxTime {
		return fieldError(string(r.Name()), "start must be at most 2^48-1, is %d", start)
	}
	return nil
}
