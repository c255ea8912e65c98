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
// base units. Answers may be what strangers wrote: Describe cleans, cuts and
// quotes them, and keeps the address beside each.
type Names struct {
	Contract func(common.Address) string
	Function func(permission.Function) string // "mint" or "mint(address)"
	// Token answers the symbol of a token and its number of decimals.
	Token func(common.Address) (symbol string, decimals int)
	// Native is the symbol of the chain's currency, of 18 decimals; "" is ETH.
	Native string
	// Time writes a moment in unix seconds; nil writes UTC.
	Time func(unix uint64) string
	// Address writes an address; nil writes all of it in hex.
	Address func(common.Address) string
	// Now is the moment from which lengths of time are judged, in unix seconds.
	// 0 makes every permission that has no start a long one.
	Now uint64
}

func (n Names) address(address common.Address) string {
	if n.Address != nil {
		return n.Address(address)
	}
	return address.Hex()
}

// contract is a name and the address, which alone says which contract it is.
func (n Names) contract(address common.Address) string {
	if n.Contract != nil {
		if name := quote(n.Contract(address)); name != "" {
			return name + " (" + n.address(address) + ")"
		}
	}
	return n.address(address)
}

func (n Names) function(f permission.Function) string {
	if n.Function == nil {
		return f.Selector.String()
	}
	name := n.Function(f)
	if plainFunction.MatchString(name) {
		return name
	}
	if name = quote(name); name != "" {
		return name + " (" + f.Selector.String() + ")"
	}
	return f.Selector.String()
}

// mostDecimals is above what any honest token has. With more, great amounts
// would look like none.
const mostDecimals = 36

// symbol answers "" when amounts of the token are to be shown in base units.
func (n Names) symbol(token common.Address) (symbol string, decimals int) {
	if n.Token == nil {
		return "", 0
	}
	symbol, decimals = n.Token(token)
	if decimals < 0 || decimals > mostDecimals {
		return "", 0
	}
	if !plainSymbol.MatchString(symbol) {
		symbol = quote(symbol)
	}
	return symbol, decimals
}

// amount is short: it does not say which token.
func (n Names) amount(token common.Address, amount *big.Int) string {
	if symbol, decimals := n.symbol(token); symbol != "" {
		return Units(amount, decimals) + " " + symbol
	}
	return amount.String() + " base units"
}

// amountOf says which token, which a symbol alone does not.
func (n Names) amountOf(token common.Address, amount *big.Int) string {
	if symbol, _ := n.symbol(token); symbol != "" {
		return n.amount(token, amount) + " (" + n.address(token) + ")"
	}
	return n.amount(token, amount) + " of " + n.contract(token)
}

func (n Names) native(wei *big.Int) string {
	symbol := n.Native
	if symbol == "" {
		symbol = "ETH"
	}
	return Units(wei, 18) + " " + symbol
}

// time leaves moments that no calendar reaches out of Time, which may know
// only years of four digits.
func (n Names) time(unix uint64) string {
	if n.Time != nil && unix < endless {
		return n.Time(unix)
	}
	format := "2006-01-02 15:04 UTC"
	if unix%60 != 0 {
		format = "2006-01-02 15:04:05 UTC"
	}
	return time.Unix(int64(unix), 0).UTC().Format(format) //nolint:gosec // at most 48 bits
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
