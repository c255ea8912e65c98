package server

import (
	"context"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/chain"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/session"
)

// Account reads what an account is. One that does not run our code now, but may
// have left sessions behind from when it did, is shown in the epoch that its
// return will begin: those sessions are over.
func (c chainView) Account(ctx context.Context, address common.Address) (intent.AccountState, error) {
	state, err := c.present(ctx, address)
	if err != nil || state.Deployed {
		return state, err
	}
	if state.Nonce, err = c.LatestNonce(ctx, address); err != nil || state.Nonce == 0 {
		return state, err // every authorization raises the nonce: it never delegated
	}
	untouched, err := c.Untouched(ctx, address)
	if err != nil {
		return intent.AccountState{}, err
	}
	// A block with its authorization may have come between these requests.
	now, err := c.present(ctx, address)
	if err != nil || now.Deployed {
		return now, err
	}
	if !untouched {
		state.Returning = true
		state.Epoch++
	}
	return state, nil
}

// ReadSessions reads sessions of many accounts at once, with the epoch that
// Account answers.
func (c chainView) ReadSessions(ctx context.Context, queries []session.Query) ([]session.Answer, error) {
	asked := make([]chain.SessionQuery, len(queries))
	for i, q := range queries {
		asked[i] = chain.SessionQuery(q)
	}
	found, err := c.Client.ReadSessions(ctx, asked)
	if err != nil {
		return nil, err
	}
	answers := make([]session.Answer, len(found))
	for i, a := range found {
		answers[i] = session.Answer{Epoch: a.Account.Epoch, Sessions: a.Sessions, Counters: a.Counters}
		if c.isOurs(a.Account) || a.Nonce == 0 {
			continue // as it is: only an EOA that left can come back in another epoch
		}
		state, err := c.Account(ctx, queries[i].Account)
		if err != nil {
			return nil, err
		}
		answers[i].Epoch = state.Epoch
	}
	return answers, nil
}

// isOurs reports whether an account runs our code, as a proxy or as a delegate.
func (c chainView) isOurs(a chain.Account) bool {
	isProxy := a.Deployed && a.Delegate == common.Address{}
	return isProxy || (a.Deployed && a.Delegate == c.implementation)
}

// present reads whether the account runs our code, and its slot.
func (c chainView) present(ctx context.Context, address common.Address) (intent.AccountState, error) {
	a, err := c.Client.Account(ctx, address)
	return intent.AccountState{Deployed: c.isOurs(a), Owner: a.Owner, Epoch: a.Epoch}, err
}

// delegations reads the delegates of EOAs on the one served chain.
type delegations struct{ client *chain.Client }

func (d delegations) Delegates(ctx context.Context, chainID uint64, accounts []common.Address) ([]common.Address, error) {
	if chainID != d.client.ChainID() {
		return nil, notServed(chainID, d.client.ChainID())
	}
	return d.client.Delegates(ctx, accounts)
}
