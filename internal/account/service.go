package account

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/player"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// Addresses computes where the current build's factory puts an account. It
// answers a fault when the chain is not served.
type Addresses interface {
	AccountAddress(chainID uint64, owner userop.Owner, salt common.Hash) (address, factory, implementation common.Address, err error)
}

// Players finds and makes players.
type Players interface {
	// Check refuses a player that the project has not.
	Check(ctx context.Context, projectID, playerID string) error
	// New answers a player that is not saved.
	New(projectID string) player.Player
}

// Service keeps accounts. Its fields are set once, before the first call; all
// are required.
type Service struct {
	Store     Store
	Players   Players
	Addresses Addresses
	// Delegations is asked about delegated accounts only.
	Delegations Delegations
	Now         func() time.Time
}

// Create saves a new account: a smart account at the address that its owner and
// salt give, or a delegated account at the owner's own. A player has at most one
// account on a chain, as in the official API: asking for a second one is a
// Conflict that names the first. Accounts of a player with
// the same owner share their salt, hence their address, on all chains with the
// same factory.
func (s *Service) Create(ctx context.Context, projectID string, p CreateParams) (Account, error) {
	a, err := s.unsaved(ctx, projectID, p)
	if err != nil {
		return Account{}, err
	}
	err = s.Store.CreateAccount(ctx, a)
	a.Unsaved, a.NewPlayer = false, nil
	return a, err
}

// New answers the account that Create would save. It is Unsaved: what is made
// for it saves it.
func (s *Service) New(ctx context.Context, projectID string, p CreateParams) (Account, error) {
	return s.unsaved(ctx, projectID, p)
}

// unsaved answers the account that Create would save.
func (s *Service) unsaved(ctx context.Context, projectID string, p CreateParams) (Account, error) {
	if err := p.check(); err != nil {
		return Account{}, err
	}
	implementationType, err := p.implementationType()
	if err != nil {
		return Account{}, err
	}
	at, err := s.home(ctx, projectID, p)
	if err != nil {
		return Account{}, err
	}
	now := s.Now().UTC().Truncate(time.Microsecond) // what the store keeps
	a := Account{
		ID:                 id.New(id.Account),
		ProjectID:          projectID,
		PlayerID:           p.PlayerID,
		ChainID:            p.ChainID,
		Address:            at.address,
		Owner:              p.Owner,
		Type:               p.kind(),
		SignerID:           p.SignerID,
		ImplementationType: implementationType,
		Factory:            at.factory,
		Implementation:     at.implementation,
		Salt:               at.salt,
		CreatedAt:          now,
		UpdatedAt:          now,
		Unsaved:            true,
	}
	a.Remember(p.Owner)
	if at.active {
		a.DeployedAt = &now
	}
	if p.PlayerID != "" {
		return a, s.Players.Check(ctx, projectID, p.PlayerID)
	}
	player := s.Players.New(projectID)
	a.PlayerID, a.NewPlayer = player.ID, &player
	return a, nil
}

func (p CreateParams) check() error {
	switch {
	case p.ChainID == 0:
		return fault.Field("chainId", nil, "is required")
	case p.kind() != Smart && p.Type != Delegated:
		return fault.Field("accountType", string(p.Type), "%q is not offered; offered: %q, %q", p.Type, Smart, Delegated)
	case p.Owner.Address == common.Address{}:
		return fault.Field("externalOwnerAddress", nil, "is required: custodial accounts are not offered, the owner key stays with you or your user")
	case p.Type == Delegated && p.Owner.Kind != userop.Secp256k1:
		return fault.Field("owner.type", p.Owner.Kind.String(), "must be secp256k1 for a %s, which is the address of its owner's key, is %s", Delegated, p.Owner.Kind)
	}
	return nil
}

// salt answers the salt of the player's accounts with the same owner, or a new
// random one.
func (s *Service) salt(ctx context.Context, projectID string, p CreateParams) (common.Hash, error) {
	if p.PlayerID != "" {
		existing, err := s.Store.Accounts(ctx, projectID, Filter{PlayerID: p.PlayerID}, oldestFirst)
		if err != nil {
			return common.Hash{}, err
		}
		for _, a := range existing.Items {
			if a.ChainID == p.ChainID {
				return common.Hash{}, fault.New(fault.Conflict, "player %s has account %s on chain %d already, and a player has one on each chain", p.PlayerID, a.ID, p.ChainID)
			}
			if a.Owner.Same(p.Owner) && a.Type == Smart {
				return a.Salt, nil
			}
		}
	}
	var salt common.Hash
	rand.Read(salt[:]) // never fails: the runtime ends the program instead
	return salt, nil
}

var oldestFirst = page.Request{Order: page.Ascending, Limit: page.MaxLimit}

// Get answers one account.
func (s *Service) Get(ctx context.Context, projectID, accountID string) (Account, error) {
	return s.Store.Account(ctx, projectID, accountID)
}

// OfPlayers answers the accounts of several players, by player.
func (s *Service) OfPlayers(ctx context.Context, projectID string, playerIDs ...string) (map[string][]Account, error) {
	found, err := s.Store.AccountsOf(ctx, projectID, playerIDs)
	byPlayer := make(map[string][]Account)
	for _, a := range found {
		byPlayer[a.PlayerID] = append(byPlayer[a.PlayerID], a)
	}
	return byPlayer, err
}

// List answers one page of a project's accounts.
func (s *Service) List(ctx context.Context, projectID string, f Filter, req page.Request) (page.Page[Account], error) {
	return s.Store.Accounts(ctx, projectID, f, req)
}
