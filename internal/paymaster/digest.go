package paymaster

import (
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/latchkey-dev/latchkey/internal/userop"
)

// What OpenZeppelin's PaymasterSigner has its signer sign. The userOpHash will
// not do, because it covers the paymaster data that the signature is a part of.
var (
	requestTypeHash = crypto.Keccak256Hash([]byte("UserOperationRequest(address sender,uint256 nonce,bytes initCode,bytes callData,bytes32 accountGasLimits,uint256 preVerificationGas,bytes32 gasFees,uint256 paymasterVerificationGasLimit,uint256 paymasterPostOpGasLimit,uint48 validAfter,uint48 validUntil)"))
	domainTypeHash  = crypto.Keccak256Hash([]byte("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"))
	nameHash        = crypto.Keccak256Hash([]byte("LatchkeyPaymaster"))
	versionHash     = crypto.Keccak256Hash([]byte("1"))
)

func domainSeparator(chainID uint64, contract common.Address) common.Hash {
	return crypto.Keccak256Hash(domainTypeHash[:], nameHash[:], versionHash[:],
		number(new(big.Int).SetUint64(chainID)), common.LeftPadBytes(contract[:], 32))
}

// digest is what the signer signs for op, whose paymaster data plays no part.
func (p *Paymaster) digest(op *userop.Operation, validAfter, validUntil uint64) (common.Hash, error) {
	packed, err := op.Pack()
	if err != nil {
		return common.Hash{}, err
	}
	request := crypto.Keccak256(
		requestTypeHash[:],
		common.LeftPadBytes(packed.Sender[:], 32),
		number(packed.Nonce),
		crypto.Keccak256(packed.InitCode),
		crypto.Keccak256(packed.CallData),
		packed.AccountGasLimits[:],
		number(packed.PreVerificationGas),
		packed.GasFees[:],
		number(op.PaymasterVerificationGasLimit),
		number(op.PaymasterPostOpGasLimit),
		number(new(big.Int).SetUint64(validAfter)),
		number(new(big.Int).SetUint64(validUntil)),
	)
	return crypto.Keccak256Hash([]byte("\x19\x01"), p.domain[:], request), nil
}

func number(v *big.Int) []byte { return common.BigToHash(v).Bytes() }
