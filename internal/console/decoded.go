package console

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/latchkey-dev/latchkey/internal/console/ui"
	"github.com/latchkey-dev/latchkey/internal/contract"
	"github.com/latchkey-dev/latchkey/internal/intent"
)

// decodedCall is a call or an event as pages show it. Texts hold marks.
type decodedCall struct {
	on      string // the contract
	address string
	name    string // of the function or event
	args    []argumentView
	value   string // what is sent along, "" for nothing
	raw     string // as bytes
	guessed bool
	known   bool // some ABI tells what it means
}

type argumentView struct{ name, kind, value string }

// explainCall reads call data to an address.
func (n names) explainCall(call intent.Interaction) decodedCall {
	out := decodedCall{on: plainName(n.contract(call.To)), address: call.To.Hex(), raw: hexutil.Encode(call.Data)}
	if call.Value != nil && call.Value.Sign() > 0 {
		out.value = ether(call.Value)
	}
	if len(call.Data) == 0 {
		out.name, out.known = "Plain transfer", true
		return out
	}
	return n.fill(out, fmt.Sprintf("0x%x", call.Data[:min(4, len(call.Data))]))(n.book.Call(call.To, call.Data))
}

// explainLog reads an event.
func (n names) explainLog(l *types.Log) decodedCall {
	topic := "an event without a topic"
	if len(l.Topics) > 0 {
		topic = l.Topics[0].Hex()
	}
	out := decodedCall{on: plainName(n.contract(l.Address)), address: l.Address.Hex(), raw: rawLog(l)}
	return n.fill(out, topic)(n.book.Log(l))
}

func rawLog(l *types.Log) string {
	var b strings.Builder
	for i, topic := range l.Topics {
		fmt.Fprintf(&b, "topic %d  %s\n", i, topic.Hex())
	}
	fmt.Fprintf(&b, "data     %s", hexutil.Encode(l.Data))
	return b.String()
}

func (n names) fill(out decodedCall, unknown string) func(contract.Decoded, bool) decodedCall {
	return func(d contract.Decoded, ok bool) decodedCall {
		if !ok {
			out.name = unknown
			return out
		}
		out.name, out.known, out.guessed = printable(d.Name), true, d.Guessed
		for _, a := range d.Args {
			kind := a.Type
			if strings.HasPrefix(kind, "(") {
				kind = "tuple" + kind[strings.LastIndex(kind, ")")+1:]
			}
			if a.Hashed {
				kind = "hash of a " + kind
			}
			out.args = append(out.args, argumentView{name: printable(a.Name), kind: kind, value: n.argument(a.Value)})
		}
		return out
	}
}

// longest is how much of a text in an argument is shown.
const longest = 300

// argument writes a decoded value, with marks for addresses and long bytes.
func (n names) argument(v any) string {
	switch v := v.(type) {
	case string:
		return n.text(v)
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = n.argument(e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		var parts []string
		for _, name := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, printable(name)+": "+n.argument(v[name]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return fmt.Sprint(v)
}

func (n names) text(s string) string {
	if common.IsHexAddress(s) && strings.HasPrefix(s, "0x") {
		if name := printable(n.book.Contract(common.HexToAddress(s))); name != "" {
			return name + " " + ui.MarkValue(s)
		}
		return ui.MarkValue(s)
	}
	if _, err := hexutil.Decode(s); err == nil && len(s) > 20 {
		return ui.MarkValue(s)
	}
	if s = printable(s); len(s) > longest {
		s = strings.ToValidUTF8(s[:longest], "") + "…"
	}
	return s
}
