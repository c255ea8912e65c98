package intent

import (
	"context"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// delegate sees to it that the EOA runs the account's code when the operation
// is validated. An authorization that is not needed is ignored: clients look at
// the chain before they ask, and may look too early.
func (d *draft) delegate(ctx context.Context) error {
	acc := d.plan.account
	if d.chain.Deployed {
		return nil
	}
	if stored := d.chain.Owner.Address; stored != (common.Address{}) && stored != acc.Address {
		return fault.New(fault.Conflict, "account: another delegate of %s has left %s as its owner in the account's storage: delegating would hand the account over", acc.Address, stored)
	}
	d.chain.Owner = acc.Owner
	d.codeOf = acc.Implementation
	open, err := d.service.delegating(ctx, acc, "")
	if err != nil {
		return err
	}
	given := d.given()
	if open != nil && (open.Status == Signed || len(given) == 0) {
		return nil // it waits for that one
	}
	authorization, err := d.authorization(given)
	if err != nil {
		return err
	}
	d.delegation = &Delegation{Authorization: authorization, Returning: d.chain.Returning}
	if d.chain.Returning {
		d.op.CallData, err = d.plan.afterRevokeAll()
	}
	return err
}

// given is the authorization that came with the request, or else the one that
// the account has kept, if that still holds.
func (d *draft) given() []byte {
	acc := d.plan.account
	if len(acc.SignedAuthorization) > 0 {
		return acc.SignedAuthorization
	}
	if _, err := delegation(acc, d.chain).Authorization(acc.KeptAuthorization); err != nil {
		return nil
	}
	return acc.KeptAuthorization
}

// delegation is what the account has to authorize as the chain stands.
func delegation(acc account.Account, chain AccountState) userop.Delegation {
	return userop.Delegation{ChainID: acc.ChainID, Account: acc.Address, Implementation: acc.Implementation, Nonce: chain.Nonce}
}

// authorization checks what was given. A price does not need it: the client will
// bring one that costs the same.
func (d *draft) authorization(given []byte) (types.SetCodeAuthorization, error) {
	if len(given) == 0 && d.plan.priceOnly {
		return types.SetCodeAuthorization{}, nil
	}
	acc, wanted := d.plan.account, delegation(d.plan.account, d.chain)
	if len(given) == 0 {
		return types.SetCodeAuthorization{}, fault.Field("signedAuthorization", nil,
			"is required: account %s does not delegate to %s yet. Sign the EIP-7702 authorization {chainId: %d, address: %s, nonce: %d} with the account's key, over the bare hash %s",
			acc.Address, acc.Implementation, wanted.ChainID, acc.Implementation, wanted.Nonce, wanted.SigningHash())
	}
	authorization, err := wanted.Authorization(given)
	if err != nil {
		return types.SetCodeAuthorization{}, fault.Field("signedAuthorization", nil, "%v", err)
	}
	return authorization, nil
}

// afterRevokeAll is the plan's call data with the end of all sessions before
// it: nothing on chain shows that the EOA ran other code in between, so what was
// granted before that would be good again.
func (p plan) afterRevokeAll() ([]byte, error) {
	calls := []userop.Call{{Target: p.account.Address, Data: userop.RevokeAllSessions()}}
	for _, in := range p.interactions {
		calls = append(calls, userop.Call{Target: in.To, Value: in.Value, Data: in.Data})
	}
	if p.kind != Call {
		calls = append(calls, userop.Call{Target: p.account.Address, Data: p.callData})
	}
	return userop.ExecuteBatch(calls)
}

// delegating answers the open intent, other than the one named, that brings the
// account's authorization: a signed one where there is one, nil for none.
func (s *Service) delegating(ctx context.Context, acc account.Account, except string) (*Intent, error) {
	open, err := s.openOf(ctx, acc)
	if err != nil {
		return nil, err
	}
	var found *Intent
	for _, in := range open {
		if in.Delegation == nil || in.ID == except {
			continue
		}
		if in.Status == Signed {
			return &in, nil
		}
		if found == nil {
			found = &in
		}
	}
	return found, nil
}

// afterDelegation answers the operation of a delegated account that must be
// included before this one, zero when none.
func (s *Service) afterDelegation(ctx context.Context, acc account.Account, in Intent, v verified) (common.Hash, error) {
	first, err := s.delegating(ctx, acc, in.ID)
	if err != nil {
		return common.Hash{}, err
	}
	signed := first != nil && first.Status == Signed
	if err := checkDelegation(acc, in, v, first); err != nil {
		return common.Hash{}, err
	}
	if v.grant != nil {
		// What registers the session comes after the delegation itself.
		if registration := v.grant.predecessor(); registration != (common.Hash{}) {
			return registration, nil
		}
	}
	if signed && !v.chain.Deployed {
		return first.OperationHash, nil
	}
	return common.Hash{}, nil
}

// checkDelegation refuses an intent that no longer fits what the account runs,
// or that would come too early.
func checkDelegation(acc account.Account, in Intent, v verified, first *Intent) error {
	brought := in.Delegation
	signed := first != nil && first.Status == Signed
	switch {
	case brought != nil && brought.Returning && (v.chain.Deployed || signed):
		return fault.New(fault.Conflict, "account %s delegates by now, and transaction intent %s would revoke the sessions granted since: create it again", acc.Address, in.ID)
	case v.chain.Deployed || signed:
		return nil
	case brought != nil && brought.Authorization.Nonce != v.chain.Nonce:
		return fault.New(fault.Conflict, "signedAuthorization: that of transaction intent %s is void: it is for nonce %d of account %s, which is at %d by now: create the intent again", in.ID, brought.Authorization.Nonce, acc.Address, v.chain.Nonce)
	case brought != nil:
		return nil
	case first == nil:
		return fault.New(fault.Conflict, "account %s does not delegate to %s, and nothing that would make it is open any more: create transaction intent %s again, with signedAuthorization", acc.Address, acc.Implementation, in.ID)
	}
	return fault.New(fault.Conflict, "account %s starts to delegate by transaction intent %s, which must be signed first", acc.Address, first.ID)
}
