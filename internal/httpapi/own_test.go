package httpapi

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/clientaddr"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/session"
	"github.com/latchkey-dev/latchkey/internal/share"
	"github.com/latchkey-dev/latchkey/internal/user"
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

// Only link-social adds a way in to the user who asks.
func TestSocialSignInNeverLinks(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{"/iam/v2/auth/sign-in/social": "", "/iam/v2/auth/link-social": playerID} {
		for _, body := range []string{`{"provider":"google","callbackURL":"https://game.example/"}`, `{"provider":"google","idToken":{"token":"t"}}`} {
			a := newAPI(t)
			got := "nothing was asked"
			a.watch = func(v any) {
				switch p := v.(type) {
				case user.SocialParams:
					got = p.UserID
				case user.IDTokenParams:
					got = p.UserID
				}
			}
			if r := a.do("POST", path, jsonType, body, asAnn...); r.Code != http.StatusOK || got != want {
				t.Errorf("%s %s: %d, links to %q, want %q", path, body, r.Code, got, want)
			}
		}
	}
}

// The service decides about the owner's signature: it gets what was sent, and
// nothing for nothing.
func TestOwnersWordIsPassedOn(t *testing.T) {
	t.Parallel()
	for _, signature := range []string{"", goodSignature} {
		for path, want := range map[string]any{
			"POST /v2/devices/register": []string{accountID, "c2hhcmU", string(common.FromHex(signature))},
			"PUT /shield/shares": rotated{
				share.Recovery{SignerID: signerID, Method: share.ByPasskey, Secret: "{}", PasskeyID: "cGFzc2tleQ", PasskeyEnv: json.RawMessage(`{"name":"laptop"}`)},
				deviceID, common.FromHex(signature),
			},
		} {
			a := newAPI(t)
			method, path, _ := strings.Cut(path, " ")
			body := goodShare
			if method == "POST" {
				body = `{"account":"` + accountID + `","share":"c2hhcmU"}`
			}
			if signature != "" {
				body = strings.Replace(body, "{", `{"signature":"`+signature+`",`, 1)
			}
			r := a.do(method, path, jsonType, body, asAnn...)
			if diff := cmp.Diff(want, a.asked, cmp.AllowUnexported(rotated{}), cmpopts.EquateEmpty()); r.Code != http.StatusOK || diff != "" {
				t.Errorf("%s: %d, the service was asked (-want +got):\n%s", path, r.Code, diff)
			}
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
		mayCall := open[path] || forUsers(path) || strings.HasPrefix(path, "/iam/v2/") || strings.HasSuffix(path, "/jwks.json") || strings.HasSuffix(path, "/signature") || usersMay(req.method, path)
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

// What a browser follows leads it on to the project's page.
func TestLinksLeadOn(t *testing.T) {
	t.Parallel()
	const target = goodOrigin + "/set?a=b"
	for path, want := range map[string]string{
		"/iam/v2/auth/reset-password/" + annsToken + "?callbackURL=" + url.QueryEscape(target):     goodOrigin + "/set?a=b&token=" + annsToken,
		"/iam/v2/auth/verify-email?token=" + annsToken + "&callbackURL=" + url.QueryEscape(target): target,
		"/iam/v2/auth/callback/google?code=a&state=b":                                              goodOrigin + "/?access_token=" + annsToken,
	} {
		a := newAPI(t)
		r := httptest.NewRequest("GET", path, nil)
		r.Header.Set("Accept", "text/html,*/*")
		rec := httptest.NewRecorder()
		a.handler.ServeHTTP(rec, r)
		if rec.Code != http.StatusFound || rec.Header().Get("Location") != want || rec.Header().Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: got %d to %s", path, rec.Code, rec.Header())
		}
		if strings.Contains(a.log.String(), annsToken) {
			t.Errorf("the log holds the token: %s", a.log)
		}
	}
	a := newAPI(t)
	if r := a.get("/iam/v2/auth/reset-password/lku_gone?callbackURL=" + url.QueryEscape(target)); r.Code != http.StatusBadRequest {
		t.Errorf("a link that is worth nothing: %d %s", r.Code, r.Body)
	}
}

// What is kept to prove who somebody is, is not shown to those who set it.
func TestSecretsOfConfigsAreHidden(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/iam/v1/oauth", "/iam/v1/oauth/custom", "/v2/users", "/v2/users/" + playerID} {
		a := newAPI(t)
		if r := a.get(path); r.Code != http.StatusOK || strings.Contains(r.Body.String(), "a secret") || strings.Contains(r.Body.String(), "never shown") {
			t.Errorf("%s: %d %s", path, r.Code, r.Body)
		}
	}
}

// Limits count a client by the address that trusted proxies saw.
func TestClientAddress(t *testing.T) {
	t.Parallel()
	trusted := clientaddr.Proxies{netip.MustParsePrefix("10.0.0.0/8")}
	for _, tc := range []struct {
		proxies               clientaddr.Proxies
		peer, forwarded, want string
	}{
		{nil, "203.0.113.7:1234", "198.51.100.1", "203.0.113.7"},
		{nil, "10.0.0.1:1234", "198.51.100.1", "10.0.0.1"},
		{trusted, "203.0.113.7:1234", "198.51.100.1", "203.0.113.7"},
		{trusted, "10.0.0.1:1234", "6.6.6.6, 198.51.100.1, 10.0.0.9", "198.51.100.1"},
		{trusted, "10.0.0.1:1234", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
		{trusted, "nonsense", "198.51.100.1", ""},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = tc.peer
		r.Header.Set("X-Forwarded-For", tc.forwarded)
		if got := (&call{Request: r, proxies: tc.proxies}).client().Address; got != tc.want {
			t.Errorf("%s for %q: got %q, want %q", tc.peer, tc.forwarded, got, tc.want)
		}
	}
}

// Tokens of other services are counted under the client's address, in a header
// and in the body.
func TestClientAddress_ofTokens(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	var asked []any
	a.watch = func(what any) { asked = append(asked, what) }
	sent := []string{"Authorization: Bearer " + publishable, "X-Forwarded-For: 6.6.6.6, 198.51.100.1"}
	if r := a.do("POST", "/iam/v2/user/third_party", jsonType, `{"provider":"custom","token":"t"}`, sent...); r.Code != http.StatusOK {
		t.Fatalf("%d %s", r.Code, r.Body)
	}
	if a.from != "198.51.100.1" || !slices.Contains(asked, any("custom t from 198.51.100.1")) {
		t.Errorf("credentials are from %q, the service is asked about %q", a.from, asked)
	}
}
