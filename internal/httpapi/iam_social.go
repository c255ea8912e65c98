package httpapi

import (
	"context"
	"net/url"

	"github.com/latchkey-dev/latchkey/internal/user"
)

// SocialService lets users in by other services, over OpenID Connect.
type SocialService interface {
	StartSocial(ctx context.Context, projectID string, p user.SocialParams, c user.Client) (string, error)
	FinishSocial(ctx context.Context, provider string, q url.Values, c user.Client) (target string, err error)
	LogInIDToken(ctx context.Context, projectID string, p user.IDTokenParams, c user.Client) (user.Entry, error)
}

// socialSignIn serves social logins.
type socialSignIn struct{ service SocialService }

func (h socialSignIn) routes() []route {
	return []route{
		{method: "POST", pattern: "/iam/v2/auth/sign-in/social", access: anyPage(), plain: true, serve: h.signIn},
		{method: "POST", pattern: "/iam/v2/auth/link-social", access: onlyUser(), plain: true, serve: h.link},
		{method: "GET", pattern: user.CallbackPath + "{provider}", access: access{open: true}, plain: true, serve: h.comeBack},
	}
}

// signIn links nothing, also when somebody is logged in: who signs in may be
// somebody else.
func (h socialSignIn) signIn(c *call) (any, error) { return h.start(c, "") }

// link gives the user who is logged in one more way in.
func (h socialSignIn) link(c *call) (any, error) { return h.start(c, c.user()) }

// start sends a browser to the service, or takes a token that the service has
// given to the page already. linkTo is the user who gets one more way in, "" to
// sign in.
func (h socialSignIn) start(c *call, linkTo string) (any, error) {
	var req SocialSignInRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	if req.IDToken != nil {
		e, err := h.service.LogInIDToken(c.Context(), c.project(), user.IDTokenParams{
			Provider: req.Provider, Token: req.IDToken.Token, Nonce: value(req.IDToken.Nonce), UserID: linkTo,
		}, c.client())
		if err != nil {
			return nil, err
		}
		return SocialSignedIn{Token: optional(e.Token), User: new(showUser(e.User))}, nil
	}
	target, err := h.service.StartSocial(c.Context(), c.project(), user.SocialParams{
		Provider: req.Provider, CallbackURL: value(req.CallbackURL), Scopes: req.Scopes, UserID: linkTo,
	}, c.client())
	if err != nil {
		return nil, err
	}
	return SocialSignedIn{Redirect: !value(req.DisableRedirect), URL: &target}, nil
}

func (h socialSignIn) comeBack(c *call) (any, error) {
	target, err := h.service.FinishSocial(c.Context(), c.PathValue("provider"), c.URL.Query(), c.client())
	if err != nil {
		return nil, err
	}
	return redirect(target), nil
}
