package httpapi

import (
	"math/big"

	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/session"
)

func showUsage(v session.View) SessionUsage {
	var shown SessionUsage
	if l := v.Usage.Limit; l != nil {
		shown.Limit = &CallUsage{Limit: count(l.Limit), Used: count(l.Used), Left: count(l.Left)}
	}
	if l := v.Usage.FeeLimit; l != nil {
		shown.FeeLimit = &FeeUsage{Limit: decimal(l.Limit), Used: decimal(l.Used), Left: decimal(l.Left)}
	}
	for _, use := range v.Usage.Rules {
		shown.Rules = append(shown.Rules, showRuleUsage(v.Permission, use))
	}
	return shown
}

// count shows a number of calls: at most 2^48-1, none is 0.
func count(n *big.Int) uint64 {
	if n == nil {
		return 0
	}
	return n.Uint64()
}

func showRuleUsage(p permission.Permission, use permission.Use) RuleUsage {
	shown := RuleUsage{
		Rule:     string(use.Rule),
		Index:    use.Position,
		Limit:    decimal(use.Limit),
		Used:     decimal(use.Used),
		Left:     decimal(use.Left),
		ResetsAt: optional(use.ResetsAt),
	}
	r := p.Rules[use.Position]
	if token, ok := tokenOf(r); ok {
		shown.Token = new(token.Hex())
	}
	switch r := r.(type) {
	case permission.ERC1155:
		shown.TokenID = new(r.ID.String())
	case permission.Count:
		shown.limits(r.Function)
	case permission.ArgumentTotal:
		shown.limits(r.Function)
		shown.Argument = new(int(r.Word))
	}
	return shown
}

func (u *RuleUsage) limits(f permission.Function) {
	u.Target, u.Function = new(f.Target.Hex()), new(f.Selector.String())
}
