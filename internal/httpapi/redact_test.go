package httpapi

import (
	"fmt"
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

func TestRedact(t *testing.T) {
	t.Parallel()
	var (
		key       = strings.Repeat("a1", 32) // as a private key
		signature = strings.Repeat("b2", 65)
		jwt       = "eyJhbGciOiJFUzI1NiJ9." + "eyJzdWIiOiJhIn0." + "c2lnbmF0dXJl-_x"
	)
	for _, c := range []struct{ in, want string }{
		{"/v1/players/sk_test_1b4e28ba-2fa1-41d2-883f-0016d3cca427", "/v1/players/[redacted]"},
		{"pk_live_x and sk_live_y", "[redacted] and [redacted]"},
		{"token lku_abc-DEF_1 is over", "token [redacted] is over"},
		{"Bearer " + jwt + " is over", "Bearer [redacted] is over"},
		{"signature 0x" + signature + ": not the owner's", "signature [redacted]: not the owner's"},
		{"signature " + signature, "signature [redacted]"},
		{"privateKey 0x" + key, "privateKey 0xa1a1a1a1…"},
		{"/v1/x/" + key, "/v1/x/a1a1a1a1…"},
		{"0x" + key + " and 0x" + key, "0xa1a1a1a1… and 0xa1a1a1a1…"},
		{"account 0x" + key[:40], "account 0x" + key[:40]}, // an address is no secret
		{"/v1/sessions/ses_01a20315-6d89-76d2-9392-6ee2db756632", "/v1/sessions/ses_01a20315-6d89-76d2-9392-6ee2db756632"},
	} {
		if got := publish(c.in); got != c.want {
			t.Errorf("publish(%q) is %q, want %q", c.in, got, c.want)
		}
	}
}

// keptRequests is a log of requests that a test reads.
type keptRequests []requestlog.Entry

func (k *keptRequests) Note(e requestlog.Entry) { *k = append(*k, e) }

// What a client puts into a request, and what it is told, is kept without
// secrets, queries and length.
func TestKeptRequestsHoldNoSecrets(t *testing.T) {
	t.Parallel()
	const secret = "sk_test_1b4e28ba-2fa1-41d2-883f-0016d3cca427"
	var log keptRequests
	o := observe{log: slog.New(slog.DiscardHandler), now: time.Now, kept: &log, next: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		note(r).caller(auth.Caller{ProjectID: "pro_1", KeyID: "key_1"})
		writeError(w, r, fault.Field("name", secret, "must not be %s, nor %s", secret, strings.Repeat("long ", 1000)))
	})}
	path := "/v1/players/" + secret + "/" + strings.Repeat("x", 5000)
	r := httptest.NewRequest(http.MethodPost, path+"?email=a@b.example&otp=123456&token=lku_abc", strings.NewReader(`{"password":"hunter2"}`))
	r.Header.Set("X-Request-Id", secret)
	o.ServeHTTP(httptest.NewRecorder(), r)
	if len(log) != 1 {
		t.Fatalf("%d requests are kept, want 1", len(log))
	}
	e := log[0]
	all := fmt.Sprintf("%+v", e)
	for _, unwanted := range []string{secret, "123456", "a@b.example", "lku_", "hunter2", "?"} {
		if strings.Contains(all, unwanted) {
			t.Errorf("the log keeps %q: %s", unwanted, all)
		}
	}
	if !strings.HasPrefix(e.Path, "/v1/players/[redacted]/xxx") || !strings.HasPrefix(e.Problem, "name: must not be [redacted], nor long") {
		t.Errorf("kept are path %q and problem %q", e.Path, e.Problem)
	}
	if most := len("…"); len(e.Path) > longestPath+most || len(e.Problem) > longestProblem+most {
		t.Errorf("kept are %d bytes of path and %d of the problem", len(e.Path), len(e.Problem))
	}
}
