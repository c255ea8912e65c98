package user

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"time"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
)

// Lifetimes of a login. It ends loginLifetime after it was last moved on, which
// happens at most once in moveOnAfter, so that a busy user costs no writes.
const (
	loginLifetime = 30 * 24 * time.Hour
	moveOnAfter   = 24 * time.Hour
)

// Entry is a user who has come in. Token is shown here once.
type Entry struct {
	User  User
	Login Login
	Token string
}

// tokenPrefix lets people and scanners tell a leaked token.
const tokenPrefix = "lku_"

// newToken makes a secret of 256 bits.
func newToken() string {
	var secret [32]byte
	_, _ = rand.Read(secret[:]) // never fails
	return tokenPrefix + base64.RawURLEncoding.EncodeToString(secret[:])
}

// hashOf needs no salt and no slowness: what it hashes is random.
func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// maxAgent bounds what a client may have us keep about itself, in bytes.
const maxAgent = 200

func (s *Service) enter(ctx context.Context, u User, c Client) (Entry, error) {
	now, token := s.now(), newToken()
	l := Login{
		ID:        id.New(id.Login),
		ProjectID: u.ProjectID,
		UserID:    u.ID,
		Hash:      hashOf(token),
		Address:   c.Address,
		Agent:     printable(c.Agent, maxAgent),
		CreatedAt: now,
		UpdatedAt: now,
		ExpiresAt: now.Add(loginLifetime),
	}
	return Entry{User: u, Login: l, Token: token}, s.Store.CreateLogin(ctx, l)
}

// printable keeps the ASCII text of s up to a length: what a client sends may
// be cut anywhere and hold anything.
func printable(s string, most int) string {
	kept := make([]byte, 0, min(len(s), most))
	for i := range len(s) {
		if c := s[i]; c >= ' ' && c <= '~' && len(kept) < most {
			kept = append(kept, c)
		}
	}
	return string(kept)
}

// errLoggedOut is the same for a token that never was, has ended or belongs to
// another project.
var errLoggedOut = &fault.Fault{Kind: fault.Unauthorized, Code: "SESSION_EXPIRED", Message: "the user's token is unknown, or its login has ended: log in again"}

// Login answers the user and the login that a token stands for.
func (s *Service) Login(ctx context.Context, projectID, token string) (userID, loginID string, err error) {
	l, err := s.login(ctx, projectID, token)
	return l.UserID, l.ID, err
}

func (s *Service) login(ctx context.Context, projectID, token string) (Login, error) {
	l, err := s.Store.LoginByHash(ctx, projectID, hashOf(token))
	if fault.Is(err, fault.NotFound) || err == nil && !s.now().Before(l.ExpiresAt) {
		return Login{}, errLoggedOut
	}
	return l, err
}

// Session answers the user of a token and its login, whose end it moves on. The
// token stays the same: it may be held by a page and by a server at once, and
// neither could tell the other of a new one.
func (s *Service) Session(ctx context.Context, projectID, token string) (Entry, error) {
	l, err := s.login(ctx, projectID, token)
	if err != nil {
		return Entry{}, err
	}
	if s.now().Sub(l.UpdatedAt) >= moveOnAfter {
		l, err = s.Store.UpdateLogin(ctx, projectID, l.ID, func(old Login) (Login, error) {
			old.UpdatedAt = s.now()
			old.ExpiresAt = old.UpdatedAt.Add(loginLifetime)
			return old, nil
		})
		if fault.Is(err, fault.NotFound) { // ended in between
			return Entry{}, errLoggedOut
		}
		if err != nil {
			return Entry{}, err
		}
	}
	u, err := s.Store.User(ctx, projectID, l.UserID)
	if fault.Is(err, fault.NotFound) {
		return Entry{}, errLoggedOut
	}
	return Entry{User: u, Login: l, Token: token}, err
}

// Lookup answers the login of a token, and leaves it as it is.
func (s *Service) Lookup(ctx context.Context, projectID, token string) (Login, error) {
	return s.login(ctx, projectID, token)
}

// LogOut ends one login of a user, or all when loginID is "": their tokens are worth
// nothing from now on.
func (s *Service) LogOut(ctx context.Context, projectID, userID, loginID string) error {
	return s.Store.EndLogins(ctx, projectID, userID, loginID)
}
