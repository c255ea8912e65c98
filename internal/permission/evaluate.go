package permission

import (
	"math/big"
	"slices"
	"strconv"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/userop"
)

// Operation is what a permission judges.
type Operation struct {
	Account      common.Address
	EntryPoint   common.Address
	CallData     []byte         // of the user operation, whole
	Function     string         // signature of the called function for messages, "" when unknown
	Paymaster    common.Address // zero when the account pays
	WorstCaseFee *big.Int       // wei over all gas legs; nil = 0
	Time         uint64         // chain time, unix seconds
	// Moment is what the signature names as the present, unix seconds. It
	// matters when the permission needs one.
	Moment uint64
	WayIn  userop.WayIn
}

// Evaluate answers nil when p allows op in the session's state s, and else
// the first rule that refuses. The rules and their order are those of
// LatchkeyAccount's validation, and of EntryPoint's check of the time window
// after it. Who signed is not judged here. p must be as Decode returned it.
// Compare the answer with nil before it becomes an error.
func Evaluate(p Permission, s State, op Operation) *Refusal {
	v, refusal := Validate(p, s, op)
	if refusal != nil {
		return refusal
	}
	return p.evaluateWindow(v, op)
}

// Validation is what the account leaves behind and answers when it allows an
// operation.
type Validation struct {
	State State
	// From and Until are the ends, inclusive, of the time in which EntryPoint
	// takes the operation. From may lie after Until.
	From, Until uint64
}

// Validate is Evaluate without the check of op.Time, which EntryPoint makes.
// The account charges its counters before that, whatever comes of it.
func Validate(p Permission, s State, op Operation) (Validation, *Refusal) {
	v := validator{p: p, op: op, status: s.Status, counters: p.counters(s)}
	steps := []func() *Refusal{v.enter, v.narrow, v.calls, v.fee}
	for _, step := range steps {
		if refusal := step(); refusal != nil {
			return Validation{}, refusal
		}
	}
	out := Validation{State: State{Status: v.status}, From: v.from, Until: v.until}
	for _, counter := range v.counters {
		if counter != nil {
			out.State.Counters = append(out.State.Counters, counter)
		}
	}
	return out, nil
}

// validator judges one operation. Counters are by position, nil for rules
// without one; it replaces and never changes the numbers that came in.
type validator struct {
	p        Permission
	op       Operation
	status   Status
	counters []*big.Int

	from, until uint64
}

// enter judges the session's status by its way in.
func (v *validator) enter() *Refusal {
	want := Active
	if v.op.WayIn != userop.Registered {
		want = None
	}
	if v.status.State != want {
		return refuseStatus(want, v.status.State)
	}
	if v.op.WayIn == userop.Stateless && v.p.HasCounter() {
		return refuse(RuleStatus, "no counter", "stateless", "a session with a counter cannot be stateless: it must be registered, or on its first use")
	}
	if v.op.WayIn == userop.FirstUse {
		v.status = Status{State: Active}
	}
	return nil
}

func refuseStatus(want, is Phase) *Refusal {
	explained := map[Phase]string{
		None:   "was not registered on chain, or all sessions were revoked since",
		Active: "is registered on chain already, so its grant cannot be used again",
		Closed: "was revoked",
	}[is]
	if explained == "" {
		explained = "has a status that this version does not know"
	}
	return refuse(RuleStatus, want.String(), is.String(), "the session must be %s, is %s: it %s", want, is, explained)
}

// narrow finds the time window, to which every rule that depends on time adds
// its own.
func (v *validator) narrow() *Refusal {
	v.from, v.until = v.p.ValidAfter, v.p.ValidUntil
	for position, r := range v.p.Rules {
		limited, ok := r.(timed)
		if !ok {
			continue
		}
		from, until, ok := limited.window(v.op.Moment)
		if !ok {
			return refuseMoment(r, position, v.op.Moment)
		}
		v.from, v.until = max(v.from, from), min(v.until, until)
	}
	return nil
}

func (v *validator) calls() *Refusal {
	calls, err := userop.DecodeCalls(v.op.CallData)
	if err != nil {
		return refuseCallData(v.op.CallData, err)
	}
	for _, call := range calls {
		if refusal := v.call(call); refusal != nil {
			return refusal
		}
	}
	return nil
}

func (v *validator) countCall() *Refusal {
	if v.p.Limit == 0 {
		return nil
	}
	if used := v.status.Uses; used >= v.p.Limit {
		return refuse(RuleLimit, strconv.FormatUint(v.p.Limit, 10), "1", "%d of %d calls are used, 1 more was asked", used, v.p.Limit).
			spent(strconv.FormatUint(used, 10))
	}
	v.status.Uses++
	return nil
}

func (v *validator) fee() *Refusal {
	p, op, limit, spent := v.p, v.op, v.p.feeLimit(), v.status.feeSpent()
	accountPays := op.Paymaster == (common.Address{})
	if !accountPays && !slices.Contains(p.Paymasters, op.Paymaster) {
		return p.refusePaymaster(op.Paymaster)
	}
	fee := new(big.Int)
	if op.WorstCaseFee != nil {
		fee = op.WorstCaseFee
	}
	if limit.Sign() == 0 {
		if !accountPays {
			return nil
		}
		return refuse(RuleFeeLimit, "0", fee.String(), "the account would pay up to %s wei itself, but the session has no fee budget; "+
			"use a gas policy, or grant a feeLimit", fee)
	}
	left := new(big.Int).Sub(limit, spent)
	if fee.Cmp(left) > 0 {
		return refuse(RuleFeeLimit, limit.String(), fee.String(), "%s of %s wei are spent, the operation may cost up to %s wei more", spent, limit, fee).
			spent(spent.String())
	}
	v.status.FeeSpent = new(big.Int).Add(spent, fee)
	return nil
}

func (p Permission) refusePaymaster(asked common.Address) *Refusal {
	granted := "none"
	if len(p.Paymasters) > 0 {
		granted = join(p.Paymasters)
	}
	return refuse(RulePaymasters, granted, asked.Hex(), "paymaster %s is not granted; granted: %s", asked, granted)
}

func (p Permission) evaluateWindow(v Validation, op Operation) *Refusal {
	now := op.Time
	asked := strconv.FormatUint(now, 10)
	if now < p.ValidAfter {
		return refuse(RuleValidAfter, strconv.FormatUint(p.ValidAfter, 10), asked, "the session starts at %d, chain time is %d", p.ValidAfter, now)
	}
	if now > p.ValidUntil {
		return refuse(RuleValidUntil, strconv.FormatUint(p.ValidUntil, 10), asked, "the session ended at %d, chain time is %d", p.ValidUntil, now)
	}
	if now < v.From || now > v.Until {
		return refuse(RuleMoment, strconv.FormatUint(v.From, 10)+" to "+strconv.FormatUint(v.Until, 10), asked,
			"the signature names moment %d, which stands for %d to %d, but chain time is %d", op.Moment, v.From, v.Until, now)
	}
	return nil
}
