package session

import (
	"context"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/permission"
)

// Replace grants other terms in the place of a session: one operation of the
// owner closes the session and registers the new one, which Replace answers.
// The session stays as it is until then. Without a key in p the same key gets
// the new terms. A replacement that nobody has signed yet is given up for this
// one.
func (s *Service) Replace(ctx context.Context, projectID, sessionID string, p CreateParams) (View, error) {
	old, err := s.Store.Session(ctx, projectID, sessionID)
	if err != nil {
		return View{}, err
	}
	n, err := s.network(old.ChainID)
	if err != nil {
		return View{}, err
	}
	now, err := n.Chain.Time(ctx)
	if err != nil {
		return View{}, err
	}
	if err := s.replaceable(ctx, old, now); err != nil {
		return View{}, err
	}
	acc, err := s.Accounts.Get(ctx, projectID, old.AccountID)
	if err != nil {
		return View{}, err
	}
	acc, epoch, err := s.observe(ctx, n, acc)
	if err != nil {
		return View{}, err
	}
	ses, notice, err := s.replacement(ctx, n, acc, old, p, epoch, now)
	if err != nil {
		return View{}, err
	}
	if _, err := s.Operations.Replace(ctx, acc, old, ses, p.PolicyID); err != nil {
		return View{}, err
	}
	if ses, err = s.Store.Session(ctx, projectID, ses.ID); err != nil {
		return View{}, err
	}
	v, err := s.view(ctx, ses)
	v.Notice = notice
	return v, err
}

// replaceable refuses sessions that are not registered, or that something
// else is about to close.
func (s *Service) replaceable(ctx context.Context, old Session, now uint64) error {
	v, err := s.at(ctx, old, now)
	if err != nil {
		return err
	}
	switch v.Status {
	case StatusActive, StatusScheduled, StatusExhausted, StatusExpired:
	default:
		return fault.New(fault.Conflict, "session %s is %s: only one that is registered and not revoked can be replaced", old.ID, v.Status)
	}
	if old.State != Active {
		return fault.New(fault.Conflict, "session %s is over: create a new one", old.ID)
	}
	if old.RevokeIntent == "" {
		return nil
	}
	a, err := s.Operations.Action(ctx, old.ProjectID, old.RevokeIntent, now)
	if err != nil {
		return err
	}
	if a.Next != nil {
		withdrawn, err := s.Operations.Withdraw(ctx, old.ProjectID, old.RevokeIntent, true)
		if err != nil || withdrawn {
			return err
		}
		a.UnderWay = true
	}
	if a.UnderWay {
		return fault.New(fault.Conflict, "session %s is being revoked or replaced already, by %s", old.ID, old.RevokeIntent)
	}
	return nil
}

// replacement is the session that takes the place of old.
func (s *Service) replacement(ctx context.Context, n Network, acc account.Account, old Session, p CreateParams, epoch, now uint64) (ses Session, notice string, err error) {
	if p.Registration != "" && p.Registration != OnChain {
		return Session{}, "", fault.Field("registration", string(p.Registration), "must be %q: the operation that closes the old session registers the new one", OnChain)
	}
	if err := inheritKey(&p, old); err != nil {
		return Session{}, "", err
	}
	p.ChainID, p.Registration = old.ChainID, OnChain
	if notice, err = readAbsoluteExpiry(&p, now); err != nil {
		return Session{}, "", err
	}
	if err := checkWindow(p, now); err != nil {
		return Session{}, "", err
	}
	grant, err := s.permission(ctx, old.ProjectID, n, p, now)
	if err != nil {
		return Session{}, "", err
	}
	if err := checkKey(p, grant, acc); err != nil {
		return Session{}, "", err
	}
	if old.BlockedAt != nil && grant.Signer == old.Signer {
		return Session{}, "", fault.New(fault.Conflict, "session %s was blocked by an operator of this server: its key gets no other terms until the block ends; name another key", old.ID)
	}
	if err := s.checkFree(ctx, acc, grant, old, now); err != nil {
		return Session{}, "", err
	}
	ses, err = s.prepare(acc, p, grant, epoch)
	ses.State, ses.Replaces = Prepared, old.ID
	return ses, notice, err
}

// inheritKey fills in the key of the old session where none is given.
func inheritKey(p *CreateParams, old Session) error {
	if p.Key != (Key{}) {
		return nil
	}
	granted, err := permission.Decode(old.Permission)
	if err != nil {
		return err
	}
	p.Key = Key{Type: granted.SignerType, Address: granted.Signer}
	if len(old.PublicKey) == 64 {
		p.Key.X, p.Key.Y = [32]byte(old.PublicKey[:32]), [32]byte(old.PublicKey[32:])
	}
	return nil
}

// checkFree refuses a key that has a live session on the account other than
// the one that is replaced.
func (s *Service) checkFree(ctx context.Context, acc account.Account, grant permission.Permission, old Session, now uint64) error {
	if grant.Signer == old.Signer {
		return nil
	}
	live, err := s.Store.LiveSessions(ctx, acc.ID)
	if err != nil {
		return err
	}
	for _, other := range live {
		if other.Signer != grant.Signer {
			continue
		}
		over, err := s.retire(ctx, other, now)
		if err != nil {
			return err
		}
		if !over {
			return fault.New(fault.Conflict, "address: key %s has a live session on account %s already, %s", grant.Signer, acc.ID, other.ID)
		}
	}
	return nil
}

// prepare is a new session that is not saved yet.
func (s *Service) prepare(acc account.Account, p CreateParams, grant permission.Permission, epoch uint64) (Session, error) {
	packed, err := grant.Encode()
	if err != nil {
		return Session{}, refused(err)
	}
	now := s.now()
	ses := Session{
		ID: id.New(id.Session), ProjectID: acc.ProjectID, PlayerID: acc.PlayerID, AccountID: acc.ID,
		ChainID: acc.ChainID, AccountAddress: acc.Address, Signer: grant.Signer,
		Permission: packed, Epoch: epoch, Hash: permission.ID(acc.ChainID, acc.Address, epoch, packed),
		State: Pending, Registration: p.Registration, CreatedAt: now, UpdatedAt: now,
	}
	if p.Key.Type != permission.Secp256k1 {
		ses.PublicKey = append(p.Key.X[:], p.Key.Y[:]...)
	}
	return ses, nil
}
