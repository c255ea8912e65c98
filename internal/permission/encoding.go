package permission

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/userop"
)

// The packed format, version 1. Numbers are big-endian.
const (
	version = 1

	signerOffset     = 2
	validUntilOffset = 22
	flagsOffset      = 28
	contractsOffset  = 29 // number of entries, as the next two
	functionsOffset  = 30
	paymastersOffset = 31
	validAfterOffset = 32
	limitOffset      = 38
	saltOffset       = 44
	feeLimitOffset   = 52
	headerLength     = 64

	functionLength = common.AddressLength + 4

	flagSudo  = 1 << 0
	flagRules = 1 << 1
)

// Encode returns the packed form: the one encoding of p, whatever the order
// of its lists and however often an entry repeats. It answers a *FieldError
// for a permission that no account would register; for a function that is
// covered by a contract, see Normalize.
func (p Permission) Encode() ([]byte, error) {
	p = p.sorted()
	if err := p.check(); err != nil {
		return nil, fmt.Errorf("encode permission: %w", err)
	}
	out := make([]byte, headerLength, p.listsEnd())
	out[0], out[1] = version, byte(p.SignerType)
	copy(out[signerOffset:], p.Signer[:])
	putUint48(out[validUntilOffset:], p.ValidUntil)
	if p.Sudo {
		out[flagsOffset] = flagSudo
	}
	if len(p.Rules) > 0 {
		out[flagsOffset] |= flagRules
	}
	out[contractsOffset] = byte(len(p.Contracts))
	out[functionsOffset] = byte(len(p.Functions))
	out[paymastersOffset] = byte(len(p.Paymasters))
	putUint48(out[validAfterOffset:], p.ValidAfter)
	putUint48(out[limitOffset:], p.Limit)
	copy(out[saltOffset:], p.Salt[:])
	p.feeLimit().FillBytes(out[feeLimitOffset:headerLength])

	for _, a := range p.Contracts {
		out = append(out, a[:]...)
	}
	for _, f := range p.Functions {
		out = append(append(out, f.Target[:]...), f.Selector[:]...)
	}
	for _, a := range p.Paymasters {
		out = append(out, a[:]...)
	}
	if len(p.Rules) == 0 {
		return out, nil
	}
	records := p.records()
	return append(append(out, byte(len(records))), bytes.Join(records, nil)...), nil
}

// listsEnd is the length of all that comes before the rules.
func (p Permission) listsEnd() int {
	addresses := len(p.Contracts) + len(p.Paymasters)
	return headerLength + addresses*common.AddressLength + len(p.Functions)*functionLength
}

// Decode reads a packed permission. It accepts exactly what an account
// registers: Encode gives back the same bytes. Errors name the field.
func Decode(packed []byte) (Permission, error) {
	p, err := decode(packed)
	if err != nil {
		return Permission{}, fmt.Errorf("decode permission: %w", err)
	}
	return p, nil
}

func decode(packed []byte) (Permission, error) {
	if len(packed) < headerLength {
		return Permission{}, fieldError("length", "must be at least %d bytes, is %d", headerLength, len(packed))
	}
	if packed[0] != version {
		return Permission{}, fieldError("version", "must be %d, is %d", version, packed[0])
	}
	flags := packed[flagsOffset]
	if flags&^(flagSudo|flagRules) != 0 {
		return Permission{}, fieldError("flags", "only bit 0 (sudo) and bit 1 (rules follow) may be set, is 0x%02x", flags)
	}
	p := Permission{
		SignerType: SignerType(packed[1]),
		Signer:     common.Address(packed[signerOffset:validUntilOffset]),
		ValidAfter: uint48(packed[validAfterOffset:]),
		ValidUntil: uint48(packed[validUntilOffset:]),
		Limit:      uint48(packed[limitOffset:]),
		Salt:       [8]byte(packed[saltOffset:feeLimitOffset]),
		Sudo:       flags&flagSudo != 0,
		Contracts:  make([]common.Address, packed[contractsOffset]),
		Functions:  make([]Function, packed[functionsOffset]),
		Paymasters: make([]common.Address, packed[paymastersOffset]),
	}
	if fee := new(big.Int).SetBytes(packed[feeLimitOffset:headerLength]); fee.Sign() > 0 {
		p.FeeLimit = fee
	}
	want := p.listsEnd()
	if flags&flagRules == 0 && len(packed) != want || len(packed) < want {
		return Permission{}, fieldError("length", "must be %d bytes by its list counts, is %d", want, len(packed))
	}
	p.readLists(packed[headerLength:want])
	if flags&flagRules != 0 {
		if err := p.decodeRules(packed[want:]); err != nil {
			return Permission{}, err
		}
	}
	return p, p.checkCanonical()
}

// readLists fills lists that have their lengths already.
func (p *Permission) readLists(rest []byte) {
	next := func(n int) []byte {
		entry := rest[:n]
		rest = rest[n:]
		return entry
	}
	for i := range p.Contracts {
		p.Contracts[i] = common.Address(next(common.AddressLength))
	}
	for i := range p.Functions {
		p.Functions[i].Target = common.Address(next(common.AddressLength))
		p.Functions[i].Selector = userop.Selector(next(4))
	}
	for i := range p.Paymasters {
		p.Paymasters[i] = common.Address(next(common.AddressLength))
	}
}

func (p *Permission) checkCanonical() error {
	return cmp.Or(
		checkAscending("contracts", p.Contracts, common.Address.Cmp),
		checkAscending("functions", p.Functions, compareFunctions),
		checkAscending("paymasters", p.Paymasters, common.Address.Cmp),
		p.check(),
	)
}

func checkAscending[E fmt.Stringer](field string, list []E, compare func(a, b E) int) error {
	for i := 1; i < len(list); i++ {
		if compare(list[i-1], list[i]) >= 0 {
			return fieldError(field, "must be strictly ascending, entry %d (%s) is not", i, list[i])
		}
	}
	return nil
}

// putUint48 writes the low 48 bits of v.
func putUint48(b []byte, v uint64) {
	var full [8]byte
	binary.BigEndian.PutUint64(full[:], v)
	copy(b[:6], full[2:])
}

func uint48(b []byte) uint64 {
	var full [8]byte
	copy(full[2:], b[:6])
	return binary.BigEndian.Uint64(full[:])
}
