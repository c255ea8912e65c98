package permission

import (
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
)

// Rule is one limit on what the lists of a permission grant, or the grant of
// one token. The types in this file are all there are.
type Rule interface {
	// Name is how the API and refusals call the rule.
	Name() RuleName

	kind() byte
	// pack appends the rule's body; its function's place is looked up in
	// functions. The rule must have passed check.
	pack(body []byte, functions []Function) []byte
	check() error
}

// Total is an amount for the whole life of a session, of at most 128 bits.
type Total struct {
	Max *big.Int
}

// Period is an amount for each period. The first period begins at Start, and
// what is left of one is not carried to the next.
type Period struct {
	Max     *big.Int
	Start   uint64 // unix seconds
	Seconds uint32 // length of a period, not 0
}

// Stream is an amount that grows with time: Initial at Start and PerSecond
// more each second after it, never more than Max.
type Stream struct {
	Initial   *big.Int
	PerSecond *big.Int
	Max       *big.Int // nil or 0 = no end
	Start     uint64   // unix seconds
}

// Without a value rule no call may carry native value; with several, all of
// them must allow it. Amounts are wei.
type (
	// ValuePerCall bounds the value of each call.
	ValuePerCall struct{ Max *big.Int }
	// ValueTotal bounds the value of all calls together.
	ValueTotal struct{ Total }
	// ValuePeriod bounds the value of the calls in each period.
	ValuePeriod struct{ Period }
	// ValueStream bounds the value of all calls by what has accrued.
	ValueStream struct{ Stream }
)

// A token that is named by one of these rules needs no entry in the lists:
// transfer, transferFrom out of the account, approve and increaseAllowance
// may be called and are charged, and nothing else of it may be called.
// Amounts are the token's base units.
type (
	// ERC20Total bounds the amount of all calls together.
	ERC20Total struct {
		Token common.Address
		Total
	}
	// ERC20Period bounds the amount of the calls in each period.
	ERC20Period struct {
		Token common.Address
		Period
	}
	// ERC20Stream bounds the amount of all calls by what has accrued.
	ERC20Stream struct {
		Token common.Address
		Stream
	}
)

// ERC721 grants one token of a collection: it may be transferred out of the
// account and approved. Nothing else of the collection may be called.
type ERC721 struct {
	Token common.Address
	ID    *big.Int
}

// ERC1155 grants an amount of one id: it may be transferred out of the
// account, one id a call. Nothing else of the collection may be called.
type ERC1155 struct {
	Token common.Address
	ID    *big.Int
	Total
}

// Op compares an argument with the operands of a rule, as unsigned numbers.
type Op byte

// The argument is on the left, the operand on the right.
const (
	Equal          Op = 0
	NotEqual       Op = 1
	Less           Op = 2
	LessOrEqual    Op = 3
	Greater        Op = 4
	GreaterOrEqual Op = 5
	In             Op = 6 // one of 1 to 7 operands
	Mask           Op = 7 // two operands: argument & first == second
)

// maxInOperands is the most operands that In takes.
const maxInOperands = 7

var opNames = [...]string{"eq", "ne", "lt", "le", "gt", "ge", "in", "mask"}

func (o Op) String() string {
	if int(o) < len(opNames) {
		return opNames[o]
	}
	return fmt.Sprintf("unknown (%d)", byte(o))
}

// Argument restricts one argument of a listed function.
type Argument struct {
	Function Function
	Word     uint8 // place among the function's arguments, in words of 32 bytes
	Op       Op
	Operands []*big.Int // at most 256 bits each
}

// ArgumentTotal bounds the sum of one argument over all calls of a listed
// function.
type ArgumentTotal struct {
	Function Function
	Word     uint8 // as in Argument
	Total
}

// Count bounds the number of calls of a listed function.
type Count struct {
	Function Function
	Limit    uint64 // 1 to MaxLimit
}

// Rate bounds the number of calls in each interval. The intervals are counted
// from the beginning of unix time. A permission has at most one such rule.
type Rate struct {
	Count    uint32 // not 0
	Interval uint32 // seconds, not 0
}

// TypedData lets the key sign, for the account, one type of EIP-712 messages
// of one domain (ERC-1271).
type TypedData struct {
	DomainSeparator common.Hash
	TypeHash        common.Hash
}

// onFunction is a rule that restricts one listed function.
type onFunction interface {
	Rule
	function() Function
}

func (r Argument) function() Function      { return r.Function }
func (r ArgumentTotal) function() Function { return r.Function }
func (r Count) function() Function         { return r.Function }

// onToken is a rule that grants and limits one token.
type onToken interface {
	Rule
	token() common.Address
}

func (r ERC20Total) token() common.Address  { return r.Token }
func (r ERC20Period) token() common.Address { return r.Token }
func (r ERC20Stream) token() common.Address { return r.Token }
func (r ERC721) token() common.Address      { return r.Token }
func (r ERC1155) token() common.Address     { return r.Token }

func isTokenRule(r Rule) bool {
	_, ok := r.(onToken)
	return ok
}

// onValue is a rule about native value.
type onValue interface {
	Rule
	limitsValue()
}

func (ValuePerCall) limitsValue() {}
func (ValueTotal) limitsValue()   {}
func (ValuePeriod) limitsValue()  {}
func (ValueStream) limitsValue()  {}

func isValueRule(r Rule) bool {
	_, ok := r.(onValue)
	return ok
}
