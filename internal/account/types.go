package account

import (
	"context"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/player"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// Type is the API's word for an account's home.
type Type string

const (
	Smart     Type = "Smart Account"     // ERC-1967 proxy
	Delegated Type = "Delegated Account" // EIP-7702 delegated EOA
)

// Implementation types that the official clients know how to sign for.
const (
	ImplementationSmart       = "UpgradeableV6"
	ImplementationDelegated   = "Calibur"
	ImplementationDelegatedV9 = "CaliburV9" // another word for the same account, shown where it was asked for
)

// Account is one smart account on one chain. Factory, Implementation and Salt
// are those it was created with: its address is never computed anew from the
// running build. A delegated account lives at its owner's address and has
// neither factory nor salt.
type Account struct {
	ID        string
	ProjectID string
	PlayerID  string
	ChainID   uint64
	Address   common.Address
	Owner     userop.Owner // external: the server never holds its private key
	// OwnerKeys are the public keys on P-256, x‖y each, of all that have owned
	// the account or were to own it, as far as they were named here: the chain
	// answers addresses only.
	OwnerKeys []byte
	Type      Type
	// SignerID names the embedded wallet's key that the account was made for, ""
	// when the owner's key was made elsewhere.
	SignerID string

	// ImplementationType is the official clients' word for the implementation.
	ImplementationType string
	Factory            common.Address
	Implementation     common.Address
	Salt               common.Hash
	DeployedAt         *time.Time   // nil while counterfactual; for a delegated account its first operation
	DeployedTx         *common.Hash // nil when counterfactual, or deployed by others
	// KeptAuthorization is like SignedAuthorization, given for an operation that
	// will come without one; nil when none was given.
	KeptAuthorization []byte
	CreatedAt         time.Time
	UpdatedAt         time.Time

	// SignedAuthorization is what came with a request to make a delegated
	// account active: r, s and v of an EIP-7702 authorization. It is not stored.
	SignedAuthorization []byte

	// Unsaved says that the account has no record yet. It gets one together with
	// the first thing that is made for it, so that a request that is refused
	// leaves nothing behind. NewPlayer is saved with it, nil when its player has
	// a record.
	Unsaved   bool
	NewPlayer *player.Player
}

// Deployed reports whether the account's code is on chain, as far as known. A
// delegated account may have left since: see Service.Active.
func (a Account) Deployed() bool { return a.DeployedAt != nil }

// Filter narrows a list. Zero fields do not narrow.
type Filter struct {
	PlayerID string
	Owner    common.Address
	Address  common.Address
	ChainID  uint64
	Type     Type
}

// Store keeps accounts. An account of another project is not found.
type Store interface {
	// CreateAccount saves a new account, and its player if that is new. Conflict
	// when (project, chain, address) or (player, chain) exists.
	CreateAccount(ctx context.Context, a Account) error
	Account(ctx context.Context, projectID, id string) (Account, error)
	AccountByAddress(ctx context.Context, projectID string, chainID uint64, address common.Address) (Account, error)
	Accounts(ctx context.Context, projectID string, f Filter, req page.Request) (page.Page[Account], error)
	// AccountsOf answers the accounts of all these players, in any order.
	AccountsOf(ctx context.Context, projectID string, playerIDs []string) ([]Account, error)
	UpdateAccount(ctx context.Context, projectID, id string, update func(Account) (Account, error)) (Account, error)
}
