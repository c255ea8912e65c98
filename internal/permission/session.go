package permission

import (
	"fmt"
	"math/big"
	"slices"

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

// CounterKey is the key of a rule's counter in the account's mapping of
// counters; position is the rule's place in the permission's rules.
func CounterKey(session common.Hash, position int) common.Hash {
	return crypto.Keccak256Hash(session[:], common.BigToHash(big.NewInt(int64(position))).Bytes())
}

// CounterKeys are the keys of all counters that p has under a session id, in
// the order of State.Counters.
func (p Permission) CounterKeys(session common.Hash) []common.Hash {
	var out []common.Hash
	for position, r := range p.Rules {
		if hasSlot(r) {
			out = append(out, CounterKey(session, position))
		}
	}
	return out
}

// HasCounter reports whether the account keeps anything of the session's use.
// A stateless session must have no counter.
func (p Permission) HasCounter() bool {
	return p.Limit > 0 || p.feeLimit().Sign() > 0 || slices.ContainsFunc(p.Rules, func(r Rule) bool {
		_, isRate := r.(Rate)
		return isRate || hasSlot(r)
	})
}

// NeedsMoment reports whether each signature must name a moment, because a
// rule's limit depends on time.
func (p Permission) NeedsMoment() bool {
	return slices.ContainsFunc(p.Rules, func(r Rule) bool {
		_, ok := r.(timed)
		return ok
	})
}

// State is all that the chain keeps of a session.
type State struct {
	Status
	// Counters has one word for each rule that has a counter of its own, in
	// the order of Permission.CounterKeys. Words that are missing are zero.
	Counters []*big.Int
}

// Phase is a session's place in none -> active -> closed, from which there is
// no way back.
type Phase uint8

const (
	None   Phase = 0 // never registered in the account's current epoch
	Active Phase = 1
	Closed Phase = 2
)

func (p Phase) String() string {
	switch p {
	case None:
		return "none"
	case Active:
		return "active"
	case Closed:
		return "closed"
	}
	return fmt.Sprintf("unknown (%d)", uint8(p))
}

// Status is a session's status word, which the account keeps.
type Status struct {
	State        Phase
	Uses         uint64   // calls that were counted; stays 0 without a limit
	FeeSpent     *big.Int // worst-case fees that were charged, in wei; stays 0 without a fee limit
	Interval     uint64   // the rate's last interval; stays 0 without a rate, as the next
	IntervalUses uint32   // calls in that interval
}

// Places in the status word. Bits from 224 up are reserved.
const (
	usesShift         = 8
	feeSpentShift     = 56
	intervalShift     = 152
	intervalUsesShift = 192

	maxInterval = 1<<40 - 1
)

// ParseStatus reads a status word. Nil reads as zero.
func ParseStatus(word *big.Int) Status {
	if word == nil {
		word = new(big.Int)
	}
	above := func(shift uint) *big.Int { return new(big.Int).Rsh(word, shift) }
	return Status{
		State:        Phase(word.Uint64()),
		Uses:         above(usesShift).Uint64() & MaxLimit,
		FeeSpent:     new(big.Int).And(above(feeSpentShift), MaxFeeLimit),
		Interval:     above(intervalShift).Uint64() & maxInterval,
		IntervalUses: uint32(above(intervalUsesShift).Uint64()),
	}
}

// Word is the status word that ParseStatus reads as s.
func (s Status) Word() *big.Int {
	word := new(big.Int).SetUint64(uint64(s.IntervalUses))
	word.Lsh(word, intervalUsesShift-intervalShift).Or(word, new(big.Int).SetUint64(s.Interval))
	word.Lsh(word, intervalShift-feeSpentShift).Or(word, s.feeSpent())
	word.Lsh(word, feeSpentShift-usesShift).Or(word, new(big.Int).SetUint64(s.Uses))
	return word.Lsh(word, usesShift).Or(word, big.NewInt(int64(s.State)))
}

func (s Status) feeSpent() *big.Int {
	if s.FeeSpent == nil {
		return new(big.Int)
	}
	return s.FeeSpent
}
