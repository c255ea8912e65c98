package words_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/permission/words"
)

// Places in the packed format, see docs/permission-format.md.
const (
	fixedLength = 64
	signerEnd   = 22 // version, kind and address of the key
	saltStart   = 44
	saltEnd     = 52
)

// packed is a permission with two functions, one paymaster and one rule, none
// of whose fields is zero.
func packed(kind byte, body []byte) []byte {
	head := make([]byte, fixedLength, fixedLength+300)
	head[0] = 1
	copy(head[2:signerEnd], bytes.Repeat([]byte{0x77}, 20))
	put48(head[22:], friday)
	head[28], head[30], head[31] = 2, 2, 1
	put48(head[32:], 60)
	put48(head[38:], 1000)
	head[63] = 9
	for _, last := range []byte{1, 2} {
		head = append(head, bytes.Repeat([]byte{last}, 24)...)
	}
	head = append(head, bytes.Repeat([]byte{0x33}, 20)...)
	return append(append(head, 1, kind, byte(len(body))), body...)
}

func put48(b []byte, v uint64) {
	var all [8]byte
	binary.BigEndian.PutUint64(all[:], v)
	copy(b, all[2:])
}

// known are packed permissions with one rule each, of every kind that the
// format has: whatever the decoder takes. A new kind is found without a change
// here, and fails until it has words.
func known() map[byte][][]byte {
	out := map[byte][][]byte{}
	for kind := range 256 {
		for size := range 256 {
			p := packed(byte(kind), bytes.Repeat([]byte{1}, size))
			if _, err := permission.Decode(p); err == nil {
				out[byte(kind)] = append(out[byte(kind)], p)
			}
		}
	}
	const argument = 0x31 // which has a form for each op
	for op := permission.Equal; op <= permission.Mask; op++ {
		for operands := 1; operands <= 7; operands++ {
			body := []byte{1, 1, byte(op)}
			for i := range operands {
				word := bytes.Repeat([]byte{1}, 32)
				if word[0] = byte(1 + 2*i); op == permission.Mask {
					word[0] = byte(7 >> i)
				}
				body = append(body, word...)
			}
			p := packed(argument, body)
			if _, err := permission.Decode(p); err == nil {
				out[argument] = append(out[argument], p)
			}
		}
	}
	return out
}

// sameNames calls everything the same, as a stranger would who wants one thing
// to be taken for another.
var sameNames = words.Names{
	Contract: func(common.Address) string { return "Game Items" },
	Token:    func(common.Address) (string, int) { return "USDC", 6 },
}

// Whatever byte of a permission changes, but the key's and the salt's: the
// words change too, so that nothing is left out and no bound looks like another.
func TestDescribe_saysEveryBound(t *testing.T) {
	t.Parallel()
	kinds := known()
	if len(kinds) < 14 {
		t.Fatalf("found %d kinds of rules, want at least 14", len(kinds))
	}
	checked := 0
	for _, forms := range kinds {
		for _, original := range forms {
			for i := signerEnd; i < len(original); i++ {
				if i >= saltStart && i < saltEnd {
					continue
				}
				for _, value := range []byte{0, 1, 2, 3, 4, 5, 6, 7, original[i] + 1, original[i] ^ 0x80, 0xff} {
					other := bytes.Clone(original)
					other[i] = value
					if !bytes.Equal(other, original) && sayDifferent(t, original, other) {
						checked++
					}
				}
			}
		}
	}
	if checked < 10_000 {
		t.Errorf("compared %d pairs, which is not every byte", checked)
	}
}

// sayDifferent reports whether there was something to compare.
func sayDifferent(t *testing.T, a, b []byte) bool {
	t.Helper()
	first, err := permission.Decode(a)
	if err != nil {
		return false
	}
	second, err := permission.Decode(b)
	if err != nil {
		return false
	}
	if text := words.Describe(first, sameNames).String(); text == words.Describe(second, sameNames).String() {
		t.Errorf("%x\n%x\nare both %q", a, b, text)
	}
	return true
}

// terms are the packed bytes without what says whose permission it is.
func terms(p permission.Permission) ([]byte, error) {
	p.SignerType, p.Signer, p.Salt = 0, common.Address{1}, [8]byte{}
	return p.Encode()
}

func FuzzDescribe(f *testing.F) {
	for _, forms := range known() {
		f.Add(forms[0], forms[len(forms)-1])
	}
	f.Fuzz(func(t *testing.T, a, b []byte) {
		first, err := permission.Decode(a)
		if err != nil {
			return
		}
		second, err := permission.Decode(b)
		if err != nil {
			return
		}
		if p, err := terms(first); err == nil {
			if q, err := terms(second); err == nil && bytes.Equal(p, q) {
				return
			}
		}
		sayDifferent(t, a, b)
	})
}
