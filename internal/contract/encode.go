package contract

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"regexp"
	"strings"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

// Encode answers the call data for a function of c, named by its name or, when
// it is overloaded, by its full signature. args are JSON values: integers as
// json.Number or as strings (decimal, or 0x hex), bytes as 0x hex, lists for
// arrays, lists or objects for tuples. Faults are about functionName or
// functionArgs.
func Encode(c Contract, function string, args []any) ([]byte, error) {
	_, data, err := encode(c, function, args)
	return data, err
}

func encode(c Contract, function string, args []any) (abi.Method, []byte, error) {
	m, err := method(c, function)
	if err != nil {
		return m, nil, err
	}
	if len(args) != len(m.Inputs) {
		return m, nil, fault.Field("functionArgs", nil, "%s takes %d arguments, %d were given", m.Sig, len(m.Inputs), len(args))
	}
	values := make([]any, len(args))
	for i, in := range m.Inputs {
		p := place{path: fmt.Sprintf("functionArgs[%d]", i), name: in.Name, in: m.Sig}
		v, err := p.value(in.Type, args[i])
		if err != nil {
			return m, nil, err
		}
		values[i] = v.Interface()
	}
	packed, err := m.Inputs.Pack(values...)
	if err != nil {
		return m, nil, fmt.Errorf("encode call of %s: %w", m.Sig, err)
	}
	return m, append(m.ID[:4:4], packed...), nil
}

// place is where an argument stands, for messages.
type place struct {
	path string // functionArgs[1][0]
	name string // of the parameter, "" when the ABI gives none
	in   string // signature of the function
}

func (p place) refuse(t abi.Type, v any, format string, args ...any) error {
	parameter := t.String()
	if p.name != "" {
		parameter += " " + p.name
	}
	return fault.Field(p.path, v, "%s (%s of %s)", fmt.Sprintf(format, args...), parameter, p.in)
}

// value makes of the JSON value v exactly the Go value that the ABI library
// wants for type t.
func (p place) value(t abi.Type, v any) (reflect.Value, error) {
	switch t.T {
	case abi.UintTy, abi.IntTy:
		return p.integer(t, v)
	case abi.BoolTy:
		return p.boolean(t, v)
	case abi.StringTy:
		if s, ok := v.(string); ok {
			return reflect.ValueOf(s), nil
		}
		return reflect.Value{}, p.refuse(t, v, "must be a string, is %s", kind(v))
	case abi.AddressTy:
		return p.address(t, v)
	case abi.BytesTy:
		b, err := p.hex(t, v)
		return reflect.ValueOf(b), err
	case abi.FixedBytesTy, abi.FunctionTy:
		return p.fixedBytes(t, v)
	case abi.SliceTy, abi.ArrayTy:
		return p.list(t, v)
	case abi.TupleTy:
		return p.tuple(t, v)
	default:
		return reflect.Value{}, p.refuse(t, v, "this type cannot be encoded")
	}
}

// integerForm leaves out fractions and exponents, and hex without digits.
var integerForm = regexp.MustCompile(`^(-?[0-9]+|0[xX][0-9a-fA-F]+)$`)

func (p place) integer(t abi.Type, v any) (reflect.Value, error) {
	var text string
	switch v := v.(type) {
	case json.Number:
		text = v.String()
	case string:
		text = v
	default:
		return reflect.Value{}, p.refuse(t, v, "must be an integer, as a number or a string, is %s", kind(v))
	}
	// 2^256 has 78 digits; longer ones cost time that grows with their square.
	if !integerForm.MatchString(text) || len(text) > 100 {
		return reflect.Value{}, p.refuse(t, v, "must be an integer in decimal or 0x hex")
	}
	base := 10
	if digits, ok := strings.CutPrefix(strings.ToLower(text), "0x"); ok {
		text, base = digits, 16
	}
	n, _ := new(big.Int).SetString(text, base)
	low, high := bounds(t)
	if n.Cmp(low) < 0 || n.Cmp(high) > 0 {
		return reflect.Value{}, p.refuse(t, v, "must be from %s to %s", low, high)
	}
	out := reflect.New(t.GetType()).Elem()
	switch {
	case out.Kind() == reflect.Pointer:
		out.Set(reflect.ValueOf(n))
	case t.T == abi.UintTy:
		out.SetUint(n.Uint64())
	default:
		out.SetInt(n.Int64())
	}
	return out, nil
}

// bounds answers the least and the greatest integer of type t.
func bounds(t abi.Type) (low, high *big.Int) {
	one := big.NewInt(1)
	if t.T == abi.UintTy {
		high = new(big.Int).Lsh(one, uint(t.Size))
		return new(big.Int), high.Sub(high, one)
	}
	high = new(big.Int).Lsh(one, uint(t.Size-1))
	low = new(big.Int).Neg(high)
	return low, high.Sub(high, one)
}

// boolean takes the words too: forms and queries carry nothing else.
func (p place) boolean(t abi.Type, v any) (reflect.Value, error) {
	switch v {
	case true, "true":
		return reflect.ValueOf(true), nil
	case false, "false":
		return reflect.ValueOf(false), nil
	}
	return reflect.Value{}, p.refuse(t, v, "must be true or false, is %s", kind(v))
}

func (p place) address(t abi.Type, v any) (reflect.Value, error) {
	s, ok := v.(string)
	digits, prefixed := strings.CutPrefix(s, "0x")
	if !ok || !prefixed || len(digits) != 40 || !common.IsHexAddress(s) {
		return reflect.Value{}, p.refuse(t, v, "must be an address, 0x and 40 hex digits")
	}
	a := common.HexToAddress(s)
	mixed := digits != strings.ToLower(digits) && digits != strings.ToUpper(digits)
	if mixed && a.Hex() != s {
		return reflect.Value{}, p.refuse(t, v, "has a wrong checksum, with the right one it is %s", a.Hex())
	}
	return reflect.ValueOf(a), nil
}

func (p place) hex(t abi.Type, v any) ([]byte, error) {
	s, ok := v.(string)
	digits, prefixed := strings.CutPrefix(s, "0x")
	if !ok || !prefixed {
		return nil, p.refuse(t, v, "must be bytes in hex, starting with 0x")
	}
	b, err := hex.DecodeString(digits)
	if err != nil {
		return nil, p.refuse(t, v, "must be bytes in hex: %v", err)
	}
	return b, nil
}

func (p place) fixedBytes(t abi.Type, v any) (reflect.Value, error) {
	b, err := p.hex(t, v)
	if err != nil {
		return reflect.Value{}, err
	}
	out := reflect.New(t.GetType()).Elem()
	if len(b) != out.Len() {
		return reflect.Value{}, p.refuse(t, v, "must be %d bytes, is %d", out.Len(), len(b))
	}
	reflect.Copy(out, reflect.ValueOf(b))
	return out, nil
}

func (p place) list(t abi.Type, v any) (reflect.Value, error) {
	v = unquote(v)
	elements, ok := v.([]any)
	if !ok {
		return reflect.Value{}, p.refuse(t, v, "must be a list, is %s", kind(v))
	}
	if t.T == abi.ArrayTy && len(elements) != t.Size {
		return reflect.Value{}, p.refuse(t, nil, "must have %d elements, has %d", t.Size, len(elements))
	}
	out := reflect.New(t.GetType()).Elem()
	if t.T == abi.SliceTy {
		out.Set(reflect.MakeSlice(t.GetType(), len(elements), len(elements)))
	}
	for i, e := range elements {
		at := place{path: fmt.Sprintf("%s[%d]", p.path, i), name: p.name, in: p.in}
		item, err := at.value(*t.Elem, e)
		if err != nil {
			return reflect.Value{}, err
		}
		out.Index(i).Set(item)
	}
	return out, nil
}

func (p place) tuple(t abi.Type, v any) (reflect.Value, error) {
	v = unquote(v)
	out := reflect.New(t.GetType()).Elem()
	set := func(i int, at string, field any) error {
		item, err := place{path: p.path + at, name: t.TupleRawNames[i], in: p.in}.value(*t.TupleElems[i], field)
		if err == nil {
			out.Field(i).Set(item)
		}
		return err
	}
	switch v := v.(type) {
	case []any:
		if len(v) != len(t.TupleElems) {
			return out, p.refuse(t, nil, "must have %d elements, has %d", len(t.TupleElems), len(v))
		}
		for i, field := range v {
			if err := set(i, fmt.Sprintf("[%d]", i), field); err != nil {
				return out, err
			}
		}
		return out, nil
	case map[string]any:
		for i, name := range t.TupleRawNames {
			field, ok := v[name]
			if !ok {
				return out, p.refuse(t, nil, "lacks the member %q", name)
			}
			if err := set(i, "."+name, field); err != nil {
				return out, err
			}
		}
		if len(v) > len(t.TupleRawNames) {
			return out, p.refuse(t, nil, "has members beside %s", strings.Join(t.TupleRawNames, ", "))
		}
		return out, nil
	default:
		return out, p.refuse(t, v, "must be a list or an object, is %s", kind(v))
	}
}

// unquote reads a list or an object that came as a JSON string, which is how
// they travel in forms and queries. Other values are answered as they are.
func unquote(v any) any {
	s, ok := v.(string)
	if !ok {
		return v
	}
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	var inner any
	if d.Decode(&inner) != nil || d.More() {
		return v
	}
	switch inner.(type) {
	case []any, map[string]any:
		return inner
	}
	return v
}

// kind names the JSON type of v.
func kind(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case string:
		return "a string"
	case json.Number, float64:
		return "a number"
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	}
	return fmt.Sprintf("%T", v)
}
