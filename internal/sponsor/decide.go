package sponsor

import (
	"context"
	"fmt"
	"strings"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/page"
)

// Request describes an operation that is to be sponsored.
type Request struct {
	ChainID uint64
	// AccountFunction is the function that the account runs on itself, such as
	// "registerSession"; "" when the operation makes the Calls.
	AccountFunction string
	Deploys         bool // the account is created first, at the policy's cost
	Calls           []Call
}

// Call is one call that an operation makes.
type Call struct {
	To          common.Address
	Selector    [4]byte
	HasSelector bool // false for a plain transfer and for data shorter than a selector
}

func (c Call) String() string {
	if !c.HasSelector {
		return fmt.Sprintf("%s without a function", c.To)
	}
	return fmt.Sprintf("%s function 0x%x", c.To, c.Selector)
}

// Decide answers the policy when it sponsors the operation, and a fault that
// names what it does not cover when it does not. It reserves nothing.
func (s *Service) Decide(ctx context.Context, projectID, policyID string, req Request) (Policy, error) {
	policy, err := s.policyOf(ctx, projectID, policyID)
	if err != nil {
		return Policy{}, err
	}
	if err := policy.usable(req.ChainID); err != nil {
		return Policy{}, err
	}
	rules, err := s.allRules(ctx, policy)
	if err != nil {
		return Policy{}, err
	}
	if err := coverAccount(policy, rules, req); err != nil {
		return Policy{}, err
	}
	targets, err := s.targets(ctx, policy, rules)
	if err != nil {
		return Policy{}, err
	}
	for i, call := range req.Calls {
		if !covered(targets, call) {
			return Policy{}, policy.refuse(rules, "call %d to %s", i, call)
		}
	}
	return policy, nil
}

// usable refuses what no rule could mend.
func (p Policy) usable(chainID uint64) error {
	switch {
	case p.Deleted:
		return fault.Field("policy", p.ID, "%s is deleted", p.ID)
	case !p.Enabled:
		return fault.Field("policy", p.ID, "%s is disabled: enable it, or leave policy out so that the account pays", p.ID)
	case p.ChainID != chainID:
		return fault.Field("policy", p.ID, "%s sponsors on chain %d, the operation is on chain %d", p.ID, p.ChainID, chainID)
	}
	return nil
}

func (s *Service) allRules(ctx context.Context, p Policy) ([]Rule, error) {
	var all []Rule
	for {
		next, err := s.Store.Rules(ctx, p.ProjectID, p.ID, page.Request{Limit: page.MaxLimit, Skip: len(all), Order: page.Ascending})
		if err != nil {
			return nil, err
		}
		all = append(all, next.Items...)
		if len(next.Items) == 0 || len(all) >= next.Total {
			return all, nil
		}
	}
}

// coverAccount checks what the account does to itself. Creating it counts as
// such, however well its calls are covered.
func coverAccount(p Policy, rules []Rule, req Request) error {
	if req.AccountFunction == "" && !req.Deploys {
		return nil
	}
	for _, r := range rules {
		if r.Type == AccountFunctions {
			return nil
		}
	}
	if req.AccountFunction != "" {
		return p.refuse(rules, "the account function %s, which needs a rule of type %s", req.AccountFunction, AccountFunctions)
	}
	return p.refuse(rules, "deploying the account, which needs a rule of type %s", AccountFunctions)
}

// target is what one contract rule covers.
type target struct {
	any      bool // every contract
	to       common.Address
	all      bool // every function, and calls without one
	selector [4]byte
}

func (t target) covers(c Call) bool {
	if t.any {
		return true
	}
	return t.to == c.To && (t.all || c.HasSelector && t.selector == c.Selector)
}

func covered(targets []target, c Call) bool {
	for _, t := range targets {
		if t.covers(c) {
			return true
		}
	}
	return false
}

// targets resolves contract rules through the contracts as they are now. A rule
// whose contract was deleted, moved to another chain, or lost the function
// covers nothing.
func (s *Service) targets(ctx context.Context, p Policy, rules []Rule) ([]target, error) {
	var all []target
	for _, r := range rules {
		if r.Type != ContractFunctions {
			continue
		}
		if r.Wildcard {
			all = append(all, target{any: true})
			continue
		}
		chainID, to, selector, err := s.Contracts.Target(ctx, p.ProjectID, r.ContractID, r.function())
		if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Invalid) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("resolve rule %s: %w", r.ID, err)
		}
		if chainID == p.ChainID {
			all = append(all, target{to: to, all: r.function() == "", selector: selector})
		}
	}
	return all, nil
}

// refuse says what the policy does not cover and what it does.
func (p Policy) refuse(rules []Rule, format string, args ...any) error {
	return fault.Field("policy", p.ID, "%s does not cover %s; %s", p.ID, fmt.Sprintf(format, args...), describe(rules))
}

// describe lists rules for a message, the first ten of them.
func describe(rules []Rule) string {
	if len(rules) == 0 {
		return "it has no rules yet"
	}
	const most = 10
	var words []string
	for _, r := range rules[:min(len(rules), most)] {
		words = append(words, r.String())
	}
	if more := len(rules) - most; more > 0 {
		words = append(words, fmt.Sprintf("and %d more", more))
	}
	return "its rules: " + strings.Join(words, ", ")
}

func (r Rule) String() string {
	switch {
	case r.Type == AccountFunctions:
		return string(r.Type)
	case r.Wildcard:
		return "any contract"
	default:
		return r.ContractID + " " + r.FunctionName
	}
}
