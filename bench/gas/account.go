package main

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/accounts"
	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/latchkey-dev/latchkey/internal/bindings"
)

const (
	verificationGas    = 1_500_000
	callGas            = 800_000
	preVerificationGas = 100_000
	paymasterGas       = 200_000
	maxFeePerGas       = 3_000_000_000
	priorityFeePerGas  = 1_000_000_000

	modeSession = 2
	modeEIP191  = 1
)

var (
	entryPoint = bindings.NewEntryPoint()
	account    = bindings.NewLatchkeyAccount()
)

// subject is one account under measurement.
type subject struct {
	address   common.Address
	owner     *ecdsa.PrivateKey
	session   *ecdsa.PrivateKey
	delegated bool
	sequence  uint64 // next nonce in lane 0
}

// ownerOp runs callData as the owner and returns the gas of the bundle.
func (l *lab) ownerOp(ctx context.Context, s *subject, callData []byte) (uint64, error) {
	return l.run(ctx, s, l.operation(s, callData), func(hash common.Hash) ([]byte, error) {
		return s.sign(s.owner, hash)
	})
}

// sessionOp runs callData as the session of permission.
func (l *lab) sessionOp(ctx context.Context, s *subject, permission, callData []byte, sponsored bool) (uint64, error) {
	op := l.operation(s, callData)
	if sponsored {
		if err := l.sponsor(ctx, &op); err != nil {
			return 0, fmt.Errorf("sponsor an operation: %w", err)
		}
	}
	return l.run(ctx, s, op, func(hash common.Hash) ([]byte, error) {
		signature, err := s.sign(s.session, hash)
		mode := byte(modeSession | modeEIP191)
		if s.delegated {
			mode = modeSession
		}
		return append(append([]byte{mode}, permission...), signature...), err
	})
}

// sign signs as the official SDKs do: EIP-191 for a proxy, the bare hash for a
// delegated account.
func (s *subject) sign(key *ecdsa.PrivateKey, hash common.Hash) ([]byte, error) {
	digest := hash[:]
	if !s.delegated {
		digest = accounts.TextHash(hash[:])
	}
	return signDigest(key, digest)
}

func signDigest(key *ecdsa.PrivateKey, digest []byte) ([]byte, error) {
	signature, err := crypto.Sign(digest, key)
	if err != nil {
		return nil, err
	}
	signature[64] += 27
	return signature, nil
}

func (l *lab) operation(s *subject, callData []byte) bindings.PackedUserOperation {
	return bindings.PackedUserOperation{
		Sender:             s.address,
		Nonce:              new(big.Int).SetUint64(s.sequence),
		CallData:           callData,
		AccountGasLimits:   packPair(verificationGas, callGas),
		PreVerificationGas: big.NewInt(preVerificationGas),
		GasFees:            packPair(priorityFeePerGas, maxFeePerGas),
	}
}

// packPair packs two numbers of 128 bits into one word.
func packPair(high, low uint64) (word [32]byte) {
	new(big.Int).SetUint64(high).FillBytes(word[:16])
	new(big.Int).SetUint64(low).FillBytes(word[16:])
	return word
}

// sponsor lets our paymaster pay for op.
func (l *lab) sponsor(ctx context.Context, op *bindings.PackedUserOperation) error {
	const validUntil = 1<<40 - 1
	limits := packPair(paymasterGas, 0)
	data := append(l.paymaster.Bytes(), limits[:]...)
	window := append(make([]byte, 6), big.NewInt(validUntil).FillBytes(make([]byte, 6))...)

	digest, err := l.paymasterDigest(ctx, op, validUntil)
	if err != nil {
		return err
	}
	signature, err := signDigest(l.paymasterSigner, digest)
	op.PaymasterAndData = append(append(data, window...), signature...)
	return err
}

// paymasterDigest is the EIP-712 hash of OpenZeppelin's UserOperationRequest.
func (l *lab) paymasterDigest(ctx context.Context, op *bindings.PackedUserOperation, validUntil int64) ([]byte, error) {
	hash := func(parts ...[]byte) []byte { return crypto.Keccak256(parts...) }
	word := func(n *big.Int) []byte { return common.LeftPadBytes(n.Bytes(), 32) }

	domain := hash(
		hash([]byte("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")),
		hash([]byte("LatchkeyPaymaster")), hash([]byte("1")), word(l.chainID), common.LeftPadBytes(l.paymaster[:], 32),
	)
	request := hash(
		hash([]byte("UserOperationRequest(address sender,uint256 nonce,bytes initCode,bytes callData,bytes32 accountGasLimits,"+
			"uint256 preVerificationGas,bytes32 gasFees,uint256 paymasterVerificationGasLimit,uint256 paymasterPostOpGasLimit,"+
			"uint48 validAfter,uint48 validUntil)")),
		common.LeftPadBytes(op.Sender[:], 32), word(op.Nonce), hash(op.InitCode), hash(op.CallData), op.AccountGasLimits[:],
		word(op.PreVerificationGas), op.GasFees[:], word(big.NewInt(paymasterGas)), word(new(big.Int)),
		word(new(big.Int)), word(big.NewInt(validUntil)),
	)
	return hash([]byte{0x19, 0x01}, domain, request), nil
}

// run signs op, sends it alone in a bundle, and returns the gas of the bundle.
// An operation that fails on chain is an error.
func (l *lab) run(ctx context.Context, s *subject, op bindings.PackedUserOperation, sign func(common.Hash) ([]byte, error)) (uint64, error) {
	hash, err := l.hash(ctx, op)
	if err != nil {
		return 0, err
	}
	if op.Signature, err = sign(hash); err != nil {
		return 0, err
	}
	beneficiary := crypto.PubkeyToAddress(l.bundler.PublicKey)
	bundle := entryPoint.PackHandleOps([]bindings.PackedUserOperation{op}, beneficiary)
	receipt, err := l.send(ctx, bindings.EntryPointAddress, nil, bundle)
	if err != nil {
		return 0, err
	}
	s.sequence++
	return receipt.GasUsed, succeeded(receipt, hash)
}

func (l *lab) hash(ctx context.Context, op bindings.PackedUserOperation) (common.Hash, error) {
	return bind.Call(entryPoint.Instance(l.client, bindings.EntryPointAddress), &bind.CallOpts{Context: ctx},
		entryPoint.PackGetUserOpHash(op), func(out []byte) (common.Hash, error) {
			return entryPoint.UnpackGetUserOpHash(out)
		})
}

func succeeded(receipt *types.Receipt, hash common.Hash) error {
	for _, log := range receipt.Logs {
		event, err := entryPoint.UnpackUserOperationEventEvent(log)
		if err != nil || event.UserOpHash != hash {
			continue
		}
		if !event.Success {
			return fmt.Errorf("operation %s reverted in execution", hash)
		}
		return nil
	}
	return errors.New("operation " + hash.Hex() + " left no event")
}

// call reads from the chain as the bundler.
func (l *lab) call(ctx context.Context, to common.Address, data []byte) ([]byte, error) {
	return l.client.CallContract(ctx, ethereum.CallMsg{To: &to, Data: data}, nil)
}
