// Package fault is the one error type that the domain shows to API clients.
// A Fault has a kind, which decides the HTTP status, a message written for the
// client, and where known the field and the value that were refused. Every
// other error is internal: logged in full, shown as "internal error".
package fault

import (
	"errors"
	"fmt"
)

// Kind classifies a fault. Transports map kinds to status codes in one place.
type Kind string

const (
	Invalid      Kind = "invalid"      // 400: the request can never succeed as sent
	Unauthorized Kind = "unauthorized" // 401: no or unknown credentials; never for a bad signature
	Forbidden    Kind = "forbidden"    // 401 as well: known credentials without the scope
	Denied       Kind = "denied"       // 403: a user whose token is good asks for what users may not do
	NotFound     Kind = "not_found"    // 404
	Conflict     Kind = "conflict"     // 409: the state forbids it now
	TooLarge     Kind = "too_large"    // 413
	Unsupported  Kind = "unsupported"  // 415: content type
	Unavailable  Kind = "unavailable"  // 503: a dependency is away and nothing was changed
)

// Fault is an error whose message a client may read.
type Fault struct {
	Kind    Kind
	Message string
	Field   string // path of the refused field, "" when the request as a whole is meant
	Value   any    // what was sent in Field, nil when it must not be echoed
	Code    string // stable machine word, optional
	Cause   error  // logged, never shown
}

func (f *Fault) Error() string {
	if f.Cause != nil {
		return fmt.Sprintf("%s: %v", f.Message, f.Cause)
	}
	return f.Message
}

func (f *Fault) Unwrap() error { return f.Cause }

// New returns a fault of kind with a formatted message.
func New(kind Kind, format string, args ...any) *Fault {
	return &Fault{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// Field returns an Invalid fault about one field of the request.
func Field(field string, value any, format string, args ...any) *Fault {
	return &Fault{Kind: Invalid, Field: field, Value: value, Message: field + ": " + fmt.Sprintf(format, args...)}
}

// Is reports whether err is, or wraps, a fault of the given kind.
func Is(err error, kind Kind) bool {
	var f *Fault
	return errors.As(err, &f) && f.Kind == kind
}
