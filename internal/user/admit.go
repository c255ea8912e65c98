package user

import (
	"context"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/page"
)

// proof is what a way in has proven of somebody.
type proof struct {
	provider Provider
	subject  string
	email    string // that is proven to be theirs, "" for none
	name     string
	image    string
	details  Details
}

// admit answers the user that a proof is of, and makes one when there is none.
func (s *Service) admit(ctx context.Context, projectID string, p proof) (User, error) {
	for {
		u, err := s.known(ctx, projectID, p)
		if !fault.Is(err, fault.NotFound) {
			return u, err
		}
		n := s.newUser(projectID, User{Name: p.name, Email: p.email, EmailVerified: p.email != "", Image: p.image})
		err = s.Store.CreateUser(ctx, n.with(p.provider, p.subject, "", p.details))
		if !fault.Is(err, fault.Conflict) { // otherwise another request was faster: that user is known now
			return n.User, err
		}
	}
}

// known finds the user of a proof by the way in, or by the email, to which it
// adds the way in.
func (s *Service) known(ctx context.Context, projectID string, p proof) (User, error) {
	i, err := s.Store.IdentityBySubject(ctx, projectID, p.provider, p.subject)
	if err == nil {
		return s.Store.User(ctx, projectID, i.UserID)
	}
	if !fault.Is(err, fault.NotFound) || p.email == "" {
		return User{}, err
	}
	u, err := s.byEmail(ctx, projectID, p.email)
	if err != nil {
		return User{}, err
	}
	if u, err = s.proveEmail(ctx, u); err != nil {
		return User{}, err
	}
	return u, s.Store.CreateIdentity(ctx, s.newIdentity(u, p.provider, p.subject, "", p.details))
}

func (s *Service) newIdentity(u User, provider Provider, subject, secret string, d Details) Identity {
	now := s.now()
	return Identity{
		ID: id.New(id.Identity), ProjectID: u.ProjectID, UserID: u.ID, Provider: provider, Subject: subject,
		Secret: secret, Details: d, CreatedAt: now, UpdatedAt: now,
	}
}

func (s *Service) byEmail(ctx context.Context, projectID, email string) (User, error) {
	found, err := s.Store.Users(ctx, projectID, Filter{Email: email}, page.Request{Limit: 1})
	if err != nil {
		return User{}, err
	}
	if len(found.Items) == 0 {
		return User{}, fault.New(fault.NotFound, "no user has the email %s", email)
	}
	return found.Items[0], nil
}

// proveEmail notes that the email of a user is that of whoever comes in now.
// Until then anybody may have signed up with it, and added ways in: all of them
// and every login end.
func (s *Service) proveEmail(ctx context.Context, u User) (User, error) {
	if u.EmailVerified {
		return u, nil
	}
	if err := s.Store.DeleteIdentities(ctx, u.ProjectID, u.ID, ""); err != nil {
		return User{}, err
	}
	if err := s.Store.EndLogins(ctx, u.ProjectID, u.ID, ""); err != nil {
		return User{}, err
	}
	return s.confirmEmail(ctx, u.ProjectID, u.ID, u.Email)
}

// CheckWallet refuses a wallet to a user whose email is not proven: its owner
// gets the user, and the key of the wallet would stay with whoever signed up.
func (s *Service) CheckWallet(ctx context.Context, projectID, userID string) error {
	u, err := s.Store.User(ctx, projectID, userID)
	if err == nil && u.Email != "" && !u.EmailVerified {
		err = &fault.Fault{Kind: fault.Invalid, Code: "EMAIL_NOT_VERIFIED", Message: "a wallet needs a verified email, and that of user " + u.ID + " is not: follow the link in the mail, or ask for a new one (POST /iam/v2/auth/send-verification-email), then create the wallet again"}
	}
	return err
}

// confirmEmail notes that an email was proven, unless the user has another one
// by now.
func (s *Service) confirmEmail(ctx context.Context, projectID, userID, email string) (User, error) {
	return s.Store.UpdateUser(ctx, projectID, userID, func(old User) (User, error) {
		if old.Email == email && !old.EmailVerified {
			old.EmailVerified, old.UpdatedAt = true, s.now()
		}
		return old, nil
	})
}
