package session

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/permission"
)

// maxSignature is the longest signature, in characters, whose arguments can be
// limited, and maxWord the last word that a rule can name.
const (
	maxSignature = 1000
	maxWord      = 255
)

// checkArguments refuses limits of words that say nothing about what the
// contract will read, as far as the function's signature tells: those of
// arguments of no fixed size, which the caller may lay out elsewhere, and
// comparisons that a negative number passes. A bare selector tells nothing.
func (f grantedFunction) checkArguments() error {
	if f.signature == "" || len(f.Arguments) == 0 {
		return nil
	}
	words, err := argumentWords(f.signature)
	if err != nil {
		return fault.Field(f.path, f.Call, "has arguments that cannot be limited: %v", err)
	}
	path := f.path + ".args"
	for _, a := range f.Arguments {
		if int(a.Word) >= len(words) {
			return fault.Field(path, a.Word, "index %d: %s has %d words of arguments at fixed places, from index 0; what lies behind them can be moved, so a limit of it would not hold", a.Word, f.signature, len(words))
		}
		switch kind := words[a.Word]; {
		case kind.isDynamic():
			return fault.Field(path, a.Word, "index %d is a %s: the word only says where it lies, so a limit of it would not hold", a.Word, kind)
		case a.Operands != nil && kind.escapes(a.Op):
			return fault.Field(path, a.Word, "index %d is an %s, and %s compares whole words, unsigned: numbers that it is meant to keep out would pass; use eq, in, lt or le", a.Word, kind, a.Op)
		}
	}
	return nil
}

// clean answers the rule that keeps bits away which the argument's type has not,
// when a would let them pass; nil when none is needed. Contracts differ in
// whether they refuse such bits or read past them.
func (f grantedFunction) clean(a ArgumentGrant) permission.Rule {
	bounded := []permission.Op{permission.Equal, permission.In, permission.Less, permission.LessOrEqual}
	words, err := argumentWords(f.signature)
	if f.signature == "" || err != nil || a.Operands == nil || slices.Contains(bounded, a.Op) || int(a.Word) >= len(words) {
		return nil
	}
	rule := permission.Argument{Function: f.function, Word: a.Word, Op: permission.LessOrEqual}
	switch bits, isLeft := words[a.Word].bits(); {
	case bits == 0 || bits >= 256:
		return nil
	case isLeft:
		rule.Op, rule.Operands = permission.Mask, []*big.Int{ones(256 - bits), new(big.Int)}
	default:
		rule.Operands = []*big.Int{ones(bits)}
	}
	return rule
}

func ones(bits uint) *big.Int {
	one := big.NewInt(1)
	return new(big.Int).Sub(new(big.Int).Lsh(one, bits), one)
}

// wordType is the ABI type of what stands in one word.
type wordType string

func (t wordType) isDynamic() bool {
	return t == "string" || t == "bytes" || strings.HasSuffix(string(t), "]") || strings.HasPrefix(string(t), "(")
}

// escapes reports whether a signed number that op is meant to keep out passes
// as another word: a negative one is a great unsigned one, and a short one may
// stand below bits that are not its own.
func (t wordType) escapes(op permission.Op) bool {
	switch op {
	case permission.Greater, permission.GreaterOrEqual:
		return strings.HasPrefix(string(t), "int")
	case permission.NotEqual:
		return strings.HasPrefix(string(t), "int") && t != "int256"
	}
	return false
}

// bits is how many bits of the word the type has, 0 when that is not known;
// isLeft says that they are the upper ones.
func (t wordType) bits() (n uint, isLeft bool) {
	switch {
	case t == "address":
		return 160, false
	case t == "bool":
		return 1, false
	case strings.HasPrefix(string(t), "uint"):
		size, _ := strconv.ParseUint(string(t[len("uint"):]), 10, 16)
		return uint(size), false
	case strings.HasPrefix(string(t), "bytes"):
		size, _ := strconv.ParseUint(string(t[len("bytes"):]), 10, 16)
		return uint(8 * size), true
	}
	return 0, false
}

// ArgumentTypes answers the ABI types of the words of a function's arguments
// that limits can name, in their order: "" for a word of an argument of no fixed
// size, of which a limit would say nothing.
func ArgumentTypes(signature string) ([]string, error) {
	words, err := argumentWords(signature)
	if err != nil {
		return nil, err
	}
	types := make([]string, len(words))
	for i, word := range words {
		if !word.isDynamic() {
			types[i] = string(word)
		}
	}
	return types, nil
}

// argumentWords answers the types of the words that a function's arguments
// begin with, which stand at fixed places. An argument of no fixed size has one
// word there, which says where it lies.
func argumentWords(signature string) ([]wordType, error) {
	open := strings.IndexByte(signature, '(')
	if len(signature) > maxSignature || open < 0 {
		return nil, fmt.Errorf("a signature of at most %d characters is needed", maxSignature)
	}
	list, err := splitTuple(signature[open:])
	if err != nil {
		return nil, err
	}
	var words []wordType
	for _, argument := range list {
		flat, dynamic, err := flatten(argument)
		if err != nil {
			return nil, err
		}
		if dynamic {
			flat = []wordType{wordType(argument)}
		}
		words = append(words, flat...)
	}
	return words, nil
}

// flatten answers the words of a type of fixed size, as far as rules can name
// them; dynamic says that it has no fixed size.
func flatten(kind string) (words []wordType, dynamic bool, err error) {
	switch {
	case strings.HasSuffix(kind, "]"):
		return flattenArray(kind)
	case strings.HasPrefix(kind, "("):
		list, err := splitTuple(kind)
		for _, member := range list {
			flat, isDynamic, err := flatten(member)
			if err != nil {
				return nil, false, err
			}
			words, dynamic = append(words, flat...), dynamic || isDynamic
		}
		return words, dynamic, err
	case kind == "string", kind == "bytes":
		return nil, true, nil
	case kind == "":
		return nil, false, fmt.Errorf("a type is missing")
	}
	return []wordType{wordType(kind)}, false, nil
}

func flattenArray(kind string) (words []wordType, dynamic bool, err error) {
	open := strings.LastIndexByte(kind, '[')
	if open < 0 {
		return nil, false, fmt.Errorf("%s is no type", kind)
	}
	each, dynamic, err := flatten(kind[:open])
	size := kind[open+1 : len(kind)-1]
	if err != nil || dynamic || size == "" {
		return nil, true, err
	}
	n, err := strconv.ParseUint(size, 10, 32)
	if err != nil {
		return nil, false, fmt.Errorf("%s is no type", kind)
	}
	for ; n > 0 && len(each) > 0 && len(words) <= maxWord; n-- {
		words = append(words, each...)
	}
	return words, false, nil
}

// splitTuple answers the members of "(a,b)".
func splitTuple(tuple string) ([]string, error) {
	if !strings.HasPrefix(tuple, "(") || !strings.HasSuffix(tuple, ")") {
		return nil, fmt.Errorf("%s is no list of types", tuple)
	}
	inner := tuple[1 : len(tuple)-1]
	if inner == "" {
		return nil, nil
	}
	var members []string
	depth, start := 0, 0
	for i, c := range inner {
		switch c {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				members, start = append(members, inner[start:i]), i+1
			}
		}
		if depth < 0 {
			return nil, fmt.Errorf("%s is no list of types", tuple)
		}
	}
	if depth != 0 {
		return nil, fmt.Errorf("%s is no list of types", tuple)
	}
	return append(members, inner[start:]), nil
}
