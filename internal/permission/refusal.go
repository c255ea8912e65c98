package permission

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/userop"
)

// RuleName names the part of a permission that refused an operation.
type RuleName string

// Parts that every permission has.
const (
	RuleStatus     RuleName = "status"
	RuleTarget     RuleName = "target" // never the account itself, never the EntryPoint
	RuleContracts  RuleName = "contracts"
	RuleFunctions  RuleName = "functions"
	RuleValue      RuleName = "value"
	RuleLimit      RuleName = "limit"
	RulePaymasters RuleName = "paymasters"
	RuleFeeLimit   RuleName = "feeLimit"
	RuleValidAfter RuleName = "validAfter"
	RuleValidUntil RuleName = "validUntil"
)

// Rules that a permission may have, and two that stand for several of them:
// token for the calls that are possible on a limited token, moment for the
// moment that a signature names.
const (
	RuleValuePerCall  RuleName = "valuePerCall"
	RuleValueTotal    RuleName = "valueTotal"
	RuleValuePeriod   RuleName = "valuePeriod"
	RuleValueStream   RuleName = "valueStream"
	RuleToken         RuleName = "token"
	RuleERC20Total    RuleName = "erc20Total"
	RuleERC20Period   RuleName = "erc20Period"
	RuleERC20Stream   RuleName = "erc20Stream"
	RuleERC721        RuleName = "erc721"
	RuleERC1155       RuleName = "erc1155"
	RuleArgument      RuleName = "argument"
	RuleArgumentTotal RuleName = "argumentTotal"
	RuleCount         RuleName = "count"
	RuleRate          RuleName = "rate"
	RuleTypedData     RuleName = "typedData"
	RuleMoment        RuleName = "moment"
)

// NoPosition is the position of refusals that come from no rule.
const NoPosition = -1

// Refusal says which rule refused an operation. Limit is what the rule
// allows, Used what was spent of it before, and Asked what was sent, all in
// the rule's own unit. Used is "" where nothing is counted.
type Refusal struct {
	Rule     RuleName
	Position int // of the rule among the permission's rules, else NoPosition
	Limit    string
	Used     string
	Asked    string
	Message  string // starts with the rule's name
}

func (r *Refusal) Error() string { return r.Message }

func refuse(rule RuleName, limit, asked, format string, args ...any) *Refusal {
	return &Refusal{
		Rule: rule, Position: NoPosition, Limit: limit, Asked: asked,
		Message: string(rule) + ": " + fmt.Sprintf(format, args...),
	}
}

// at says which rule of the permission refused.
func (r *Refusal) at(position int) *Refusal {
	r.Position = position
	return r
}

// spent says how much was used of a limit.
func (r *Refusal) spent(used string) *Refusal {
	r.Used = used
	return r
}

func refuseCallData(callData []byte, err error) *Refusal {
	const limit = "one canonical execute or executeBatch"
	if errors.Is(err, userop.ErrNotExecute) {
		asked := userop.Selector(callData).String()
		return refuse(RuleFunctions, limit, asked, "a session may use the account's execute (%s) and executeBatch (%s) only, %s was called",
			userop.ExecuteSelector, userop.ExecuteBatchSelector, asked)
	}
	return refuse(RuleFunctions, limit, fmt.Sprintf("%d bytes of call data", len(callData)), "a session may use one canonical execute or executeBatch call only: %s", err)
}

func refuseTarget(target, account common.Address) *Refusal {
	name := "the EntryPoint"
	if target == account {
		name = "the account itself"
	}
	return refuse(RuleTarget, "any contract but the account and the EntryPoint", target.Hex(),
		"a session may not call %s, %s was called", name, target)
}

// refuseCall explains that a call is granted by nothing.
func (p Permission) refuseCall(call userop.Call, function string) *Refusal {
	asked := describeCall(call, function)
	rule, granted := RuleFunctions, []string(nil)
	if len(p.Functions) == 0 {
		rule = RuleContracts
	} else {
		granted = append(granted, join(p.Functions))
	}
	if len(p.Contracts) > 0 {
		granted = append(granted, "all functions of "+join(p.Contracts))
	}
	if tokens := p.tokens(); len(tokens) > 0 {
		granted = append(granted, "transfers of "+join(tokens))
	}
	all := strings.Join(granted, ", ")
	return refuse(rule, all, asked, "%s is not granted; granted are %s", asked, all)
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

func refuseMoment(r Rule, position int, t uint64) *Refusal {
	return refuse(RuleMoment, string(r.Name()), strconv.FormatUint(t, 10),
		"the signature names moment %d, for which rule %d (%s) has no answer: name the chain's present time", t, position, r.Name()).at(position)
}

func refuseToken(r onToken, position int, call userop.Call, function string) *Refusal {
	const limit = "transfer, transferFrom out of the account, approve, increaseAllowance, safeTransferFrom out of the account"
	asked := describeCall(call, function)
	return refuse(RuleToken, limit, asked, "%s is not a call that the %s rule of %s knows how to count: it must move or approve the token in its plain form",
		asked, r.Name(), r.token()).at(position)
}

func refuseTokenID(rule RuleName, granted []*big.Int, token common.Address, id *big.Int) *Refusal {
	limit := join(granted)
	return refuse(rule, limit, id.String(), "id %s of %s is not granted; granted are %s", id, token, limit)
}

func refuseSpending(r Rule, position int, unit string, limit, spent, asked *big.Int) *Refusal {
	return refuse(r.Name(), limit.String(), asked.String(), "%s of %s %s are spent, %s more were asked", spent, limit, unit, asked).
		at(position).spent(spent.String())
}
