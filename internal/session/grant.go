package session

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// permission turns a request into the permission that the account will
// enforce. Without whitelist and permissions it is a sudo permission: that is
// what such a request asks for.
func (s *Service) permission(ctx context.Context, projectID string, n Network, p CreateParams) (permission.Permission, error) {
	if len(p.Whitelist) > 0 && len(p.Permissions) > 0 {
		return permission.Permission{}, fault.Field("whitelist", nil, "give either whitelist or permissions, not both: together they would grant more than permissions alone")
	}
	fee := p.FeeLimit
	if fee == nil {
		var err error
		if fee, err = s.Defaults.DefaultFeeLimit(ctx, projectID); err != nil {
			return permission.Permission{}, err
		}
	}
	grant := permission.Permission{
		Signer:     p.Signer,
		ValidAfter: p.ValidAfter,
		ValidUntil: p.ValidUntil,
		Limit:      p.Limit,
		Salt:       newSalt(),
		FeeLimit:   fee,
		Sudo:       len(p.Whitelist) == 0 && len(p.Permissions) == 0,
		Contracts:  p.Whitelist,
		Paymasters: []common.Address{n.Paymaster},
	}
	for i, call := range p.Permissions {
		if len(call.Calls) == 0 {
			grant.Contracts = append(grant.Contracts, call.Address)
		}
		for j, name := range call.Calls {
			selector, err := s.Selectors.Selector(ctx, projectID, p.ChainID, call.Address, name)
			if err != nil {
				return permission.Permission{}, refusedCall(fmt.Sprintf("permissions[%d].data.calls[%d]", i, j), name, err)
			}
			grant.Functions = append(grant.Functions, permission.Function{Target: call.Address, Selector: selector})
		}
	}
	return grant.Normalize(), nil
}

// refusedCall says a refusal of the selector in terms of the grant's field.
func refusedCall(path, name string, err error) error {
	f, ok := errors.AsType[*fault.Fault](err)
	if !ok || f.Kind != fault.Invalid {
		return err
	}
	return fault.Field(path, name, "%s", strings.TrimPrefix(f.Message, f.Field+": "))
}

// checkKey refuses grants that could never be used, or that would make the
// signer of an operation ambiguous.
func checkKey(grant permission.Permission, acc account.Account) error {
	switch grant.Signer {
	case common.Address{}:
		return fault.Field("address", grant.Signer, "the session key must not be the zero address")
	case acc.Owner:
		return fault.Field("address", grant.Signer, "is the owner of account %s: a session key must be another key", acc.ID)
	case acc.Address:
		return fault.Field("address", grant.Signer, "is the account itself: a session key must be another key")
	}
	for _, target := range targets(grant) {
		switch target {
		case acc.Address:
			return fault.Field("whitelist", target, "names the account itself, which no session may call")
		case userop.EntryPoint:
			return fault.Field("whitelist", target, "names the EntryPoint, which no session may call")
		case common.Address{}:
			return fault.Field("whitelist", target, "names the zero address")
		}
	}
	return nil
}

func targets(grant permission.Permission) []common.Address {
	out := append([]common.Address(nil), grant.Contracts...)
	for _, f := range grant.Functions {
		out = append(out, f.Target)
	}
	return out
}
