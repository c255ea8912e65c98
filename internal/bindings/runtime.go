package bindings

import (
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
)

// RealEntryPoint is where an estimation puts the EntryPoint's own code while
// LatchkeyProbe stands in its place.
var RealEntryPoint = common.BytesToAddress(crypto.Keccak256([]byte("latchkey.probe.EntryPoint")))

// ProbeRuntime is the code of LatchkeyProbe, to be placed at EntryPointAddress
// by a state override.
func ProbeRuntime() []byte { return common.FromHex(latchkeyProbeRuntime) }

// DelegationCode is the code of an EOA that delegates to implementation.
func DelegationCode(implementation common.Address) []byte {
	return types.AddressToDelegation(implementation)
}

// AccountStorage is the first slot of an account's storage, by ERC-7201: owner
// in the low 160 bits and epoch in the next 64. The mapping from session id to
// status word has the slot after it.
var AccountStorage = erc7201("latchkey.storage.Account")

func erc7201(namespace string) common.Hash {
	seed := new(big.Int).SetBytes(crypto.Keccak256([]byte(namespace)))
	slot := crypto.Keccak256Hash(common.BigToHash(seed.Sub(seed, common.Big1)).Bytes())
	slot[common.HashLength-1] = 0
	return slot
}
