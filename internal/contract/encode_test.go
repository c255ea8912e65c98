package contract_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/latchkey-dev/latchkey/internal/contract"
	"github.com/latchkey-dev/latchkey/internal/fault"
)

// functions of many shapes. The first three are the examples of the Solidity
// ABI specification, whose encodings are published there.
var functions = contract.Contract{ID: "con_x", ABI: json.RawMessage(`[
	{"type":"function","name":"sam","inputs":[{"name":"","type":"bytes"},{"name":"","type":"bool"},{"name":"","type":"uint256[]"}]},
	{"type":"function","name":"f","inputs":[{"name":"a","type":"uint256"},{"name":"b","type":"uint32[]"},{"name":"c","type":"bytes10"},{"name":"d","type":"bytes"}]},
	{"type":"function","name":"g","inputs":[{"name":"","type":"uint256[][]"},{"name":"","type":"string[]"}]},
	{"type":"function","name":"mint","inputs":[{"name":"to","type":"address"}]},
	{"type":"function","name":"mint","inputs":[{"name":"to","type":"address"},{"name":"amount","type":"uint256"}]},
	{"type":"function","name":"small","inputs":[{"name":"n","type":"uint8"},{"name":"i","type":"int16"},{"name":"w","type":"int256"},{"name":"l","type":"uint64"}]},
	{"type":"function","name":"fixed","inputs":[{"name":"h","type":"bytes32"},{"name":"pair","type":"uint256[2]"}]},
	{"type":"function","name":"order","inputs":[{"name":"o","type":"tuple","components":[
		{"name":"who","type":"address"},{"name":"_lots","type":"uint128[]"},
		{"name":"inner","type":"tuple","components":[{"name":"ok","type":"bool"},{"name":"note","type":"string"}]}]}]},
	{"type":"function","name":"orders","inputs":[{"name":"os","type":"tuple[]","components":[{"name":"a","type":"uint256"},{"name":"b","type":"bool"}]}]},
	{"type":"function","name":"ping","inputs":[]},
	{"type":"event","name":"mint","inputs":[]}
]`)}

const (
	mixed   = "0xdAC17F958D2ee523a2206206994597C13D831ec7"
	lowered = "0xdac17f958d2ee523a2206206994597c13d831ec7"
)

func TestEncodeExamplesOfTheSpecification(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		function string
		args     []any
		want     string
	}{
		{"sam", []any{"0x64617665", true, []any{number("1"), "2", "0x3"}}, `
			a5643bf2
			0000000000000000000000000000000000000000000000000000000000000060
			0000000000000000000000000000000000000000000000000000000000000001
			00000000000000000000000000000000000000000000000000000000000000a0
			0000000000000000000000000000000000000000000000000000000000000004
			6461766500000000000000000000000000000000000000000000000000000000
			0000000000000000000000000000000000000000000000000000000000000003
			0000000000000000000000000000000000000000000000000000000000000001
			0000000000000000000000000000000000000000000000000000000000000002
			0000000000000000000000000000000000000000000000000000000000000003`},
		{"f(uint, uint32[], bytes10, bytes)", []any{"0x123", []any{"0x456", "0x789"}, "0x31323334353637383930", "0x48656c6c6f2c20776f726c6421"}, `
			8be65246
			0000000000000000000000000000000000000000000000000000000000000123
			0000000000000000000000000000000000000000000000000000000000000080
			3132333435363738393000000000000000000000000000000000000000000000
			00000000000000000000000000000000000000000000000000000000000000e0
			0000000000000000000000000000000000000000000000000000000000000002
			0000000000000000000000000000000000000000000000000000000000000456
			0000000000000000000000000000000000000000000000000000000000000789
			000000000000000000000000000000000000000000000000000000000000000d
			48656c6c6f2c20776f726c642100000000000000000000000000000000000000`},
		{"g", []any{`[[1, 2], [3]]`, []any{"one", "two", "three"}}, `
			2289b18c
			0000000000000000000000000000000000000000000000000000000000000040
			0000000000000000000000000000000000000000000000000000000000000140
			0000000000000000000000000000000000000000000000000000000000000002
			0000000000000000000000000000000000000000000000000000000000000040
			00000000000000000000000000000000000000000000000000000000000000a0
			0000000000000000000000000000000000000000000000000000000000000002
			0000000000000000000000000000000000000000000000000000000000000001
			0000000000000000000000000000000000000000000000000000000000000002
			0000000000000000000000000000000000000000000000000000000000000001
			0000000000000000000000000000000000000000000000000000000000000003
			0000000000000000000000000000000000000000000000000000000000000003
			0000000000000000000000000000000000000000000000000000000000000060
			00000000000000000000000000000000000000000000000000000000000000a0
			00000000000000000000000000000000000000000000000000000000000000e0
			0000000000000000000000000000000000000000000000000000000000000003
			6f6e650000000000000000000000000000000000000000000000000000000000
			0000000000000000000000000000000000000000000000000000000000000003
			74776f0000000000000000000000000000000000000000000000000000000000
			0000000000000000000000000000000000000000000000000000000000000005
			7468726565000000000000000000000000000000000000000000000000000000`},
		{"mint(address)", []any{mixed}, `
			6a627842
			000000000000000000000000dac17f958d2ee523a2206206994597c13d831ec7`},
		{"ping", nil, "5c36b186"},
	} {
		got, err := contract.Encode(functions, c.function, c.args)
		if err != nil {
			t.Errorf("%s: %v", c.function, err)
			continue
		}
		if want := strings.Join(strings.Fields(c.want), ""); hex.EncodeToString(got) != want {
			t.Errorf("%s:\n got %x\nwant %s", c.function, got, want)
		}
	}
}

// Different ways to write the same arguments give the same bytes.
func TestEncodeSpellings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		function string
		same     [][]any
	}{
		{"small", [][]any{
			{number("255"), number("-32768"), number("-1"), number("18446744073709551615")},
			{"255", "-32768", "-1", "18446744073709551615"},
			{"0xff", "-32768", "-1", "0xFFFFFFFFFFFFFFFF"},
		}},
		{"mint(address)", [][]any{{mixed}, {lowered}, {"0x" + strings.ToUpper(lowered[2:])}}},
		{"order", [][]any{
			{map[string]any{"who": lowered, "_lots": []any{"1"}, "inner": map[string]any{"ok": true, "note": "[x"}}},
			{[]any{lowered, []any{"1"}, []any{"true", "[x"}}},
			{`{"who": "` + lowered + `", "_lots": [1], "inner": [true, "[x"]}`},
		}},
		{"orders", [][]any{
			{[]any{[]any{"1", true}, map[string]any{"a": "2", "b": false}}},
			{`[[1, true], {"a": 2, "b": false}]`},
		}},
	} {
		first, err := contract.Encode(functions, c.function, c.same[0])
		if err != nil {
			t.Errorf("%s: %v", c.function, err)
		}
		for _, args := range c.same[1:] {
			if got, err := contract.Encode(functions, c.function, args); err != nil || !reflect.DeepEqual(got, first) {
				t.Errorf("%s(%v): %x, %v, want %x", c.function, args, got, err, first)
			}
		}
	}
}

func TestEncodeRefusals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		function string
		args     []any
		field    string
		says     []string
	}{
		{"mint", []any{mixed}, "functionName", []string{"mint(address)", "mint(address,uint256)", "full signature"}},
		{"burn", nil, "functionName", []string{"no such function", "ping()"}},
		{"mint(uint256)", nil, "functionName", []string{"no such function"}},
		{"ping", []any{"1"}, "functionArgs", []string{"takes 0 arguments, 1"}},
		{"mint(address,uint256)", []any{mixed}, "functionArgs", []string{"takes 2 arguments, 1"}},

		{"mint(address)", []any{"0xDAC17F958D2ee523a2206206994597C13D831ec7"}, "functionArgs[0]", []string{"checksum", mixed, "address to"}},
		{"mint(address)", []any{lowered[:41]}, "functionArgs[0]", []string{"40 hex digits"}},
		{"mint(address)", []any{lowered[2:]}, "functionArgs[0]", []string{"40 hex digits"}},
		{"mint(address)", []any{number("1")}, "functionArgs[0]", []string{"40 hex digits"}},
		{"mint(address)", []any{nil}, "functionArgs[0]", []string{"40 hex digits"}},

		{"small", []any{"256", "0", "0", "0"}, "functionArgs[0]", []string{"from 0 to 255", "uint8 n"}},
		{"small", []any{"-1", "0", "0", "0"}, "functionArgs[0]", []string{"from 0 to 255"}},
		{"small", []any{"0", "32768", "0", "0"}, "functionArgs[1]", []string{"from -32768 to 32767", "int16 i"}},
		{"small", []any{"0", "-32769", "0", "0"}, "functionArgs[1]", []string{"from -32768"}},
		{"small", []any{"0", "0", "0x8000000000000000000000000000000000000000000000000000000000000000", "0"}, "functionArgs[2]", []string{"int256 w"}},
		{"small", []any{"0", "0", "0", "18446744073709551616"}, "functionArgs[3]", []string{"uint64 l"}},
		{"small", []any{number("1e2"), "0", "0", "0"}, "functionArgs[0]", []string{"must be an integer"}},
		{"small", []any{number("1.0"), "0", "0", "0"}, "functionArgs[0]", []string{"must be an integer"}},
		{"small", []any{"", "0", "0", "0"}, "functionArgs[0]", []string{"must be an integer"}},
		{"small", []any{"0x", "0", "0", "0"}, "functionArgs[0]", []string{"must be an integer"}},
		{"small", []any{"+1", "0", "0", "0"}, "functionArgs[0]", []string{"must be an integer"}},
		{"small", []any{strings.Repeat("9", 101), "0", "0", "0"}, "functionArgs[0]", []string{"must be an integer"}},
		{"small", []any{1.0, "0", "0", "0"}, "functionArgs[0]", []string{"is a number"}},

		{"sam", []any{"0x646", true, []any{}}, "functionArgs[0]", []string{"bytes in hex"}},
		{"sam", []any{"dave", true, []any{}}, "functionArgs[0]", []string{"starting with 0x"}},
		{"sam", []any{"0x", "yes", []any{}}, "functionArgs[1]", []string{"true or false"}},
		{"sam", []any{"0x", true, "1,2"}, "functionArgs[2]", []string{"must be a list, is a string"}},
		{"sam", []any{"0x", true, []any{"1", "x"}}, "functionArgs[2][1]", []string{"must be an integer"}},
		{"g", []any{[]any{[]any{}, []any{"-1"}}, []any{}}, "functionArgs[0][1][0]", []string{"from 0"}},
		{"g", []any{[]any{}, []any{true}}, "functionArgs[1][0]", []string{"must be a string, is a boolean"}},
		{"fixed", []any{"0x00", []any{"1", "2"}}, "functionArgs[0]", []string{"must be 32 bytes, is 1"}},
		{"fixed", []any{"0x" + strings.Repeat("00", 32), []any{"1"}}, "functionArgs[1]", []string{"must have 2 elements, has 1"}},

		{"order", []any{map[string]any{"who": lowered, "_lots": []any{}}}, "functionArgs[0]", []string{`lacks the member "inner"`}},
		{"order", []any{map[string]any{"who": lowered, "_lots": []any{}, "inner": []any{true, ""}, "more": 1}}, "functionArgs[0]", []string{"members beside who, _lots, inner"}},
		{"order", []any{map[string]any{"who": lowered, "_lots": []any{}, "inner": map[string]any{"ok": "maybe", "note": ""}}}, "functionArgs[0].inner.ok", []string{"bool ok"}},
		{"order", []any{[]any{lowered}}, "functionArgs[0]", []string{"must have 3 elements, has 1"}},
		{"order", []any{"x"}, "functionArgs[0]", []string{"a list or an object, is a string"}},
	} {
		_, err := contract.Encode(functions, c.function, c.args)
		var f *fault.Fault
		if !errors.As(err, &f) || f.Kind != fault.Invalid || f.Field != c.field {
			t.Errorf("%s%v: error is %v, want a fault about %s", c.function, c.args, err, c.field)
			continue
		}
		for _, part := range c.says {
			if !strings.Contains(f.Message, part) {
				t.Errorf("%s%v: message lacks %q: %s", c.function, c.args, part, f.Message)
			}
		}
	}
	_, err := contract.Encode(contract.Contract{ID: "con_y"}, "mint", nil)
	wantFault(t, err, fault.Invalid)
}

func TestDecode(t *testing.T) {
	t.Parallel()
	c := contract.Contract{ID: "con_x", ABI: json.RawMessage(`[
		{"type":"function","name":"none","inputs":[],"outputs":[]},
		{"type":"function","name":"big","inputs":[],"outputs":[{"name":"","type":"uint256"}]},
		{"type":"function","name":"mixed","inputs":[],"outputs":[{"name":"n","type":"int8"},{"name":"who","type":"address"},{"name":"h","type":"bytes4"},
			{"name":"b","type":"bytes"},{"name":"s","type":"string"},{"name":"ok","type":"bool"}]},
		{"type":"function","name":"named","inputs":[],"outputs":[{"name":"","type":"tuple[]","components":[{"name":"id","type":"uint64"},{"name":"tags","type":"bytes2[2]"}]}]},
		{"type":"function","name":"two","inputs":[],"outputs":[{"name":"","type":"bool"},{"name":"x","type":"uint8"}]}
	]`)}
	word := func(s string) string { return strings.Repeat("0", 64-len(s)) + s }
	for _, d := range []struct{ function, data, want string }{
		{"none", "", `null`},
		{"big", strings.Repeat("f", 64), `"115792089237316195423570985008687907853269984665640564039457584007913129639935"`},
		{
			"mixed", strings.Repeat("f", 63) + "e" + word(lowered[2:]) + "deadbeef" + strings.Repeat("0", 56) +
				word("c0") + word("100") + word("1") + word("2") + "abcd" + strings.Repeat("0", 60) + word("2") + "6869" + strings.Repeat("0", 60),
			`["-2","` + mixed + `","0xdeadbeef","0xabcd","hi",true]`,
		},
		{
			"named", word("20") + word("1") + word("7") + "aabb" + strings.Repeat("0", 60) + "ccdd" + strings.Repeat("0", 60),
			`[{"id":"7","tags":["0xaabb","0xccdd"]}]`,
		},
		{"two", word("1") + word("9"), `[true,"9"]`},
	} {
		data, err := hex.DecodeString(d.data)
		if err != nil {
			t.Fatal(err)
		}
		v, err := contract.Decode(c, d.function, data)
		if err != nil {
			t.Errorf("%s: %v", d.function, err)
			continue
		}
		if got, _ := json.Marshal(v); string(got) != d.want {
			t.Errorf("%s: got %s, want %s", d.function, got, d.want)
		}
	}
	if v, err := contract.Decode(c, "big", []byte{1, 2, 3}); err == nil {
		t.Errorf("three bytes are decoded as a word: %v", v)
	}
}

func TestSelector(t *testing.T) {
	t.Parallel()
	bare := contract.Contract{ChainID: 1}
	for _, c := range []struct {
		contract contract.Contract
		call     string
		want     string // "" when it is refused
	}{
		{functions, "mint(address)", "6a627842"},
		{functions, " f(uint,uint32[],bytes10, bytes) ", "8be65246"},
		{functions, "sam", "a5643bf2"},
		{functions, "0x6a627842", "6a627842"},
		{functions, "0xDEADBEEF", "deadbeef"}, // taken as given
		{functions, "mint", ""},
		{functions, "mintt(address)", ""},
		{bare, "mint(address)", "6a627842"},
		{bare, "baz(uint32, bool)", "cdcd77c0"},
		{bare, "bar(bytes3[2])", "fce353f6"},
		{bare, "mint", ""},
		{bare, "0x6a6278", ""},
		{bare, "mint(address", ""},
		{bare, "", ""},
	} {
		got, err := contract.Selector(c.contract, c.call)
		if c.want == "" {
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%q: %x, %v, want a refusal", c.call, got, err)
			}
			continue
		}
		if err != nil || hex.EncodeToString(got[:]) != c.want {
			t.Errorf("%q: %x, %v, want %s", c.call, got, err, c.want)
		}
	}
}

// Any arguments are encoded or refused; nothing panics in the ABI library.
func FuzzEncode(f *testing.F) {
	f.Add("sam", `["0x64617665",true,[1,"2","0x3"]]`)
	f.Add("order", `[{"who":"0xdac17f958d2ee523a2206206994597c13d831ec7","_lots":[1],"inner":[true,"x"]}]`)
	f.Add("small", `[255,-32768,-1,18446744073709551615]`)
	f.Add("fixed", `["0x0000000000000000000000000000000000000000000000000000000000000000","[1,2]"]`)
	f.Fuzz(func(t *testing.T, function, text string) {
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		var args []any
		if d.Decode(&args) != nil {
			return
		}
		data, err := contract.Encode(functions, function, args)
		if err == nil && len(data)%32 != 4 {
			t.Errorf("%s%s: %d bytes", function, text, len(data))
		}
		if err != nil && !fault.Is(err, fault.Invalid) {
			t.Errorf("%s%s: not a refusal: %v", function, text, err)
		}
	})
}
