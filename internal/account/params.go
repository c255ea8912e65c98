package account

import "github.com/ethereum/go-ethereum/common"

// CreateParams is a request for a new account.
type CreateParams struct {
	PlayerID           string // "" creates a player
	ChainID            uint64
	Owner              common.Address // external owner, required; a delegated account is this address
	Type               Type           // "" is Smart
	ImplementationType string         // "" is the usual one of the type
	SignerID           string         // of an embedded wallet's key, or ""
}
