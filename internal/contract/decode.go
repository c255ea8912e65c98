package contract

import (
	"fmt"
	"math/big"
	"reflect"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
)

// decode answers what a function returned, ready for JSON: nil for nothing, the
// value itself for one, a list for several. Integers are decimal strings
// whatever their size, addresses carry their checksum, bytes are hex, tuples are
// objects.
func decode(m abi.Method, data []byte) (any, error) {
	values, err := m.Outputs.Unpack(data)
	if err != nil {
		return nil, fmt.Errorf("decode what %s returned (%d bytes): %w", m.Sig, len(data), err)
	}
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = plain(m.Outputs[i].Type, reflect.ValueOf(v))
	}
	switch len(out) {
	case 0:
		return nil, nil
	case 1:
		return out[0], nil
	default:
		return out, nil
	}
}

func plain(t abi.Type, v reflect.Value) any {
	switch t.T {
	case abi.UintTy, abi.IntTy:
		if n, ok := v.Interface().(*big.Int); ok {
			return n.String()
		}
		return fmt.Sprint(v.Interface())
	case abi.AddressTy:
		return v.Interface().(common.Address).Hex()
	case abi.BytesTy:
		return hexutil.Encode(v.Bytes())
	case abi.FixedBytesTy, abi.FunctionTy:
		b := make([]byte, v.Len())
		reflect.Copy(reflect.ValueOf(b), v)
		return hexutil.Encode(b)
	case abi.SliceTy, abi.ArrayTy:
		list := make([]any, v.Len())
		for i := range list {
			list[i] = plain(*t.Elem, v.Index(i))
		}
		return list
	case abi.TupleTy:
		return plainTuple(t, v)
	default: // bool, string
		return v.Interface()
	}
}

func plainTuple(t abi.Type, v reflect.Value) any {
	object := make(map[string]any, len(t.TupleElems))
	for i, e := range t.TupleElems {
		object[t.TupleRawNames[i]] = plain(*e, v.Field(i))
	}
	return object
}
