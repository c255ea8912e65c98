package permissionfuzz

import (
	"math/big"
	"math/rand/v2"
)

// source draws everything. Equal seeds draw equal cases.
type source struct{ *rand.Rand }

func newSource(seed, group uint64) source { return source{rand.New(rand.NewPCG(seed, group))} }

func (s source) oneIn(n int) bool { return s.IntN(n) == 0 }

// percent is true in so many cases of a hundred.
func (s source) percent(n int) bool { return s.IntN(100) < n }

func pick[E any](s source, list ...E) E { return list[s.IntN(len(list))] }

// bits draws a number of at most n bits, any length as likely as another.
func (s source) bits(n int) *big.Int { return s.exactly(s.IntN(n + 1)) }

// exactly draws a number of just n bits.
func (s source) exactly(n int) *big.Int {
	out := new(big.Int)
	for range (n + 63) / 64 {
		out.Lsh(out, 64).Or(out, new(big.Int).SetUint64(s.Uint64()))
	}
	if n == 0 {
		return out
	}
	out.And(out, new(big.Int).Sub(new(big.Int).Lsh(one, uint(n)), one))
	return out.SetBit(out, n-1, 1)
}

// upTo draws from 0 to most, often one of the ends. It answers 0 when most is
// negative.
func (s source) upTo(most *big.Int) *big.Int {
	if most.Sign() <= 0 {
		return new(big.Int)
	}
	switch s.IntN(8) {
	case 0:
		return new(big.Int)
	case 1:
		return new(big.Int).Set(most)
	}
	// 64 bits more than needed leave no visible bias.
	wide := s.exactly(most.BitLen() + 64)
	return wide.Mod(wide, new(big.Int).Add(most, one))
}

var one = big.NewInt(1)

func number(v uint64) *big.Int { return new(big.Int).SetUint64(v) }

// wrap keeps a number within 256 bits, as words do.
func wrap(v *big.Int) *big.Int {
	return new(big.Int).Mod(v, new(big.Int).Lsh(one, 256))
}

// step is -1, 0 or 1: a limit is missed by one, met, or exceeded by one.
func (s source) step() int64 { return int64(s.IntN(3)) - 1 }
