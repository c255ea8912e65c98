package session

import (
	"bytes"
	"context"
	"fmt"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/permission"
)

// Create grants a session key. The session is pending until the owner has
// signed the registration that NextAction asks for. While it is pending, the
// same request answers the same session; a key with a live session on other
// terms is a Conflict.
func (s *Service) Create(ctx context.Context, projectID string, p CreateParams) (View, error) {
	n, err := s.network(p.ChainID)
	if err != nil {
		return View{}, err
	}
	now, err := n.Chain.Time(ctx)
	if err != nil {
		return View{}, err
	}
	notice := readAbsoluteExpiry(&p)
	if err := checkWindow(p, now); err != nil {
		return View{}, err
	}
	grant, err := s.permission(ctx, projectID, n, p)
	if err != nil {
		return View{}, err
	}
	acc, err := s.Accounts.Resolve(ctx, projectID, p.AccountID, p.PlayerID, p.ChainID, p.ExternalOwner)
	if err != nil {
		return View{}, err
	}
	if err := checkKey(grant, acc); err != nil {
		return View{}, err
	}
	ses, err := s.begin(ctx, n, acc, grant, now)
	if err != nil {
		return View{}, err
	}
	if err := s.ensureAction(ctx, acc, ses, p.PolicyID, now); err != nil {
		return View{}, err
	}
	if ses, err = s.Store.Session(ctx, projectID, ses.ID); err != nil {
		return View{}, err
	}
	v, err := s.view(ctx, ses)
	v.Notice = notice
	return v, err
}

// begin answers the pending session that the grant repeats, or a new one that
// is not saved yet.
func (s *Service) begin(ctx context.Context, n Network, acc account.Account, grant permission.Permission, now uint64) (Session, error) {
	epoch, err := n.Chain.Epoch(ctx, acc.Address)
	if err != nil {
		return Session{}, err
	}
	live, err := s.Store.LiveSessions(ctx, acc.ID)
	if err != nil {
		return Session{}, err
	}
	for _, other := range live {
		if other.Signer != grant.Signer {
			continue
		}
		over, err := s.retire(ctx, other, now)
		if err != nil {
			return Session{}, err
		}
		if over {
			continue
		}
		if other.State == Pending && other.Epoch == epoch && sameTerms(other.Permission, grant) {
			return other, nil
		}
		return Session{}, fault.New(fault.Conflict, "address: key %s has a live session on account %s already, %s (%s): revoke it first, or use another key", grant.Signer, acc.ID, other.ID, other.State)
	}
	packed, err := grant.Encode()
	if err != nil {
		return Session{}, fault.Field("permissions", nil, "%v", err)
	}
	created := s.now()
	return Session{
		ID: id.New(id.Session), ProjectID: acc.ProjectID, PlayerID: acc.PlayerID, AccountID: acc.ID,
		ChainID: acc.ChainID, AccountAddress: acc.Address, Signer: grant.Signer,
		Permission: packed, Epoch: epoch, Hash: permission.ID(acc.ChainID, acc.Address, epoch, packed),
		State: Pending, CreatedAt: created, UpdatedAt: created,
	}, nil
}

// retire marks a session ended when it can never act again, so that its key is
// free for a new one.
func (s *Service) retire(ctx context.Context, ses Session, now uint64) (over bool, err error) {
	v, err := s.at(ctx, ses, now)
	if err != nil {
		return false, err
	}
	state := Ended
	switch v.Status {
	case StatusExpired, StatusExhausted:
	case StatusRevoked:
		state = Closed
	default:
		return false, nil
	}
	_, err = s.Store.UpdateSession(ctx, ses.ProjectID, ses.ID, func(old Session) (Session, error) {
		old.State, old.UpdatedAt = state, s.now()
		return old, nil
	})
	return true, err
}

// ensureAction opens the session's registration unless one is open.
func (s *Service) ensureAction(ctx context.Context, acc account.Account, ses Session, policyID string, now uint64) error {
	if ses.RegisterIntent != "" {
		a, err := s.Operations.Action(ctx, ses.ProjectID, ses.RegisterIntent, now)
		if err != nil {
			return err
		}
		if a.Next != nil || a.UnderWay {
			return nil
		}
	}
	_, err := s.Operations.Register(ctx, acc, ses, policyID)
	return err
}

// sameTerms reports whether a stored permission grants exactly what another
// one does; only the salt may differ.
func sameTerms(packed []byte, grant permission.Permission) bool {
	stored, err := permission.Decode(packed)
	if err != nil {
		return false
	}
	grant.Salt = stored.Salt
	again, err := grant.Encode()
	return err == nil && bytes.Equal(packed, again)
}

// absoluteExpiry is the length of a validity that no one means: 50 years. The
// official browser SDK adds a relative expiry to now, while its type comment
// and viem's callers mean it absolute, so the sum lands in the far future.
const absoluteExpiry = 1_600_000_000

// readAbsoluteExpiry narrows a validity that was absolute before it was added
// to now, and says so. It never widens one.
func readAbsoluteExpiry(p *CreateParams) (notice string) {
	if p.ValidUntil < p.ValidAfter || p.ValidUntil-p.ValidAfter < absoluteExpiry {
		return ""
	}
	meant := p.ValidUntil - p.ValidAfter
	if meant >= 1_000_000_000_000 {
		meant /= 1000 // milliseconds
	}
	if meant >= p.ValidUntil {
		return ""
	}
	notice = fmt.Sprintf("validUntil %d lies %d seconds after validAfter, which reads as an absolute time: the session is valid until %d", p.ValidUntil, p.ValidUntil-p.ValidAfter, meant)
	p.ValidUntil = meant
	return notice
}

func checkWindow(p CreateParams, now uint64) error {
	if p.ValidUntil <= p.ValidAfter {
		return fault.Field("validUntil", p.ValidUntil, "must be later than validAfter %d", p.ValidAfter)
	}
	if p.ValidUntil <= now {
		return fault.Field("validUntil", p.ValidUntil, "is in the past: chain time is %d", now)
	}
	return nil
}
