package share

import (
	"context"
	"time"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/page"
)

// Vault encrypts what the store keeps, bound to its place.
type Vault interface {
	Seal(secret []byte, place string) []byte
	Open(sealed []byte, place string) ([]byte, error)
}

// Accounts makes and finds the accounts that signers own.
type Accounts interface {
	// New answers the account that Create would save.
	New(ctx context.Context, projectID string, p account.CreateParams) (account.Account, error)
	Create(ctx context.Context, projectID string, p account.CreateParams) (account.Account, error)
	Get(ctx context.Context, projectID, id string) (account.Account, error)
	List(ctx context.Context, projectID string, f account.Filter, req page.Request) (page.Page[account.Account], error)
}

// Users knows who may have a wallet.
type Users interface {
	// CheckWallet refuses one to a user who may be somebody else.
	CheckWallet(ctx context.Context, projectID, userID string) error
}

// Service keeps shares. Its fields are set once, before the first call; all but
// Vault are required. Without Vault it keeps nothing and says so.
type Service struct {
	Store    Store
	Accounts Accounts
	Users    Users
	Vault    Vault
	Now      func() time.Time

	sessions sessions
	reads    limiter
}

// ready refuses when the server was given no key to encrypt with.
func (s *Service) ready() error {
	if s.Vault == nil {
		return fault.New(fault.Invalid, "embedded wallets are not set up on this server: start it with --encryption-key-file")
	}
	return nil
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// Places in the vault. Each ciphertext is bound to its row.
func placeOfRecovery(signerID string) string { return "recovery share of " + signerID }
func placeOfDevice(deviceID string) string   { return "server share of " + deviceID }
func placeOfEntropy(projectID string) string { return "entropy of " + projectID }

// owned answers the user's account and its signer. Somebody else's account is
// not found, like one that does not exist.
func (s *Service) owned(ctx context.Context, u User, accountID string) (account.Account, Signer, error) {
	a, err := s.Accounts.Get(ctx, u.ProjectID, accountID)
	if err != nil {
		return account.Account{}, Signer{}, err
	}
	if a.PlayerID != u.PlayerID {
		return account.Account{}, Signer{}, fault.New(fault.NotFound, "account %s does not exist", accountID)
	}
	if a.SignerID == "" {
		return account.Account{}, Signer{}, fault.New(fault.NotFound, "account %s is not an embedded wallet: the key of its owner was made elsewhere", accountID)
	}
	signer, err := s.Store.Signer(ctx, u.ProjectID, u.PlayerID, a.SignerID)
	return a, signer, err
}
