package permission

import (
	"math/big"
	"slices"
	"strconv"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/userop"
)

// call judges one call and charges it.
func (v *validator) call(call userop.Call) *Refusal {
	if call.Target == v.op.Account || call.Target == v.op.EntryPoint {
		return refuseTarget(call.Target, v.op.Account)
	}
	if refusal := v.grant(call); refusal != nil {
		return refusal
	}
	for position, r := range v.p.Rules {
		if refusal := v.apply(r, position, call); refusal != nil {
			return refusal
		}
	}
	if refusal := v.tokenID(call); refusal != nil {
		return refusal
	}
	return v.countCall()
}

// grant judges whether the call is granted at all, and whether it may carry
// its value.
func (v *validator) grant(call userop.Call) *Refusal {
	if v.p.Sudo {
		return nil
	}
	limited := v.p.limitsToken(call.Target)
	if limited && v.p.lists(call.Target) || !limited && !v.p.covers(call.Target) {
		if !v.p.grants(call) {
			return v.p.refuseCall(call, v.op.Function)
		}
	}
	if call.Value.Sign() != 0 && (limited || !slices.ContainsFunc(v.p.Rules, isValueRule)) {
		return refuse(RuleValue, "0", call.Value.String(), "native value is not granted (0 wei), %s wei were sent to %s", call.Value, call.Target)
	}
	return nil
}

// grants reports whether the called function is granted by itself. A call
// with less than four bytes of data calls no function.
func (p Permission) grants(call userop.Call) bool {
	return len(call.Data) >= 4 &&
		slices.Contains(p.Functions, Function{call.Target, userop.Selector(call.Data)})
}

// lists reports whether functions has an entry of a contract.
func (p Permission) lists(target common.Address) bool {
	return slices.ContainsFunc(p.Functions, func(f Function) bool { return f.Target == target })
}

// limitsToken reports whether a rule grants and limits a token.
func (p Permission) limitsToken(token common.Address) bool {
	return slices.ContainsFunc(p.Rules, func(r Rule) bool {
		limited, ok := r.(onToken)
		return ok && limited.token() == token
	})
}

// tokens are the tokens that rules grant.
func (p Permission) tokens() []common.Address {
	var out []common.Address
	for _, r := range p.Rules {
		if limited, ok := r.(onToken); ok && !slices.Contains(out, limited.token()) {
			out = append(out, limited.token())
		}
	}
	return out
}

// apply judges a call by one rule and charges it. A rule that is not about
// the call allows it.
func (v *validator) apply(r Rule, position int, call userop.Call) *Refusal {
	switch r := r.(type) {
	case onValue:
		if call.Value.Sign() == 0 {
			return nil
		}
		return v.applyValue(r, position, call)
	case onToken:
		if r.token() != call.Target {
			return nil
		}
		return v.applyToken(r, position, call)
	case onFunction:
		if len(call.Data) < 4 || r.function() != (Function{call.Target, userop.Selector(call.Data)}) {
			return nil
		}
		return v.applyFunction(r, position, call)
	case Rate:
		return v.countInterval(r, position)
	}
	return nil
}

func (v *validator) applyValue(r onValue, position int, call userop.Call) *Refusal {
	if perCall, ok := r.(ValuePerCall); ok {
		if call.Value.Cmp(perCall.Max) > 0 {
			return refuse(r.Name(), perCall.Max.String(), call.Value.String(), "a call may carry %s wei, %s wei were sent to %s", perCall.Max, call.Value, call.Target).
				at(position)
		}
		return nil
	}
	return v.spend(r, position, "wei", call.Value)
}

func (v *validator) applyToken(r onToken, position int, call userop.Call) *Refusal {
	var amount *big.Int
	var ok bool
	switch r := r.(type) {
	case ERC721:
		_, ok = readERC721(call.Data, v.op.Account)
	case ERC1155:
		var id *big.Int
		if id, amount, ok = readERC1155(call.Data, v.op.Account); ok && id.Cmp(r.ID) != 0 {
			return nil
		}
	default:
		amount, ok = readERC20(call.Data, v.op.Account)
	}
	if !ok {
		return refuseToken(r, position, call, v.op.Function)
	}
	if amount == nil {
		return nil
	}
	return v.spend(r, position, "units of "+r.token().Hex(), amount)
}

// tokenID judges the id that a call moves: some rule of the collection must
// grant it. The rules have made sure before that the call moves one.
func (v *validator) tokenID(call userop.Call) *Refusal {
	var single, multi []*big.Int // the ids granted of the collection
	for _, r := range v.p.Rules {
		switch r := r.(type) {
		case ERC721:
			if r.Token == call.Target {
				single = append(single, r.ID)
			}
		case ERC1155:
			if r.Token == call.Target {
				multi = append(multi, r.ID)
			}
		}
	}
	if id, ok := readERC721(call.Data, v.op.Account); ok && len(single) > 0 && !contains(single, id) {
		return refuseTokenID(RuleERC721, single, call.Target, id)
	}
	if id, _, ok := readERC1155(call.Data, v.op.Account); ok && len(multi) > 0 && !contains(multi, id) {
		return refuseTokenID(RuleERC1155, multi, call.Target, id)
	}
	return nil
}

func contains(list []*big.Int, v *big.Int) bool {
	return slices.ContainsFunc(list, func(o *big.Int) bool { return o.Cmp(v) == 0 })
}

func (v *validator) applyFunction(r onFunction, position int, call userop.Call) *Refusal {
	switch r := r.(type) {
	case Argument:
		argument, ok := argumentOf(call, r.Word)
		if !ok || !r.allows(argument) {
			return r.refuse(position, call, argument, ok)
		}
	case ArgumentTotal:
		argument, ok := argumentOf(call, r.Word)
		if !ok {
			return refuseArgument(r, r.Max.String(), position, call, r.Word)
		}
		return v.spend(r, position, "in argument "+strconv.Itoa(int(r.Word)), argument)
	case Count:
		return v.countFunction(r, position)
	}
	return nil
}

// argumentOf reads one word of a call's arguments; ok is false, and the word
// zero, when the call data does not hold all of it.
func argumentOf(call userop.Call, place uint8) (word *big.Int, ok bool) {
	from := 4 + wordLength*int(place)
	if len(call.Data) < from+wordLength {
		return new(big.Int), false
	}
	return new(big.Int).SetBytes(call.Data[from : from+wordLength]), true
}

func (r Argument) allows(argument *big.Int) bool {
	first := argument.Cmp(r.Operands[0])
	switch r.Op {
	case Equal:
		return first == 0
	case NotEqual:
		return first != 0
	case Less:
		return first < 0
	case LessOrEqual:
		return first <= 0
	case Greater:
		return first > 0
	case GreaterOrEqual:
		return first >= 0
	case In:
		return contains(r.Operands, argument)
	case Mask:
		return new(big.Int).And(argument, r.Operands[0]).Cmp(r.Operands[1]) == 0
	}
	return false
}

func (r Argument) refuse(position int, call userop.Call, argument *big.Int, present bool) *Refusal {
	limit := r.Op.String() + " " + join(r.Operands)
	if !present {
		return refuseArgument(r, limit, position, call, r.Word)
	}
	return refuse(RuleArgument, limit, argument.String(), "argument %d of %s must be %s, is %s", r.Word, describeCall(call, ""), limit, argument).at(position)
}

// refuseArgument explains that a call lacks the argument that a rule is about.
func refuseArgument(r Rule, limit string, position int, call userop.Call, place uint8) *Refusal {
	return refuse(r.Name(), limit, "0", "%s has no argument %d", describeCall(call, ""), place).at(position)
}

// spend charges an amount to a rule's budget.
func (v *validator) spend(r Rule, position int, unit string, asked *big.Int) *Refusal {
	b := budgetOf(r)
	spent, ok := b.spent(v.counters[position], v.op.Moment)
	if !ok {
		return refuseMoment(r, position, v.op.Moment)
	}
	limit, after := b.allowed(v.op.Moment), new(big.Int).Add(spent, asked)
	if after.Cmp(limit) > 0 {
		return refuseSpending(r, position, unit, limit, spent, asked)
	}
	v.counters[position] = b.counter(after, v.op.Moment)
	return nil
}

func (v *validator) countFunction(r Count, position int) *Refusal {
	used, limit := v.counters[position], new(big.Int).SetUint64(r.Limit)
	if used.Cmp(limit) >= 0 {
		return refuse(RuleCount, limit.String(), "1", "%s of %s calls of %s are used, 1 more was asked", used, limit, r.Function).
			at(position).spent(used.String())
	}
	v.counters[position] = new(big.Int).Add(used, big.NewInt(1))
	return nil
}

func (v *validator) countInterval(r Rate, position int) *Refusal {
	interval := v.op.Moment / uint64(r.Interval)
	used := v.status.IntervalUses
	switch {
	case v.status.Interval > interval:
		return refuseMoment(r, position, v.op.Moment)
	case v.status.Interval < interval:
		used = 0
	}
	if used >= r.Count {
		return refuse(RuleRate, strconv.FormatUint(uint64(r.Count), 10), "1", "%d of %d calls are used in this interval of %d seconds, 1 more was asked", used, r.Count, r.Interval).
			at(position).spent(strconv.FormatUint(uint64(used), 10))
	}
	v.status.Interval, v.status.IntervalUses = interval, used+1
	return nil
}
