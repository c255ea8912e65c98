package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

func TestKeysAndScopes(t *testing.T) {
	t.Parallel()
	sign := "/v1/sessions/" + sessionID + "/signature"
	body := `{"signature":"` + goodSignature + `"}`
	cases := map[string]struct {
		method, path, authorization string
		status                      int
		want                        string
	}{
		"no key":                       {"GET", "/v1/players", "", 401, "no API key"},
		"unknown key":                  {"GET", "/v1/players", "Bearer sk_test_x", 401, "unknown"},
		"no key for a signature":       {"POST", sign, "", 401, "no API key"},
		"publishable key":              {"GET", "/v1/players", "Bearer " + publishable, 401, "secret key"},
		"publishable key for a create": {"POST", "/v1/sessions", "Bearer " + publishable, 401, "secret key"},
		"publishable key to read":      {"GET", "/v1/sessions/" + sessionID, "Bearer " + publishable, 401, "secret key"},
		"publishable key to sign":      {"POST", sign, "Bearer " + publishable, 200, ""},
		"secret key to sign":           {"POST", sign, "Bearer " + secret, 200, ""},
		"scope":                        {"GET", "/v1/sessions/" + sessionID, "Bearer " + reader, 200, ""},
		"missing scope":                {"GET", "/v1/players", "Bearer " + reader, 401, "wallets:read"},
		"missing scope to sign":        {"POST", sign, "Bearer " + reader, 401, "sessions:write"},
		"missing scope of a policy":    {"GET", "/v1/policies", "Bearer " + reader, 401, "fee_sponsorship:read"},
		"missing scope of a rule":      {"GET", "/v1/policy_rules", "Bearer " + reader, 401, "policies:read"},
		"missing scope of a setting":   {"POST", "/v1/project", "Bearer " + reader, 401, "settings:write"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t)
			r := a.do(tc.method, tc.path, jsonType, body, "Authorization: "+tc.authorization)
			if r.Code != tc.status || !strings.Contains(r.message(), tc.want) {
				t.Errorf("got %d %q, want %d with %q", r.Code, r.message(), tc.status, tc.want)
			}
			if challenge := r.Header().Get("WWW-Authenticate"); (challenge == "Bearer") != (tc.status == 401) {
				t.Errorf("WWW-Authenticate is %q with status %d", challenge, r.Code)
			}
		})
	}
}

func TestHeadersThatOfficialClientsSend(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		header string
		status int
	}{
		"publishable key beside a secret one": {"X-Project-Key: " + publishable, 200},
		"behalf of undefined":                 {"X-Behalf-Of-Project: undefined", 200},
		"behalf of itself":                    {"X-Behalf-Of-Project: " + projectID, 200},
		"behalf of another project":           {"X-Behalf-Of-Project: pro_other", 400},
	}
	for name, tc := range cases {
		a := newAPI(t)
		if r := a.get("/v1/players", tc.header); r.Code != tc.status {
			t.Errorf("%s: got %d %s, want %d", name, r.Code, r.Body, tc.status)
		}
	}
}

func TestPathsAreTidied(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/v1/players/", "//v1//players", "/v1/players/" + playerID + "/", "/v1/./players", "/health/"} {
		a := newAPI(t)
		if r := a.get(path); r.Code != http.StatusOK {
			t.Errorf("%s: got %d %s", path, r.Code, r.Body)
		}
	}
	a := newAPI(t)
	if r := a.do("POST", "/v1/sessions/revoke/", formType, "address=ses_1&chainId=1"); r.Code != http.StatusOK {
		t.Errorf("POST with a trailing slash: got %d %s", r.Code, r.Body)
	}
}

func TestHeadIsAnsweredLikeGet(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(newAPI(t).handler)
	t.Cleanup(server.Close)
	r, err := http.Head(server.URL + "/health")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		t.Errorf("got %d", r.StatusCode)
	}
}

// The preflights that browsers were seen to send for the official SDK.
func TestCORS(t *testing.T) {
	t.Parallel()
	for _, asked := range []string{
		"x-project-key", "authorization,x-project-key", "authorization,content-type,x-project-key", "authorization,content-type",
		"x-player-token,x-auth-provider,x-token-type,x-native-app-identifier,x-request-id,x-idempotency-key",
	} {
		a := newAPI(t)
		r := a.do("OPTIONS", "/v1/sessions", "", "", "Authorization: ", "Origin: https://game.example", "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: "+asked)
		if r.Code != http.StatusNoContent || r.Header().Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: got %d %v", asked, r.Code, r.Header())
		}
		allowed := strings.ToLower(r.Header().Get("Access-Control-Allow-Headers"))
		for name := range strings.SplitSeq(asked, ",") {
			if !strings.Contains(allowed, name) {
				t.Errorf("%s is not allowed: %s", name, allowed)
			}
		}
		for _, method := range []string{"GET", "POST", "PUT", "DELETE", "OPTIONS"} {
			if !strings.Contains(r.Header().Get("Access-Control-Allow-Methods"), method) {
				t.Errorf("%s is not allowed", method)
			}
		}
	}
	a := newAPI(t)
	for _, r := range []reply{a.get("/v1/players"), a.get("/v1/nothing"), a.get("/v1/players", "Authorization: ")} {
		if r.Header().Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("an answer with %d cannot be read by browsers", r.Code)
		}
		if r.Header().Get("Access-Control-Allow-Credentials") != "" {
			t.Error("credentials are allowed")
		}
	}
}

func TestRequestIDs(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for _, good := range []string{"a", "9f1c-AZ.09:_", strings.Repeat("x", 128)} {
		if got := a.get("/health", "X-Request-Id: "+good).Header().Get("X-Request-Id"); got != good {
			t.Errorf("sent %q, got %q", good, got)
		}
	}
	seen := map[string]bool{}
	for _, bad := range []string{"", "a b", "<script>", strings.Repeat("x", 129), "ü"} {
		got := a.get("/health", "X-Request-Id: "+bad).Header().Get("X-Request-Id")
		if got == bad || !goodRequestID.MatchString(got) || seen[got] {
			t.Errorf("sent %q, got %q", bad, got)
		}
		seen[got] = true
	}
}

func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	key := "X-Idempotency-Key: create-1"
	first := a.post("/v1/players", `{"name":"ann","description":"x"}`, key)
	a.player.Name = "bob" // the first answer must come from memory
	again := a.post("/v1/players", `{ "description" : "x", "name" : "ann" }`, key)
	if again.Code != 200 || again.Body.String() != first.Body.String() || a.creates != 1 {
		t.Errorf("repeated: got %d %s after %d creates, want %s after one", again.Code, again.Body, a.creates, first.Body)
	}
	if again.Header().Get("X-Idempotent-Replayed") != "true" || first.Header().Get("X-Idempotent-Replayed") != "" {
		t.Error("X-Idempotent-Replayed does not tell the repeat")
	}
	if r := a.post("/v1/players", `{"name":"eve"}`, key); r.Code != 409 || a.creates != 1 {
		t.Errorf("another body: got %d after %d creates, want 409", r.Code, a.creates)
	}
	if r := a.post("/v1/sessions/revoke", `{"address":"ses_1","chainId":1}`, key); r.Code != 409 {
		t.Errorf("another route: got %d, want 409", r.Code)
	}
	a.post("/v1/players", `{"name":"ann","description":"x"}`)
	a.post("/v1/players", `{"name":"ann","description":"x"}`)
	if a.creates != 3 {
		t.Errorf("without a key: %d creates, want 3", a.creates)
	}
}

// A create whose answer was lost shows its record to the next try.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	creates := 0
	for _, w := range workingRequests {
		if w.method != "POST" {
			continue
		}
		a := newAPI(t)
		first := a.do("POST", w.path, jsonType, w.body, "X-Idempotency-Key: k")
		made, _ := first.json["id"].(string)
		if a.kept.lose(made) == 0 {
			continue // makes nothing
		}
		creates++
		before := a.creates
		again := a.do("POST", w.path, jsonType, w.body, "X-Idempotency-Key: k")
		if a.creates != before {
			t.Errorf("%s created again", w.path)
		}
		if w.object == "policyRule" {
			if again.Code != 409 || !strings.Contains(again.message(), made) {
				t.Errorf("%s: got %d %s, want 409 that names %s", w.path, again.Code, again.Body, made)
			}
			continue
		}
		if again.Code != 200 || again.json["id"] != made || again.Header().Get("X-Idempotent-Replayed") != "true" {
			t.Errorf("%s: got %d %s, want record %s", w.path, again.Code, again.Body, made)
		}
		third := a.do("POST", w.path, jsonType, w.body, "X-Idempotency-Key: k")
		if third.Body.String() != again.Body.String() {
			t.Errorf("%s: the answer to the second try is not kept", w.path)
		}
	}
	if creates < len(createdBy) {
		t.Errorf("%d creates were tried, there are %d", creates, len(createdBy))
	}
}

func TestIdempotencyKeyBelongsToOnePath(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.post("/v1/accounts/"+accountID+"/revoke_sessions", `{}`, "X-Idempotency-Key: k")
	if r := a.post("/v1/accounts/"+strings.Replace(accountID, "1", "2", 1)+"/revoke_sessions", `{}`, "X-Idempotency-Key: k"); r.Code != 409 || a.creates != 1 {
		t.Errorf("the same key and body for another account: got %d %s", r.Code, r.Body)
	}
}

func TestRefusedCreateLeavesItsKeyFree(t *testing.T) {
	t.Parallel()
	failures := map[string]func(*api){
		"refused by the domain": func(a *api) { a.fail = fault.New(fault.Conflict, "no") },
		"failed":                func(a *api) { a.fail = errors.New("disk full") },
		"panicked":              func(a *api) { a.panics = "nil map" },
	}
	for name, spoil := range failures {
		a := newAPI(t)
		spoil(a)
		if r := a.post("/v1/players", `{}`, "X-Idempotency-Key: k"); r.Code < 400 {
			t.Fatalf("%s: got %d", name, r.Code)
		}
		a.fail, a.panics = nil, nil
		if r := a.post("/v1/players", `{"name":"ann"}`, "X-Idempotency-Key: k"); r.Code != 200 || a.creates != 1 {
			t.Errorf("%s: the second try got %d %s", name, r.Code, r.Body)
		}
	}
}

func TestBadIdempotencyKey(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"a b", strings.Repeat("k", 256), "ü"} {
		a := newAPI(t)
		if r := a.post("/v1/players", `{}`, "X-Idempotency-Key: "+key); r.Code != 400 || a.creates != 0 {
			t.Errorf("%q: got %d", key, r.Code)
		}
	}
}

func TestSameKeyAtOnceCreatesOnce(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	var wg sync.WaitGroup
	statuses := make([]int, 8)
	for i := range statuses {
		wg.Go(func() {
			r := httptest.NewRequest("POST", "/v1/players", strings.NewReader(`{}`))
			r.Header.Set("Authorization", "Bearer "+secret)
			r.Header.Set("X-Idempotency-Key", "k")
			rec := httptest.NewRecorder()
			a.handler.ServeHTTP(rec, r)
			statuses[i] = rec.Code
		})
	}
	wg.Wait()
	if a.creates != 1 {
		t.Errorf("%d creates", a.creates)
	}
	for _, status := range statuses {
		if status != 200 && status != 409 {
			t.Errorf("statuses are %v, want 200 or 409", statuses)
		}
	}
}

func TestFaultsBecomeAnswers(t *testing.T) {
	t.Parallel()
	cause := errors.New("rpc: connection refused to 10.0.0.7")
	cases := map[string]struct {
		err    error
		status int
		want   string
	}{
		"field":       {fault.Field("chainId", 5, "chain 5 is not served here"), 400, `{"error":{"details":{"chainId":{"message":"chainId: chain 5 is not served here","value":5}},"message":"chainId: chain 5 is not served here","type":"invalid_request_error"}}`},
		"code":        {&fault.Fault{Kind: fault.Conflict, Message: "the session is revoked", Code: "SESSION_REVOKED"}, 409, `{"error":{"code":"SESSION_REVOKED","message":"the session is revoked","type":"invalid_request_error"}}`},
		"wrapped":     {fmt.Errorf("create: %w", fault.New(fault.NotFound, "no such player")), 404, `{"error":{"message":"no such player","type":"invalid_request_error"}}`},
		"hidden":      {&fault.Fault{Kind: fault.Invalid, Message: "bad", Cause: cause}, 400, `{"error":{"message":"bad","type":"invalid_request_error"}}`},
		"unavailable": {&fault.Fault{Kind: fault.Unavailable, Message: "the chain is away", Cause: cause}, 503, `{"correlationId":"r1","error":{"message":"the chain is away","type":"api_error"}}`},
		"internal":    {cause, 500, `{"correlationId":"r1","error":{"message":"internal error","type":"api_error"}}`},
		"bad value":   {fault.Field("x", func() {}, "no"), 400, `{"error":{"message":"x: no","type":"invalid_request_error"}}`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t)
			a.fail = tc.err
			r := a.get("/v1/players", "X-Request-Id: r1")
			if r.Code != tc.status || r.Body.String() != tc.want+"\n" {
				t.Errorf("got  %d %swant %d %s", r.Code, r.Body, tc.status, tc.want)
			}
			if strings.Contains(r.Body.String(), "10.0.0.7") {
				t.Error("the answer shows the inside")
			}
			if errors.Is(tc.err, cause) && !strings.Contains(a.log.String(), "10.0.0.7") {
				t.Errorf("the log does not show the cause: %s", a.log)
			}
		})
	}
}

func TestPanicsAreAnsweredAndLogged(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.panics = "index out of range"
	r := a.get("/v1/players")
	if r.Code != 500 || r.message() != "internal error" {
		t.Errorf("got %d %s", r.Code, r.Body)
	}
	for _, want := range []string{"level=ERROR", "index out of range", "world_test.go", "requestId=" + r.Header().Get("X-Request-Id")} {
		if !strings.Contains(a.log.String(), want) {
			t.Errorf("the log lacks %q: %s", want, a.log)
		}
	}
}

func TestLogHoldsNoSecrets(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.post("/v1/sessions/"+sessionID+"/signature", `{"signature":"`+goodSignature+`"}`, "X-Player-Token: tok_123")
	a.get("/v1/players/" + secret)
	a.get("/v1/players?token=" + publishable)
	a.fail = fmt.Errorf("send %s with %s", goodSignature, secret)
	a.post("/v1/players", `{"name":"`+secret+`"}`)
	log := a.log.String()
	for _, unwanted := range []string{secret, publishable, goodSignature[2:], "tok_123", "Bearer"} {
		if strings.Contains(log, unwanted) {
			t.Errorf("the log holds %q:\n%s", unwanted, log)
		}
	}
	for _, want := range []string{"method=POST", "status=200", "status=500", `route=/v1/sessions/{id}/signature`, "project=" + projectID, "key=key_1", "[redacted]"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %q:\n%s", want, log)
		}
	}
	if n := strings.Count(log, "\n"); n != 4 {
		t.Errorf("%d lines for 4 requests:\n%s", n, log)
	}
}

func TestClientThatLeftIsNoFailure(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	ctx, leave := context.WithCancel(t.Context())
	leave()
	a.fail = fmt.Errorf("wait for receipt: %w", ctx.Err())
	r := httptest.NewRequestWithContext(ctx, "GET", "/v1/players", nil)
	r.Header.Set("Authorization", "Bearer "+secret)
	a.handler.ServeHTTP(httptest.NewRecorder(), r)
	if log := a.log.String(); !strings.Contains(log, "status=499") || !strings.Contains(log, "level=INFO") {
		t.Errorf("the log says %s", log)
	}
}
