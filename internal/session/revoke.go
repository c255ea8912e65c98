package session

import (
	"context"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/page"
)

// Revoke closes a session. One that its owner has not signed yet is withdrawn
// at once; any other stays as it is until the owner has signed what NextAction
// asks for. Asking again before that answers the same action; a session that is
// revoked already is answered as it is.
func (s *Service) Revoke(ctx context.Context, projectID string, p RevokeParams) (View, error) {
	n, err := s.network(p.ChainID)
	if err != nil {
		return View{}, err
	}
	ses, acc, err := s.revocable(ctx, projectID, p)
	if err != nil {
		return View{}, err
	}
	if acc, _, err = s.observe(ctx, n, acc); err != nil {
		return View{}, err
	}
	v, err := s.view(ctx, ses)
	if err != nil || v.Status == StatusRevoked {
		return v, err
	}
	acc.SignedAuthorization = p.SignedAuthorization
	now, err := n.Chain.Time(ctx)
	if err != nil {
		return View{}, err
	}
	withdrawn, err := s.withdraw(ctx, v)
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

// revocable finds the session that a request names, by id or by key.
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
	ses, err := s.newestOf(ctx, acc, p.Signer)
	return ses, acc, err
}

// newestOf finds the newest session of a key on an account that can still be
// revoked, as the chain says: also one that only its row here calls closed.
func (s *Service) newestOf(ctx context.Context, acc account.Account, signer common.Address) (Session, error) {
	found, err := s.Store.Sessions(ctx, acc.ProjectID, Filter{AccountID: acc.ID, Signer: signer}, page.Request{Limit: page.MaxLimit, Order: page.Descending})
	if err != nil {
		return Session{}, err
	}
	readings, err := s.read(ctx, found.Items)
	if err != nil {
		return Session{}, err
	}
	for i, ses := range found.Items {
		v, err := show(ses, readings[i])
		if err != nil {
			return Session{}, err
		}
		if v.Status != StatusRevoked && ses.State != Ended && ses.State != Prepared {
			return ses, nil
		}
	}
	return Session{}, fault.New(fault.NotFound, "address: key %s has no live session on account %s", signer, acc.ID)
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
	acc, err := s.Accounts.Get(ctx, projectID, ses.AccountID)
	if err == nil && p.PlayerID != "" && p.PlayerID != acc.PlayerID {
		return Session{}, account.Account{}, fault.New(fault.NotFound, "player %s has no session %s", p.PlayerID, ses.ID)
	}
	return ses, acc, err
}

// withdraw closes a session that its owner has not signed, as far as this
// server and the chain know.
func (s *Service) withdraw(ctx context.Context, v View) (bool, error) {
	ses := v.Session
	switch {
	case ses.State == Prepared:
		return s.Operations.Withdraw(ctx, ses.ProjectID, ses.RegisterIntent, true)
	case ses.State != Pending, v.Status == StatusActive, v.Status == StatusScheduled, v.Status == StatusExhausted:
		return false, nil
	case ses.Registration == OnChain:
		return s.Operations.Withdraw(ctx, ses.ProjectID, ses.RegisterIntent, true)
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
	open, err := s.stillOpen(ctx, ses, ses.RevokeIntent, policyID, now)
	if err != nil || open {
		return err
	}
	_, err = s.Operations.Revoke(ctx, acc, ses, policyID)
	return err
}
