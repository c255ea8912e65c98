package permission

import (
	"bytes"
	"cmp"
	"fmt"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/userop"
)

// SignerType is the kind of a session key.
type SignerType byte

// Secp256k1 is the one kind that accounts accept. 1 to 3 are reserved for
// p256, p256-sha256 and WebAuthn.
const Secp256k1 SignerType = 0

// Bounds of the packed fields.
const (
	// MaxTime is the last moment that a permission can name, in unix seconds:
	// practically no end.
	MaxTime = 1<<48 - 1
	// MaxLimit is the greatest number of calls that can be counted.
	MaxLimit = 1<<48 - 1
	// MaxEntries is the most entries that each list can have.
	MaxEntries = 255
)

// MaxFeeLimit is the greatest fee budget, in wei.
var MaxFeeLimit = new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 96), big.NewInt(1))

// Permission is what one session key may do. Everything that it does not
// name is refused.
type Permission struct {
	SignerType SignerType
	Signer     common.Address // never zero
	ValidAfter uint64         // first moment of use, unix seconds; 0 = no start
	ValidUntil uint64         // last moment of use, unix seconds
	Limit      uint64         // number of calls, 0 = not counted
	Salt       [8]byte        // tells equal grants apart: a closed session never reopens
	FeeLimit   *big.Int       // worst-case fees in wei; nil or 0 = the account itself may not pay
	// Sudo allows any call with any value, except to the account and the
	// EntryPoint. Contracts and Functions are then empty.
	Sudo       bool
	Contracts  []common.Address // any function of these, without value
	Functions  []Function       // these functions, without value
	Paymasters []common.Address // who may pay instead of the account
}

// Function is one function of one contract.
type Function struct {
	Target   common.Address
	Selector userop.Selector
}

func (f Function) String() string { return fmt.Sprintf("%s on %s", f.Selector, f.Target) }

// FieldError says which field of a permission is wrong, and how.
type FieldError struct {
	Field   string // as the packed format names it
	Message string
}

func (e *FieldError) Error() string { return e.Field + ": " + e.Message }

func fieldError(field, format string, args ...any) error {
	return &FieldError{Field: field, Message: fmt.Sprintf(format, args...)}
}

// Normalize returns p with its lists sorted and free of duplicates, and
// without the functions whose contract is granted as a whole: the contract
// covers them already, so the result allows exactly what p allows.
func (p Permission) Normalize() Permission {
	p = p.sorted()
	p.Functions = slices.DeleteFunc(p.Functions, func(f Function) bool { return p.covers(f.Target) })
	return p
}

// sorted returns p with copies of its lists, ascending and without duplicates.
func (p Permission) sorted() Permission {
	p.Contracts = sortedSet(p.Contracts, common.Address.Cmp)
	p.Functions = sortedSet(p.Functions, compareFunctions)
	p.Paymasters = sortedSet(p.Paymasters, common.Address.Cmp)
	return p
}

func sortedSet[E comparable](list []E, compare func(a, b E) int) []E {
	list = slices.Clone(list)
	slices.SortFunc(list, compare)
	return slices.Compact(list)
}

func compareFunctions(a, b Function) int {
	if c := a.Target.Cmp(b.Target); c != 0 {
		return c
	}
	return bytes.Compare(a.Selector[:], b.Selector[:])
}

// covers reports whether a contract is granted as a whole.
func (p Permission) covers(target common.Address) bool {
	return slices.Contains(p.Contracts, target)
}

// feeLimit never returns nil.
func (p Permission) feeLimit() *big.Int {
	if p.FeeLimit == nil {
		return new(big.Int)
	}
	return p.FeeLimit
}

// check answers a *FieldError for the first field that no canonical encoding
// can have. The order of lists is not looked at.
func (p Permission) check() error {
	return cmp.Or(p.checkSigner(), p.checkWindow(), p.checkLimits(), p.checkRules())
}

func (p Permission) checkSigner() error {
	if p.SignerType != Secp256k1 {
		return fieldError("signerType", "must be 0 (secp256k1), is %d", p.SignerType)
	}
	if p.Signer == (common.Address{}) {
		return fieldError("signer", "must not be the zero address")
	}
	return nil
}

func (p Permission) checkWindow() error {
	if p.ValidAfter > MaxTime {
		return fieldError("validAfter", "must be at most 2^48-1, is %d", p.ValidAfter)
	}
	if p.ValidUntil > MaxTime {
		return fieldError("validUntil", "must be at most 2^48-1, is %d", p.ValidUntil)
	}
	if p.ValidUntil <= p.ValidAfter {
		return fieldError("validUntil", "must be greater than validAfter (%d), is %d", p.ValidAfter, p.ValidUntil)
	}
	return nil
}

func (p Permission) checkLimits() error {
	if p.Limit > MaxLimit {
		return fieldError("limit", "must be at most 2^48-1, is %d", p.Limit)
	}
	if fee := p.feeLimit(); fee.Sign() < 0 || fee.Cmp(MaxFeeLimit) > 0 {
		return fieldError("feeLimit", "must be from 0 to 2^96-1 wei, is %s", fee)
	}
	return nil
}

func (p Permission) checkRules() error {
	for _, list := range []struct {
		field string
		size  int
	}{{"contracts", len(p.Contracts)}, {"functions", len(p.Functions)}, {"paymasters", len(p.Paymasters)}} {
		if list.size > MaxEntries {
			return fieldError(list.field, "must have at most %d entries, has %d", MaxEntries, list.size)
		}
	}
	granted := len(p.Contracts) + len(p.Functions)
	if p.Sudo && granted > 0 {
		return fieldError("sudo", "allows every call already: contracts and functions must be empty, have %d entries", granted)
	}
	if !p.Sudo && granted == 0 {
		return fieldError("contracts", "must have an entry, or functions must, unless sudo is set")
	}
	for _, f := range p.Functions {
		if p.covers(f.Target) {
			return fieldError("functions", "%s is covered by contracts already", f)
		}
	}
	return nil
}
