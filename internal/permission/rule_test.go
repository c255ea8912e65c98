package permission

import (
	"bytes"
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"pgregory.net/rapid"

	"github.com/latchkey-dev/latchkey/internal/userop"
)

func isRate(r Rule) bool { return r.Name() == RuleRate }

// everyRule has one rule of each kind, in their order.
func everyRule(f Function, token common.Address) []Rule {
	other, third := common.Address{0xd, 1}, common.Address{0xe, 1}
	n := big.NewInt
	return []Rule{
		ValuePerCall{n(1)},
		ValueTotal{Total{n(2)}},
		ValuePeriod{Period{n(3), 1000, 60}},
		ValueStream{Stream{n(4), n(5), n(6), 1000}},
		ERC20Total{token, Total{n(7)}},
		ERC20Period{token, Period{n(8), 1000, 60}},
		ERC20Stream{token, Stream{n(9), n(10), n(0), 1000}},
		ERC721{other, n(11)},
		ERC1155{third, n(12), Total{n(13)}},
		Argument{f, 0, In, []*big.Int{n(14), n(15)}},
		ArgumentTotal{f, 1, Total{n(16)}},
		Count{f, 17},
		Rate{18, 3600},
		TypedData{common.Hash{19}, common.Hash{20}},
	}
}

func drawNumber(t *rapid.T, label string, bytes int) *big.Int {
	return new(big.Int).SetBytes(rapid.SliceOfN(rapid.Byte(), 0, bytes).Draw(t, label))
}

func drawTotal(t *rapid.T) Total { return Total{drawNumber(t, "max", 16)} }

func drawPeriod(t *rapid.T) Period {
	return Period{drawNumber(t, "max", 16), rapid.Uint64Range(0, MaxTime).Draw(t, "start"), rapid.Uint32Range(1, 1<<32-1).Draw(t, "period")}
}

func drawStream(t *rapid.T) Stream {
	return Stream{drawNumber(t, "initial", 16), drawNumber(t, "perSecond", 16), drawNumber(t, "max", 16), rapid.Uint64Range(0, MaxTime).Draw(t, "start")}
}

func drawRate(t *rapid.T) Rule {
	return Rate{rapid.Uint32Range(1, 1<<32-1).Draw(t, "count"), rapid.Uint32Range(1, 1<<32-1).Draw(t, "interval")}
}

// drawRules draws rules that fit to p: about functions that Normalize keeps,
// and about tokens that no list grants as a whole.
func drawRules(t *rapid.T, p Permission) []Rule {
	kept := p.Normalize().Functions
	rules := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Rule { return drawRule(t, kept) }), 0, 8).Draw(t, "rules")
	if rapid.Bool().Draw(t, "rate") {
		rules = append(rules, drawRate(t))
	}
	return rules
}

func drawRule(t *rapid.T, functions []Function) Rule {
	token := common.BytesToAddress([]byte{0xc0, rapid.ByteRange(1, 3).Draw(t, "token")})
	kind := rapid.IntRange(0, 12).Draw(t, "kind")
	if len(functions) == 0 && kind >= 10 {
		kind = 0
	}
	switch kind {
	case 0:
		return ValuePerCall{drawNumber(t, "max", 16)}
	case 1:
		return ValueTotal{drawTotal(t)}
	case 2:
		return ValuePeriod{drawPeriod(t)}
	case 3:
		return ValueStream{drawStream(t)}
	case 4:
		return ERC20Total{token, drawTotal(t)}
	case 5:
		return ERC20Period{token, drawPeriod(t)}
	case 6:
		return ERC20Stream{token, drawStream(t)}
	case 7:
		return ERC721{token, drawNumber(t, "id", 32)}
	case 8:
		return ERC1155{token, drawNumber(t, "id", 32), drawTotal(t)}
	case 9:
		return TypedData{common.BigToHash(drawNumber(t, "domain", 32)), common.BigToHash(drawNumber(t, "type", 32))}
	}
	f := rapid.SampledFrom(functions).Draw(t, "function")
	switch kind {
	case 10:
		return drawArgument(t, f)
	case 11:
		return ArgumentTotal{f, rapid.Byte().Draw(t, "word"), drawTotal(t)}
	}
	return Count{f, rapid.Uint64Range(1, MaxLimit).Draw(t, "limit")}
}

func drawArgument(t *rapid.T, f Function) Rule {
	r := Argument{Function: f, Word: rapid.Byte().Draw(t, "word"), Op: Op(rapid.ByteRange(0, 7).Draw(t, "op"))}
	most := 1
	if r.Op == In {
		most = maxInOperands
	}
	for range rapid.IntRange(1, most).Draw(t, "operands") {
		r.Operands = append(r.Operands, drawNumber(t, "operand", 32))
	}
	if r.Op == Mask {
		r.Operands = append(r.Operands, new(big.Int).And(r.Operands[0], drawNumber(t, "wanted", 32)))
	}
	slices.SortFunc(r.Operands, func(a, b *big.Int) int {
		if r.Op != In {
			return 0
		}
		return a.Cmp(b)
	})
	return r
}

func withRules(rules ...Rule) Permission {
	p := grant()
	p.Rules = rules
	return p
}

func TestEveryRuleHasItsPlaceAndName(t *testing.T) {
	t.Parallel()
	rules := everyRule(Function{nft, mint}, common.Address{0xd})
	p, err := Decode(mustEncode(t, withRules(rules...)))
	if err != nil {
		t.Fatal(err)
	}
	names := make(map[RuleName]bool)
	for i, r := range p.Rules {
		if r.Name() != rules[i].Name() {
			t.Errorf("rule %d is %s, want %s", i, r.Name(), rules[i].Name())
		}
		names[r.Name()] = true
	}
	if len(names) != len(rules) {
		t.Errorf("%d rules have %d names", len(rules), len(names))
	}
	if keys := p.CounterKeys(common.Hash{1}); len(keys) != 9 || keys[0] != CounterKey(common.Hash{1}, 1) {
		t.Errorf("got %d counters, the first %s", len(keys), keys[0])
	}
}

func TestWhatARuleMeansForTheSession(t *testing.T) {
	t.Parallel()
	f, tkn := Function{nft, mint}, common.Address{0xd}
	moments := []RuleName{RuleValuePeriod, RuleValueStream, RuleERC20Period, RuleERC20Stream, RuleRate}
	counts := []RuleName{
		RuleValueTotal, RuleValuePeriod, RuleValueStream, RuleERC20Total, RuleERC20Period, RuleERC20Stream,
		RuleERC1155, RuleArgumentTotal, RuleCount, RuleRate,
	}
	for _, r := range everyRule(f, tkn) {
		p := withRules(r)
		p.Limit, p.FeeLimit = 0, nil
		if got, want := p.NeedsMoment(), slices.Contains(moments, r.Name()); got != want {
			t.Errorf("%s: needs a moment: %t", r.Name(), got)
		}
		if got, want := p.HasCounter(), slices.Contains(counts, r.Name()); got != want {
			t.Errorf("%s: has a counter: %t", r.Name(), got)
		}
	}
	if !(Permission{Limit: 1}).HasCounter() || !(Permission{FeeLimit: big.NewInt(1)}).HasCounter() || (Permission{}).HasCounter() {
		t.Error("limit and feeLimit are counters, and nothing else of a bare permission is")
	}
}

func TestEncodeRefusesRules(t *testing.T) {
	t.Parallel()
	n, wide := big.NewInt, new(big.Int).Lsh(big.NewInt(1), 128)
	f, whole := Function{nft, mint}, common.Address{0xc}
	for _, c := range []struct {
		name  string
		rules []Rule
		field RuleName
		want  string
	}{
		{"none", []Rule{nil}, "rules", "empty rule"},
		{"no amount", []Rule{ValueTotal{}}, RuleValueTotal, "max must be from 0 to 2^128-1, is <nil>"},
		{"wide amount", []Rule{ERC20Total{token, Total{wide}}}, RuleERC20Total, "max must be from 0 to 2^128-1"},
		{"negative amount", []Rule{ValuePerCall{n(-1)}}, RuleValuePerCall, "is -1"},
		{"no period", []Rule{ValuePeriod{Period{n(1), 0, 0}}}, RuleValuePeriod, "at least 1 second"},
		{"wide start", []Rule{ERC20Period{token, Period{n(1), MaxTime + 1, 1}}}, RuleERC20Period, "at most 2^48-1"},
		{"no initial", []Rule{ValueStream{Stream{PerSecond: n(1)}}}, RuleValueStream, "initial"},
		{"wide stream", []Rule{ERC20Stream{token, Stream{n(0), wide, nil, 0}}}, RuleERC20Stream, "perSecond"},
		{"wide id", []Rule{ERC721{token, new(big.Int).Lsh(wide, 128)}}, RuleERC721, "id must be from 0 to 2^256-1"},
		{"no id", []Rule{ERC1155{token, nil, Total{n(1)}}}, RuleERC1155, "id must be"},
		{"whole token", []Rule{ERC20Total{whole, Total{n(1)}}}, RuleERC20Total, "which contracts grants as a whole"},
		{"unlisted function", []Rule{Count{Function{token, mint}, 1}}, RuleCount, "which functions does not list"},
		{"no count", []Rule{Count{f, 0}}, RuleCount, "from 1 to 2^48-1, is 0"},
		{"wide count", []Rule{Count{f, MaxLimit + 1}}, RuleCount, "from 1 to 2^48-1"},
		{"no rate", []Rule{Rate{0, 1}}, RuleRate, "are 0 and 1"},
		{"no interval", []Rule{Rate{1, 0}}, RuleRate, "are 1 and 0"},
		{"two rates", []Rule{Rate{1, 1}, Rate{2, 1}}, RuleRate, "given 2 times"},
		{"unknown op", []Rule{Argument{f, 0, 8, []*big.Int{n(1)}}}, RuleArgument, "op must be from 0 (eq) to 7 (mask), is 8"},
		{"no operand", []Rule{Argument{f, 0, Equal, nil}}, RuleArgument, "eq must have 1 to 1 operands, has 0"},
		{"many operands", []Rule{Argument{f, 0, In, make([]*big.Int, 8)}}, RuleArgument, "in must have 1 to 7 operands, has 8"},
		{"impossible mask", []Rule{Argument{f, 0, Mask, []*big.Int{n(6), n(1)}}}, RuleArgument, "mask 0x6 cannot give 0x1"},
		{"too many", make([]Rule, 256), "rules", "at most 255"},
	} {
		_, err := withRules(c.rules...).Encode()
		var field *FieldError
		if !errors.As(err, &field) || field.Field != string(c.field) || !strings.Contains(field.Message, c.want) {
			t.Errorf("%s: got error %v, want %s: %q", c.name, err, c.field, c.want)
		}
	}
	sudo := Permission{Signer: common.Address{1}, ValidUntil: 1, Sudo: true, Rules: []Rule{ValuePerCall{n(1)}}}
	if _, err := sudo.Encode(); err == nil || !strings.Contains(err.Error(), "no rule but rate") {
		t.Errorf("sudo with a value rule: got error %v", err)
	}
	empty := withRules(TypedData{}, ValueTotal{Total{n(1)}})
	empty.Contracts, empty.Functions = nil, nil
	if _, err := empty.Encode(); err == nil || !strings.Contains(err.Error(), "must have an entry") {
		t.Errorf("rules that grant nothing: got error %v", err)
	}
	empty.Rules = []Rule{ERC721{token, n(1)}}
	if _, err := empty.Encode(); err != nil {
		t.Errorf("a token alone: %v", err)
	}
}

func TestDecodeRefusesRules(t *testing.T) {
	t.Parallel()
	p := withRules(ValueTotal{Total{big.NewInt(1)}}, Argument{Function{nft, mint}, 0, In, []*big.Int{big.NewInt(1), big.NewInt(2)}})
	packed := mustEncode(t, p)
	section := p.listsEnd() // 1: the count, 2+16: the total, 2+67: the argument
	const total, argument = 1, 1 + 18
	for _, c := range []struct {
		name   string
		change func(b []byte) []byte
		field  string
		want   string
	}{
		{"no count", func(b []byte) []byte { return b[:section] }, "rules", "at least one rule must follow"},
		{"zero count", func(b []byte) []byte { return append(b[:section], 0) }, "rules", "at least one rule must follow"},
		{"flag forgotten", func(b []byte) []byte { b[flagsOffset] = 0; return b }, "length", "by its list counts"},
		{"higher count", func(b []byte) []byte { b[section] = 3; return b }, "length", "rule 2 does not fit into the last 0 bytes"},
		{"lower count", func(b []byte) []byte { b[section] = 1; return b }, "length", "69 bytes follow the last rule"},
		{"cut", func(b []byte) []byte { return b[:len(b)-1] }, "length", "rule 1 does not fit"},
		{"unknown kind", func(b []byte) []byte { b[section+total] = 5; return b }, "rules", "kind 0x05 is not known"},
		{"size of another kind", func(b []byte) []byte { b[section+total] = 3; return b }, "rules", "must have 26 bytes, has 16"},
		{"repeated", func(b []byte) []byte {
			b[section] = 2
			return append(b[:section+argument], b[section+total:section+argument]...)
		}, "rules", "rule 1 is not"},
		{"function unknown", func(b []byte) []byte { b[section+argument+2] = 1; return b }, "rules", "restricts function 1, functions has 1 entries"},
		{"operands unordered", func(b []byte) []byte { b[len(b)-1] = 1; return b }, "argument", "operand 1 is not"},
		{"half an operand", func(b []byte) []byte {
			b[section+argument+1] = 3 + 16
			return b[:section+argument+2+3+16]
		}, "argument", "whole words"},
		{"no operand", func(b []byte) []byte {
			b[section+argument+1] = 3
			return b[:section+argument+2+3]
		}, "argument", "in must have 1 to 7 operands, has 0"},
	} {
		_, err := Decode(c.change(bytes.Clone(packed)))
		var field *FieldError
		if !errors.As(err, &field) || field.Field != c.field || !strings.Contains(field.Message, c.want) {
			t.Errorf("%s: got error %v, want %s: %q", c.name, err, c.field, c.want)
		}
	}
}

func TestSignerAddress(t *testing.T) {
	t.Parallel()
	// The generator of P-256.
	x := [32]byte(common.FromHex("0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"))
	y := [32]byte(common.FromHex("0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"))
	if got, want := SignerAddress(x, y), (userop.P256Key{X: x, Y: y}).Address(); got != want || got == (common.Address{}) {
		t.Errorf("got %s, want %s", got, want)
	}
}
