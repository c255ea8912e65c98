package words

import (
	"fmt"
	"math/big"

	"github.com/latchkey-dev/latchkey/internal/permission"
)

// endless is where a time is no end: the year 2100. What is valid longer is
// meant to be valid for ever.
const endless = 4_102_444_800

// longLife is how long a session key may reasonably live, in seconds: a year.
const longLife = 365 * 86_400

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
	for _, r := range p.Rules {
		if text := d.wide(r); text != "" {
			out = append(out, text)
		}
	}
	if p.ValidUntil >= endless {
		out = append(out, "it never ends by itself")
	} else if p.ValidAfter > 0 && p.ValidUntil-p.ValidAfter > longLife {
		out = append(out, "it lasts longer than a year")
	}
	if p.Limit == 0 && !d.isCounted() {
		out = append(out, "the number of calls is not limited")
	}
	return out
}

// isCounted reports whether some rule limits how often calls are made, or how
// much they use up.
func (d describer) isCounted() bool {
	for _, r := range d.permission.Rules {
		switch r.(type) {
		case permission.Argument, permission.ValuePerCall, permission.ERC721, permission.TypedData:
		default:
			return true
		}
	}
	return false
}

// unlimited is where an amount is no limit: 2^127, half of what a rule can say.
var unlimited = new(big.Int).Lsh(big.NewInt(1), 127)

func (d describer) wide(r permission.Rule) string {
	switch r := r.(type) {
	case permission.ValuePerCall:
		return d.unlimitedSum(r)
	case permission.ValueTotal:
		return whenUnlimited(r.Max, "native value is practically unlimited")
	case permission.ValuePeriod:
		return whenUnlimited(r.Max, "native value is practically unlimited")
	case permission.ERC20Total:
		return whenUnlimited(r.Max, d.names.contract(r.Token)+" is practically unlimited")
	case permission.ERC20Period:
		return whenUnlimited(r.Max, d.names.contract(r.Token)+" is practically unlimited")
	case permission.TypedData:
		return "what the key signs in another contract's domain is not counted by any limit here"
	}
	return ""
}

// unlimitedSum warns of values that are bounded a call, but not in all.
func (d describer) unlimitedSum(permission.ValuePerCall) string {
	if d.permission.Limit > 0 {
		return ""
	}
	for _, r := range d.permission.Rules {
		switch r.(type) {
		case permission.ValueTotal, permission.ValuePeriod, permission.ValueStream, permission.Rate:
			return ""
		}
	}
	return "native value is limited a call, but not in all"
}

func whenUnlimited(max *big.Int, warning string) string {
	if max.Cmp(unlimited) < 0 {
		return ""
	}
	return warning
}
