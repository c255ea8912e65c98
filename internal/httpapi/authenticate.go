package httpapi

import (
	"context"
	"net/http"
	"strings"

	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/fault"
)

// Authenticator tells who sent a request: the bearer of an API key, or a user.
// Everything else is a fault of kind Unauthorized.
type Authenticator interface {
	Authenticate(ctx context.Context, c auth.Credentials) (auth.Caller, error)
	// OriginAllowed reports whether pages of an origin may use a project's
	// publishable keys.
	OriginAllowed(ctx context.Context, projectID, origin string) (bool, error)
}

// checkOrigin refuses pages of origins that the project does not list. Only
// browsers say where a page is from, and only the publishable key is in pages:
// this keeps other sites from using it in their visitors' browsers.
func (e endpoint) checkOrigin(c *call) error {
	origin := c.Header.Get("Origin")
	if origin == "" || c.caller.Kind == auth.Secret || sameHost(c.Request, origin) {
		return nil
	}
	allowed, err := e.auth.OriginAllowed(c.Context(), c.project(), origin)
	if err == nil && !allowed {
		err = fault.New(fault.Denied, "pages of %s may not use this project: add the origin to allowedOrigins (POST /v1/project)", clip(origin))
	}
	return err
}

// sameHost reports whether a page is one of this server's own.
func sameHost(r *http.Request, origin string) bool {
	_, host, ok := strings.Cut(origin, "://")
	return ok && host == r.Host
}

// credentials answers what the headers say; where a request comes from is not
// among it.
func credentials(r *http.Request) auth.Credentials {
	return auth.Credentials{
		Authorization: r.Header.Get("Authorization"),
		ProjectKey:    r.Header.Get("X-Project-Key"),
		PlayerToken:   r.Header.Get("X-Player-Token"),
		AuthProvider:  r.Header.Get("X-Auth-Provider"),
	}
}

// checkBehalf refuses to act for another project. Old SDKs send the word
// "undefined" in the header: that means none.
func checkBehalf(r *http.Request, project string) error {
	switch asked := r.Header.Get("X-Behalf-Of-Project"); asked {
	case "", "undefined", project:
		return nil
	default:
		return fault.Field("X-Behalf-Of-Project", clip(asked), "acting for another project is not offered; use a key of that project")
	}
}
