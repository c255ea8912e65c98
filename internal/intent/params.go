package intent

import "github.com/ethereum/go-ethereum/common"

// CallParams is one call as the client sends it. Either Contract and Function
// (with Args), or To with optional Data, names what is called. To and the
// string arguments may be 0x addresses or ids (pla_, acc_, con_).
type CallParams struct {
	To         string
	Value      string // wei, decimal or 0x hex, "" is zero
	Contract   string // con_
	Function   string // name or full signature
	Args       []any  // JSON values, numbers as json.Number
	Data       string // 0x hex
	DataSuffix string // 0x hex, appended to the call data
}

// CreateParams is a request for an execution. One of AccountID and PlayerID
// names the account; with neither, a new player and account are created for
// ExternalOwner.
type CreateParams struct {
	AccountID     string
	PlayerID      string
	ExternalOwner *common.Address
	ChainID       uint64
	PolicyID      string
	Interactions  []CallParams
	Optimistic    bool
	// SignedAuthorization is r, s and v of the EIP-7702 authorization that makes
	// a delegated account active, nil when it is.
	SignedAuthorization []byte
}

// SignParams carries the client's signature over the operation's hash.
type SignParams struct {
	Signature []byte
	// Optimistic answers once the operation is queued; otherwise the call
	// returns when its receipt is known.
	Optimistic bool
}
