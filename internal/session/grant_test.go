package session

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// signatures are Selectors that know full signatures and selectors only.
type signatures struct{}

func (signatures) Selector(_ context.Context, _ string, _ uint64, _ common.Address, call string) ([4]byte, string, error) {
	if strings.HasPrefix(call, "0x") {
		return [4]byte(common.FromHex(call)), "", nil
	}
	if !strings.Contains(call, "(") {
		return [4]byte{}, "", fault.Field("functionName", call, "is no signature")
	}
	return [4]byte(crypto.Keccak256([]byte(call))[:4]), call, nil
}

// noDefaults are Defaults of a project that has none.
type noDefaults struct{}

func (noDefaults) DefaultFeeLimit(context.Context, string) (*big.Int, error) {
	return new(big.Int), nil
}

var (
	shop   = common.HexToAddress("0x5409")
	dai    = common.HexToAddress("0xda1")
	art    = common.HexToAddress("0xa47")
	pays   = common.HexToAddress("0x9a75")
	keyAt  = common.HexToAddress("0x4e4")
	buying = permission.Function{Target: shop, Selector: [4]byte(crypto.Keccak256([]byte("buy(uint256)"))[:4])}
)

func sum(n int64) permission.Total { return permission.Total{Max: big.NewInt(n)} }

// built is the permission that p gets at chain time 1000, without its salt.
func built(t *testing.T, p CreateParams) (permission.Permission, error) {
	t.Helper()
	p.Key.Address, p.ValidUntil = keyAt, 9000
	s := &Service{Selectors: signatures{}, Defaults: noDefaults{}}
	grant, err := s.permission(t.Context(), "pro_1", Network{Paymaster: pays}, p, 1000)
	if err == nil {
		if _, err := grant.Encode(); err != nil {
			t.Errorf("cannot be packed: %v", err)
		}
	}
	grant.Salt = [8]byte{}
	return grant, err
}

var same = cmp.Options{cmpopts.EquateEmpty(), cmp.Comparer(func(a, b *big.Int) bool { return sameNumber(a, b) })}

func TestPermission(t *testing.T) {
	t.Parallel()
	buy := func(f FunctionGrant) []CallGrant {
		f.Call = "buy(uint256)"
		return []CallGrant{{Path: "permissions[0]", Address: shop, Calls: []FunctionGrant{f}}}
	}
	hourly := permission.Period{Max: big.NewInt(5), Seconds: 3600}
	since := func(start uint64) permission.Period { d := hourly; d.Start = start; return d }
	bought := permission.Permission{Functions: []permission.Function{buying}}
	limited := bought
	limited.Rules = []permission.Rule{
		permission.Argument{Function: buying, Word: 0, Op: permission.LessOrEqual, Operands: []*big.Int{big.NewInt(9)}},
		permission.ArgumentTotal{Function: buying, Word: 0, Total: sum(90)},
		permission.Count{Function: buying, Limit: 3},
	}
	full := FunctionGrant{Limit: 3, Arguments: []ArgumentGrant{
		{Word: 0, Op: permission.LessOrEqual, Operands: []*big.Int{big.NewInt(9)}, Total: big.NewInt(90)},
	}}
	cases := map[string]struct {
		asked CreateParams
		want  permission.Permission
	}{
		"nothing is sudo":        {CreateParams{}, permission.Permission{Sudo: true}},
		"sudo with a rate":       {CreateParams{Rules: []permission.Rule{permission.Rate{Count: 1, Interval: 2}}}, permission.Permission{Sudo: true, Rules: []permission.Rule{permission.Rate{Count: 1, Interval: 2}}}},
		"whitelist":              {CreateParams{Whitelist: []common.Address{shop, art, shop}}, permission.Permission{Contracts: []common.Address{art, shop}}},
		"whitelist with value":   {CreateParams{Whitelist: []common.Address{shop}, Rules: []permission.Rule{permission.ValueTotal{Total: sum(5)}}}, permission.Permission{Contracts: []common.Address{shop}, Rules: []permission.Rule{permission.ValueTotal{Total: sum(5)}}}},
		"function":               {CreateParams{Permissions: buy(FunctionGrant{})}, bought},
		"function, whole too":    {CreateParams{Permissions: append(buy(FunctionGrant{}), CallGrant{Path: "permissions[1]", Address: shop})}, permission.Permission{Contracts: []common.Address{shop}}},
		"function with limits":   {CreateParams{Permissions: buy(full)}, limited},
		"the same twice":         {CreateParams{Permissions: append(buy(full), buy(full)...)}, limited},
		"token":                  {CreateParams{Rules: []permission.Rule{permission.ERC20Total{Token: dai, Total: sum(5)}}}, permission.Permission{Rules: []permission.Rule{permission.ERC20Total{Token: dai, Total: sum(5)}}}},
		"open start is now":      {CreateParams{Rules: []permission.Rule{permission.ERC20Period{Token: dai, Period: hourly}}}, permission.Permission{Rules: []permission.Rule{permission.ERC20Period{Token: dai, Period: since(1000)}}}},
		"named start":            {CreateParams{Rules: []permission.Rule{permission.ERC20Period{Token: dai, Period: since(7)}}}, permission.Permission{Rules: []permission.Rule{permission.ERC20Period{Token: dai, Period: since(7)}}}},
		"open start, validAfter": {CreateParams{ValidAfter: 2000, Whitelist: []common.Address{shop}, Rules: []permission.Rule{permission.ValuePeriod{Period: hourly}}}, permission.Permission{ValidAfter: 2000, Contracts: []common.Address{shop}, Rules: []permission.Rule{permission.ValuePeriod{Period: since(2000)}}}},
		"token and its function": {
			CreateParams{
				Permissions: []CallGrant{{Path: "permissions[0]", Address: dai, Calls: []FunctionGrant{{Call: "transfer(address,uint256)"}}}},
				Rules:       []permission.Rule{permission.ERC20Total{Token: dai, Total: sum(5)}},
			},
			permission.Permission{
				Functions: []permission.Function{{Target: dai, Selector: [4]byte{0xa9, 0x05, 0x9c, 0xbb}}},
				Rules:     []permission.Rule{permission.ERC20Total{Token: dai, Total: sum(5)}},
			},
		},
		"another kind of key": {CreateParams{Key: Key{Type: permission.WebAuthn}, Limit: 4, FeeLimit: big.NewInt(6)}, permission.Permission{SignerType: permission.WebAuthn, Sudo: true, Limit: 4, FeeLimit: big.NewInt(6)}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := built(t, tc.asked)
			if err != nil {
				t.Fatal(err)
			}
			tc.want.Signer, tc.want.ValidUntil, tc.want.Paymasters = keyAt, 9000, []common.Address{pays}
			if tc.want.FeeLimit == nil {
				tc.want.FeeLimit = new(big.Int)
			}
			if diff := cmp.Diff(tc.want, got, same); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// Parts of a request that contradict each other.
func TestPermission_contradictionsAreRefused(t *testing.T) {
	t.Parallel()
	calls := func(at common.Address, list ...FunctionGrant) []CallGrant {
		return []CallGrant{{Path: "permissions[0]", Address: at, Calls: list}}
	}
	spend := permission.ERC20Total{Token: dai, Total: sum(5)}
	whole := CallGrant{Path: "permissions[1]", Address: shop}
	type contradiction struct {
		asked       CreateParams
		field, text string
	}
	cases := map[string]contradiction{
		"whitelist and calls":      {CreateParams{Whitelist: []common.Address{shop}, Permissions: calls(shop)}, "whitelist", "give either whitelist or contract-call permissions"},
		"unknown function":         {CreateParams{Permissions: calls(shop, FunctionGrant{Call: "buy(uint256)"}, FunctionGrant{Call: "sell"})}, "permissions[0].data.calls[1]", "is no signature"},
		"value of a sudo key":      {CreateParams{Rules: []permission.Rule{permission.ValuePerCall{Max: big.NewInt(1)}}}, "permissions", "native-token-transfer limits nothing here: without whitelist, contract-call or a token the key is sudo"},
		"period of a sudo key":     {CreateParams{Rules: []permission.Rule{permission.ValuePeriod{Period: permission.Period{Max: big.NewInt(1), Seconds: 1}}}}, "permissions", "native-token-periodic limits nothing here"},
		"typed data of a sudo key": {CreateParams{Rules: []permission.Rule{permission.TypedData{}}}, "permissions", "typed-data limits nothing here"},
		"two rates":                {CreateParams{Rules: []permission.Rule{permission.Rate{Count: 1, Interval: 2}, permission.Rate{Count: 2, Interval: 2}}}, "permissions", "room for one rate-limit: 1 calls each 2 seconds and 2 each 2"},
		"two standards":            {CreateParams{Rules: []permission.Rule{spend, permission.ERC721{Token: dai, ID: big.NewInt(1)}}}, "permissions", "erc20-token-transfer and erc721-token-transfer both limit " + dai.Hex()},
		"ids of two standards":     {CreateParams{Rules: []permission.Rule{permission.ERC721{Token: art, ID: big.NewInt(1)}, permission.ERC1155{Token: art, ID: big.NewInt(1), Total: sum(1)}}}, "permissions", "can be ERC-721 or ERC-1155, not both"},
		"whole token, whitelist":   {CreateParams{Whitelist: []common.Address{shop, dai}, Rules: []permission.Rule{spend}}, "whitelist[1]", "grants every function of " + dai.Hex() + ", which erc20-token-transfer limits"},
		"whole token, call":        {CreateParams{Permissions: calls(dai), Rules: []permission.Rule{spend}}, "permissions[0]", "grants every function of " + dai.Hex()},
		"other function of token":  {CreateParams{Permissions: calls(dai, FunctionGrant{Call: "mint(address,uint256)"}), Rules: []permission.Rule{spend}}, "permissions[0].data.calls[0]", "cannot be called next to erc20-token-transfer of " + dai.Hex() + ": on a limited ERC-20 token only [approve increaseAllowance transfer transferFrom] can"},
		"approval for all":         {CreateParams{Permissions: calls(art, FunctionGrant{Call: "setApprovalForAll(address,bool)"}), Rules: []permission.Rule{permission.ERC721{Token: art, ID: big.NewInt(1)}}}, "permissions[0].data.calls[0]", "cannot be called next to erc721-token-transfer"},
		"limited, and whole":       {CreateParams{Permissions: append(calls(shop, FunctionGrant{Call: "buy(uint256)", Limit: 1}), whole)}, "permissions[0].data.calls[0]", "limits a function of " + shop.Hex() + ", of which permissions[1] grants every function"},
		"two limits":               {CreateParams{Permissions: calls(shop, FunctionGrant{Call: "buy(uint256)", Limit: 1}, FunctionGrant{Call: "buy(uint256)", Limit: 2})}, "permissions[0].data.calls[1]", "is granted with other limits in permissions[0].data.calls[0]"},
		"limited, and not":         {CreateParams{Permissions: calls(shop, FunctionGrant{Call: "buy(uint256)", Limit: 1}, FunctionGrant{Call: "buy(uint256)"})}, "permissions[0].data.calls[1]", "is granted with other limits"},
	}
	many := make([]FunctionGrant, 256)
	for i := range many {
		many[i].Call = fmt.Sprintf("f%d()", i)
	}
	cases["too many functions"] = contradiction{CreateParams{Permissions: calls(shop, many...)}, "permissions", "must have at most 255 functions, has 256"}
	cases["too many rules"] = contradiction{CreateParams{Rules: make([]permission.Rule, 256)}, "permissions", "must have at most 255 rules, has 256"}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := built(t, tc.asked)
			f, ok := errors.AsType[*fault.Fault](err)
			if !ok || f.Kind != fault.Invalid || f.Field != tc.field || !strings.Contains(f.Message, tc.text) {
				t.Errorf("got %+v and %v, want a refusal of %s with %q", got, err, tc.field, tc.text)
			}
		})
	}
}

func TestSameTerms(t *testing.T) {
	t.Parallel()
	hourly := permission.Period{Max: big.NewInt(5), Seconds: 3600}
	open := CreateParams{Rules: []permission.Rule{permission.ERC20Period{Token: dai, Period: hourly}, permission.ERC20Stream{Token: art, Stream: permission.Stream{Initial: new(big.Int), PerSecond: big.NewInt(1)}}}}
	first, err := built(t, open)
	if err != nil {
		t.Fatal(err)
	}
	packed, err := first.Encode()
	if err != nil {
		t.Fatal(err)
	}
	later := func(p CreateParams) permission.Permission {
		p.Key.Address, p.ValidUntil = keyAt, 9000
		s := &Service{Selectors: signatures{}, Defaults: noDefaults{}}
		grant, err := s.permission(t.Context(), "pro_1", Network{Paymaster: pays}, p, 1500)
		if err != nil {
			t.Fatal(err)
		}
		return grant
	}
	at := func(seconds int64) time.Time { return time.Unix(seconds, 0) }
	if !sameTerms(packed, later(open), open, 1500, at(1000)) {
		t.Error("the same request 500 s later has other terms")
	}
	if sameTerms(packed, later(open), open, 1500, at(1001).Add(clockSkew)) {
		t.Error("a request that names no start has the terms of one that named a time before it")
	}
	named := open
	hourly.Start = 1500
	named.Rules = []permission.Rule{permission.ERC20Period{Token: dai, Period: hourly}}
	if sameTerms(packed, later(named), named, 1500, at(1000)) {
		t.Error("a request that names another start has the same terms")
	}
	more := open
	more.Limit = 1
	if sameTerms(packed, later(more), more, 1500, at(1000)) {
		t.Error("a request with another limit has the same terms")
	}
}

func TestCheckKey_targets(t *testing.T) {
	t.Parallel()
	acc := account.Account{Address: art, Owner: userop.OwnerAt(pays)}
	for address, text := range map[common.Address]string{
		art:               "names the account itself",
		userop.EntryPoint: "names the EntryPoint",
		{}:                "names the zero address",
		dai:               "",
	} {
		for field, p := range map[string]CreateParams{
			"whitelist[1]":                {Whitelist: []common.Address{shop, address}},
			"permissions[4].data.address": {Permissions: []CallGrant{{Path: "permissions[4]", Address: address}}},
			"permissions":                 {Rules: []permission.Rule{permission.ERC20Total{Token: address, Total: sum(1)}}},
		} {
			err := checkKey(p, permission.Permission{Signer: keyAt}, acc)
			if want := field + ": " + text; (err == nil) != (text == "") || (err != nil && !strings.HasPrefix(err.Error(), want)) {
				t.Errorf("%s in %s: got %v, want %q", address, field, err, want)
			}
		}
	}
}
