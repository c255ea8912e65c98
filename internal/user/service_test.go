package user_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jwt"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/user"
	"github.com/latchkey-dev/latchkey/internal/vault"
)

// issuer is an OpenID Connect provider: it tells of itself, gives its keys, and
// gives tokens for codes.
type issuer struct {
	*httptest.Server
	w     *world
	key   jwk.Key
	asks  atomic.Int32  // for keys
	tells atomic.Int32  // of itself
	nonce string        // that the last browser left with
	token func() string // for the code of a browser that comes back
}

func newIssuer(w *world) *issuer {
	w.Helper()
	i := &issuer{w: w, key: w.newKey("first")}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(rw http.ResponseWriter, _ *http.Request) {
		i.tells.Add(1)
		answer(rw, map[string]string{
			"issuer": i.URL, "jwks_uri": i.URL + "/keys", "authorization_endpoint": i.URL + "/authorize", "token_endpoint": i.URL + "/token",
		})
	})
	mux.HandleFunc("GET /keys", func(rw http.ResponseWriter, _ *http.Request) {
		i.asks.Add(1)
		public, err := i.key.PublicKey()
		if err != nil {
			w.Error(err)
		}
		shared, _ := jwk.Import([]byte("a secret that everybody can read, as long as a hash is"))
		_ = shared.Set("kid", "shared")
		answer(rw, map[string]any{"keys": []jwk.Key{public, shared}})
	})
	mux.HandleFunc("POST /token", func(rw http.ResponseWriter, r *http.Request) {
		if r.FormValue("code") != "good" || r.FormValue("code_verifier") == "" || r.FormValue("redirect_uri") != "https://api.game.example/iam/v2/auth/callback/google" {
			rw.WriteHeader(http.StatusBadRequest)
			return
		}
		answer(rw, map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": i.token()})
	})
	i.Server = httptest.NewServer(mux)
	w.Cleanup(i.Close)
	return i
}

func answer(rw http.ResponseWriter, v any) {
	rw.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(rw).Encode(v)
}

func (w *world) newKey(id string) jwk.Key {
	w.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		w.Fatal(err)
	}
	key, err := jwk.Import(private)
	if err != nil {
		w.Fatal(err)
	}
	_ = key.Set("kid", id)
	return key
}

// sign makes a token as the issuer does; edit changes claims, nil removes one.
func (i *issuer) sign(edit map[string]any) string {
	i.w.Helper()
	return i.signBy(i.key, jwa.ES256(), edit)
}

func (i *issuer) signBy(key any, algorithm jwa.SignatureAlgorithm, edit map[string]any) string {
	i.w.Helper()
	claims := map[string]any{
		"iss": i.URL, "aud": "game", "sub": "ann-1", "name": "Ann", "email": ann, "email_verified": true,
		"iat": i.w.now().Unix(), "exp": i.w.now().Add(time.Hour).Unix(),
	}
	for name, v := range edit {
		claims[name] = v
	}
	t := jwt.New()
	for name, v := range claims {
		if v == nil {
			continue
		}
		if err := t.Set(name, v); err != nil {
			i.w.Fatal(err)
		}
	}
	var option jwt.SignOption = jwt.WithKey(algorithm, key)
	if algorithm == jwa.NoSignature() {
		option = jwt.WithInsecureNoSignature()
	}
	raw, err := jwt.Sign(t, option)
	if err != nil {
		i.w.Fatal(err)
	}
	return string(raw)
}

func (w *world) configure(name string, s user.Settings) {
	w.Helper()
	if _, err := w.users.Configure(w.ctx, w.project, name, true, s); err != nil {
		w.Fatal(err)
	}
}

func TestVouchedByOIDC(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	i := newIssuer(w)
	for _, s := range []user.Settings{{Audience: "game", Issuer: i.URL}, {Audience: "game", JWKSURL: i.URL + "/keys"}} {
		w.configure("oidc", s)
		first, err := w.users.VouchedUser(w.ctx, w.project, "oidc", i.sign(nil), "")
		if err != nil || first.Email != "" || first.Anonymous {
			t.Fatalf("%+v, %v", first, err)
		}
		again, err := w.users.Vouched(w.ctx, w.project, "oidc", i.sign(map[string]any{"name": nil}), "")
		if err != nil || again != first.ID {
			t.Errorf("the second time: %s, %v", again, err)
		}
		other, err := w.users.Vouched(w.ctx, w.project, "oidc", i.sign(map[string]any{"sub": "bob-1"}), "")
		if err != nil || other == first.ID {
			t.Errorf("another user: %s, %v", other, err)
		}
	}
}

// Tokens that are not of this issuer, for this project, and for now.
func TestTokensThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	i := newIssuer(w)
	w.configure("oidc", user.Settings{Audience: "game", Issuer: i.URL})
	shared, err := jwk.Import([]byte("a secret that everybody can read, as long as a hash is"))
	if err != nil {
		t.Fatal(err)
	}
	_ = shared.Set("kid", "shared")
	good := i.sign(nil)
	for name, token := range map[string]string{
		"another audience":          i.sign(map[string]any{"aud": "another"}),
		"no audience":               i.sign(map[string]any{"aud": nil}),
		"another issuer":            i.sign(map[string]any{"iss": "https://evil.example"}),
		"expired":                   i.sign(map[string]any{"exp": w.now().Add(-time.Minute).Unix()}),
		"no end":                    i.sign(map[string]any{"exp": nil}),
		"not valid yet":             i.sign(map[string]any{"nbf": w.now().Add(time.Hour).Unix()}),
		"no subject":                i.sign(map[string]any{"sub": nil}),
		"empty subject":             i.sign(map[string]any{"sub": ""}),
		"another key":               i.signBy(w.newKey("first"), jwa.ES256(), nil),
		"a shared secret":           i.signBy(shared, jwa.HS256(), nil),
		"no signature":              i.signBy(nil, jwa.NoSignature(), nil),
		"cut off":                   good[:len(good)-4],
		"nothing":                   "",
		"no token":                  "hello",
		"a token of ours":           w.guest().Token,
		"of a key that is not ours": "eyJhbGciOiJFUzI1NiIsImtpZCI6IngifQ.e30.AAAA",
	} {
		if id, err := w.users.Vouched(w.ctx, w.project, "oidc", token, ""); !fault.Is(err, fault.Unauthorized) {
			t.Errorf("%s: %q, %v, want a refusal", name, id, err)
		}
	}
	if _, err := w.users.Vouched(w.ctx, w.newProject(), "oidc", good, ""); !fault.Is(err, fault.Unauthorized) {
		t.Errorf("a project that does not trust the issuer: %v", err)
	}
	for _, provider := range []string{"email", "custom", "siwe", "credential", ""} {
		if _, err := w.users.Vouched(w.ctx, w.project, provider, good, ""); !fault.Is(err, fault.Unauthorized) {
			t.Errorf("as %q: %v", provider, err)
		}
	}
	if _, err := w.users.Configure(w.ctx, w.project, "oidc", false, user.Settings{Audience: "game", Issuer: i.URL}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.users.Vouched(w.ctx, w.project, "oidc", good, ""); !fault.Is(err, fault.Unauthorized) {
		t.Errorf("a provider that is switched off: %v", err)
	}
}

// An issuer may change its key; a stranger cannot have it asked at any rate.
func TestIssuerChangesItsKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	i := newIssuer(w)
	w.configure("oidc", user.Settings{Audience: "game", JWKSURL: i.URL + "/keys"})
	vouch := func(token string) error {
		_, err := w.users.Vouched(w.ctx, w.project, "oidc", token, "")
		return err
	}
	if err := vouch(i.sign(nil)); err != nil {
		t.Fatal(err)
	}
	stranger := i.signBy(w.newKey("unknown"), jwa.ES256(), nil)
	for range 20 {
		if err := vouch(stranger); !fault.Is(err, fault.Unauthorized) {
			t.Fatal(err)
		}
	}
	if got := i.asks.Load(); got != 1 {
		t.Errorf("keys were fetched %d times, want once", got)
	}
	i.key = w.newKey("second")
	w.pass(31 * time.Second)
	if err := vouch(i.sign(nil)); err != nil {
		t.Errorf("the new key: %v", err)
	}
}

// What an issuer says of itself is asked for again when it is old, and tokens
// that come at once have it, and an unknown key, asked for once.
func TestIssuerIsAskedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	i := newIssuer(w)
	w.configure("oidc", user.Settings{Audience: "game", Issuer: i.URL})
	want := func(when string, tells, asks int32) {
		t.Helper()
		if i.tells.Load() != tells || i.asks.Load() != asks {
			t.Errorf("%s: it told of itself %d times and gave keys %d times, want %d and %d", when, i.tells.Load(), i.asks.Load(), tells, asks)
		}
	}
	vouchAtOnce := func() {
		token := i.sign(nil)
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if _, err := w.users.Vouched(w.ctx, w.project, "oidc", token, ""); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	}
	vouchAtOnce()
	want("at first", 1, 1)
	i.key = w.newKey("second")
	w.pass(31 * time.Second)
	vouchAtOnce()
	want("with a new key", 1, 2)
	w.pass(10 * time.Minute)
	vouchAtOnce()
	want("after ten minutes", 2, 3)
}

func TestVouchedByEndpoint(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var asked atomic.Int32
	mux := http.NewServeMux()
	mux.HandleFunc("POST /custom", func(rw http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		var body struct {
			Payload string `json:"payload"`
		}
		_ = json.NewDecoder(r.Body).Decode(&body)
		switch {
		case r.Header.Get("X-Secret") != "s":
			rw.WriteHeader(http.StatusForbidden)
		case body.Payload == "down":
			rw.WriteHeader(http.StatusBadGateway)
		case body.Payload == "elsewhere":
			http.Redirect(rw, r, "/anywhere", http.StatusFound)
		case body.Payload == "good":
			answer(rw, map[string]string{"userId": "ann-1"})
		default:
			answer(rw, map[string]string{})
		}
	})
	mux.HandleFunc("GET /anywhere", func(rw http.ResponseWriter, _ *http.Request) { answer(rw, map[string]string{"userId": "ann-1"}) })
	mux.HandleFunc("GET /auth/v1/user", func(rw http.ResponseWriter, r *http.Request) {
		if r.Header.Get("apikey") == "k" && r.Header.Get("Authorization") == "Bearer good" {
			answer(rw, map[string]string{"id": "ann-2"})
			return
		}
		rw.WriteHeader(http.StatusUnauthorized)
	})
	mux.HandleFunc("GET /get-session", func(rw http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer good" {
			answer(rw, nil)
			return
		}
		answer(rw, map[string]any{"user": map[string]string{"id": "ann-3"}})
	})
	service := httptest.NewServer(mux)
	t.Cleanup(service.Close)
	w.configure("custom", user.Settings{AuthenticationURL: service.URL + "/custom", Headers: `{"X-Secret":"s"}`})
	w.configure("supabase", user.Settings{URL: service.URL, Key: "k"})
	w.configure("better-auth", user.Settings{BaseURL: service.URL})

	seen := map[string]bool{}
	for _, provider := range []string{"custom", "supabase", "better-auth"} {
		id, err := w.users.Vouched(w.ctx, w.project, provider, "good", "")
		if err != nil || seen[id] {
			t.Errorf("%s: %q, %v", provider, id, err)
		}
		seen[id] = true
		for _, bad := range []string{"bad", "elsewhere"} {
			if _, err := w.users.Vouched(w.ctx, w.project, provider, bad, ""); !fault.Is(err, fault.Unauthorized) {
				t.Errorf("%s, token %q: %v, want a refusal", provider, bad, err)
			}
		}
	}
	if _, err := w.users.Vouched(w.ctx, w.project, "custom", "down", ""); !fault.Is(err, fault.Invalid) {
		t.Errorf("a service that is down: %v, want a refusal that logs nobody out", err)
	}
	before := asked.Load()
	for range 5 {
		if _, err := w.users.Vouched(w.ctx, w.project, "custom", "good", ""); err != nil {
			t.Error(err)
		}
	}
	if asked.Load() != before {
		t.Error("the service is asked for each request")
	}
	w.pass(30 * time.Second)
	if _, err := w.users.Vouched(w.ctx, w.project, "custom", "good", ""); err != nil || asked.Load() != before+1 {
		t.Errorf("the service's word holds for ever: %v", err)
	}
}

// Guessing tokens ends, for whoever guesses: not for users behind the same
// address, and not by logging anybody out.
func TestGuessedTokens(t *testing.T) {
	t.Parallel()
	const guesser = "203.0.113.7"
	for _, provider := range []string{"custom", "oidc"} {
		t.Run(provider, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			token, asked := w.trusting(provider)
			vouch := func(token, address string) error {
				_, err := w.users.Vouched(w.ctx, w.project, provider, token, address)
				return err
			}
			good, newcomer := token("ann-1"), token("bob-1")
			for range 310 { // more than the limit, and none counts
				if err := vouch(good, guesser); err != nil {
					t.Fatal(err)
				}
			}
			for i := range 300 {
				if err := vouch(fmt.Sprint("guess-", i), guesser); !fault.Is(err, fault.Unauthorized) {
					t.Fatalf("guess %d: %v", i, err)
				}
			}
			before := asked()
			err := vouch("guess-300", guesser)
			w.wantCode(err, "TOO_MANY_ATTEMPTS")
			if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "at most 300 in 15m0s: try again in ") {
				t.Errorf("past the limit: %v, want a 400 that says how long to wait", err)
			}
			if err := vouch(good, guesser); err != nil {
				t.Errorf("a user who is in, behind the same address: %v", err)
			}
			if asked() != before {
				t.Error("the service is asked about guesses past the limit, or again about what it has said")
			}
			w.pass(time.Minute) // the service's word is old: it is asked again
			if err := vouch(good, guesser); err != nil {
				t.Errorf("a user who is in, later: %v", err)
			}
			if err := vouch(newcomer, guesser); provider == "custom" {
				w.wantCode(err, "TOO_MANY_ATTEMPTS")
			} else if err != nil {
				t.Errorf("a signed token that nobody has shown yet: %v", err)
			}
			if err := vouch("guess", "203.0.113.8"); !fault.Is(err, fault.Unauthorized) {
				t.Errorf("another address: %v", err)
			}
			if err := vouch("guess", ""); !fault.Is(err, fault.Unauthorized) {
				t.Errorf("an address that is not known: %v", err)
			}
			if _, err := w.users.SignUpGuest(w.ctx, w.project, user.Client{Address: guesser}); err != nil {
				t.Errorf("another way in: %v", err)
			}
			w.pass(15 * time.Minute)
			if err := vouch(newcomer, guesser); err != nil {
				t.Errorf("after the wait: %v", err)
			}
			if err := vouch("guess", guesser); !fault.Is(err, fault.Unauthorized) {
				t.Errorf("a guess after the wait: %v", err)
			}
		})
	}
}

// A token that was good once is no way past the limit.
func TestGuessedTokens_byOneThatHasEnded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token, asked := w.trusting("custom")
	const guesser = "203.0.113.7"
	vouch := func(token string) error {
		_, err := w.users.Vouched(w.ctx, w.project, "custom", token, guesser)
		return err
	}
	once := token("ann-1")
	if err := vouch(once); err != nil {
		t.Fatal(err)
	}
	for range 300 {
		if err := vouch("guess"); !fault.Is(err, fault.Unauthorized) {
			t.Fatal(err)
		}
	}
	w.pass(time.Minute)
	token("") // ends all
	before := asked()
	for range 5 {
		w.wantCode(vouch(once), "TOO_MANY_ATTEMPTS")
	}
	if asked() != before+1 {
		t.Errorf("the service was asked %d times, want once", asked()-before)
	}
}

// trusting sets a provider up. token answers a token of a user, "" ends all;
// asked is how often the service was asked about one.
func (w *world) trusting(provider string) (token func(subject string) string, asked func() int32) {
	w.Helper()
	if provider == "oidc" {
		i := newIssuer(w)
		w.configure("oidc", user.Settings{Audience: "game", Issuer: i.URL})
		return func(subject string) string {
			return i.sign(map[string]any{"sub": subject, "exp": w.now().Add(time.Hour).Unix()})
		}, func() int32 { return 0 }
	}
	var count atomic.Int32
	var known sync.Map
	service := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		count.Add(1)
		var body struct {
			Payload string `json:"payload"`
		}
		_ = json.NewDecoder(r.Body).Decode(&body)
		subject, _ := known.Load(body.Payload)
		answer(rw, map[string]any{"userId": subject})
	}))
	w.Cleanup(service.Close)
	w.configure("custom", user.Settings{AuthenticationURL: service.URL})
	return func(subject string) string {
		if subject == "" {
			known.Clear()
			return ""
		}
		known.Store("token of "+subject, subject)
		return "token of " + subject
	}, count.Load
}

func TestSettingsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.users.Development = false
	for name, s := range map[string]user.Settings{
		"oidc":        {Issuer: "https://issuer.example"}, // no audience: a token for anybody
		"custom":      {AuthenticationURL: "http://plain.example"},
		"better-auth": {},
		"firebase":    {},
		"supabase":    {URL: "https://x.example"},
		"google":      {},
		"my-company":  {ClientID: "x"},
		"siwe":        {ClientID: "x", Issuer: "https://issuer.example"},
		"credential":  {ClientID: "x", Issuer: "https://issuer.example"},
		"playfab":     {ClientID: "x", Issuer: "https://issuer.example"},
		"email":       {ClientID: "x", Issuer: "https://issuer.example"},
		"guest":       {ClientID: "x", Issuer: "https://issuer.example"},
		"../x":        {ClientID: "x", Issuer: "https://issuer.example"},
	} {
		if _, err := w.users.Configure(w.ctx, w.project, name, true, s); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s %+v: %v, want a refusal", name, s, err)
		}
	}
	// A social login of that name would let in whoever its issuer calls by an email.
	for name, s := range map[string]user.Settings{
		"email":       {ClientID: "x"},
		"oidc":        {Audience: "game", Issuer: "https://issuer.example", ClientID: "x"},
		"firebase":    {ProjectID: "x", ClientSecret: "x"},
		"supabase":    {URL: "https://x.example", Key: "x", ClientID: "x"},
		"better-auth": {BaseURL: "https://x.example", ClientID: "x"},
		"custom":      {AuthenticationURL: "https://x.example", ClientID: "x"},
	} {
		if _, err := w.users.Configure(w.ctx, w.project, name, true, s); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "another name") {
			t.Errorf("a social login %s: %v, want a refusal", name, err)
		}
	}
	if _, err := w.users.Configure(w.ctx, w.project, "oidc", true, user.Settings{Audience: "game", PublicKey: "no key"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a key that is none: %v", err)
	}
}

// leave starts a social login, and answers what the browser takes along.
func (i *issuer) leave(p user.SocialParams) url.Values {
	i.w.Helper()
	p.Provider, p.CallbackURL = "google", goodOrigin+"/in?a=b"
	target, err := i.w.users.StartSocial(i.w.ctx, i.w.project, p, nobody)
	if err != nil {
		i.w.Fatal(err)
	}
	u, err := url.Parse(target)
	if err != nil || u.Query().Get("code_challenge_method") != "S256" || u.Query().Get("client_id") != "game" {
		i.w.Fatalf("sent to %s, %v", target, err)
	}
	i.nonce = u.Query().Get("nonce")
	i.token = func() string { return i.sign(map[string]any{"nonce": i.nonce}) }
	return url.Values{"state": {u.Query().Get("state")}, "code": {"good"}}
}

// back comes back, and answers the query of the page that it ends at.
func (i *issuer) back(q url.Values) url.Values {
	i.w.Helper()
	target, err := i.w.users.FinishSocial(i.w.ctx, "google", q, nobody)
	if err != nil {
		i.w.Fatal(err)
	}
	u, err := url.Parse(target)
	if err != nil || u.Scheme+"://"+u.Host != goodOrigin || u.Query().Get("a") != "b" {
		i.w.Fatalf("ends at %s, %v", target, err)
	}
	return u.Query()
}

func TestSocialLogin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	i := newIssuer(w)
	w.configure("google", user.Settings{ClientID: "game", ClientSecret: "s", Issuer: i.URL})
	q := i.leave(user.SocialParams{})
	end := i.back(q)
	id, _, err := w.users.Login(w.ctx, w.project, end.Get("access_token"))
	if err != nil || id != end.Get("user_id") {
		t.Fatalf("%v, %v", end, err)
	}
	u, err := w.users.Get(w.ctx, w.project, id)
	if err != nil || u.Name != "Ann" || u.Email != ann || !u.EmailVerified {
		t.Errorf("the user is %+v, %v", u, err)
	}
	if _, err := w.users.FinishSocial(w.ctx, "google", q, nobody); !fault.Is(err, fault.Invalid) {
		t.Errorf("the same way back again: %v", err)
	}
	if again := i.back(i.leave(user.SocialParams{})); again.Get("user_id") != id {
		t.Errorf("the second time: %v", again)
	}
	in, err := w.users.LogInIDToken(w.ctx, w.project, user.IDTokenParams{Provider: "google", Token: i.sign(nil)}, nobody)
	if err != nil || in.User.ID != id {
		t.Errorf("by a token that the page has: %+v, %v", in, err)
	}
	linked := w.guest()
	in, err = w.users.LogInIDToken(w.ctx, w.project, user.IDTokenParams{Provider: "google", Token: i.sign(map[string]any{"sub": "carl-1", "email": nil}), UserID: linked.User.ID}, nobody)
	if err != nil || in.User.ID != linked.User.ID || in.Token != "" {
		t.Errorf("one more way in by a token that the page has: %+v, %v", in, err)
	}
	guest := w.guest()
	i.leave(user.SocialParams{})
	q = i.leave(user.SocialParams{UserID: guest.User.ID})
	i.token = func() string { return i.sign(map[string]any{"nonce": i.nonce, "sub": "bob-1", "email": nil}) }
	if end := i.back(q); end.Has("access_token") || end.Has("user_id") || end.Has("error") {
		t.Errorf("a guest with one more way in ends with %v, want the page alone", end)
	}
	if ways, err := w.users.Identities(w.ctx, w.project, guest.User.ID); err != nil || len(ways[guest.User.ID]) != 1 {
		t.Errorf("the guest's ways in are %+v, %v", ways, err)
	}
	i.leave(user.SocialParams{UserID: w.guest().User.ID})
}

// Somebody has another person's browser finish a link that they began: that
// browser gets no token, and a person who has a user stays in it.
func TestLinkFinishedBySomebodyElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	i := newIssuer(w)
	w.configure("google", user.Settings{ClientID: "game", ClientSecret: "s", Issuer: i.URL})
	victim := i.back(i.leave(user.SocialParams{})).Get("user_id")
	attacker := w.guest()
	for name, subject := range map[string]string{"who has a user": "ann-1", "who has none": "new-1"} {
		q := i.leave(user.SocialParams{UserID: attacker.User.ID})
		i.token = func() string { return i.sign(map[string]any{"nonce": i.nonce, "sub": subject}) }
		if end := i.back(q); end.Has("access_token") || end.Has("user_id") || end.Has("error") != (subject == "ann-1") {
			t.Errorf("a victim %s ends with %v", name, end)
		}
	}
	if again := i.back(i.leave(user.SocialParams{})); again.Get("user_id") != victim {
		t.Errorf("the victim comes in as %v, want %s", again, victim)
	}
}

func TestSocialLoginsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	i := newIssuer(w)
	w.configure("google", user.Settings{ClientID: "game", ClientSecret: "s", Issuer: i.URL})
	for name, change := range map[string]func(url.Values){
		"the user said no":  func(q url.Values) { q.Set("error", "access_denied"); q.Del("code") },
		"a code of another": func(q url.Values) { q.Set("code", "bad") },
		"another nonce":     func(url.Values) { i.token = func() string { return i.sign(map[string]any{"nonce": "x"}) } },
		"another audience": func(url.Values) {
			i.token = func() string { return i.sign(map[string]any{"nonce": i.nonce, "aud": "x"}) }
		},
		"no token": func(url.Values) { i.token = func() string { return "" } },
	} {
		q := i.leave(user.SocialParams{})
		change(q)
		if end := i.back(q); end.Get("error") == "" || end.Get("access_token") != "" {
			t.Errorf("%s: ends with %v", name, end)
		}
	}
	q := i.leave(user.SocialParams{})
	w.configure("apple", user.Settings{ClientID: "game", Issuer: i.URL})
	if _, err := w.users.FinishSocial(w.ctx, "apple", q, nobody); !fault.Is(err, fault.Invalid) {
		t.Errorf("the way back of another provider: %v", err)
	}
	q = i.leave(user.SocialParams{})
	w.pass(10 * time.Minute)
	if _, err := w.users.FinishSocial(w.ctx, "google", q, nobody); !fault.Is(err, fault.Invalid) {
		t.Errorf("a way back that is too old: %v", err)
	}
	for _, p := range []user.SocialParams{
		{Provider: "google", CallbackURL: "https://evil.example/"}, {Provider: "google"}, {Provider: "facebook", CallbackURL: goodOrigin},
	} {
		if target, err := w.users.StartSocial(w.ctx, w.project, p, nobody); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: sent to %s, %v", p, target, err)
		}
	}
	if _, err := w.users.Vouched(w.ctx, w.project, "google", i.sign(nil), ""); !fault.Is(err, fault.Unauthorized) {
		t.Errorf("a social login's token as a player token: %v", err)
	}
}

// A thief of the database finds no secret of a way in, and cannot move one to a
// project of its own.
func TestSecretsOfWaysInAreSealed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sealer, err := vault.Parse(vault.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	i := newIssuer(w)
	w.configure("google", user.Settings{ClientID: "game", ClientSecret: "kept in plain text", Issuer: i.URL})
	w.users.Vault = sealer
	i.back(i.leave(user.SocialParams{})) // from before there was a vault
	w.configure("google", user.Settings{ClientID: "game", ClientSecret: "a secret", Issuer: i.URL})
	kept, err := w.db.Config(w.ctx, w.project, "google")
	if err != nil || kept.Settings.ClientSecret == "" || strings.Contains(kept.Settings.ClientSecret, "secret") {
		t.Errorf("kept is %q, %v", kept.Settings.ClientSecret, err)
	}
	if end := i.back(i.leave(user.SocialParams{})); end.Get("access_token") == "" {
		t.Errorf("with a sealed secret: %v", end)
	}
	kept.ProjectID = w.newProject()
	kept.ID = "apr_moved"
	if _, err := w.db.PutConfig(w.ctx, kept); err != nil {
		t.Fatal(err)
	}
	if _, err := w.users.StartSocial(w.ctx, kept.ProjectID, user.SocialParams{Provider: "google", CallbackURL: goodOrigin}, nobody); err == nil {
		t.Error("a secret was moved to another project")
	}
	w.users.Vault = nil
	if _, err := w.users.StartSocial(w.ctx, w.project, user.SocialParams{Provider: "google", CallbackURL: goodOrigin}, nobody); err == nil {
		t.Error("a sealed secret is read without its key")
	}
}
