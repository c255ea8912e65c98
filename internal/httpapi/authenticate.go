package httpapi

import (
	"context"
	"net/http"

	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/fault"
)

// Authenticator tells who sent a request, by the value of its Authorization
// header: "Bearer " and an API key. Everything else is a fault of kind
// Unauthorized. The X-Project-Key that SDKs send beside it is not looked at:
// the key names its project.
type Authenticator interface {
	Authenticate(ctx context.Context, bearer string) (auth.Caller, error)
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
