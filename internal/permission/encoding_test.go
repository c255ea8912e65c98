package permission

import (
	"bytes"
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/latchkey-dev/latchkey/internal/userop"
)

var compare = cmp.Options{
	cmp.Comparer(func(a, b *big.Int) bool {
		return (Permission{FeeLimit: a}).feeLimit().Cmp((Permission{FeeLimit: b}).feeLimit()) == 0
	}),
	cmpopts.EquateEmpty(),
}

// Addresses are drawn from a small pool, so that lists overlap.
func drawAddress(t *rapid.T, label string) common.Address {
	return common.BytesToAddress([]byte{0xa0, rapid.ByteRange(1, 12).Draw(t, label)})
}

func drawFunction(t *rapid.T) Function {
	return Function{drawAddress(t, "target"), userop.Selector{0xf0, rapid.ByteRange(1, 6).Draw(t, "selector")}}
}

func drawAddresses(t *rapid.T, label string, atLeast int) []common.Address {
	one := rapid.Custom(func(t *rapid.T) common.Address { return drawAddress(t, "address") })
	return rapid.SliceOfN(one, atLeast, 8).Draw(t, label)
}

// drawPermission draws a permission that Normalize makes encodable.
func drawPermission(t *rapid.T) Permission {
	p := Permission{
		Signer:     drawAddress(t, "signer"),
		ValidAfter: rapid.Uint64Range(0, MaxTime-1).Draw(t, "validAfter"),
		Limit:      rapid.Uint64Range(0, MaxLimit).Draw(t, "limit"),
		Salt:       [8]byte(rapid.SliceOfN(rapid.Byte(), 8, 8).Draw(t, "salt")),
		FeeLimit:   new(big.Int).SetBytes(rapid.SliceOfN(rapid.Byte(), 0, 12).Draw(t, "feeLimit")),
		Sudo:       rapid.Bool().Draw(t, "sudo"),
		Paymasters: drawAddresses(t, "paymasters", 0),
	}
	p.ValidUntil = rapid.Uint64Range(p.ValidAfter+1, MaxTime).Draw(t, "validUntil")
	if p.Sudo {
		if rapid.Bool().Draw(t, "rate") {
			p.Rules = []Rule{drawRate(t)}
		}
		return p
	}
	p.Functions = rapid.SliceOfN(rapid.Custom(drawFunction), 0, 8).Draw(t, "functions")
	atLeast := 0
	if len(p.Functions) == 0 {
		atLeast = 1
	}
	p.Contracts = drawAddresses(t, "contracts", atLeast)
	p.Rules = drawRules(t, p)
	return p
}

func mustEncode(t rapid.TB, p Permission) []byte {
	t.Helper()
	packed, err := p.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return packed
}

func TestEncodeDecodeIdentity(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawPermission(t).Normalize()
		back, err := Decode(mustEncode(t, p))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(p, back, compare); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestEncodingIgnoresOrderAndRepetition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawPermission(t).Normalize()
		want := mustEncode(t, p)
		p.Contracts = rapid.Permutation(append(slices.Clone(p.Contracts), p.Contracts...)).Draw(t, "contracts again")
		p.Functions = rapid.Permutation(append(slices.Clone(p.Functions), p.Functions...)).Draw(t, "functions again")
		p.Paymasters = rapid.Permutation(append(slices.Clone(p.Paymasters), p.Paymasters...)).Draw(t, "paymasters again")
		if again := append(slices.Clone(p.Rules), p.Rules...); !slices.ContainsFunc(p.Rules, isRate) {
			p.Rules = rapid.Permutation(again).Draw(t, "rules again")
		}
		before := slices.Clone(p.Contracts)
		if got := mustEncode(t, p); !bytes.Equal(got, want) {
			t.Fatalf("got %x, want %x", got, want)
		}
		if !slices.Equal(before, p.Contracts) {
			t.Fatal("Encode has changed the caller's list")
		}
	})
}

// No byte is without meaning: whatever decodes has exactly one encoding.
func TestEverySingleByteMutationIsCanonicalOrRefused(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		packed := mustEncode(t, drawPermission(t).Normalize())
		delta := rapid.ByteRange(1, 255).Draw(t, "delta")
		for at := range packed {
			mutated := bytes.Clone(packed)
			mutated[at] ^= delta
			assertCanonicalOrRefused(t, mutated)
		}
		assertCanonicalOrRefused(t, packed[:len(packed)-1])
		assertCanonicalOrRefused(t, append(bytes.Clone(packed), 0))
	})
}

func FuzzDecode(f *testing.F) {
	p := Permission{Signer: common.Address{1}, ValidUntil: 1, Contracts: []common.Address{{2}}, Functions: []Function{{common.Address{3}, userop.Selector{4}}}}
	f.Add(mustEncode(f, p))
	f.Add(mustEncode(f, Permission{Signer: common.Address{1}, ValidUntil: MaxTime, Sudo: true, FeeLimit: MaxFeeLimit}))
	p.Rules = everyRule(p.Functions[0], common.Address{0xc})
	f.Add(mustEncode(f, p))
	f.Fuzz(func(t *testing.T, packed []byte) { assertCanonicalOrRefused(t, packed) })
}

func assertCanonicalOrRefused(t rapid.TB, packed []byte) {
	p, err := Decode(packed)
	var field *FieldError
	if err != nil {
		if !errors.As(err, &field) || field.Field == "" {
			t.Fatalf("%x: error names no field: %v", packed, err)
		}
		return
	}
	if got := mustEncode(t, p); !bytes.Equal(got, packed) {
		t.Fatalf("decoded %x, encoded %x", packed, got)
	}
}

func TestNormalizeAllowsNothingMore(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawPermission(t)
		n := p.Normalize()
		call := userop.Call{Target: drawAddress(t, "called"), Data: []byte{0xf0, rapid.ByteRange(0, 7).Draw(t, "selector"), 0, 0}}
		allowed := func(p Permission) bool { return p.Sudo || p.covers(call.Target) || p.grants(call) }
		if allowed(p) != allowed(n) {
			t.Fatalf("call %+v: %t before, %t after", call, allowed(p), allowed(n))
		}
		if again := n.Normalize(); !cmp.Equal(n, again, compare) {
			t.Fatal(cmp.Diff(n, again, compare))
		}
	})
}

func TestEncodeRefusals(t *testing.T) {
	t.Parallel()
	token := common.HexToAddress("0xAAAA")
	for _, c := range []struct {
		name   string
		change func(*Permission)
		field  string
		want   string
	}{
		{"signer type", func(p *Permission) { p.SignerType = 4 }, "signerType", "3 (webauthn), is 4"},
		{"no signer", func(p *Permission) { p.Signer = common.Address{} }, "signer", "zero address"},
		{"no end", func(p *Permission) { p.ValidUntil = 0 }, "validUntil", "greater than validAfter (0), is 0"},
		{"ends before start", func(p *Permission) { p.ValidAfter = 2000 }, "validUntil", "greater than validAfter (2000), is 1000"},
		{"ends at start", func(p *Permission) { p.ValidAfter = 1000 }, "validUntil", "greater than validAfter (1000), is 1000"},
		{"wide end", func(p *Permission) { p.ValidUntil = MaxTime + 1 }, "validUntil", "at most 2^48-1"},
		{"wide start", func(p *Permission) { p.ValidAfter = 1 << 63 }, "validAfter", "at most 2^48-1"},
		{"wide limit", func(p *Permission) { p.Limit = MaxLimit + 1 }, "limit", "at most 2^48-1, is 281474976710656"},
		{"wide fee limit", func(p *Permission) { p.FeeLimit = new(big.Int).Add(MaxFeeLimit, big.NewInt(1)) }, "feeLimit", "from 0 to 2^96-1 wei"},
		{"negative fee limit", func(p *Permission) { p.FeeLimit = big.NewInt(-5) }, "feeLimit", "is -5"},
		{"nothing granted", func(p *Permission) { p.Contracts = nil }, "contracts", "must have an entry"},
		{"sudo with contracts", func(p *Permission) { p.Sudo = true }, "sudo", "have 1 entries"},
		{"covered function", func(p *Permission) { p.Functions = []Function{{token, userop.Selector{1}}} }, "functions", "0x01000000 on 0x000000000000000000000000000000000000aaaa is covered"},
		{"too many", func(p *Permission) { p.Paymasters = manyAddresses(256) }, "paymasters", "at most 255 entries, has 256"},
	} {
		p := Permission{Signer: common.Address{1}, ValidUntil: 1000, Contracts: []common.Address{token}}
		c.change(&p)
		_, err := p.Encode()
		var field *FieldError
		if !errors.As(err, &field) || field.Field != c.field || !strings.Contains(field.Message, c.want) {
			t.Errorf("%s: got error %v, want %s: %q", c.name, err, c.field, c.want)
		}
	}
}

func manyAddresses(n int) []common.Address {
	out := make([]common.Address, n)
	for i := range out {
		out[i] = common.BigToAddress(big.NewInt(int64(i + 1)))
	}
	return out
}

func TestDecodeRefusals(t *testing.T) {
	t.Parallel()
	packed := mustEncode(t, Permission{
		Signer: common.Address{1}, ValidUntil: 1000,
		Contracts:  []common.Address{{2}, {3}},
		Functions:  []Function{{common.Address{4}, userop.Selector{1}}, {common.Address{4}, userop.Selector{2}}},
		Paymasters: []common.Address{{5}, {6}},
	})
	const contracts, functions, paymasters = 64, 64 + 2*20, 64 + 2*20 + 2*24
	for _, c := range []struct {
		name   string
		change func(b []byte) []byte
		field  string
		want   string
	}{
		{"empty", func([]byte) []byte { return nil }, "length", "at least 64 bytes, is 0"},
		{"version", func(b []byte) []byte { b[0] = 2; return b }, "version", "must be 1, is 2"},
		{"signer type", func(b []byte) []byte { b[1] = 4; return b }, "signerType", "is 4"},
		{"reserved flag", func(b []byte) []byte { b[28] = 4; return b }, "flags", "is 0x04"},
		{"rules follow, none does", func(b []byte) []byte { b[28] = 2; return b }, "rules", "at least one rule must follow"},
		{"sudo with lists", func(b []byte) []byte { b[28] = 1; return b }, "sudo", "have 4 entries"},
		{"one byte more", func(b []byte) []byte { return append(b, 0) }, "length", "must be 192 bytes by its list counts, is 193"},
		{"one byte less", func(b []byte) []byte { return b[:len(b)-1] }, "length", "is 191"},
		{"count", func(b []byte) []byte { b[31]++; return b }, "length", "must be 212 bytes"},
		{"equal contracts", func(b []byte) []byte { b[contracts+20] = 2; return b }, "contracts", "entry 1"},
		{"descending functions", func(b []byte) []byte { b[functions+20] = 9; return b }, "functions", "entry 1"},
		{"descending paymasters", func(b []byte) []byte { b[paymasters] = 9; return b }, "paymasters", "entry 1"},
		{"covered function", func(b []byte) []byte { b[functions], b[functions+24] = 3, 3; return b }, "functions", "covered by contracts"},
	} {
		_, err := Decode(c.change(bytes.Clone(packed)))
		var field *FieldError
		if !errors.As(err, &field) || field.Field != c.field || !strings.Contains(field.Message, c.want) {
			t.Errorf("%s: got error %v, want %s: %q", c.name, err, c.field, c.want)
		}
	}
}
