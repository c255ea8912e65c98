package permission

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"

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

func (ValuePerCall) Name() RuleName  { return RuleValuePerCall }
func (ValueTotal) Name() RuleName    { return RuleValueTotal }
func (ValuePeriod) Name() RuleName   { return RuleValuePeriod }
func (ValueStream) Name() RuleName   { return RuleValueStream }
func (ERC20Total) Name() RuleName    { return RuleERC20Total }
func (ERC20Period) Name() RuleName   { return RuleERC20Period }
func (ERC20Stream) Name() RuleName   { return RuleERC20Stream }
func (ERC721) Name() RuleName        { return RuleERC721 }
func (ERC1155) Name() RuleName       { return RuleERC1155 }
func (Argument) Name() RuleName      { return RuleArgument }
func (ArgumentTotal) Name() RuleName { return RuleArgumentTotal }
func (Count) Name() RuleName         { return RuleCount }
func (Rate) Name() RuleName          { return RuleRate }
func (TypedData) Name() RuleName     { return RuleTypedData }

func (ValuePerCall) kind() byte  { return kindValuePerCall }
func (ValueTotal) kind() byte    { return kindValueTotal }
func (ValuePeriod) kind() byte   { return kindValuePeriod }
func (ValueStream) kind() byte   { return kindValueStream }
func (ERC20Total) kind() byte    { return kindERC20Total }
func (ERC20Period) kind() byte   { return kindERC20Period }
func (ERC20Stream) kind() byte   { return kindERC20Stream }
func (ERC721) kind() byte        { return kindERC721 }
func (ERC1155) kind() byte       { return kindERC1155 }
func (Argument) kind() byte      { return kindArgument }
func (ArgumentTotal) kind() byte { return kindArgumentTotal }
func (Count) kind() byte         { return kindCount }
func (Rate) kind() byte          { return kindRate }
func (TypedData) kind() byte     { return kindTypedData }

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

// checkRules answers a *FieldError for the first rule that no permission, or
// not this one, can have.
func (p Permission) checkRules() error {
	rates := 0
	for _, r := range p.Rules {
		if r == nil {
			return fieldError("rules", "must not hold an empty rule")
		}
		if _, ok := r.(Rate); ok {
			rates++
		} else if p.Sudo {
			return fieldError("sudo", "allows every call: no rule but rate can follow, %s does", r.Name())
		}
		if err := cmp.Or(r.check(), p.checkFunction(r), p.checkToken(r)); err != nil {
			return err
		}
	}
	if rates > 1 {
		return fieldError(string(RuleRate), "must be given at most once, is given %d times", rates)
	}
	return nil
}

func (p Permission) checkFunction(r Rule) error {
	limited, ok := r.(onFunction)
	if ok && !slices.Contains(p.Functions, limited.function()) {
		return fieldError(string(r.Name()), "restricts %s, which functions does not list", limited.function())
	}
	return nil
}

func (p Permission) checkToken(r Rule) error {
	limited, ok := r.(onToken)
	if ok && p.covers(limited.token()) {
		return fieldError(string(r.Name()), "limits %s, which contracts grants as a whole", limited.token())
	}
	return nil
}

func (r ValuePerCall) check() error { return checkAmount(r, "max", r.Max) }
func (r ValueTotal) check() error   { return r.Total.check(r) }
func (r ValuePeriod) check() error  { return r.Period.check(r) }
func (r ValueStream) check() error  { return r.Stream.check(r) }
func (r ERC20Total) check() error   { return r.Total.check(r) }
func (r ERC20Period) check() error  { return r.Period.check(r) }
func (r ERC20Stream) check() error  { return r.Stream.check(r) }
func (r ERC721) check() error       { return checkWord(r, "id", r.ID) }

func (r ERC1155) check() error { return cmp.Or(checkWord(r, "id", r.ID), r.Total.check(r)) }

func (r ArgumentTotal) check() error { return r.Total.check(r) }

func (t Total) check(r Rule) error { return checkAmount(r, "max", t.Max) }

func (d Period) check(r Rule) error {
	if d.Seconds == 0 {
		return fieldError(string(r.Name()), "period must be at least 1 second, is 0")
	}
	return cmp.Or(checkAmount(r, "max", d.Max), checkStart(r, d.Start))
}

func (s Stream) check(r Rule) error {
	return cmp.Or(
		checkAmount(r, "initial", s.Initial),
		checkAmount(r, "perSecond", s.PerSecond),
		checkAmount(r, "max", s.max()),
		checkStart(r, s.Start),
	)
}

// max is 0 when there is none.
func (s Stream) max() *big.Int {
	if s.Max == nil {
		return new(big.Int)
	}
	return s.Max
}

func (r Argument) check() error {
	least, most := 1, 1
	switch r.Op {
	case Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual:
	case In:
		most = maxInOperands
	case Mask:
		least, most = 2, 2
	default:
		return fieldError(string(RuleArgument), "op must be from 0 (eq) to 7 (mask), is %d", byte(r.Op))
	}
	if n := len(r.Operands); n < least || n > most {
		return fieldError(string(RuleArgument), "%s must have %d to %d operands, has %d", r.Op, least, most, n)
	}
	for _, operand := range r.Operands {
		if err := checkWord(r, "operand", operand); err != nil {
			return err
		}
	}
	if r.Op == Mask && new(big.Int).AndNot(r.Operands[1], r.Operands[0]).Sign() != 0 {
		return fieldError(string(RuleArgument), "mask 0x%x cannot give 0x%x", r.Operands[0], r.Operands[1])
	}
	return nil
}

func (r Count) check() error {
	if r.Limit == 0 || r.Limit > MaxLimit {
		return fieldError(string(RuleCount), "limit must be from 1 to 2^48-1, is %d", r.Limit)
	}
	return nil
}

func (r Rate) check() error {
	if r.Count == 0 || r.Interval == 0 {
		return fieldError(string(RuleRate), "count and interval must be at least 1, are %d and %d", r.Count, r.Interval)
	}
	return nil
}

func (TypedData) check() error { return nil }

func checkAmount(r Rule, field string, v *big.Int) error {
	if v == nil || v.Sign() < 0 || v.Cmp(MaxAmount) > 0 {
		return fieldError(string(r.Name()), "%s must be from 0 to 2^128-1, is %v", field, v)
	}
	return nil
}

func checkWord(r Rule, field string, v *big.Int) error {
	if v == nil || v.Sign() < 0 || v.Cmp(MaxWord) > 0 {
		return fieldError(string(r.Name()), "%s must be from 0 to 2^256-1, is %v", field, v)
	}
	return nil
}

func checkStart(r Rule, start uint64) error {
	if start > MaxTime {
		return fieldError(string(r.Name()), "start must be at most 2^48-1, is %d", start)
	}
	return nil
}
