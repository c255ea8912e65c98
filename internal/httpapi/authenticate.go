package httpapi

import (
	"context"
	"net/http"
	"strings"

	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/fault"
)

// Authenticator tells who owns an API key. An unknown key is a fault of kind
// Unauthorized.
type Authenticator interface {
	Authenticate(ctx context.Context, bearer string) (auth.Caller, error)
}

// bearer returns the API key of a request. The X-Project-Key that SDKs send
// beside it is not looked at: the key names its project.
func bearer(r *http.Request) (string, error) {
	header := r.Header.Get("Authorization")
	if header == "" {
		return "", fault.New(fault.Unauthorized, "Authorization: the header is missing; send \"Bearer \" and an API key (sk_… or pk_…)")
	}
	scheme, key, _ := strings.Cut(header, " ")
	key = strings.TrimSpace(key)
	if !strings.EqualFold(scheme, "Bearer") || key == "" {
		return "", fault.New(fault.Unauthorized, "Authorization: must be \"Bearer \" and an API key (sk_… or pk_…)")
	}
	return key, nil
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
