package permission

import (
	"bytes"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/userop"
)

var (
	account   = common.HexToAddress("0xACC0")
	nft       = common.HexToAddress("0x2f7")
	token     = common.HexToAddress("0x20")
	paymaster = common.HexToAddress("0x9A9")
	mint      = userop.Selector{0x6a, 0x62, 0x78, 0x42}
)

func grant() Permission {
	return Permission{
		Signer: common.Address{1}, ValidAfter: 1000, ValidUntil: 2000, Limit: 3, FeeLimit: big.NewInt(100),
		Contracts: []common.Address{{0xc}}, Functions: []Function{{nft, mint}}, Paymasters: []common.Address{paymaster},
	}
}

func execute(t *testing.T, target common.Address, value int64, data []byte) []byte {
	t.Helper()
	callData, err := userop.ExecuteCall(target, big.NewInt(value), data)
	if err != nil {
		t.Fatal(err)
	}
	return callData
}

func TestEvaluateRefusals(t *testing.T) {
	t.Parallel()
	type terms struct {
		p  Permission
		s  Status
		op Operation
	}
	for _, c := range []struct {
		name   string
		change func(*terms)
		rule   RuleName
		limit  string
		asked  string
		want   string
	}{
		{"never registered", func(c *terms) { c.s.State = None }, RuleStatus, "active", "none", "status: the session must be active, is none"},
		{"closed", func(c *terms) { c.s.State = Closed }, RuleStatus, "active", "closed", "was revoked"},
		{"from the future", func(c *terms) { c.s.State = 7 }, RuleStatus, "active", "unknown (7)", "does not know"},
		{
			"not execute", func(c *terms) { c.op.CallData = userop.RevokeSession(common.Hash{}) },
			RuleFunctions, "one canonical execute or executeBatch", userop.RevokeSessionSelector.String(), "the account's execute",
		},
		{
			"trailing bytes", func(c *terms) { c.op.CallData = append(c.op.CallData, 0) },
			RuleFunctions, "one canonical execute or executeBatch", "", "does not fill call data",
		},
		{
			"the account", func(c *terms) { c.op.CallData = execute(t, account, 0, mint[:]) },
			RuleTarget, "any contract but the account and the EntryPoint", account.Hex(), "may not call the account itself",
		},
		{"the EntryPoint by a sudo key", func(c *terms) {
			c.p.Sudo, c.p.Contracts, c.p.Functions = true, nil, nil
			c.op.CallData = execute(t, userop.EntryPoint, 0, nil)
		}, RuleTarget, "any contract but the account and the EntryPoint", userop.EntryPoint.Hex(), "may not call the EntryPoint"},
		{
			"other function", func(c *terms) {
				c.op.CallData = execute(t, token, 0, transfer[:])
				c.op.Function = "transfer(address,uint256)"
			}, RuleFunctions, "0x6a627842 on " + nft.Hex() + ", all functions of 0x0c00000000000000000000000000000000000000",
			"transfer(address,uint256) 0xa9059cbb on " + token.Hex(),
			"functions: transfer(address,uint256) 0xa9059cbb on " + token.Hex() + " is not granted; granted are 0x6a627842 on " + nft.Hex(),
		},
		{"other contract", func(c *terms) {
			c.p.Functions = nil
			c.op.CallData = execute(t, token, 0, transfer[:])
		}, RuleContracts, "all functions of 0x0c00000000000000000000000000000000000000", "0xa9059cbb on " + token.Hex(), "0xa9059cbb on " + token.Hex() + " is not granted; granted are all functions of 0x0c"},
		{
			"short data", func(c *terms) { c.op.CallData = execute(t, nft, 0, mint[:3]) },
			RuleFunctions, "", "", "a call without function (3 bytes of data) on " + nft.Hex(),
		},
		{"value", func(c *terms) { c.op.CallData = execute(t, nft, 7, mint[:]) }, RuleValue, "0", "7", "7 wei were sent"},
		{"used up", func(c *terms) { c.s.Uses = 3 }, RuleLimit, "3", "1", "limit: 3 of 3 calls are used"},
		{"foreign paymaster", func(c *terms) { c.op.Paymaster = token }, RulePaymasters, paymaster.Hex(), token.Hex(), "is not granted; granted: " + paymaster.Hex()},
		{"no paymaster at all", func(c *terms) { c.op.Paymaster, c.p.Paymasters = token, nil }, RulePaymasters, "none", token.Hex(), "granted: none"},
		{"no fee budget", func(c *terms) { c.p.FeeLimit = nil }, RuleFeeLimit, "0", "60", "has no fee budget"},
		{"fee budget", func(c *terms) { c.s.FeeSpent = big.NewInt(41) }, RuleFeeLimit, "100", "60", "41 of 100 wei are spent, the operation may cost up to 60 wei more"},
		{"fee budget under a paymaster", func(c *terms) {
			c.s.FeeSpent, c.op.Paymaster = big.NewInt(41), paymaster
		}, RuleFeeLimit, "100", "60", "41 of 100 wei"},
		{"early", func(c *terms) { c.op.Time = 999 }, RuleValidAfter, "1000", "999", "starts at 1000"},
		{"late", func(c *terms) { c.op.Time = 2001 }, RuleValidUntil, "2000", "2001", "ended at 2000"},
	} {
		in := terms{grant(), Status{State: Active, Uses: 2, FeeSpent: big.NewInt(40)}, Operation{
			Account: account, EntryPoint: userop.EntryPoint,
			CallData: execute(t, nft, 0, mint[:]), WorstCaseFee: big.NewInt(60), Time: 1000,
		}}
		if refusal := Evaluate(in.p, State{Status: in.s}, in.op); refusal != nil {
			t.Fatalf("unchanged operation is refused: %v", refusal)
		}
		c.change(&in)
		got := Evaluate(in.p, State{Status: in.s}, in.op)
		if got == nil {
			t.Errorf("%s: is allowed", c.name)
			continue
		}
		if got.Rule != c.rule || !strings.Contains(got.Error(), c.want) || !strings.HasPrefix(got.Message, string(c.rule)+": ") {
			t.Errorf("%s: got rule %s, message %q; want %s, %q", c.name, got.Rule, got.Message, c.rule, c.want)
		}
		if c.limit != "" && got.Limit != c.limit || c.asked != "" && got.Asked != c.asked {
			t.Errorf("%s: got limit %q, asked %q; want %q, %q", c.name, got.Limit, got.Asked, c.limit, c.asked)
		}
	}
}

func TestEvaluateAllows(t *testing.T) {
	t.Parallel()
	whole := common.Address{0xc}
	sudo := grant()
	sudo.Sudo, sudo.Contracts, sudo.Functions = true, nil, nil
	uncounted := grant()
	uncounted.Limit = 0
	sponsored := grant()
	sponsored.FeeLimit = nil
	for _, c := range []struct {
		name string
		p    Permission
		s    Status
		op   Operation
	}{
		{"granted function", grant(), Status{}, Operation{CallData: execute(t, nft, 0, append(mint[:], 1, 2, 3))}},
		{"plain call of a whole contract", grant(), Status{}, Operation{CallData: execute(t, whole, 0, nil)}},
		{"any function of a whole contract", grant(), Status{}, Operation{CallData: execute(t, whole, 0, transfer[:])}},
		{"value by a sudo key", sudo, Status{}, Operation{CallData: execute(t, token, 1e18, nil)}},
		{"last call", grant(), Status{Uses: 2}, Operation{CallData: execute(t, nft, 0, mint[:])}},
		{"uncounted", uncounted, Status{Uses: MaxLimit}, Operation{CallData: execute(t, nft, 0, mint[:])}},
		{"all of the budget", grant(), Status{FeeSpent: big.NewInt(1)}, Operation{CallData: execute(t, nft, 0, mint[:]), WorstCaseFee: big.NewInt(99)}},
		{"sponsored", sponsored, Status{}, Operation{CallData: execute(t, nft, 0, mint[:]), Paymaster: paymaster, WorstCaseFee: big.NewInt(1e18)}},
		{"last moment", grant(), Status{}, Operation{CallData: execute(t, nft, 0, mint[:]), Time: 2000}},
	} {
		c.s.State, c.op.Account, c.op.EntryPoint = Active, account, userop.EntryPoint
		if c.op.Time == 0 {
			c.op.Time = 1500
		}
		if refusal := Evaluate(c.p, State{Status: c.s}, c.op); refusal != nil {
			t.Errorf("%s: %v", c.name, refusal)
		}
	}
}

func TestMessagesStayShort(t *testing.T) {
	t.Parallel()
	p := grant()
	p.Contracts, p.Functions = manyAddresses(MaxEntries), nil
	op := Operation{CallData: execute(t, common.Address{0xff}, 0, bytes.Repeat([]byte{1}, 100_000)), Time: 1500}
	got := Evaluate(p, State{Status: Status{State: Active}}, op)
	if got == nil || len(got.Message) > 1000 || !strings.Contains(got.Message, "245 more") {
		t.Errorf("got %v", got)
	}
	op.CallData = op.CallData[:len(op.CallData)-1]
	if got := Evaluate(p, State{Status: Status{State: Active}}, op); got == nil || len(got.Message)+len(got.Asked) > 1000 {
		t.Errorf("malformed call data: %d bytes of message", len(got.Message)+len(got.Asked))
	}
}

func TestParseStatus(t *testing.T) {
	t.Parallel()
	fee := new(big.Int).Sub(MaxFeeLimit, big.NewInt(5))
	word := new(big.Int).Lsh(MaxFeeLimit, 152) // reserved bits
	word.Or(word, new(big.Int).Lsh(fee, 56))
	word.Or(word, new(big.Int).Lsh(big.NewInt(MaxLimit-4), 8))
	word.Or(word, big.NewInt(int64(Closed)))
	got := ParseStatus(word)
	if got.State != Closed || got.Uses != MaxLimit-4 || got.FeeSpent.Cmp(fee) != 0 {
		t.Errorf("got %+v", got)
	}
	if got := ParseStatus(nil); got.State != None || got.Uses != 0 || got.FeeSpent.Sign() != 0 {
		t.Errorf("nil word: got %+v", got)
	}
}
