package httpapi

import (
	"encoding/json"
	"math/big"
	"strings"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/permission"
)

// parseOperand reads what an argument is compared with: an address, an
// integer, a boolean, or any number of at most 32 bytes as 0x hex.
func parseOperand(path string, v any) (*big.Int, error) {
	switch v := v.(type) {
	case bool:
		return boolean(v), nil
	case json.Number:
		n, err := integer(v, path, 0)
		return big.NewInt(n), err
	case string:
		return parseOperandText(path, strings.TrimSpace(v))
	}
	return nil, operandFault(path, v)
}

func parseOperandText(path, s string) (*big.Int, error) {
	const addressText = 2 + 2*common.AddressLength
	switch {
	case s == "true", s == "false": // what a form sends
		return boolean(s == "true"), nil
	case len(s) == addressText && strings.HasPrefix(s, "0x"):
		a, err := parseAddress(path, s)
		return a.Big(), err
	}
	n, fits, ok := readNumber(s, permission.MaxWord)
	switch {
	case !ok:
		return nil, operandFault(path, s)
	case !fits:
		return nil, fault.Field(path, echo(s), "must fit into 32 bytes, is %s", clip(s))
	}
	return n, nil
}

func operandFault(path string, v any) error {
	return fault.Field(path, echo(v), "must be an address, an unsigned integer, true or false, or a number as 0x hex, is %s", describeValue(v))
}

func boolean(b bool) *big.Int {
	if b {
		return big.NewInt(1)
	}
	return new(big.Int)
}

// showOperand writes numbers as parseOperand reads them. What is too great for
// an amount is shown as an address, what is too great for that as a word.
func showOperand(n *big.Int) string {
	switch {
	case n.Cmp(permission.MaxAmount) <= 0:
		return n.String()
	case n.BitLen() <= 8*common.AddressLength:
		return common.BigToAddress(n).Hex()
	}
	return common.BigToHash(n).Hex()
}
