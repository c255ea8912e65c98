package session

import (
	"context"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/permission"
)

// State is what is stored about a session. What the API shows as its status
// follows from the state, the chain's status word and chain time: see Status.
type State string

const (
	Pending State = "pending" // not registered yet, or its registration is on the way
	Active  State = "active"  // its registration was included
	Closed  State = "closed"  // revoked, or withdrawn before it was registered
	Ended   State = "ended"   // expired or used up, and its key was granted anew
	// Prepared takes the place of a live session as soon as the operation that
	// closes that one and registers this one is included.
	Prepared State = "prepared"
)

// Session is one grant: a session key plus its permission, on one account and
// chain. The permission is kept in its packed form, which is what the account
// contract hashes; everything else about the grant is read from it.
type Session struct {
	ID             string
	ProjectID      string
	PlayerID       string
	AccountID      string
	ChainID        uint64
	AccountAddress common.Address
	Signer         common.Address // address of the session key
	Permission     []byte         // packed, see docs/permission-format.md
	Epoch          uint64         // the account's epoch that Hash is over
	Hash           common.Hash    // sessionId on chain
	State          State
	Registration   Registration
	PublicKey      []byte // x‖y of a P-256 or WebAuthn key, nil for secp256k1
	// OwnerGrant is the owner's signature of the grant, as it rides in operations
	// of a session that no operation registered; nil until the owner signed.
	OwnerGrant []byte
	Replaces   string // session whose place it takes, "" for none
	// BlockedAt says since when the server refuses to act for the key, whatever
	// the chain says of it; nil while it does not. BlockedBy names who asked for it.
	BlockedAt      *time.Time
	BlockedBy      string
	RegisterIntent string // newest intent that registers it, "" before the first
	RevokeIntent   string // newest intent that revokes it, "" before the first
	CreatedAt      time.Time
	UpdatedAt      time.Time
}

// Live reports whether the session may still act, now or later, as far as is
// stored. At most one live session exists for a key on an account.
func (s Session) Live() bool { return s.State == Pending || s.State == Active }

// ValidUntil is the last moment of the permission, in unix seconds; 0 when it
// cannot be read.
func (s Session) ValidUntil() uint64 {
	p, err := permission.Decode(s.Permission)
	if err != nil {
		return 0
	}
	return p.ValidUntil
}

// rides reports whether the owner has signed a grant that rides in operations:
// the account need not know the session before its first use.
func (s Session) rides() bool { return s.OwnerGrant != nil && s.State != Closed }

// Trace says that a session has changed.
type Trace struct {
	ID        string
	ProjectID string
	PlayerID  string
	AccountID string
	UpdatedAt time.Time
}

// Filter narrows a list. Zero fields do not narrow.
type Filter struct {
	PlayerID  string
	AccountID string
	Signer    common.Address
	ChainID   uint64
	Live      *bool // true: pending and active rows only; false: the others only
	// Active narrows to sessions that may act now, or to those that may not. The
	// chain decides about it, so Service.List judges it; stores pass it over.
	Active *bool
}

// Store keeps sessions. New sessions and changes that come with an operation
// are saved together with its intent, by intent.Store; a session of another
// project is not found.
type Store interface {
	// CreateSession saves a session that comes without an operation, together
	// with its account if that is Unsaved.
	CreateSession(ctx context.Context, s Session, acc account.Account) error
	Session(ctx context.Context, projectID, id string) (Session, error)
	Sessions(ctx context.Context, projectID string, f Filter, req page.Request) (page.Page[Session], error)
	// CountLive answers how many live sessions each of the players has; those
	// with none are left out.
	CountLive(ctx context.Context, projectID string, playerIDs []string) (map[string]int, error)
	// CountEnding counts live sessions that have not ended at now, and those of
	// them that end at soon or before, both in unix seconds. It counts those that
	// end first, at most so many.
	CountEnding(ctx context.Context, projectID string, now, soon uint64, most int) (live, ending int, err error)
	// Ending answers live sessions that end between now and soon, the next first,
	// at most limit.
	Ending(ctx context.Context, projectID string, now, soon uint64, limit int) ([]Session, error)
	// LiveSessions answers the live sessions of an account, oldest first.
	LiveSessions(ctx context.Context, accountID string) ([]Session, error)
	// BlockSession changes a session as UpdateSession does, and gives up for the
	// reason what its key has signed and no transaction carries yet.
	BlockSession(ctx context.Context, projectID, id, reason string, update func(Session) (Session, error)) (Session, error)
	// SessionsChanged answers traces of sessions that changed at since or later,
	// of every project, oldest change first, at most limit.
	SessionsChanged(ctx context.Context, since time.Time, limit int) ([]Trace, error)
	UpdateSession(ctx context.Context, projectID, id string, update func(Session) (Session, error)) (Session, error)
}
