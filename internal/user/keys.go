package user

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jws"
	"github.com/lestrrat-go/jwx/v3/jwt"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

// Times of what is remembered of other services.
const (
	keysFresh   = 10 * time.Minute // how long keys, and what an issuer says of itself, are used before they are fetched anew
	keysPatient = 30 * time.Second // how long a token with an unknown key does not fetch them again
	answerFresh = 30 * time.Second // how long a service's word about a token holds
	clockSkew   = 30 * time.Second // how far an issuer's clock may be off
)

// maxDocument bounds what another service may answer, in bytes.
const maxDocument = 1 << 20

// Services asks other services about tokens, and remembers what they said. It
// is safe for use by many goroutines.
type Services struct {
	client *http.Client
	now    func() time.Time

	keys    cache[jwk.Set]   // by URL
	issuers cache[discovery] // by issuer

	mu   sync.Mutex
	said map[string]saidSubject
}

type saidSubject struct {
	subject string
	at      time.Time
}

// serviceTimeout bounds a question to another service, which a request waits
// for.
const serviceTimeout = 10 * time.Second

// NewServices asks over HTTP and follows no redirects: they could lead into the
// network of this server.
func NewServices(now func() time.Time) *Services {
	return &Services{
		client: &http.Client{Timeout: serviceTimeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		now:    now,
		said:   make(map[string]saidSubject),
	}
}

// Close ends idle connections.
func (s *Services) Close() { s.client.CloseIdleConnections() }

// errService is for a service that does not answer as it should: no fault of
// the user, and worth another try.
func errService(what string, err error) error {
	return &fault.Fault{Kind: fault.Invalid, Code: "INVALID_CONFIGURATION", Message: "the service that vouches for the user does not answer as it should: " + what, Cause: err}
}

// ask answers the status and the JSON of a service.
func (s *Services) ask(r *http.Request, into any) (status int, err error) {
	r.Header.Set("Accept", "application/json")
	res, err := s.client.Do(r)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxDocument))
	if err != nil || res.StatusCode != http.StatusOK {
		return res.StatusCode, err
	}
	return res.StatusCode, json.Unmarshal(raw, into)
}

// keySet answers the keys at a URL. A token may name a key that is newer than
// what is remembered: kid has them fetched again, though not at any rate.
func (s *Services) keySet(ctx context.Context, url, kid string) (jwk.Set, error) {
	good := func(set jwk.Set, age time.Duration) bool {
		_, found := set.LookupKeyID(kid)
		return age < keysFresh && (found || kid == "" || age < keysPatient)
	}
	return s.keys.get(s.now, url, good, func() (jwk.Set, error) { return s.fetchKeys(context.WithoutCancel(ctx), url) })
}

func (s *Services) fetchKeys(ctx context.Context, url string) (jwk.Set, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, errService("its keys cannot be fetched", err)
	}
	var raw json.RawMessage
	status, err := s.ask(r, &raw)
	if err != nil || status != http.StatusOK {
		return nil, errService(fmt.Sprintf("its keys cannot be fetched (status %d)", status), err)
	}
	set, err := publicKeys(raw)
	if err != nil {
		return nil, errService("its keys cannot be read", err)
	}
	return set, nil
}

// publicKeys answers the public keys of a set. A symmetric one is no key of an
// issuer's: whoever reads it could sign.
func publicKeys(raw []byte) (jwk.Set, error) {
	all, err := jwk.Parse(raw)
	if err != nil {
		return nil, err
	}
	set := jwk.NewSet()
	for i := range all.Len() {
		key, _ := all.Key(i)
		if key.KeyType().String() == "oct" {
			continue
		}
		public, err := key.PublicKey()
		if err != nil {
			return nil, err
		}
		if err := set.AddKey(public); err != nil {
			return nil, err
		}
	}
	return set, nil
}

// keyOf reads a public key in PEM.
func keyOf(pem string) (jwk.Set, error) {
	key, err := jwk.ParseKey([]byte(pem), jwk.WithPEM(true))
	if err != nil {
		return nil, err
	}
	public, err := key.PublicKey()
	if err != nil {
		return nil, err
	}
	set := jwk.NewSet()
	return set, set.AddKey(public)
}

// expected is what a token must say to stand for a user.
type expected struct {
	keys     jwk.Set // nil: those at keysURL
	keysURL  string
	issuer   string // "" when the keys alone tell who made it
	audience string
	nonce    string // "" for none
}

// claims are what a token says of its user.
type claims struct {
	Subject       string
	Email         string // "" unless the issuer says that it is verified
	Name, Picture string
}

// errBadToken says why in words that hold nothing of the token.
func errBadToken(err error) error {
	why := "it is not valid"
	if err != nil {
		why = strings.ReplaceAll(printable(err.Error(), maxAgent), "\n", " ")
	}
	return &fault.Fault{Kind: fault.Unauthorized, Code: "INVALID_TOKEN", Message: "the token does not stand for a user of this project: " + why}
}

// verify answers what a signed token says, if it is what was expected.
func (s *Services) verify(ctx context.Context, token string, want expected) (claims, error) {
	set := want.keys
	if set == nil {
		kid, err := keyID(token)
		if err != nil {
			return claims{}, err
		}
		if set, err = s.keySet(ctx, want.keysURL, kid); err != nil {
			return claims{}, err
		}
	}
	options := []jwt.ParseOption{
		jwt.WithKeySet(set, jws.WithRequireKid(false), jws.WithInferAlgorithmFromKey(true)),
		jwt.WithAudience(want.audience),
		jwt.WithRequiredClaim("exp"),
		jwt.WithRequiredClaim("sub"),
		jwt.WithAcceptableSkew(clockSkew),
		jwt.WithClock(jwt.ClockFunc(s.now)),
	}
	if want.issuer != "" {
		options = append(options, jwt.WithIssuer(want.issuer))
	}
	if want.nonce != "" {
		options = append(options, jwt.WithClaimValue("nonce", want.nonce))
	}
	t, err := jwt.Parse([]byte(token), options...)
	if err != nil {
		return claims{}, errBadToken(err)
	}
	return claimsOf(t)
}

func keyID(token string) (string, error) {
	m, err := jws.Parse([]byte(token))
	if err != nil || len(m.Signatures()) != 1 {
		return "", errBadToken(nil)
	}
	kid, _ := m.Signatures()[0].ProtectedHeaders().KeyID()
	return kid, nil
}

func claimsOf(t jwt.Token) (claims, error) {
	var c claims
	c.Subject, _ = t.Subject()
	if c.Subject == "" || len(c.Subject) > maxSubject {
		return claims{}, errBadToken(nil)
	}
	_ = t.Get("name", &c.Name) // these stay "" when they are not there, or no text
	_ = t.Get("picture", &c.Picture)
	var verified any
	_ = t.Get("email_verified", &verified)
	if verified == true || verified == "true" { // Apple writes text
		_ = t.Get("email", &c.Email)
	}
	return c, nil
}

// maxSubject bounds the names that services have for users, in bytes.
const maxSubject = 255
