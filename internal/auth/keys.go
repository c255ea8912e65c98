package auth

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

// maxKeys bounds the keys of a project, revoked ones too.
const maxKeys = 200

// maxKeyName bounds names of keys, in bytes.
const maxKeyName = 64

// Keys answers a project's keys, newest first, revoked ones too.
func (s *Service) Keys(ctx context.Context, projectID string) ([]Key, error) {
	return s.Store.Keys(ctx, projectID)
}

// NewKey makes a key. The key itself is answered here once. A secret key without
// scopes has all of them; publishable keys have none.
func (s *Service) NewKey(ctx context.Context, projectID, name string, kind KeyKind, scopes []string) (k Key, secret string, err error) {
	if err := checkKey(name, kind, scopes); err != nil {
		return Key{}, "", err
	}
	all, err := s.Store.Keys(ctx, projectID)
	if err != nil {
		return Key{}, "", err
	}
	if len(all) >= maxKeys {
		return Key{}, "", fault.New(fault.Conflict, "the project has %d keys, and may have %d, revoked ones too", len(all), maxKeys)
	}
	secret = mint(kind)
	k = newKey(projectID, kind, secret, s.now())
	k.Name, k.Scopes = name, scopes
	return k, secret, s.Store.CreateKey(ctx, k)
}

func checkKey(name string, kind KeyKind, scopes []string) error {
	switch {
	case strings.TrimSpace(name) == "" || len(name) > maxKeyName:
		return fault.Field("name", name, "must be 1 to %d bytes: say what will use the key", maxKeyName)
	case kind != Publishable && kind != Secret:
		return fault.Field("kind", string(kind), "must be %s or %s", Publishable, Secret)
	case kind == Publishable && len(scopes) > 0:
		return fault.Field("scopes", nil, "are for secret keys: what a publishable key may do is fixed")
	}
	for _, scope := range scopes {
		if !slices.Contains(Scopes, scope) {
			return fault.Field("scopes", scope, "there is no such scope")
		}
	}
	return nil
}

// LongestGrace bounds how long a key works on after it was rotated.
const LongestGrace = 7 * 24 * time.Hour

// RotateKey makes a key like another one, which works on for grace and is revoked
// then. The new key is answered here once.
func (s *Service) RotateKey(ctx context.Context, projectID, keyID string, grace time.Duration) (old, made Key, secret string, err error) {
	if grace < 0 || grace > LongestGrace {
		return old, made, "", fault.Field("grace", grace.String(), "must be from 0 to %s", LongestGrace)
	}
	now := s.now()
	old, made, err = s.Store.RotateKey(ctx, projectID, keyID, func(k Key) (Key, Key, error) {
		if k.RevokedAt != nil {
			return k, Key{}, fault.New(fault.Conflict, "key %s… is revoked or rotated already", k.Hint)
		}
		secret = mint(k.Kind)
		next := newKey(projectID, k.Kind, secret, now)
		next.Name, next.Scopes = k.Name, k.Scopes
		ends := now.Add(grace)
		k.RevokedAt = &ends
		return k, next, nil
	})
	return old, made, secret, err
}

// RevokeKey makes a key useless at once. A key that is revoked stays so.
func (s *Service) RevokeKey(ctx context.Context, projectID, keyID string) (Key, error) {
	now := s.now()
	return s.Store.UpdateKey(ctx, projectID, keyID, func(k Key) (Key, error) {
		if k.Works(now) {
			k.RevokedAt = &now
		}
		return k, nil
	})
}

// Works reports whether the key is accepted at a time.
func (k Key) Works(now time.Time) bool { return k.RevokedAt == nil || now.Before(*k.RevokedAt) }

// now is the time to store.
func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }
