package intent

import (
	"context"
	"fmt"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/session"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// grant is a live session with what is needed to judge an operation by it.
type grant struct {
	session     session.Session
	permission  permission.Permission
	state       permission.State // as on chain
	registering *Intent          // its registration, when that is signed and under way
	signed      []Intent         // what it has signed and what is under way, oldest first
}

// grants reads the live sessions of an account from the store and the chain.
func (s *Service) grants(ctx context.Context, chain Chain, acc account.Account) ([]grant, error) {
	live, err := s.Sessions.LiveSessions(ctx, acc.ID)
	if err != nil || len(live) == 0 {
		return nil, err
	}
	open, err := s.underWay(ctx, chain, acc)
	if err != nil {
		return nil, err
	}
	out := make([]grant, len(live))
	for i, ses := range live {
		p, err := permission.Decode(ses.Permission)
		if err != nil {
			return nil, err
		}
		out[i] = grant{session: ses, permission: p}
		out[i].note(open)
	}
	return out, readStates(ctx, chain, acc.Address, out)
}

// underWay answers the account's signed intents that the chain has not taken
// yet, oldest first. One that it has taken and that is not settled, since it
// lacks confirmations, is in the chain's own counters already.
func (s *Service) underWay(ctx context.Context, chain Chain, acc account.Account) ([]Intent, error) {
	open, err := s.openOf(ctx, acc)
	if err != nil {
		return nil, err
	}
	var out []Intent
	for _, in := range open {
		if in.Status != Signed {
			continue
		}
		next, err := chain.Sequence(ctx, in.AccountAddress, in.Lane)
		if err != nil {
			return nil, err
		}
		if next <= in.Operation.Sequence() {
			out = append(out, in)
		}
	}
	return out, nil
}

// note sorts out which intents under way concern the session.
func (g *grant) note(underWay []Intent) {
	for _, in := range underWay {
		if in.ID == g.session.RegisterIntent {
			g.registering = &in
		}
		if in.SignedBy == g.session.ID {
			g.signed = append(g.signed, in)
		}
	}
}

// readStates reads what the chain keeps of each session, in two requests.
func readStates(ctx context.Context, chain Chain, acc common.Address, grants []grant) error {
	var ids, keys []common.Hash
	for _, g := range grants {
		ids = append(ids, g.session.Hash)
		keys = append(keys, g.permission.CounterKeys(g.session.Hash)...)
	}
	words, err := chain.SessionWords(ctx, acc, ids)
	if err != nil {
		return err
	}
	counters, err := chain.CounterWords(ctx, acc, keys)
	if err != nil {
		return err
	}
	for i := range grants {
		g := &grants[i]
		n := len(g.permission.CounterKeys(g.session.Hash))
		g.state = permission.State{Status: permission.ParseStatus(words[i]), Counters: counters[:n:n]}
		counters = counters[n:]
	}
	return nil
}

// opening is the operation under way that registers the session by carrying
// its grant, nil for none.
func (g *grant) opening() *Intent {
	for _, in := range g.signed {
		if userop.WayOf(in.Operation.Signature) == userop.FirstUse {
			return &in
		}
	}
	return nil
}

// way is how the account will know the session when its next operation comes.
func (g *grant) way() userop.WayIn {
	switch {
	case g.session.OwnerGrant == nil, g.state.State != permission.None:
		return userop.Registered
	case g.session.Registration == session.Stateless:
		return userop.Stateless
	case g.opening() != nil:
		return userop.Registered
	}
	return userop.FirstUse
}

// assumed reports whether the session counts as registered although the chain
// does not know it yet: an operation that registers it is under way.
func (g *grant) assumed() bool {
	return g.state.State == permission.None && (g.registering != nil || g.opening() != nil)
}

// expected is the state that the session will be in when the next operation is
// validated, after all that it has signed and that is under way.
func (g *grant) expected(now uint64) permission.State {
	state := g.state
	if state.State == permission.None && g.registering != nil {
		state.State, state.FeeSpent = permission.Active, new(big.Int)
	}
	for _, in := range g.signed {
		way := userop.WayOf(in.Operation.Signature)
		if after, refusal := permission.Validate(g.permission, state, facts(&in.Operation, "", now, way)); refusal == nil {
			state = after.State
		}
	}
	return state
}

// signatures answers the signature fields to estimate an operation with: the
// owner's and that of each session whose permission covers it. registering are
// the sessions among them that the chain does not know yet.
func (s *Service) signatures(ctx context.Context, chain Chain, p plan, op *userop.Operation, now uint64) (fields [][]byte, registering []common.Hash, err error) {
	hash, err := op.Hash(p.account.ChainID, userop.EntryPoint)
	if err != nil {
		return nil, nil, err
	}
	fields = [][]byte{p.account.Owner.Dummy(hash)}
	if p.kind != Call {
		return fields, nil, nil
	}
	grants, err := s.grants(ctx, chain, p.account)
	if err != nil {
		return nil, nil, err
	}
	for _, g := range grants {
		if g.session.BlockedAt != nil {
			continue
		}
		// One that becomes valid later may still sign in time.
		at := min(max(now, g.permission.ValidAfter), g.permission.ValidUntil)
		if permission.Evaluate(g.permission, g.expected(now), facts(op, "", at, g.way())) != nil {
			continue
		}
		around, err := g.around(at)
		if err != nil {
			return nil, nil, err
		}
		fields = append(fields, around.Dummy(hash))
		if g.assumed() {
			registering = append(registering, g.session.Hash)
		}
	}
	return fields, registering, nil
}

func facts(op *userop.Operation, function string, at uint64, way userop.WayIn) permission.Operation {
	return permission.Operation{
		Account:      op.Sender,
		EntryPoint:   userop.EntryPoint,
		CallData:     op.CallData,
		Function:     function,
		Paymaster:    op.Paymaster,
		WorstCaseFee: op.RequiredPrefund(),
		Time:         at,
		Moment:       at,
		WayIn:        way,
	}
}

// judge decides whether the session may sign the intent's operation now. What
// the session has signed and is not included yet counts as used.
func (g *grant) judge(in Intent, chain AccountState, now uint64) error {
	if g.session.BlockedAt != nil {
		return blocked(g.session, "nothing is sponsored or submitted for its key")
	}
	granted := g.session.OwnerGrant != nil || g.state.State != permission.None || g.registering != nil
	if !granted {
		return fault.New(fault.Conflict, "signature: session %s is not registered yet: the owner must sign it first", g.session.ID)
	}
	if g.session.Epoch != chain.Epoch {
		return fault.New(fault.Invalid, "signature: session %s is revoked: all sessions of %s were (the account's epoch is %d, the session's %d)", g.session.ID, in.AccountAddress, chain.Epoch, g.session.Epoch)
	}
	refusal := permission.Evaluate(g.permission, g.expected(now), facts(&in.Operation, function(in), now, g.way()))
	if refusal == nil {
		return nil
	}
	return &fault.Fault{
		Kind:    fault.Invalid,
		Code:    "permission_" + string(refusal.Rule),
		Message: "session " + g.session.ID + " may not do this: " + refusal.Message,
	}
}

// blocked refuses what a blocked session would need; so says what that means.
func blocked(ses session.Session, so string) error {
	return &fault.Fault{
		Kind:    fault.Invalid,
		Code:    "session_blocked",
		Message: fmt.Sprintf("signature: session %s was blocked by an operator of this server at %s: %s", ses.ID, ses.BlockedAt.Format(time.RFC3339), so),
	}
}

// around is what surrounds the key's signature in an operation that names at
// as the present.
func (g *grant) around(at uint64) (userop.Session, error) {
	out := userop.Session{Permission: g.session.Permission, WayIn: g.way()}
	if g.permission.NeedsMoment() {
		out.Moment = at
	}
	var err error
	if out.WayIn != userop.Registered {
		if out.Grant, err = userop.ParseGrant(g.session.OwnerGrant); err != nil {
			return out, fmt.Errorf("session %s: %w", g.session.ID, err)
		}
	}
	if g.permission.SignerType != permission.Secp256k1 {
		if out.Key, err = userop.ParseP256Key(g.session.PublicKey); err != nil {
			return out, fmt.Errorf("session %s: %w", g.session.ID, err)
		}
	}
	return out, nil
}

// predecessor is the operation that must be included before one that the
// session signs now: the one that makes the session known to the account.
func (g *grant) predecessor() common.Hash {
	if g.state.State != permission.None {
		return common.Hash{}
	}
	if g.registering != nil {
		return g.registering.OperationHash
	}
	if opening := g.opening(); opening != nil && g.way() == userop.Registered {
		return opening.OperationHash
	}
	return common.Hash{}
}

// openOf answers the open intents of an account, oldest first.
func (s *Service) openOf(ctx context.Context, acc account.Account) ([]Intent, error) {
	return s.Store.OpenIntentsOf(ctx, acc.ID)
}

// function names what an intent's one call calls, where the client did.
func function(in Intent) string {
	if len(in.Interactions) != 1 {
		return ""
	}
	return in.Interactions[0].Function
}
