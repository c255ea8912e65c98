package intent

import (
	"context"
	"math/big"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/session"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// grant is a live session with what is needed to judge an operation by it.
type grant struct {
	session     session.Session
	permission  permission.Permission
	status      permission.Status // as on chain
	registering *Intent           // its registration when that is signed and under way
}

// grants reads the live sessions of an account from the store and the chain.
func (s *Service) grants(ctx context.Context, chain Chain, acc account.Account) ([]grant, error) {
	live, err := s.Sessions.LiveSessions(ctx, acc.ID)
	if err != nil || len(live) == 0 {
		return nil, err
	}
	ids := make([]common.Hash, len(live))
	for i := range live {
		ids[i] = live[i].Hash
	}
	words, err := chain.SessionWords(ctx, acc.Address, ids)
	if err != nil {
		return nil, err
	}
	out := make([]grant, len(live))
	for i, ses := range live {
		if out[i], err = s.grant(ctx, ses, words[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Service) grant(ctx context.Context, ses session.Session, word *big.Int) (grant, error) {
	p, err := permission.Decode(ses.Permission)
	if err != nil {
		return grant{}, err
	}
	g := grant{session: ses, permission: p, status: permission.ParseStatus(word)}
	if ses.State != session.Pending || ses.RegisterIntent == "" {
		return g, nil
	}
	reg, err := s.Store.Intent(ctx, ses.ProjectID, ses.RegisterIntent)
	if err != nil {
		return grant{}, err
	}
	if reg.Status == Signed {
		g.registering = &reg
	}
	return g, nil
}

// expected is the status that the session will have when the operation is
// validated: a registration under way counts as done.
func (g grant) expected() permission.Status {
	if g.status.State == permission.None && g.registering != nil {
		return permission.Status{State: permission.Active, FeeSpent: new(big.Int)}
	}
	return g.status
}

// signatures answers the signature fields to estimate an operation with: the
// owner's and that of each session whose permission covers it. registering are
// the sessions among them whose registration is under way.
func (s *Service) signatures(ctx context.Context, chain Chain, p plan, op *userop.Operation, now uint64) (fields [][]byte, registering []common.Hash, err error) {
	fields = [][]byte{userop.DummyOwnerSignature()}
	if p.kind != Call {
		return fields, nil, nil
	}
	grants, err := s.grants(ctx, chain, p.account)
	if err != nil {
		return nil, nil, err
	}
	for _, g := range grants {
		// One that becomes valid later may still sign in time.
		at := min(max(now, g.permission.ValidAfter), g.permission.ValidUntil)
		if permission.Evaluate(g.permission, permission.State{Status: g.expected()}, facts(op, "", at)) != nil {
			continue
		}
		fields = append(fields, userop.DummySessionSignature(g.session.Permission))
		if g.registering != nil {
			registering = append(registering, g.session.Hash)
		}
	}
	return fields, registering, nil
}

func facts(op *userop.Operation, function string, at uint64) permission.Operation {
	return permission.Operation{
		Account:      op.Sender,
		EntryPoint:   userop.EntryPoint,
		CallData:     op.CallData,
		Function:     function,
		Paymaster:    op.Paymaster,
		WorstCaseFee: op.RequiredPrefund(),
		Time:         at,
		Moment:       at,
	}
}

// judge decides whether the session may sign the intent's operation now. What
// the session has signed and is not included yet counts as used.
func (s *Service) judge(ctx context.Context, g grant, in Intent, chain AccountState, now uint64) error {
	if g.session.State == session.Pending && g.registering == nil && g.status.State == permission.None {
		return fault.New(fault.Conflict, "signature: session %s is not registered yet: the owner must sign its registration first", g.session.ID)
	}
	if chain.Deployed && g.session.Epoch != chain.Epoch {
		return fault.New(fault.Invalid, "signature: session %s is revoked: all sessions of %s were (the account's epoch is %d, the session's %d)", g.session.ID, in.AccountAddress, chain.Epoch, g.session.Epoch)
	}
	status := g.expected()
	pending, err := s.signedBy(ctx, g.session)
	if err != nil {
		return err
	}
	for _, other := range pending {
		status.Uses++
		status.FeeSpent = new(big.Int).Add(status.FeeSpent, other.MaxCost)
	}
	if refusal := permission.Evaluate(g.permission, permission.State{Status: status}, facts(&in.Operation, function(in), now)); refusal != nil {
		return &fault.Fault{
			Kind:    fault.Invalid,
			Code:    "permission_" + string(refusal.Rule),
			Message: "session " + g.session.ID + " may not do this: " + refusal.Message,
		}
	}
	return nil
}

// signedBy answers the intents that the session has signed and that are under
// way.
func (s *Service) signedBy(ctx context.Context, ses session.Session) ([]Intent, error) {
	open := false
	found, err := s.Store.Intents(ctx, ses.ProjectID, Filter{SessionID: ses.ID, Final: &open}, page.Request{Limit: MaxLanes})
	if err != nil {
		return nil, err
	}
	var out []Intent
	for _, in := range found.Items {
		if in.Status == Signed && in.SignedBy == ses.ID {
			out = append(out, in)
		}
	}
	return out, nil
}

// openOf answers the open intents of an account.
func (s *Service) openOf(ctx context.Context, acc account.Account) ([]Intent, error) {
	open := false
	found, err := s.Store.Intents(ctx, acc.ProjectID, Filter{AccountIDs: []string{acc.ID}, Final: &open}, page.Request{Limit: MaxLanes, Order: page.Ascending})
	return found.Items, err
}

// function names what an intent's one call calls, where the client did.
func function(in Intent) string {
	if len(in.Interactions) != 1 {
		return ""
	}
	return in.Interactions[0].Function
}
