package httpapi

import (
	"encoding/hex"
	"math/big"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

// value returns what an optional field holds, the zero value when it was left
// out.
func value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// optional returns nil for the zero value, which answers leave out.
func optional[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// parseAddress reads an address. One in mixed case must carry its checksum.
func parseAddress(field, s string) (common.Address, error) {
	digits, prefixed := strings.CutPrefix(s, "0x")
	raw, err := hex.DecodeString(digits)
	if !prefixed || err != nil || len(raw) != common.AddressLength {
		return common.Address{}, fault.Field(field, echo(s), "must be an address (0x and 40 hex digits), is %s", describeValue(s))
	}
	a := common.BytesToAddress(raw)
	if mixedCase(digits) && s != a.Hex() {
		return common.Address{}, fault.Field(field, echo(s), "has a wrong checksum: %s should be written %s, if its digits are right", s, a.Hex())
	}
	return a, nil
}

func mixedCase(digits string) bool {
	return digits != strings.ToLower(digits) && digits != strings.ToUpper(digits)
}

// parseOptionalAddress returns nil for a field that is left out or empty.
func parseOptionalAddress(field string, s *string) (*common.Address, error) {
	if value(s) == "" {
		return nil, nil
	}
	a, err := parseAddress(field, *s)
	if err != nil {
		return nil, err
	}
	return &a, nil
}

// filterAddress reads an address to look for: the zero address, which finds
// everything, when it is left out.
func filterAddress(field string, s *string) (common.Address, error) {
	a, err := parseOptionalAddress(field, s)
	return value(a), err
}

// parseAmount reads an amount in base units, decimal or 0x hex, from 0 to
// most.
func parseAmount(field, s string, most *big.Int) (*big.Int, error) {
	n, fits, ok := readNumber(s, most)
	switch {
	case !ok:
		return nil, fault.Field(field, echo(s), "must be an amount in base units (wei), decimal or 0x hex, is %s", describeValue(s))
	case !fits:
		return nil, fault.Field(field, echo(s), "must be at most %s, is %s", most, clip(s))
	}
	return n, nil
}

// readNumber reads decimal or 0x hex digits; ok is false for anything else,
// fits for what is greater than most.
func readNumber(s string, most *big.Int) (n *big.Int, fits, ok bool) {
	base, accepted := 10, "0123456789"
	digits, hexadecimal := strings.CutPrefix(s, "0x")
	if hexadecimal {
		base, accepted = 16, "0123456789abcdefABCDEF"
	}
	if digits == "" || strings.Trim(digits, accepted) != "" {
		return nil, false, false
	}
	// The length is checked first: converting a million digits takes seconds.
	digits = strings.TrimLeft(digits[:len(digits)-1], "0") + digits[len(digits)-1:]
	if len(digits) > len(most.Text(base)) {
		return nil, false, true
	}
	n, _ = new(big.Int).SetString(digits, base)
	return n, n.Cmp(most) <= 0, true
}

func within(path string, n, least, most uint64) error {
	if n < least || n > most {
		return fault.Field(path, n, "must be from %d to %d, is %d", least, most, n)
	}
	return nil
}

func unix(t time.Time) int64 { return t.Unix() }

// decimal shows an amount; none is 0.
func decimal(n *big.Int) string {
	if n == nil {
		return "0"
	}
	return n.String()
}

// quantity shows a number as ERC-4337 does; none is 0.
func quantity(n *big.Int) string {
	if n == nil {
		return "0x0"
	}
	return hexutil.EncodeBig(n)
}
