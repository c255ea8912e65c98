package console

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/operator"
)

// route is one method of one path. Make them with view, change and open.
type route struct {
	method  string
	pattern string        // of net/http, without the method
	needs   operator.Role // least role; "" for those who are not signed in
	action  string        // as the audit log calls it; "" for what changes nothing
	serve   func(*visit) error
}

// view is a route that everybody who is signed in may read.
func view(pattern string, serve func(*visit) error) route {
	return route{method: http.MethodGet, pattern: pattern, needs: operator.Viewer, serve: serve}
}

// change is a route that changes something: it takes a form with the CSRF
// token, and every call is written to the audit log as action.
func change(needs operator.Role, action, pattern string, serve func(*visit) error) route {
	return route{method: http.MethodPost, pattern: pattern, needs: needs, action: action, serve: serve}
}

// open is a route for those who are not signed in. One that takes a form needs
// the CSRF token of the browser all the same.
func open(method, pattern string, serve func(*visit) error) route {
	return route{method: method, pattern: pattern, serve: serve}
}

func noPage(v *visit) error {
	return fault.New(fault.NotFound, "there is no page %s", v.r.URL.Path)
}

// maxForm bounds what a form may send: an ABI is the largest.
const maxForm = 1 << 20

// endpoint serves one route: who is it, may they, was it meant, do it.
type endpoint struct {
	console *Console
	route
}

func (e endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	note(r).route = e.pattern
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	v := &visit{console: e.console, w: w, r: r}
	if err := e.answer(v); err != nil {
		v.fail(err)
	}
}

func (e endpoint) answer(v *visit) error {
	if err := v.identify(); err != nil {
		return err
	}
	if e.needs != "" && v.nobody() {
		return errSignIn
	}
	if v.r.Method != http.MethodGet && v.r.Method != http.MethodHead {
		if err := v.checkForm(); err != nil {
			return err
		}
	}
	if !v.nobody() && e.needs != "" && !v.operator.Role.Covers(e.needs) {
		return fault.New(fault.Forbidden, "this needs the role %s, yours is %s: ask an admin", e.needs, v.operator.Role)
	}
	if e.action == "" {
		return e.serve(v)
	}
	return e.audited(v)
}

// audited makes a change between the two halves of its audit entry. Once the
// change is made, nothing may look like a failure.
func (e endpoint) audited(v *visit) error {
	ctx := v.r.Context()
	entry, err := v.console.Operators.Begin(ctx, v.entry(e.action))
	if err != nil {
		return err
	}
	served := e.serve(v)
	if v.subject != "" {
		entry.Subject = v.subject
	}
	outcome := operator.OutcomeDone
	if err := cmp.Or(served, v.refusal); err != nil {
		outcome = reason(err)
	}
	if err := v.console.Operators.Finish(context.WithoutCancel(ctx), entry, v.before, v.after, outcome); err != nil {
		v.console.Log.Error("finish audit entry", "entry", entry.ID, "action", e.action, "error", err)
	}
	return served
}

// entry is an entry of the audit log about what the visit does.
func (v *visit) entry(action string) operator.Entry {
	return operator.Entry{
		ProjectID:    v.project.ID,
		OperatorID:   v.operator.ID,
		OperatorName: v.operator.Name,
		Action:       action,
		Subject:      v.r.PathValue("id"),
		RequestID:    note(v.r).requestID,
		Remote:       v.console.remote(v.r),
	}
}

// reason is why a change was not made, as the audit log may hold it.
func reason(err error) string {
	var f *fault.Fault
	if errors.As(err, &f) {
		return f.Message
	}
	return "internal error"
}
