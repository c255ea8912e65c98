package permission

import (
	"bytes"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/google/go-cmp/cmp"

	"github.com/latchkey-dev/latchkey/internal/userop"
)

var (
	coin   = common.HexToAddress("0xc011")
	badge  = common.HexToAddress("0xba")
	multi  = common.HexToAddress("0x1155")
	nobody = common.HexToAddress("0xb0b")
)

func word(v int64) []byte { return common.BigToHash(big.NewInt(v)).Bytes() }

func addressWord(a common.Address) []byte { return common.LeftPadBytes(a[:], 32) }

func encoded(selector userop.Selector, words ...[]byte) []byte {
	return append(selector[:], bytes.Join(words, nil)...)
}

func pay(amount int64) []byte { return encoded(transfer, addressWord(nobody), word(amount)) }

func give(id, amount int64) []byte {
	return encoded(safeTransferMulti, addressWord(account), addressWord(nobody), word(id), word(amount), word(160), word(0))
}

type made struct {
	target common.Address
	value  int64
	data   []byte
}

// callsOf encodes one call as execute, and more as executeBatch.
func callsOf(t *testing.T, calls ...made) []byte {
	t.Helper()
	if len(calls) == 1 {
		return execute(t, calls[0].target, calls[0].value, calls[0].data)
	}
	var list []userop.Call
	for _, c := range calls {
		list = append(list, userop.Call{Target: c.target, Value: big.NewInt(c.value), Data: c.data})
	}
	out, err := userop.ExecuteBatch(list)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The moment of the cases is 1500; sessions start at 1000.
func TestRules(t *testing.T) {
	t.Parallel()
	n := big.NewInt
	f := Function{nft, mint}
	whole := common.Address{0xc}
	minted := func(words ...[]byte) made { return made{nft, 0, encoded(mint, words...)} }
	paid := func(amount int64) made { return made{coin, 0, pay(amount)} }
	sent := func(wei int64) made { return made{whole, wei, nil} }
	period := Period{n(10), 1000, 60} // the ninth began at 1480
	eighth := new(big.Int).Lsh(n(7), 128)
	ninth := new(big.Int).Lsh(n(8), 128)
	type counters = []*big.Int

	for _, c := range []struct {
		name   string
		rules  []Rule
		before counters
		calls  []made
		// refused is the rule that refuses, "" for none; position, limit, used
		// and asked are the refusal's.
		refused            RuleName
		position           int
		limit, used, asked string
		after              counters
	}{
		{"value per call, all", []Rule{ValuePerCall{n(10)}}, nil, []made{sent(10), sent(10)}, "", 0, "", "", "", nil},
		{"value per call, more", []Rule{ValuePerCall{n(10)}}, nil, []made{sent(10), sent(11)}, RuleValuePerCall, 0, "10", "", "11", nil},
		{"value of a token", []Rule{ValuePerCall{n(10)}, ERC20Total{coin, Total{n(10)}}}, counters{n(0)}, []made{{coin, 1, pay(1)}}, RuleValue, NoPosition, "0", "", "1", nil},
		{"value total, a batch", []Rule{ValueTotal{Total{n(10)}}}, counters{n(3)}, []made{sent(4), sent(3)}, "", 0, "", "", "", counters{n(10)}},
		{"value total, a batch too much", []Rule{ValueTotal{Total{n(10)}}}, counters{n(3)}, []made{sent(4), sent(4)}, RuleValueTotal, 0, "10", "7", "4", nil},
		{"all value rules", []Rule{ValuePerCall{n(9)}, ValueTotal{Total{n(10)}}, ValuePeriod{period}}, counters{n(1), n(0)}, []made{sent(9)}, "", 0, "", "", "", counters{n(10), new(big.Int).Or(ninth, n(9))}},
		{"value in the same period", []Rule{ValuePeriod{period}}, counters{new(big.Int).Or(ninth, n(5))}, []made{sent(6)}, RuleValuePeriod, 0, "10", "5", "6", nil},
		{"value in a new period", []Rule{ValuePeriod{period}}, counters{new(big.Int).Or(eighth, n(10))}, []made{sent(6)}, "", 0, "", "", "", counters{new(big.Int).Or(ninth, n(6))}},
		{"value of a later period", []Rule{ValuePeriod{period}}, counters{new(big.Int).Lsh(n(9), 128)}, []made{sent(6)}, RuleMoment, 0, "valuePeriod", "", "1500", nil},
		{"no value leaves a later period alone", []Rule{ValuePeriod{period}}, counters{new(big.Int).Lsh(n(9), 128)}, []made{sent(0)}, "", 0, "", "", "", counters{new(big.Int).Lsh(n(9), 128)}},
		{"stream", []Rule{ValueStream{Stream{n(5), n(2), nil, 1490}}}, counters{n(20)}, []made{sent(5)}, "", 0, "", "", "", counters{n(25)}},
		{"stream, more than accrued", []Rule{ValueStream{Stream{n(5), n(2), n(0), 1490}}}, counters{n(20)}, []made{sent(6)}, RuleValueStream, 0, "25", "20", "6", nil},
		{"stream, at its most", []Rule{ValueStream{Stream{n(5), n(2), n(24), 1490}}}, counters{n(20)}, []made{sent(5)}, RuleValueStream, 0, "24", "20", "5", nil},
		{"stream, not begun", []Rule{ValueStream{Stream{n(5), n(2), n(24), 1501}}}, nil, []made{sent(0)}, RuleMoment, 0, "valueStream", "", "1500", nil},

		{"token by other functions", []Rule{ERC20Total{coin, Total{n(10)}}}, counters{n(0)}, []made{
			{coin, 0, encoded(approve, addressWord(nobody), word(2))},
			{coin, 0, encoded(increaseAllowance, addressWord(nobody), word(3))},
			{coin, 0, encoded(transferFrom, addressWord(account), addressWord(nobody), word(5))},
		}, "", 0, "", "", "", counters{n(10)}},
		{"token, too much", []Rule{ERC20Total{coin, Total{n(10)}}}, counters{n(4)}, []made{paid(7)}, RuleERC20Total, 0, "10", "4", "7", nil},
		{"every rule of a token", []Rule{ERC20Total{coin, Total{n(5)}}, ERC20Total{coin, Total{n(10)}}, ERC20Period{coin, period}}, counters{n(0), n(6), n(0)}, []made{paid(5)}, RuleERC20Total, 1, "10", "6", "5", nil},
		{"token by stream", []Rule{ERC20Stream{coin, Stream{n(0), n(1), nil, 1490}}}, counters{n(1)}, []made{paid(10)}, RuleERC20Stream, 0, "10", "1", "10", nil},
		{"token from others", []Rule{ERC20Total{coin, Total{n(10)}}}, nil, []made{{coin, 0, encoded(transferFrom, addressWord(nobody), addressWord(nobody), word(1))}}, RuleToken, 0, "", "", "", nil},
		{"token by another function", []Rule{ERC20Total{coin, Total{n(10)}}}, nil, []made{{coin, 0, encoded(mint, addressWord(nobody), word(1))}}, RuleToken, 0, "", "", "", nil},
		{"token with bits above an address", []Rule{ERC20Total{coin, Total{n(10)}}}, nil, []made{{coin, 0, encoded(transfer, bytes.Repeat([]byte{1}, 32), word(1))}}, RuleToken, 0, "", "", "", nil},
		{"token with more data", []Rule{ERC20Total{coin, Total{n(10)}}}, nil, []made{{coin, 0, append(pay(1), 0)}}, RuleToken, 0, "", "", "", nil},
		{"token without data", []Rule{ERC20Total{coin, Total{n(10)}}}, nil, []made{{coin, 0, nil}}, RuleToken, 0, "", "", "", nil},

		{"badge", []Rule{ERC721{badge, n(7)}}, nil, []made{{badge, 0, encoded(safeTransferFrom, addressWord(account), addressWord(nobody), word(7))}}, "", 0, "", "", "", nil},
		{"other badge", []Rule{ERC721{badge, n(7)}}, nil, []made{{badge, 0, encoded(approve, addressWord(nobody), word(8))}}, RuleERC721, NoPosition, "7", "", "8", nil},
		{"one badge of two", []Rule{ERC721{badge, n(7)}, ERC721{badge, n(8)}}, nil, []made{{badge, 0, encoded(approve, addressWord(nobody), word(8))}}, "", 0, "", "", "", nil},
		{"all badges", []Rule{ERC721{badge, n(7)}}, nil, []made{{badge, 0, encoded(userop.Selector{0xa2, 0x2c, 0xb4, 0x65}, addressWord(nobody), word(1))}}, RuleToken, 0, "", "", "", nil},
		{"pieces", []Rule{ERC1155{multi, n(3), Total{n(10)}}}, counters{n(4)}, []made{{multi, 0, give(3, 6)}}, "", 0, "", "", "", counters{n(10)}},
		{"too many pieces", []Rule{ERC1155{multi, n(3), Total{n(10)}}}, counters{n(4)}, []made{{multi, 0, give(3, 7)}}, RuleERC1155, 0, "10", "4", "7", nil},
		{"other pieces", []Rule{ERC1155{multi, n(3), Total{n(10)}}}, counters{n(4)}, []made{{multi, 0, give(4, 1)}}, RuleERC1155, NoPosition, "3", "", "4", nil},

		{"argument", []Rule{Argument{f, 1, Less, []*big.Int{n(10)}}}, nil, []made{minted(word(99), word(9))}, "", 0, "", "", "", nil},
		{"argument, at the edge", []Rule{Argument{f, 1, Less, []*big.Int{n(10)}}}, nil, []made{minted(word(99), word(10))}, RuleArgument, 0, "lt 10", "", "10", nil},
		{"argument of another function", []Rule{Argument{f, 1, Less, []*big.Int{n(10)}}}, nil, []made{{whole, 0, encoded(mint, word(99), word(10))}}, "", 0, "", "", "", nil},
		{"no argument", []Rule{Argument{f, 1, GreaterOrEqual, []*big.Int{n(0)}}}, nil, []made{{nft, 0, encoded(mint, word(99), word(1)[1:])}}, RuleArgument, 0, "ge 0", "", "0", nil},
		{"sum of arguments", []Rule{ArgumentTotal{f, 0, Total{n(10)}}}, counters{n(1)}, []made{minted(word(4)), minted(word(5))}, "", 0, "", "", "", counters{n(10)}},
		{"too great a sum", []Rule{ArgumentTotal{f, 0, Total{n(10)}}}, counters{n(1)}, []made{minted(word(4)), minted(word(6))}, RuleArgumentTotal, 0, "10", "5", "6", nil},
		{"argument beyond amounts", []Rule{ArgumentTotal{f, 0, Total{MaxAmount}}}, counters{n(0)}, []made{minted(bytes.Repeat([]byte{0xff}, 32))}, RuleArgumentTotal, 0, MaxAmount.String(), "0", MaxWord.String(), nil},
		{"count", []Rule{Count{f, 3}}, counters{n(1)}, []made{minted(), minted()}, "", 0, "", "", "", counters{n(3)}},
		{"count of a batch", []Rule{Count{f, 3}}, counters{n(2)}, []made{minted(), minted()}, RuleCount, 0, "3", "3", "1", nil},
		{"calls that are not counted", []Rule{Count{f, 3}}, counters{n(3)}, []made{sent(0)}, "", 0, "", "", "", counters{n(3)}},
		{"limit of a batch", []Rule{TypedData{}}, nil, []made{minted(), minted(), minted(), minted()}, RuleLimit, NoPosition, "3", "3", "1", nil},
		{"rate", []Rule{Rate{2, 100}}, nil, []made{minted(), minted(), minted()}, RuleRate, 0, "2", "2", "1", nil},
	} {
		p, err := Decode(mustEncode(t, withRules(c.rules...)))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		p.FeeLimit = MaxFeeLimit
		v, refusal := Validate(p, State{Status{State: Active}, c.before}, Operation{
			Account: account, EntryPoint: userop.EntryPoint, CallData: callsOf(t, c.calls...), Moment: 1500,
		})
		if c.refused == "" {
			if refusal != nil {
				t.Errorf("%s: %v", c.name, refusal)
			} else if diff := cmp.Diff(c.after, v.State.Counters, compare); diff != "" {
				t.Errorf("%s: counters: %s", c.name, diff)
			}
			continue
		}
		if refusal == nil {
			t.Errorf("%s: is allowed", c.name)
			continue
		}
		if refusal.Rule != c.refused || refusal.Position != c.position || !strings.HasPrefix(refusal.Message, string(c.refused)+": ") {
			t.Errorf("%s: refused by %s at %d: %s", c.name, refusal.Rule, refusal.Position, refusal.Message)
		}
		if c.limit != "" && refusal.Limit != c.limit || refusal.Used != c.used || c.asked != "" && refusal.Asked != c.asked {
			t.Errorf("%s: limit %q, used %q, asked %q", c.name, refusal.Limit, refusal.Used, refusal.Asked)
		}
	}
}

func TestArgumentOperators(t *testing.T) {
	t.Parallel()
	n := big.NewInt
	for _, c := range []struct {
		op       Op
		operands []*big.Int
		allowed  []int64 // of 0 to 6
	}{
		{Equal, []*big.Int{n(3)}, []int64{3}},
		{NotEqual, []*big.Int{n(3)}, []int64{0, 1, 2, 4, 5, 6}},
		{Less, []*big.Int{n(3)}, []int64{0, 1, 2}},
		{LessOrEqual, []*big.Int{n(3)}, []int64{0, 1, 2, 3}},
		{Greater, []*big.Int{n(3)}, []int64{4, 5, 6}},
		{GreaterOrEqual, []*big.Int{n(3)}, []int64{3, 4, 5, 6}},
		{In, []*big.Int{n(1), n(5)}, []int64{1, 5}},
		{Mask, []*big.Int{n(5), n(4)}, []int64{4, 6}},
		{8, []*big.Int{n(3)}, nil},
	} {
		var allowed []int64
		for v := range int64(7) {
			if (Argument{Op: c.op, Operands: c.operands}).allows(n(v)) {
				allowed = append(allowed, v)
			}
		}
		if !cmp.Equal(allowed, c.allowed) {
			t.Errorf("%s %v allows %v, want %v", c.op, c.operands, allowed, c.allowed)
		}
	}
}

func TestMoments(t *testing.T) {
	t.Parallel()
	n := big.NewInt
	for _, c := range []struct {
		name        string
		rules       []Rule
		moment      uint64
		from, until uint64 // both 0 when the moment is refused
	}{
		{"none is needed", nil, 0, 1000, 2000},
		{"period", []Rule{ValuePeriod{Period{n(1), 1010, 60}}}, 1129, 1070, 1129},
		{"period's first moment", []Rule{ValuePeriod{Period{n(1), 1010, 60}}}, 1130, 1130, 1189},
		{"period's start", []Rule{ValuePeriod{Period{n(1), 1010, 60}}}, 1010, 1010, 1069},
		{"before a period's start", []Rule{ValuePeriod{Period{n(1), 1010, 60}}}, 1009, 0, 0},
		{"stream", []Rule{ERC20Stream{coin, Stream{n(1), n(1), nil, 1010}}}, 1129, 1129, 2000},
		{"before a stream's start", []Rule{ERC20Stream{coin, Stream{n(1), n(1), nil, 1010}}}, 1009, 0, 0},
		{"rate", []Rule{Rate{1, 100}}, 1129, 1100, 1199},
		{"all narrow", []Rule{ValuePeriod{Period{n(1), 1010, 60}}, ValueStream{Stream{n(1), n(1), nil, 1010}}, Rate{1, 100}}, 1129, 1129, 1129},
		{"at the ends of the session", []Rule{Rate{1, 1000}}, 2500, 2000, 2000},
		{"interval too far", []Rule{Rate{1, 1}}, 1 << 40, 0, 0},
		// A window that ends at 0 is one without end to EntryPoint.
		{"the beginning of time", []Rule{Rate{1, 1}}, 0, 0, 0},
		{"a period that ends at 0", []Rule{ValuePeriod{Period{n(1), 0, 1}}}, 0, 0, 0},
		{"a stream from 0", []Rule{ValueStream{Stream{n(1), n(1), nil, 0}}}, 0, 0, 0},
	} {
		op := Operation{Account: account, EntryPoint: userop.EntryPoint, CallData: execute(t, nft, 0, mint[:]), Moment: c.moment}
		v, refusal := Validate(withRules(c.rules...), State{Status: Status{State: Active}}, op)
		if c.from == 0 && (refusal == nil || refusal.Rule != RuleMoment) {
			t.Errorf("%s: moment %d gives %d to %d (%v)", c.name, c.moment, v.From, v.Until, refusal)
		}
		if c.from != 0 && (refusal != nil || v.From != c.from || v.Until != c.until) {
			t.Errorf("%s: moment %d gives %d to %d (%v), want %d to %d", c.name, c.moment, v.From, v.Until, refusal, c.from, c.until)
		}
	}
	// A moment that is not chain time's own is refused by EntryPoint.
	p := withRules(Rate{1, 100})
	op := Operation{Account: account, CallData: execute(t, nft, 0, mint[:]), Moment: 1199, Time: 1200}
	if refusal := Evaluate(p, State{Status: Status{State: Active}}, op); refusal == nil || refusal.Rule != RuleMoment || refusal.Limit != "1100 to 1199" {
		t.Errorf("got %v", refusal)
	}
}

func TestWaysIn(t *testing.T) {
	t.Parallel()
	counted, free := grant(), grant()
	free.Limit, free.FeeLimit = 0, nil
	for _, c := range []struct {
		name  string
		p     Permission
		way   userop.WayIn
		state Phase
		want  string // "" when allowed
	}{
		{"first use", counted, userop.FirstUse, None, ""},
		{"first use again", counted, userop.FirstUse, Active, "must be none, is active: it is registered on chain already"},
		{"first use after revocation", counted, userop.FirstUse, Closed, "must be none, is closed: it was revoked"},
		{"stateless", free, userop.Stateless, None, ""},
		{"stateless after revocation", free, userop.Stateless, Closed, "was revoked"},
		{"stateless with a counter", counted, userop.Stateless, None, "cannot be stateless"},
	} {
		op := Operation{Account: account, CallData: execute(t, nft, 0, mint[:]), Paymaster: paymaster, WayIn: c.way}
		v, refusal := Validate(c.p, State{Status: Status{State: c.state}}, op)
		if c.want != "" {
			if refusal == nil || refusal.Rule != RuleStatus || !strings.Contains(refusal.Message, c.want) {
				t.Errorf("%s: got %v", c.name, refusal)
			}
			continue
		}
		if refusal != nil {
			t.Errorf("%s: %v", c.name, refusal)
		}
		if want := map[userop.WayIn]Phase{userop.FirstUse: Active, userop.Stateless: None}[c.way]; v.State.State != want {
			t.Errorf("%s: the session is %s after it, want %s", c.name, v.State.State, want)
		}
	}
}

func TestRateCounts(t *testing.T) {
	t.Parallel()
	p := withRules(Rate{2, 100})
	s := State{Status: Status{State: Active, Interval: 14, IntervalUses: 2}}
	op := Operation{Account: account, CallData: execute(t, nft, 0, mint[:]), Moment: 1500}
	v, refusal := Validate(p, s, op)
	if refusal != nil || v.State.Interval != 15 || v.State.IntervalUses != 1 || v.State.Uses != 1 {
		t.Errorf("a new interval leaves %+v, %v", v.State, refusal)
	}
	s.Interval = 16
	if _, refusal := Validate(p, s, op); refusal == nil || refusal.Rule != RuleMoment {
		t.Errorf("a later interval: got %v", refusal)
	}
	s.Interval = 15
	if _, refusal := Validate(p, s, op); refusal == nil || refusal.Rule != RuleRate || refusal.Used != "2" {
		t.Errorf("a full interval: got %v", refusal)
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	n := big.NewInt
	p := withRules(
		ValueTotal{Total{n(10)}}, ValuePeriod{Period{n(20), 1000, 60}}, ValueStream{Stream{n(5), n(2), nil, 1490}},
		ERC20Stream{coin, Stream{n(5), n(2), nil, 1600}}, ERC721{badge, n(1)}, Count{Function{nft, mint}, 4}, Rate{3, 100},
	)
	s := State{
		Status{State: Active, Uses: 1, FeeSpent: n(30), Interval: 15, IntervalUses: 2},
		[]*big.Int{n(4), new(big.Int).Or(new(big.Int).Lsh(n(7), 128), n(6)), n(20), n(0), n(1)},
	}
	type row struct {
		Rule              RuleName
		Position          int
		Limit, Used, Left int64
		ResetsAt          uint64
	}
	want := []row{
		{RuleLimit, NoPosition, 3, 1, 2, 0},
		{RuleFeeLimit, NoPosition, 100, 30, 70, 0},
		{RuleValueTotal, 0, 10, 4, 6, 0},
		{RuleValuePeriod, 1, 20, 0, 20, 1540}, // spent in the period before
		{RuleValueStream, 2, 25, 20, 5, 0},    // accrued
		{RuleERC20Stream, 3, 0, 0, 0, 0},      // not begun
		{RuleCount, 5, 4, 1, 3, 0},
		{RuleRate, 6, 3, 2, 1, 1600},
	}
	var got []row
	for _, u := range Usage(p, s, 1500) {
		got = append(got, row{u.Rule, u.Position, u.Limit.Int64(), u.Used.Int64(), u.Left.Int64(), u.ResetsAt})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
