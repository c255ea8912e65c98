package httpapi

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

// maxInteger is the greatest integer that JSON numbers hold exactly in every
// client, 2^53-1.
const maxInteger = 1<<53 - 1

// bind fills dst, a pointer to a request type, from a decoded JSON object.
// Text is accepted where a number or a boolean is expected, and one value
// where a list is; null means left out. Unknown fields are dropped, except in
// fields tagged bind:"closed", where they are refused. Errors name the path of
// the field and what was sent.
func bind(dst any, tree map[string]any) error {
	return bindStruct(reflect.ValueOf(dst).Elem(), tree, "", false)
}

func bindStruct(v reflect.Value, tree map[string]any, path string, closed bool) error {
	t := v.Type()
	known := make(map[string]bool, t.NumField())
	for i := range t.NumField() {
		name, options, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		known[name] = true
		in := tree[name]
		if in == nil {
			if options != "omitempty" {
				return fault.Field(join(path, name), nil, "is required")
			}
			continue
		}
		deep := closed || t.Field(i).Tag.Get("bind") == "closed"
		if err := bindValue(v.Field(i), in, join(path, name), deep); err != nil {
			return err
		}
	}
	if closed {
		return refuseUnknown(tree, known, path)
	}
	return nil
}

func refuseUnknown(tree map[string]any, known map[string]bool, path string) error {
	for _, key := range sortedKeys(tree) {
		if !known[key] {
			return fault.Field(join(path, clip(key)), nil, "is not offered here; a limit that is ignored would grant more than was asked")
		}
	}
	return nil
}

// unknownField answers a field of the body that request type T does not have,
// "" when there is none.
func unknownField[T any](tree map[string]any) string {
	t := reflect.TypeFor[T]()
	known := make(map[string]bool, t.NumField())
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		known[name] = true
	}
	for _, key := range sortedKeys(tree) {
		if !known[key] {
			return clip(key)
		}
	}
	return ""
}

var rawMessage = reflect.TypeFor[json.RawMessage]()

func bindValue(v reflect.Value, in any, path string, closed bool) error {
	if v.Type() == rawMessage {
		return bindRaw(v, in, path)
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return bindValue(v.Elem(), in, path, closed)
	case reflect.Interface:
		v.Set(reflect.ValueOf(in))
		return nil
	case reflect.String:
		return bindString(v, in, path)
	case reflect.Bool:
		return bindBool(v, in, path)
	case reflect.Int, reflect.Int64:
		n, err := integer(in, path, -maxInteger)
		v.SetInt(n)
		return err
	case reflect.Uint64:
		n, err := integer(in, path, 0)
		v.SetUint(uint64(n))
		return err
	case reflect.Slice:
		return bindSlice(v, in, path, closed)
	case reflect.Struct:
		tree, ok := in.(map[string]any)
		if !ok {
			return typeFault(path, in, "an object")
		}
		return bindStruct(v, tree, path, closed)
	default:
		return fmt.Errorf("bind %s: no rule for a field of type %s", path, v.Type())
	}
}

// bindRaw keeps any JSON. A form holds it as text.
func bindRaw(v reflect.Value, in any, path string) error {
	if text, ok := in.(string); ok && looksLikeJSON(text) {
		in = json.RawMessage(text)
	}
	raw, err := json.Marshal(in)
	if err != nil || !readable(raw) {
		return fault.Field(path, nil, "has a number that is too great for other programs; send it as a string")
	}
	v.SetBytes(raw)
	return nil
}

// readable reports whether every number of a JSON text is one that JSON
// parsers can hold.
func readable(raw []byte) bool {
	var plain any
	return json.Unmarshal(raw, &plain) == nil
}

func looksLikeJSON(text string) bool {
	text = strings.TrimSpace(text)
	return (strings.HasPrefix(text, "[") || strings.HasPrefix(text, "{")) && json.Valid([]byte(text))
}

func bindString(v reflect.Value, in any, path string) error {
	s, ok := in.(string)
	if !ok {
		return typeFault(path, in, "a string")
	}
	v.SetString(s)
	return nil
}

func bindBool(v reflect.Value, in any, path string) error {
	switch in := in.(type) {
	case bool:
		v.SetBool(in)
		return nil
	case string:
		if s := strings.TrimSpace(in); s == "true" || s == "false" {
			v.SetBool(s == "true")
			return nil
		}
	}
	return typeFault(path, in, "true or false")
}

func bindSlice(v reflect.Value, in any, path string, closed bool) error {
	list, ok := in.([]any)
	if !ok {
		list = []any{in}
	}
	out := reflect.MakeSlice(v.Type(), len(list), len(list))
	for i, e := range list {
		item := path + "[" + strconv.Itoa(i) + "]"
		if e == nil {
			return fault.Field(item, nil, "must not be null")
		}
		if err := bindValue(out.Index(i), e, item, closed); err != nil {
			return err
		}
	}
	v.Set(out)
	return nil
}

// integer reads a number from least to maxInteger.
func integer(in any, path string, least int64) (int64, error) {
	var text string
	switch in := in.(type) {
	case json.Number:
		text = in.String()
	case string:
		text = strings.TrimSpace(in)
	default:
		return 0, typeFault(path, in, "an integer")
	}
	n, ok := parseInteger(text)
	if !ok {
		return 0, typeFault(path, in, "an integer")
	}
	if n < least || n > maxInteger {
		return 0, fault.Field(path, echo(in), "must be an integer from %d to %d, is %s", least, maxInteger, describeValue(in))
	}
	return n, nil
}

// parseInteger also takes 1e3 and 3.0, which some clients write for integers.
// Numbers out of range are answered as a number out of range.
func parseInteger(text string) (int64, bool) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(text, 64)
	numeric := text != "" && strings.Trim(text, "+-.0123456789eE") == ""
	if !numeric || (err != nil && !math.IsInf(f, 0)) || f != math.Trunc(f) {
		return 0, false
	}
	if math.Abs(f) > maxInteger {
		return int64(math.Copysign(maxInteger+1, f)), true
	}
	return int64(f), true
}

func typeFault(path string, in any, want string) error {
	return fault.Field(path, echo(in), "must be %s, is %s", want, describeValue(in))
}

// maxEcho is the longest value, in bytes of JSON, that an answer repeats.
const maxEcho = 200

// echo returns v for the answer's details, nil when it is too long for them or
// has numbers that clients cannot read.
func echo(v any) any {
	raw, err := json.Marshal(v)
	if err != nil || len(raw) > maxEcho || !readable(raw) {
		return nil
	}
	return v
}

// describeValue says in a message what was sent.
func describeValue(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case map[string]any:
		return "an object"
	case []any:
		return "a list of " + strconv.Itoa(len(v))
	case string:
		return strconv.Quote(clip(v))
	default:
		return clip(fmt.Sprint(v))
	}
}

// maxClip is the longest text, in characters, that a message repeats.
const maxClip = 80

func clip(s string) string {
	n := 0
	for i := range s {
		if n++; n > maxClip {
			return s[:i] + "…"
		}
	}
	return s
}
