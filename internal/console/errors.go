package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

var statusOf = map[fault.Kind]int{
	fault.Invalid:      http.StatusBadRequest,
	fault.Unauthorized: http.StatusUnauthorized,
	fault.Forbidden:    http.StatusForbidden,
	fault.NotFound:     http.StatusNotFound,
	fault.Conflict:     http.StatusConflict,
	fault.TooLarge:     http.StatusRequestEntityTooLarge,
	fault.Unsupported:  http.StatusUnsupportedMediaType,
	fault.Unavailable:  http.StatusServiceUnavailable,
}

// fail answers an error: with the way to sign in, or with a page that says what
// is wrong. Faults are shown; anything else is logged, and shown by the
// request's id.
func (v *visit) fail(err error) {
	note(v.r).err = err
	if errors.Is(err, context.Canceled) && v.ctx().Err() != nil {
		return // nobody reads the answer
	}
	if errors.Is(err, errSignIn) && v.r.Method == http.MethodGet {
		v.toSignIn()
		return
	}
	status, message := http.StatusInternalServerError, "Something went wrong here. The log has it under the request "+note(v.r).requestID+"."
	if f, ok := errors.AsType[*fault.Fault](err); ok {
		status, message = statusOf[f.Kind], f.Message
	}
	part := errorPage(v.nobody(), status, message)
	if v.partial() {
		part = errorPart(message)
	}
	if err := v.showAs(status, part); err != nil {
		v.console.Log.Error("draw error page", "request", note(v.r).requestID, "error", err)
		http.Error(v.w, message, status)
	}
}

// toSignIn leads to the sign-in page, and back afterwards.
func (v *visit) toSignIn() {
	to := "/sign-in"
	if back := v.r.URL.RequestURI(); back != "/" && !v.partial() {
		to += "?" + url.Values{"next": {back}}.Encode()
	}
	if v.partial() {
		v.w.Header().Set("HX-Redirect", to)
		v.w.WriteHeader(http.StatusNoContent)
		return
	}
	http.Redirect(v.w, v.r, to, http.StatusSeeOther)
}

// problem is why a form was refused, as a sentence to show above it: the names
// of fields are those of requests, not of forms.
func problem(err error) string {
	f, ok := asFault(err)
	if !ok {
		return "Something went wrong here."
	}
	text := strings.TrimPrefix(f.Message, f.Field+": ")
	return strings.ToUpper(text[:1]) + text[1:] + "."
}
