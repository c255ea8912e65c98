package permissionfuzz

import (
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/evmtest"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// Case is one operation of one session in one state.
type Case struct {
	w      *world
	aim    aim
	packed []byte
	id     common.Hash

	Number  uint64
	Account common.Address
	P       permission.Permission
	State   permission.State
	Calls   []userop.Call // before they were spoiled, if they were
	Op      userop.Operation
	WayIn   userop.WayIn
	Moment  uint64 // as the signature names it; 0 for none
	Time    uint64 // of the chain
	Signed  bool   // genuinely, by the owner too where a grant rides along
}

// aim is the rule that a case is to meet the limit of; its zero value is none.
type aim struct {
	name     permission.RuleName
	position int // among the permission's rules, else NoPosition
	// margin is what the case leaves of the limit: 0 meets it, -1 exceeds it by
	// one, and much less by far.
	margin int64
}

// isNear reports whether the case is within one of a limit.
func (a aim) isNear() bool { return a.name != "" && a.margin >= -1 && a.margin <= 1 }

// grantOf is one permission that several cases share.
type grantOf struct {
	p      permission.Permission
	packed []byte
	now    uint64 // when the permission is in use
}

// drawNow draws when a permission is in use: mostly in our days, at times at
// the ends of time.
func drawNow(s source) uint64 {
	switch s.IntN(40) {
	case 0:
		return 1 + s.Uint64N(3000)
	case 1:
		return permission.MaxTime - s.Uint64N(3000)
	}
	return 1_600_000_000 + s.Uint64N(400_000_000)
}

func (w *world) drawCase(s source, g grantOf, n uint64) (*Case, error) {
	c := &Case{w: w, Number: n, P: g.p, packed: g.packed, Account: pick(s, w.accounts...)}
	c.id = permission.ID(evmtest.ChainID, c.Account, 0, c.packed)
	c.aim = c.drawAim(s)
	c.drawTime(s, g.now)
	c.drawWayIn(s)
	c.Calls = c.calls(s)
	c.drawState(s)
	if err := c.drawOperation(s); err != nil {
		return nil, fmt.Errorf("draw case %d: %w", n, err)
	}
	return c, nil
}

// ruleOf is the rule that an aim is at, nil for none.
func (c *Case) ruleOf(a aim) permission.Rule {
	if a.name == "" || a.position == permission.NoPosition {
		return nil
	}
	return c.P.Rules[a.position]
}

// drawAim draws no aim in half of the cases.
func (c *Case) drawAim(s source) aim {
	if s.percent(45) {
		return aim{position: permission.NoPosition}
	}
	var names []aim
	general := func(when bool, list ...permission.RuleName) {
		for _, name := range list {
			if when {
				names = append(names, aim{name: name, position: permission.NoPosition})
			}
		}
	}
	general(true, permission.RuleStatus, permission.RuleTarget, permission.RuleFunctions, permission.RulePaymasters, permission.RuleFeeLimit)
	// What few permissions have comes more often where it is.
	general(c.P.ValidUntil < permission.MaxTime, permission.RuleValidUntil, permission.RuleValidUntil)
	general(c.P.ValidAfter > 0, permission.RuleValidAfter, permission.RuleValidAfter, permission.RuleValidAfter)
	general(c.P.Limit > 0, permission.RuleLimit)
	general(!c.P.Sudo, permission.RuleValue)
	general(!c.P.Sudo && len(c.P.Functions) == 0, permission.RuleContracts, permission.RuleContracts, permission.RuleContracts)
	general(c.P.NeedsMoment(), permission.RuleMoment)
	general(c.tokenRule(s) != nil, permission.RuleToken)
	for position, r := range c.P.Rules {
		if r.Name() != permission.RuleTypedData {
			a := aim{name: r.Name(), position: position}
			names = append(names, a, a)
		}
	}
	out := pick(s, names...)
	out.margin = pick[int64](s, -1, -1, -1, 0, 1, -1_000_000)
	if out.name == permission.RuleToken {
		out.position = c.tokenRule(s).position
	}
	return out
}

func (c *Case) drawTime(s source, now uint64) {
	c.Time = now + s.Uint64N(64)
	for _, r := range c.P.Rules {
		if p, ok := period(r); ok {
			c.Time = max(c.Time, p.Start)
		}
		if b, ok := stream(r); ok {
			c.Time = max(c.Time, b.Start)
		}
	}
	if s.percent(80) {
		c.Time = min(max(c.Time, c.P.ValidAfter), c.P.ValidUntil)
	}
	switch c.aim.name {
	case permission.RuleValidAfter:
		c.Time = c.P.ValidAfter + uint64(s.step())
	case permission.RuleValidUntil:
		c.Time = c.P.ValidUntil + uint64(s.step())
	}
	c.Time = min(max(c.Time, 1), permission.MaxTime)
	if !c.P.NeedsMoment() {
		return
	}
	c.Moment = c.Time
	if c.aim.name == permission.RuleMoment || s.oneIn(30) {
		c.Moment = c.drawMoment(s)
	}
}

// drawMoment draws moments at the ends of what the rules know.
func (c *Case) drawMoment(s source) uint64 {
	options := []uint64{0, c.Time, c.Time + 1, c.Time - 1, s.Uint64N(permission.MaxTime + 1), permission.MaxTime}
	for _, r := range c.P.Rules {
		if b, ok := stream(r); ok {
			options = append(options, b.Start, b.Start-1, b.Start+1)
		}
		if b, ok := period(r); ok {
			index := (c.Time - b.Start) / uint64(b.Seconds)
			from := b.Start + index*uint64(b.Seconds)
			options = append(options, b.Start, b.Start-1, from-1, from, from+uint64(b.Seconds)-1, from+uint64(b.Seconds))
		}
		if r, ok := r.(permission.Rate); ok {
			options = append(options, uint64(r.Interval)<<40-1, uint64(r.Interval)<<40, c.Time-c.Time%uint64(r.Interval)-1)
		}
	}
	if t := pick(s, options...); t <= permission.MaxTime {
		return t
	}
	return 0
}

func (c *Case) drawWayIn(s source) {
	if !c.w.can.grants {
		return
	}
	switch {
	case !c.P.HasCounter() && s.oneIn(2) || s.oneIn(100):
		c.WayIn = userop.Stateless
	case s.oneIn(6):
		c.WayIn = userop.FirstUse
	}
}

// drawState draws the session's status and counters before the operation.
func (c *Case) drawState(s source) {
	c.State.FeeSpent = new(big.Int)
	c.State.State = permission.Active
	if c.WayIn != userop.Registered {
		c.State.State = permission.None
	}
	if c.aim.name == permission.RuleStatus {
		c.State.State = pick[permission.Phase](s, permission.None, permission.Active, permission.Closed, 3, 255)
	}
	if c.State.State == permission.None {
		return // nothing was ever counted
	}
	n := number(uint64(len(c.Calls)))
	if c.P.Limit > 0 {
		c.State.Uses = s.spent(number(c.P.Limit), n, c.marginOf(permission.RuleLimit, permission.NoPosition)).Uint64()
	}
	for position, r := range c.P.Rules {
		if rate, ok := r.(permission.Rate); ok {
			c.drawInterval(s, rate, position, n)
		}
		if c.hasCounter(r) {
			c.State.Counters = append(c.State.Counters, c.drawCounter(s, r, position))
		}
	}
}

// marginOf is what the case is to leave of a limit, nil when its aim is another.
func (c *Case) marginOf(name permission.RuleName, position int) *int64 {
	if c.aim.name != name || c.aim.position != position {
		return nil
	}
	return &c.aim.margin
}

// drawInterval draws the status word's part of a rate.
func (c *Case) drawInterval(s source, r permission.Rate, position int, calls *big.Int) {
	margin := c.marginOf(permission.RuleRate, position)
	c.State.Interval = c.Moment / uint64(r.Interval)
	c.State.IntervalUses = uint32(s.spent(number(uint64(r.Count)), calls, margin).Uint64())
	if margin == nil {
		c.State.Interval = c.drawIndex(s, c.State.Interval)
	}
	c.State.Interval &= 1<<40 - 1
}

func (c *Case) drawCounter(s source, r permission.Rule, position int) *big.Int {
	total := new(big.Int)
	for _, call := range c.Calls {
		total.Add(total, asked(r, call))
	}
	margin := c.marginOf(r.Name(), position)
	spent := s.spent(c.allowed(r), total, margin)
	b, ok := period(r)
	if !ok {
		return spent
	}
	index := uint64(0)
	if c.Moment >= b.Start {
		index = (c.Moment - b.Start) / uint64(b.Seconds)
	}
	if margin == nil {
		index = c.drawIndex(s, index)
	}
	if spent.Cmp(permission.MaxAmount) > 0 {
		spent = permission.MaxAmount
	}
	out := new(big.Int).Lsh(number(index), 128)
	return out.Or(out, spent)
}

// drawIndex draws the index of the last period in which something was spent.
func (c *Case) drawIndex(s source, present uint64) uint64 {
	if c.aim.name == permission.RuleMoment && s.oneIn(2) {
		return present + pick[uint64](s, 1, 1, 1+s.Uint64N(1000))
	}
	if s.oneIn(4) {
		return present - s.Uint64N(min(present, 1000)+1)
	}
	return present
}
