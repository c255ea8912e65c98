package auth

import (
	"slices"
	"strings"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

// Scopes of secret keys, as the official API names them.
var Scopes = slices.Concat(
	scopes("accounts", "read", "write", "delete", "sign", "export", "import"),
	scopes("api_key", "write", "delete", "rotate"),
	scopes("auth_config", "read", "write", "delete"),
	scopes("contracts", "read", "write", "delete"),
	scopes("events", "read", "write", "delete"),
	scopes("fee_sponsorship", "read", "write", "delete"),
	scopes("logs", "read"),
	scopes("policies", "read", "write", "delete"),
	scopes("sessions", "read", "write"),
	scopes("settings", "read", "write", "delete"),
	scopes("share", "export"),
	scopes("subscriptions", "read", "write", "delete"),
	scopes("transactions", "read", "write"),
	scopes("users", "read", "write", "delete"),
	scopes("wallets", "read", "write", "delete"),
)

func scopes(resource string, actions ...string) []string {
	var all []string
	for _, a := range actions {
		all = append(all, resource+":"+a)
	}
	return all
}

// Require answers nil when the caller holds a secret key with the scope. A key
// without any scopes has all of them. What a publishable key may do does not ask.
func (c Caller) Require(scope string) error {
	if c.Kind == User {
		return fault.New(fault.Denied, "this needs a secret key (sk_…), users may not do it")
	}
	if c.Kind != Secret {
		return fault.New(fault.Unauthorized, "this needs a secret key (sk_…), the request carries a publishable one")
	}
	if len(c.Scopes) > 0 && !slices.Contains(c.Scopes, scope) {
		return fault.New(fault.Forbidden, "the API key lacks the scope %s, it has %s", scope, strings.Join(c.Scopes, ", "))
	}
	return nil
}
