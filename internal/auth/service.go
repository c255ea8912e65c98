package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"math/big"
	"time"

	"github.com/google/uuid"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
)

// Service makes projects and recognises their keys. Its fields are set once,
// before the first call.
type Service struct {
	Store Store
	Users Users
	Now   func() time.Time
	// Loopback lets every page on this machine use projects that list no
	// origins: for development only.
	Loopback bool
}

// NewProject makes a project with one key of each kind and every scope. The
// keys are shown here once and cannot be read again.
func (s *Service) NewProject(ctx context.Context, name string) (p Project, publishableKey, secretKey string, err error) {
	if name == "" {
		return Project{}, "", "", fault.Field("name", nil, "is required")
	}
	now := s.Now().UTC().Truncate(time.Microsecond) // what the store keeps
	p = Project{ID: id.New(id.Project), Name: name, DefaultFeeLimit: new(big.Int), CreatedAt: now}
	publishableKey, secretKey = mint(Publishable), mint(Secret)
	keys := []Key{
		newKey(p.ID, Publishable, publishableKey, now),
		newKey(p.ID, Secret, secretKey, now),
	}
	if err := s.Store.CreateProject(ctx, p, keys); err != nil {
		return Project{}, "", "", err
	}
	return p, publishableKey, secretKey, nil
}

// mint makes a key in the form that the official clients check for before they
// send it. Its UUID is version 4: 122 random bits.
func mint(kind KeyKind) string { return string(kind) + "_test_" + uuid.NewString() }

// hintLength covers the prefix and four digits.
const hintLength = len("sk_test_") + 4

func newKey(projectID string, kind KeyKind, key string, now time.Time) Key {
	return Key{
		ID:        id.New(id.APIKey),
		ProjectID: projectID,
		Kind:      kind,
		Hash:      hashOf(key),
		Hint:      key[:hintLength],
		CreatedAt: now,
	}
}

// hashOf needs no salt and no slowness: keys are random, not chosen by people.
func hashOf(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

// Project answers one project.
func (s *Service) Project(ctx context.Context, projectID string) (Project, error) {
	return s.Store.Project(ctx, projectID)
}

// DefaultFeeLimit answers the fee limit of sessions that name none, in wei.
func (s *Service) DefaultFeeLimit(ctx context.Context, projectID string) (*big.Int, error) {
	p, err := s.Store.Project(ctx, projectID)
	return p.DefaultFeeLimit, err
}

// maxFeeLimit is what a permission has room for: 96 bits.
var maxFeeLimit = new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 96), big.NewInt(1))

// SetDefaultFeeLimit changes the fee limit of sessions that will name none, in
// wei. Existing sessions keep theirs.
func (s *Service) SetDefaultFeeLimit(ctx context.Context, projectID string, wei *big.Int) (Project, error) {
	if wei == nil {
		return Project{}, fault.Field("defaultFeeLimit", nil, "is required")
	}
	if wei.Sign() < 0 || wei.Cmp(maxFeeLimit) > 0 {
		return Project{}, fault.Field("defaultFeeLimit", wei.String(), "must be from 0 to %s wei", maxFeeLimit)
	}
	return s.Store.UpdateProject(ctx, projectID, func(p Project) (Project, error) {
		p.DefaultFeeLimit = new(big.Int).Set(wei)
		return p, nil
	})
}

// Projects answers every project, oldest first.
func (s *Service) Projects(ctx context.Context) ([]Project, error) { return s.Store.Projects(ctx) }
