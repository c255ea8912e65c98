package words

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/permission"
)

// endless is where a time is no end: the year 2100. What is valid longer is
// meant to be valid for ever.
const endless = 4_102_444_800

// How long a session key may reasonably live, in seconds: a year, and a month
// when nothing counts its calls.
const (
	longLife          = 365 * 86_400
	longLifeUncounted = 30 * 86_400
)

// warnings says what an owner would want to know before signing.
func (d describer) warnings() []string {
	var out []string
	p := d.permission
	if p.Sudo {
		out = append(out, "it is unrestricted: whoever has the key has the account until it is revoked or ends")
	}
	for _, target := range p.Contracts {
		out = append(out, fmt.Sprintf("every function of %s may be called, also those that move or approve assets", d.names.contract(target)))
	}
	for _, f := range p.Functions {
		out = append(out, d.dangers(f)...)
	}
	for _, r := range p.Rules {
		if text := d.wide(r); text != "" {
			out = append(out, text)
		}
	}
	if p.ValidUntil >= endless {
		out = append(out, "it never ends by itself")
	} else if d.lasts() > longLife {
		out = append(out, "it lasts longer than a year")
	}
	switch {
	case d.isCounted():
	case d.lasts() > longLifeUncounted:
		out = append(out, "the number of calls is not limited, and it lasts longer than 30 days")
	default:
		out = append(out, "the number of calls is not limited")
	}
	return out
}

// lasts is how long the key may act, from now or from its later start.
func (d describer) lasts() uint64 {
	from := max(d.permission.ValidAfter, d.names.Now)
	if d.permission.ValidUntil < from {
		return 0
	}
	return d.permission.ValidUntil - from
}

// isCounted reports whether every call that the key may make is counted, or
// uses up an amount.
func (d describer) isCounted() bool {
	p := d.permission
	if p.Limit > 0 || slices.ContainsFunc(p.Rules, func(r permission.Rule) bool { _, ok := r.(permission.Rate); return ok }) {
		return true
	}
	if p.Sudo || len(p.Contracts) > 0 {
		return false
	}
	for _, f := range p.Functions {
		if !d.countsCalls(f) && !d.limitsToken(f.Target) {
			return false
		}
	}
	return !slices.ContainsFunc(p.Rules, func(r permission.Rule) bool { _, ok := r.(permission.ERC721); return ok })
}

func (d describer) countsCalls(f permission.Function) bool {
	return slices.ContainsFunc(d.permission.Rules, func(r permission.Rule) bool {
		count, ok := r.(permission.Count)
		return ok && count.Function == f
	})
}

// limitsToken reports whether rules bound how much of a token moves or is
// approved, and refuse everything else of it.
func (d describer) limitsToken(token common.Address) bool {
	return slices.ContainsFunc(d.permission.Rules, func(r permission.Rule) bool {
		switch r := r.(type) {
		case permission.ERC20Total:
			return r.Token == token
		case permission.ERC20Period:
			return r.Token == token
		case permission.ERC20Stream:
			return r.Token == token
		case permission.ERC1155:
			return r.Token == token
		}
		return false
	})
}

// limitsItem is limitsToken of single items.
func (d describer) limitsItem(token common.Address) bool {
	return slices.ContainsFunc(d.permission.Rules, func(r permission.Rule) bool {
		item, ok := r.(permission.ERC721)
		return ok && item.Token == token
	})
}

// unlimited is where an amount is no limit: 2^127, half of what a rule can say.
var unlimited = new(big.Int).Lsh(big.NewInt(1), 127)

func (d describer) wide(r permission.Rule) string {
	const native = "native value"
	switch r := r.(type) {
	case permission.ValuePerCall:
		return d.unlimitedSum(r)
	case permission.ValueTotal:
		return whenUnlimited(r.Max, native)
	case permission.ValuePeriod:
		return whenUnlimited(r.Max, native)
	case permission.ValueStream:
		return wideStream(r.Stream, native)
	case permission.ERC20Total:
		return whenUnlimited(r.Max, d.names.contract(r.Token))
	case permission.ERC20Period:
		return whenUnlimited(r.Max, d.names.contract(r.Token))
	case permission.ERC20Stream:
		return wideStream(r.Stream, d.names.contract(r.Token))
	case permission.ERC1155:
		return whenUnlimited(r.Max, fmt.Sprintf("%s number %s", d.names.contract(r.Token), r.ID))
	case permission.ArgumentTotal:
		return whenUnlimited(r.Max, fmt.Sprintf("%s of %s on %s", word(r.Word), d.names.function(r.Function), d.names.contract(r.Function.Target)))
	case permission.TypedData:
		return "what the key signs in another contract's domain is not counted by any limit here"
	}
	return ""
}

// unlimitedSum warns of values that are bounded a call, but not in all.
func (d describer) unlimitedSum(r permission.ValuePerCall) string {
	for _, other := range d.permission.Rules {
		switch other.(type) {
		case permission.ValueTotal, permission.ValuePeriod, permission.ValueStream:
			return "" // which is judged by itself
		}
	}
	if text := whenUnlimited(r.Max, "native value"); text != "" {
		return text
	}
	if d.isCounted() {
		return ""
	}
	return "native value is limited a call, but not in all"
}

func whenUnlimited(limit *big.Int, what string) string {
	if limit.Cmp(unlimited) < 0 {
		return ""
	}
	return what + " is practically unlimited"
}

func wideStream(s permission.Stream, what string) string {
	if s.Max == nil || s.Max.Sign() == 0 {
		if s.PerSecond.Sign() > 0 {
			return what + " accrues without a maximum"
		}
		return whenUnlimited(s.Initial, what)
	}
	return whenUnlimited(s.Max, what)
}
