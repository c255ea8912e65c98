package sponsor

import (
	"context"
	"math/big"
	"time"

	"github.com/latchkey-dev/latchkey/internal/page"
)

// PayForUser is the one sponsor schema offered: the installation's paymaster
// pays the whole fee.
const PayForUser = "pay_for_user"

// Policy is a gas policy: who pays the fee, and under which rules. It sponsors
// an operation when at least one of its rules covers each of its calls.
type Policy struct {
	ID        string
	ProjectID string
	Name      string
	ChainID   uint64
	Schema    string // PayForUser
	Enabled   bool
	Deleted   bool
	// Reserved is the worst-case cost of operations waiting or on their way,
	// Spent the actual cost of included ones and of deployments, in wei.
	Reserved *big.Int
	Spent    *big.Int
	// Budget is what it may spend in all, in wei; nil for any amount.
	Budget    *big.Int
	CreatedAt time.Time
	UpdatedAt time.Time
}

// RuleType is a kind of policy rule.
type RuleType string

const (
	// ContractFunctions covers calls to one contract (all functions or one) or,
	// as a wildcard, to any contract.
	ContractFunctions RuleType = "contract_functions"
	// AccountFunctions covers what an account does to itself: registering and
	// revoking sessions, changing its owner, being deployed.
	AccountFunctions RuleType = "account_functions"
)

// AllFunctions is the function name that means every function of a contract.
const AllFunctions = "All functions"

// Rule is one rule of a policy.
type Rule struct {
	ID           string
	ProjectID    string
	PolicyID     string
	Type         RuleType
	ContractID   string // ContractFunctions without Wildcard
	FunctionName string // name or full signature, or AllFunctions
	Wildcard     bool
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// Filter narrows a list of policies. Nil and zero fields do not narrow.
type Filter struct {
	Name    string
	ChainID uint64
	Enabled *bool
	Deleted *bool
}

// Store keeps policies and their rules. Those of another project are not
// found. Deleted policies are kept, marked.
type Store interface {
	CreatePolicy(ctx context.Context, p Policy) error
	Policy(ctx context.Context, projectID, id string) (Policy, error)
	Policies(ctx context.Context, projectID string, f Filter, req page.Request) (page.Page[Policy], error)
	UpdatePolicy(ctx context.Context, projectID, id string, update func(Policy) (Policy, error)) (Policy, error)

	CreateRule(ctx context.Context, r Rule) error
	Rule(ctx context.Context, projectID, id string) (Rule, error)
	Rules(ctx context.Context, projectID, policyID string, req page.Request) (page.Page[Rule], error)
	UpdateRule(ctx context.Context, projectID, id string, update func(Rule) (Rule, error)) (Rule, error)
	DeleteRule(ctx context.Context, projectID, id string) error
}
