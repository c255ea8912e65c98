package permissionfuzz

import (
	"bytes"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// Functions of tokens, as the rules know them.
var (
	transfer          = userop.Selector{0xa9, 0x05, 0x9c, 0xbb}
	transferFrom      = userop.Selector{0x23, 0xb8, 0x72, 0xdd}
	approve           = userop.Selector{0x09, 0x5e, 0xa7, 0xb3}
	increaseAllowance = userop.Selector{0x39, 0x50, 0x93, 0x51}
	safeTransferFrom  = userop.Selector{0x42, 0x84, 0x2e, 0x0e}
	safeTransferMulti = userop.Selector{0xf2, 0x42, 0x43, 0x2a}
	setApprovalForAll = userop.Selector{0xa2, 0x2c, 0xb4, 0x65}

	erc20Selectors  = []userop.Selector{transfer, transferFrom, approve, increaseAllowance}
	erc721Selectors = []userop.Selector{transferFrom, safeTransferFrom, approve}
)

const wordLength = 32

// word is a number as call data has it.
func word(v *big.Int) []byte { return v.FillBytes(make([]byte, wordLength)) }

func addressWord(a common.Address) []byte { return common.LeftPadBytes(a[:], wordLength) }

// calls draws the calls of an operation; the first is about what the aim is.
func (c *Case) calls(s source) []userop.Call {
	out := make([]userop.Call, 1)
	if c.w.can.batch && s.oneIn(4) {
		out = make([]userop.Call, 1+s.IntN(4))
	}
	for i := range out {
		aim := aim{}
		if i == 0 {
			aim = c.aim
		}
		out[i] = c.call(s, aim, int64(len(out)))
	}
	return out
}

// call draws one call. Of what is left for amounts, it takes at most one part
// in so many parts.
func (c *Case) call(s source, a aim, parts int64) userop.Call {
	if c.P.Sudo {
		return c.spoil(s, a, userop.Call{Target: address(s, poolContract), Value: s.bits(pick(s, 0, 100, 256)), Data: s.data()})
	}
	if r := c.ruleOf(a); r != nil {
		return c.spoil(s, a, c.callFor(s, r, parts))
	}
	return c.spoil(s, a, c.callGranted(s, parts))
}

// callFor draws a call that a rule is about.
func (c *Case) callFor(s source, r permission.Rule, parts int64) userop.Call {
	switch r := r.(type) {
	case permission.ERC20Total, permission.ERC20Period, permission.ERC20Stream:
		return c.callERC20(s, tokenOf(r), parts)
	case permission.ERC721:
		return c.callERC721(s, r)
	case permission.ERC1155:
		return c.callERC1155(s, r, parts)
	case permission.Argument:
		return c.callFunction(s, r.Function, parts)
	case permission.ArgumentTotal:
		return c.callFunction(s, r.Function, parts)
	case permission.Count:
		return c.callFunction(s, r.Function, parts)
	}
	if options := c.plain(s, parts); len(options) > 0 {
		return pick(s, options...)()
	}
	return c.callGranted(s, parts)
}

func (s source) data() []byte {
	out := make([]byte, s.IntN(100))
	for i := range out {
		out[i] = byte(s.Uint32())
	}
	return out
}

// callGranted draws a call of anything that the permission grants.
func (c *Case) callGranted(s source, parts int64) userop.Call {
	options := c.plain(s, parts)
	if token := c.tokenRule(s); token != nil && (len(options) == 0 || s.oneIn(3)) {
		return c.callFor(s, c.P.Rules[token.position], parts)
	}
	return pick(s, options...)()
}

// plain are draws of the calls that the lists grant, but for tokens.
func (c *Case) plain(s source, parts int64) (options []func() userop.Call) {
	for _, target := range c.P.Contracts {
		options = append(options, func() userop.Call {
			return c.withValue(s, userop.Call{Target: target, Data: s.data()}, parts)
		})
	}
	for _, f := range c.P.Functions {
		if f.Target[0] == poolFunction {
			options = append(options, func() userop.Call { return c.callFunction(s, f, parts) })
		}
	}
	return options
}

// tokenRule draws one of the rules that grant a token.
func (c *Case) tokenRule(s source) *aim {
	var out []aim
	for position, r := range c.P.Rules {
		switch r.Name() {
		case permission.RuleERC20Total, permission.RuleERC20Period, permission.RuleERC20Stream, permission.RuleERC721, permission.RuleERC1155:
			out = append(out, aim{r.Name(), position, 0})
		}
	}
	if len(out) == 0 {
		return nil
	}
	return &out[s.IntN(len(out))]
}

// withValue adds native value when the permission has rules for it.
func (c *Case) withValue(s source, call userop.Call, parts int64) userop.Call {
	call.Value = new(big.Int)
	var most *big.Int
	for _, r := range c.P.Rules {
		var allowed *big.Int
		switch r := r.(type) {
		case permission.ValuePerCall:
			allowed = r.Max
		case permission.ValueTotal, permission.ValuePeriod, permission.ValueStream:
			allowed = new(big.Int).Quo(c.allowed(r), big.NewInt(parts))
		default:
			continue
		}
		if most == nil || most.Cmp(allowed) > 0 {
			most = allowed
		}
	}
	if most != nil && s.percent(60) {
		call.Value = s.upTo(most)
	}
	return call
}

// callFunction draws a call whose arguments suit the rules of the function.
func (c *Case) callFunction(s source, f permission.Function, parts int64) userop.Call {
	if f.Target[0] != poolFunction {
		return c.callTokenFunction(s, f, parts)
	}
	var words [][]byte
	put := func(place uint8, v *big.Int) {
		for len(words) <= int(place) {
			words = append(words, word(s.bits(256)))
		}
		words[place] = word(v)
	}
	for _, r := range c.P.Rules {
		switch r := r.(type) {
		case permission.ArgumentTotal:
			if r.Function == f {
				put(r.Word, s.upTo(new(big.Int).Quo(r.Max, big.NewInt(parts))))
			}
		case permission.Argument:
			if r.Function == f {
				put(r.Word, s.suiting(r))
			}
		}
	}
	data := append(f.Selector[:], bytes.Join(words, nil)...)
	if s.oneIn(3) {
		data = append(data, s.data()...)
	}
	return c.withValue(s, userop.Call{Target: f.Target, Data: data}, parts)
}

// callTokenFunction calls a listed function of a token by the token's rules,
// if it has any.
func (c *Case) callTokenFunction(s source, f permission.Function, parts int64) userop.Call {
	if slices.Contains(erc20Selectors, f.Selector) && c.isLimited(f.Target) {
		return userop.Call{Target: f.Target, Value: new(big.Int), Data: c.moveERC20(s, f.Selector, f.Target, parts)}
	}
	return userop.Call{Target: f.Target, Value: new(big.Int), Data: append(f.Selector[:], s.data()...)}
}

// suiting draws an argument that a rule allows, often one of the last ones.
func (s source) suiting(r permission.Argument) *big.Int {
	operand := r.Operands[0]
	near := func(step int64) *big.Int { return wrap(new(big.Int).Add(operand, big.NewInt(step))) }
	above := func() *big.Int {
		return new(big.Int).Sub(permission.MaxWord, s.upTo(new(big.Int).Sub(permission.MaxWord, operand)))
	}
	switch r.Op {
	case permission.Equal:
		return operand
	case permission.NotEqual:
		return near(pick[int64](s, -1, 1))
	case permission.Less:
		return s.upTo(near(-1))
	case permission.LessOrEqual:
		return s.upTo(operand)
	case permission.Greater:
		if above := above(); above.Cmp(operand) != 0 {
			return above
		}
		return near(1)
	case permission.GreaterOrEqual:
		return above()
	case permission.In:
		return pick(s, r.Operands...)
	}
	masked := new(big.Int).AndNot(s.exactly(256), operand)
	return masked.Or(masked, r.Operands[1])
}

// callERC20 draws a call that the rules of the token know.
func (c *Case) callERC20(s source, token common.Address, parts int64) userop.Call {
	selectors := c.listed(token)
	if len(selectors) == 0 {
		selectors = erc20Selectors
	}
	return userop.Call{Target: token, Value: new(big.Int), Data: c.moveERC20(s, pick(s, selectors...), token, parts)}
}

func (c *Case) moveERC20(s source, selector userop.Selector, token common.Address, parts int64) []byte {
	var most *big.Int
	for _, r := range c.P.Rules {
		if tokenOf(r) != token || c.allowed(r) == nil {
			continue
		}
		if allowed := new(big.Int).Quo(c.allowed(r), big.NewInt(parts)); most == nil || most.Cmp(allowed) > 0 {
			most = allowed
		}
	}
	if most == nil {
		most = permission.MaxWord
	}
	return c.move(s, selector, s.upTo(most))
}

// move encodes one of the functions (to, x) or (account, to, x).
func (c *Case) move(s source, selector userop.Selector, x *big.Int) []byte {
	data := selector[:]
	if selector == transferFrom || selector == safeTransferFrom {
		data = append(data, addressWord(c.Account)...)
	}
	data = append(data, addressWord(address(s, poolPayer))...)
	return append(data, word(x)...)
}

func (c *Case) callERC721(s source, r permission.ERC721) userop.Call {
	selectors := c.listed(r.Token)
	if len(selectors) == 0 {
		selectors = erc721Selectors
	}
	return userop.Call{Target: r.Token, Value: new(big.Int), Data: c.move(s, pick(s, selectors...), r.ID)}
}

func (c *Case) callERC1155(s source, r permission.ERC1155, parts int64) userop.Call {
	most := r.Max
	for _, other := range c.P.Rules {
		if other, ok := other.(permission.ERC1155); ok && other.Token == r.Token && other.ID.Cmp(r.ID) == 0 && other.Max.Cmp(most) < 0 {
			most = other.Max
		}
	}
	amount := s.upTo(new(big.Int).Quo(most, big.NewInt(parts)))
	return userop.Call{Target: r.Token, Value: new(big.Int), Data: c.moveERC1155(s, r.ID, amount)}
}

func (c *Case) moveERC1155(s source, id, amount *big.Int) []byte {
	extra := s.data()
	data := append(safeTransferMulti[:], addressWord(c.Account)...)
	data = append(data, addressWord(address(s, poolPayer))...)
	for _, v := range []*big.Int{id, amount, big.NewInt(5 * wordLength), big.NewInt(int64(len(extra)))} {
		data = append(data, word(v)...)
	}
	data = append(data, extra...)
	padding := make([]byte, (wordLength-len(extra)%wordLength)%wordLength)
	if s.oneIn(8) && len(padding) > 0 {
		padding[0] = 1 // reaches no one
	}
	return append(data, padding...)
}

// listed are the functions of a token that the permission lists.
func (c *Case) listed(token common.Address) []userop.Selector {
	var out []userop.Selector
	for _, f := range c.P.Functions {
		if f.Target == token {
			out = append(out, f.Selector)
		}
	}
	return out
}

func (c *Case) isLimited(token common.Address) bool {
	return slices.ContainsFunc(c.P.Rules, func(r permission.Rule) bool { return tokenOf(r) == token })
}

// tokenOf is the token that a rule grants, zero for other rules.
func tokenOf(r permission.Rule) common.Address {
	switch r := r.(type) {
	case permission.ERC20Total:
		return r.Token
	case permission.ERC20Period:
		return r.Token
	case permission.ERC20Stream:
		return r.Token
	case permission.ERC721:
		return r.Token
	case permission.ERC1155:
		return r.Token
	}
	return common.Address{}
}
