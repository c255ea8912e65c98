package contract

import (
	"reflect"
	"slices"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
)

// Decoded is a call or a log in words.
type Decoded struct {
	Name string // of the function or event
	Args []Argument
	// Guessed says that the contract's own ABI is not known, and that this is how
	// a token's standard reads it.
	Guessed bool
}

// Argument is one value of a call or a log, ready for JSON as Decode says. An
// indexed value of dynamic size is known by its hash only.
type Argument struct {
	Name   string // "" when the ABI gives none
	Type   string
	Value  any
	Hashed bool
}

// With answers a book that knows another contract too, after all others.
func (b Book) With(c Contract) Book {
	more := Book{names: map[common.Address]string{}, abis: map[common.Address][]abi.ABI{}}
	for address, name := range b.names {
		more.names[address] = name
	}
	for address, known := range b.abis {
		more.abis[address] = slices.Clip(known)
	}
	more.add(c)
	return more
}

// Call reads call data to an address; false when no ABI tells, or when the data
// is not what the ABI says.
func (b Book) Call(to common.Address, data []byte) (Decoded, bool) {
	if len(data) < 4 {
		return Decoded{}, false
	}
	for _, known := range b.abis[to] {
		if d, ok := readCall(known, data); ok {
			return d, true
		}
	}
	d, ok := readCall(tokenStandards, data)
	d.Guessed = ok
	return d, ok
}

func readCall(known abi.ABI, data []byte) (Decoded, bool) {
	m, err := known.MethodById(data[:4])
	if err != nil {
		return Decoded{}, false
	}
	values, err := m.Inputs.Unpack(data[4:])
	if err != nil {
		return Decoded{}, false
	}
	d := Decoded{Name: m.RawName}
	for i, in := range m.Inputs {
		d.Args = append(d.Args, Argument{Name: in.Name, Type: in.Type.String(), Value: plain(in.Type, reflect.ValueOf(values[i]))})
	}
	return d, true
}

// Log reads an event; false when no ABI tells.
func (b Book) Log(l *types.Log) (Decoded, bool) {
	if len(l.Topics) == 0 {
		return Decoded{}, false
	}
	for _, known := range b.abis[l.Address] {
		if d, ok := readLog(known, l); ok {
			return d, true
		}
	}
	d, ok := readLog(tokenStandards, l)
	d.Guessed = ok
	return d, ok
}

// readLog tries every event with the topic: ERC-20 and ERC-721 share that of
// Transfer, and differ in what is indexed.
func readLog(known abi.ABI, l *types.Log) (Decoded, bool) {
	for _, e := range known.Events {
		if e.ID != l.Topics[0] || indexed(e) != len(l.Topics)-1 {
			continue
		}
		if d, ok := readEvent(e, l); ok {
			return d, true
		}
	}
	return Decoded{}, false
}

func indexed(e abi.Event) int {
	n := 0
	for _, in := range e.Inputs {
		if in.Indexed {
			n++
		}
	}
	return n
}

func readEvent(e abi.Event, l *types.Log) (Decoded, bool) {
	values, err := e.Inputs.NonIndexed().Unpack(l.Data)
	if err != nil {
		return Decoded{}, false
	}
	d, topics := Decoded{Name: e.RawName}, l.Topics[1:]
	for _, in := range e.Inputs {
		a := Argument{Name: in.Name, Type: in.Type.String()}
		if in.Indexed {
			a.Value, a.Hashed = topic(in.Type, topics[0])
			topics = topics[1:]
		} else {
			a.Value = plain(in.Type, reflect.ValueOf(values[0]))
			values = values[1:]
		}
		d.Args = append(d.Args, a)
	}
	return d, true
}

// topic reads an indexed value. Values of more than a word are there as their
// hash.
func topic(t abi.Type, word common.Hash) (v any, hashed bool) {
	switch t.T {
	case abi.StringTy, abi.BytesTy, abi.SliceTy, abi.ArrayTy, abi.TupleTy:
		return word.Hex(), true
	}
	values, err := abi.Arguments{{Type: t}}.Unpack(word[:])
	if err != nil {
		return hexutil.Encode(word[:]), false
	}
	return plain(t, reflect.ValueOf(values[0])), false
}
