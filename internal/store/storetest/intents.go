package storetest

import (
	"encoding/json"
	"errors"
	"math/big"
	"slices"
	"sync/atomic"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/bundler"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/session"
	"github.com/latchkey-dev/latchkey/internal/sponsor"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// intentOf describes a waiting intent.
func (s suite) intentOf(a account.Account, lane uint64) intent.Intent {
	return intent.Intent{
		ID: id.New(id.Intent), ProjectID: a.ProjectID, PlayerID: a.PlayerID, AccountID: a.ID, AccountAddress: a.Address,
		ChainID: a.ChainID, Kind: intent.Call, Status: intent.Waiting, Operation: operationOf(a, lane),
		OperationHash: hash(byte(lane)), Lane: lane, MaxCost: big.NewInt(1000 + int64(lane)),
		CreatedAt: moment(20), UpdatedAt: moment(20),
	}
}

func operationOf(a account.Account, lane uint64) userop.Operation {
	return userop.Operation{
		Sender: a.Address, Nonce: userop.Nonce(lane, 5), CallData: []byte{0, 1, 2},
		CallGasLimit: big.NewInt(1), VerificationGasLimit: big.NewInt(2), PreVerificationGas: big.NewInt(3),
		MaxFeePerGas: big.NewInt(4), MaxPriorityFeePerGas: big.NewInt(5),
	}
}

func outcomeOf() intent.Outcome {
	return intent.Outcome{
		Success: true, BlockNumber: 7, BlockHash: hash(1), BlockTime: 1_790_000_000, TxHash: hash(2), To: address(3),
		GasUsed: big.NewInt(100_000), GasFee: wide(3), Revert: []byte{8, 0xc3, 0x79, 0xa0},
		Logs: []*types.Log{
			{Address: address(4), Topics: []common.Hash{hash(5), hash(6)}, Data: []byte{1}, BlockNumber: 7, TxHash: hash(2), TxIndex: 1, BlockHash: hash(1), Index: 9},
			{Address: address(5), Topics: []common.Hash{}, Data: []byte{}, TxHash: hash(2)},
		},
	}
}

func delegationOf() *intent.Delegation {
	return &intent.Delegation{Returning: true, Authorization: types.SetCodeAuthorization{
		ChainID: *uint256.NewInt(80002), Address: address(7), Nonce: 1 << 63, V: 1, R: *uint256.MustFromBig(wide(2)), S: *uint256.NewInt(3),
	}}
}

func intentRoundTrip(s suite) {
	a, p := s.newAccount(1), s.newPolicy()
	ses := s.newSession(a, 1)
	out := outcomeOf()
	in := intent.Intent{
		ID: id.New(id.Intent), ProjectID: s.project.ID, PlayerID: a.PlayerID, AccountID: a.ID, AccountAddress: a.Address,
		PolicyID: p.ID, ChainID: 80002, Kind: intent.RevokeSession, SessionID: ses.ID,
		Interactions: []intent.Interaction{
			{To: address(1), Value: wide(5), Data: []byte{1, 2, 3}, Contract: "con_x", Function: "mint(address)", Args: []any{
				"0x1", json.Number("123456789012345678901234567890"), true, nil, []any{"nested", map[string]any{"a": json.Number("1.5")}},
			}},
			{To: address(2), Value: new(big.Int)},
		},
		Status: intent.Failed, Operation: operationOf(a, 255), OperationHash: hash(7), Lane: 255, MaxCost: wide(6), DeployFirst: true,
		ExpiresAt: 281474976710655, SignedBy: ses.ID, ClientSig: []byte{0, 1, 0}, Outcome: &out,
		Failure:     &intent.Failure{Reason: "reverted", Name: "CallNotAllowed", Cause: "rule", Solution: "ask"},
		Transitions: []intent.Transition{{From: "none", To: "new", At: moment(20)}, {From: "new", To: "sent", At: moment(21)}},
		CreatedAt:   moment(20), UpdatedAt: moment(22),
	}
	in.Operation.Factory, in.Operation.FactoryData = address(8), []byte{8}
	in.Delegation = delegationOf()
	in.Operation.Paymaster, in.Operation.PaymasterData = address(9), []byte{9}
	in.Operation.PaymasterVerificationGasLimit, in.Operation.PaymasterPostOpGasLimit = big.NewInt(6), new(big.Int)
	in.Operation.Signature = []byte{1, 0}
	s.must(s.db.OpenIntent(s.ctx, in, account.Account{}, nil, func(*sponsor.Policy) error { return nil }))
	same(s, value(s.db.Intent(s.ctx, s.project.ID, in.ID))(s), in)
	s.wantFault(s.db.OpenIntent(s.ctx, in, account.Account{}, nil, func(*sponsor.Policy) error { return nil }), fault.Conflict)

	zero := intent.Intent{ID: id.New(id.Intent), ProjectID: s.project.ID, PlayerID: a.PlayerID, AccountID: a.ID, Operation: operationOf(a, 0)}
	s.must(s.db.OpenIntent(s.ctx, zero, account.Account{}, nil, nil))
	zero.MaxCost = new(big.Int) // nil is kept as zero
	same(s, value(s.db.Intent(s.ctx, s.project.ID, zero.ID))(s), zero)

	_, err := s.db.Intent(s.ctx, s.newProject().ID, in.ID)
	s.wantFault(err, fault.NotFound)
	stray := s.intentOf(a, 3)
	stray.AccountID = id.New(id.Account)
	s.wantFault(s.db.OpenIntent(s.ctx, stray, account.Account{}, nil, nil), fault.NotFound)
}

func intentFilters(s suite) {
	a, b, p := s.newAccount(1), s.newAccount(2), s.newPolicy()
	ses := s.newSession(b, 1)
	register := value(s.db.Intent(s.ctx, s.project.ID, ses.RegisterIntent))(s)
	plain, sponsored, used := s.intentOf(a, 1), s.intentOf(a, 2), s.intentOf(b, 2)
	plain.SignedBy = intent.OwnerSigned
	sponsored.PolicyID = p.ID
	used.SignedBy, used.Status = ses.ID, intent.Succeeded
	for i, in := range []*intent.Intent{&plain, &sponsored, &used} {
		in.CreatedAt = moment(30 + i)
		s.must(s.db.OpenIntent(s.ctx, *in, account.Account{}, nil, func(*sponsor.Policy) error { return nil }))
	}
	yes, no := true, false
	for _, c := range []struct {
		name string
		f    intent.Filter
		want []intent.Intent
	}{
		{"none", intent.Filter{}, []intent.Intent{register, plain, sponsored, used}},
		{"accounts", intent.Filter{AccountIDs: []string{a.ID, "acc_none"}}, []intent.Intent{plain, sponsored}},
		{"players", intent.Filter{PlayerIDs: []string{b.PlayerID}}, []intent.Intent{register, used}},
		{"policies", intent.Filter{PolicyIDs: []string{"pol_none", p.ID}, AccountIDs: []string{a.ID}}, []intent.Intent{sponsored}},
		{"session", intent.Filter{SessionID: ses.ID}, []intent.Intent{register, used}},
		{"session and account", intent.Filter{SessionID: ses.ID, AccountIDs: []string{a.ID}}, nil},
		{"session of nobody", intent.Filter{SessionID: "owner"}, nil},
		{"chain", intent.Filter{ChainID: 1}, nil},
		{"final", intent.Filter{Final: &yes}, []intent.Intent{used}},
		{"open", intent.Filter{Final: &no, SessionID: ses.ID}, []intent.Intent{register}},
	} {
		got := value(s.db.Intents(s.ctx, s.project.ID, c.f, page.Request{Order: page.Ascending}))(s)
		if got.Total != len(c.want) {
			s.Errorf("%s: total %d, want %d", c.name, got.Total, len(c.want))
		}
		same(s, got.Items, c.want)
	}
	other := s.newProject()
	if got := value(s.db.Intents(s.ctx, other.ID, intent.Filter{SessionID: ses.ID}, page.Request{}))(s); got.Total != 0 {
		s.Errorf("another project sees %d intents of the session", got.Total)
	}
}

func intentReserves(s suite) {
	a, p := s.newAccount(1), s.newPolicy()
	in := s.intentOf(a, 0)
	in.PolicyID = p.ID
	ses := sessionOf(a, 1)

	err := s.db.OpenIntent(s.ctx, in, account.Account{}, &ses, func(*sponsor.Policy) error { return errRefused })
	s.wantError(err, errRefused)
	_, err = s.db.Intent(s.ctx, s.project.ID, in.ID)
	s.wantFault(err, fault.NotFound)
	_, err = s.db.Session(s.ctx, s.project.ID, ses.ID)
	s.wantFault(err, fault.NotFound)

	s.must(s.db.OpenIntent(s.ctx, in, account.Account{}, &ses, func(p *sponsor.Policy) error {
		p.Reserved.Add(p.Reserved, wide(1))
		return nil
	}))
	if got := value(s.db.Policy(s.ctx, s.project.ID, p.ID))(s); got.Reserved.Cmp(wide(1)) != 0 {
		s.Errorf("reserved %s, want %s", got.Reserved, wide(1))
	}

	// Losing the lane gives the reservation back.
	lost := s.intentOf(a, 0)
	lost.PolicyID = p.ID
	s.wantError(s.db.OpenIntent(s.ctx, lost, account.Account{}, nil, func(p *sponsor.Policy) error {
		p.Reserved.Add(p.Reserved, wide(1))
		return nil
	}), intent.ErrLaneTaken)
	if got := value(s.db.Policy(s.ctx, s.project.ID, p.ID))(s); got.Reserved.Cmp(wide(1)) != 0 {
		s.Errorf("reserved %s after a lost lane, want %s", got.Reserved, wide(1))
	}
}

// Operations that are opened at the same time share one budget: as many fit as
// it has room for, to the wei, and one that ends makes room for another.
func budgetRace(s suite) {
	a, p := s.newAccount(1), s.newPolicy()
	const room = 3
	cost := wide(1)
	value(s.db.UpdatePolicy(s.ctx, s.project.ID, p.ID, func(p sponsor.Policy) (sponsor.Policy, error) {
		p.Budget = new(big.Int).Mul(cost, big.NewInt(room))
		return p, nil
	}))(s)
	open := func(lane int) (intent.Intent, error) {
		in := s.intentOf(a, uint64(lane))
		in.PolicyID, in.MaxCost = p.ID, cost
		return in, s.db.OpenIntent(s.ctx, in, account.Account{}, nil, func(p *sponsor.Policy) error { return p.Reserve(in.MaxCost) })
	}
	taken := make(chan intent.Intent, racers)
	var refused atomic.Int32
	race(func(i int) {
		switch in, err := open(i); {
		case err == nil:
			taken <- in
		case fault.Is(err, fault.Invalid):
			refused.Add(1)
		default:
			s.Error(err)
		}
	})
	if len(taken) != room || refused.Load() != racers-room {
		s.Fatalf("%d fit and %d were refused, want %d and %d", len(taken), refused.Load(), room, racers-room)
	}
	value(s.db.ChangeIntent(s.ctx, (<-taken).ID, func(c *intent.Change) error {
		c.Intent.Status = intent.Expired
		c.Policy.Reserved = new(big.Int).Sub(c.Policy.Reserved, c.Intent.MaxCost)
		return nil
	}))(s)
	if _, err := open(racers); err != nil {
		s.Errorf("after one has ended: %v", err)
	}
	_, err := open(racers + 1)
	s.wantFault(err, fault.Invalid)
	got := value(s.db.Policy(s.ctx, s.project.ID, p.ID))(s)
	if got.Reserved.Cmp(got.Budget) != 0 {
		s.Errorf("reserved %s, want the budget of %s", got.Reserved, got.Budget)
	}
}

func intentStepFails(s suite) {
	a, p := s.newAccount(1), s.newPolicy()
	in := s.intentOf(a, 1)
	in.PolicyID = p.ID
	s.must(s.db.OpenIntent(s.ctx, in, account.Account{}, nil, func(*sponsor.Policy) error { return nil }))
	_, err := s.db.ChangeIntent(s.ctx, in.ID, func(c *intent.Change) error {
		c.Intent.Status = intent.Signed
		c.Account.Owner = userop.OwnerAt(address(77))
		c.Policy.Spent = wide(7)
		c.Queue = &intent.Queue{Operation: in.Operation, Hash: in.OperationHash, ChainID: in.ChainID}
		return errRefused
	})
	s.wantError(err, errRefused)
	same(s, value(s.db.Intent(s.ctx, s.project.ID, in.ID))(s), in)
	same(s, value(s.db.Account(s.ctx, s.project.ID, a.ID))(s), a)
	same(s, value(s.db.Policy(s.ctx, s.project.ID, p.ID))(s), p)
	_, err = s.db.Operation(s.ctx, in.ChainID, in.OperationHash)
	s.wantFault(err, fault.NotFound)

	_, err = s.db.ChangeIntent(s.ctx, id.New(id.Intent), func(*intent.Change) error { return nil })
	s.wantFault(err, fault.NotFound)
	_, err = s.db.ChangeIntent(s.ctx, in.ID, func(c *intent.Change) error {
		c.Account.ID = id.New(id.Account)
		return nil
	})
	if err == nil {
		s.Error("a step may replace the account by another")
	}
}

func intentStepSavesAll(s suite) {
	a, p := s.newAccount(1), s.newPolicy()
	ses := sessionOf(a, 1)
	in := s.intentOf(a, 1)
	in.PolicyID, in.SessionID, in.Kind = p.ID, ses.ID, intent.RegisterSession
	s.must(s.db.OpenIntent(s.ctx, in, account.Account{}, &ses, func(*sponsor.Policy) error { return nil }))

	deployed := moment(40)
	got := value(s.db.ChangeIntent(s.ctx, in.ID, func(c *intent.Change) error {
		same(s, *c.Intent, in)
		same(s, *c.Session, ses)
		same(s, *c.Account, a)
		same(s, *c.Policy, p)
		c.Intent.Status, c.Intent.SignedBy = intent.Signed, intent.OwnerSigned
		c.Session.State = session.Active
		c.Account.DeployedAt = &deployed
		c.Policy.Reserved.SetInt64(5) // in place
		return nil
	}))(s)
	in.Status, in.SignedBy = intent.Signed, intent.OwnerSigned
	ses.State, a.DeployedAt, p.Reserved = session.Active, &deployed, big.NewInt(5)
	same(s, got, in)
	same(s, value(s.db.Intent(s.ctx, s.project.ID, in.ID))(s), in)
	same(s, value(s.db.Session(s.ctx, s.project.ID, ses.ID))(s), ses)
	same(s, value(s.db.Account(s.ctx, s.project.ID, a.ID))(s), a)
	same(s, value(s.db.Policy(s.ctx, s.project.ID, p.ID))(s), p)

	bare := s.intentOf(a, 2)
	s.must(s.db.OpenIntent(s.ctx, bare, account.Account{}, nil, nil))
	value(s.db.ChangeIntent(s.ctx, bare.ID, func(c *intent.Change) error {
		if c.Session != nil || c.Policy != nil || c.Account == nil || c.Queue != nil {
			s.Errorf("an intent without session and policy has %+v", c)
		}
		return nil
	}))(s)
}

func intentQueuesOnce(s suite) {
	a := s.newAccount(1)
	in := s.intentOf(a, 1)
	s.must(s.db.OpenIntent(s.ctx, in, account.Account{}, nil, nil))
	q := intent.Queue{
		Operation: in.Operation, Hash: in.OperationHash, ChainID: in.ChainID, After: hash(9), Alone: true,
		Deploy: &intent.FactoryCall{Factory: address(8), Data: []byte{1}}, Delegation: delegationOf(),
	}
	for range 2 {
		value(s.db.ChangeIntent(s.ctx, in.ID, func(c *intent.Change) error {
			c.Queue = &q
			return nil
		}))(s)
		q.Alone = false // ignored the second time
	}
	got := value(s.db.QueuedOperations(s.ctx, in.ChainID, 10))(s)
	delegation := bundler.Delegation(*delegationOf())
	same(s, got, []bundler.Operation{{
		Hash: in.OperationHash, ChainID: in.ChainID, Op: in.Operation, Deploy: &bundler.FactoryCall{Factory: address(8), Data: []byte{1}},
		Delegation: &delegation, After: hash(9), Alone: true, State: bundler.Queued, CreatedAt: in.UpdatedAt, UpdatedAt: in.UpdatedAt,
	}})
}

func lanes(s suite) {
	a, b := s.newAccount(1), s.newAccount(2)
	for _, lane := range []uint64{3, 0, 255} {
		s.must(s.db.OpenIntent(s.ctx, s.intentOf(a, lane), account.Account{}, nil, nil))
	}
	s.must(s.db.OpenIntent(s.ctx, s.intentOf(b, 3), account.Account{}, nil, nil))
	s.wantError(s.db.OpenIntent(s.ctx, s.intentOf(a, 3), account.Account{}, nil, nil), intent.ErrLaneTaken)
	if got := value(s.db.LanesInUse(s.ctx, a.ID))(s); !slices.Equal(got, []uint64{0, 3, 255}) {
		s.Errorf("lanes in use are %v, want 0, 3, 255", got)
	}

	held := value(s.db.Intents(s.ctx, s.project.ID, intent.Filter{AccountIDs: []string{b.ID}}, page.Request{}))(s).Items[0]
	for _, c := range []struct {
		status intent.Status
		held   bool
	}{{intent.Signed, true}, {intent.Succeeded, false}} {
		value(s.db.ChangeIntent(s.ctx, held.ID, func(ch *intent.Change) error {
			ch.Intent.Status = c.status
			return nil
		}))(s)
		if got := len(value(s.db.LanesInUse(s.ctx, b.ID))(s)) == 1; got != c.held {
			s.Errorf("%s: lane held %t, want %t", c.status, got, c.held)
		}
	}
	s.must(s.db.OpenIntent(s.ctx, s.intentOf(b, 3), account.Account{}, nil, nil))
}

func openIntentsOf(s suite) {
	a, b := s.newAccount(1), s.newAccount(2)
	var want []intent.Intent
	for lane := range uint64(page.MaxLimit + 5) {
		in := s.intentOf(a, lane)
		in.CreatedAt = moment(500 - int(lane)) // later lanes are older
		s.must(s.db.OpenIntent(s.ctx, in, account.Account{}, nil, nil))
		want = slices.Insert(want, 0, in)
	}
	s.must(s.db.OpenIntent(s.ctx, s.intentOf(b, 0), account.Account{}, nil, nil))
	value(s.db.ChangeIntent(s.ctx, want[0].ID, func(c *intent.Change) error {
		c.Intent.Status = intent.Expired
		return nil
	}))(s)
	same(s, value(s.db.OpenIntentsOf(s.ctx, a.ID))(s), want[1:])
}

func lanesRace(s suite) {
	a, p := s.newAccount(1), s.newPolicy()
	var won, lost atomic.Int32
	race(func(int) {
		in := s.intentOf(a, 4)
		in.PolicyID = p.ID
		err := s.db.OpenIntent(s.ctx, in, account.Account{}, nil, func(p *sponsor.Policy) error {
			p.Reserved = new(big.Int).Add(p.Reserved, big.NewInt(1))
			return nil
		})
		switch {
		case err == nil:
			won.Add(1)
		case errors.Is(err, intent.ErrLaneTaken):
			lost.Add(1)
		default:
			s.Error(err)
		}
	})
	if won.Load() != 1 || lost.Load() != racers-1 {
		s.Errorf("%d won and %d lost the lane, want 1 and %d", won.Load(), lost.Load(), racers-1)
	}
	if got := value(s.db.Policy(s.ctx, s.project.ID, p.ID))(s); got.Reserved.Int64() != 1 {
		s.Errorf("reserved %s, want 1", got.Reserved)
	}
}

func overdueIntents(s suite) {
	a := s.newAccount(1)
	var want []intent.Intent
	for lane := range uint64(4) {
		in := s.intentOf(a, lane)
		in.CreatedAt = moment(50 - int(lane)) // later lanes are older
		in.ExpiresAt = 100 + lane
		if lane == 0 {
			in.Status = intent.Signed
		}
		s.must(s.db.OpenIntent(s.ctx, in, account.Account{}, nil, nil))
		want = slices.Insert(want, 0, in)
	}
	same(s, value(s.db.OverdueIntents(s.ctx, 80002, 103, 10))(s), want[:3])
	same(s, value(s.db.OverdueIntents(s.ctx, 80002, 103, 2))(s), want[:2])
	same(s, value(s.db.OverdueIntents(s.ctx, 80002, 101, 10))(s), want[2:3])
	same(s, value(s.db.OverdueIntents(s.ctx, 1, 103, 10))(s), nil)
}

func decidedIntents(s suite) {
	ops := s.queue(3)
	same(s, value(s.db.DecidedIntents(s.ctx, chainID, 10))(s), nil)
	for _, op := range ops[1:] {
		op.State, op.Reason = bundler.Dropped, "given up"
		s.must(s.db.SettleOperation(s.ctx, s.lease("a", time.Minute), op))
	}
	got := value(s.db.DecidedIntents(s.ctx, chainID, 10))(s)
	if len(got) != 2 || got[0].OperationHash != ops[1].Hash || got[1].OperationHash != ops[2].Hash {
		s.Errorf("decided are %d intents, want those of the two dropped operations", len(got))
	}
	if got := value(s.db.DecidedIntents(s.ctx, chainID, 1))(s); len(got) != 1 {
		s.Errorf("%d intents are answered, want 1", len(got))
	}
	same(s, value(s.db.DecidedIntents(s.ctx, chainID+1, 10))(s), nil)
}

func sponsoredCost(s suite) {
	a, p := s.newAccount(1), s.newPolicy()
	for lane, c := range []struct {
		sponsored bool
		status    intent.Status
		chain     uint64
	}{
		{true, intent.Waiting, 80002}, {true, intent.Signed, 80002}, // counted
		{false, intent.Waiting, 80002}, {true, intent.Succeeded, 80002}, {true, intent.Waiting, 1},
	} {
		in := s.intentOf(a, uint64(lane))
		in.Status, in.ChainID, in.MaxCost = c.status, c.chain, wide(int64(lane))
		if c.sponsored {
			in.PolicyID = p.ID
		}
		s.must(s.db.OpenIntent(s.ctx, in, account.Account{}, nil, func(*sponsor.Policy) error { return nil }))
	}
	want := new(big.Int).Add(wide(0), wide(1))
	if got := value(s.db.SponsoredCost(s.ctx, 80002))(s); got.Cmp(want) != 0 {
		s.Errorf("sponsored cost is %s, want %s", got, want)
	}
	if got := value(s.db.SponsoredCost(s.ctx, 7))(s); got.Sign() != 0 {
		s.Errorf("sponsored cost of an idle chain is %s", got)
	}
}

// Opening, stepping and updating touch the same session, account and policy in
// different ways: none may wait for another for ever, and nothing may get lost.
func intentsAndStepsRace(s suite) {
	a, p := s.newAccount(1), s.newPolicy()
	ses := sessionOf(a, 1)
	first := s.intentOf(a, 100)
	first.PolicyID, first.SessionID = p.ID, ses.ID
	one := func(p *sponsor.Policy) error {
		p.Reserved = new(big.Int).Add(p.Reserved, big.NewInt(1))
		return nil
	}
	s.must(s.db.OpenIntent(s.ctx, first, account.Account{}, &ses, one))
	began := time.Now()
	race(func(i int) {
		var err error
		switch i % 4 {
		case 0:
			in := s.intentOf(a, uint64(i))
			in.PolicyID, in.SessionID = p.ID, ses.ID
			revoked := ses
			revoked.RevokeIntent = in.ID
			err = s.db.OpenIntent(s.ctx, in, account.Account{}, &revoked, one)
		case 1:
			_, err = s.db.ChangeIntent(s.ctx, first.ID, func(c *intent.Change) error { return one(c.Policy) })
		case 2:
			_, err = s.db.UpdatePolicy(s.ctx, s.project.ID, p.ID, func(p sponsor.Policy) (sponsor.Policy, error) {
				err := one(&p)
				return p, err
			})
		case 3:
			_, err = s.db.UpdateAccount(s.ctx, s.project.ID, a.ID, func(a account.Account) (account.Account, error) {
				a.UpdatedAt = a.UpdatedAt.Add(time.Second)
				return a, nil
			})
		}
		if err != nil {
			s.Errorf("racer %d: %v", i, err)
		}
	})
	if took := time.Since(began); took > 30*time.Second {
		s.Errorf("took %s: transactions wait for each other", took)
	}
	want := int64(1 + racers*3/4)
	if got := value(s.db.Policy(s.ctx, s.project.ID, p.ID))(s); got.Reserved.Int64() != want {
		s.Errorf("reserved %s, want %d", got.Reserved, want)
	}
}
