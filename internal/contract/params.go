package contract

import (
	"encoding/json"

	"github.com/ethereum/go-ethereum/common"
)

// Params are the fields that a client may set. In an update nil leaves a field
// as it is.
type Params struct {
	Name               *string
	ChainID            *uint64
	Address            *common.Address
	ABI                json.RawMessage
	PublicVerification *bool
}
