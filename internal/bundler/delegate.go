package bundler

import (
	"context"
	"fmt"

	"github.com/ethereum/go-ethereum/core/types"

	"github.com/latchkey-dev/latchkey/internal/userop"
)

// delegate decides whether the operation's authorization goes with it, and
// reports whether it can be sent. An account that delegates already needs no
// authorization. One whose nonce has moved on can never use it.
func (p *pass) delegate(ctx context.Context, c *candidate) (bool, error) {
	if c.Delegation == nil {
		return true, nil
	}
	authorization := c.Delegation.Authorization
	code, err := p.Chain.Code(ctx, c.Op.Sender)
	if err != nil {
		return false, fmt.Errorf("look for the delegation of account %s: %w", c.Op.Sender, err)
	}
	if to, ok := types.ParseDelegation(code); ok && to == authorization.Address {
		// A transaction that failed has installed its authorization all the same.
		if c.Delegation.Returning && c.Attempts == 0 {
			return false, p.drop(ctx, c.Operation, fmt.Sprintf("account %s delegates to %s already, and the operation was made to delegate first: it would revoke the sessions that were granted since", c.Op.Sender, to))
		}
		return true, nil
	}
	nonce, err := p.Chain.LatestNonce(ctx, c.Op.Sender)
	if err != nil {
		return false, fmt.Errorf("read the nonce of account %s: %w", c.Op.Sender, err)
	}
	switch {
	case nonce > authorization.Nonce:
		return false, p.drop(ctx, c.Operation, fmt.Sprintf("its signedAuthorization is void: it is for nonce %d of account %s, which is at %d by now", authorization.Nonce, c.Op.Sender, nonce))
	case nonce < authorization.Nonce:
		return false, p.wait(ctx, c.Operation, fmt.Sprintf("its signedAuthorization is for nonce %d of account %s, which is at %d", authorization.Nonce, c.Op.Sender, nonce))
	}
	c.authorization = &authorization
	c.gas += userop.AuthorizationGas
	return true, nil
}

// authorizations answers those that go with a bundle.
func authorizations(bundle []candidate) []types.SetCodeAuthorization {
	var list []types.SetCodeAuthorization
	for _, c := range bundle {
		if c.authorization != nil {
			list = append(list, *c.authorization)
		}
	}
	return list
}
