package operator

import (
	"context"
	"encoding/json"
	"time"

	"github.com/latchkey-dev/latchkey/internal/page"
)

// Role says what an operator may do. Each role may do what the ones before it
// may.
type Role string

const (
	Viewer Role = "viewer"   // reads everything, changes nothing
	Editor Role = "operator" // changes what projects own: sessions, policies, contracts
	Admin  Role = "admin"    // also API keys and operators
)

// Roles are all there are, the least first.
var Roles = []Role{Viewer, Editor, Admin}

// Covers reports whether the role may do what needs another one.
func (r Role) Covers(needed Role) bool { return r.rank() > 0 && r.rank() >= needed.rank() }

func (r Role) rank() int {
	for i, known := range Roles {
		if r == known {
			return i + 1
		}
	}
	return 0
}

// Operator is a person who may use the dashboard.
type Operator struct {
	ID           string
	Name         string // unique, what they sign in with
	Role         Role
	PasswordHash string     // "" until one is set
	DisabledAt   *time.Time // nil while they may sign in
	SeenAt       *time.Time // last sign-in, nil before the first
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// Link lets one operator sign in once.
type Link struct {
	Hash       string // of the token in the link
	OperatorID string
	UsedAt     *time.Time
	ExpiresAt  time.Time
	CreatedAt  time.Time
}

// Session is a signed-in browser.
type Session struct {
	Hash       string // of the token in the cookie
	OperatorID string
	ProjectID  string // that is looked at, "" for the first
	SeenAt     time.Time
	ExpiresAt  time.Time // whatever happens
	CreatedAt  time.Time
}

// Passkey is a WebAuthn credential of an operator.
type Passkey struct {
	ID           string
	OperatorID   string
	Name         string
	CredentialID string          // base64url
	Credential   json.RawMessage // as the WebAuthn library keeps it
	UsedAt       *time.Time
	CreatedAt    time.Time
}

// Entry is one line of the audit log. It is written before the change, and its
// outcome after it: an entry without one is of a change that the process did
// not live to finish, or that is under way.
type Entry struct {
	ID           string
	ProjectID    string // "" where no project is concerned
	OperatorID   string
	OperatorName string
	Action       string          // "session.block"
	Subject      string          // id of what was changed
	Before       json.RawMessage // what was changed, as it was; nil for a creation
	After        json.RawMessage // as it is then; nil for a deletion
	Outcome      string          // "", OutcomeDone, or why it was refused
	RequestID    string
	Remote       string // address of the client
	CreatedAt    time.Time
}

// OutcomeDone marks a change that was made.
const OutcomeDone = "done"

// AuditFilter narrows the audit log. Zero fields do not narrow.
type AuditFilter struct {
	Subject    string
	OperatorID string
}

// Store keeps operators. Lookups answer a fault of kind NotFound when there is
// no such record.
type Store interface {
	// CreateOperator answers a Conflict when the name is taken.
	CreateOperator(ctx context.Context, o Operator) error
	Operator(ctx context.Context, id string) (Operator, error)
	OperatorByName(ctx context.Context, name string) (Operator, error)
	Operators(ctx context.Context) ([]Operator, error) // oldest first
	// UpdateOperator changes one operator; update is given all of them, since
	// whether one may change can depend on the others.
	UpdateOperator(ctx context.Context, id string, update func(o Operator, all []Operator) (Operator, error)) (Operator, error)

	CreateLink(ctx context.Context, l Link) error
	// UseLink marks a link used at now and answers it as it was before.
	UseLink(ctx context.Context, hash string, now time.Time) (Link, error)
	// DeleteLinksOf voids the links that an operator has not used.
	DeleteLinksOf(ctx context.Context, operatorID string) error

	CreateConsoleSession(ctx context.Context, s Session) error
	ConsoleSession(ctx context.Context, hash string) (Session, error)
	UpdateConsoleSession(ctx context.Context, hash string, update func(Session) (Session, error)) (Session, error)
	DeleteConsoleSession(ctx context.Context, hash string) error
	// DeleteConsoleSessionsOf ends the sessions of an operator but the one with
	// the hash except.
	DeleteConsoleSessionsOf(ctx context.Context, operatorID, except string) error
	// ForgetConsoleSessions removes sessions, links and ceremonies that are over at
	// now.
	ForgetConsoleSessions(ctx context.Context, now time.Time) error

	// SaveCeremony keeps a ceremony in the place of the browser's earlier one,
	// TakeCeremony answers and forgets it.
	SaveCeremony(ctx context.Context, c Ceremony) error
	TakeCeremony(ctx context.Context, hash string) (Ceremony, error)

	CreatePasskey(ctx context.Context, k Passkey) error
	Passkeys(ctx context.Context, operatorID string) ([]Passkey, error) // oldest first
	PasskeyByCredential(ctx context.Context, credentialID string) (Passkey, error)
	UpdatePasskey(ctx context.Context, id string, update func(Passkey) (Passkey, error)) (Passkey, error)
	DeletePasskey(ctx context.Context, operatorID, id string) error

	CreateEntry(ctx context.Context, e Entry) error
	FinishEntry(ctx context.Context, e Entry) error // saves Before, After, Subject and Outcome
	Entries(ctx context.Context, f AuditFilter, req page.Request) (page.Page[Entry], error)
}
