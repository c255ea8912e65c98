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
type SignerType = userop.SignerType

// The kinds of session keys, see package userop.
const (
	Secp256k1  = userop.Secp256k1
	P256       = userop.P256
	P256SHA256 = userop.P256SHA256
	WebAuthn   = userop.WebAuthn
)

// SignerAddress is the address that stands for a P-256 or WebAuthn key in a
// permission: the last 20 bytes of keccak256(x‖y).
func SignerAddress(x, y [32]byte) common.Address { return userop.P256Key{X: x, Y: y}.Address() }

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

var (
	// MaxFeeLimit is the greatest fee budget, in wei.
	MaxFeeLimit = greatest(96)
	// MaxAmount is the greatest amount that a rule can name.
	MaxAmount = greatest(128)
	// MaxWord is the greatest number that an argument or a token id can be.
	MaxWord = greatest(256)
)

// greatest is the greatest unsigned number of so many bits.
func greatest(bits uint) *big.Int {
	return new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), bits), big.NewInt(1))
}

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
	// EntryPoint. Contracts and Functions are then empty, and the only rule
	// that may follow is Rate.
	Sudo       bool
	Contracts  []common.Address // any function of these
	Functions  []Function       // these functions
	Paymasters []common.Address // who may pay instead of the account
	Rules      []Rule           // everything finer; a call must satisfy each that applies to it
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
// covers them already, so the result allows exactly what p allows. A rule of
// such a function stays, and makes Encode fail: its limit cannot be kept.
func (p Permission) Normalize() Permission {
	p = p.sorted()
	p.Functions = slices.DeleteFunc(p.Functions, func(f Function) bool { return p.covers(f.Target) })
	return p.withSortedRules()
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
	return cmp.Or(p.checkSigner(), p.checkWindow(), p.checkLimits(), p.checkLists(), p.checkRules(), p.checkGrant())
}

func (p Permission) checkSigner() error {
	if p.SignerType > WebAuthn {
		return fieldError("signerType", "must be 0 (secp256k1), 1 (p256), 2 (p256-sha256) or 3 (webauthn), is %d", byte(p.SignerType))
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

func (p Permission) checkLists() error {
	for _, list := range []struct {
		field string
		size  int
	}{
		{"contracts", len(p.Contracts)},
		{"functions", len(p.Functions)},
		{"paymasters", len(p.Paymasters)},
		{"rules", len(p.Rules)},
	} {
		if list.size > MaxEntries {
			return fieldError(list.field, "must have at most %d entries, has %d", MaxEntries, list.size)
		}
	}
	for _, f := range p.Functions {
		if p.covers(f.Target) {
			return fieldError("functions", "%s is covered by contracts already", f)
		}
	}
	return nil
}

// checkGrant makes sure that a permission allows something, and that sudo
// stands alone.
func (p Permission) checkGrant() error {
	granted := len(p.Contracts) + len(p.Functions)
	if p.Sudo && granted > 0 {
		return fieldError("sudo", "allows every call already: contracts and functions must be empty, have %d entries", granted)
	}
	if !p.Sudo && granted == 0 && !slices.ContainsFunc(p.Rules, isTokenRule) {
		return fieldError("contracts", "must have an entry, or functions must, or a rule must grant a token, unless sudo is set")
	}
	return nil
}
