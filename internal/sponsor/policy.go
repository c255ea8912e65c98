package sponsor

import (
	"context"
	"math/big"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/page"
)

// CreatePolicy saves a new policy, enabled and without rules: until it has
// some it sponsors nothing.
func (s *Service) CreatePolicy(ctx context.Context, projectID string, p PolicyParams) (Policy, error) {
	switch {
	case p.Name == nil || *p.Name == "":
		return Policy{}, missing("name")
	case p.ChainID == nil || *p.ChainID == 0:
		return Policy{}, missing("chainId")
	case p.Schema == nil:
		return Policy{}, missing("strategy.sponsorSchema")
	}
	if err := checkSchema(*p.Schema); err != nil {
		return Policy{}, err
	}
	now := s.now()
	policy := Policy{
		ID:        id.New(id.Policy),
		ProjectID: projectID,
		Name:      *p.Name,
		ChainID:   *p.ChainID,
		Schema:    *p.Schema,
		Enabled:   true,
		Deleted:   p.Deleted != nil && *p.Deleted,
		Reserved:  new(big.Int),
		Spent:     new(big.Int),
		CreatedAt: now,
		UpdatedAt: now,
	}
	return policy, s.Store.CreatePolicy(ctx, policy)
}

func checkSchema(schema string) error {
	switch schema {
	case PayForUser:
		return nil
	case "charge_custom_tokens", "fixed_rate":
		return fault.Field("strategy.sponsorSchema", schema, "%s is not offered, because no paymaster here takes tokens: use %s", schema, PayForUser)
	default:
		return fault.Field("strategy.sponsorSchema", schema, "must be %s", PayForUser)
	}
}

// Policy answers one policy, deleted or not.
func (s *Service) Policy(ctx context.Context, projectID, policyID string) (Policy, error) {
	return s.Store.Policy(ctx, projectID, policyID)
}

// Policies answers one page of a project's policies.
func (s *Service) Policies(ctx context.Context, projectID string, f Filter, req page.Request) (page.Page[Policy], error) {
	return s.Store.Policies(ctx, projectID, f, req)
}

// UpdatePolicy changes the fields that p names. A policy stays on its chain:
// its rules and what it has spent belong to that one.
func (s *Service) UpdatePolicy(ctx context.Context, projectID, policyID string, p PolicyParams) (Policy, error) {
	if p.Schema != nil {
		if err := checkSchema(*p.Schema); err != nil {
			return Policy{}, err
		}
	}
	if p.Name != nil && *p.Name == "" {
		return Policy{}, fault.Field("name", "", "must not be empty")
	}
	return s.Store.UpdatePolicy(ctx, projectID, policyID, func(old Policy) (Policy, error) {
		if p.ChainID != nil && *p.ChainID != old.ChainID {
			return old, fault.Field("chainId", *p.ChainID, "policy %s is on chain %d and stays there: create another policy for chain %d", old.ID, old.ChainID, *p.ChainID)
		}
		if p.Name != nil {
			old.Name = *p.Name
		}
		if p.Deleted != nil {
			old.Deleted = *p.Deleted
		}
		if p.Budget != nil {
			if w := p.Budget.Wei; w != nil && w.Sign() < 0 {
				return old, fault.Field("budget", w.String(), "must not be negative")
			}
			old.Budget = p.Budget.Wei
		}
		old.UpdatedAt = s.now()
		return old, nil
	})
}

// SetPolicyEnabled lets a policy sponsor, or stops it. Operations that it
// sponsored already go on.
func (s *Service) SetPolicyEnabled(ctx context.Context, projectID, policyID string, enabled bool) (Policy, error) {
	return s.Store.UpdatePolicy(ctx, projectID, policyID, func(old Policy) (Policy, error) {
		old.Enabled = enabled
		old.UpdatedAt = s.now()
		return old, nil
	})
}

// DeletePolicy marks a policy as deleted: it stays readable and sponsors
// nothing. Deleting it again is no error.
func (s *Service) DeletePolicy(ctx context.Context, projectID, policyID string) error {
	deleted := true
	_, err := s.UpdatePolicy(ctx, projectID, policyID, PolicyParams{Deleted: &deleted})
	return err
}

// Reserve sets aside what an operation may cost. It refuses what goes beyond the
// budget: what is spent, and what others may still cost, counts.
func (p *Policy) Reserve(cost *big.Int) error {
	reserved := new(big.Int).Add(p.Reserved, cost)
	if p.Budget != nil && new(big.Int).Add(p.Spent, reserved).Cmp(p.Budget) > 0 {
		return fault.Field("policy", p.ID, "%s has a budget of %s wei, of which %s are spent and %s reserved: the operation may cost %s more. Raise the budget, or wait for operations under way", p.ID, p.Budget, p.Spent, p.Reserved, cost)
	}
	p.Reserved = reserved
	return nil
}
