package account

import (
	"context"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

// Delegations reads from a chain to whom EOAs delegate by EIP-7702. It answers
// a fault when the chain is not served.
type Delegations interface {
	// Delegates answers in the order of the accounts, zero for an EOA that
	// delegates to nobody.
	Delegates(ctx context.Context, chainID uint64, accounts []common.Address) ([]common.Address, error)
}

// Active reports by id which of the accounts are on chain now. A delegated one
// is while its EOA delegates to its implementation, which the EOA's key may
// change at any time.
func (s *Service) Active(ctx context.Context, accounts ...Account) (map[string]bool, error) {
	active := make(map[string]bool, len(accounts))
	delegated := make(map[uint64][]Account)
	for _, a := range accounts {
		active[a.ID] = a.Deployed()
		if a.Type == Delegated {
			delegated[a.ChainID] = append(delegated[a.ChainID], a)
		}
	}
	for chainID, list := range delegated {
		addresses := make([]common.Address, len(list))
		for i, a := range list {
			addresses[i] = a.Address
		}
		delegates, err := s.Delegations.Delegates(ctx, chainID, addresses)
		if err != nil {
			return nil, err
		}
		for i, a := range list {
			active[a.ID] = delegates[i] == a.Implementation
		}
	}
	return active, nil
}

// home is where a new account will be, by its type.
type home struct {
	address, factory, implementation common.Address
	salt                             common.Hash
	active                           bool // its EOA delegates already
}

func (s *Service) home(ctx context.Context, projectID string, p CreateParams) (h home, err error) {
	if h.salt, err = s.salt(ctx, projectID, p); err != nil {
		return h, err
	}
	h.address, h.factory, h.implementation, err = s.Addresses.AccountAddress(p.ChainID, p.Owner, h.salt)
	if p.Type != Delegated || err != nil {
		return h, err
	}
	h.address, h.factory, h.salt = p.Owner.Address, common.Address{}, common.Hash{}
	delegates, err := s.Delegations.Delegates(ctx, p.ChainID, []common.Address{h.address})
	if err == nil {
		h.active = delegates[0] == h.implementation
	}
	return h, err
}

// implementationType answers the word for the implementation of a new account.
func (p CreateParams) implementationType() (string, error) {
	offered := []string{ImplementationSmart}
	if p.Type == Delegated {
		offered = []string{ImplementationDelegated, ImplementationDelegatedV9}
	}
	if p.ImplementationType == "" {
		return offered[0], nil
	}
	for _, word := range offered {
		if p.ImplementationType == word {
			return word, nil
		}
	}
	return "", fault.Field("implementationType", p.ImplementationType, "%q is not offered for a %s; offered: %s", p.ImplementationType, p.kind(), offered)
}

func (p CreateParams) kind() Type {
	if p.Type == "" {
		return Smart
	}
	return p.Type
}
