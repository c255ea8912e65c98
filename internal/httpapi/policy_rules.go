package httpapi

import (
	"context"

	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/sponsor"
)

// RuleService keeps the rules of gas policies.
type RuleService interface {
	CreateRule(ctx context.Context, projectID string, p sponsor.RuleParams) (sponsor.Rule, error)
	Rules(ctx context.Context, projectID, policyID string, req page.Request) (page.Page[sponsor.Rule], error)
	UpdateRule(ctx context.Context, projectID, id string, p sponsor.RuleParams) (sponsor.Rule, error)
	DeleteRule(ctx context.Context, projectID, id string) error
}

type policyRules struct {
	service RuleService
	records records
}

func (h policyRules) routes() []route {
	return []route{
		{method: "POST", pattern: "/v1/policy_rules", access: secretKey("policies:write"), create: true, serve: h.create},
		{method: "GET", pattern: "/v1/policy_rules", access: secretKey("policies:read"), serve: h.list},
		{method: "POST", pattern: "/v1/policy_rules/{id}", access: secretKey("policies:write"), serve: h.update},
		{method: "DELETE", pattern: "/v1/policy_rules/{id}", access: secretKey("policies:delete"), serve: h.delete},
	}
}

// refuseLimits refuses the caps of rate_limit rules: a cap that is ignored
// would sponsor more than was asked.
func refuseLimits(c *call) error {
	return c.refuse("rate_limit rules are not offered; leave it out", "gasLimit", "countLimit", "timeIntervalType", "timeIntervalValue")
}

func (h policyRules) create(c *call) (any, error) {
	if err := refuseLimits(c); err != nil {
		return nil, err
	}
	var req CreatePolicyRuleRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	rule, err := h.service.CreateRule(c.Context(), c.project(), sponsor.RuleParams{
		PolicyID:     req.Policy,
		Type:         sponsor.RuleType(req.Type),
		ContractID:   req.Contract,
		FunctionName: req.FunctionName,
		Wildcard:     req.Wildcard,
	})
	if err != nil {
		return nil, err
	}
	return h.records.showRule(c, rule, false)
}

func (h policyRules) list(c *call) (any, error) {
	var q ListPolicyRulesParams
	if err := c.query(&q); err != nil {
		return nil, err
	}
	req, err := pageRequest(q.Limit, q.Skip, q.Order)
	if err != nil {
		return nil, err
	}
	exp, err := expand(q.Expand, "contract")
	if err != nil {
		return nil, err
	}
	found, err := h.service.Rules(c.Context(), c.project(), q.Policy, req)
	if err != nil {
		return nil, err
	}
	return newList(c, found, func(r sponsor.Rule) (PolicyRule, error) {
		return h.records.showRule(c, r, exp.has("contract"))
	})
}

func (h policyRules) update(c *call) (any, error) {
	ruleID, err := c.id(id.PolicyRule, "policy rule")
	if err != nil {
		return nil, err
	}
	if err := refuseLimits(c); err != nil {
		return nil, err
	}
	var req UpdatePolicyRuleRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	rule, err := h.service.UpdateRule(c.Context(), c.project(), ruleID, sponsor.RuleParams{
		Type:         sponsor.RuleType(req.Type),
		ContractID:   req.Contract,
		FunctionName: req.FunctionName,
		Wildcard:     req.Wildcard,
	})
	if err != nil {
		return nil, err
	}
	return h.records.showRule(c, rule, false)
}

func (h policyRules) delete(c *call) (any, error) {
	ruleID, err := c.id(id.PolicyRule, "policy rule")
	if err != nil {
		return nil, err
	}
	if err := h.service.DeleteRule(c.Context(), c.project(), ruleID); err != nil {
		return nil, err
	}
	return deleted("policyRule", ruleID), nil
}

func (s records) showRule(c *call, r sponsor.Rule, wholeContract bool) (shown PolicyRule, err error) {
	shown = PolicyRule{ID: r.ID, Object: "policyRule", CreatedAt: unix(r.CreatedAt), Type: string(r.Type)}
	if r.Type != sponsor.ContractFunctions {
		return shown, nil
	}
	shown.Wildcard = &r.Wildcard
	shown.FunctionName = optional(r.FunctionName)
	if r.ContractID != "" {
		if shown.Contract, err = s.contract(c, r.ContractID, wholeContract); err != nil {
			return PolicyRule{}, err
		}
	}
	return shown, nil
}
