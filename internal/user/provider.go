package user

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
)

// Config says how a project lets users in by one way: by email, or by a service
// that it trusts. Settings that a way does not have are "".
type Config struct {
	ID        string
	ProjectID string
	Name      string // "email", "oidc", "custom", "google", …
	Enabled   bool
	Settings  Settings
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Settings are those of every way in, as the official API names them.
type Settings struct {
	AllowUnverified bool `json:"allowUnverified,omitempty"` // email: log in before the email is verified

	Audience  string `json:"aud,omitempty"`                   // oidc: who tokens are for
	Issuer    string `json:"issuer,omitempty"`                // oidc and social: who makes them
	JWKSURL   string `json:"jwksUrl,omitempty"`               // oidc: where the issuer's keys are
	PublicKey string `json:"publicVerificationKey,omitempty"` // oidc: the issuer's key in PEM

	AuthenticationURL string `json:"authenticationUrl,omitempty"` // custom: who is asked about a token
	Headers           string `json:"headers,omitempty"`           // custom: JSON object of headers to send with it

	ProjectID string `json:"projectId,omitempty"` // firebase
	URL       string `json:"url,omitempty"`       // supabase
	Key       string `json:"key,omitempty"`       // supabase
	BaseURL   string `json:"baseUrl,omitempty"`   // better-auth

	ClientID     string `json:"clientId,omitempty"` // social
	ClientSecret string `json:"clientSecret,omitempty"`
}

// Ways in that a project may set up beside social logins.
const (
	byEmail      = "email"
	byOIDC       = "oidc"
	byCustom     = "custom"
	byFirebase   = "firebase"
	bySupabase   = "supabase"
	byBetterAuth = "better-auth"
)

// vouching are the services whose tokens may stand for users.
var vouching = []string{byOIDC, byCustom, byFirebase, bySupabase, byBetterAuth}

// issuers are the social logins whose issuer need not be told.
var issuers = map[string]string{
	"google": "https://accounts.google.com",
	"apple":  "https://appleid.apple.com",
}

var goodName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,39}$`)

// reserved are words of ours, and of the official API for what is not offered.
var reserved = []string{
	string(Credential), string(Wallet), "wallet", "guest", "web3", "phone", "test_account", "openfort",
	"accelbyte", "playfab", "lootlocker",
}

// Configure sets up one way in of a project, or changes it.
func (s *Service) Configure(ctx context.Context, projectID, name string, enabled bool, settings Settings) (Config, error) {
	if !goodName.MatchString(name) || slices.Contains(reserved, name) {
		return Config{}, fault.Field("provider", nil, "%q is not offered: set up email, %v, or a social login by the name of your choice", printable(name, maxAgent), vouching)
	}
	if err := s.checkSettings(name, settings); err != nil {
		return Config{}, err
	}
	now := s.now()
	return s.Store.PutConfig(ctx, s.seal(Config{
		ID: id.New(id.AuthConfig), ProjectID: projectID, Name: name, Enabled: enabled, Settings: settings, CreatedAt: now, UpdatedAt: now,
	}))
}

// checkSettings refuses a way in that could let in nobody, or anybody.
func (s *Service) checkSettings(name string, in Settings) error {
	urls := map[string]string{"issuer": in.Issuer, "jwksUrl": in.JWKSURL, "authenticationUrl": in.AuthenticationURL, "url": in.URL, "baseUrl": in.BaseURL}
	for _, field := range []string{"issuer", "jwksUrl", "authenticationUrl", "url", "baseUrl"} {
		if err := s.checkService(field, urls[field]); err != nil {
			return err
		}
	}
	for field, setting := range in.secrets() {
		if strings.HasPrefix(*setting, sealedMark) {
			return fault.Field(field, nil, "must not start with %s", sealedMark)
		}
	}
	required := func(field, v string) error {
		if v == "" {
			return fault.Field(field, nil, "is required for %s", name)
		}
		return nil
	}
	if !mayBeSocial(name) && in.ClientID+in.ClientSecret != "" {
		return fault.Field("clientId", nil, "is of social logins, and %s is none: give the social login another name", name)
	}
	switch name {
	case byEmail:
		return nil
	case byOIDC:
		if in.JWKSURL == "" && in.PublicKey == "" && in.Issuer == "" {
			return fault.Field("jwksUrl", nil, "is required, or publicVerificationKey, or issuer")
		}
		if in.PublicKey != "" {
			if _, err := keyOf(in.PublicKey); err != nil {
				return fault.Field("publicVerificationKey", nil, "must be a public key in PEM: %v", err)
			}
		}
		return required("aud", in.Audience)
	case byCustom:
		if err := json.Unmarshal([]byte(orEmpty(in.Headers)), new(map[string]string)); err != nil {
			return fault.Field("headers", nil, "must be a JSON object of strings")
		}
		return required("authenticationUrl", in.AuthenticationURL)
	case byFirebase:
		return required("projectId", in.ProjectID)
	case bySupabase:
		if err := required("key", in.Key); err != nil {
			return err
		}
		return required("url", in.URL)
	case byBetterAuth:
		return required("baseUrl", in.BaseURL)
	}
	if in.Issuer == "" && issuers[name] == "" {
		return fault.Field("issuer", nil, "is required for %s: the URL of its OpenID Connect issuer", name)
	}
	return required("clientId", in.ClientID)
}

// mayBeSocial says whether a social login may have a name. Under that of another
// way in, what its issuer calls a user could be another user's email or id there.
func mayBeSocial(name string) bool {
	return name != byEmail && !slices.Contains(vouching, name) && !slices.Contains(reserved, name)
}

func orEmpty(headers string) string {
	if headers == "" {
		return "{}"
	}
	return headers
}

// checkService refuses to ask a service over a wire that others can read.
func (s *Service) checkService(field, target string) error {
	if target == "" {
		return nil
	}
	u, err := url.Parse(target)
	good := err == nil && (u.Scheme == "https" || s.Development && u.Scheme == "http")
	if !good || u.Host == "" || u.User != nil {
		return fault.Field(field, nil, "must be a URL that starts with https://")
	}
	return nil
}

// Configs answers every way in that a project has set up, its secrets as they
// are kept.
func (s *Service) Configs(ctx context.Context, projectID string) ([]Config, error) {
	return s.Store.Configs(ctx, projectID)
}

// RemoveConfig takes a way in away. Its users stay, and cannot come in by it.
func (s *Service) RemoveConfig(ctx context.Context, projectID, name string) error {
	return s.Store.DeleteConfig(ctx, projectID, name)
}

// errDisabled is for ways in that the project does not let users take.
func errDisabled(name string) error {
	return &fault.Fault{Kind: fault.Invalid, Code: "PROVIDER_DISABLED", Message: fmt.Sprintf("the project lets nobody in by %q: set it up with POST /iam/v1/oauth", printable(name, maxAgent))}
}

func (s *Service) enabled(ctx context.Context, projectID, name string) (Config, error) {
	c, err := s.Store.Config(ctx, projectID, name)
	if fault.Is(err, fault.NotFound) || err == nil && !c.Enabled {
		return Config{}, errDisabled(name)
	}
	if err != nil {
		return Config{}, err
	}
	return s.unseal(c)
}

// emailSettings answers how users come in by email. Every project has it until
// it says otherwise.
func (s *Service) emailSettings(ctx context.Context, projectID string) (Settings, error) {
	c, err := s.Store.Config(ctx, projectID, byEmail)
	if fault.Is(err, fault.NotFound) {
		return Settings{}, nil
	}
	if err == nil && !c.Enabled {
		err = errDisabled(byEmail)
	}
	return c.Settings, err
}
