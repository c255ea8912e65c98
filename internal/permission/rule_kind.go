package permission

// Kinds of rules, as the packed format numbers them.
const (
	kindValuePerCall  = 0x01
	kindValueTotal    = 0x02
	kindValuePeriod   = 0x03
	kindValueStream   = 0x04
	kindERC20Total    = 0x11
	kindERC20Period   = 0x12
	kindERC20Stream   = 0x13
	kindERC721        = 0x21
	kindERC1155       = 0x22
	kindArgument      = 0x31
	kindArgumentTotal = 0x32
	kindCount         = 0x41
	kindRate          = 0x42
	kindTypedData     = 0x51
)

// Name implements Rule.
func (ValuePerCall) Name() RuleName { return RuleValuePerCall }
func (ValuePerCall) kind() byte     { return kindValuePerCall }

// Name implements Rule.
func (ValueTotal) Name() RuleName { return RuleValueTotal }
func (ValueTotal) kind() byte     { return kindValueTotal }

// Name implements Rule.
func (ValuePeriod) Name() RuleName { return RuleValuePeriod }
func (ValuePeriod) kind() byte     { return kindValuePeriod }

// Name implements Rule.
func (ValueStream) Name() RuleName { return RuleValueStream }
func (ValueStream) kind() byte     { return kindValueStream }

// Name implements Rule.
func (ERC20Total) Name() RuleName { return RuleERC20Total }
func (ERC20Total) kind() byte     { return kindERC20Total }

// Name implements Rule.
func (ERC20Period) Name() RuleName { return RuleERC20Period }
func (ERC20Period) kind() byte     { return kindERC20Period }

// Name implements Rule.
func (ERC20Stream) Name() RuleName { return RuleERC20Stream }
func (ERC20Stream) kind() byte     { return kindERC20Stream }

// Name implements Rule.
func (ERC721) Name() RuleName { return RuleERC721 }
func (ERC721) kind() byte     { return kindERC721 }

// Name implements Rule.
func (ERC1155) Name() RuleName { return RuleERC1155 }
func (ERC1155) kind() byte     { return kindERC1155 }

// Name implements Rule.
func (Argument) Name() RuleName { return RuleArgument }
func (Argument) kind() byte     { return kindArgument }

// Name implements Rule.
func (ArgumentTotal) Name() RuleName { return RuleArgumentTotal }
func (ArgumentTotal) kind() byte     { return kindArgumentTotal }

// Name implements Rule.
func (Count) Name() RuleName { return RuleCount }
func (Count) kind() byte     { return kindCount }

// Name implements Rule.
func (Rate) Name() RuleName { return RuleRate }
func (Rate) kind() byte     { return kindRate }

// Name implements Rule.
func (TypedData) Name() RuleName { return RuleTypedData }
func (TypedData) kind() byte     { return kindTypedData }
