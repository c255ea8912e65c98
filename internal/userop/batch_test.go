package userop

import (
	"bytes"
	"errors"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var sameCalls = cmp.Options{
	cmp.Comparer(func(a, b *big.Int) bool { return orZero(a).Cmp(orZero(b)) == 0 }),
	cmp.Comparer(bytes.Equal),
}

func TestDecodeCallsReadsWhatIsEncoded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		calls := rapid.SliceOfN(rapid.Custom(drawCall), 1, 5).Draw(t, "calls")
		batch, err := ExecuteBatch(calls)
		if err != nil {
			t.Fatal(err)
		}
		single, err := ExecuteCall(calls[0].Target, calls[0].Value, calls[0].Data)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			callData []byte
			want     []Call
		}{{batch, calls}, {single, calls[:1]}} {
			got, err := DecodeCalls(c.callData)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got, sameCalls); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}

func TestDecodeExecuteBatchRefusals(t *testing.T) {
	t.Parallel()
	valid, err := ExecuteBatch([]Call{{Target: common.Address{1}, Data: []byte("0123456789")}, {Target: common.Address{2}}})
	if err != nil {
		t.Fatal(err)
	}
	// 4: offset, 36: count, 68 and 100: offsets, 132: the first call, 132+160: the second.
	const offset, count, offsets, first = 4, 36, 68, 132
	set := func(at int, v byte) []byte {
		out := bytes.Clone(valid)
		out[at] = v
		return out
	}
	empty, err := ExecuteBatch(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name     string
		callData []byte
		want     string
	}{
		{"no selector", valid[:3], "has 3 bytes"},
		{"short head", valid[:67], "has 67 bytes, its head alone takes 68"},
		{"no call", empty, "cannot hold 0x00"},
		{"other offset", set(offset+31, 0x40), "offset of calls must be 0x20"},
		{"wide offset", set(offset, 1), "offset of calls must be 0x20"},
		{"one call more", set(count+31, 3), "offset of call 0 must be 0x60"},
		{"one call less", set(count+31, 1), "offset of call 0 must be 0x20"},
		{"too many calls", set(count+30, 1), "cannot hold 0x00"},
		{"wide count", set(count, 1), "cannot hold 0x01"},
		{"gap", set(offsets+31, 0x60), "offset of call 0 must be 0x40, is 0x00"},
		{"the same call twice", set(offsets+63, 0x40), "offset of call 1 must be 0xe0, is 0x00"},
		{"wide offset of a call", set(offsets, 1), "offset of call 0"},
		{"dirty target", set(first, 1), "call 0: target 0x01"},
		{"data elsewhere", set(first+95, 0x80), "call 0: offset of data must be 0x60"},
		{"longer data", set(first+127, 33), "call 1 must be 0x100"},
		{"data beyond the end", set(first+126, 0xff), "call 0: data of 0x00"},
		{"trailing word", append(bytes.Clone(valid), make([]byte, 32)...), "32 bytes follow the last call"},
		{"trailing byte", append(bytes.Clone(valid), 0), "1 bytes follow the last call"},
		{"cut", valid[:len(valid)-1], "call 1: a call takes at least 128 bytes, has 127"},
	} {
		if _, err := DecodeExecuteBatch(c.callData); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got error %v, want %q", c.name, err, c.want)
		}
	}
	for _, other := range [][]byte{set(0, valid[0]^1), RevokeSession(common.Hash{})} {
		if _, err := DecodeCalls(other); !errors.Is(err, ErrNotExecute) {
			t.Errorf("%x: got error %v, want ErrNotExecute", other, err)
		}
	}
	padding := set(first+160-1, 0xff)
	if _, err := DecodeExecuteBatch(padding); err != nil {
		t.Errorf("padding reaches no one, but: %v", err)
	}
}

func FuzzDecodeExecuteBatch(f *testing.F) {
	seed, err := ExecuteBatch([]Call{{Target: common.Address{1}, Data: []byte("data")}, {Value: big.NewInt(5)}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Fuzz(func(t *testing.T, callData []byte) {
		calls, err := DecodeExecuteBatch(callData)
		if err != nil {
			return
		}
		back, err := ExecuteBatch(calls)
		if err != nil {
			t.Fatal(err)
		}
		if len(back) != len(callData) {
			t.Fatalf("decoded %x, encoded %x", callData, back)
		}
		again, err := DecodeExecuteBatch(back)
		if err != nil || !cmp.Equal(calls, again, sameCalls) {
			t.Fatalf("decoded %v, then %v (%v)", calls, again, err)
		}
	})
}
