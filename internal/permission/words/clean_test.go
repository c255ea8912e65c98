package words_test

import (
	"math/big"
	"strings"
	"testing"
	"unicode"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/permission/words"
)

// strangers are names by which somebody wants a key to look narrower.
var strangers = []string{
	"mint, once", "Game” (0x01), at most 5 times, “", `Game" only`, "Game\nIt may do nothing", "Game\r\n\x1b[2J\x1b[31m", "\x01123\x03", "\x02x\x03",
	"\u202eecno\u202c", "\u2066Game\u2069", "\u200fGame\u200e", "Ga\u200bme", "Game\ufeff\u00ad", "שלום", "مرحبا 5", "\u3164\u2800", "Z\u0300\u0301\u0302\u0303\u0304",
	"<script>alert(1)</script>", "<b>once</b>&nbsp;", strings.Repeat("very ", 2000), strings.Repeat("a", 10_000), "\xff\xfe", "", "  ", "«Game»", "5 times",
}

// said takes the names of strangers, which are quoted, out of a text.
func said(t *testing.T, text string) string {
	t.Helper()
	var out strings.Builder
	quoted, length := false, 0
	for _, r := range text {
		switch {
		case r == '“' && !quoted:
			quoted, length = true, 0
		case r == '”' && quoted:
			quoted = false
		case quoted:
			if length++; length > 41 {
				t.Errorf("a name of more than 41 characters is in %.200q", text)
			}
			if !unicode.IsGraphic(r) || unicode.Is(unicode.Bidi_Control, r) || unicode.In(r, unicode.Hebrew, unicode.Arabic) {
				t.Errorf("%U is in %q", r, text)
			}
		default:
			out.WriteRune(r)
		}
	}
	if quoted {
		t.Errorf("a quotation does not end in %q", text)
	}
	return strings.ReplaceAll(out.String(), "Game Items", "")
}

// Whatever a contract, its functions and its token are called: outside of the
// quotation marks the words are those of this package, and each name has its
// address or selector behind it.
func TestDescribe_namesOfStrangers(t *testing.T) {
	t.Parallel()
	p := permission.Permission{
		Functions: []permission.Function{mint}, Contracts: []common.Address{{9}}, Paymasters: []common.Address{{8}}, ValidUntil: friday,
		Rules: []permission.Rule{
			permission.ERC20Total{Token: usdc, Total: permission.Total{Max: big.NewInt(5)}},
			permission.ERC721{Token: common.Address{7}, ID: big.NewInt(5)},
		},
	}
	for _, name := range strangers {
		n := words.Names{
			Contract: func(common.Address) string { return name },
			Function: func(permission.Function) string { return name },
			Token:    func(common.Address) (string, int) { return name, 0 },
		}
		g := words.Describe(p, n)
		text := said(t, g.String())
		rest := strings.NewReplacer("(", "", ")", "", " of ", " ", "base units", "", "  ", " ").Replace(text)
		want := "may call anything on 0x0900000000000000000000000000000000000000; call 0x6a627842 on " + items.Hex() + "; transfer or approve at most 5 " + usdc.Hex() +
			" in all; and transfer or approve 0x0700000000000000000000000000000000000000 number 5, with fees that 0x0800000000000000000000000000000000000000 may pay, until 2023-11-14 22:13:20 UTC"
		if squeeze(rest) != want {
			t.Errorf("the name %.60q makes it say\n     %s\nwant %s", name, squeeze(rest), want)
		}
		for _, w := range g.Warnings {
			said(t, w)
		}
	}
}

func squeeze(text string) string { return strings.Join(strings.Fields(text), " ") }

func TestDescribe_plainFunctionNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"mint":                                 "call mint on",
		"swap((address,uint256),bytes32[2][])": "call swap((address,uint256),bytes32[2][]) on",
		"mint once":                            "call “mint once” (0x6a627842) on",
		"mint()\n":                             "call “mint()” (0x6a627842) on",
	} {
		n := words.Names{Function: func(permission.Function) string { return name }}
		p := permission.Permission{Functions: []permission.Function{mint}, ValidUntil: friday}
		if got := words.Describe(p, n).String(); !strings.Contains(got, want) {
			t.Errorf("%q makes %q, want %q", name, got, want)
		}
	}
}

// A token of very many decimals would make any amount look like none.
func TestDescribe_decimalsOfStrangers(t *testing.T) {
	t.Parallel()
	p := permission.Permission{ValidUntil: friday, Rules: []permission.Rule{permission.ERC20Total{Token: usdc, Total: permission.Total{Max: big.NewInt(5)}}}}
	for _, decimals := range []int{-1, 37, 255} {
		n := words.Names{Token: func(common.Address) (string, int) { return "USDC", decimals }}
		if got := words.Describe(p, n).String(); !strings.Contains(got, "at most 5 base units of "+usdc.Hex()) {
			t.Errorf("%d decimals make %q", decimals, got)
		}
	}
}
