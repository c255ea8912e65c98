package console

import (
	"net/http"
	"testing"
	"time"

	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/operator"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/requestlog"
)

func TestRequestFilter(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	for query, want := range map[string]requestlog.Filter{
		"":                      {},
		"/v1/players":           {Path: "/v1/players"},
		"4xx":                   {Least: 400, Most: 500},
		"404":                   {Least: 404, Most: 405},
		"600":                   {RequestID: "600"},
		"key_1":                 {KeyID: "key_1"},
		"ses_1":                 {Subject: "ses_1"},
		"2026-11-22":            {Since: day, Before: day.AddDate(0, 0, 1)},
		"c0ffee-1":              {RequestID: "c0ffee-1"},
		"post /v1/s 5xx  key_1": {Method: "POST", Path: "/v1/s", Least: 500, Most: 600, KeyID: "key_1"},
	} {
		if got := requestFilter(query); got != want {
			t.Errorf("%q is read as %+v, want %+v", query, got, want)
		}
	}
}

// noted writes a request of the project and answers the path of its page.
func (w *world) noted(e requestlog.Entry) string {
	w.t.Helper()
	log := w.console.Requests
	log.Note(e)
	if err := log.Flush(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	w.clock.add(time.Second)
	found, err := log.List(w.t.Context(), e.ProjectID, requestlog.Filter{RequestID: e.RequestID}, page.Request{Limit: 1})
	if err != nil || len(found.Items) != 1 {
		w.t.Fatalf("request %s is not in the log: %v", e.RequestID, err)
	}
	return "/requests/" + found.Items[0].ID
}

func TestRequests_one(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key, _, err := w.console.Auth.NewKey(t.Context(), w.project.ID, "back end", auth.Secret, auth.Scopes)
	if err != nil {
		t.Fatal(err)
	}
	b := w.as(operator.Viewer)
	e := requestlog.Entry{
		ProjectID: w.project.ID, KeyID: key.ID, RequestID: "first", Method: http.MethodGet, Route: "/v1/sessions/{id}", Path: "/v1/sessions/ses_1",
		Subject: "ses_1", Status: http.StatusNotFound, Bytes: 42, Took: 1500 * time.Microsecond, Problem: "session ses_1 does not exist",
	}
	path := w.noted(e)
	w.want(b.get("/requests"), http.StatusOK, path)
	w.want(b.get("/requests"), http.StatusOK, neverKept)
	shown := b.get(path)
	for _, text := range []string{
		"GET /v1/sessions/{id}", neverKept, "404", "42 bytes in 1.5ms", e.Problem, e.Path, "first",
		`href="/requests?q=` + key.ID, "back end", `href="/sessions/ses_1"`,
	} {
		w.want(shown, http.StatusOK, text)
	}

	e.RequestID, e.KeyID, e.Subject = "second", "key_gone", "sig_1"
	shown = b.get(w.noted(e))
	w.want(shown, http.StatusOK, "key_gone")
	w.want(shown, http.StatusOK, "sig_1")

	other, _, _, err := w.console.Auth.NewProject(t.Context(), "Other")
	if err != nil {
		t.Fatal(err)
	}
	e.ProjectID, e.RequestID = other.ID, "third"
	w.want(b.get(w.noted(e)), http.StatusNotFound, "does not exist")
}

func TestRecordPath(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"":      "",
		"ses_1": "/sessions/ses_1",
		"tin_1": "/intents/tin_1",
		"pla_1": "/users/pla_1",
		"pol_1": "/policies/pol_1",
		"con_1": "/contracts/con_1",
		"acc_1": "",
		"key_1": "",
	} {
		if got := recordPath(id); got != want {
			t.Errorf("the page of %q is %q, want %q", id, got, want)
		}
	}
}
