package operator

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"regexp"
	"slices"
	"time"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
)

// How long things last.
const (
	linkLife    = 24 * time.Hour
	sessionIdle = 12 * time.Hour     // without a request
	sessionLife = 7 * 24 * time.Hour // in any case
	seenEvery   = time.Minute        // a session notes that it is used, at most this often
)

// Service keeps operators. Its fields are set once, before the first call; all
// are required.
type Service struct {
	Store Store
	Now   func() time.Time

	attempts throttle
}

// now is the time to store, cut to what the store keeps.
func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// newToken is a secret of 256 bits for links and cookies.
func newToken() string {
	var raw [32]byte
	rand.Read(raw[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(raw[:])
}

// hashOf needs no salt and no slowness: tokens are random.
func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// firstName is the operator that a new installation has.
const firstName = "admin"

// FirstLink answers the token of a new one-time link while nobody has ever
// signed in, and makes the first operator when there is none. Afterwards it
// answers "".
func (s *Service) FirstLink(ctx context.Context) (token string, err error) {
	all, err := s.Store.Operators(ctx)
	if err != nil {
		return "", err
	}
	if slices.ContainsFunc(all, func(o Operator) bool { return o.SeenAt != nil }) {
		return "", nil
	}
	if len(all) == 0 {
		first, err := s.Create(ctx, firstName, Admin)
		if err != nil {
			return "", err
		}
		all = append(all, first)
	}
	return s.link(ctx, all[0].ID)
}

// First answers the oldest operator who is an admin and may sign in, and makes
// one when there is none: who a development server's visitors are.
func (s *Service) First(ctx context.Context) (Operator, error) {
	all, err := s.Store.Operators(ctx)
	if err != nil {
		return Operator{}, err
	}
	if i := slices.IndexFunc(all, isActiveAdmin); i >= 0 {
		return all[i], nil
	}
	return s.Create(ctx, firstName, Admin)
}

func isActiveAdmin(o Operator) bool { return o.Role == Admin && o.DisabledAt == nil }

var goodName = regexp.MustCompile(`^[a-z0-9][a-z0-9._@+-]{0,63}$`)

// Create adds an operator, who has no way to sign in until a link is made.
func (s *Service) Create(ctx context.Context, name string, role Role) (Operator, error) {
	if !goodName.MatchString(name) {
		return Operator{}, fault.Field("name", name, "must be 1 to 64 of the characters a-z, 0-9 and ._@+-, and start with a letter or a digit")
	}
	if role.rank() == 0 {
		return Operator{}, fault.Field("role", string(role), "must be one of %v", Roles)
	}
	now := s.now()
	o := Operator{ID: id.New(id.Operator), Name: name, Role: role, CreatedAt: now, UpdatedAt: now}
	return o, s.Store.CreateOperator(ctx, o)
}

// NewLink answers the token of a link by which the operator can sign in once,
// within a day. Links that they have not used are void from then on.
func (s *Service) NewLink(ctx context.Context, operatorID string) (token string, err error) {
	if err := s.Store.DeleteLinksOf(ctx, operatorID); err != nil {
		return "", err
	}
	return s.link(ctx, operatorID)
}

func (s *Service) link(ctx context.Context, operatorID string) (token string, err error) {
	token = newToken()
	now := s.now()
	return token, s.Store.CreateLink(ctx, Link{Hash: hashOf(token), OperatorID: operatorID, ExpiresAt: now.Add(linkLife), CreatedAt: now})
}

// List answers every operator, oldest first.
func (s *Service) List(ctx context.Context) ([]Operator, error) { return s.Store.Operators(ctx) }

// Get answers one operator.
func (s *Service) Get(ctx context.Context, id string) (Operator, error) {
	return s.Store.Operator(ctx, id)
}

// ByName answers the operator who signs in with a name.
func (s *Service) ByName(ctx context.Context, name string) (Operator, error) {
	o, err := s.Store.OperatorByName(ctx, name)
	if fault.Is(err, fault.NotFound) {
		return o, fault.New(fault.NotFound, "there is no operator %s", name)
	}
	return o, err
}

// SetRole changes what an operator may do.
func (s *Service) SetRole(ctx context.Context, id string, role Role) (Operator, error) {
	if role.rank() == 0 {
		return Operator{}, fault.Field("role", string(role), "must be one of %v", Roles)
	}
	return s.change(ctx, id, func(o *Operator) { o.Role = role })
}

// SetDisabled ends or restores an operator's access. Ending it ends their
// sessions and voids their links.
func (s *Service) SetDisabled(ctx context.Context, id string, disabled bool) (Operator, error) {
	o, err := s.change(ctx, id, func(o *Operator) {
		o.DisabledAt = nil
		if disabled {
			now := s.now()
			o.DisabledAt = &now
		}
	})
	if err != nil || !disabled {
		return o, err
	}
	return o, errors.Join(s.Store.DeleteConsoleSessionsOf(ctx, id, ""), s.Store.DeleteLinksOf(ctx, id))
}

// change applies what and refuses it when no admin would be left.
func (s *Service) change(ctx context.Context, id string, what func(*Operator)) (Operator, error) {
	return s.Store.UpdateOperator(ctx, id, func(o Operator, all []Operator) (Operator, error) {
		what(&o)
		o.UpdatedAt = s.now()
		left := isActiveAdmin(o) || slices.ContainsFunc(all, func(other Operator) bool { return other.ID != id && isActiveAdmin(other) })
		if !left {
			return o, fault.New(fault.Conflict, "%s is the only admin who can sign in: make another operator admin first", o.Name)
		}
		return o, nil
	})
}

// Forget removes sessions and links that are over.
func (s *Service) Forget(ctx context.Context) error {
	return s.Store.ForgetConsoleSessions(ctx, s.now())
}
