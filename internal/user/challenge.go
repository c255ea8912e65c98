package user

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"time"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
)

// Purpose is what a challenge lets its bearer do.
type Purpose string

const (
	SignInCode  Purpose = "sign-in"            // code by email
	VerifyCode  Purpose = "email-verification" // code by email
	ResetCode   Purpose = "forget-password"    // code by email
	VerifyLink  Purpose = "verify-link"
	ResetLink   Purpose = "reset-link"
	WalletNonce Purpose = "siwe"
	SocialState Purpose = "social"
)

// Lifetimes of challenges.
const (
	codeLifetime   = 10 * time.Minute
	linkLifetime   = time.Hour
	nonceLifetime  = 10 * time.Minute
	socialLifetime = 10 * time.Minute
)

// maxTries is how many wrong codes end a challenge.
const maxTries = 5

// Challenge is a secret that was given to somebody to be brought back once. A
// new one takes the place of one with the same purpose and subject.
type Challenge struct {
	ID        string
	ProjectID string
	Purpose   Purpose
	Subject   string // whom it was given to: an email, a user, or itself where anybody may have many
	UserID    string // whom it is about, "" when that is not known yet
	Hash      string
	Tries     int
	Data      string // what was said when it was asked for
	CreatedAt time.Time
	ExpiresAt time.Time
}

func (s *Service) newChallenge(projectID string, purpose Purpose, subject, hash string, lifetime time.Duration) Challenge {
	now := s.now()
	return Challenge{
		ID: id.New(id.Challenge), ProjectID: projectID, Purpose: purpose, Subject: subject, Hash: hash,
		CreatedAt: now, ExpiresAt: now.Add(lifetime),
	}
}

// newLink makes a challenge whose secret finds it again.
func (s *Service) newLink(ctx context.Context, purpose Purpose, u User, data string) (secret string, err error) {
	secret = newToken()
	c := s.newChallenge(u.ProjectID, purpose, u.ID, hashOf(secret), linkLifetime)
	c.UserID, c.Data = u.ID, data
	return secret, s.Store.PutChallenge(ctx, c)
}

// followLink answers the challenge of a link's secret, which is worth nothing
// afterwards.
func (s *Service) followLink(ctx context.Context, purpose Purpose, secret string) (Challenge, error) {
	c, err := s.Store.TakeChallenge(ctx, purpose, hashOf(secret))
	if fault.Is(err, fault.NotFound) || err == nil && !s.now().Before(c.ExpiresAt) {
		return Challenge{}, &fault.Fault{Kind: fault.Invalid, Code: "INVALID_TOKEN", Field: "token", Message: "token: is unknown, was used already or is older than its lifetime: ask for a new one"}
	}
	return c, err
}

// newCode makes a challenge with a code short enough to type. It is hashed as
// passwords are: there are so few codes that all could be tried on a plain hash.
func (s *Service) newCode(ctx context.Context, projectID string, purpose Purpose, subject string) (code string, err error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", fmt.Errorf("make code: %w", err)
	}
	code = fmt.Sprintf("%06d", n)
	hash, err := s.Passwords.Hash(ctx, code)
	if err != nil {
		return "", err
	}
	return code, s.Store.PutChallenge(ctx, s.newChallenge(projectID, purpose, subject, hash, codeLifetime))
}

var (
	errWrongCode = &fault.Fault{Kind: fault.Invalid, Code: "INVALID_OTP", Field: "otp", Message: "otp: is not the code of the newest mail"}
	errOldCode   = &fault.Fault{Kind: fault.Invalid, Code: "OTP_EXPIRED", Field: "otp", Message: fmt.Sprintf("otp: was never sent, was used already, is older than %s or was tried wrongly too often: ask for a new one", codeLifetime)}
)

// takeCode ends the challenge whose code is right. A wrong one counts, before it
// is looked at, so that many at once are not worth more tries. What is looked at
// by no code, because there is none, counts for nothing.
func (s *Service) takeCode(ctx context.Context, projectID string, purpose Purpose, subject, code string) error {
	var c Challenge
	err := s.Store.TryChallenge(ctx, projectID, purpose, subject, func(old Challenge) (Challenge, bool) {
		old.Tries++
		c = old
		return old, s.now().Before(old.ExpiresAt) && old.Tries < maxTries
	})
	if fault.Is(err, fault.NotFound) {
		return errOldCode
	}
	if err != nil {
		return err
	}
	if !s.now().Before(c.ExpiresAt) {
		return errOldCode
	}
	if err := s.attempt(ctx, codeLimit, projectID, subject); err != nil {
		return err
	}
	right, err := s.Passwords.Check(ctx, code, c.Hash)
	if err != nil {
		return err
	}
	if !right {
		return errWrongCode
	}
	if err := s.forget(ctx, codeLimit, projectID, subject); err != nil {
		return err
	}
	// Only one of those who bring the right code ends the challenge. The last try
	// has ended it, and was the only one to get there.
	if c.Tries == maxTries {
		return nil
	}
	_, err = s.Store.TakeChallenge(ctx, purpose, c.Hash)
	if fault.Is(err, fault.NotFound) {
		return errOldCode
	}
	return err
}
