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
	// AllowedOrigins are the web origins that may use its publishable keys, as
	// browsers write them.
	AllowedOrigins []string
	CreatedAt      time.Time
}

// KeyKind tells a publishable key, which may be shown to browsers, from a
// secret one.
type KeyKind string

const (
	Publishable KeyKind = "pk"
	Secret      KeyKind = "sk"
	// User is no kind of key: the caller is a user, known by a token.
	User KeyKind = "user"
)

// Key is a stored API key. The key itself is never stored: Hash is the hex
// SHA-256 of the whole key, Hint its first characters for people to tell keys
// apart.
type Key struct {
	ID        string
	ProjectID string
	Name      string // for people, "" for the first ones
	Kind      KeyKind
	Scopes    []string // empty means every scope
	Hash      string
	Hint      string
	CreatedAt time.Time
	RevokedAt *time.Time // when it stops to work, nil for never
}

// Caller is who sent a request, as proven by its API key or its user's token.
type Caller struct {
	ProjectID string
	KeyID     string // the publishable key, when a user calls
	Kind      KeyKind
	Scopes    []string
	UserID    string // the user's player (pla_…), "" unless Kind is User
	LoginID   string // the login whose token was sent, "" when another service vouches for the user
}

// Credentials are what a request brings to say who sent it, by header, and where
// it comes from. All may be empty.
type Credentials struct {
	Authorization string // "Bearer " and an API key, or a login's token
	ProjectKey    string // publishable key; names the project of a login's token
	PlayerToken   string // a user's token beside a publishable key
	AuthProvider  string // who made PlayerToken, "" when it is a login's token
	Address       string // what limits count the client under, "" when it is not known
}

// Users proves who a user is. Failures are faults of kind Unauthorized, or of
// kind Invalid when a provider cannot be asked: that says nothing of the user.
type Users interface {
	// Login answers the user and the login that a token of ours stands for.
	Login(ctx context.Context, projectID, token string) (userID, loginID string, err error)
	// Vouched answers the user that a token of a provider, which the project
	// trusts, stands for. Refused tokens are counted under the address that they
	// come from; past the limit the failure is of kind Invalid.
	Vouched(ctx context.Context, projectID, provider, token, address string) (userID string, err error)
}

// Store keeps projects and keys. Lookups answer a fault of kind NotFound when
// there is no such record.
type Store interface {
	CreateProject(ctx context.Context, p Project, keys []Key) error // one transaction
	Project(ctx context.Context, id string) (Project, error)
	Projects(ctx context.Context) ([]Project, error) // oldest first
	UpdateProject(ctx context.Context, id string, update func(Project) (Project, error)) (Project, error)
	KeyByHash(ctx context.Context, hash string) (Key, error)
	CreateKey(ctx context.Context, k Key) error
	Keys(ctx context.Context, projectID string) ([]Key, error) // newest first
	UpdateKey(ctx context.Context, projectID, id string, update func(Key) (Key, error)) (Key, error)
	// RotateKey changes a key and adds another one, in one transaction.
	RotateKey(ctx context.Context, projectID, id string, rotate func(Key) (changed, added Key, err error)) (changed, added Key, err error)
}
