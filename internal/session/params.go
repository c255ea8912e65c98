package session

import (
	"math/big"

	"github.com/ethereum/go-ethereum/common"
)

// CallGrant grants calls to one contract: all of its functions, or the named.
type CallGrant struct {
	Address common.Address
	// Calls are function names, full signatures ("mint(address)") or selectors
	// ("0x6a627842"). Empty grants every function. A bare name needs a contract
	// with an ABI at Address in the project.
	Calls []string
}

// CreateParams is a request for a new session. Exactly one of AccountID and
// PlayerID (with ChainID) names the account; ExternalOwner creates one for a
// player that has none.
type CreateParams struct {
	AccountID     string
	PlayerID      string
	ExternalOwner *common.Address
	ChainID       uint64
	Signer        common.Address // the session key's address
	ValidAfter    uint64         // unix seconds
	ValidUntil    uint64         // unix seconds
	Limit         uint64         // calls, 0 when absent
	Whitelist     []common.Address
	Permissions   []CallGrant
	FeeLimit      *big.Int // wei, nil for the project's default
	PolicyID      string   // sponsors the registration, "" when the account pays
	Optimistic    bool
}

// RevokeParams names the session to close: by the key's address, or by its
// id in SessionID.
type RevokeParams struct {
	AccountID  string
	PlayerID   string
	ChainID    uint64
	Signer     common.Address
	SessionID  string
	PolicyID   string
	Optimistic bool
}

// SignParams carries the client's signature for the session's next action.
type SignParams struct {
	Signature []byte
	// Optimistic answers once the operation is queued; otherwise the call
	// returns when its receipt is known.
	Optimistic bool
}
