package userop

import (
	"errors"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/math"
	"github.com/ethereum/go-ethereum/crypto"
)

// What EntryPoint v0.8 hashes: EIP-712 over the packed operation without its
// signature, in the domain ("ERC4337", "1", chain, EntryPoint).
var (
	operationTypeHash = crypto.Keccak256Hash([]byte("PackedUserOperation(address sender,uint256 nonce,bytes initCode,bytes callData,bytes32 accountGasLimits,uint256 preVerificationGas,bytes32 gasFees,bytes paymasterAndData)"))
	domainTypeHash    = crypto.Keccak256Hash([]byte("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"))
)

// eip7702Factory is the factory that marks an operation which comes with an
// EIP-7702 authorisation.
var eip7702Factory = common.HexToAddress("0x7702000000000000000000000000000000000000")

// ErrEIP7702 is answered by Hash for operations with the EIP-7702 marker as
// factory. EntryPoint hashes the account's delegate in the marker's place, and
// the delegate is chain state.
var ErrEIP7702 = errors.New("hash operation: its factory is the EIP-7702 marker, whose hash depends on the account's delegate")

// Hash returns the userOpHash, as EntryPoint.getUserOpHash does. It covers
// everything but the signature.
func (op *Operation) Hash(chainID uint64, entryPoint common.Address) (common.Hash, error) {
	if op.Factory == eip7702Factory {
		return common.Hash{}, ErrEIP7702
	}
	packed, err := op.Pack()
	if err != nil {
		return common.Hash{}, err
	}
	return typedDataHash(domainSeparator("ERC4337", "1", chainID, entryPoint), packed.structHash()), nil
}

func (p *Packed) structHash() common.Hash {
	return crypto.Keccak256Hash(
		operationTypeHash[:],
		common.LeftPadBytes(p.Sender[:], 32),
		math.U256Bytes(new(big.Int).Set(p.Nonce)),
		crypto.Keccak256(p.InitCode),
		crypto.Keccak256(p.CallData),
		p.AccountGasLimits[:],
		math.U256Bytes(new(big.Int).Set(p.PreVerificationGas)),
		p.GasFees[:],
		crypto.Keccak256(p.PaymasterAndData),
	)
}

func domainSeparator(name, version string, chainID uint64, verifyingContract common.Address) common.Hash {
	return crypto.Keccak256Hash(
		domainTypeHash[:],
		crypto.Keccak256([]byte(name)),
		crypto.Keccak256([]byte(version)),
		math.U256Bytes(new(big.Int).SetUint64(chainID)),
		common.LeftPadBytes(verifyingContract[:], 32),
	)
}

func typedDataHash(domain, structHash common.Hash) common.Hash {
	return crypto.Keccak256Hash([]byte("\x19\x01"), domain[:], structHash[:])
}
