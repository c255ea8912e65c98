package session

import (
	"encoding/json"
	"math/big"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// Status is what the API shows of a session's life.
type Status string

const (
	StatusPending   Status = "pending"   // waits for the owner's signature or its inclusion
	StatusScheduled Status = "scheduled" // registered, its validAfter lies ahead
	StatusActive    Status = "active"
	StatusExhausted Status = "exhausted" // every call, or the whole fee limit, is used
	StatusExpired   Status = "expired"
	StatusRevoked   Status = "revoked"
)

// Used shows one limit of a session: Limit = Used + Left.
type Used struct {
	Limit *big.Int
	Used  *big.Int
	Left  *big.Int
}

// Usage is what a session has used of its limits, as the chain counts it. A
// limit that the session does not have is nil. Rules has an entry for each rule
// that counts, in the order of the permission's rules.
type Usage struct {
	Limit    *Used // calls
	FeeLimit *Used // wei, worst case
	Rules    []permission.Use
}

// NextAction asks the client for a signature over SignableHash: the hash of
// Operation, or of a grant that rides in later operations.
type NextAction struct {
	SignableHash common.Hash
	Operation    *userop.Operation // nil when a grant is signed
	TypedData    json.RawMessage   // the grant as eth_signTypedData_v4 takes it, nil when an operation is signed
	ExpiresAt    uint64            // chain time, unix seconds
}

// View is a session as the API shows it.
type View struct {
	Session    Session
	Permission permission.Permission
	Status     Status
	Usage      Usage
	Word       *big.Int    // the status word that the account keeps for the session
	Epoch      uint64      // of the account now: sessions of an earlier one are revoked
	NextAction *NextAction // nil when nothing waits for a signature
	Intents    []string    // newest intents that the session signed or that act on it, at most ten
	// Notice says in words when the grant differs from what was sent, such as an
	// absolute expiry read from a relative one. "" when it does not.
	Notice string
}

// IsActive is the API's isActive: the session may act now.
func (v View) IsActive() bool { return v.Status == StatusActive }
