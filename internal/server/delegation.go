package server

import (
	"context"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/chain"
	"github.com/latchkey-dev/latchkey/internal/intent"
)

// Account reads what an account is. One that does not run our code now, but may
// have left sessions behind from when it did, is shown in the epoch that its
// return will begin: those sessions are over.
func (c chainView) Account(ctx context.Context, address common.Address) (intent.AccountState, error) {
	a, err := c.Client.Account(ctx, address)
	if err != nil {
		return intent.AccountState{}, err
	}
	state := intent.AccountState{Deployed: a.Deployed, Owner: a.Owner, Epoch: a.Epoch}
	isProxy := a.Deployed && a.Delegate == common.Address{}
	if isProxy || a.Delegate == c.implementation {
		return state, nil
	}
	state.Deployed = false
	if state.Nonce, err = c.LatestNonce(ctx, address); err != nil || state.Nonce == 0 {
		return state, err // it never delegated to anybody
	}
	untouched, err := c.Untouched(ctx, address)
	if err == nil && !untouched {
		state.Returning = true
		state.Epoch++
	}
	return state, err
}

// Epoch is the epoch of the account's sessions, see Account.
func (c chainView) Epoch(ctx context.Context, address common.Address) (uint64, error) {
	state, err := c.Account(ctx, address)
	return state.Epoch, err
}

// delegations reads the delegates of EOAs on the one served chain.
type delegations struct{ client *chain.Client }

func (d delegations) Delegates(ctx context.Context, chainID uint64, accounts []common.Address) ([]common.Address, error) {
	if chainID != d.client.ChainID() {
		return nil, notServed(chainID, d.client.ChainID())
	}
	return d.client.Delegates(ctx, accounts)
}
