package userop

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
)

// Selector names a function in call data.
type Selector [4]byte

func (s Selector) String() string { return fmt.Sprintf("0x%x", s[:]) }

// Functions of LatchkeyAccount that operations call.
var (
	ExecuteSelector           = selectorOf("execute(address,uint256,bytes)")
	ExecuteBatchSelector      = selectorOf("executeBatch((address,uint256,bytes)[])")
	RegisterSessionSelector   = selectorOf("registerSession(bytes)")
	RevokeSessionSelector     = selectorOf("revokeSession(bytes32)")
	RevokeAllSessionsSelector = selectorOf("revokeAllSessions()")
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

// ErrNotExecute is answered by DecodeExecute for call data that names another
// function.
var ErrNotExecute = errors.New("call data is not of execute(address,uint256,bytes)")

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
// calls another function than execute, or executes a call to the account, or
// cannot be read. Such an operation may change who may act, so it shares no
// bundle with other operations of its sender.
func (op *Operation) CallsAccount() bool {
	call, err := DecodeExecute(op.CallData)
	return err != nil || call.Target == op.Sender
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

// DecodeExecute reads call data of execute as strictly as LatchkeyAccount
// does in validation: clean upper bits, data at its only canonical place and
// nothing after it but the padding to a whole word, which reaches no one and
// may hold anything. The returned data aliases callData.
func DecodeExecute(callData []byte) (Call, error) {
	const head = 4 + 4*wordSize // selector, target, value, offset, length
	if len(callData) >= 4 && Selector(callData) != ExecuteSelector {
		return Call{}, ErrNotExecute
	}
	if len(callData) < head {
		return Call{}, fmt.Errorf("decode execute: call data has %d bytes, its head alone takes %d", len(callData), head)
	}
	target, value := callData[4:36], callData[36:68]
	if !isZero(target[:12]) {
		return Call{}, fmt.Errorf("decode execute: target 0x%x has bits above an address", target)
	}
	if offset, ok := wordUint64(callData[68:100]); !ok || offset != 3*wordSize {
		return Call{}, fmt.Errorf("decode execute: offset of data must be 0x60, is 0x%x", callData[68:100])
	}
	length, ok := wordUint64(callData[100:132])
	if !ok || length > uint64(len(callData)) || uint64(len(callData)) != head+padded(length) {
		return Call{}, fmt.Errorf("decode execute: data of 0x%x bytes does not fill call data of %d bytes exactly", callData[100:132], len(callData))
	}
	return Call{
		Target: common.BytesToAddress(target),
		Value:  new(big.Int).SetBytes(value),
		Data:   callData[head : head+length],
	}, nil
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
