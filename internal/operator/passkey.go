package operator

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
)

// Site is where passkeys are good: a host name, and the origin of its pages.
type Site struct{ Host, Origin string }

// Ceremony is the first half of adding a passkey or of signing in by one, which
// the second half must fit.
type Ceremony struct {
	Hash      string // of the browser's cookie: it has one ceremony at a time
	Data      json.RawMessage
	ExpiresAt time.Time
}

const ceremonyLife = 5 * time.Minute

// maxPasskeys bounds how many an operator has.
const maxPasskeys = 20

func (s Site) party() (*webauthn.WebAuthn, error) {
	required := true
	return webauthn.New(&webauthn.Config{
		RPID: s.Host, RPDisplayName: "Latchkey", RPOrigins: []string{s.Origin},
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: &required,
			// The passkey is all that is asked for, so it must ask who holds it.
			UserVerification: protocol.VerificationRequired,
		},
	})
}

// passkeyUser is an operator as the WebAuthn library sees one.
type passkeyUser struct {
	operator    Operator
	credentials []webauthn.Credential
}

func (u passkeyUser) WebAuthnID() []byte                         { return []byte(u.operator.ID) }
func (u passkeyUser) WebAuthnName() string                       { return u.operator.Name }
func (u passkeyUser) WebAuthnDisplayName() string                { return u.operator.Name }
func (u passkeyUser) WebAuthnCredentials() []webauthn.Credential { return u.credentials }

func (s *Service) passkeyUser(ctx context.Context, o Operator) (passkeyUser, error) {
	u := passkeyUser{operator: o}
	keys, err := s.Store.Passkeys(ctx, o.ID)
	if err != nil {
		return u, err
	}
	for _, k := range keys {
		var c webauthn.Credential
		if err := json.Unmarshal(k.Credential, &c); err != nil {
			return u, fmt.Errorf("read passkey %s: %w", k.ID, err)
		}
		u.credentials = append(u.credentials, c)
	}
	return u, nil
}

// Passkeys answers an operator's passkeys, oldest first.
func (s *Service) Passkeys(ctx context.Context, operatorID string) ([]Passkey, error) {
	return s.Store.Passkeys(ctx, operatorID)
}

// BeginPasskey answers what the browser needs to make a passkey of the visit's
// operator, as JSON.
func (s *Service) BeginPasskey(ctx context.Context, v Visit, site Site) (any, error) {
	party, err := site.party()
	if err != nil {
		return nil, err
	}
	u, err := s.passkeyUser(ctx, v.Operator)
	if err != nil {
		return nil, err
	}
	if len(u.credentials) >= maxPasskeys {
		return nil, fault.New(fault.Conflict, "you have %d passkeys, the most there can be: remove one first", maxPasskeys)
	}
	options, session, err := party.BeginRegistration(u, webauthn.WithExclusions(webauthn.Credentials(u.credentials).CredentialDescriptors()))
	if err != nil {
		return nil, fmt.Errorf("begin to add a passkey: %w", err)
	}
	return options, s.keepCeremony(ctx, v.token, session)
}

// AddPasskey takes the passkey that the browser made.
func (s *Service) AddPasskey(ctx context.Context, v Visit, site Site, name string, response []byte) (Passkey, error) {
	party, err := site.party()
	if err != nil {
		return Passkey{}, err
	}
	u, err := s.passkeyUser(ctx, v.Operator)
	if err != nil {
		return Passkey{}, err
	}
	session, err := s.takeCeremony(ctx, v.token)
	if err != nil {
		return Passkey{}, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(response)
	if err != nil {
		return Passkey{}, badPasskey(err)
	}
	credential, err := party.CreateCredential(u, session, parsed)
	if err != nil {
		return Passkey{}, badPasskey(err)
	}
	raw, err := json.Marshal(credential)
	if err != nil {
		return Passkey{}, fmt.Errorf("keep passkey: %w", err)
	}
	if name == "" || len(name) > 64 {
		name = "Passkey"
	}
	k := Passkey{
		ID: id.New(id.Passkey), OperatorID: v.Operator.ID, Name: name,
		CredentialID: base64.RawURLEncoding.EncodeToString(credential.ID), Credential: raw, CreatedAt: s.now(),
	}
	return k, s.Store.CreatePasskey(ctx, k)
}

// RemovePasskey deletes a passkey of the visit's operator.
func (s *Service) RemovePasskey(ctx context.Context, v Visit, passkeyID string) error {
	return s.Store.DeletePasskey(ctx, v.Operator.ID, passkeyID)
}

// BeginPasskeySignIn answers what the browser with that cookie needs to sign in
// by a passkey, as JSON. Which operator it is, the passkey tells.
func (s *Service) BeginPasskeySignIn(ctx context.Context, cookie string, site Site) (any, error) {
	party, err := site.party()
	if err != nil {
		return nil, err
	}
	options, session, err := party.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, fmt.Errorf("begin to sign in by a passkey: %w", err)
	}
	return options, s.keepCeremony(ctx, cookie, session)
}

// PasskeySignIn takes the passkey's answer and opens a session.
func (s *Service) PasskeySignIn(ctx context.Context, cookie string, site Site, response []byte) (token string, err error) {
	party, err := site.party()
	if err != nil {
		return "", err
	}
	session, err := s.takeCeremony(ctx, cookie)
	if err != nil {
		return "", err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(response)
	if err != nil {
		return "", badPasskey(err)
	}
	user, credential, err := party.ValidatePasskeyLogin(func(_, handle []byte) (webauthn.User, error) {
		o, err := s.Store.Operator(ctx, string(handle))
		if err != nil {
			return nil, err
		}
		return s.passkeyUser(ctx, o)
	}, session, parsed)
	if err != nil {
		return "", badPasskey(err)
	}
	if credential.Authenticator.CloneWarning {
		return "", fault.New(fault.Unauthorized, "this passkey seems to have been copied: remove it and add another")
	}
	if err := s.usedPasskey(ctx, credential); err != nil {
		return "", err
	}
	return s.Open(ctx, string(user.WebAuthnID()))
}

// usedPasskey keeps the passkey's counter.
func (s *Service) usedPasskey(ctx context.Context, c *webauthn.Credential) error {
	k, err := s.Store.PasskeyByCredential(ctx, base64.RawURLEncoding.EncodeToString(c.ID))
	if err != nil {
		return err
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("keep passkey: %w", err)
	}
	_, err = s.Store.UpdatePasskey(ctx, k.ID, func(old Passkey) (Passkey, error) {
		now := s.now()
		old.Credential, old.UsedAt = raw, &now
		return old, nil
	})
	return err
}

func (s *Service) keepCeremony(ctx context.Context, cookie string, session *webauthn.SessionData) error {
	raw, err := json.Marshal(session)
	if err != nil {
		return fmt.Errorf("keep passkey ceremony: %w", err)
	}
	return s.Store.SaveCeremony(ctx, Ceremony{Hash: hashOf(cookie), Data: raw, ExpiresAt: s.now().Add(ceremonyLife)})
}

// takeCeremony answers what a browser began, which nobody can use again.
func (s *Service) takeCeremony(ctx context.Context, cookie string) (session webauthn.SessionData, err error) {
	c, err := s.Store.TakeCeremony(ctx, hashOf(cookie))
	if fault.Is(err, fault.NotFound) || err == nil && !s.now().Before(c.ExpiresAt) {
		return session, fault.New(fault.Conflict, "this took too long: try again")
	}
	if err != nil {
		return session, err
	}
	if err := json.Unmarshal(c.Data, &session); err != nil {
		return session, fmt.Errorf("read passkey ceremony: %w", err)
	}
	return session, nil
}

// badPasskey hides from strangers why a passkey is refused; the log has it.
func badPasskey(err error) error {
	return &fault.Fault{Kind: fault.Unauthorized, Message: "the passkey is not accepted", Cause: err}
}
