package permission

import (
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
)

var sessionTypeHash = crypto.Keccak256Hash([]byte("Session(uint256 chainId,address account,uint64 epoch,bytes permission)"))

// ID returns the sessionId of a packed permission: the EIP-712 struct hash
// over the chain, the account, its epoch and every byte of the permission.
func ID(chainID uint64, account common.Address, epoch uint64, packed []byte) common.Hash {
	return crypto.Keccak256Hash(
		sessionTypeHash[:],
		common.BigToHash(new(big.Int).SetUint64(chainID)).Bytes(),
		common.LeftPadBytes(account[:], 32),
		common.BigToHash(new(big.Int).SetUint64(epoch)).Bytes(),
		crypto.Keccak256(packed),
	)
}

// State is a session's place in none -> active -> closed, from which there is
// no way back.
type State uint8

const (
	None   State = 0 // never registered in the account's current epoch
	Active State = 1
	Closed State = 2
)

func (s State) String() string {
	switch s {
	case None:
		return "none"
	case Active:
		return "active"
	case Closed:
		return "closed"
	}
	return fmt.Sprintf("unknown (%d)", uint8(s))
}

// Status is a session's status word, which the account keeps.
type Status struct {
	State    State
	Uses     uint64   // calls that were counted; stays 0 without a limit
	FeeSpent *big.Int // worst-case fees that were charged, in wei; stays 0 without a fee limit
}

// Places in the status word. Bits from 152 up are reserved.
const (
	usesShift     = 8
	feeSpentShift = 56
)

// ParseStatus reads a status word. Nil reads as zero.
func ParseStatus(word *big.Int) Status {
	if word == nil {
		word = new(big.Int)
	}
	return Status{
		State:    State(word.Uint64()),
		Uses:     new(big.Int).Rsh(word, usesShift).Uint64() & MaxLimit,
		FeeSpent: new(big.Int).And(new(big.Int).Rsh(word, feeSpentShift), MaxFeeLimit),
	}
}

func (s Status) feeSpent() *big.Int {
	if s.FeeSpent == nil {
		return new(big.Int)
	}
	return s.FeeSpent
}
