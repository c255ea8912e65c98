package session

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// requested is how requests call the rules.
var requested = map[permission.RuleName]string{
	permission.RuleValuePerCall: "native-token-transfer",
	permission.RuleValueTotal:   "native-token-transfer",
	permission.RuleValuePeriod:  "native-token-periodic",
	permission.RuleValueStream:  "native-token-stream",
	permission.RuleERC20Total:   "erc20-token-transfer",
	permission.RuleERC20Period:  "erc20-token-periodic",
	permission.RuleERC20Stream:  "erc20-token-stream",
	permission.RuleERC721:       "erc721-token-transfer",
	permission.RuleERC1155:      "erc1155-token-transfer",
	permission.RuleRate:         "rate-limit",
	permission.RuleTypedData:    "typed-data",
}

// standard is a token standard, with what a session may call on a token that
// one of its rules limits.
type standard struct {
	name  string
	calls map[userop.Selector]string
}

var (
	erc20 = &standard{"ERC-20", map[userop.Selector]string{
		{0xa9, 0x05, 0x9c, 0xbb}: "transfer",
		{0x23, 0xb8, 0x72, 0xdd}: "transferFrom",
		{0x09, 0x5e, 0xa7, 0xb3}: "approve",
		{0x39, 0x50, 0x93, 0x51}: "increaseAllowance",
	}}
	erc721 = &standard{"ERC-721", map[userop.Selector]string{
		{0x23, 0xb8, 0x72, 0xdd}: "transferFrom",
		{0x42, 0x84, 0x2e, 0x0e}: "safeTransferFrom(address,address,uint256)",
		{0x09, 0x5e, 0xa7, 0xb3}: "approve",
	}}
	erc1155 = &standard{"ERC-1155", map[userop.Selector]string{
		{0xf2, 0x42, 0x43, 0x2a}: "safeTransferFrom",
	}}
)

// tokenOf answers the token that a rule limits; ok is false when it limits
// none.
func tokenOf(r permission.Rule) (token common.Address, of *standard, ok bool) {
	switch r := r.(type) {
	case permission.ERC20Total:
		return r.Token, erc20, true
	case permission.ERC20Period:
		return r.Token, erc20, true
	case permission.ERC20Stream:
		return r.Token, erc20, true
	case permission.ERC721:
		return r.Token, erc721, true
	case permission.ERC1155:
		return r.Token, erc1155, true
	}
	return common.Address{}, nil, false
}

func limitsToken(r permission.Rule) bool {
	_, _, ok := tokenOf(r)
	return ok
}

func isRate(r permission.Rule) bool {
	_, ok := r.(permission.Rate)
	return ok
}

func isTypedData(r permission.Rule) bool {
	_, ok := r.(permission.TypedData)
	return ok
}

// grantsCalls reports whether p names anything that may be called.
func (p CreateParams) grantsCalls() bool {
	return len(p.Whitelist) > 0 || len(p.Permissions) > 0 || slices.ContainsFunc(p.Rules, limitsToken)
}

// GrantsEverything reports whether p asks for a sudo key.
func (p CreateParams) GrantsEverything() bool { return !p.grantsCalls() }

// checkSize refuses requests that no permission has room for, before anything
// is looked up.
func checkSize(p CreateParams) error {
	var calls int
	rules := len(p.Rules)
	for _, grant := range p.Permissions {
		calls += len(grant.Calls)
		for _, f := range grant.Calls {
			rules += len(f.Arguments)
		}
	}
	for _, list := range []struct {
		field, entries string
		size           int
	}{
		{"whitelist", "entries", len(p.Whitelist)},
		{"permissions", "entries", len(p.Permissions)},
		{"permissions", "functions", calls},
		{"permissions", "rules", rules},
	} {
		if list.size > permission.MaxEntries {
			return fault.Field(list.field, nil, "must have at most %d %s, has %d", permission.MaxEntries, list.entries, list.size)
		}
	}
	return nil
}

// checkGrants refuses requests that say two things about the same calls.
func checkGrants(p CreateParams, functions []grantedFunction) error {
	if len(p.Whitelist) > 0 && len(p.Permissions) > 0 {
		return fault.Field("whitelist", nil, "give either whitelist or contract-call permissions, not both: together they would grant more than the permissions alone")
	}
	return cmp.Or(checkSudo(p), checkRates(p), checkTokens(p), checkLimitedTokens(p, functions), checkFunctions(p, functions))
}

// checkSudo refuses limits of a key that may call anything with any value.
func checkSudo(p CreateParams) error {
	if p.grantsCalls() {
		return nil
	}
	for _, r := range p.Rules {
		if !isRate(r) {
			name := requested[r.Name()]
			return fault.Field("permissions", name, "%s limits nothing here: without whitelist, contract-call or a token the key is sudo, which may call anything with any value; name what it may call", name)
		}
	}
	return nil
}

func checkRates(p CreateParams) error {
	var given []permission.Rate
	for _, r := range p.Rules {
		if rate, ok := r.(permission.Rate); ok && !slices.Contains(given, rate) {
			given = append(given, rate)
		}
	}
	if len(given) < 2 {
		return nil
	}
	return fault.Field("permissions", "rate-limit", "a session has room for one rate-limit: %d calls each %d seconds and %d each %d are asked for",
		given[0].Count, given[0].Interval, given[1].Count, given[1].Interval)
}

// checkTokens refuses tokens that are limited by two standards or granted as a
// whole as well.
func checkTokens(p CreateParams) error {
	whole := p.wholly()
	first := make(map[common.Address]permission.Rule)
	for _, r := range p.Rules {
		token, of, ok := tokenOf(r)
		if !ok {
			continue
		}
		name := requested[r.Name()]
		if path, ok := whole[token]; ok {
			return fault.Field(path, token, "grants every function of %s, which %s limits: leave one of them out", token, name)
		}
		if first[token] == nil {
			first[token] = r
		}
		if _, other, _ := tokenOf(first[token]); other != of {
			return fault.Field("permissions", token, "%s and %s both limit %s: the token can be %s or %s, not both",
				requested[first[token].Name()], name, token, other.name, of.name)
		}
	}
	return nil
}

// wholly answers the contracts of which p grants every function, each with
// where it says so.
func (p CreateParams) wholly() map[common.Address]string {
	paths := make(map[common.Address]string)
	for i, contract := range p.Whitelist {
		paths[contract] = fmt.Sprintf("whitelist[%d]", i)
	}
	for _, grant := range p.Permissions {
		if len(grant.Calls) == 0 {
			paths[grant.Address] = grant.Path
		}
	}
	return paths
}

// checkLimitedTokens refuses functions that the account refuses on a limited
// token, whatever the request says.
func checkLimitedTokens(p CreateParams, functions []grantedFunction) error {
	for _, r := range p.Rules {
		token, of, ok := tokenOf(r)
		if !ok {
			continue
		}
		for _, f := range functions {
			if f.function.Target == token && of.calls[f.function.Selector] == "" {
				return fault.Field(f.path, f.Call, "cannot be called next to %s of %s: on a limited %s token only %s can, which move what the limit counts",
					requested[r.Name()], token, of.name, of.names())
			}
		}
	}
	return nil
}

func (s *standard) names() string {
	var names []string
	for _, name := range s.calls {
		names = append(names, name)
	}
	slices.Sort(names)
	return fmt.Sprint(names)
}

// checkFunctions refuses limits of a function that would not hold, or that no
// single part of the request says.
func checkFunctions(p CreateParams, functions []grantedFunction) error {
	whole := p.wholly()
	first := make(map[permission.Function]grantedFunction)
	for _, f := range functions {
		if path, ok := whole[f.function.Target]; ok && f.limited() {
			return fault.Field(f.path, f.Call, "limits a function of %s, of which %s grants every function: leave one of them out", f.function.Target, path)
		}
		if other, ok := first[f.function]; ok {
			return fault.Field(f.path, f.Call, "is granted with other limits in %s: give all limits of a function in one place", other.path)
		}
		first[f.function] = f
	}
	return nil
}
