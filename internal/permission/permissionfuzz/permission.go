package permissionfuzz

import (
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// Places of the addresses that cases are about, in the first byte.
const (
	poolContract = 0xa0
	poolFunction = 0xb0
	poolERC20    = 0xc0
	poolERC721   = 0xd0
	poolERC1155  = 0xe0
	poolPayer    = 0xf0
)

// address draws from a small pool, so that lists and calls meet.
func address(s source, pool byte) common.Address {
	return common.Address{pool, 19: byte(1 + s.IntN(3))}
}

// drawPermission draws a canonical permission that is in use about now.
func (w *world) drawPermission(s source, now uint64) (permission.Permission, []byte, error) {
	signerType := w.can.signers[0]
	if s.oneIn(4) {
		signerType = pick(s, w.can.signers...)
	}
	p := permission.Permission{
		SignerType: signerType, Signer: w.signers[signerType],
		ValidUntil: permission.MaxTime, Limit: drawLimit(s), FeeLimit: s.bits(96),
	}
	s.fillSalt(&p)
	if s.percent(40) {
		p.ValidAfter = now - s.Uint64N(min(now, 1_000_000))
	}
	if s.percent(40) {
		p.ValidUntil = min(now+s.Uint64N(1_000_000), permission.MaxTime)
	}
	p.ValidUntil = max(p.ValidUntil, p.ValidAfter+1)
	for range s.IntN(3) {
		p.Paymasters = append(p.Paymasters, address(s, poolPayer))
	}
	if s.oneIn(4) || len(p.Paymasters) == 0 && p.FeeLimit.BitLen() < 16 {
		p.FeeLimit = new(big.Int)
		p.Paymasters = append(p.Paymasters, address(s, poolPayer))
	}
	w.drawGrant(s, &p, now)
	packed, err := p.Encode()
	if err != nil {
		return p, nil, err
	}
	canonical, err := permission.Decode(packed)
	return canonical, packed, err
}

func (s source) fillSalt(p *permission.Permission) {
	for i := range p.Salt {
		p.Salt[i] = byte(s.Uint32())
	}
}

func drawLimit(s source) uint64 {
	switch s.IntN(5) {
	case 0, 1:
		return 0
	case 2:
		return 1 + s.Uint64N(5)
	}
	return max(1, s.bits(48).Uint64())
}

func (w *world) drawGrant(s source, p *permission.Permission, now uint64) {
	if s.oneIn(20) {
		p.Sudo = true
		if w.can.rule(permission.RuleRate) && s.percent(50) {
			drawRate(s, p, now)
		}
		return
	}
	for range s.IntN(3) {
		p.Contracts = append(p.Contracts, address(s, poolContract))
	}
	functions := 1 + s.IntN(3)
	if len(p.Contracts) > 0 && s.oneIn(3) {
		functions = 0
	}
	for range functions {
		p.Functions = append(p.Functions, function(address(s, poolFunction), selector(s)))
	}
	if len(w.can.rules) == 0 || s.oneIn(8) {
		return
	}
	for range 1 + s.IntN(5) {
		pick(s, w.can.rules...).draw(s, p, now)
	}
}

func function(target common.Address, selector userop.Selector) permission.Function {
	return permission.Function{Target: target, Selector: selector}
}

func selector(s source) userop.Selector { return userop.Selector{0xf0, byte(1 + s.IntN(4))} }

// Draws of single rules. Each may add what the rule needs to the lists.

func drawMax(s source) *big.Int {
	if s.oneIn(16) {
		return pick(s, new(big.Int), one, permission.MaxAmount)
	}
	return s.bits(128)
}

func drawTotal(s source) permission.Total { return permission.Total{Max: drawMax(s)} }

func drawStart(s source, now uint64) uint64 {
	switch s.IntN(4) {
	case 0:
		return 0
	case 1:
		return now
	}
	return now - s.Uint64N(min(now, 1_000_000)+1)
}

func drawPeriod(s source, now uint64) permission.Period {
	return permission.Period{Max: drawMax(s), Start: drawStart(s, now), Seconds: drawSeconds(s)}
}

func drawSeconds(s source) uint32 {
	return pick(s, 1, 2, 60, 86_400, 1<<32-1, 1+s.Uint32N(1<<31))
}

func drawStream(s source, now uint64) permission.Stream {
	out := permission.Stream{Initial: drawMax(s), PerSecond: s.bits(128), Max: drawMax(s), Start: drawStart(s, now)}
	if s.percent(60) {
		out.PerSecond = s.bits(80)
	}
	return out
}

func add(p *permission.Permission, r permission.Rule) { p.Rules = append(p.Rules, r) }

func drawValuePerCall(s source, p *permission.Permission, _ uint64) {
	add(p, permission.ValuePerCall{Max: drawMax(s)})
}

func drawValueTotal(s source, p *permission.Permission, _ uint64) {
	add(p, permission.ValueTotal{Total: drawTotal(s)})
}

func drawValuePeriod(s source, p *permission.Permission, now uint64) {
	add(p, permission.ValuePeriod{Period: drawPeriod(s, now)})
}

func drawValueStream(s source, p *permission.Permission, now uint64) {
	add(p, permission.ValueStream{Stream: drawStream(s, now)})
}

// drawToken draws the token of a rule; sometimes it lists functions of it too,
// and rarely it is one of another standard.
func drawToken(s source, p *permission.Permission, pool byte, selectors ...userop.Selector) common.Address {
	if s.oneIn(50) {
		pool = pick[byte](s, poolERC20, poolERC721, poolERC1155)
	}
	token := address(s, pool)
	if s.oneIn(6) {
		p.Functions = append(p.Functions, function(token, pick(s, selectors...)))
	}
	return token
}

func drawERC20Total(s source, p *permission.Permission, _ uint64) {
	add(p, permission.ERC20Total{Token: drawToken(s, p, poolERC20, erc20Selectors...), Total: drawTotal(s)})
}

func drawERC20Period(s source, p *permission.Permission, now uint64) {
	add(p, permission.ERC20Period{Token: drawToken(s, p, poolERC20, erc20Selectors...), Period: drawPeriod(s, now)})
}

func drawERC20Stream(s source, p *permission.Permission, now uint64) {
	add(p, permission.ERC20Stream{Token: drawToken(s, p, poolERC20, erc20Selectors...), Stream: drawStream(s, now)})
}

func drawERC721(s source, p *permission.Permission, _ uint64) {
	token := drawToken(s, p, poolERC721, erc721Selectors...)
	for range 1 + s.IntN(3) {
		add(p, permission.ERC721{Token: token, ID: s.bits(256)})
	}
}

func drawERC1155(s source, p *permission.Permission, _ uint64) {
	token, id := drawToken(s, p, poolERC1155, safeTransferMulti), s.bits(256)
	for range 1 + s.IntN(3) {
		if s.percent(70) {
			id = s.bits(256)
		}
		add(p, permission.ERC1155{Token: token, ID: id, Total: drawTotal(s)})
	}
}

func drawFunction(s source, p *permission.Permission) permission.Function {
	if len(p.Functions) == 0 {
		p.Functions = append(p.Functions, function(address(s, poolFunction), selector(s)))
	}
	return pick(s, p.Functions...)
}

// drawWord draws the place of an argument.
func drawWord(s source) uint8 {
	if s.oneIn(40) {
		return uint8(s.IntN(256))
	}
	return uint8(s.IntN(5))
}

func drawArgument(s source, p *permission.Permission, _ uint64) {
	r := permission.Argument{Function: drawFunction(s, p), Word: drawWord(s), Op: permission.Op(s.IntN(8))}
	operands := 1
	if r.Op == permission.In {
		operands = 1 + s.IntN(7)
	}
	for range operands {
		r.Operands = append(r.Operands, s.bits(256))
	}
	if r.Op == permission.Mask {
		r.Operands = append(r.Operands, new(big.Int).And(r.Operands[0], s.exactly(256)))
	}
	add(p, r)
}

func drawArgumentTotal(s source, p *permission.Permission, _ uint64) {
	add(p, permission.ArgumentTotal{Function: drawFunction(s, p), Word: drawWord(s), Total: drawTotal(s)})
}

func drawCount(s source, p *permission.Permission, _ uint64) {
	add(p, permission.Count{Function: drawFunction(s, p), Limit: max(1, drawLimit(s))})
}

// drawRate adds nothing to a permission that has a rate already.
func drawRate(s source, p *permission.Permission, _ uint64) {
	if slices.ContainsFunc(p.Rules, func(r permission.Rule) bool { return r.Name() == permission.RuleRate }) {
		return
	}
	add(p, permission.Rate{Count: pick(s, 1+s.Uint32N(5), 1+s.Uint32N(1<<31), 1<<32-1), Interval: drawSeconds(s)})
}

func drawTypedData(s source, p *permission.Permission, _ uint64) {
	add(p, permission.TypedData{DomainSeparator: common.BigToHash(s.exactly(256)), TypeHash: common.BigToHash(s.exactly(256))})
}
