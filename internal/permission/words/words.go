package words

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/permission"
)

// Grant is a permission in words.
type Grant struct {
	// May are the things that the key may do, each the end of "it may …". Limits
	// that belong to one of them are part of it.
	May []string
	// Limits hold for everything together.
	Limits []string
	// Until and, when the grant begins later, From say when.
	From, Until string
	// Warnings are what makes the grant wide. None means that everything it may
	// do is named and bounded.
	Warnings []string
}

// Describe puts a permission into words.
func Describe(p permission.Permission, n Names) Grant {
	d := describer{permission: p, names: n}
	g := Grant{May: d.may(), Limits: d.limits(), Until: d.until(), Warnings: d.warnings()}
	if p.ValidAfter > 0 {
		g.From = "from " + n.time(p.ValidAfter)
	}
	return g
}

// String is the grant in one sentence, without its warnings.
func (g Grant) String() string {
	sentence := "may " + list(g.May)
	for _, part := range append(g.Limits, g.From, g.Until) {
		if part != "" {
			sentence += ", " + part
		}
	}
	return sentence
}

// list writes "a", "a and b", "a; b; and c".
func list(parts []string) string {
	switch len(parts) {
	case 0:
		return "do nothing"
	case 1, 2:
		return strings.Join(parts, " and ")
	}
	return strings.Join(parts[:len(parts)-1], "; ") + "; and " + parts[len(parts)-1]
}

type describer struct {
	permission permission.Permission
	names      Names
}

func (d describer) may() []string {
	if d.permission.Sudo {
		return []string{"do anything that the account can do, with all that it holds"}
	}
	var out []string
	for _, target := range d.permission.Contracts {
		out = append(out, "call anything on "+d.names.contract(target))
	}
	for _, f := range d.permission.Functions {
		out = append(out, d.function(f))
	}
	for _, r := range d.permission.Rules {
		if text := d.grants(r); text != "" {
			out = append(out, text)
		}
	}
	return out
}

// function is a listed function with the limits that are its own.
func (d describer) function(f permission.Function) string {
	text := fmt.Sprintf("call %s on %s", d.names.function(f), d.names.contract(f.Target))
	var limits []string
	for _, r := range d.permission.Rules {
		switch r := r.(type) {
		case permission.Count:
			if r.Function == f {
				limits = append(limits, "at most "+times(r.Limit))
			}
		case permission.Argument:
			if r.Function == f {
				limits = append(limits, fmt.Sprintf("%s %s", word(r.Word), comparison(r)))
			}
		case permission.ArgumentTotal:
			if r.Function == f {
				limits = append(limits, fmt.Sprintf("%s at most %s over all calls", word(r.Word), r.Max))
			}
		}
	}
	if len(limits) > 0 {
		text += " (" + strings.Join(limits, ", ") + ")"
	}
	return text
}

// word names a place among the arguments. It is not the number of an argument:
// those of a fixed size may have several words, and others lie elsewhere.
func word(place uint8) string { return fmt.Sprintf("word %d of its arguments", int(place)+1) }

// comparison says what an argument must be.
func comparison(r permission.Argument) string {
	operands := make([]string, len(r.Operands))
	for i, o := range r.Operands {
		operands[i] = operand(o)
	}
	switch r.Op {
	case permission.Equal:
		return "exactly " + operands[0]
	case permission.NotEqual:
		return "anything but " + operands[0]
	case permission.Less:
		return "below " + operands[0]
	case permission.LessOrEqual:
		return "at most " + operands[0]
	case permission.Greater:
		return "above " + operands[0]
	case permission.GreaterOrEqual:
		return "at least " + operands[0]
	case permission.In:
		return "one of " + strings.Join(operands, ", ")
	}
	return fmt.Sprintf("such that its bits %#x are %#x", r.Operands[0], r.Operands[1])
}

// operand is a number, or as long as an address or a hash. In between it may be
// an amount as well as an address that begins with zeros, and is shown as both.
func operand(n *big.Int) string {
	switch bits := n.BitLen(); {
	case bits > 160:
		return common.BigToHash(n).Hex()
	case bits > 128:
		return common.BigToAddress(n).Hex()
	case bits > 64:
		return common.BigToAddress(n).Hex() + " (the number " + n.String() + ")"
	}
	return n.String()
}

// grants says what a rule grants by itself; "" when it only limits.
func (d describer) grants(r permission.Rule) string {
	spend := func(token common.Address, max *big.Int) string {
		return "transfer or approve at most " + d.names.amountOf(token, max)
	}
	switch r := r.(type) {
	case permission.ValuePerCall:
		return fmt.Sprintf("send at most %s a call", d.names.native(r.Max))
	case permission.ValueTotal:
		return fmt.Sprintf("send at most %s in all", d.names.native(r.Max))
	case permission.ValuePeriod:
		return fmt.Sprintf("send at most %s %s", d.names.native(r.Max), d.every(r.Period))
	case permission.ValueStream:
		return "send " + d.stream(r.Stream, d.names.native)
	case permission.ERC20Total:
		return spend(r.Token, r.Max) + " in all"
	case permission.ERC20Period:
		return spend(r.Token, r.Max) + " " + d.every(r.Period)
	case permission.ERC20Stream:
		amount := func(n *big.Int) string { return d.names.amount(r.Token, n) }
		return "transfer or approve of " + d.names.contract(r.Token) + " " + d.stream(r.Stream, amount)
	case permission.ERC721:
		return fmt.Sprintf("transfer or approve %s number %s", d.names.contract(r.Token), r.ID)
	case permission.ERC1155:
		return fmt.Sprintf("transfer at most %s pieces of %s number %s", r.Max, d.names.contract(r.Token), r.ID)
	case permission.TypedData:
		return fmt.Sprintf("sign typed data of type %s in the domain %s", r.TypeHash.Hex(), r.DomainSeparator.Hex())
	}
	return ""
}

// every names a period, and where its first one begins.
func (d describer) every(p permission.Period) string {
	if p.Start == 0 {
		return Every(uint64(p.Seconds))
	}
	return Every(uint64(p.Seconds)) + " beginning " + d.names.time(p.Start)
}

// stream says since when an amount grows: a start in the past may be spent at
// once.
func (d describer) stream(s permission.Stream, amount func(*big.Int) string) string {
	text := fmt.Sprintf("what accrues at %s a second since %s", amount(s.PerSecond), d.names.time(s.Start))
	if s.Initial != nil && s.Initial.Sign() > 0 {
		text += fmt.Sprintf(" on top of %s", amount(s.Initial))
	}
	if s.Max != nil && s.Max.Sign() > 0 {
		text += fmt.Sprintf(", at most %s in all", amount(s.Max))
	}
	return text
}

func (d describer) limits() []string {
	var out []string
	if d.permission.Limit > 0 {
		out = append(out, times(d.permission.Limit))
	}
	for _, r := range d.permission.Rules {
		if r, ok := r.(permission.Rate); ok {
			out = append(out, fmt.Sprintf("at most %s %s", times(uint64(r.Count)), Every(uint64(r.Interval))))
		}
	}
	if d.paysFees() {
		out = append(out, fmt.Sprintf("with at most %s of fees", d.names.native(d.permission.FeeLimit)))
	}
	if len(d.permission.Paymasters) > 0 {
		payers := make([]string, len(d.permission.Paymasters))
		for i, p := range d.permission.Paymasters {
			payers[i] = d.names.contract(p)
		}
		out = append(out, "with fees that "+strings.Join(payers, " or ")+" may pay")
	}
	return out
}

func (d describer) paysFees() bool {
	return d.permission.FeeLimit != nil && d.permission.FeeLimit.Sign() > 0
}

func (d describer) until() string {
	if d.permission.ValidUntil >= permission.MaxTime {
		return "without an end"
	}
	return "until " + d.names.time(d.permission.ValidUntil)
}

// times writes a number of calls.
func times(n uint64) string {
	if n == 1 {
		return "once"
	}
	return strconv.FormatUint(n, 10) + " times"
}

// Every names a period: "a day", "every 3 hours", "every 90 seconds".
func Every(seconds uint64) string {
	for _, unit := range []struct {
		name    string
		article string
		seconds uint64
	}{{"week", "a", 604_800}, {"day", "a", 86_400}, {"hour", "an", 3600}, {"minute", "a", 60}, {"second", "a", 1}} {
		switch {
		case seconds == unit.seconds:
			return unit.article + " " + unit.name
		case seconds%unit.seconds == 0:
			return fmt.Sprintf("every %d %ss", seconds/unit.seconds, unit.name)
		}
	}
	return "at no time"
}
