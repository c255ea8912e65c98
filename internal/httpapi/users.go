package httpapi

import (
	"context"

	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/user"
)

// UserRecords keeps users and their ways in.
type UserRecords interface {
	Get(ctx context.Context, projectID, userID string) (user.User, error)
	List(ctx context.Context, projectID string, f user.Filter, req page.Request) (page.Page[user.User], error)
	// Identities answers the ways in of users, by user.
	Identities(ctx context.Context, projectID string, userIDs ...string) (map[string][]user.Identity, error)
	// Lookup answers the login of a token.
	Lookup(ctx context.Context, projectID, token string) (user.Login, error)
}

// VouchService knows the users that other services vouch for.
type VouchService interface {
	VouchedUser(ctx context.Context, projectID, provider, token, address string) (user.User, error)
}

type users struct {
	service interface {
		UserRecords
		VouchService
	}
	players PlayerService
	auth    AuthService
}

func (h users) routes() []route {
	return []route{
		{method: "GET", pattern: "/v2/users", access: secretKey("users:read"), serve: h.list},
		{method: "GET", pattern: "/v2/users/{id}", access: secretKey("users:read"), serve: h.get},
		{method: "DELETE", pattern: "/v2/users/{id}", access: secretKey("users:delete"), serve: h.delete},
		{method: "GET", pattern: "/iam/v2/me", access: onlyUser(), serve: h.me},
		{method: "POST", pattern: "/iam/v2/user/third_party", access: anyPage(), serve: h.thirdParty},
		{method: "GET", pattern: "/iam/v1/verify", access: secretKey("auth_config:read"), serve: h.verifyToken},
		{method: "GET", pattern: "/iam/keys/{key}", access: access{open: true}, serve: h.keys},
	}
}

func (h users) list(c *call) (any, error) {
	var q ListUsersParams
	if err := c.query(&q); err != nil {
		return nil, err
	}
	req, err := pageRequest(q.Limit, q.Skip, q.Order)
	if err != nil {
		return nil, err
	}
	f := user.Filter{Name: value(q.Name), Email: value(q.Email), Subject: value(q.ExternalUserID), Provider: user.Provider(value(q.AuthProviderID))}
	found, err := h.service.List(c.Context(), c.project(), f, req)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, u := range found.Items {
		ids = append(ids, u.ID)
	}
	ways, err := h.service.Identities(c.Context(), c.project(), ids...)
	if err != nil {
		return nil, err
	}
	return newList(c, found, func(u user.User) (User, error) { return showUserRecord(u, ways[u.ID]), nil })
}

func (h users) get(c *call) (any, error) {
	userID, err := c.id(id.Player, "user")
	if err != nil {
		return nil, err
	}
	return h.show(c, userID)
}

// delete takes the whole player: whoever owns accounts stays.
func (h users) delete(c *call) (any, error) {
	userID, err := c.id(id.Player, "user")
	if err != nil {
		return nil, err
	}
	if _, err := h.service.Get(c.Context(), c.project(), userID); err != nil {
		return nil, err
	}
	if err := h.players.Delete(c.Context(), c.project(), userID); err != nil {
		return nil, err
	}
	return deleted("player", userID), nil
}

func (h users) me(c *call) (any, error) { return h.show(c, c.user()) }

func (h users) show(c *call, userID string) (any, error) {
	u, err := h.service.Get(c.Context(), c.project(), userID)
	if err != nil {
		return nil, err
	}
	ways, err := h.service.Identities(c.Context(), c.project(), userID)
	if err != nil {
		return nil, err
	}
	return showUserRecord(u, ways[userID]), nil
}

func (h users) thirdParty(c *call) (any, error) {
	var req ThirdPartyRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	u, err := h.service.VouchedUser(c.Context(), c.project(), req.Provider, req.Token, c.address())
	if err != nil {
		return nil, err
	}
	return h.show(c, u.ID)
}

// issuer is who made a login's token.
const issuer = "latchkey"

func (h users) verifyToken(c *call) (any, error) {
	var q VerifyTokenParams
	if err := c.query(&q); err != nil {
		return nil, err
	}
	l, err := h.service.Lookup(c.Context(), c.project(), q.Token)
	if fault.Is(err, fault.Unauthorized) {
		// 401 would speak of the secret key.
		err = neverUnauthorized(err)
	}
	if err != nil {
		return nil, err
	}
	return VerifiedToken{
		ProjectID:  l.ProjectID,
		PlayerID:   l.UserID,
		SessionID:  l.ID,
		Issuer:     issuer,
		IssuedAt:   unix(l.CreatedAt),
		Expiration: unix(l.ExpiresAt),
	}, nil
}

// keys answers the keys that tokens of users are signed with: none, since
// tokens say nothing by themselves.
func (h users) keys(c *call) (any, error) {
	caller, err := h.auth.Authenticate(c.Context(), auth.Credentials{ProjectKey: c.PathValue("key")})
	if err != nil || caller.Kind != auth.Publishable {
		return nil, fault.New(fault.NotFound, "no project has the publishable key in the path")
	}
	return JSONWebKeys{Keys: []map[string]any{}}, nil
}

func showUserRecord(u user.User, ways []user.Identity) User {
	shown := User{
		ID:             u.ID,
		CreatedAt:      unix(u.CreatedAt),
		Name:           u.Name,
		Email:          optional(u.Email),
		EmailVerified:  u.EmailVerified,
		IsAnonymous:    u.Anonymous,
		LinkedAccounts: make([]LinkedAccount, len(ways)),
	}
	for i, way := range ways {
		shown.LinkedAccounts[i] = LinkedAccount{
			Provider:         string(way.Provider),
			AccountID:        optional(way.Subject),
			CreatedAt:        unix(way.CreatedAt),
			UpdatedAt:        unix(way.UpdatedAt),
			ConnectorType:    optional(way.Details.Connector),
			WalletClientType: optional(way.Details.Client),
		}
	}
	return shown
}
