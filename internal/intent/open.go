package intent

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/session"
	"github.com/latchkey-dev/latchkey/internal/sponsor"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// MaxLanes is how many operations of one account may be open at a time. The
// last of them are kept for account functions: calls that nobody signs must not
// keep an owner from revoking a session.
const (
	MaxLanes  = 256
	keptLanes = 8
)

// plan is an operation that is wanted, before it has gas, fees and a nonce.
type plan struct {
	kind         Kind
	account      account.Account
	session      *session.Session // registered or revoked by the operation
	policyID     string           // "" when the account pays
	callData     []byte
	interactions []Interaction
	sponsored    sponsor.Request // what the policy must cover
	priceOnly    bool            // nothing will be saved, see Service.Cost
}

// open turns a plan into a saved intent that waits for its signature.
func (s *Service) open(ctx context.Context, p plan) (Intent, error) {
	d, err := s.draft(ctx, p)
	if err != nil {
		return Intent{}, err
	}
	if err := d.checkFunds(ctx); err != nil {
		return Intent{}, err
	}
	return d.save(ctx)
}

// draft builds the operation of a plan, with its gas and its fees.
func (s *Service) draft(ctx context.Context, p plan) (*draft, error) {
	n, err := s.network(p.account.ChainID)
	if err != nil {
		return nil, err
	}
	d := &draft{service: s, network: n, plan: p}
	if err := d.inspect(ctx); err != nil {
		return nil, err
	}
	if err := d.authorise(ctx); err != nil {
		return nil, err
	}
	if err := d.price(ctx); err != nil {
		return nil, err
	}
	return d, nil
}

// draft is an operation being built.
type draft struct {
	service *Service
	network Network
	plan    plan

	now         uint64 // chain time
	chain       AccountState
	deployFirst bool           // the relayer creates the account
	delegation  *Delegation    // comes with the operation, nil for none
	codeOf      common.Address // whose code the account will run, zero when it does already
	creation    *big.Int       // gas that the factory uses to create the account, zero when it exists
	validation  *big.Int       // gas of the dearest validation, with its margin
	freshLane   uint64         // gas of the first write of a nonce lane
	op          userop.Operation
}

// inspect reads the account's state and decides who creates it: the relayer
// under a policy, the operation itself without one. While another operation
// that creates it is open, this one only waits for that.
func (d *draft) inspect(ctx context.Context) error {
	var err error
	if d.now, err = d.network.Chain.Time(ctx); err != nil {
		return err
	}
	acc := d.plan.account
	if d.chain, err = d.network.Chain.Account(ctx, acc.Address); err != nil {
		return err
	}
	d.op = userop.Operation{Sender: acc.Address, CallData: d.plan.callData}
	if acc.Type == account.Delegated {
		return d.delegate(ctx)
	}
	if len(acc.SignedAuthorization) > 0 {
		return fault.Field("signedAuthorization", nil, "is for delegated accounts; account %s is a %s: leave it out", acc.ID, acc.Type)
	}
	if d.chain.Deployed {
		d.plan.account, err = d.service.Accounts.Observe(ctx, acc, d.chain.Owner)
		return err
	}
	d.chain.Owner = acc.Owner
	if d.plan.policyID != "" {
		d.deployFirst = true
		return nil
	}
	creator, err := d.service.creator(ctx, acc)
	if err != nil || creator != nil {
		return err
	}
	d.op.Factory, d.op.FactoryData = acc.Factory, factoryData(acc)
	return nil
}

// creator answers the open intent that will create the account, nil for none.
func (s *Service) creator(ctx context.Context, acc account.Account) (*Intent, error) {
	open, err := s.openOf(ctx, acc)
	if err != nil {
		return nil, err
	}
	for _, in := range open {
		if in.DeployFirst || in.Operation.Factory != (common.Address{}) {
			return &in, nil
		}
	}
	return nil, nil
}

func factoryData(acc account.Account) []byte {
	return acc.Owner.Create(acc.Salt)
}

func (d *draft) factoryCall() *FactoryCall {
	if d.chain.Deployed || d.plan.account.Type == account.Delegated {
		return nil
	}
	return &FactoryCall{Factory: d.plan.account.Factory, Data: factoryData(d.plan.account)}
}

// authorise asks the gas policy, when one is named.
func (d *draft) authorise(ctx context.Context) error {
	if d.plan.policyID == "" {
		return nil
	}
	req := d.plan.sponsored
	req.Deploys = d.deployFirst || d.delegation != nil
	_, err := d.service.Sponsor.Decide(ctx, d.plan.account.ProjectID, d.plan.policyID, req)
	return err
}

// Gas that an operation needs beside what its own code uses.
const (
	// EntryPoint meters its own bookkeeping against the verification limit:
	// copying and hashing the operation, and calling the account.
	entryPointGas = 16_000
	// A simulation that runs several signatures, or creates the account first,
	// finds warm what the operation will find cold: the account, its
	// implementation, and the slots of the implementation and of the owner.
	coldAccessGas = 10_000
	// The nonce lane is written against the verification limit too; its first
	// write is dearer, see Chain.FreshLaneGas.
	usedLaneGas = 5_000
	// A call keeps a 64th of the gas at each level: simulated use is no limit.
	callGasFloor = 12_000
)

// price simulates the operation under every signature that may come, and sets
// gas limits and fees so that each of them passes.
func (d *draft) price(ctx context.Context) error {
	var err error
	d.op.MaxFeePerGas, d.op.MaxPriorityFeePerGas, err = d.network.Chain.Fees(ctx)
	if err != nil {
		return err
	}
	// Limits of one unit: a session's fee limit is judged when it signs.
	one := big.NewInt(1)
	d.op.CallGasLimit, d.op.VerificationGasLimit, d.op.PreVerificationGas = one, one, one
	d.op.Nonce = new(big.Int)
	if d.plan.policyID != "" {
		d.network.Paymaster.Stub(&d.op)
	}
	candidates, registering, err := d.service.signatures(ctx, d.network.Chain, d.plan, &d.op, d.now)
	if err != nil {
		return err
	}
	longest := slices.MaxFunc(candidates, func(a, b []byte) int { return len(a) - len(b) })
	if err := d.checkCallData(longest); err != nil {
		return err
	}
	est, err := d.network.Chain.Estimate(ctx, EstimateRequest{
		Operation: d.op, Signatures: candidates, Deploy: d.factoryCall(), Delegate: d.codeOf, Registering: registering,
	})
	switch {
	case errors.Is(err, ErrOutOfGas):
		return d.tooMuchGas()
	case err != nil:
		return err
	case est.CallReverted && d.outOfGas(est):
		return d.tooMuchGas()
	case est.CallReverted:
		return d.reverted(ctx, est.Revert)
	}
	d.creation = est.DeployGas
	verification := new(big.Int).Set(est.VerificationGas)
	if d.op.Factory != (common.Address{}) {
		verification.Add(verification, d.creation)
	}
	d.validation = withMargin(verification, 10)
	if d.freshLane, err = d.network.Chain.FreshLaneGas(ctx); err != nil {
		return err
	}
	d.setVerificationGas(d.freshLane) // the dearer case, until the lane is known
	call := withMargin(est.CallGas, 10)
	d.op.CallGasLimit = call.Add(call, big.NewInt(callGasFloor))
	d.op.PreVerificationGas = userop.PreVerificationGas(&d.op, longest)
	if d.delegation != nil {
		d.op.PreVerificationGas.Add(d.op.PreVerificationGas, big.NewInt(userop.AuthorizationGas))
	}
	return d.checkGas(longest)
}

func (d *draft) setVerificationGas(laneGas uint64) {
	d.op.VerificationGasLimit = new(big.Int).Add(d.validation, new(big.Int).SetUint64(entryPointGas+coldAccessGas+laneGas))
}

func withMargin(gas *big.Int, percent int64) *big.Int {
	out := new(big.Int).Mul(gas, big.NewInt(100+percent))
	return out.Div(out, big.NewInt(100))
}

// checkFunds refuses what nobody could pay for.
func (d *draft) checkFunds(ctx context.Context) error {
	cost := d.op.RequiredPrefund()
	if d.plan.policyID == "" {
		funds, err := d.network.Chain.Funds(ctx, d.op.Sender)
		if err != nil {
			return err
		}
		if funds.Cmp(cost) < 0 && d.plan.account.Unsaved {
			// Another try gets another address: nobody must send funds to this one.
			return fault.New(fault.Invalid, "account: a new account has nothing to pay fees with, and the operation may cost %s wei: name a gas policy in policy, or create the account and fund it first", cost)
		}
		if funds.Cmp(cost) < 0 {
			return fault.New(fault.Invalid, "account: %s has %s wei for fees and the operation may cost %s: fund it, or name a gas policy in policy", d.op.Sender, funds, cost)
		}
		return nil
	}
	deposit, err := d.network.Chain.PaymasterDeposit(ctx)
	if err != nil {
		return err
	}
	promised, err := d.service.Store.SponsoredCost(ctx, d.plan.account.ChainID)
	if err != nil {
		return err
	}
	if left := new(big.Int).Sub(deposit, promised); left.Cmp(cost) < 0 {
		return fault.New(fault.Conflict, "policy: the paymaster has %s wei left that are not promised yet and the operation may cost %s: the operator must deposit more", left, cost)
	}
	return nil
}

// save takes the lowest free nonce lane, has the paymaster sign, and saves the
// intent. Losing a lane to another request means taking the next one.
func (d *draft) save(ctx context.Context) (Intent, error) {
	expires := d.now + uint64(d.service.SignWindow.Seconds())
	for range MaxLanes {
		lane, err := d.freeLane(ctx)
		if err != nil {
			return Intent{}, err
		}
		sequence, err := d.network.Chain.Sequence(ctx, d.op.Sender, lane)
		if err != nil {
			return Intent{}, err
		}
		d.op.Nonce = userop.Nonce(lane, sequence)
		d.setVerificationGas(d.freshLane)
		if sequence > 0 {
			d.setVerificationGas(usedLaneGas)
		}
		if d.plan.policyID != "" {
			// The window starts a minute early: nodes' clocks differ.
			if err := d.network.Paymaster.Sponsor(ctx, &d.op, d.now-min(d.now, 60), expires); err != nil {
				return Intent{}, fmt.Errorf("sponsor operation: %w", err)
			}
		}
		in, err := d.intent(lane, expires)
		if err != nil {
			return Intent{}, err
		}
		if d.plan.session != nil {
			link(d.plan.session, d.plan.kind, in.ID)
		}
		err = d.service.Store.OpenIntent(ctx, in, d.plan.account, d.plan.session, func(p *sponsor.Policy) error {
			return p.Reserve(in.MaxCost)
		})
		if !errors.Is(err, ErrLaneTaken) {
			return in, err
		}
	}
	return Intent{}, d.plan.tooManyOpen()
}

// link notes on a session which intent acts on it.
func link(s *session.Session, kind Kind, intentID string) {
	if kind == RevokeSession {
		s.RevokeIntent = intentID
		return
	}
	s.RegisterIntent = intentID
}

func (d *draft) freeLane(ctx context.Context) (uint64, error) {
	used, err := d.service.Store.LanesInUse(ctx, d.plan.account.ID)
	if err != nil {
		return 0, err
	}
	for lane := range d.plan.lanes() {
		if !slices.Contains(used, lane) {
			return lane, nil
		}
	}
	return 0, d.plan.tooManyOpen()
}

// lanes is how many nonce lanes the plan may choose from.
func (p plan) lanes() uint64 {
	if p.kind == Call {
		return MaxLanes - keptLanes
	}
	return MaxLanes
}

func (p plan) tooManyOpen() error {
	return fault.New(fault.Conflict, "account: %s has %d transaction intents open, the most there can be for this: sign them or let them expire", p.account.ID, p.lanes())
}

func (d *draft) intent(lane, expires uint64) (Intent, error) {
	hash, err := d.op.Hash(d.plan.account.ChainID, userop.EntryPoint)
	if err != nil {
		return Intent{}, err
	}
	now := d.service.now()
	in := Intent{
		ID:             id.New(id.Intent),
		ProjectID:      d.plan.account.ProjectID,
		PlayerID:       d.plan.account.PlayerID,
		AccountID:      d.plan.account.ID,
		AccountAddress: d.plan.account.Address,
		PolicyID:       d.plan.policyID,
		ChainID:        d.plan.account.ChainID,
		Kind:           d.plan.kind,
		Interactions:   d.plan.interactions,
		Status:         Waiting,
		Operation:      d.op,
		OperationHash:  hash,
		Lane:           lane,
		MaxCost:        d.op.RequiredPrefund(),
		DeployFirst:    d.deployFirst,
		Delegation:     d.delegation,
		ExpiresAt:      expires,
		CreatedAt:      now,
		UpdatedAt:      now,
	}
	if d.plan.session != nil {
		in.SessionID = d.plan.session.ID
	}
	in.move("new", now)
	return in, nil
}
