package account

import "github.com/latchkey-dev/latchkey/internal/userop"

// CreateParams is a request for a new account.
type CreateParams struct {
	PlayerID           string // "" creates a player
	ChainID            uint64
	Owner              userop.Owner // external owner, required; a delegated account is its address
	Type               Type         // "" is Smart
	ImplementationType string       // "" is the usual one of the type
	SignerID           string       // of an embedded wallet's key, or ""
}
