package permissionfuzz

import (
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/permission"
)

// rulesOf are the rules that the contract's errors stand for.
var rulesOf = map[string][]permission.RuleName{
	"SessionNotActive":    {permission.RuleStatus},
	"SessionExists":       {permission.RuleStatus},
	"PermissionMalformed": {permission.RuleStatus}, // a stateless session with a counter
	"MomentNotAllowed":    {permission.RuleMoment},
	"CallMalformed":       {permission.RuleFunctions},
	"FunctionForbidden":   {permission.RuleFunctions},
	"TargetForbidden":     {permission.RuleTarget},
	"CallNotAllowed":      {permission.RuleFunctions, permission.RuleContracts},
	"ValueNotAllowed":     {permission.RuleValue},
	"ValueLimitExceeded":  {permission.RuleValuePerCall, permission.RuleValueTotal, permission.RuleValuePeriod, permission.RuleValueStream},
	"AmountLimitExceeded": {permission.RuleERC20Total, permission.RuleERC20Period, permission.RuleERC20Stream, permission.RuleERC1155, permission.RuleArgumentTotal},
	"TokenCallNotAllowed": {permission.RuleToken},
	"TokenIdNotAllowed":   {permission.RuleERC721, permission.RuleERC1155},
	"ArgumentNotAllowed":  {permission.RuleArgument, permission.RuleArgumentTotal},
	"CountExceeded":       {permission.RuleCount},
	"RateExceeded":        {permission.RuleRate},
	"LimitExceeded":       {permission.RuleLimit},
	"PaymasterNotAllowed": {permission.RulePaymasters},
	"FeeLimitMissing":     {permission.RuleFeeLimit},
	"FeeLimitExceeded":    {permission.RuleFeeLimit},
}

// numbersOf are what the arguments of the contract's errors must equal, in
// their order. "" is for arguments that a refusal does not repeat.
var numbersOf = map[string]func(r *permission.Refusal) []string{
	"MomentNotAllowed":    func(r *permission.Refusal) []string { return []string{position(r), r.Asked} },
	"TargetForbidden":     func(r *permission.Refusal) []string { return []string{r.Asked} },
	"ValueNotAllowed":     func(r *permission.Refusal) []string { return []string{r.Asked} },
	"ValueLimitExceeded":  func(r *permission.Refusal) []string { return []string{position(r), r.Limit, used(r), r.Asked} },
	"AmountLimitExceeded": func(r *permission.Refusal) []string { return []string{position(r), r.Limit, used(r), r.Asked} },
	"TokenIdNotAllowed":   func(r *permission.Refusal) []string { return []string{"", r.Asked} },
	"ArgumentNotAllowed":  func(r *permission.Refusal) []string { return []string{position(r), r.Asked} },
	"CountExceeded":       func(r *permission.Refusal) []string { return []string{position(r), r.Limit, used(r)} },
	"RateExceeded":        func(r *permission.Refusal) []string { return []string{r.Limit, ""} },
	"LimitExceeded":       func(r *permission.Refusal) []string { return []string{r.Limit, used(r), r.Asked} },
	"PaymasterNotAllowed": func(r *permission.Refusal) []string { return []string{r.Asked} },
	"FeeLimitExceeded":    func(r *permission.Refusal) []string { return []string{r.Limit, used(r), r.Asked} },
}

func position(r *permission.Refusal) string { return fmt.Sprint(r.Position) }

func used(r *permission.Refusal) string {
	if r.Used == "" {
		return "0"
	}
	return r.Used
}

// compare answers in what the contract and the evaluator differ, nil in
// nothing.
func (c *Case) compare(got answer, v permission.Validation, refusal *permission.Refusal) error {
	if (got.revert == "") != (refusal == nil) {
		return fmt.Errorf("contract says %q %v, Go says: %w", got.revert, got.arguments, orNothing(refusal))
	}
	if refusal != nil {
		return compareRefusals(got, refusal)
	}
	if got.signed != c.Signed {
		return fmt.Errorf("contract takes the signature as genuine: %t, it is: %t", got.signed, c.Signed)
	}
	if after := v.From - min(v.From, 1); got.after != after || got.until != v.Until {
		return fmt.Errorf("contract allows times after %d until %d, Go from %d until %d", got.after, got.until, v.From, v.Until)
	}
	return c.compareWords(got.words, v.State)
}

var errNothing = errors.New("allowed")

// orNothing makes an error of what may be no refusal.
func orNothing(refusal *permission.Refusal) error {
	if refusal == nil {
		return errNothing
	}
	return refusal
}

func compareRefusals(got answer, refusal *permission.Refusal) error {
	if !slices.Contains(rulesOf[got.revert], refusal.Rule) {
		return fmt.Errorf("contract says %s%v, Go says: %w", got.revert, got.arguments, refusal)
	}
	numbers, known := numbersOf[got.revert]
	if !known {
		return nil
	}
	for i, want := range numbers(refusal) {
		if said := show(got.arguments[i]); want != "" && said != want {
			return fmt.Errorf("contract says %s%v, argument %d is %s in Go: %w", got.revert, got.arguments, i, want, refusal)
		}
	}
	return nil
}

func show(argument any) string {
	if a, ok := argument.(common.Address); ok {
		return a.Hex()
	}
	return fmt.Sprint(argument)
}

// compareWords compares the state that is left behind. A stateless session
// leaves none.
func (c *Case) compareWords(left []*big.Int, state permission.State) error {
	want := append([]*big.Int{state.Word()}, state.Counters...)
	for i, word := range left {
		if word.Cmp(want[i]) != 0 {
			return fmt.Errorf("word %d (0 is the status) became %x, Go says %x", i, word, want[i])
		}
	}
	return nil
}
