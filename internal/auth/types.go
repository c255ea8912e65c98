package auth

import (
	"context"
	"math/big"
	"time"
)

// Project is a tenant. It owns its API keys and every other record.
type Project struct {
	ID   string
	Name string
	// DefaultFeeLimit is given to sessions that name none, in wei. Zero, the
	// default of the default, means that such sessions need a gas policy.
	DefaultFeeLimit *big.Int
	CreatedAt       time.Time
}

// KeyKind tells a publishable key, which may be shown to browsers, from a
// secret one.
type KeyKind string

const (
	Publishable KeyKind = "pk"
	Secret      KeyKind = "sk"
)

// Key is a stored API key. The key itself is never stored: Hash is the hex
// SHA-256 of the whole key, Hint its first characters for people to tell keys
// apart.
type Key struct {
	ID        string
	ProjectID string
	Kind      KeyKind
	Scopes    []string // empty means every scope
	Hash      string
	Hint      string
	CreatedAt time.Time
	RevokedAt *time.Time // nil while the key works
}

// Caller is who sent a request, as proven by its API key.
type Caller struct {
	ProjectID string
	KeyID     string
	Kind      KeyKind
	Scopes    []string
}

// Store keeps projects and keys. Lookups answer a fault of kind NotFound when
// there is no such record.
type Store interface {
	CreateProject(ctx context.Context, p Project, keys []Key) error // one transaction
	Project(ctx context.Context, id string) (Project, error)
	Projects(ctx context.Context) ([]Project, error) // oldest first
	UpdateProject(ctx context.Context, id string, update func(Project) (Project, error)) (Project, error)
	KeyByHash(ctx context.Context, hash string) (Key, error)
}
