package session

import (
	"math/big"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/permission"
)

// Registration is how a session becomes known to its account.
type Registration string

const (
	// OnChain registers it by an operation of the owner.
	OnChain Registration = "onchain"
	// FirstUse has the owner sign the grant, which rides in the session's first
	// operation: granting costs no transaction.
	FirstUse Registration = "first-use"
	// Stateless carries the owner's grant in every operation and registers
	// nothing. Only permissions without counters can be stateless.
	Stateless Registration = "stateless"
)

// Key is a session key's public part.
type Key struct {
	Type    permission.SignerType
	Address common.Address // of a secp256k1 key; derived for the others
	X, Y    [32]byte       // of a P-256 or WebAuthn key, zero for secp256k1
}

// CallGrant grants calls to one contract: all of its functions, or the named.
type CallGrant struct {
	Path    string // of the grant in the request, for refusals
	Address common.Address
	Calls   []FunctionGrant // empty grants every function
}

// FunctionGrant grants one function of a contract, with limits of its own.
type FunctionGrant struct {
	// Call is a function's name, full signature ("mint(address)") or selector
	// ("0x6a627842"). A bare name needs a contract with an ABI at the address in
	// the project.
	Call      string
	Arguments []ArgumentGrant
	Limit     uint64 // calls of this function, 0 = not counted
}

// ArgumentGrant restricts one argument of a function by its place among the
// words of the arguments. Operands and Total may be given together.
type ArgumentGrant struct {
	Word     uint8
	Op       permission.Op
	Operands []*big.Int // nil when only Total restricts it
	Total    *big.Int   // of the argument over all calls, nil for none
}

// CreateParams is a request for a new session. Exactly one of AccountID and
// PlayerID (with ChainID) names the account; ExternalOwner creates one for a
// player that has none.
type CreateParams struct {
	AccountID     string
	PlayerID      string
	ExternalOwner *common.Address
	ChainID       uint64
	Key           Key
	ValidAfter    uint64 // unix seconds
	ValidUntil    uint64 // unix seconds
	Limit         uint64 // calls, 0 when absent
	Whitelist     []common.Address
	Permissions   []CallGrant
	// Rules are those that belong to no function: value, tokens, rate, typed
	// data. A Start of 0 in them means validAfter, or now when that is 0 too.
	Rules        []permission.Rule
	FeeLimit     *big.Int     // wei, nil for the project's default
	PolicyID     string       // sponsors the registration, "" when the account pays
	Registration Registration // "" means OnChain
	Optimistic   bool
	// SignedAuthorization is r, s and v of the EIP-7702 authorization that makes
	// a delegated account active, nil when it is.
	SignedAuthorization []byte
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
	// SignedAuthorization is as in CreateParams.
	SignedAuthorization []byte
}

// SignParams carries the client's signature for the session's next action.
type SignParams struct {
	Signature []byte
	// Optimistic answers once the operation is queued; otherwise the call
	// returns when its receipt is known.
	Optimistic bool
}
