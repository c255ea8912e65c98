package user

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

// Vouched answers the user that a token of another service stands for, and makes
// one when the service says that it knows somebody new. The project must trust
// the service. Nothing is kept of the token but a hash in memory. address is
// what refused tokens are counted under, "" for no limit.
func (s *Service) Vouched(ctx context.Context, projectID, provider, token, address string) (userID string, err error) {
	u, err := s.VouchedUser(ctx, projectID, provider, token, address)
	return u.ID, err
}

// VouchedUser is Vouched with the whole user.
func (s *Service) VouchedUser(ctx context.Context, projectID, provider, token, address string) (User, error) {
	config, err := s.enabled(ctx, projectID, provider)
	if err != nil {
		return User{}, unauthorized(err)
	}
	if token == "" {
		return User{}, errBadToken(nil)
	}
	subject, err := s.judge(ctx, config, token, address)
	if err != nil {
		return User{}, err
	}
	return s.admit(ctx, projectID, proof{provider: Provider(provider), subject: subject})
}

// unauthorized turns a way in that is closed into a request to log in again. A
// service that does not answer is no reason for that: the SDK would log everybody
// out for a moment's outage.
func unauthorized(err error) error {
	var f *fault.Fault
	if !errors.As(err, &f) || f.Kind != fault.Invalid {
		return err
	}
	refusal := *f
	refusal.Kind = fault.Unauthorized
	return &refusal
}

// judge answers who a token stands for, and counts it when it is refused.
// Accepted ones cost no count and, but for the first time, no question to the
// database.
func (s *Service) judge(ctx context.Context, c Config, token, address string) (subject string, err error) {
	if asksService(c.Name) && !s.Services.accepted(c, token) {
		if err := s.mayGuess(ctx, c.ProjectID, address); err != nil {
			return "", err
		}
	}
	subject, err = s.subject(ctx, c, token)
	if !fault.Is(err, fault.Unauthorized) || address == "" {
		return subject, err
	}
	if limited := s.attempt(ctx, tokenLimit, c.ProjectID, address); limited != nil {
		return "", limited
	}
	return "", err
}

// mayGuess refuses an address that has shown too many tokens which were refused.
// Only tokens that their service must be asked about, and that it has not
// accepted here before, stop there: of those alone a guess could succeed or load
// the service, and a user who is in goes on beside a guesser. A signed token is
// looked at in any case, which costs nobody else anything.
func (s *Service) mayGuess(ctx context.Context, projectID, address string) error {
	if address == "" {
		return nil
	}
	return s.check(ctx, tokenLimit, projectID, address)
}

// asksService reports whether tokens of a provider say nothing to anybody but
// their service.
func asksService(provider string) bool {
	return provider == byCustom || provider == bySupabase || provider == byBetterAuth
}

// subject answers who a token stands for in the words of its service.
func (s *Service) subject(ctx context.Context, c Config, token string) (string, error) {
	switch {
	case asksService(c.Name):
		return s.Services.subject(ctx, c, token)
	case c.Name == byOIDC, c.Name == byFirebase:
		want, err := s.Services.expected(ctx, c)
		if err != nil {
			return "", err
		}
		said, err := s.Services.verify(ctx, token, want)
		return said.Subject, err
	}
	return "", unauthorized(errDisabled(c.Name))
}

// Firebase has one issuer a project, and one place for all keys.
const (
	firebaseIssuer = "https://securetoken.google.com/"
	firebaseKeys   = "https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com"
)

func (s *Services) expected(ctx context.Context, c Config) (expected, error) {
	in := c.Settings
	if c.Name == byFirebase {
		return expected{keysURL: firebaseKeys, issuer: firebaseIssuer + in.ProjectID, audience: in.ProjectID}, nil
	}
	want := expected{keysURL: in.JWKSURL, issuer: in.Issuer, audience: in.Audience}
	if in.PublicKey != "" {
		set, err := keyOf(in.PublicKey)
		want.keys = set
		return want, err
	}
	if want.keysURL != "" {
		return want, nil
	}
	found, err := s.discover(ctx, in.Issuer)
	want.keysURL = found.KeysURL
	return want, err
}

// discovery is what an OpenID Connect issuer says of itself.
type discovery struct {
	Issuer           string `json:"issuer"`
	KeysURL          string `json:"jwks_uri"`
	AuthorizationURL string `json:"authorization_endpoint"`
	TokenURL         string `json:"token_endpoint"`
}

func (s *Services) discover(ctx context.Context, issuer string) (discovery, error) {
	good := func(_ discovery, age time.Duration) bool { return age < keysFresh }
	return s.issuers.get(s.now, issuer, good, func() (discovery, error) { return s.fetchDiscovery(context.WithoutCancel(ctx), issuer) })
}

func (s *Services) fetchDiscovery(ctx context.Context, issuer string) (discovery, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(issuer, "/")+"/.well-known/openid-configuration", nil)
	if err != nil {
		return discovery{}, errService("its configuration cannot be fetched", err)
	}
	var d discovery
	status, err := s.ask(r, &d)
	if err != nil || status != http.StatusOK {
		return discovery{}, errService(fmt.Sprintf("its configuration cannot be fetched (status %d)", status), err)
	}
	if d.Issuer != issuer || d.KeysURL == "" {
		return discovery{}, errService("its configuration is that of another issuer", nil)
	}
	return d, nil
}

// subject asks a service that makes tokens nobody else can read. Its word holds
// for a moment: the browser SDK sends the token with each request.
func (s *Services) subject(ctx context.Context, c Config, token string) (string, error) {
	key := saidKey(c, token)
	if said, ok := s.remembered(key); ok {
		return said, nil
	}
	r, err := question(ctx, c, token)
	if err != nil {
		return "", errService("it cannot be asked", err)
	}
	var answer struct {
		UserID string `json:"userId"` // custom
		ID     string `json:"id"`     // Supabase
		User   struct {
			ID string `json:"id"` // Better Auth
		} `json:"user"`
	}
	status, err := s.ask(r, &answer)
	if err != nil || status >= http.StatusInternalServerError || status == http.StatusTooManyRequests {
		return "", errService(fmt.Sprintf("it cannot be asked (status %d)", status), err)
	}
	subject := map[string]string{byCustom: answer.UserID, bySupabase: answer.ID, byBetterAuth: answer.User.ID}[c.Name]
	if status != http.StatusOK || subject == "" || len(subject) > maxSubject {
		s.forget(key)
		return "", errBadToken(nil)
	}
	s.remember(key, subject)
	return subject, nil
}

// saidKey is what a service's word about a token is remembered under; a change of
// the settings voids it.
func saidKey(c Config, token string) string {
	return hashOf(c.ID + "\n" + c.UpdatedAt.String() + "\n" + token)
}

func question(ctx context.Context, c Config, token string) (*http.Request, error) {
	in := c.Settings
	switch c.Name {
	case bySupabase:
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(in.URL, "/")+"/auth/v1/user", nil)
		if err == nil {
			r.Header.Set("apikey", in.Key)
			r.Header.Set("Authorization", "Bearer "+token)
		}
		return r, err
	case byBetterAuth:
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(in.BaseURL, "/")+"/get-session", nil)
		if err == nil {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		return r, err
	}
	body, err := json.Marshal(map[string]string{"payload": token})
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, in.AuthenticationURL, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	var headers map[string]string
	if err := json.Unmarshal([]byte(orEmpty(in.Headers)), &headers); err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	for name, v := range headers {
		r.Header.Set(name, v)
	}
	return r, nil
}

func (s *Services) remembered(key string) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	said, ok := s.said[key]
	return said.subject, ok && s.now().Sub(said.at) < answerFresh
}

// accepted reports whether the last word that a service gave about a token was
// yes, however long ago.
func (s *Services) accepted(c Config, token string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.said[saidKey(c, token)]
	return ok
}

func (s *Services) forget(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.said, key)
}

// maxSaid bounds what is remembered of tokens.
const maxSaid = 10_000

func (s *Services) remember(key, subject string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.said) >= maxSaid {
		clear(s.said)
	}
	s.said[key] = saidSubject{subject, s.now()}
}
