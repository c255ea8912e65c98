package httpapi

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/requestlog"
)

type heard []requestlog.Entry

func (h *heard) Note(e requestlog.Entry) { *h = append(*h, e) }

// What is kept of requests holds no API key and no signature, wherever a client
// puts them, nothing of queries and bodies, and no internal error.
func TestRequestLog_holdsNoSecrets(t *testing.T) {
	t.Parallel()
	key, signature := "sk_test_01234567-89ab-4def-8123-456789abcdef", "0x"+strings.Repeat("ab", 65)
	for name, c := range map[string]struct {
		path, requestID string
		err             error
	}{
		"in the path":        {path: "/v1/players/" + key + "/" + signature},
		"in the request id":  {path: "/v1/players", requestID: key},
		"in a refusal":       {path: "/v1/players", err: fault.New(fault.Invalid, "what is %s, or %s?", key, signature)},
		"in another error":   {path: "/v1/players", err: errors.New("database at postgres://u:secret-word@db")},
		"in query and body":  {path: "/v1/players?token=secret-word"},
		"in a very long one": {path: "/v1/" + strings.Repeat("x", 10_000) + "secret-word"},
	} {
		var kept heard
		o := observe{log: slog.New(slog.DiscardHandler), now: time.Now, kept: &kept, next: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			note(r).caller(auth.Caller{ProjectID: "pro_1", KeyID: "key_1"})
			if c.err != nil {
				writeError(w, r, c.err)
			}
		})}
		r := httptest.NewRequest(http.MethodPost, c.path, strings.NewReader("secret-word"))
		r.Header.Set("X-Request-Id", c.requestID)
		r.Header.Set("Authorization", "Bearer "+key)
		o.ServeHTTP(httptest.NewRecorder(), r)
		if len(kept) != 1 {
			t.Fatalf("%s: %d requests are kept", name, len(kept))
		}
		e := kept[0]
		all := strings.Join([]string{e.RequestID, e.Path, e.Route, e.Subject, e.Problem, e.KeyID, e.ProjectID, e.Method}, " ")
		for _, secret := range []string{key, key[8:], signature[2:], "secret-word"} {
			if strings.Contains(all, secret) {
				t.Errorf("%s: %q is kept in %q", name, secret, all)
			}
		}
		if len(e.Path) > longestPath+len("…") {
			t.Errorf("%s: a path of %d bytes is kept", name, len(e.Path))
		}
	}
}

// Requests that no project's key came with are nobody's to see.
func TestRequestLog_leavesStrangersOut(t *testing.T) {
	t.Parallel()
	var kept heard
	o := observe{log: slog.New(slog.DiscardHandler), now: time.Now, kept: &kept, next: http.NotFoundHandler()}
	o.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/v1/players", nil))
	if len(kept) != 0 {
		t.Errorf("%+v", kept)
	}
}

func TestSubject(t *testing.T) {
	t.Parallel()
	const player = "pla_01a203ad-f826-7a7c-8268-1baddf50be3e"
	for path, want := range map[string]string{"/v1/players/" + player: player, "/v1/players/" + player + "/x": player, "/v1/players/pla_x": "", "/v1": ""} {
		if got := subject(path); got != want {
			t.Errorf("%s is about %q", path, got)
		}
	}
}
