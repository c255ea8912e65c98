package account

import (
	"context"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/userop"
)

// Observe notes the owner that the chain names, which may have changed without
// this server, and answers the account with it. The zero address, which the
// chain answers before deployment, changes nothing.
func (s *Service) Observe(ctx context.Context, a Account, owner userop.Owner) (Account, error) {
	if owner.Address == (common.Address{}) || owner.Same(a.Owner) {
		return a, nil
	}
	return s.Store.UpdateAccount(ctx, a.ProjectID, a.ID, func(old Account) (Account, error) {
		old.HandOver(owner)
		old.UpdatedAt = s.Now().UTC().Truncate(time.Microsecond)
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

// HandOver makes owner the account's owner. A key of which only the address is
// known is looked for among those that were named before.
func (a *Account) HandOver(owner userop.Owner) {
	a.Remember(owner)
	a.Owner = owner
	a.RecallKey()
}

// RecallKey completes an owner on P-256 of whom only the address is known, if
// its key was remembered.
func (a *Account) RecallKey() {
	if !a.Owner.IsKnown() {
		a.Owner.Key = a.keyAt(a.Owner.Address)
	}
}

// Remember keeps the public key of an owner on P-256, for when the chain names
// its address.
func (a *Account) Remember(owner userop.Owner) {
	known := owner.Kind == userop.Secp256k1 || owner.Key == userop.P256Key{} || a.keyAt(owner.Address) == owner.Key
	if !known {
		a.OwnerKeys = append(append(a.OwnerKeys[:len(a.OwnerKeys):len(a.OwnerKeys)], owner.Key.X[:]...), owner.Key.Y[:]...)
	}
}

// keyAt answers the remembered key that gives the address, zero when none does.
func (a *Account) keyAt(address common.Address) userop.P256Key {
	const length = 64
	for rest := a.OwnerKeys; len(rest) >= length; rest = rest[length:] {
		key := userop.P256Key{X: [32]byte(rest[:32]), Y: [32]byte(rest[32:length])}
		if key.Address() == address {
			return key
		}
	}
	return userop.P256Key{}
}
