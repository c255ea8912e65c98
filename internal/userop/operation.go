package userop

import (
	"math/big"

	"github.com/ethereum/go-ethereum/common"
)

// EntryPoint is the canonical address of EntryPoint v0.8 on every chain.
var EntryPoint = common.HexToAddress("0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108")

// Operation is one ERC-4337 user operation in its unpacked form, as bundler
// RPC and the API show it. Gas amounts are units of gas, fees are wei a unit.
// A zero Factory means that the account is deployed already or is deployed
// separately; a zero Paymaster means that the account pays.
type Operation struct {
	Sender   common.Address
	Nonce    *big.Int // lane (192 bits) << 64 | sequence
	CallData []byte

	Factory     common.Address
	FactoryData []byte

	CallGasLimit         *big.Int
	VerificationGasLimit *big.Int
	PreVerificationGas   *big.Int
	MaxFeePerGas         *big.Int
	MaxPriorityFeePerGas *big.Int

	Paymaster                     common.Address
	PaymasterVerificationGasLimit *big.Int
	PaymasterPostOpGasLimit       *big.Int
	PaymasterData                 []byte

	Signature []byte
}
