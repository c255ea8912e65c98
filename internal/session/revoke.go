package session

import (
	"context"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/fault"
)

// Revoke closes a live session. One that nobody has signed yet is withdrawn at
// once; any other stays active until the owner has signed what NextAction asks
// for. Asking again before that answers the same action.
func (s *Service) Revoke(ctx context.Context, projectID string, p RevokeParams) (View, error) {
	n, err := s.network(p.ChainID)
	if err != nil {
		return View{}, err
	}
	ses, acc, err := s.revocable(ctx, projectID, p)
	if err != nil {
		return View{}, err
	}
	acc.SignedAuthorization = p.SignedAuthorization
	now, err := n.Chain.Time(ctx)
	if err != nil {
		return View{}, err
	}
	withdrawn, err := s.withdraw(ctx, ses)
	if err != nil {
		return View{}, err
	}
	if !withdrawn {
		if err := s.ensureRevocation(ctx, acc, ses, p.PolicyID, now); err != nil {
			return View{}, err
		}
	}
	if ses, err = s.Store.Session(ctx, projectID, ses.ID); err != nil {
		return View{}, err
	}
	return s.view(ctx, ses)
}

// revocable finds the live session that a request names, by id or by key.
func (s *Service) revocable(ctx context.Context, projectID string, p RevokeParams) (Session, account.Account, error) {
	if p.SessionID != "" {
		return s.revocableByID(ctx, projectID, p)
	}
	if p.Signer == (common.Address{}) {
		return Session{}, account.Account{}, fault.Field("address", p.Signer, "must be the session key's address, or a session id (ses_…)")
	}
	acc, err := s.Accounts.Resolve(ctx, projectID, p.AccountID, p.PlayerID, p.ChainID, nil)
	if err != nil {
		return Session{}, account.Account{}, err
	}
	live, err := s.Store.LiveSessions(ctx, acc.ID)
	if err != nil {
		return Session{}, account.Account{}, err
	}
	for _, ses := range live {
		if ses.Signer == p.Signer {
			return ses, acc, nil
		}
	}
	return Session{}, account.Account{}, fault.New(fault.NotFound, "address: key %s has no live session on account %s", p.Signer, acc.ID)
}

func (s *Service) revocableByID(ctx context.Context, projectID string, p RevokeParams) (Session, account.Account, error) {
	ses, err := s.Store.Session(ctx, projectID, p.SessionID)
	if err != nil {
		return Session{}, account.Account{}, err
	}
	if ses.ChainID != p.ChainID {
		return Session{}, account.Account{}, fault.Field("chainId", p.ChainID, "session %s is on chain %d", ses.ID, ses.ChainID)
	}
	if p.AccountID != "" && p.AccountID != ses.AccountID {
		return Session{}, account.Account{}, fault.Field("account", p.AccountID, "session %s is on account %s", ses.ID, ses.AccountID)
	}
	if !ses.Live() {
		return Session{}, account.Account{}, fault.New(fault.Conflict, "session %s is revoked already, or over", ses.ID)
	}
	acc, err := s.Accounts.Get(ctx, projectID, ses.AccountID)
	return ses, acc, err
}

// withdraw closes a session that its owner has not signed.
func (s *Service) withdraw(ctx context.Context, ses Session) (bool, error) {
	switch {
	case ses.State != Pending:
		return false, nil
	case ses.Registration == OnChain:
		return s.Operations.Withdraw(ctx, ses.RegisterIntent)
	}
	closed, err := s.Store.UpdateSession(ctx, ses.ProjectID, ses.ID, func(old Session) (Session, error) {
		if old.State == Pending {
			old.State, old.UpdatedAt = Closed, s.now()
		}
		return old, nil
	})
	return closed.State == Closed, err
}

func (s *Service) ensureRevocation(ctx context.Context, acc account.Account, ses Session, policyID string, now uint64) error {
	if ses.RevokeIntent != "" {
		a, err := s.Operations.Action(ctx, ses.ProjectID, ses.RevokeIntent, now)
		if err != nil {
			return err
		}
		if a.Next != nil || a.UnderWay {
			return nil
		}
	}
	_, err := s.Operations.Revoke(ctx, acc, ses, policyID)
	return err
}
