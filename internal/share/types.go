package share

import (
	"context"
	"encoding/json"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/account"
)

// Method is the API's word for what locks a recovery share.
type Method string

const (
	ByPassword Method = "user"
	ByPasskey  Method = "passkey"
	ByProject  Method = "project" // entropy that two servers make together
)

// User is who asks.
type User struct {
	ProjectID string
	PlayerID  string
}

// Signer is an owner key that a browser of a user made. It is saved with its
// recovery share before any account has it for an owner.
type Signer struct {
	ID        string // chosen by the browser, since the share is bound to it
	ProjectID string
	PlayerID  string
	Owner     common.Address // zero while there is no account
	Method    Method
	// Secret is the recovery share: sealed by the browser under Method, and
	// again by the vault.
	Secret     []byte
	PasskeyID  string          // "" unless ByPasskey
	PasskeyEnv json.RawMessage // nil, or a JSON object of the app's
	// Primary is the device whose server share goes with the recovery share, ""
	// while there is none.
	Primary   string
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Device is one browser that can use a signer, with the server's share for it.
type Device struct {
	ID        string
	SignerID  string
	Share     []byte // sealed by the vault
	CreatedAt time.Time
}

// Entropy is the server's half of a project's entropy.
type Entropy struct {
	ProjectID string
	Part      []byte // sealed by the vault
	Check     string // recognises the other half and tells nothing about it
	CreatedAt time.Time
}

// Store keeps signers, devices and entropy. Signers of another project or player
// are not found.
type Store interface {
	CreateSigner(ctx context.Context, s Signer) error // Conflict when the id is taken
	Signer(ctx context.Context, projectID, playerID, id string) (Signer, error)
	// Signers answers those of a project with one of the ids, or of one of the
	// players, oldest first.
	Signers(ctx context.Context, projectID string, ids, playerIDs []string) ([]Signer, error)
	// CreateWallet saves a new account, its first device, and the signer as
	// update changes it, in one transaction.
	CreateWallet(ctx context.Context, a account.Account, d Device, update func(Signer) (Signer, error)) error
	// UpdateSigner changes a signer and deletes the devices named. NotFound when
	// the signer would have a primary that is not there.
	UpdateSigner(ctx context.Context, projectID, playerID, id string, update func(Signer) (changed Signer, drop []string, err error)) error

	// CreateDevice saves a device, and deletes the oldest ones, but never the
	// primary, when the signer has more than most.
	CreateDevice(ctx context.Context, d Device, most int) error
	Device(ctx context.Context, signerID, id string) (Device, error)

	CreateEntropy(ctx context.Context, e Entropy) error // Conflict when the project has it
	Entropy(ctx context.Context, projectID string) (Entropy, error)
}
