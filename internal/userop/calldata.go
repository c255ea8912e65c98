package userop

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
)

// Selector names a function in call data.
type Selector [4]byte

func (s Selector) String() string { return fmt.Sprintf("0x%x", s[:]) }

// Functions of LatchkeyAccount that operations call.
var (
	ExecuteSelector         = selectorOf("execute(address,uint256,bytes)")
	ExecuteBatchSelector    = selectorOf("executeBatch((address,uint256,bytes)[])")
	RegisterSessionSelector = selectorOf("registerSession(bytes)")
	RevokeSessionSelector   = selectorOf("revokeSession(bytes32)")
)

func selectorOf(signature string) Selector {
	return Selector(crypto.Keccak256([]byte(signature))[:4])
}

// Call is one call that an account makes. A nil Value is zero wei.
type Call struct {
	Target common.Address
	Value  *big.Int
	Data   []byte
}

// ErrNotExecute is answered for call data that names another function than
// the one, or ones, to be read.
var ErrNotExecute = errors.New("call data is not of execute or executeBatch")

const wordSize = 32

// ExecuteCall encodes execute(target, value, data). The value must fit 256
// bits.
func ExecuteCall(target common.Address, value *big.Int, data []byte) ([]byte, error) {
	args, err := Call{target, value, data}.encode()
	if err != nil {
		return nil, fmt.Errorf("encode execute: %w", err)
	}
	return append(ExecuteSelector[:], args...), nil
}

// ExecuteBatch encodes executeBatch(calls).
func ExecuteBatch(calls []Call) ([]byte, error) {
	heads := make([]byte, 0, wordSize*len(calls))
	var tails []byte
	for i, call := range calls {
		tail, err := call.encode()
		if err != nil {
			return nil, fmt.Errorf("encode executeBatch: call %d: %w", i, err)
		}
		heads = append(heads, word(uint64(wordSize*len(calls)+len(tails)))...)
		tails = append(tails, tail...)
	}
	out := append(ExecuteBatchSelector[:], word(wordSize)...)
	out = append(out, word(uint64(len(calls)))...)
	return append(append(out, heads...), tails...), nil
}

// RegisterSession encodes registerSession(permission); permission is packed.
func RegisterSession(permission []byte) []byte {
	out := append(RegisterSessionSelector[:], word(wordSize)...)
	return append(out, lengthAndBytes(permission)...)
}

// RevokeSession encodes revokeSession(id).
func RevokeSession(id common.Hash) []byte {
	return append(RevokeSessionSelector[:], id[:]...)
}

// CallsAccount reports whether the operation acts on the account itself: it
// calls another function than execute and executeBatch, or one of its calls
// goes to the account, or it cannot be read. Such an operation may change who
// may act, so it shares no bundle with other operations of its sender.
func (op *Operation) CallsAccount() bool {
	calls, err := DecodeCalls(op.CallData)
	return err != nil || slices.ContainsFunc(calls, func(c Call) bool { return c.Target == op.Sender })
}

// encode lays a call out as ABI arguments (address,uint256,bytes).
func (c Call) encode() ([]byte, error) {
	value := orZero(c.Value)
	if value.Sign() < 0 || value.BitLen() > 256 {
		return nil, fmt.Errorf("value must be from 0 to 2^256-1 wei, is %s", value)
	}
	out := common.LeftPadBytes(c.Target[:], wordSize)
	out = append(out, value.FillBytes(make([]byte, wordSize))...)
	out = append(out, word(3*wordSize)...)
	return append(out, lengthAndBytes(c.Data)...), nil
}

// DecodeCalls reads call data of execute or executeBatch, each as strictly as
// DecodeExecute and DecodeExecuteBatch do.
func DecodeCalls(callData []byte) ([]Call, error) {
	if len(callData) >= 4 && Selector(callData) == ExecuteBatchSelector {
		return DecodeExecuteBatch(callData)
	}
	call, err := DecodeExecute(callData)
	if err != nil {
		return nil, err
	}
	return []Call{call}, nil
}

// DecodeExecute reads call data of execute as strictly as LatchkeyAccount
// does in validation: clean upper bits, data at its only canonical place and
// nothing after it but the padding to a whole word, which reaches no one and
// may hold anything. The returned data aliases callData.
func DecodeExecute(callData []byte) (Call, error) {
	if len(callData) >= 4 && Selector(callData) != ExecuteSelector {
		return Call{}, ErrNotExecute
	}
	if len(callData) < 4 {
		return Call{}, fmt.Errorf("decode execute: call data has %d bytes, a selector takes 4", len(callData))
	}
	call, rest, err := decodeCall(callData[4:])
	if err != nil {
		return Call{}, fmt.Errorf("decode execute: %w", err)
	}
	if len(rest) > 0 {
		return Call{}, fmt.Errorf("decode execute: data of %d bytes does not fill call data of %d bytes exactly", len(call.Data), len(callData))
	}
	return call, nil
}

// DecodeExecuteBatch reads call data of executeBatch as strictly: at least
// one call, calls in their order without gaps, and nothing after the last.
func DecodeExecuteBatch(callData []byte) ([]Call, error) {
	if len(callData) >= 4 && Selector(callData) != ExecuteBatchSelector {
		return nil, ErrNotExecute
	}
	const head = 4 + 2*wordSize // selector, offset, number of calls
	if len(callData) < head {
		return nil, fmt.Errorf("decode executeBatch: call data has %d bytes, its head alone takes %d", len(callData), head)
	}
	if offset, ok := wordUint64(callData[4:36]); !ok || offset != wordSize {
		return nil, fmt.Errorf("decode executeBatch: offset of calls must be 0x20, is 0x%x", callData[4:36])
	}
	offsets := callData[head:]
	count, ok := wordUint64(callData[36:head])
	if !ok || count == 0 || count > uint64(len(offsets)/wordSize) {
		return nil, fmt.Errorf("decode executeBatch: call data of %d bytes cannot hold 0x%x calls", len(callData), callData[36:head])
	}
	calls, rest := make([]Call, count), offsets[count*wordSize:]
	for i := range calls {
		place, want := offsets[i*wordSize:(i+1)*wordSize], uint64(len(offsets)-len(rest))
		if offset, ok := wordUint64(place); !ok || offset != want {
			return nil, fmt.Errorf("decode executeBatch: offset of call %d must be 0x%x, is 0x%x", i, want, place)
		}
		var err error
		if calls[i], rest, err = decodeCall(rest); err != nil {
			return nil, fmt.Errorf("decode executeBatch: call %d: %w", i, err)
		}
	}
	if len(rest) > 0 {
		return nil, fmt.Errorf("decode executeBatch: %d bytes follow the last call", len(rest))
	}
	return calls, nil
}

// decodeCall reads ABI arguments (address,uint256,bytes) and answers what
// follows them. The call's data aliases encoded.
func decodeCall(encoded []byte) (call Call, rest []byte, err error) {
	const head = 4 * wordSize // target, value, offset, length
	if len(encoded) < head {
		return Call{}, nil, fmt.Errorf("a call takes at least %d bytes, has %d", head, len(encoded))
	}
	target, value, body := encoded[:32], encoded[32:64], encoded[head:]
	if !isZero(target[:12]) {
		return Call{}, nil, fmt.Errorf("target 0x%x has bits above an address", target)
	}
	if offset, ok := wordUint64(encoded[64:96]); !ok || offset != 3*wordSize {
		return Call{}, nil, fmt.Errorf("offset of data must be 0x60, is 0x%x", encoded[64:96])
	}
	length, ok := wordUint64(encoded[96:head])
	if !ok || length > uint64(len(body)) || padded(length) > uint64(len(body)) {
		return Call{}, nil, fmt.Errorf("data of 0x%x bytes does not fill the %d bytes that are left for it", encoded[96:head], len(body))
	}
	return Call{
		Target: common.BytesToAddress(target),
		Value:  new(big.Int).SetBytes(value),
		Data:   body[:length],
	}, body[padded(length):], nil
}

func lengthAndBytes(b []byte) []byte {
	out := make([]byte, wordSize+padded(uint64(len(b))))
	copy(out, word(uint64(len(b))))
	copy(out[wordSize:], b)
	return out
}

func word(v uint64) []byte {
	out := make([]byte, wordSize)
	binary.BigEndian.PutUint64(out[wordSize-8:], v)
	return out
}

// wordUint64 reads a word; ok is false when it is wider than 64 bits.
func wordUint64(w []byte) (v uint64, ok bool) {
	return binary.BigEndian.Uint64(w[wordSize-8:]), isZero(w[:wordSize-8])
}

// padded rounds a length up to whole words. Lengths near 2^64 must have been
// refused before.
func padded(n uint64) uint64 { return (n + wordSize - 1) / wordSize * wordSize }

func isZero(b []byte) bool {
	for _, v := range b {
		if v != 0 {
			return false
		}
	}
	return true
}
