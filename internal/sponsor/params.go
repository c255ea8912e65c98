package sponsor

import "math/big"

// PolicyParams are the fields of a policy that a client may set. In an update
// nil leaves a field as it is.
type PolicyParams struct {
	Name    *string
	ChainID *uint64
	Schema  *string // must be PayForUser
	Deleted *bool
	Budget  *Budget
}

// RuleParams are the fields of a rule that a client may set. In an update nil
// leaves a field as it is.
type RuleParams struct {
	PolicyID     string
	Type         RuleType
	ContractID   *string
	FunctionName *string
	Wildcard     *bool
}

// Budget is what a policy may spend in all, in wei; nil for any amount.
type Budget struct{ Wei *big.Int }
