package session

import (
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/google/go-cmp/cmp"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/permission"
)

func TestArgumentWords(t *testing.T) {
	t.Parallel()
	for signature, want := range map[string]string{
		"f()":                                   "",
		"f(address,uint8)":                      "address uint8",
		"f(string,bytes4,bytes)":                "string bytes4 bytes",
		"f(uint256[],bool)":                     "uint256[] bool",
		"f(uint8[2][2],bool)":                   "uint8 uint8 uint8 uint8 bool",
		"f(uint8[2][],bool)":                    "uint8[2][] bool",
		"f(uint8[][2],bool)":                    "uint8[][2] bool",
		"f((address,(bool,int8)),uint256)":      "address bool int8 uint256",
		"f((address,bytes),uint256)":            "(address,bytes) uint256",
		"f((address,bool)[2],(address,bool)[])": "address bool address bool (address,bool)[]",
	} {
		words, err := argumentWords(signature)
		var got []string
		for _, w := range words {
			got = append(got, string(w))
		}
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%s: %q, %v, want %q", signature, got, err, want)
		}
	}
	for _, signature := range []string{"f", "f(", "f(a,)", "f((a)", "f(a))", "f(a])", "f(a[x])", "f((a)(b))", "f(" + strings.Repeat("(", 2000)} {
		if words, err := argumentWords(signature); err == nil {
			t.Errorf("%.20s: %v, want an error", signature, words)
		}
	}
	if words, err := argumentWords("f(uint8[99999999],bool)"); err != nil || len(words) > 2*maxWord {
		t.Errorf("a long array: %d words, %v", len(words), err)
	}
}

// limitedBy asks for one function with limits of its arguments.
func limitedBy(call string, limits ...ArgumentGrant) CreateParams {
	return CreateParams{Permissions: []CallGrant{{Path: "permissions[0]", Address: shop, Calls: []FunctionGrant{{Call: call, Arguments: limits}}}}}
}

// A word that an argument's type does not have says something else to a
// contract that reads only the argument's bits.
func TestPermission_argumentsAreClean(t *testing.T) {
	t.Parallel()
	five, mask := []*big.Int{big.NewInt(5)}, []*big.Int{big.NewInt(15), big.NewInt(5)}
	most := func(bits uint) *big.Int { return ones(bits) }
	cases := map[string]struct {
		call  string
		limit ArgumentGrant
		op    permission.Op
		clean []*big.Int // nil when the limit needs no other
	}{
		"another address":     {"f(address)", ArgumentGrant{Op: permission.NotEqual, Operands: five}, permission.LessOrEqual, []*big.Int{most(160)}},
		"greater uint8":       {"f(uint8)", ArgumentGrant{Op: permission.Greater, Operands: five}, permission.LessOrEqual, []*big.Int{most(8)}},
		"at least, uint128":   {"f(uint128)", ArgumentGrant{Op: permission.GreaterOrEqual, Operands: five}, permission.LessOrEqual, []*big.Int{most(128)}},
		"masked bool":         {"f(bool)", ArgumentGrant{Op: permission.Mask, Operands: mask}, permission.LessOrEqual, []*big.Int{most(1)}},
		"another bytes4":      {"f(bytes4)", ArgumentGrant{Op: permission.NotEqual, Operands: five}, permission.Mask, []*big.Int{most(224), new(big.Int)}},
		"uint256 has no more": {"f(uint256)", ArgumentGrant{Op: permission.NotEqual, Operands: five}, 0, nil},
		"bytes32 has no more": {"f(bytes32)", ArgumentGrant{Op: permission.NotEqual, Operands: five}, 0, nil},
		"another int256":      {"f(int256)", ArgumentGrant{Op: permission.NotEqual, Operands: five}, 0, nil},
		"this address":        {"f(address)", ArgumentGrant{Operands: five}, 0, nil},
		"at most, uint8":      {"f(uint8)", ArgumentGrant{Op: permission.LessOrEqual, Operands: five}, 0, nil},
		"a total":             {"f(uint8)", ArgumentGrant{Total: big.NewInt(5)}, 0, nil},
		"a bare selector":     {"0x01020304", ArgumentGrant{Op: permission.NotEqual, Operands: five}, 0, nil},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := built(t, limitedBy(tc.call, tc.limit))
			if err != nil {
				t.Fatal(err)
			}
			function := p.Functions[0]
			var want []permission.Rule
			if tc.limit.Operands != nil {
				want = append(want, permission.Argument{Function: function, Op: tc.limit.Op, Operands: tc.limit.Operands})
			}
			if tc.limit.Total != nil {
				want = append(want, permission.ArgumentTotal{Function: function, Total: permission.Total{Max: tc.limit.Total}})
			}
			if tc.clean != nil {
				want = append(want, permission.Argument{Function: function, Op: tc.op, Operands: tc.clean})
			}
			sorted := permission.Permission{Functions: p.Functions, Rules: want}.Normalize().Rules
			if diff := cmp.Diff(sorted, p.Rules, same); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// A limit that the key can get around is refused, not granted.
func TestPermission_looseArgumentsAreRefused(t *testing.T) {
	t.Parallel()
	at := func(word uint8, op permission.Op) ArgumentGrant {
		return ArgumentGrant{Word: word, Op: op, Operands: []*big.Int{big.NewInt(1)}}
	}
	cases := map[string]struct {
		asked CreateParams
		want  string
	}{
		"element of an array":  {limitedBy("pay(address[],uint256[])", at(3, permission.LessOrEqual)), "index 3: pay(address[],uint256[]) has 2 words of arguments at fixed places"},
		"place of an array":    {limitedBy("pay(address[],uint256[])", at(1, permission.LessOrEqual)), "index 1 is a uint256[]: the word only says where it lies"},
		"place of a tuple":     {limitedBy("pay((bytes,uint256),uint256)", at(0, permission.Equal)), "index 0 is a (bytes,uint256)"},
		"total of a string":    {limitedBy("say(string)", ArgumentGrant{Total: big.NewInt(1)}), "index 0 is a string"},
		"no such argument":     {limitedBy("buy(uint256)", at(1, permission.Equal)), "index 1: buy(uint256) has 1 words"},
		"at least, signed":     {limitedBy("move(int256)", at(0, permission.GreaterOrEqual)), "index 0 is an int256, and ge compares whole words, unsigned"},
		"another short signed": {limitedBy("move(int8)", at(0, permission.NotEqual)), "index 0 is an int8, and ne compares"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := built(t, tc.asked)
			if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "permissions[0].data.calls[0].args: "+tc.want) {
				t.Errorf("got %v, want a refusal with %q", err, tc.want)
			}
		})
	}
}

func TestCheckRegistration_statelessSignsNoTypedData(t *testing.T) {
	t.Parallel()
	grant := permission.Permission{Contracts: []common.Address{shop}, Rules: []permission.Rule{permission.TypedData{}}}
	err := checkRegistration(&CreateParams{Registration: Stateless}, grant)
	if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "registration: typed-data is signed by registered sessions only") {
		t.Errorf("got %v", err)
	}
	if err := checkRegistration(&CreateParams{Registration: FirstUse}, grant); err != nil {
		t.Error(err)
	}
}
