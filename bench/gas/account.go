package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"math/big"
	"slices"

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

	// maxTries bounds the search for signatures without a zero byte: about three
	// of four have none.
	maxTries = 100
)

var (
	entryPoint = bindings.NewEntryPoint()
	account    = bindings.NewLatchkeyAccount()
	nft        = bindings.NewDevNFT()
	token      = bindings.NewDevToken()
)

// subject is one account under measurement.
type subject struct {
	address   common.Address
	owner     *ecdsa.PrivateKey
	session   *ecdsa.PrivateKey
	delegated bool
	sequence  uint64 // next nonce in lane 0
	salts     uint64 // salts used so far
}

// draft is an operation that is not signed yet.
type draft struct {
	callData  []byte
	sponsored bool // by our paymaster
	// sign makes the signature field for the operation's hash. fresh is the part
	// of it that depends on the hash.
	sign func(hash common.Hash) (field, fresh []byte, err error)
}

// bundle is one handleOps transaction.
type bundle struct {
	gas  uint64
	data []byte // calldata
}

// ownerOp runs callData as the owner.
func (l *lab) ownerOp(ctx context.Context, s *subject, callData []byte) (bundle, error) {
	return l.run(ctx, s, draft{callData: callData, sign: func(hash common.Hash) (field, fresh []byte, err error) {
		signature, err := s.sign(s.owner, hash)
		return signature, signature, err
	}})
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

// signed makes an operation of d. Signatures differ from build to build by
// luck, and a zero byte in one is 12 gas cheaper than another byte: so that no
// figure moves by luck, preVerificationGas is raised until no signature has one.
func (l *lab) signed(ctx context.Context, s *subject, d draft) (op bindings.PackedUserOperation, hash common.Hash, err error) {
	for extra := range int64(maxTries) {
		op = l.operation(s, d.callData, preVerificationGas+extra)
		var sponsorship []byte
		if d.sponsored {
			if sponsorship, err = l.sponsor(&op); err != nil {
				return op, hash, fmt.Errorf("sponsor an operation: %w", err)
			}
		}
		if hash, err = l.hash(ctx, op); err != nil {
			return op, hash, err
		}
		field, fresh, err := d.sign(hash)
		if err != nil {
			return op, hash, err
		}
		op.Signature = field
		if !hasZero(sponsorship) && !hasZero(fresh) {
			return op, hash, nil
		}
	}
	return op, hash, fmt.Errorf("no operation of %d has signatures without a zero byte", maxTries)
}

func hasZero(data []byte) bool { return bytes.IndexByte(data, 0) >= 0 }

func (l *lab) operation(s *subject, callData []byte, preVerification int64) bindings.PackedUserOperation {
	return bindings.PackedUserOperation{
		Sender:             s.address,
		Nonce:              new(big.Int).SetUint64(s.sequence),
		CallData:           callData,
		AccountGasLimits:   packPair(verificationGas, callGas),
		PreVerificationGas: big.NewInt(preVerification),
		GasFees:            packPair(priorityFeePerGas, maxFeePerGas),
	}
}

// packPair packs two numbers of 128 bits into one word.
func packPair(high, low uint64) (word [32]byte) {
	new(big.Int).SetUint64(high).FillBytes(word[:16])
	new(big.Int).SetUint64(low).FillBytes(word[16:])
	return word
}

// sponsor lets our paymaster pay for op, and returns its signature.
func (l *lab) sponsor(op *bindings.PackedUserOperation) (signature []byte, err error) {
	signature, err = signDigest(l.paymasterSigner, l.paymasterDigest(op))
	if err != nil {
		return nil, err
	}
	limits := packPair(paymasterGas, 0)
	window := append(uint48(0), uint48(validUntil)...)
	op.PaymasterAndData = slices.Concat(l.paymaster[:], limits[:], window, signature)
	return signature, nil
}

// paymasterDigest is the EIP-712 hash of OpenZeppelin's UserOperationRequest.
func (l *lab) paymasterDigest(op *bindings.PackedUserOperation) []byte {
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
	return hash([]byte{0x19, 0x01}, domain, request)
}

// uint48 is a time as operations carry it.
func uint48(n int64) []byte { return big.NewInt(n).FillBytes(make([]byte, 6)) }

// run signs d and sends it alone in a bundle. An operation that fails on chain
// is an error.
func (l *lab) run(ctx context.Context, s *subject, d draft) (bundle, error) {
	op, hash, err := l.signed(ctx, s, d)
	if err != nil {
		return bundle{}, err
	}
	beneficiary := crypto.PubkeyToAddress(l.bundler.PublicKey)
	data := entryPoint.PackHandleOps([]bindings.PackedUserOperation{op}, beneficiary)
	receipt, err := l.send(ctx, bindings.EntryPointAddress, nil, data)
	if err != nil {
		return bundle{}, err
	}
	s.sequence++
	return bundle{receipt.GasUsed, data}, succeeded(receipt, hash)
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
