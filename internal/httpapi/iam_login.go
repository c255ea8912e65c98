package httpapi

import (
	"context"
	"time"

	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/user"
)

// UserService signs users up and in, and keeps them.
type UserService interface {
	LoginService
	EmailService
	EthereumService
	SocialService
	VouchService
	UserRecords
	AuthConfigs
}

// LoginService keeps logins.
type LoginService interface {
	SignUpGuest(ctx context.Context, projectID string, c user.Client) (user.Entry, error)
	// Session answers a login, and moves its end on.
	Session(ctx context.Context, projectID, token string) (user.Entry, error)
	// LogOut ends one login of a user, or all when loginID is "".
	LogOut(ctx context.Context, projectID, userID, loginID string) error
}

// signIn serves the routes by which users come in and go.
type signIn struct{ service LoginService }

func (h signIn) routes() []route {
	return []route{
		{method: "POST", pattern: "/iam/v2/auth/sign-in/anonymous", access: anyPage(), plain: true, serve: h.guest},
		{method: "GET", pattern: "/iam/v2/auth/get-session", access: onlyUser(), plain: true, serve: h.session},
		{method: "POST", pattern: "/iam/v2/auth/sign-out", access: onlyUser(), plain: true, serve: h.signOut},
		{method: "POST", pattern: "/iam/v2/auth/revoke-sessions", access: onlyUser(), plain: true, serve: h.signOutEverywhere},
	}
}

func (h signIn) guest(c *call) (any, error) {
	e, err := h.service.SignUpGuest(c.Context(), c.project(), c.client())
	if err != nil {
		return nil, err
	}
	return showEntry(e), nil
}

func (h signIn) session(c *call) (any, error) {
	if c.caller.LoginID == "" {
		return nil, fault.New(fault.Invalid, "the user is vouched for by another service, which keeps its session")
	}
	e, err := h.service.Session(c.Context(), c.project(), c.userToken())
	if err != nil {
		return nil, err
	}
	return LoginSession{
		Session: UserSession{
			ID:        e.Login.ID,
			Token:     e.Token,
			UserID:    e.Login.UserID,
			CreatedAt: isoTime(e.Login.CreatedAt),
			UpdatedAt: isoTime(e.Login.UpdatedAt),
			ExpiresAt: isoTime(e.Login.ExpiresAt),
			IPAddress: e.Login.Address,
			UserAgent: e.Login.Agent,
		},
		User: showUser(e.User),
	}, nil
}

// signOut has nothing to end for a user whom another service vouches for.
func (h signIn) signOut(c *call) (any, error) {
	if c.caller.LoginID != "" {
		if err := h.service.LogOut(c.Context(), c.project(), c.user(), c.caller.LoginID); err != nil {
			return nil, err
		}
	}
	return SignedOut{Success: true}, nil
}

func (h signIn) signOutEverywhere(c *call) (any, error) {
	if err := h.service.LogOut(c.Context(), c.project(), c.user(), ""); err != nil {
		return nil, err
	}
	return Done{Status: true}, nil
}

// userToken is the token that the caller was known by.
func (c *call) userToken() string { return auth.TokenOf(credentials(c.Request)) }

func showEntry(e user.Entry) SignedIn {
	return SignedIn{Token: e.Token, User: showUser(e.User)}
}

func showUser(u user.User) SessionUser {
	return SessionUser{
		ID:            u.ID,
		Name:          u.Name,
		Email:         u.Email,
		EmailVerified: u.EmailVerified,
		Image:         optional(u.Image),
		IsAnonymous:   u.Anonymous,
		CreatedAt:     isoTime(u.CreatedAt),
		UpdatedAt:     isoTime(u.UpdatedAt),
	}
}

// isoTime is how the sign-in routes show times, unlike all others.
func isoTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
