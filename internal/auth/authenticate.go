package auth

import (
	"context"
	"strings"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

// Authenticate answers who sent a request: the bearer of an API key, or a user.
// A user sends a login's token as bearer and the project's publishable key
// beside it, or the publishable key as bearer and a token beside it. Failures
// are faults of kind Unauthorized, but for those that Users has another for.
func (s *Service) Authenticate(ctx context.Context, c Credentials) (Caller, error) {
	bearer := bearerOf(c.Authorization)
	if bearer == "" {
		return s.withoutBearer(ctx, c)
	}
	if !isKey(bearer) {
		return s.withToken(ctx, c.ProjectKey, bearer)
	}
	caller, err := s.byKey(ctx, bearer)
	if err != nil || caller.Kind != Publishable || c.PlayerToken == "" {
		return caller, err
	}
	if c.AuthProvider == "" {
		return s.loggedIn(ctx, caller, c.PlayerToken)
	}
	return s.vouched(ctx, caller, c)
}

func bearerOf(header string) string {
	bearer := strings.TrimSpace(header)
	if scheme, rest, ok := strings.Cut(bearer, " "); ok && strings.EqualFold(scheme, "bearer") {
		bearer = strings.TrimSpace(rest)
	}
	return bearer
}

// TokenOf answers the user's token among credentials, "" when there is none.
func TokenOf(c Credentials) string {
	if bearer := bearerOf(c.Authorization); !isKey(bearer) {
		return bearer
	}
	return c.PlayerToken
}

func isKey(s string) bool { return strings.HasPrefix(s, "pk_") || strings.HasPrefix(s, "sk_") }

// withoutBearer is how the browser SDK asks before its user has logged in: with
// nothing but the publishable key.
func (s *Service) withoutBearer(ctx context.Context, c Credentials) (Caller, error) {
	if !strings.HasPrefix(c.ProjectKey, "pk_") {
		return Caller{}, fault.New(fault.Unauthorized, "no API key was sent: send the header Authorization: Bearer sk_…")
	}
	return s.byKey(ctx, c.ProjectKey)
}

func (s *Service) withToken(ctx context.Context, projectKey, token string) (Caller, error) {
	if !strings.HasPrefix(projectKey, "pk_") {
		return Caller{}, fault.New(fault.Unauthorized, "Authorization must carry an API key, which starts with sk_ or pk_, or a user's token with the publishable key in the header x-project-key")
	}
	caller, err := s.byKey(ctx, projectKey)
	if err != nil {
		return Caller{}, err
	}
	return s.loggedIn(ctx, caller, token)
}

func (s *Service) byKey(ctx context.Context, key string) (Caller, error) {
	k, err := s.Store.KeyByHash(ctx, hashOf(key))
	if fault.Is(err, fault.NotFound) {
		return Caller{}, fault.New(fault.Unauthorized, "the API key is unknown here")
	}
	if err != nil {
		return Caller{}, err
	}
	if !k.Works(s.Now()) {
		return Caller{}, fault.New(fault.Unauthorized, "the API key %s… was revoked", k.Hint)
	}
	return Caller{ProjectID: k.ProjectID, KeyID: k.ID, Kind: k.Kind, Scopes: k.Scopes}, nil
}

func (s *Service) loggedIn(ctx context.Context, caller Caller, token string) (Caller, error) {
	userID, loginID, err := s.Users.Login(ctx, caller.ProjectID, token)
	if err != nil {
		return Caller{}, err
	}
	return asUser(caller, userID, loginID), nil
}

func (s *Service) vouched(ctx context.Context, caller Caller, c Credentials) (Caller, error) {
	userID, err := s.Users.Vouched(ctx, caller.ProjectID, c.AuthProvider, c.PlayerToken, c.Address)
	if err != nil {
		return Caller{}, err
	}
	return asUser(caller, userID, ""), nil
}

func asUser(caller Caller, userID, loginID string) Caller {
	return Caller{ProjectID: caller.ProjectID, KeyID: caller.KeyID, Kind: User, UserID: userID, LoginID: loginID}
}
