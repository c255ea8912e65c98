package user

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/oauth2"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

// SocialParams are a wish to log in by another service.
type SocialParams struct {
	Provider    string
	CallbackURL string   // page of the project that the browser comes back to
	Scopes      []string // in addition to those that say who the user is
	UserID      string   // who is logged in already, and wants the service as a way in; "" for nobody
}

// trip is what is remembered of a browser that is at another service.
type trip struct {
	Provider string `json:"provider"`
	Callback string `json:"callback"`
	Verifier string `json:"verifier"`
	Nonce    string `json:"nonce"`
}

// StartSocial answers the URL of the service to send a browser to.
func (s *Service) StartSocial(ctx context.Context, projectID string, p SocialParams, c Client) (string, error) {
	if err := s.from(ctx, projectID, c); err != nil {
		return "", err
	}
	config, err := s.social(ctx, projectID, p.Provider)
	if err != nil {
		return "", err
	}
	if p.CallbackURL == "" {
		return "", fault.Field("callbackURL", nil, "is required: the page to come back to")
	}
	if err := s.checkPage(ctx, projectID, "callbackURL", p.CallbackURL); err != nil {
		return "", err
	}
	client, _, err := s.client(ctx, config, p.Scopes)
	if err != nil {
		return "", err
	}
	t := trip{Provider: p.Provider, Callback: p.CallbackURL, Verifier: oauth2.GenerateVerifier(), Nonce: hashOf(newToken())}
	data, err := json.Marshal(t)
	if err != nil {
		return "", fmt.Errorf("note social login: %w", err)
	}
	state := newToken()
	ch := s.newChallenge(projectID, SocialState, hashOf(state), hashOf(state), socialLifetime)
	ch.UserID, ch.Data = p.UserID, string(data)
	if err := s.Store.PutChallenge(ctx, ch); err != nil {
		return "", err
	}
	return client.AuthCodeURL(state, oauth2.S256ChallengeOption(t.Verifier), oauth2.SetAuthURLParam("nonce", t.Nonce)), nil
}

// social answers the settings of a social login of a project.
func (s *Service) social(ctx context.Context, projectID, name string) (Config, error) {
	config, err := s.enabled(ctx, projectID, name)
	if err == nil && (config.Settings.ClientID == "" || !mayBeSocial(name)) {
		err = errDisabled(name)
	}
	return config, err
}

// CallbackPath is where services send browsers back to, below BaseURL, with the
// provider's name at its end.
const CallbackPath = "/iam/v2/auth/callback/"

func (s *Service) client(ctx context.Context, c Config, scopes []string) (*oauth2.Config, discovery, error) {
	d, err := s.Services.discover(ctx, issuerOf(c))
	if err != nil {
		return nil, discovery{}, err
	}
	return &oauth2.Config{
		ClientID:     c.Settings.ClientID,
		ClientSecret: c.Settings.ClientSecret,
		Endpoint:     oauth2.Endpoint{AuthURL: d.AuthorizationURL, TokenURL: d.TokenURL},
		RedirectURL:  s.BaseURL() + CallbackPath + c.Name,
		Scopes:       append([]string{"openid", "email", "profile"}, scopes...),
	}, d, nil
}

func issuerOf(c Config) string {
	if c.Settings.Issuer != "" {
		return c.Settings.Issuer
	}
	return issuers[c.Name]
}

// FinishSocial lets in whoever comes back from a service, and answers where to
// send the browser: to the page that asked, with the token and the user in its
// query as the official service does it, or with an error. A trip that added a
// way in ends with neither: who began it has a token, and the browser that
// finishes it may be another's.
func (s *Service) FinishSocial(ctx context.Context, provider string, q url.Values, c Client) (target string, err error) {
	ch, err := s.Store.TakeChallenge(ctx, SocialState, hashOf(q.Get("state")))
	if fault.Is(err, fault.NotFound) || err == nil && !s.now().Before(ch.ExpiresAt) {
		return "", &fault.Fault{Kind: fault.Invalid, Code: "INVALID_TOKEN", Field: "state", Message: "state: is unknown, was used already or is older than ten minutes: log in again"}
	}
	if err != nil {
		return "", err
	}
	var t trip
	if err := json.Unmarshal([]byte(ch.Data), &t); err != nil {
		return "", fmt.Errorf("read social login: %w", err)
	}
	if t.Provider != provider {
		return "", fault.Field("state", nil, "is that of another provider")
	}
	e, err := s.comeBack(ctx, ch, t, q, c)
	var f *fault.Fault
	switch {
	case errors.As(err, &f):
		return addQuery(t.Callback, url.Values{"error": {orCode(f.Code)}, "error_description": {f.Message}}), nil
	case err != nil:
		return "", err
	}
	if e.Token == "" {
		return t.Callback, nil
	}
	return addQuery(t.Callback, url.Values{"access_token": {e.Token}, "user_id": {e.User.ID}}), nil
}

func (s *Service) comeBack(ctx context.Context, ch Challenge, t trip, q url.Values, c Client) (Entry, error) {
	if q.Get("error") != "" || q.Get("code") == "" {
		return Entry{}, &fault.Fault{Kind: fault.Invalid, Code: "ACCESS_DENIED", Message: "the service did not let the user in: " + printable(q.Get("error"), maxAgent)}
	}
	config, err := s.social(ctx, ch.ProjectID, t.Provider)
	if err != nil {
		return Entry{}, err
	}
	client, d, err := s.client(ctx, config, nil)
	if err != nil {
		return Entry{}, err
	}
	tokens, err := client.Exchange(context.WithValue(ctx, oauth2.HTTPClient, s.Services.client), q.Get("code"), oauth2.VerifierOption(t.Verifier))
	if err != nil {
		return Entry{}, errService("it gives no token for its code", err)
	}
	idToken, _ := tokens.Extra("id_token").(string)
	said, err := s.Services.verify(ctx, idToken, expected{keysURL: d.KeysURL, issuer: d.Issuer, audience: config.Settings.ClientID, nonce: t.Nonce})
	if err != nil {
		return Entry{}, err
	}
	return s.enterSocial(ctx, ch.ProjectID, ch.UserID, t.Provider, said, c)
}

// enterSocial lets in the user of a service, or adds the service to the ways in
// of a user who is in already, and gets no other token.
func (s *Service) enterSocial(ctx context.Context, projectID, userID, provider string, said claims, c Client) (Entry, error) {
	if userID != "" {
		if err := s.link(ctx, projectID, userID, Provider(provider), said.Subject, Details{}); err != nil {
			return Entry{}, err
		}
		u, err := s.Store.User(ctx, projectID, userID)
		return Entry{User: u}, err
	}
	email := ""
	if said.Email != "" {
		var err error
		if email, err = readEmail("email", said.Email); err != nil {
			email = "" // what cannot be mailed to is of no use
		}
	}
	u, err := s.admit(ctx, projectID, proof{provider: Provider(provider), subject: said.Subject, email: email, name: printableName(said.Name), image: printable(said.Picture, maxImage)})
	if err != nil {
		return Entry{}, err
	}
	return s.enter(ctx, u, c)
}

// IDTokenParams are a token that a service has given to the page itself.
type IDTokenParams struct {
	Provider string
	Token    string
	Nonce    string // that the page gave to the service, "" for none
	UserID   string // who is logged in already, and wants the service as a way in; "" for nobody
}

// LogInIDToken lets in by a token that a service has given to the page itself.
// For a user who is in already it adds the way in, and answers no other token.
func (s *Service) LogInIDToken(ctx context.Context, projectID string, p IDTokenParams, c Client) (Entry, error) {
	if err := s.from(ctx, projectID, c); err != nil {
		return Entry{}, err
	}
	config, err := s.social(ctx, projectID, p.Provider)
	if err != nil {
		return Entry{}, err
	}
	d, err := s.Services.discover(ctx, issuerOf(config))
	if err != nil {
		return Entry{}, err
	}
	said, err := s.Services.verify(ctx, p.Token, expected{keysURL: d.KeysURL, issuer: d.Issuer, audience: config.Settings.ClientID, nonce: p.Nonce})
	if err != nil {
		return Entry{}, err
	}
	return s.enterSocial(ctx, projectID, p.UserID, p.Provider, said, c)
}

// maxImage bounds the URL of a picture, in bytes.
const maxImage = 1024

// printableName keeps what a service calls a user within what users may call
// themselves.
func printableName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0xFFFD {
			return -1
		}
		return r
	}, name)
	if runes := []rune(name); len(runes) > maxName {
		return string(runes[:maxName])
	}
	return name
}

func orCode(code string) string {
	if code == "" {
		return http.StatusText(http.StatusBadRequest)
	}
	return code
}

func addQuery(target string, more url.Values) string {
	u, err := url.Parse(target) // it was checked when the trip began
	if err != nil {
		return target
	}
	q := u.Query()
	for name, v := range more {
		q[name] = v
	}
	u.RawQuery = q.Encode()
	return u.String()
}
