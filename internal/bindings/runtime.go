package bindings

import (
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

// ProxyRuntime is the code that every proxy account has.
func ProxyRuntime() []byte { return common.FromHex(erc1967ProxyRuntime) }

// DelegationCode is the code of an EOA that delegates to implementation.
func DelegationCode(implementation common.Address) []byte {
	return types.AddressToDelegation(implementation)
}
