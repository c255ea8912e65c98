package intent

import (
	"context"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/sponsor"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// RevokeAllSessions opens an intent that ends every session of an account at
// once, known here or not. The owner signs it.
func (s *Service) RevokeAllSessions(ctx context.Context, projectID, accountID, policyID string) (Intent, error) {
	acc, err := s.Accounts.Get(ctx, projectID, accountID)
	if err != nil {
		return Intent{}, err
	}
	return s.open(ctx, plan{
		kind:      RevokeAll,
		account:   acc,
		policyID:  policyID,
		callData:  userop.RevokeAllSessions(),
		sponsored: sponsor.Request{ChainID: acc.ChainID, AccountFunction: "revokeAllSessions"},
	})
}

// Authorize keeps the EIP-7702 authorization of a delegated account for its
// first operation that comes without one: wallets sign one along with calls, but
// not with a session. One that is not needed is not kept.
func (s *Service) Authorize(ctx context.Context, projectID, accountID string, signed []byte) (account.Account, error) {
	acc, err := s.Accounts.Get(ctx, projectID, accountID)
	if err != nil {
		return account.Account{}, err
	}
	if acc.Type != account.Delegated {
		return account.Account{}, fault.Field("signedAuthorization", nil, "is for delegated accounts; account %s is a %s", acc.ID, acc.Type)
	}
	n, err := s.network(acc.ChainID)
	if err != nil {
		return account.Account{}, err
	}
	chain, err := n.Chain.Account(ctx, acc.Address)
	if err != nil || chain.Deployed {
		return acc, err
	}
	if _, err := delegation(acc, chain).Authorization(signed); err != nil {
		return account.Account{}, fault.Field("signedAuthorization", nil, "%v", err)
	}
	return s.Accounts.KeepAuthorization(ctx, acc, signed)
}

// ChangeOwner opens an intent that hands an account over to another owner,
// which ends every session. The present owner signs it. A delegated account
// cannot be handed over: its key is its address.
func (s *Service) ChangeOwner(ctx context.Context, projectID, accountID, policyID string, newOwner userop.Owner) (Intent, error) {
	acc, err := s.Accounts.Get(ctx, projectID, accountID)
	if err != nil {
		return Intent{}, err
	}
	switch {
	case acc.Type != account.Smart:
		return Intent{}, fault.New(fault.Invalid, "account: %s is a %s, whose owner is its own key and cannot change", acc.ID, acc.Type)
	case newOwner.Address == common.Address{}, newOwner.Address == acc.Address:
		return Intent{}, fault.Field("newOwnerAddress", newOwner.Address, "must be neither the zero address nor the account itself")
	case newOwner.Same(acc.Owner):
		return Intent{}, fault.Field("newOwnerAddress", newOwner.Address, "is the owner of account %s already", acc.ID)
	}
	return s.open(ctx, plan{
		kind:      ChangeOwner,
		account:   acc,
		policyID:  policyID,
		callData:  newOwner.TakeOver(),
		sponsored: sponsor.Request{ChainID: acc.ChainID, AccountFunction: "changeOwner"},
	})
}
