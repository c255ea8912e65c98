package account

import (
	"context"
	"time"

	"github.com/ethereum/go-ethereum/common"
)

// Observe notes the owner that the chain names, which may have changed without
// this server, and answers the account with it. The zero address, which the
// chain answers before deployment, changes nothing.
func (s *Service) Observe(ctx context.Context, a Account, owner common.Address) (Account, error) {
	if owner == (common.Address{}) || owner == a.Owner {
		return a, nil
	}
	return s.Store.UpdateAccount(ctx, a.ProjectID, a.ID, func(old Account) (Account, error) {
		old.Owner, old.UpdatedAt = owner, s.Now().UTC().Truncate(time.Microsecond)
		return old, nil
	})
}

// KeepAuthorization notes an EIP-7702 authorization for an operation that will
// come without one.
func (s *Service) KeepAuthorization(ctx context.Context, a Account, signed []byte) (Account, error) {
	return s.Store.UpdateAccount(ctx, a.ProjectID, a.ID, func(old Account) (Account, error) {
		old.KeptAuthorization, old.UpdatedAt = signed, s.Now().UTC().Truncate(time.Microsecond)
		return old, nil
	})
}
