package userop

import (
	"bytes"
	"errors"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"pgregory.net/rapid"
)

var accountABI = mustABI(`[
	{"type":"function","name":"execute","inputs":[{"name":"target","type":"address"},{"name":"value","type":"uint256"},{"name":"data","type":"bytes"}]},
	{"type":"function","name":"executeBatch","inputs":[{"name":"calls","type":"tuple[]","components":[{"name":"target","type":"address"},{"name":"value","type":"uint256"},{"name":"data","type":"bytes"}]}]},
	{"type":"function","name":"registerSession","inputs":[{"name":"permission","type":"bytes"}]},
	{"type":"function","name":"createAccountWithNonce","inputs":[{"name":"owner","type":"address"},{"name":"nonce","type":"bytes32"},{"name":"initializeGuardian","type":"bool"}]},
	{"type":"function","name":"revokeSession","inputs":[{"name":"id","type":"bytes32"}]}]`)

func mustABI(text string) abi.ABI {
	parsed, err := abi.JSON(strings.NewReader(text))
	if err != nil {
		panic(err)
	}
	return parsed
}

func drawCall(t *rapid.T) Call {
	return Call{drawAddress(t, "target"), drawAmount(t, "value", 256), drawBytes(t, "data")}
}

func TestCallDataEqualsABIEncoding(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		calls := rapid.SliceOfN(rapid.Custom(drawCall), 1, 5).Draw(t, "calls")
		permission, id := drawBytes(t, "permission"), common.Hash(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "id"))

		execute, err := ExecuteCall(calls[0].Target, calls[0].Value, calls[0].Data)
		if err != nil {
			t.Fatal(err)
		}
		batch, err := ExecuteBatch(calls)
		if err != nil {
			t.Fatal(err)
		}
		assertPacked(t, execute, "execute", calls[0].Target, calls[0].Value, calls[0].Data)
		assertPacked(t, batch, "executeBatch", calls)
		assertPacked(t, RegisterSession(permission), "registerSession", permission)
		assertPacked(t, RevokeSession(id), "revokeSession", id)
		assertPacked(t, CreateAccount(calls[0].Target, id), "createAccountWithNonce", calls[0].Target, id, false)
	})
}

func assertPacked(t *rapid.T, got []byte, name string, args ...any) {
	want, err := accountABI.Pack(name, args...)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Fatalf("%s:\ngot  %x\nwant %x", name, got, want)
	}
}

func TestCallDataRefusesValuesBeyond256Bits(t *testing.T) {
	t.Parallel()
	for _, value := range []*big.Int{big.NewInt(-1), new(big.Int).Lsh(big.NewInt(1), 256)} {
		if _, err := ExecuteCall(common.Address{}, value, nil); err == nil || !strings.Contains(err.Error(), value.String()) {
			t.Errorf("execute with value %s: got error %v", value, err)
		}
		if _, err := ExecuteBatch([]Call{{}, {Value: value}}); err == nil || !strings.Contains(err.Error(), "call 1: value") {
			t.Errorf("executeBatch with value %s: got error %v", value, err)
		}
	}
}

func TestDecodeExecuteRefusals(t *testing.T) {
	t.Parallel()
	valid, err := ExecuteCall(common.HexToAddress("0x1234"), big.NewInt(5), []byte("0123456789"))
	if err != nil {
		t.Fatal(err)
	}
	set := func(at int, v byte) []byte {
		out := bytes.Clone(valid)
		out[at] = v
		return out
	}
	for _, c := range []struct {
		name     string
		callData []byte
		want     string
	}{
		{"empty", nil, "has 0 bytes"},
		{"no selector", valid[:3], "has 3 bytes"},
		{"short head", valid[:131], "a call takes at least 128 bytes, has 127"},
		{"dirty target", set(15, 1), "bits above an address"},
		{"other offset", set(99, 0x80), "offset of data must be 0x60"},
		{"wide offset", set(68, 1), "offset of data must be 0x60"},
		{"shorter length by a word", set(131, 0), "does not fill call data"},
		{"longer length", set(131, 33), "does not fill the 32 bytes"},
		{"length of 2^64-1", append(bytes.Clone(valid[:124]), append(bytes.Repeat([]byte{0xff}, 8), valid[132:]...)...), "does not fill the 32 bytes"},
		{"wide length", set(100, 1), "does not fill the 32 bytes"},
		{"trailing word", append(bytes.Clone(valid), make([]byte, 32)...), "does not fill call data"},
		{"trailing byte", append(bytes.Clone(valid), 0), "does not fill call data"},
	} {
		if _, err := DecodeExecute(c.callData); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got error %v, want %q", c.name, err, c.want)
		}
	}
	for _, other := range [][]byte{set(0, valid[0]^1), RevokeSession(common.Hash{})} {
		if _, err := DecodeExecute(other); !errors.Is(err, ErrNotExecute) {
			t.Errorf("%x: got error %v, want ErrNotExecute", other, err)
		}
	}
}

func FuzzDecodeExecute(f *testing.F) {
	seed, err := ExecuteCall(common.HexToAddress("0x1234"), big.NewInt(5), []byte("data"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Fuzz(func(t *testing.T, callData []byte) {
		call, err := DecodeExecute(callData)
		if err != nil {
			return
		}
		back, err := ExecuteCall(call.Target, call.Value, call.Data)
		if err != nil {
			t.Fatal(err)
		}
		padding := len(callData) - (4 + 4*wordSize + len(call.Data))
		if !bytes.Equal(back[:len(back)-padding], callData[:len(callData)-padding]) {
			t.Fatalf("decoded %x, encoded %x", callData, back)
		}
	})
}

func TestCallsAccount(t *testing.T) {
	t.Parallel()
	account, other := common.HexToAddress("0xa"), common.HexToAddress("0xb")
	encoded := func(b []byte, err error) []byte {
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for _, c := range []struct {
		name     string
		callData []byte
		want     bool
	}{
		{"execute on another contract", encoded(ExecuteCall(other, nil, nil)), false},
		{"execute on the account", encoded(ExecuteCall(account, nil, nil)), true},
		{"batch on other contracts", encoded(ExecuteBatch([]Call{{Target: other}, {Target: other}})), false},
		{"batch that reaches the account", encoded(ExecuteBatch([]Call{{Target: other}, {Target: account}})), true},
		{"empty batch", encoded(ExecuteBatch(nil)), true},
		{"register", RegisterSession(nil), true},
		{"nothing", nil, true},
		{"unreadable execute", ExecuteSelector[:], true},
	} {
		op := Operation{Sender: account, CallData: c.callData}
		if got := op.CallsAccount(); got != c.want {
			t.Errorf("%s: got %t, want %t", c.name, got, c.want)
		}
	}
}
