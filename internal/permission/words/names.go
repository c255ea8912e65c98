package words

import (
	"math/big"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/permission"
)

// Names calls things as people know them. A nil field, and an empty answer,
// leave a thing as the permission has it: an address, a selector, an amount in
// base units.
type Names struct {
	Contract func(common.Address) string
	Function func(permission.Function) string // "mint" or "mint(address)"
	// Token answers the symbol of a token and its number of decimals.
	Token func(common.Address) (symbol string, decimals int)
	// Native is the symbol of the chain's currency, of 18 decimals; "" is ETH.
	Native string
	// Time writes a moment in unix seconds; nil writes UTC.
	Time func(unix uint64) string
}

func (n Names) contract(address common.Address) string {
	if n.Contract != nil {
		if name := n.Contract(address); name != "" {
			return name
		}
	}
	return address.Hex()
}

func (n Names) function(f permission.Function) string {
	if n.Function != nil {
		if name := n.Function(f); name != "" {
			return name
		}
	}
	return f.Selector.String()
}

func (n Names) amount(token common.Address, amount *big.Int) string {
	if n.Token != nil {
		if symbol, decimals := n.Token(token); symbol != "" {
			return Units(amount, decimals) + " " + symbol
		}
	}
	return amount.String() + " base units of " + n.contract(token)
}

func (n Names) native(wei *big.Int) string {
	symbol := n.Native
	if symbol == "" {
		symbol = "ETH"
	}
	return Units(wei, 18) + " " + symbol
}

func (n Names) time(unix uint64) string {
	if n.Time != nil {
		return n.Time(unix)
	}
	return time.Unix(int64(unix), 0).UTC().Format("2006-01-02 15:04 UTC") //nolint:gosec // at most 48 bits
}

// Units writes an amount of base units as a decimal number, exactly: "1.5",
// "0.000000000000000001", "1000000".
func Units(amount *big.Int, decimals int) string {
	if amount == nil {
		return "0"
	}
	sign, digits := "", new(big.Int).Abs(amount).String()
	if amount.Sign() < 0 {
		sign = "-"
	}
	if decimals <= 0 {
		return sign + digits
	}
	if missing := decimals + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	point := len(digits) - decimals
	fraction := strings.TrimRight(digits[point:], "0")
	if fraction == "" {
		return sign + digits[:point]
	}
	return sign + digits[:point] + "." + fraction
}
