package permissionfuzz

import (
	"bytes"
	"math/big"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/evmtest"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// spoil makes a call miss what it aims at.
func (c *Case) spoil(s source, a aim, call userop.Call) userop.Call {
	switch a.name {
	case permission.RuleTarget:
		call.Target = pick(s, c.Account, userop.EntryPoint)
	case permission.RuleFunctions, permission.RuleContracts:
		if s.percent(70) {
			call.Target = pick(s, call.Target, address(s, poolContract), address(s, poolFunction), address(s, poolERC20))
			call.Data = append([]byte{0xf0, byte(s.IntN(6)), 0, byte(s.IntN(2))}, s.data()...)
			call.Data = call.Data[:s.IntN(len(call.Data)+1)]
		}
	case permission.RuleValue:
		call.Value = pick(s, one, s.bits(256))
	case permission.RuleToken:
		call.Data = c.damageToken(s, call.Data)
	case permission.RuleValuePerCall:
		if c.ruleOf(a) != nil && tokenFree(call) {
			call.Value = wrap(new(big.Int).Sub(c.ruleOf(a).(permission.ValuePerCall).Max, big.NewInt(a.margin)))
		}
	case permission.RuleValueTotal, permission.RuleValuePeriod, permission.RuleValueStream:
		if tokenFree(call) && call.Value.Sign() == 0 {
			call.Value = one
		}
		if tokenFree(call) && s.oneIn(8) {
			call.Value = s.bits(256)
		}
	case permission.RuleERC20Total, permission.RuleERC20Period, permission.RuleERC20Stream, permission.RuleERC1155:
		call.Data = c.widen(s, c.ruleOf(a), call.Data)
	case permission.RuleERC721:
		if at := len(call.Data) - wordLength; at >= 4 {
			copy(call.Data[at:], word(wrap(new(big.Int).Add(c.ruleOf(a).(permission.ERC721).ID, big.NewInt(a.margin)))))
		}
	case permission.RuleArgument, permission.RuleArgumentTotal:
		call.Data = c.spoilArgument(s, a, call.Data)
	}
	return call
}

// tokenFree reports whether a call may carry value at all.
func tokenFree(call userop.Call) bool {
	return call.Target[0] == poolContract || call.Target[0] == poolFunction
}

// widen makes sure that an amount is moved, and at times one that no rule can
// count, or an id that is not granted.
func (c *Case) widen(s source, r permission.Rule, data []byte) []byte {
	at := len(data) - wordLength
	if multi, ok := r.(permission.ERC1155); ok {
		at = 4 + 3*wordLength
		if s.oneIn(3) && len(data) >= at {
			copy(data[at-wordLength:], word(wrap(new(big.Int).Add(multi.ID, big.NewInt(c.aim.margin)))))
		}
	}
	if at < 4 || len(data) < at+wordLength {
		return data
	}
	amount := new(big.Int).SetBytes(data[at : at+wordLength])
	switch {
	case s.oneIn(10):
		amount = new(big.Int).Lsh(one, uint(128+s.IntN(128)))
	case amount.Sign() == 0:
		amount = one
	}
	copy(data[at:], word(amount))
	return data
}

func (c *Case) spoilArgument(s source, a aim, data []byte) []byte {
	var place uint8
	var v *big.Int
	switch r := c.ruleOf(a).(type) {
	case permission.Argument:
		place, v = r.Word, new(big.Int).Sub(pick(s, r.Operands...), big.NewInt(a.margin))
		if r.Op == permission.Mask {
			bit := s.IntN(256)
			v = new(big.Int).SetBit(r.Operands[1], bit, 1^r.Operands[1].Bit(bit))
		}
	case permission.ArgumentTotal:
		place, v = r.Word, one
		if s.oneIn(10) {
			v = new(big.Int).Lsh(one, uint(128+s.IntN(128)))
		} else if at := 4 + int(place)*wordLength; len(data) >= at+wordLength {
			v = new(big.Int).Add(new(big.Int).SetBytes(data[at:at+wordLength]), one)
		}
	}
	at := 4 + int(place)*wordLength
	if len(data) < at+wordLength {
		return data
	}
	if s.oneIn(10) {
		return data[:at+s.IntN(wordLength+1)]
	}
	copy(data[at:], word(wrap(v)))
	return data
}

// damageToken makes a call of a token that no rule knows how to count.
func (c *Case) damageToken(s source, data []byte) []byte {
	out := bytes.Clone(data)
	switch s.IntN(7) {
	case 0:
		return append(out, make([]byte, pick(s, 1, 32))...)
	case 1:
		return out[:s.IntN(len(out)+1)]
	case 2:
		return append(setApprovalForAll[:], out[min(4, len(out)):]...)
	case 3:
		other := pick(s, transfer, transferFrom, approve, increaseAllowance, safeTransferFrom, safeTransferMulti)
		return append(other[:], out[min(4, len(out)):]...)
	case 4: // another owner, or bits above an address
		if len(out) > 24 {
			out[4+s.IntN(20)] ^= byte(1 + s.IntN(255))
		}
	case 5:
		if len(out) > 68 {
			out[36+s.IntN(12)] ^= byte(1 + s.IntN(255))
		}
	default:
		if at := 4 + 5*wordLength - 1; len(out) > at+wordLength {
			out[at+pick(s, 0, wordLength)] ^= byte(1 + s.IntN(255))
		}
	}
	return out
}

func (c *Case) drawOperation(s source) error {
	callData, err := c.callData(s)
	if err != nil {
		return err
	}
	c.Op = userop.Operation{Sender: c.Account, Nonce: new(big.Int), CallData: callData}
	c.drawPayer(s)
	c.drawFee(s)
	return c.sign(s)
}

func (c *Case) callData(s source) ([]byte, error) {
	var out []byte
	var err error
	if len(c.Calls) == 1 && (!c.w.can.batch || s.percent(80)) {
		out, err = userop.ExecuteCall(c.Calls[0].Target, c.Calls[0].Value, c.Calls[0].Data)
	} else {
		out, err = userop.ExecuteBatch(c.Calls)
	}
	if err == nil && c.aim.name == permission.RuleFunctions && s.oneIn(4) {
		out = damage(s, out)
	}
	return out, err
}

// damage makes call data that is not the canonical form of execute or
// executeBatch, or of another function, or differs where it does not matter.
func damage(s source, callData []byte) []byte {
	switch s.IntN(6) {
	case 0:
		return callData[:s.IntN(len(callData)+1)]
	case 1:
		return append(callData, make([]byte, pick(s, 1, 31, 32, 64))...)
	case 2:
		return userop.RegisterSession(callData)
	case 3: // a word of the heads
		out := bytes.Clone(callData)
		at := 4 + wordLength*s.IntN(min(8, (len(out)-4)/wordLength)) + pick(s, 0, 31, 11)
		out[at] ^= byte(1 << s.IntN(8))
		return out
	}
	out := bytes.Clone(callData)
	out[s.IntN(len(out))] ^= byte(1 + s.IntN(255))
	return out
}

func (c *Case) drawPayer(s source) {
	accountPays := c.P.FeeLimit != nil && c.P.FeeLimit.Sign() > 0 && s.percent(50)
	if c.aim.name == permission.RuleFeeLimit && s.percent(20) {
		accountPays = true
	}
	if accountPays || len(c.P.Paymasters) == 0 && c.aim.name != permission.RulePaymasters {
		return
	}
	c.Op.Paymaster = common.Address{9}
	if len(c.P.Paymasters) > 0 && (c.aim.name != permission.RulePaymasters || s.oneIn(4)) {
		c.Op.Paymaster = pick(s, c.P.Paymasters...)
	}
	c.Op.PaymasterVerificationGasLimit = number(s.Uint64N(100))
	c.Op.PaymasterPostOpGasLimit = number(s.Uint64N(100))
}

// drawFee draws gas amounts that make a small fee, or bring it to the edge of
// what is left.
func (c *Case) drawFee(s source) {
	c.Op.MaxFeePerGas = big.NewInt(1)
	c.Op.VerificationGasLimit, c.Op.CallGasLimit = number(s.Uint64N(100)), number(s.Uint64N(100))
	c.Op.PreVerificationGas = new(big.Int)
	if c.P.FeeLimit == nil {
		return
	}
	if s.oneIn(200) {
		c.Op.MaxFeePerGas = new(big.Int).Lsh(one, 119)
	}
	fee := c.Op.RequiredPrefund()
	if c.State.State != permission.None {
		c.State.FeeSpent = s.spent(c.P.FeeLimit, fee, nil)
	}
	if c.aim.name != permission.RuleFeeLimit || c.Op.MaxFeePerGas.Cmp(one) != 0 {
		return
	}
	rest := new(big.Int).Sub(c.P.FeeLimit, c.State.FeeSpent)
	rest.Sub(rest, fee).Sub(rest, big.NewInt(c.aim.margin))
	if rest.Sign() >= 0 {
		c.Op.PreVerificationGas = rest
	}
}

// sign gives the operation a genuine signature in a third of the cases.
func (c *Case) sign(s source) error {
	session := userop.Session{Permission: c.packed, Key: c.w.p256, Moment: c.Moment, WayIn: c.WayIn}
	c.Signed = s.oneIn(3)
	if c.WayIn != userop.Registered && (c.Signed || s.oneIn(4)) {
		grant, err := c.w.grant(pick(s, userop.Raw, userop.PersonalSign), c.Account, c.id)
		if err != nil {
			return err
		}
		session.Grant = grant
	}
	if !c.Signed {
		c.Op.Signature = c.named(session).Dummy(opHash)
		c.unname()
		return nil
	}
	if c.WayIn != userop.Registered && s.oneIn(4) { // the key's is genuine, the owner's is not
		session.Grant.Signature[s.IntN(64)]++
		c.Signed = false
	}
	key := c.w.signatures[c.P.SignerType]
	c.Op.Signature = c.named(session).Field(key.form, key.tail)
	c.unname()
	return nil
}

// named gives the session a moment where one is needed: its fields cannot
// name moment 0, which unname then puts there.
func (c *Case) named(session userop.Session) userop.Session {
	if c.P.NeedsMoment() {
		session.Moment = max(1, c.Moment)
	}
	return session
}

func (c *Case) unname() {
	const moment = 6 // bytes, after the mode
	if c.P.NeedsMoment() && c.Moment == 0 {
		clear(c.Op.Signature[1 : 1+moment])
	}
}

// slots are where the account keeps the session's words, and words what is
// there.
func (c *Case) slots() (slots []common.Hash, words []*big.Int) {
	slots = append(slots, statusSlot(c.Account, c.packed))
	words = append(words, c.State.Word())
	for i, key := range c.P.CounterKeys(c.id) {
		slots = append(slots, evmtest.CounterSlot(key))
		counter := new(big.Int)
		if i < len(c.State.Counters) {
			counter = c.State.Counters[i]
		}
		words = append(words, counter)
	}
	return slots, words
}

func statusSlot(account common.Address, packed []byte) common.Hash {
	return evmtest.StatusSlot(permission.ID(evmtest.ChainID, account, 0, packed))
}

// facts are the operation as the evaluator judges it.
func (c *Case) facts() permission.Operation {
	return permission.Operation{
		Account: c.Account, EntryPoint: userop.EntryPoint, CallData: c.Op.CallData,
		Paymaster: c.Op.Paymaster, WorstCaseFee: c.Op.RequiredPrefund(),
		Time: c.Time, Moment: c.Moment, WayIn: c.WayIn,
	}
}
