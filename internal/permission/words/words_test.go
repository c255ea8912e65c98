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
	Now: friday - 86_400,
}

const friday = 1_700_000_000 // 2023-11-14 22:13:20 UTC

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
			"may call mint on “Game Items” (0x1000000000000000000000000000000000000001) and transfer or approve at most 5 USDC (0x2000000000000000000000000000000000000002) a day, 100 times, until 2023-11-14 22:13:20 UTC",
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
			"may call mint on “Game Items” (0x1000000000000000000000000000000000000001) (word 1 of its arguments exactly " + usdc.Hex() + ", word 2 of its arguments one of 1, 2, word 3 of its arguments at most 7 over all calls, at most once), " +
				"at most 3 times every 2 hours, with at most 0.01 ETH of fees, from 2023-11-14 22:12:20 UTC, until 2023-11-14 22:13:20 UTC",
		},
		{
			"what has no name",
			permission.Permission{Functions: []permission.Function{{Target: usdc, Selector: userop.Selector{1, 2, 3, 4}}}, Contracts: []common.Address{{9}}, ValidUntil: friday},
			"may call anything on 0x0900000000000000000000000000000000000000 and call 0x01020304 on “USD Coin” (0x2000000000000000000000000000000000000002), until 2023-11-14 22:13:20 UTC",
		},
		{
			"value and streams",
			permission.Permission{ValidUntil: friday, Rules: []permission.Rule{
				permission.ValuePerCall{Max: ether(1500)},
				permission.ValueTotal{Total: permission.Total{Max: big.NewInt(1)}},
				permission.ERC20Stream{Token: usdc, Stream: permission.Stream{Initial: big.NewInt(1_500_000), PerSecond: big.NewInt(1), Max: big.NewInt(9_000_000), Start: friday}},
				permission.ERC1155{Token: items, ID: big.NewInt(7), Total: permission.Total{Max: big.NewInt(3)}},
			}},
			"may send at most 1.5 ETH a call; send at most 0.000000000000000001 ETH in all; " +
				"transfer or approve of “USD Coin” (0x2000000000000000000000000000000000000002) what accrues at 0.000001 USDC a second since 2023-11-14 22:13:20 UTC on top of 1.5 USDC, at most 9 USDC in all; and " +
				"transfer at most 3 pieces of “Game Items” (0x1000000000000000000000000000000000000001) number 7, until 2023-11-14 22:13:20 UTC",
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
		{"long", func(p *permission.Permission) { p.ValidUntil += 366 * 86_400 }, "longer than a year"},
		{"late, but short", func(p *permission.Permission) { p.ValidAfter, p.ValidUntil = 2*friday, 2*friday+86_400 }, ""},
		{"a month, uncounted", func(p *permission.Permission) { p.Limit, p.ValidUntil = 0, p.ValidUntil+31*86_400 }, "not limited, and it lasts longer than 30 days"},
		{"one function counted, another not", func(p *permission.Permission) {
			p.Limit, p.Rules = 0, []permission.Rule{permission.Count{Function: mint, Limit: 4}}
			p.Functions = append([]permission.Function{{Target: items, Selector: userop.Selector{1}}}, p.Functions...)
		}, "number of calls"},
		{"each function counted", func(p *permission.Permission) {
			p.Limit, p.Rules = 0, []permission.Rule{permission.Count{Function: mint, Limit: 4}}
		}, ""},
		{"a token limited, a function not", func(p *permission.Permission) {
			p.Limit, p.Rules = 0, []permission.Rule{permission.ERC20Total{Token: usdc, Total: permission.Total{Max: big.NewInt(5)}}}
		}, "number of calls"},
		{"a whole contract", func(p *permission.Permission) { p.Contracts = []common.Address{usdc} }, "every function of “USD Coin”"},
		{"no count", func(p *permission.Permission) { p.Limit = 0 }, "number of calls"},
		{"a rate is a count", func(p *permission.Permission) {
			p.Limit, p.Rules = 0, []permission.Rule{permission.Rate{Count: 1, Interval: 1}}
		}, ""},
		{"unlimited tokens", func(p *permission.Permission) {
			p.Rules = []permission.Rule{permission.ERC20Total{Token: usdc, Total: permission.Total{Max: permission.MaxAmount}}}
		}, "“USD Coin” (0x2000000000000000000000000000000000000002) is practically unlimited"},
		{"value a call, uncounted", func(p *permission.Permission) {
			p.Limit, p.Rules = 0, []permission.Rule{permission.ValuePerCall{Max: ether(1)}, permission.Count{Function: mint, Limit: 4}}
		}, ""},
		{"value a call without limit", func(p *permission.Permission) {
			p.Rules = []permission.Rule{permission.ValuePerCall{Max: permission.MaxAmount}}
		}, "native value is practically unlimited"},
		{"value that accrues for ever", func(p *permission.Permission) {
			p.Rules = []permission.Rule{permission.ValueStream{Stream: permission.Stream{Initial: new(big.Int), PerSecond: big.NewInt(1)}}}
		}, "native value accrues without a maximum"},
		{"tokens that accrue to no limit", func(p *permission.Permission) {
			p.Rules = []permission.Rule{permission.ERC20Stream{Token: usdc, Stream: permission.Stream{Initial: new(big.Int), PerSecond: big.NewInt(1), Max: permission.MaxAmount}}}
		}, "is practically unlimited"},
		{"pieces without limit", func(p *permission.Permission) {
			p.Rules = []permission.Rule{permission.ERC1155{Token: items, ID: big.NewInt(7), Total: permission.Total{Max: permission.MaxAmount}}}
		}, "number 7 is practically unlimited"},
		{"a sum without limit", func(p *permission.Permission) {
			p.Rules = []permission.Rule{permission.ArgumentTotal{Function: mint, Word: 2, Total: permission.Total{Max: permission.MaxAmount}}}
		}, "word 3 of its arguments of mint"},
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
