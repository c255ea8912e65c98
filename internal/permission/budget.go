package permission

import (
	"math/big"
)

// timed is a rule whose limit depends on the moment that a signature names.
type timed interface {
	// window is the time around t in which t stands for now, both ends
	// inclusive; ok is false when the rule knows no answer for t.
	window(t uint64) (from, until uint64, ok bool)
}

// budget is an amount that calls use up, kept in a counter of 256 bits.
type budget interface {
	// allowed is what may be spent until t, of the period of t if there are
	// periods.
	allowed(t uint64) *big.Int
	// spent reads a counter; ok is false when it belongs to a period after t.
	spent(counter *big.Int, t uint64) (spent *big.Int, ok bool)
	// counter is the word that spent reads back.
	counter(spent *big.Int, t uint64) *big.Int
}

func (t Total) allowed(uint64) *big.Int                            { return t.Max }
func (Total) spent(counter *big.Int, _ uint64) (*big.Int, bool)    { return counter, true }
func (Total) counter(spent *big.Int, _ uint64) *big.Int            { return spent }
func (s Stream) spent(counter *big.Int, _ uint64) (*big.Int, bool) { return counter, true }
func (s Stream) counter(spent *big.Int, _ uint64) *big.Int         { return spent }

// allowed answers what has accrued; t must not be before the start.
func (s Stream) allowed(t uint64) *big.Int {
	accrued := new(big.Int).SetUint64(t - s.Start)
	accrued.Mul(accrued, s.PerSecond).Add(accrued, s.Initial)
	if limit := s.max(); limit.Sign() > 0 && accrued.Cmp(limit) > 0 {
		return limit
	}
	return accrued
}

// window has no end: what has accrued by t is there for ever.
func (s Stream) window(t uint64) (from, until uint64, ok bool) {
	return t, MaxTime, t >= s.Start && t > 0
}

// periodShift is where a period's counter keeps the period's index. What was
// spent in that period lies below.
const periodShift = 128

func (d Period) allowed(uint64) *big.Int { return d.Max }

func (d Period) index(t uint64) *big.Int {
	return new(big.Int).SetUint64((t - d.Start) / uint64(d.Seconds))
}

func (d Period) spent(counter *big.Int, t uint64) (*big.Int, bool) {
	switch new(big.Int).Rsh(counter, periodShift).Cmp(d.index(t)) {
	case -1:
		return new(big.Int), true
	case 0:
		return new(big.Int).And(counter, MaxAmount), true
	}
	return nil, false
}

func (d Period) counter(spent *big.Int, t uint64) *big.Int {
	word := new(big.Int).Lsh(d.index(t), periodShift)
	return word.Or(word, spent)
}

func (d Period) window(t uint64) (from, until uint64, ok bool) {
	if t < d.Start {
		return 0, 0, false
	}
	return windowOf(t, d.Start, uint64(d.Seconds))
}

func (r Rate) window(t uint64) (from, until uint64, ok bool) {
	from, until, ok = windowOf(t, 0, uint64(r.Interval))
	return from, until, ok && t/uint64(r.Interval) <= maxInterval
}

// windowOf is the period around t. Moment 0 is refused: a period that ends at
// 0 would be read as one without end by EntryPoint.
func windowOf(t, start, seconds uint64) (from, until uint64, ok bool) {
	from = t - (t-start)%seconds
	return from, from + seconds - 1, t > 0
}

// budgetOf answers the rule's budget, nil when it has none.
func budgetOf(r Rule) budget {
	b, _ := r.(budget)
	return b
}

// hasSlot reports whether the account keeps a counter word for the rule.
func hasSlot(r Rule) bool {
	_, counts := r.(Count)
	return counts || budgetOf(r) != nil
}

// counters returns the state's words by position of their rules, nil for a
// rule without one.
func (p Permission) counters(s State) []*big.Int {
	out := make([]*big.Int, len(p.Rules))
	next := 0
	for position, r := range p.Rules {
		if !hasSlot(r) {
			continue
		}
		out[position] = new(big.Int)
		if next < len(s.Counters) && s.Counters[next] != nil {
			out[position] = s.Counters[next]
		}
		next++
	}
	return out
}
