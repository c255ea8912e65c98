package bundler

import "math/big"

// fees are what a transaction bids, in wei a unit of gas.
type fees struct{ max, tip *big.Int }

// feeCeilingFactor bounds what a stuck transaction may come to bid: so many
// times what the market asks.
const feeCeilingFactor = 4

// raised answers what a stuck transaction should bid next: what the market
// asks, and at least an eighth more than it bids now in both fields, because
// pools want a tenth to take a replacement. ok is false when that is over the
// ceiling: then more money is not what is missing.
func raised(now, market fees) (next fees, ok bool) {
	next = fees{max: higher(eighthMore(now.max), market.max), tip: higher(eighthMore(now.tip), market.tip)}
	next.max = higher(next.max, next.tip)
	ceiling := new(big.Int).Mul(market.max, big.NewInt(feeCeilingFactor))
	return next, next.max.Cmp(ceiling) <= 0
}

// eighthMore rounds up, so that small amounts grow as well.
func eighthMore(v *big.Int) *big.Int {
	next := new(big.Int).Mul(v, big.NewInt(9))
	next.Add(next, big.NewInt(7))
	return next.Rsh(next, 3)
}

func higher(a, b *big.Int) *big.Int {
	if a.Cmp(b) >= 0 {
		return a
	}
	return b
}
