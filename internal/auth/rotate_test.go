package auth_test

import (
	"slices"
	"testing"
	"time"

	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/store/storetest"
)

// rotation is a project with one key of one scope, at a time that stands still.
type rotation struct {
	*testing.T
	*auth.Service
	now     time.Time
	project string
	key     auth.Key
	secret  string
}

func newRotation(t *testing.T) *rotation {
	t.Helper()
	r := &rotation{T: t, now: time.Date(2026, 11, 22, 23, 59, 59, 0, time.UTC)}
	r.Service = &auth.Service{Store: storetest.SQLite(t), Now: func() time.Time { return r.now }}
	p, _, _, err := r.NewProject(t.Context(), "game")
	if err != nil {
		t.Fatal(err)
	}
	r.project = p.ID
	if r.key, r.secret, err = r.NewKey(t.Context(), p.ID, "back end", auth.Secret, []string{"sessions:read"}); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *rotation) works(secret string) bool {
	r.Helper()
	_, err := r.Authenticate(r.Context(), auth.Credentials{Authorization: "Bearer " + secret})
	if err != nil && !fault.Is(err, fault.Unauthorized) {
		r.Fatal(err)
	}
	return err == nil
}

func (r *rotation) rotate(keyID string, grace time.Duration) (made auth.Key, secret string) {
	r.Helper()
	_, made, secret, err := r.RotateKey(r.Context(), r.project, keyID, grace)
	if err != nil {
		r.Fatal(err)
	}
	return made, secret
}

func (r *rotation) refuses(kind fault.Kind, keyID string, grace time.Duration) {
	r.Helper()
	if _, _, _, err := r.RotateKey(r.Context(), r.project, keyID, grace); !fault.Is(err, kind) {
		r.Errorf("rotate %s with a grace of %s: %v, want %s", keyID, grace, err, kind)
	}
}

func TestRotateKey_graceEnds(t *testing.T) {
	t.Parallel()
	for _, grace := range []time.Duration{0, time.Microsecond, time.Hour, auth.LongestGrace} {
		r := newRotation(t)
		rotated := r.now
		made, secret := r.rotate(r.key.ID, grace)
		if made.Name != r.key.Name || made.Kind != r.key.Kind || !slices.Equal(made.Scopes, r.key.Scopes) || made.ID == r.key.ID {
			t.Errorf("grace %s: %+v was made of %+v", grace, made, r.key)
		}
		if grace > 0 {
			r.now = rotated.Add(grace - time.Nanosecond)
			if !r.works(r.secret) {
				t.Errorf("grace %s: the old key is refused before its end", grace)
			}
		}
		r.now = rotated.Add(grace)
		if r.works(r.secret) {
			t.Errorf("grace %s: the old key works at its end", grace)
		}
		if !r.works(secret) {
			t.Errorf("grace %s: the new key is refused", grace)
		}
		caller, err := r.Authenticate(t.Context(), auth.Credentials{Authorization: secret})
		if err != nil || !slices.Equal(caller.Scopes, []string{"sessions:read"}) {
			t.Errorf("grace %s: the new key may %v, %v", grace, caller.Scopes, err)
		}
	}
}

func TestRotateKey_refusals(t *testing.T) {
	t.Parallel()
	r := newRotation(t)
	r.refuses(fault.Invalid, r.key.ID, auth.LongestGrace+time.Nanosecond)
	r.refuses(fault.Invalid, r.key.ID, -time.Nanosecond)
	r.refuses(fault.NotFound, "key_unknown", 0)
	if !r.works(r.secret) {
		t.Error("a refused rotation ended the key")
	}

	next, _ := r.rotate(r.key.ID, time.Hour)
	r.refuses(fault.Conflict, r.key.ID, time.Hour) // while the old one still works
	last, secret := r.rotate(next.ID, 0)
	if !r.works(secret) {
		t.Error("the key of the second rotation is refused")
	}
	if _, err := r.RevokeKey(t.Context(), r.project, last.ID); err != nil {
		t.Fatal(err)
	}
	r.refuses(fault.Conflict, last.ID, time.Hour)
	if r.works(secret) {
		t.Error("a revoked key works after it was refused rotation")
	}
	all, err := r.Keys(t.Context(), r.project)
	if err != nil || len(all) != 5 { // two of the project, the first, and one for each rotation
		t.Errorf("%d keys, want 5: %v", len(all), err)
	}
}

// A leaked key is ended at once, although its grace runs on.
func TestRevokeKey_duringGrace(t *testing.T) {
	t.Parallel()
	r := newRotation(t)
	_, secret := r.rotate(r.key.ID, auth.LongestGrace)
	if _, err := r.RevokeKey(t.Context(), r.project, r.key.ID); err != nil {
		t.Fatal(err)
	}
	if r.works(r.secret) || !r.works(secret) {
		t.Errorf("old key works: %t, new key works: %t", r.works(r.secret), r.works(secret))
	}
}
