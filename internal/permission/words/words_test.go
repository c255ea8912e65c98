package words_test

import (
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/permission/words"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

var (
	items = common.HexToAddress("0x1000000000000000000000000000000000000001")
	usdc  = common.HexToAddress("0x2000000000000000000000000000000000000002")
	mint  = permission.Function{Target: items, Selector: userop.Selector{0x6a, 0x62, 0x78, 0x42}}
)

var names = words.Names{
	Contract: func(a common.Address) string {
		return map[common.Address]string{items: "Game Items", usdc: "USD Coin"}[a]
	},
	Function: func(f permission.Function) string { return map[permission.Function]string{mint: "mint"}[f] },
	Token: func(a common.Address) (string, int) {
		if a == usdc {
			return "USDC", 6
		}
		return "", 0
	},
}

const friday = 1_700_000_000 // 2023-11-14 22:13 UTC

func ether(milli int64) *big.Int {
	return new(big.Int).Mul(big.NewInt(milli), big.NewInt(1e15))
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		grant permission.Permission
		want  string
	}{
		{
			"functions, a count and a budget",
			permission.Permission{Functions: []permission.Function{mint}, Limit: 100, ValidUntil: friday, Rules: []permission.Rule{
				permission.ERC20Period{Token: usdc, Period: permission.Period{Max: big.NewInt(5_000_000), Seconds: 86_400}},
			}},
			"may call mint on Game Items and transfer or approve at most 5 USDC a day, 100 times, until 2023-11-14 22:13 UTC",
		},
		{
			"limits of a function",
			permission.Permission{Functions: []permission.Function{mint}, ValidUntil: friday, ValidAfter: friday - 60, FeeLimit: ether(10), Rules: []permission.Rule{
				permission.Argument{Function: mint, Word: 0, Op: permission.Equal, Operands: []*big.Int{new(big.Int).SetBytes(usdc[:])}},
				permission.Argument{Function: mint, Word: 1, Op: permission.In, Operands: []*big.Int{big.NewInt(1), big.NewInt(2)}},
				permission.ArgumentTotal{Function: mint, Word: 2, Total: permission.Total{Max: big.NewInt(7)}},
				permission.Count{Function: mint, Limit: 1},
				permission.Rate{Count: 3, Interval: 7200},
			}},
			"may call mint on Game Items (argument 1 exactly " + usdc.Hex() + ", argument 2 one of 1, 2, argument 3 at most 7 over all calls, at most once), " +
				"at most 3 times every 2 hours, with at most 0.01 ETH of fees, from 2023-11-14 22:12 UTC, until 2023-11-14 22:13 UTC",
		},
		{
			"what has no name",
			permission.Permission{Functions: []permission.Function{{Target: usdc, Selector: userop.Selector{1, 2, 3, 4}}}, Contracts: []common.Address{{9}}, ValidUntil: friday},
			"may call anything on 0x0900000000000000000000000000000000000000 and call 0x01020304 on USD Coin, until 2023-11-14 22:13 UTC",
		},
		{
			"value and streams",
			permission.Permission{ValidUntil: friday, Rules: []permission.Rule{
				permission.ValuePerCall{Max: ether(1500)},
				permission.ValueTotal{Total: permission.Total{Max: big.NewInt(1)}},
				permission.ERC20Stream{Token: usdc, Stream: permission.Stream{Initial: big.NewInt(1_500_000), PerSecond: big.NewInt(1), Max: big.NewInt(9_000_000)}},
				permission.ERC1155{Token: items, ID: big.NewInt(7), Total: permission.Total{Max: big.NewInt(3)}},
			}},
			"may send at most 1.5 ETH a call; send at most 0.000000000000000001 ETH in all; " +
				"transfer or approve what accrues at 0.000001 USDC a second on top of 1.5 USDC, at most 9 USDC in all; and " +
				"transfer at most 3 pieces of Game Items number 7, until 2023-11-14 22:13 UTC",
		},
		{
			"sudo",
			permission.Permission{Sudo: true, ValidUntil: permission.MaxTime},
			"may do anything that the account can do, with all that it holds, without an end",
		},
	} {
		if got := words.Describe(c.grant, names).String(); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// Every kind of rule must show up: what a description leaves out, nobody sees.
func TestDescribe_mentionsEveryRule(t *testing.T) {
	t.Parallel()
	total, period := permission.Total{Max: big.NewInt(11)}, permission.Period{Max: big.NewInt(11), Seconds: 60}
	stream := permission.Stream{Initial: new(big.Int), PerSecond: big.NewInt(11)}
	for _, r := range []permission.Rule{
		permission.ValuePerCall{Max: big.NewInt(11)},
		permission.ValueTotal{Total: total},
		permission.ValuePeriod{Period: period},
		permission.ValueStream{Stream: stream},
		permission.ERC20Total{Token: usdc, Total: total},
		permission.ERC20Period{Token: usdc, Period: period},
		permission.ERC20Stream{Token: usdc, Stream: stream},
		permission.ERC721{Token: items, ID: big.NewInt(11)},
		permission.ERC1155{Token: items, ID: big.NewInt(11), Total: total},
		permission.Argument{Function: mint, Op: permission.Less, Operands: []*big.Int{big.NewInt(11)}},
		permission.ArgumentTotal{Function: mint, Total: total},
		permission.Count{Function: mint, Limit: 11},
		permission.Rate{Count: 11, Interval: 60},
		permission.TypedData{DomainSeparator: common.HexToHash("0x11"), TypeHash: common.HexToHash("0x11")},
	} {
		p := permission.Permission{Functions: []permission.Function{mint}, ValidUntil: friday, Rules: []permission.Rule{r}}
		if text := words.Describe(p, words.Names{}).String(); !strings.Contains(text, "11") {
			t.Errorf("%s is not in %q", r.Name(), text)
		}
	}
	for op := permission.Equal; op <= permission.Mask; op++ {
		r := permission.Argument{Function: mint, Op: op, Operands: []*big.Int{big.NewInt(9991), big.NewInt(9992)}}
		p := permission.Permission{Functions: []permission.Function{mint}, ValidUntil: friday, Rules: []permission.Rule{r}}
		if text := words.Describe(p, words.Names{}).String(); !strings.Contains(text, "9991") && !strings.Contains(text, "0x2707") {
			t.Errorf("the operand of %s is not in %q", op, text)
		}
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	narrow := permission.Permission{Functions: []permission.Function{mint}, Limit: 1, ValidUntil: friday}
	for _, c := range []struct {
		name   string
		change func(*permission.Permission)
		want   string // part of the only warning; "" for none
	}{
		{"named and bounded", func(*permission.Permission) {}, ""},
		{"no end", func(p *permission.Permission) { p.ValidUntil = permission.MaxTime }, "never ends"},
		{"long", func(p *permission.Permission) { p.ValidAfter = 1 }, "longer than a year"},
		{"a whole contract", func(p *permission.Permission) { p.Contracts = []common.Address{usdc} }, "every function of USD Coin"},
		{"no count", func(p *permission.Permission) { p.Limit = 0 }, "number of calls"},
		{"a rate is a count", func(p *permission.Permission) {
			p.Limit, p.Rules = 0, []permission.Rule{permission.Rate{Count: 1, Interval: 1}}
		}, ""},
		{"unlimited tokens", func(p *permission.Permission) {
			p.Rules = []permission.Rule{permission.ERC20Total{Token: usdc, Total: permission.Total{Max: permission.MaxAmount}}}
		}, "USD Coin is practically unlimited"},
		{"value a call, uncounted", func(p *permission.Permission) {
			p.Limit, p.Rules = 0, []permission.Rule{permission.ValuePerCall{Max: ether(1)}, permission.Count{Function: mint, Limit: 4}}
		}, "not in all"},
		{"value a call, counted", func(p *permission.Permission) { p.Rules = []permission.Rule{permission.ValuePerCall{Max: ether(1)}} }, ""},
		{"messages", func(p *permission.Permission) { p.Rules = []permission.Rule{permission.TypedData{}} }, "not counted by any limit"},
	} {
		p := narrow
		c.change(&p)
		got := words.Describe(p, names).Warnings
		if c.want == "" && len(got) > 0 || c.want != "" && (len(got) != 1 || !strings.Contains(got[0], c.want)) {
			t.Errorf("%s: warnings %q, want %q", c.name, got, c.want)
		}
	}
	sudo := words.Describe(permission.Permission{Sudo: true, Limit: 1, ValidUntil: friday}, names).Warnings
	if len(sudo) != 1 || !strings.Contains(sudo[0], "unrestricted") {
		t.Errorf("sudo: warnings %q", sudo)
	}
}

func TestUnits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		amount   int64
		decimals int
		want     string
	}{
		{0, 18, "0"}, {1, 0, "1"}, {1_500_000, 6, "1.5"}, {1_000_000, 6, "1"}, {1, 6, "0.000001"}, {-25, 1, "-2.5"}, {123_456, 3, "123.456"},
	} {
		if got := words.Units(big.NewInt(c.amount), c.decimals); got != c.want {
			t.Errorf("Units(%d, %d) = %s, want %s", c.amount, c.decimals, got, c.want)
		}
	}
}
