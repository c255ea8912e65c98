package operator

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

// Visit is a request's operator, as its cookie proves.
type Visit struct {
	Operator Operator
	Session  Session
	token    string
}

// CSRF is the token that a form of this browser must carry.
func (v Visit) CSRF() string { return CSRF(v.token) }

// CSRF derives a form's token from a cookie: a page of another origin can make
// the browser send the cookie, and can read neither.
func CSRF(cookie string) string {
	mac := hmac.New(sha256.New, []byte(cookie))
	mac.Write([]byte("latchkey console form"))
	return hex.EncodeToString(mac.Sum(nil))
}

// NewCookie is a random value for a browser that nobody has signed in with.
func NewCookie() string { return newToken() }

// SameToken compares tokens without telling how much of them is right.
func SameToken(a, b string) bool { return hmac.Equal([]byte(a), []byte(b)) }

// Visit answers whose browser sent a cookie, and keeps the session from ending
// for lack of use. Unauthorized when it is nobody's, or over.
func (s *Service) Visit(ctx context.Context, token string) (Visit, error) {
	v, err := s.Look(ctx, token)
	now := s.now()
	if err != nil || now.Sub(v.Session.SeenAt) < seenEvery {
		return v, err
	}
	v.Session, err = s.Store.UpdateConsoleSession(ctx, v.Session.Hash, func(old Session) (Session, error) {
		old.SeenAt = now
		return old, nil
	})
	return v, err
}

// Look answers what Visit does for requests that a page makes by itself: nobody
// need be there, so they do not keep the session alive.
func (s *Service) Look(ctx context.Context, token string) (Visit, error) {
	if token == "" {
		return Visit{}, errSignIn
	}
	ses, err := s.Store.ConsoleSession(ctx, hashOf(token))
	if fault.Is(err, fault.NotFound) {
		return Visit{}, errSignIn
	}
	if err != nil {
		return Visit{}, err
	}
	now := s.now()
	if !now.Before(ses.ExpiresAt) || now.Sub(ses.SeenAt) >= sessionIdle {
		return Visit{}, errSignIn
	}
	o, err := s.Store.Operator(ctx, ses.OperatorID)
	if err != nil {
		return Visit{}, err
	}
	if o.DisabledAt != nil {
		return Visit{}, errSignIn
	}
	return Visit{Operator: o, Session: ses, token: token}, nil
}

var errSignIn = fault.New(fault.Unauthorized, "sign in first")

// Open starts a session of an operator whose identity is proven, and answers
// its cookie.
func (s *Service) Open(ctx context.Context, operatorID string) (token string, err error) {
	return s.open(ctx, operatorID, func(*Operator) {})
}

func (s *Service) open(ctx context.Context, operatorID string, change func(*Operator)) (token string, err error) {
	now := s.now()
	if _, err := s.Store.UpdateOperator(ctx, operatorID, func(o Operator, _ []Operator) (Operator, error) {
		if o.DisabledAt != nil {
			return o, fault.New(fault.Forbidden, "operator %s is disabled: ask an admin", o.Name)
		}
		o.SeenAt = &now
		change(&o)
		return o, nil
	}); err != nil {
		return "", err
	}
	token = newToken()
	return token, s.Store.CreateConsoleSession(ctx, Session{
		Hash: hashOf(token), OperatorID: operatorID, SeenAt: now, ExpiresAt: now.Add(sessionLife), CreatedAt: now,
	})
}

// SessionLife is how long a browser keeps a session's cookie.
func (s *Service) SessionLife() time.Duration { return sessionLife }

// Close ends the session that a cookie stands for.
func (s *Service) Close(ctx context.Context, v Visit) error {
	return s.Store.DeleteConsoleSession(ctx, v.Session.Hash)
}

// ChooseProject remembers which project a browser looks at.
func (s *Service) ChooseProject(ctx context.Context, v Visit, projectID string) error {
	_, err := s.Store.UpdateConsoleSession(ctx, v.Session.Hash, func(old Session) (Session, error) {
		old.ProjectID = projectID
		return old, nil
	})
	return err
}

// OpenLink signs an operator in by the token of a one-time link. It forgets
// their password, so that who has lost it can set another one, and voids their
// other links.
func (s *Service) OpenLink(ctx context.Context, token string) (cookie string, err error) {
	now := s.now()
	l, err := s.Store.UseLink(ctx, hashOf(token), now)
	switch {
	case fault.Is(err, fault.NotFound):
		return "", fault.New(fault.Unauthorized, "this link is not known here: ask an admin for a new one")
	case err != nil:
		return "", err
	case l.UsedAt != nil:
		return "", fault.New(fault.Unauthorized, "this link was used already: ask an admin for a new one")
	case !now.Before(l.ExpiresAt):
		return "", fault.New(fault.Unauthorized, "this link is over: ask an admin for a new one")
	}
	cookie, err = s.open(ctx, l.OperatorID, func(o *Operator) { o.PasswordHash = "" })
	if err != nil {
		return "", err
	}
	return cookie, s.Store.DeleteLinksOf(ctx, l.OperatorID)
}
