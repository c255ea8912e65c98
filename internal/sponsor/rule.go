package sponsor

import (
	"context"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/page"
)

// CreateRule adds a rule to a policy.
func (s *Service) CreateRule(ctx context.Context, projectID string, p RuleParams) (Rule, error) {
	if p.PolicyID == "" {
		return Rule{}, missing("policy")
	}
	now := s.now()
	rule := Rule{
		ID:        id.New(id.PolicyRule),
		ProjectID: projectID,
		PolicyID:  p.PolicyID,
		CreatedAt: now,
		UpdatedAt: now,
	}
	rule = p.apply(rule)
	if err := s.checkRule(ctx, rule); err != nil {
		return Rule{}, err
	}
	return rule, s.Store.CreateRule(ctx, rule)
}

// Rules answers one page of a policy's rules.
func (s *Service) Rules(ctx context.Context, projectID, policyID string, req page.Request) (page.Page[Rule], error) {
	if _, err := s.policyOf(ctx, projectID, policyID); err != nil {
		return page.Page[Rule]{}, err
	}
	return s.Store.Rules(ctx, projectID, policyID, req)
}

// Rule answers one rule.
func (s *Service) Rule(ctx context.Context, projectID, ruleID string) (Rule, error) {
	return s.Store.Rule(ctx, projectID, ruleID)
}

// UpdateRule changes the fields that p names. A rule stays with its policy.
func (s *Service) UpdateRule(ctx context.Context, projectID, ruleID string, p RuleParams) (Rule, error) {
	old, err := s.Store.Rule(ctx, projectID, ruleID)
	if err != nil {
		return Rule{}, err
	}
	if p.PolicyID != "" && p.PolicyID != old.PolicyID {
		return Rule{}, fault.Field("policy", p.PolicyID, "rule %s belongs to %s and stays there: create another rule", ruleID, old.PolicyID)
	}
	// Checked before the transaction, because it reads contracts; what it judges
	// is saved as a whole.
	rule := p.apply(old)
	if err := s.checkRule(ctx, rule); err != nil {
		return Rule{}, err
	}
	rule.UpdatedAt = s.now()
	return s.Store.UpdateRule(ctx, projectID, ruleID, func(Rule) (Rule, error) { return rule, nil })
}

// DeleteRule removes a rule.
func (s *Service) DeleteRule(ctx context.Context, projectID, ruleID string) error {
	return s.Store.DeleteRule(ctx, projectID, ruleID)
}

// apply sets the fields that p names. What a new type has no use for is
// cleared.
func (p RuleParams) apply(r Rule) Rule {
	if p.Type != "" {
		r.Type = p.Type
	}
	if p.ContractID != nil {
		r.ContractID = *p.ContractID
	}
	if p.FunctionName != nil {
		r.FunctionName = *p.FunctionName
	}
	if p.Wildcard != nil {
		r.Wildcard = *p.Wildcard
	}
	if r.Type == AccountFunctions {
		r.ContractID, r.FunctionName, r.Wildcard = "", "", false
		return r
	}
	if r.FunctionName == "" {
		r.FunctionName = AllFunctions
	}
	return r
}

// checkRule refuses a rule that could never cover a call.
func (s *Service) checkRule(ctx context.Context, r Rule) error {
	policy, err := s.policyOf(ctx, r.ProjectID, r.PolicyID)
	if err != nil {
		return err
	}
	switch r.Type {
	case AccountFunctions:
		return nil
	case ContractFunctions:
	case "":
		return missing("type")
	default:
		return fault.Field("type", string(r.Type), "%s is not offered: use %s or %s", r.Type, ContractFunctions, AccountFunctions)
	}
	if r.Wildcard {
		return checkWildcard(r)
	}
	if r.ContractID == "" {
		return fault.Field("contract", nil, "is required, unless wildcard is true")
	}
	return s.checkTarget(ctx, policy, r)
}

func checkWildcard(r Rule) error {
	if r.ContractID != "" {
		return fault.Field("wildcard", true, "covers every contract and cannot be combined with contract %s: leave one out", r.ContractID)
	}
	if r.FunctionName != AllFunctions {
		return fault.Field("functionName", r.FunctionName, "a wildcard covers all functions: leave it out, or say %q", AllFunctions)
	}
	return nil
}

func (s *Service) checkTarget(ctx context.Context, policy Policy, r Rule) error {
	chainID, _, _, err := s.Contracts.Target(ctx, r.ProjectID, r.ContractID, r.function())
	if fault.Is(err, fault.NotFound) {
		return fault.Field("contract", r.ContractID, "there is no contract %q in this project", r.ContractID)
	}
	if err != nil {
		return err
	}
	if chainID != policy.ChainID {
		return fault.Field("contract", r.ContractID, "%s is on chain %d, policy %s on chain %d", r.ContractID, chainID, policy.ID, policy.ChainID)
	}
	return nil
}

// function is the name to look up, "" for all functions.
func (r Rule) function() string {
	if r.FunctionName == AllFunctions {
		return ""
	}
	return r.FunctionName
}

// policyOf answers the policy that a request names in its field policy.
func (s *Service) policyOf(ctx context.Context, projectID, policyID string) (Policy, error) {
	p, err := s.Store.Policy(ctx, projectID, policyID)
	if fault.Is(err, fault.NotFound) {
		return Policy{}, fault.Field("policy", policyID, "there is no policy %q in this project", policyID)
	}
	return p, err
}
