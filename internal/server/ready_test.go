package server_test

import (
	"database/sql"
	"io"
	"net/http"
	"strings"
	"testing"
)

func (w *world) ready() (int, string) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.server.URL()+"/ready", nil)
	w.must(err)
	answer, err := http.DefaultClient.Do(req)
	w.must(err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	w.must(err)
	return answer.StatusCode, string(body)
}

// A server whose intents are never settled does not do its work, though the
// database and the chain answer.
func TestReady_jobThatKeepsFailing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if status, body := w.ready(); status != 200 {
		t.Fatalf("at first: %d %s", status, body)
	}
	db, err := sql.Open("sqlite", strings.TrimPrefix(w.config.Database, "sqlite:"))
	w.must(err)
	defer db.Close()
	rename := func(statement string) {
		t.Helper()
		_, err := db.ExecContext(t.Context(), "PRAGMA busy_timeout=10000; "+statement)
		w.must(err)
	}
	rename("ALTER TABLE intents RENAME TO gone")
	w.eventually("/ready names the job that fails", func() bool {
		status, body := w.ready()
		return status == 503 && strings.Contains(body, "settle intents")
	})
	if _, body := w.ready(); strings.Contains(body, "no such table") {
		t.Errorf("the cause is shown to anybody: %s", body)
	}
	rename("ALTER TABLE gone RENAME TO intents")
	w.eventually("/ready recovers", func() bool {
		status, _ := w.ready()
		return status == 200
	})
}
