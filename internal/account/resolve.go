package account

import (
	"context"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// Resolve answers the account that a request means: by its id, or as the
// account of a player on a chain. When a player has none there, or no player is
// named, it answers a new account of owner, which is Unsaved; without an owner
// that is a fault.
func (s *Service) Resolve(ctx context.Context, projectID, accountID, playerID string, chainID uint64, owner *common.Address) (Account, error) {
	if accountID != "" {
		return s.named(ctx, projectID, accountID, playerID, chainID)
	}
	if playerID == "" && owner == nil {
		return Account{}, fault.Field("account", nil, "is required: name an account (acc_…), a player (pla_…), or give externalOwnerAddress for a new one")
	}
	if chainID == 0 {
		return Account{}, fault.Field("chainId", nil, "is required")
	}
	if playerID == "" {
		return s.unsaved(ctx, projectID, CreateParams{ChainID: chainID, Owner: userop.OwnerAt(*owner)})
	}
	return s.ofPlayer(ctx, projectID, playerID, chainID, owner)
}

func (s *Service) named(ctx context.Context, projectID, accountID, playerID string, chainID uint64) (Account, error) {
	a, err := s.Store.Account(ctx, projectID, accountID)
	switch {
	case fault.Is(err, fault.NotFound):
		return Account{}, fault.Field("account", accountID, "there is no account %q in this project", accountID)
	case err != nil:
		return Account{}, err
	case chainID != 0 && chainID != a.ChainID:
		return Account{}, fault.Field("chainId", chainID, "account %s is on chain %d", a.ID, a.ChainID)
	case playerID != "" && playerID != a.PlayerID:
		return Account{}, fault.Field("player", playerID, "account %s belongs to player %s", a.ID, a.PlayerID)
	}
	return a, nil
}

func (s *Service) ofPlayer(ctx context.Context, projectID, playerID string, chainID uint64, owner *common.Address) (Account, error) {
	a, found, err := s.find(ctx, projectID, playerID, chainID)
	if err != nil || found {
		return a, checkOwner(a, owner, err)
	}
	if owner == nil {
		if err := s.Players.Check(ctx, projectID, playerID); err != nil {
			return Account{}, err
		}
		return Account{}, fault.Field("player", playerID, "%s has no account on chain %d: create one, or give externalOwnerAddress", playerID, chainID)
	}
	return s.unsaved(ctx, projectID, CreateParams{PlayerID: playerID, ChainID: chainID, Owner: userop.OwnerAt(*owner)})
}

// find answers the account of a player on a chain.
func (s *Service) find(ctx context.Context, projectID, playerID string, chainID uint64) (Account, bool, error) {
	f := Filter{PlayerID: playerID, ChainID: chainID}
	found, err := s.Store.Accounts(ctx, projectID, f, page.Request{Order: page.Ascending, Limit: 1})
	if err != nil || len(found.Items) == 0 {
		return Account{}, false, err
	}
	return found.Items[0], true, nil
}

// checkOwner passes err on, and otherwise refuses an account of somebody else
// than the request says.
func checkOwner(a Account, owner *common.Address, err error) error {
	if err != nil || owner == nil || *owner == a.Owner.Address {
		return err
	}
	return fault.Field("externalOwnerAddress", owner.Hex(), "the account %s of player %s on chain %d has the owner %s", a.ID, a.PlayerID, a.ChainID, a.Owner.Address)
}

// AddressOf answers the address of an account (acc_ id), or of a player's
// account on a chain (pla_ id).
func (s *Service) AddressOf(ctx context.Context, projectID string, chainID uint64, name string) (common.Address, error) {
	if id.Names(id.Account, name) {
		a, err := s.Store.Account(ctx, projectID, name)
		return a.Address, err
	}
	a, found, err := s.find(ctx, projectID, name, chainID)
	if err == nil && !found {
		err = fault.New(fault.NotFound, "player %s has no account on chain %d", name, chainID)
	}
	return a.Address, err
}
