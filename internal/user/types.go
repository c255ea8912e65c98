package user

import (
	"context"
	"time"

	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/player"
)

// User is a player that signs in by itself. ID is the player's.
type User struct {
	ID            string
	ProjectID     string
	Name          string // as the user gave it; the player's name is the project's
	Email         string // lower case, "" when none is known
	EmailVerified bool
	Image         string // URL, "" when there is none
	Anonymous     bool   // a guest, with no way in but the first login
	CreatedAt     time.Time
	UpdatedAt     time.Time
}

// Provider names a way in.
type Provider string

// The ways in that need nobody else. Other providers are named by the project.
const (
	Credential Provider = "credential" // email and password; the subject is the email
	Email      Provider = "email"      // code by email; the subject is the email
	Wallet     Provider = "siwe"       // signature of an Ethereum account; the subject is its address
)

// Identity is one way in of a user. No two users of a project share one.
type Identity struct {
	ID        string
	ProjectID string
	UserID    string
	Provider  Provider
	Subject   string // who the user is to the provider
	Secret    string // hash of the password, "" for other providers
	Details   Details
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Details are what the client told of a wallet, shown with the identity.
type Details struct {
	Client    string `json:"walletClientType,omitempty"`
	Connector string `json:"connectorType,omitempty"`
}

// Login is one sign-in of a user, on one device. Its token is kept as a hash.
type Login struct {
	ID        string
	ProjectID string
	UserID    string
	Hash      string
	Address   string // network address of the client
	Agent     string // what the client calls itself
	CreatedAt time.Time
	UpdatedAt time.Time // when ExpiresAt was last moved
	ExpiresAt time.Time
}

// SignUp is everything that a new user is saved as, in one transaction.
type SignUp struct {
	User       User
	Player     player.Player
	Identities []Identity
}

// Client is where a request comes from, for the user to recognise a login and
// to slow down guessing.
type Client struct {
	Address string
	Agent   string
}

// Store keeps users. A user of another project is not found.
type Store interface {
	// CreateUser is a Conflict when the email or one of the identities belongs
	// to another user of the project.
	CreateUser(ctx context.Context, s SignUp) error
	User(ctx context.Context, projectID, id string) (User, error)
	UpdateUser(ctx context.Context, projectID, id string, update func(User) (User, error)) (User, error)
	Users(ctx context.Context, projectID string, f Filter, req page.Request) (page.Page[User], error)

	CreateLogin(ctx context.Context, l Login) error // NotFound when the user is gone
	LoginByHash(ctx context.Context, projectID, hash string) (Login, error)
	UpdateLogin(ctx context.Context, projectID, id string, update func(Login) (Login, error)) (Login, error)
	CreateIdentity(ctx context.Context, i Identity) error // Conflict when it belongs to a user
	// PutIdentity takes the place of the user's identity with the same provider
	// and subject. It is a Conflict when that is another user's.
	PutIdentity(ctx context.Context, i Identity) error
	IdentityBySubject(ctx context.Context, projectID string, provider Provider, subject string) (Identity, error)
	Identities(ctx context.Context, projectID string, userIDs ...string) ([]Identity, error) // oldest first
	// DeleteIdentities takes away a user's ways in by a provider, or all when
	// provider is "".
	DeleteIdentities(ctx context.Context, projectID, userID string, provider Provider) error

	PutChallenge(ctx context.Context, c Challenge) error
	Challenge(ctx context.Context, purpose Purpose, hash string) (Challenge, error)
	// TakeChallenge deletes the challenge and answers it: to one caller, however
	// many there are at once.
	TakeChallenge(ctx context.Context, purpose Purpose, hash string) (Challenge, error)
	// TryChallenge changes a challenge, or deletes it when keep is false.
	TryChallenge(ctx context.Context, projectID string, purpose Purpose, subject string, try func(Challenge) (c Challenge, keep bool)) error
	CountAttempt(ctx context.Context, id string, count func(Attempts) Attempts) error // from zero when there is none
	Attempts(ctx context.Context, id string) (Attempts, error)                        // zero when there is none

	// PutConfig takes the place of the project's config of the same name, whose id
	// and creation it keeps.
	PutConfig(ctx context.Context, c Config) (Config, error)
	Config(ctx context.Context, projectID, name string) (Config, error)
	Configs(ctx context.Context, projectID string) ([]Config, error)
	DeleteConfig(ctx context.Context, projectID, name string) error

	// ForgetLogins deletes logins and challenges that have ended, and attempts
	// that began before a moment.
	ForgetLogins(ctx context.Context, now, before time.Time) error

	// EndLogins deletes logins of a user and does not mind when there are none:
	// one by its id, or all when id is "", with the social logins under way that
	// would add a way in.
	EndLogins(ctx context.Context, projectID, userID, id string) error
}

// Filter narrows a list of users. Zero fields do not narrow.
type Filter struct {
	Name     string
	Email    string
	Provider Provider // that one of the user's identities has
	Subject  string   // that one of the user's identities has
}
