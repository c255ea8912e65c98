package httpapi

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/session"
)

var (
	asAnn = []string{"Authorization: Bearer " + annsToken, "X-Project-Key: " + publishable}
	asBob = []string{"Authorization: Bearer " + bobsToken, "X-Project-Key: " + publishable}
)

// What a user may do with what is its own, and that another gets none of it.
func TestUsersReachTheirOwn(t *testing.T) {
	t.Parallel()
	terms := `"address":"` + signer.Hex() + `","chainId":80002,"validAfter":0,"validUntil":2000000000`
	for _, tc := range []struct{ method, path, body string }{
		{"POST", "/v1/sessions", `{"account":"` + accountID + `",` + terms + `}`},
		{"POST", "/v1/sessions", `{"player":"` + playerID + `",` + terms + `}`},
		{"POST", "/v1/sessions/revoke", `{"account":"` + accountID + `","address":"` + signer.Hex() + `","chainId":80002}`},
		{"GET", "/v1/sessions/" + sessionID, ""},
		{"GET", "/v1/sessions?player=" + playerID, ""},
		{"POST", "/v1/transaction_intents", `{"chainId":80002,"account":"` + accountID + `","interactions":[{"to":"` + nft.Hex() + `"}]}`},
		{"POST", "/v1/transaction_intents/estimate_gas_cost", `{"chainId":80002,"account":"` + accountID + `","interactions":[{"to":"` + nft.Hex() + `"}]}`},
		{"POST", "/v1/transaction_intents", `{"chainId":80002,"player":"` + playerID + `","interactions":[{"to":"` + nft.Hex() + `"}]}`},
		{"GET", "/v1/transaction_intents/" + intentID, ""},
		{"GET", "/v1/accounts/" + accountID, ""},
		{"GET", "/v1/accounts?player=" + playerID, ""},
		{"GET", "/v2/accounts/" + accountID, ""},
		{"GET", "/v2/accounts?user=" + playerID, ""},
		{"POST", "/v2/accounts/" + accountID + "/authorization", `{"signedAuthorization":"` + goodSignature + `"}`},
	} {
		a := newAPI(t)
		if r := a.do(tc.method, tc.path, jsonType, tc.body, asAnn...); r.Code != http.StatusOK {
			t.Errorf("%s %s of one's own: got %d %s", tc.method, tc.path, r.Code, r.Body)
		}
		made := a.creates
		r := a.do(tc.method, tc.path, jsonType, tc.body, asBob...)
		if r.Code != http.StatusNotFound && r.Code != http.StatusBadRequest {
			t.Errorf("%s %s of another: got %d %s", tc.method, tc.path, r.Code, r.Body)
		}
		if a.creates != made {
			t.Errorf("%s %s of another: something was made", tc.method, tc.path)
		}
		if strings.Contains(strings.ReplaceAll(r.Body.String(), strings.Trim(tc.body, "{}"), ""), owner.Hex()) {
			t.Errorf("%s %s of another: the answer shows the record: %s", tc.method, tc.path, r.Body)
		}
	}
}

// A list that names nobody is the user's own.
func TestUsersListTheirOwn(t *testing.T) {
	t.Parallel()
	for path, player := range map[string]func(any) string{
		"/v1/sessions":            func(v any) string { return v.(listed[session.Filter]).filter.PlayerID },
		"/v1/accounts":            func(v any) string { return v.(listed[account.Filter]).filter.PlayerID },
		"/v2/accounts":            func(v any) string { return v.(listed[account.Filter]).filter.PlayerID },
		"/v1/transaction_intents": func(v any) string { return strings.Join(v.(listed[intent.Filter]).filter.PlayerIDs, " ") },
		"/v1/transaction_intents?player=" + playerID: func(v any) string { return strings.Join(v.(listed[intent.Filter]).filter.PlayerIDs, " ") },
	} {
		a := newAPI(t)
		var asked any
		a.watch = func(v any) {
			switch v.(type) {
			case listed[session.Filter], listed[account.Filter], listed[intent.Filter]:
				if asked == nil {
					asked = v
				}
			}
		}
		if r := a.get(path, asBob...); r.Code != http.StatusOK {
			t.Errorf("%s: got %d %s", path, r.Code, r.Body)
			continue
		}
		if got := player(asked); got != otherPlayerID {
			t.Errorf("%s: asked for the records of %q, want those of the user", path, got)
		}
	}
}

// Everything that is not named in the two tests above is closed to users, with
// an answer that does not log them out.
func TestUsersMayDoNothingElse(t *testing.T) {
	t.Parallel()
	open := map[string]bool{"/health": true, "/ready": true}
	for _, req := range workingRequests {
		path, _, _ := strings.Cut(req.path, "?")
		a := newAPI(t)
		r := a.do(req.method, req.path, jsonType, req.body, asAnn...)
		mayCall := open[path] || forUsers(path) || strings.HasPrefix(path, "/iam/v2/") || strings.HasSuffix(path, "/signature") || usersMay(req.method, path)
		if !mayCall && r.Code != http.StatusForbidden {
			t.Errorf("%s %s: got %d %s, want 403", req.method, req.path, r.Code, r.Body)
		}
		if mayCall && r.Code == http.StatusForbidden {
			t.Errorf("%s %s: got 403", req.method, req.path)
		}
	}
}

func usersMay(method, path string) bool {
	switch method + " " + path {
	case "POST /v1/sessions", "GET /v1/sessions", "POST /v1/sessions/revoke", "GET /v1/sessions/" + sessionID,
		"POST /v1/transaction_intents", "GET /v1/transaction_intents", "GET /v1/transaction_intents/" + intentID,
		"POST /v1/transaction_intents/estimate_gas_cost",
		"GET /v1/accounts", "GET /v1/accounts/" + accountID, "GET /v2/accounts", "GET /v2/accounts/" + accountID,
		"POST /v2/accounts/" + accountID + "/authorization":
		return true
	}
	return false
}

func TestUsersDoNotExpand(t *testing.T) {
	t.Parallel()
	for _, path := range []string{
		"/v1/accounts?expand=player", "/v1/accounts/" + accountID + "?expand=player",
		"/v1/transaction_intents?expand=policy", "/v1/transaction_intents/" + intentID + "?expand=player",
	} {
		a := newAPI(t)
		if r := a.get(path, asAnn...); r.Code != http.StatusBadRequest {
			t.Errorf("%s: got %d %s", path, r.Code, r.Body)
		}
	}
}

// One user's idempotency key does not show another what it answered.
func TestIdempotencyKeysOfUsersAreTheirOwn(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	body := `{"address":"` + signer.Hex() + `","chainId":80002,"validAfter":0,"validUntil":2000000000}`
	for _, as := range [][]string{asAnn, asBob} {
		if r := a.post("/v1/sessions", body, append(as, "X-Idempotency-Key: 1")...); r.Code != http.StatusOK || r.Header().Get("X-Idempotent-Replayed") != "" {
			t.Errorf("got %d %v", r.Code, r.Header())
		}
	}
	if a.creates != 2 {
		t.Errorf("%d sessions were made, want one for each user", a.creates)
	}
}

func TestSignInErrorsArePlain(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	r := a.get("/iam/v2/auth/get-session", "Authorization: Bearer lku_gone")
	var got SignInError
	if err := json.Unmarshal(r.Body.Bytes(), &got); err != nil || r.Code != http.StatusUnauthorized || got.Message == "" {
		t.Errorf("got %d %s", r.Code, r.Body)
	}
	if r := a.get("/iam/v2/auth/get-session"); r.Code != http.StatusUnauthorized {
		t.Errorf("a secret key has a login: %d %s", r.Code, r.Body)
	}
}

// A publishable key works in the pages of the project, not in others.
func TestPagesOfOtherOrigins(t *testing.T) {
	t.Parallel()
	sign := "/v1/sessions/" + sessionID + "/signature"
	body := `{"signature":"` + goodSignature + `"}`
	for _, tc := range []struct {
		bearer, origin string
		status         int
	}{
		{publishable, goodOrigin, 200},
		{publishable, "", 200},
		{publishable, "http://example.com", 200}, // the host that the test asks
		{publishable, "https://evil.example", 403},
		{publishable, "null", 403},
		{annsToken, goodOrigin, 200},
		{annsToken, "https://evil.example", 403},
		{secret, "https://evil.example", 200},
	} {
		a := newAPI(t)
		r := a.post(sign, body, "Authorization: Bearer "+tc.bearer, "Origin: "+tc.origin)
		if r.Code != tc.status {
			t.Errorf("%s from %q: got %d %s, want %d", tc.bearer, tc.origin, r.Code, r.Body, tc.status)
		}
		if tc.status == 403 && (a.asked != nil || !strings.Contains(r.message(), "allowedOrigins")) {
			t.Errorf("%s from %q: asked for %v, said %s", tc.bearer, tc.origin, a.asked, r.Body)
		}
	}
}
