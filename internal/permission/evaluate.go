package permission

import (
	"cmp"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/userop"
)

// Rule names the part of a permission that refused an operation.
type Rule string

const (
	RuleStatus     Rule = "status"
	RuleTarget     Rule = "target" // never the account itself, never the EntryPoint
	RuleContracts  Rule = "contracts"
	RuleFunctions  Rule = "functions"
	RuleValue      Rule = "value"
	RuleLimit      Rule = "limit"
	RulePaymasters Rule = "paymasters"
	RuleFeeLimit   Rule = "feeLimit"
	RuleValidAfter Rule = "validAfter"
	RuleValidUntil Rule = "validUntil"
)

// Operation is what a permission judges.
type Operation struct {
	Account      common.Address
	EntryPoint   common.Address
	CallData     []byte         // of the user operation, whole
	Function     string         // signature of the called function for messages, "" when unknown
	Paymaster    common.Address // zero when the account pays
	WorstCaseFee *big.Int       // wei over all gas legs; nil = 0
	Time         uint64         // chain time, unix seconds
}

// Refusal says which rule refused an operation. Limit is what the rule
// allows and Asked what was sent, both in the rule's own unit.
type Refusal struct {
	Rule    Rule
	Limit   string
	Asked   string
	Message string // starts with the rule's name
}

func (r *Refusal) Error() string { return r.Message }

func refuse(rule Rule, limit, asked, format string, args ...any) *Refusal {
	return &Refusal{Rule: rule, Limit: limit, Asked: asked, Message: string(rule) + ": " + fmt.Sprintf(format, args...)}
}

// Evaluate answers nil when p allows op while the session's status is s, and
// else the first rule that refuses. The rules and their order are those of
// LatchkeyAccount's validation, and of EntryPoint's check of the time window
// after it. Who signed is not judged here. p must be as Decode returned it.
// Compare the answer with nil before it becomes an error.
func Evaluate(p Permission, s Status, op Operation) *Refusal {
	return cmp.Or(
		s.evaluate(),
		p.evaluateCall(op),
		p.evaluateLimit(s),
		p.evaluateFee(s, op),
		p.evaluateWindow(op.Time),
	)
}

func (s Status) evaluate() *Refusal {
	if s.State == Active {
		return nil
	}
	explained := map[State]string{
		None:   "was not registered on chain, or all sessions were revoked since",
		Closed: "was revoked",
	}[s.State]
	if explained == "" {
		explained = "has a status that this version does not know"
	}
	return refuse(RuleStatus, Active.String(), s.State.String(), "the session must be active, is %s: it %s", s.State, explained)
}

func (p Permission) evaluateCall(op Operation) *Refusal {
	call, err := userop.DecodeExecute(op.CallData)
	if err != nil {
		return refuseCallData(op.CallData, err)
	}
	if call.Target == op.Account || call.Target == op.EntryPoint {
		name := "the account itself"
		if call.Target == op.EntryPoint {
			name = "the EntryPoint"
		}
		return refuse(RuleTarget, "any contract but the account and the EntryPoint", call.Target.Hex(),
			"a session may not call %s, %s was called", name, call.Target)
	}
	if p.Sudo {
		return nil
	}
	if !p.covers(call.Target) && !p.grants(call) {
		return p.refuseCall(call, op.Function)
	}
	if call.Value.Sign() != 0 {
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

func refuseCallData(callData []byte, err error) *Refusal {
	const limit = "one canonical execute(address,uint256,bytes)"
	if errors.Is(err, userop.ErrNotExecute) {
		asked := userop.Selector(callData).String()
		return refuse(RuleFunctions, limit, asked, "a session may use the account's execute (%s) only, %s was called", userop.ExecuteSelector, asked)
	}
	return refuse(RuleFunctions, limit, fmt.Sprintf("%d bytes of call data", len(callData)), "a session may use one canonical execute call only: %s", err)
}

func (p Permission) refuseCall(call userop.Call, function string) *Refusal {
	asked := describeCall(call, function)
	if len(p.Functions) == 0 {
		granted := join(p.Contracts)
		return refuse(RuleContracts, granted, call.Target.Hex(), "%s is not granted; granted are all functions of %s", asked, granted)
	}
	granted := join(p.Functions)
	if len(p.Contracts) > 0 {
		granted += ", all functions of " + join(p.Contracts)
	}
	return refuse(RuleFunctions, granted, asked, "%s is not granted; granted are %s", asked, granted)
}

func describeCall(call userop.Call, function string) string {
	if len(call.Data) < 4 {
		return fmt.Sprintf("a call without function (%d bytes of data) on %s", len(call.Data), call.Target)
	}
	asked := Function{call.Target, userop.Selector(call.Data)}.String()
	if function == "" {
		return asked
	}
	return function + " " + asked
}

// shownEntries bounds how much of a long grant a message repeats.
const shownEntries = 10

func join[E fmt.Stringer](list []E) string {
	var parts []string
	for _, e := range list[:min(len(list), shownEntries)] {
		parts = append(parts, e.String())
	}
	if more := len(list) - len(parts); more > 0 {
		parts = append(parts, fmt.Sprintf("%d more", more))
	}
	return strings.Join(parts, ", ")
}

func (p Permission) evaluateLimit(s Status) *Refusal {
	if p.Limit == 0 || s.Uses < p.Limit {
		return nil
	}
	return refuse(RuleLimit, strconv.FormatUint(p.Limit, 10), "1", "%d of %d calls are used, 1 more was asked", s.Uses, p.Limit)
}

func (p Permission) evaluateFee(s Status, op Operation) *Refusal {
	limit := p.feeLimit()
	accountPays := op.Paymaster == (common.Address{})
	if !accountPays && !slices.Contains(p.Paymasters, op.Paymaster) {
		return p.refusePaymaster(op.Paymaster)
	}
	fee := new(big.Int)
	if op.WorstCaseFee != nil {
		fee = op.WorstCaseFee
	}
	if limit.Sign() == 0 {
		if !accountPays {
			return nil
		}
		return refuse(RuleFeeLimit, "0", fee.String(), "the account would pay up to %s wei itself, but the session has no fee budget; "+
			"use a gas policy, or grant a feeLimit", fee)
	}
	left := new(big.Int).Sub(limit, s.feeSpent())
	if fee.Cmp(left) <= 0 {
		return nil
	}
	return refuse(RuleFeeLimit, limit.String(), fee.String(), "%s of %s wei are spent, the operation may cost up to %s wei more", s.feeSpent(), limit, fee)
}

func (p Permission) refusePaymaster(asked common.Address) *Refusal {
	granted := "none"
	if len(p.Paymasters) > 0 {
		granted = join(p.Paymasters)
	}
	return refuse(RulePaymasters, granted, asked.Hex(), "paymaster %s is not granted; granted: %s", asked, granted)
}

func (p Permission) evaluateWindow(now uint64) *Refusal {
	asked := strconv.FormatUint(now, 10)
	if now < p.ValidAfter {
		return refuse(RuleValidAfter, strconv.FormatUint(p.ValidAfter, 10), asked, "the session starts at %d, chain time is %d", p.ValidAfter, now)
	}
	if now > p.ValidUntil {
		return refuse(RuleValidUntil, strconv.FormatUint(p.ValidUntil, 10), asked, "the session ended at %d, chain time is %d", p.ValidUntil, now)
	}
	return nil
}
