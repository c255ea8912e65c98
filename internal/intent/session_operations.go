package intent

import (
	"bytes"
	"context"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/session"
	"github.com/latchkey-dev/latchkey/internal/sponsor"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// SessionOperations runs the operations that register and revoke sessions. It
// is the session package's way to the chain.
type SessionOperations struct{ Service *Service }

// Register opens the operation that registers ses, and saves both together.
func (o SessionOperations) Register(ctx context.Context, acc account.Account, ses session.Session, policyID string) (session.Action, error) {
	return o.open(ctx, plan{
		kind:      RegisterSession,
		account:   acc,
		session:   &ses,
		policyID:  policyID,
		callData:  userop.RegisterSession(ses.Permission),
		sponsored: sponsor.Request{ChainID: acc.ChainID, AccountFunction: "registerSession"},
	})
}

// Revoke opens the operation that closes ses, and saves both together.
func (o SessionOperations) Revoke(ctx context.Context, acc account.Account, ses session.Session, policyID string) (session.Action, error) {
	return o.open(ctx, plan{
		kind:      RevokeSession,
		account:   acc,
		session:   &ses,
		policyID:  policyID,
		callData:  userop.RevokeSession(ses.Hash),
		sponsored: sponsor.Request{ChainID: acc.ChainID, AccountFunction: "revokeSession"},
	})
}

// Replace opens the operation that closes old and registers ses in its place,
// and saves ses with it.
func (o SessionOperations) Replace(ctx context.Context, acc account.Account, old, ses session.Session, policyID string) (session.Action, error) {
	callData, err := userop.ExecuteBatch([]userop.Call{
		{Target: acc.Address, Data: userop.RevokeSession(old.Hash)},
		{Target: acc.Address, Data: userop.RegisterSession(ses.Permission)},
	})
	if err != nil {
		return session.Action{}, err
	}
	return o.open(ctx, plan{
		kind:      ReplaceSession,
		account:   acc,
		session:   &ses,
		policyID:  policyID,
		callData:  callData,
		sponsored: sponsor.Request{ChainID: acc.ChainID, AccountFunction: "registerSession"},
	})
}

func (o SessionOperations) open(ctx context.Context, p plan) (session.Action, error) {
	in, err := o.Service.open(ctx, p)
	if err != nil {
		return session.Action{}, err
	}
	return action(in), nil
}

// Action reads the operation of an intent as it stands at chain time now.
func (o SessionOperations) Action(ctx context.Context, projectID, intentID string, now uint64) (session.Action, error) {
	in, err := o.Service.Store.Intent(ctx, projectID, intentID)
	if err != nil {
		return session.Action{}, err
	}
	a := action(in)
	if now >= in.ExpiresAt {
		a.Next = nil
	}
	return a, nil
}

// Sign takes the owner's signature for an action.
func (o SessionOperations) Sign(ctx context.Context, projectID, intentID string, p session.SignParams) error {
	_, err := o.Service.Sign(ctx, projectID, intentID, SignParams{Signature: p.Signature, Optimistic: p.Optimistic})
	return err
}

// SignedWith reports whether the action was signed with exactly this
// signature.
func (o SessionOperations) SignedWith(ctx context.Context, projectID, intentID string, sig []byte) (bool, error) {
	in, err := o.Service.Store.Intent(ctx, projectID, intentID)
	return len(sig) > 0 && bytes.Equal(in.ClientSig, sig), err
}

// Withdraw gives up an action that nobody has signed yet. closing also closes
// the session that it would have registered. ok is false when the action was
// signed in the meantime, here or, as far as the chain shows, by a client that
// sent it past this server.
func (o SessionOperations) Withdraw(ctx context.Context, projectID, intentID string, closing bool) (ok bool, err error) {
	s := o.Service
	in, err := s.Store.Intent(ctx, projectID, intentID)
	if err != nil {
		return false, err
	}
	if in.Status == Waiting {
		if used, err := s.nonceUsed(ctx, in); err != nil || used {
			return false, err
		}
	}
	_, err = s.Store.ChangeIntent(ctx, intentID, func(c *Change) error {
		// The step may run again after a conflict, and find it signed then.
		ok = c.Intent.Status != Signed && c.Intent.Status != Succeeded
		if !ok {
			return nil
		}
		if c.Intent.Status == Waiting {
			s.end(c, Withdrawn, "dropped")
		}
		if closing && c.Intent.Kind != RevokeSession {
			c.Session.State, c.Session.UpdatedAt = session.Closed, s.now()
		}
		return nil
	})
	return ok, err
}

// Recent answers the ids of the newest intents that a session signed or that
// act on it.
func (o SessionOperations) Recent(ctx context.Context, ses session.Session) ([]string, error) {
	found, err := o.Service.Store.Intents(ctx, ses.ProjectID, Filter{SessionID: ses.ID}, page.Request{Limit: 10, Order: page.Descending, Uncounted: true})
	ids := make([]string, len(found.Items))
	for i, in := range found.Items {
		ids[i] = in.ID
	}
	return ids, err
}

func action(in Intent) session.Action {
	a := session.Action{IntentID: in.ID, PolicyID: in.PolicyID, UnderWay: in.Status == Signed}
	if in.Status == Waiting {
		a.Next = &session.NextAction{SignableHash: in.OperationHash, Operation: &in.Operation, ExpiresAt: in.ExpiresAt}
	}
	return a
}
