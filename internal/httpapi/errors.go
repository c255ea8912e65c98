package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

// statusClientGone is logged, never seen: the client closed the connection.
const statusClientGone = 499

var statusOfKind = map[fault.Kind]int{
	fault.Invalid:      http.StatusBadRequest,
	fault.Unauthorized: http.StatusUnauthorized,
	// Not 403: the official Node SDK shows its users no message with that one.
	fault.Forbidden: http.StatusUnauthorized,
	// A user gets 403: the browser SDK shows the message, and logs out on 401.
	fault.Denied:      http.StatusForbidden,
	fault.NotFound:    http.StatusNotFound,
	fault.Conflict:    http.StatusConflict,
	fault.TooLarge:    http.StatusRequestEntityTooLarge,
	fault.Unsupported: http.StatusUnsupportedMediaType,
	fault.Unavailable: http.StatusServiceUnavailable,
}

// methodError is a request with a method that its path does not have.
type methodError struct{ method, path, allowed string }

func (e *methodError) Error() string {
	return fmt.Sprintf("%s has no method %s, only %s", e.path, e.method, e.allowed)
}

// panicError is a panic in a handler, with its stack.
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v\n%s", e.value, e.stack) }

// writeError answers err, and leaves it with the request's note for the log.
// Faults are shown; anything else is "internal error" outside.
func writeError(w http.ResponseWriter, r *http.Request, err error) {
	n := note(r)
	n.err = err
	status, body := describe(r.Context(), err)
	if status >= http.StatusInternalServerError {
		body.CorrelationID = optional(n.requestID)
	}
	challenge(w, status)
	a, err := encode(body)
	if err != nil { // a value in details that JSON cannot hold
		n.err = errors.Join(n.err, err)
		body.Error.Details = nil
		a, _ = encode(body)
	}
	a.status = status
	a.write(w)
}

func challenge(w http.ResponseWriter, status int) {
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
}

// writePlainError answers err as writeError does, in the shape of the routes by
// which users sign in: the official clients look for the code at the top there.
//
// With coded, an error without a code gets one that says the status again: the
// official client of the share storage fails without.
func writePlainError(w http.ResponseWriter, r *http.Request, err error, coded bool) {
	note(r).err = err
	status, body := describe(r.Context(), err)
	challenge(w, status)
	code := body.Error.Code
	if coded && code == nil {
		code = optional(strings.ToUpper(strings.ReplaceAll(http.StatusText(status), " ", "_")))
	}
	a, _ := encode(SignInError{Message: body.Error.Message, Code: code}) // two strings
	a.status = status
	a.write(w)
}

func describe(ctx context.Context, err error) (int, ErrorAnswer) {
	var f *fault.Fault
	var m *methodError
	switch {
	case errors.As(err, &f) && statusOfKind[f.Kind] != 0:
		return statusOfKind[f.Kind], faultAnswer(f)
	case errors.As(err, &m):
		return http.StatusMethodNotAllowed, errorAnswer("invalid_request_error", m.Error())
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		return statusClientGone, errorAnswer("invalid_request_error", "the client closed the request")
	default:
		return http.StatusInternalServerError, errorAnswer("api_error", "internal error")
	}
}

func faultAnswer(f *fault.Fault) ErrorAnswer {
	kind := "invalid_request_error"
	if f.Kind == fault.Unavailable {
		kind = "api_error"
	}
	a := errorAnswer(kind, f.Message)
	a.Error.Code = optional(f.Code)
	if f.Field != "" {
		a.Error.Details = map[string]ErrorDetail{f.Field: {Message: f.Message, Value: f.Value}}
	}
	return a
}

func errorAnswer(kind, message string) ErrorAnswer {
	return ErrorAnswer{Error: ErrorBody{Type: kind, Message: message}}
}

// neverUnauthorized keeps 401 away from clients that sent a bad signature: the
// official SDKs log their user out on it.
func neverUnauthorized(err error) error {
	var f *fault.Fault
	if !errors.As(err, &f) || f.Kind != fault.Unauthorized {
		return err
	}
	invalid := *f
	invalid.Kind = fault.Invalid
	return &invalid
}
