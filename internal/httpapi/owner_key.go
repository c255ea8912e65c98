package httpapi

import (
	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// ownerKey reads the owner that a request names by address, by owner, or by
// both; hint ends what is said when it names none.
func ownerKey(addressField string, address *string, owner *Signer, hint string) (userop.Owner, error) {
	if value(address) == "" {
		address = nil
	}
	key, err := namedKey{addressField, "owner", address, owner}.read()
	if err == nil && owner == nil && key.Address == (common.Address{}) && address == nil {
		err = fault.Field(addressField, nil, "is required%s", hint)
	}
	return key, err
}

// showOwner shows an owner on P-256, whose address says too little to use it;
// nil for others.
func showOwner(o userop.Owner) *Signer {
	if o.Kind == userop.Secp256k1 {
		return nil
	}
	var point []byte
	if o.IsKnown() {
		point = append(o.Key.X[:], o.Key.Y[:]...)
	}
	return optional(showKey(o.Kind, point))
}
