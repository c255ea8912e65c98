package sponsor

// PolicyParams are the fields of a policy that a client may set. In an update
// nil leaves a field as it is.
type PolicyParams struct {
	Name    *string
	ChainID *uint64
	Schema  *string // must be PayForUser
	Deleted *bool
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
