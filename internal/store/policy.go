package store

import (
	"context"
	"fmt"

	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/sponsor"
)

var policies = table[sponsor.Policy]{
	name: "policies",
	noun: "policy",
	cells: func(p *sponsor.Policy) []cell {
		return []cell{
			word("id", &p.ID),
			word("project_id", &p.ProjectID),
			word("name", &p.Name),
			number("chain_id", &p.ChainID),
			word("sponsor_schema", &p.Schema),
			flag("enabled", &p.Enabled),
			flag("deleted", &p.Deleted),
			amount("reserved", &p.Reserved),
			amount("spent", &p.Spent),
			optionalAmount("budget", &p.Budget),
			moment("created_at", &p.CreatedAt),
			moment("updated_at", &p.UpdatedAt),
		}
	},
}

var policyRules = table[sponsor.Rule]{
	name: "policy_rules",
	noun: "policy rule",
	cells: func(r *sponsor.Rule) []cell {
		return []cell{
			word("id", &r.ID),
			word("project_id", &r.ProjectID),
			word("policy_id", &r.PolicyID),
			word("type", &r.Type),
			word("contract_id", &r.ContractID),
			word("function_name", &r.FunctionName),
			flag("wildcard", &r.Wildcard),
			moment("created_at", &r.CreatedAt),
			moment("updated_at", &r.UpdatedAt),
		}
	},
}

// CreatePolicy saves a new policy.
func (db *DB) CreatePolicy(ctx context.Context, p sponsor.Policy) error {
	err := policies.create(ctx, db, p, p.ID)
	return db.refuse(err, fmt.Sprintf("policy %s exists already", p.ID), fmt.Sprintf("project %s does not exist", p.ProjectID))
}

// Policy answers one policy of a project, deleted or not.
func (db *DB) Policy(ctx context.Context, projectID, id string) (sponsor.Policy, error) {
	return policies.one(ctx, db.reader, owned(projectID, id), "")
}

// Policies answers one page of a project's policies.
func (db *DB) Policies(ctx context.Context, projectID string, f sponsor.Filter, req page.Request) (page.Page[sponsor.Policy], error) {
	w := by("project_id", projectID).
		given("name", f.Name).
		givenNumber("chain_id", f.ChainID).
		givenFlag("enabled", f.Enabled).
		givenFlag("deleted", f.Deleted)
	return policies.page(ctx, db.reader, w, req)
}

// UpdatePolicy changes one policy.
func (db *DB) UpdatePolicy(ctx context.Context, projectID, id string, update func(sponsor.Policy) (sponsor.Policy, error)) (sponsor.Policy, error) {
	return policies.modify(ctx, db, owned(projectID, id), update)
}

// CreateRule saves a new rule of a policy.
func (db *DB) CreateRule(ctx context.Context, r sponsor.Rule) error {
	err := policyRules.create(ctx, db, r, r.ID)
	return db.refuse(err, fmt.Sprintf("policy rule %s exists already", r.ID), fmt.Sprintf("policy %s does not exist", r.PolicyID))
}

// Rule answers one rule of a project's policies.
func (db *DB) Rule(ctx context.Context, projectID, id string) (sponsor.Rule, error) {
	return policyRules.one(ctx, db.reader, owned(projectID, id), "")
}

// Rules answers one page of a policy's rules.
func (db *DB) Rules(ctx context.Context, projectID, policyID string, req page.Request) (page.Page[sponsor.Rule], error) {
	return policyRules.page(ctx, db.reader, by("project_id", projectID).and("policy_id", policyID), req)
}

// UpdateRule changes one rule.
func (db *DB) UpdateRule(ctx context.Context, projectID, id string, update func(sponsor.Rule) (sponsor.Rule, error)) (sponsor.Rule, error) {
	return policyRules.modify(ctx, db, owned(projectID, id), update)
}

// DeleteRule deletes one rule.
func (db *DB) DeleteRule(ctx context.Context, projectID, id string) error {
	return db.remove(ctx, "policy_rules", "policy rule", projectID, id)
}
