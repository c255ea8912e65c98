package intent

import (
	"context"
	"errors"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/session"
	"github.com/latchkey-dev/latchkey/internal/sponsor"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// Kind tells what an intent's operation does.
type Kind string

const (
	Call            Kind = "call"             // calls that the client asked for
	RegisterSession Kind = "register-session" // the account registers a session
	RevokeSession   Kind = "revoke-session"   // the account closes a session
	ReplaceSession  Kind = "replace-session"  // the account closes a session and registers another
	RevokeAll       Kind = "revoke-all"       // the account closes every session
	ChangeOwner     Kind = "change-owner"     // the account gets another owner
)

// Status is where an intent stands. It only moves forward:
//
//	waiting ─→ signed ─→ succeeded | failed
//	   └─→ expired | withdrawn
type Status string

const (
	Waiting   Status = "waiting"   // for the client's signature
	Signed    Status = "signed"    // accepted and queued for the bundler
	Succeeded Status = "succeeded" // included, its calls succeeded
	Failed    Status = "failed"    // included and reverted, or given up with a reason
	Expired   Status = "expired"   // not signed in time
	Withdrawn Status = "withdrawn" // replaced before it was signed
)

// Statuses are all that there are.
var Statuses = []Status{Waiting, Signed, Succeeded, Failed, Expired, Withdrawn}

// Open reports whether the intent still holds its nonce lane and its
// reservation.
func (s Status) Open() bool { return s == Waiting || s == Signed }

// Interaction is one call as the client asked for it, with every identifier
// already resolved. Contract and Function repeat the request where it named
// them.
type Interaction struct {
	To       common.Address `json:"to"`
	Value    *big.Int       `json:"value"`
	Data     []byte         `json:"data"`
	Contract string         `json:"contract,omitempty"` // con_ id
	Function string         `json:"functionName,omitempty"`
	Args     []any          `json:"functionArgs,omitempty"`
}

// Transition is one step of an intent in the API's words (new, sent,
// confirmed, reverted, expired, dropped).
type Transition struct {
	From string    `json:"fromStatus"`
	To   string    `json:"toStatus"`
	At   time.Time `json:"at"`
}

// Outcome is what became of an operation on chain.
type Outcome struct {
	Success     bool           `json:"success"`
	BlockNumber uint64         `json:"blockNumber"`
	BlockHash   common.Hash    `json:"blockHash"`
	BlockTime   uint64         `json:"blockTime"`
	TxHash      common.Hash    `json:"transactionHash"`
	To          common.Address `json:"to"`
	GasUsed     *big.Int       `json:"gasUsed"` // of this operation, as EntryPoint counts it
	GasFee      *big.Int       `json:"gasFee"`  // wei that were charged to its payer
	Logs        []*types.Log   `json:"logs"`
	Revert      []byte         `json:"revert,omitempty"` // revert data of failed calls
}

// Failure says in words why an intent did not succeed.
type Failure struct {
	Reason   string `json:"reason"`
	Name     string `json:"name,omitempty"` // contract error or EntryPoint code
	Cause    string `json:"cause,omitempty"`
	Solution string `json:"solution,omitempty"`
}

// Intent is one requested execution, from the request to its final outcome.
type Intent struct {
	ID             string
	ProjectID      string
	PlayerID       string
	AccountID      string
	AccountAddress common.Address
	PolicyID       string // "" when the account pays
	ChainID        uint64
	Kind           Kind
	SessionID      string // the session that a register or revoke intent acts on
	Interactions   []Interaction
	Status         Status
	Operation      userop.Operation // Signature is empty until the intent is signed
	OperationHash  common.Hash      // userOpHash: what the client signs
	Lane           uint64           // nonce lane, leased while Status.Open
	MaxCost        *big.Int         // worst-case fee in wei
	DeployFirst    bool             // the relayer creates the account before the operation
	Delegation     *Delegation      // comes with the operation, nil when the account delegates already, or is no EOA
	ExpiresAt      uint64           // chain time after which no signature is taken
	SignedBy       string           // "owner" or the ses_ id, "" until signed
	ClientSig      []byte           // as the client sent it, to answer repeats
	Outcome        *Outcome         // nil until included
	Failure        *Failure         // nil unless failed
	Transitions    []Transition
	CreatedAt      time.Time
	UpdatedAt      time.Time
}

// Final reports whether nothing more will happen to the intent.
func (in Intent) Final() bool { return !in.Status.Open() }

// SignedBy of intents that no session signed.
const (
	OwnerSigned = "owner"
	// ClientSent marks intents whose operation the client signed and sent to the
	// chain by itself, past this server.
	ClientSent = "client"
)

// Trace says that an intent has changed.
type Trace struct {
	ID        string
	ProjectID string
	PlayerID  string
	AccountID string
	PolicyID  string // "" for none
	SessionID string // that it acts on, "" for none
	SignedBy  string
	UpdatedAt time.Time
}

// Filter narrows a list. Zero fields do not narrow.
type Filter struct {
	AccountIDs []string
	PlayerIDs  []string
	PolicyIDs  []string
	SessionID  string // acted on by, or signed by, this session
	Statuses   []Status
	ChainID    uint64
	Final      *bool
}

// Spending is what a session key has signed so far.
type Spending struct {
	Operations int       // taken for inclusion, whatever became of them
	GasFee     *big.Int  // wei that the chain charged for them
	LastUsed   time.Time // when the newest was made, zero for none
}

// Queue is the bundler's entry for a signed intent, saved with it.
type Queue struct {
	Operation userop.Operation // signed
	Hash      common.Hash
	ChainID   uint64
	// Deploy is the factory call that the relayer sends before the operation;
	// nil when the account is deployed, or the operation carries it.
	Deploy *FactoryCall
	// Delegation comes with the operation, nil for none.
	Delegation *Delegation
	// After is the operation that must be included first, zero when none.
	After common.Hash
	// Alone keeps the operation out of bundles that hold another one of the
	// same account: it calls the account itself.
	Alone bool
	// SessionID is the session whose key signed it, or that it registers, "" for
	// none: a block of the session gives the operation up.
	SessionID string
}

// Delegation makes an EOA an account: its EIP-7702 authorization goes with the
// transaction of an operation.
type Delegation struct {
	Authorization types.SetCodeAuthorization `json:"authorization"`
	// Returning says that the EOA may have been an account here before. The
	// operation then starts by revoking all sessions, and makes sense only
	// together with the authorization.
	Returning bool `json:"returning"`
}

// FactoryCall creates an account.
type FactoryCall struct {
	Factory common.Address
	Data    []byte
}

// Change is what one step of an intent may change, loaded and saved in one
// transaction. Session, Replaced, Account and Policy are nil where the intent
// has none. Session is the one that a register, revoke or replace intent acts
// on, Replaced the one whose place it takes.
type Change struct {
	Intent   *Intent
	Session  *session.Session
	Replaced *session.Session
	Account  *account.Account
	Policy   *sponsor.Policy
	Queue    *Queue // set by the step that signs: queues the operation
	Usage    *Usage // set by the step that settles: added to the books
}

// ErrLaneTaken is answered by OpenIntent when another open intent of the
// account holds the lane.
var ErrLaneTaken = errors.New("nonce lane is taken")

// Store keeps intents. An intent of another project is not found.
type Store interface {
	// OpenIntent saves a new intent in one transaction with its account if that
	// is Unsaved, with the session that it registers or revokes (s: inserted or
	// replaced, nil for none) and with the reservation that reserve makes on its
	// policy (not called without one).
	OpenIntent(ctx context.Context, in Intent, acc account.Account, s *session.Session, reserve func(*sponsor.Policy) error) error
	// ChangeIntent loads the intent and what belongs to it under locks, lets
	// step change them, and saves. Nothing is saved when step fails.
	ChangeIntent(ctx context.Context, id string, step func(*Change) error) (Intent, error)

	Intent(ctx context.Context, projectID, id string) (Intent, error)
	Intents(ctx context.Context, projectID string, f Filter, req page.Request) (page.Page[Intent], error)
	// IntentsChanged answers traces of intents that changed at since or later, of
	// every project, oldest change first, at most limit.
	IntentsChanged(ctx context.Context, since time.Time, limit int) ([]Trace, error)
	// Spent sums up what each of the sessions has signed.
	Spent(ctx context.Context, sessionIDs []string) (map[string]Spending, error)
	// DropBlockedOperations gives up, for the reason, queued operations that keys
	// of blocked sessions signed.
	DropBlockedOperations(ctx context.Context, chainID uint64, reason string, now time.Time) error
	// OpenIntentsOf answers every open intent of an account, oldest first.
	OpenIntentsOf(ctx context.Context, accountID string) ([]Intent, error)
	// LanesInUse answers the lanes that open intents of the account hold.
	LanesInUse(ctx context.Context, accountID string) ([]uint64, error)
	// DecidedIntents answers signed intents of a chain whose operation the
	// bundler has brought to its end, oldest first, at most limit.
	DecidedIntents(ctx context.Context, chainID uint64, limit int) ([]Intent, error)
	// OverdueIntents answers waiting intents of a chain that could be signed
	// until now or less, oldest first, at most limit.
	OverdueIntents(ctx context.Context, chainID uint64, now uint64, limit int) ([]Intent, error)
	// OperationOutcome answers what the bundler knows of a queued operation:
	// done false while it is under way; failure is set when it was given up.
	OperationOutcome(ctx context.Context, chainID uint64, hash common.Hash) (out *Outcome, failure *Failure, sent bool, err error)
	// IntentsByHash answers a project's intents whose operation has the hash, or
	// whose operation a relayer transaction with the hash carries.
	IntentsByHash(ctx context.Context, projectID string, hash common.Hash) ([]Intent, error)
	// Delivery answers how a queued operation travels, nil when there is none.
	Delivery(ctx context.Context, chainID uint64, hash common.Hash) (*Delivery, error)
	// Usage answers the hours since then, oldest first; of one policy unless
	// policyID is "".
	Usage(ctx context.Context, projectID, policyID string, since time.Time) ([]Usage, error)
	// IntentMinutes counts intents by the minute they were made in, oldest first.
	IntentMinutes(ctx context.Context, projectID string, since time.Time) ([]Minute, error)
	// Failures answers the newest intents that failed and were made since then,
	// newest first, at most limit.
	Failures(ctx context.Context, projectID string, since time.Time, limit int) ([]FailedIntent, error)
	// SponsoredCost answers the summed worst-case cost of open sponsored
	// intents on a chain, in wei.
	SponsoredCost(ctx context.Context, chainID uint64) (*big.Int, error)
}
