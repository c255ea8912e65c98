package httpapi

import (
	"context"

	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/sponsor"
)

// SponsorService keeps gas policies and their rules.
type SponsorService interface {
	PolicyService
	RuleService
}

// PolicyService keeps gas policies.
type PolicyService interface {
	CreatePolicy(ctx context.Context, projectID string, p sponsor.PolicyParams) (sponsor.Policy, error)
	Policy(ctx context.Context, projectID, id string) (sponsor.Policy, error)
	Policies(ctx context.Context, projectID string, f sponsor.Filter, req page.Request) (page.Page[sponsor.Policy], error)
	UpdatePolicy(ctx context.Context, projectID, id string, p sponsor.PolicyParams) (sponsor.Policy, error)
	SetPolicyEnabled(ctx context.Context, projectID, id string, enabled bool) (sponsor.Policy, error)
	DeletePolicy(ctx context.Context, projectID, id string) error
}

// policies serves the gas policies of the first API version.
type policies struct {
	service PolicyService
	records records
}

func (h policies) routes() []route {
	write := secretKey("fee_sponsorship:write")
	read := secretKey("fee_sponsorship:read")
	return []route{
		{method: "POST", pattern: "/v1/policies", access: write, create: true, serve: h.create},
		{method: "GET", pattern: "/v1/policies", access: read, serve: h.list},
		{method: "GET", pattern: "/v1/policies/{id}", access: read, serve: h.get},
		{method: "POST", pattern: "/v1/policies/{id}", access: write, serve: h.update},
		{method: "DELETE", pattern: "/v1/policies/{id}", access: secretKey("fee_sponsorship:delete"), serve: h.delete},
		{method: "PUT", pattern: "/v1/policies/{id}/enable", access: write, serve: h.setEnabled(true)},
		{method: "PUT", pattern: "/v1/policies/{id}/disable", access: write, serve: h.setEnabled(false)},
	}
}

func (h policies) create(c *call) (any, error) {
	var req CreatePolicyRequest
	if err := decodePolicy(c, &req); err != nil {
		return nil, err
	}
	p, err := h.service.CreatePolicy(c.Context(), c.project(), sponsor.PolicyParams{
		Name:    &req.Name,
		ChainID: &req.ChainID,
		Schema:  &req.Strategy.SponsorSchema,
	})
	if err != nil {
		return nil, err
	}
	// A new policy has neither rules nor intents. Looking would be a way to fail
	// after the policy was made.
	return showPolicy(p, []any{}, []any{}), nil
}

// decodePolicy refuses the parts of a policy that would make somebody else pay
// than the server's paymaster.
func decodePolicy(c *call, dst any) error {
	if err := c.refuse("is not offered: the server's own paymaster pays; leave it out", "paymaster", "forwarderContract"); err != nil {
		return err
	}
	return c.decode(dst)
}

func (h policies) list(c *call) (any, error) {
	var q ListPoliciesParams
	if err := c.query(&q); err != nil {
		return nil, err
	}
	req, err := pageRequest(q.Limit, q.Skip, q.Order)
	if err != nil {
		return nil, err
	}
	exp, err := expand(q.Expand, "policyRules", "transactionIntents")
	if err != nil {
		return nil, err
	}
	f := sponsor.Filter{Name: value(q.Name), ChainID: value(q.ChainID), Enabled: q.Enabled}
	if !value(q.Deleted) { // true includes deleted ones, it does not ask for them alone
		f.Deleted = new(bool)
	}
	found, err := h.service.Policies(c.Context(), c.project(), f, req)
	if err != nil {
		return nil, err
	}
	return newList(c, found, func(p sponsor.Policy) (Policy, error) { return h.records.showPolicy(c, p, exp) })
}

func (h policies) get(c *call) (any, error) {
	policyID, err := c.id(id.Policy, "policy")
	if err != nil {
		return nil, err
	}
	var q GetPolicyParams
	if err := c.query(&q); err != nil {
		return nil, err
	}
	exp, err := expand(q.Expand, "policyRules", "transactionIntents")
	if err != nil {
		return nil, err
	}
	p, err := h.service.Policy(c.Context(), c.project(), policyID)
	if err != nil {
		return nil, err
	}
	return h.records.showPolicy(c, p, exp)
}

func (h policies) update(c *call) (any, error) {
	policyID, err := c.id(id.Policy, "policy")
	if err != nil {
		return nil, err
	}
	var req UpdatePolicyRequest
	if err := decodePolicy(c, &req); err != nil {
		return nil, err
	}
	params := sponsor.PolicyParams{Name: req.Name, ChainID: req.ChainID, Deleted: req.Deleted}
	if req.Strategy != nil {
		params.Schema = &req.Strategy.SponsorSchema
	}
	p, err := h.service.UpdatePolicy(c.Context(), c.project(), policyID, params)
	if err != nil {
		return nil, err
	}
	return h.records.showPolicy(c, p, nil)
}

func (h policies) setEnabled(enabled bool) func(*call) (any, error) {
	return func(c *call) (any, error) {
		policyID, err := c.id(id.Policy, "policy")
		if err != nil {
			return nil, err
		}
		p, err := h.service.SetPolicyEnabled(c.Context(), c.project(), policyID, enabled)
		if err != nil {
			return nil, err
		}
		return h.records.showPolicy(c, p, nil)
	}
}

func (h policies) delete(c *call) (any, error) {
	policyID, err := c.id(id.Policy, "policy")
	if err != nil {
		return nil, err
	}
	if err := h.service.DeletePolicy(c.Context(), c.project(), policyID); err != nil {
		return nil, err
	}
	return deleted("policy", policyID), nil
}

func (s records) showPolicy(c *call, p sponsor.Policy, exp expansion) (Policy, error) {
	rules, err := s.rulesOf(c, p.ID, exp.has("policyRules"))
	if err != nil {
		return Policy{}, err
	}
	newest, err := s.newest(c, intent.Filter{PolicyIDs: []string{p.ID}}, exp.has("transactionIntents"))
	if err != nil {
		return Policy{}, err
	}
	return showPolicy(p, rules, newest), nil
}

func showPolicy(p sponsor.Policy, rules, newest []any) Policy {
	return Policy{
		ID:                 p.ID,
		Object:             "policy",
		CreatedAt:          unix(p.CreatedAt),
		Name:               p.Name,
		Deleted:            p.Deleted,
		Enabled:            p.Enabled,
		ChainID:            p.ChainID,
		Strategy:           PolicyStrategy{SponsorSchema: p.Schema},
		PolicyRules:        rules,
		TransactionIntents: newest,
	}
}
