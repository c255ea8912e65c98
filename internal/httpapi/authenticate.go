package httpapi

import (
	"context"
	"net/http"

	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/fault"
)

// Authenticator tells who sent a request: the bearer of an API key, or a user.
// Everything else is a fault of kind Unauthorized.
type Authenticator interface {
	Authenticate(ctx context.Context, c auth.Credentials) (auth.Caller, error)
}

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
