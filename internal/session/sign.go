package session

import (
	"bytes"
	"context"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// Sign takes the owner's signature for the session's next action: its
// registration, its grant, its replacement of another, or its end. The same
// signature again gets the same answer, also after the session has moved on.
func (s *Service) Sign(ctx context.Context, projectID, id string, p SignParams) (View, error) {
	ses, err := s.Store.Session(ctx, projectID, id)
	if err != nil {
		return View{}, err
	}
	if ses.Registration != OnChain && ses.RevokeIntent == "" {
		return s.signGrant(ctx, ses, p.Signature)
	}
	intentID, err := s.signable(ctx, ses, p.Signature)
	if err != nil {
		return View{}, err
	}
	if err := s.Operations.Sign(ctx, projectID, intentID, p); err != nil {
		return View{}, err
	}
	return s.settled(ctx, ses), nil
}

// signable answers the intent that a signature is for: the one it has signed
// already, else the newest.
func (s *Service) signable(ctx context.Context, ses Session, sig []byte) (string, error) {
	switch {
	case ses.RevokeIntent == "" && ses.RegisterIntent == "":
		return "", fault.New(fault.Conflict, "session %s has nothing to sign", ses.ID)
	case ses.RevokeIntent == "":
		return ses.RegisterIntent, nil
	case ses.RegisterIntent == "":
		return ses.RevokeIntent, nil
	}
	repeat, err := s.Operations.SignedWith(ctx, ses.ProjectID, ses.RegisterIntent, sig)
	if repeat {
		return ses.RegisterIntent, err
	}
	return ses.RevokeIntent, err
}

// signGrant takes the owner's signature of the grant itself, which makes the
// session active without a transaction: it rides in the session's operations.
func (s *Service) signGrant(ctx context.Context, ses Session, sig []byte) (View, error) {
	if !ses.Live() {
		return View{}, fault.New(fault.Conflict, "session %s is %s: it cannot be signed any more", ses.ID, ses.State)
	}
	n, err := s.network(ses.ChainID)
	if err != nil {
		return View{}, err
	}
	acc, err := s.Accounts.Get(ctx, ses.ProjectID, ses.AccountID)
	if err != nil {
		return View{}, err
	}
	acc, epoch, err := s.observe(ctx, n, acc)
	if err != nil {
		return View{}, err
	}
	if epoch != ses.Epoch {
		return View{}, fault.New(fault.Conflict, "session %s can no longer be granted: all sessions of its account were revoked since; create it again", ses.ID)
	}
	form, keySignature, err := acc.Owner.Check(grantDigest(ses), sig)
	if err != nil {
		return View{}, fault.Field("signature", nil, "only the owner %s may sign this grant, and the signature %v", acc.Owner.Address, err)
	}
	signed := userop.Grant{Form: form, Signature: keySignature}.Bytes()
	ses, err = s.Store.UpdateSession(ctx, ses.ProjectID, ses.ID, func(old Session) (Session, error) {
		if old.OwnerGrant != nil {
			if !bytes.Equal(old.OwnerGrant, signed) {
				return old, fault.New(fault.Conflict, "signature: session %s is signed already, with another signature", old.ID)
			}
			return old, nil
		}
		old.OwnerGrant, old.State, old.UpdatedAt = signed, Active, s.now()
		return old, nil
	})
	if err != nil {
		return View{}, err
	}
	return s.settled(ctx, ses), nil
}

// settled shows a session after an action was signed. The action cannot be
// taken back, so a failure to read the chain now is logged and answered with
// what is stored: an error would make clients send the request again.
func (s *Service) settled(ctx context.Context, before Session) View {
	ses, err := s.Store.Session(ctx, before.ProjectID, before.ID)
	if err != nil {
		ses = before
	}
	v, viewErr := s.view(ctx, ses)
	if viewErr == nil {
		return v
	}
	s.Log.Error("show a session after its signature", "session", ses.ID, "error", viewErr)
	return s.stored(ses)
}

// grantAction asks for the owner's signature of a grant that rides in
// operations; nil when it is signed.
func grantAction(ses Session) (*NextAction, error) {
	if ses.OwnerGrant != nil {
		return nil, nil
	}
	p, err := permission.Decode(ses.Permission)
	if err != nil {
		return nil, err
	}
	data, err := userop.GrantTypedData(ses.ChainID, ses.AccountAddress, ses.Epoch, ses.Permission)
	if err != nil {
		return nil, err
	}
	return &NextAction{SignableHash: grantDigest(ses), TypedData: data, ExpiresAt: p.ValidUntil}, nil
}

func grantDigest(ses Session) [32]byte {
	return userop.GrantDigest(ses.ChainID, ses.AccountAddress, ses.Hash)
}
