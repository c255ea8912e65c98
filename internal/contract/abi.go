package contract

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

// Limits of ABIs. The library builds Go types from what an ABI says, and a type
// of a billion elements is as easily written as one of two.
const (
	maxElements = 1024 // of all fixed dimensions of a type, multiplied
	maxDepth    = 16   // of tuples within tuples
)

// parse reads an ABI: a JSON array of its entries.
func parse(raw json.RawMessage) (abi.ABI, error) {
	var entries []entry
	if err := json.Unmarshal(raw, &entries); err != nil {
		return abi.ABI{}, fault.Field("abi", nil, "must be a JSON array of ABI entries: %v", err)
	}
	for i, e := range entries {
		for _, p := range slices.Concat(e.Inputs, e.Outputs) {
			if err := p.check(1, 0); err != nil {
				return abi.ABI{}, fault.Field("abi", nil, "entry %d (%s %s): %v", i, e.Type, e.Name, err)
			}
		}
	}
	parsed, err := abi.JSON(bytes.NewReader(raw))
	if err != nil {
		return abi.ABI{}, fault.Field("abi", nil, "cannot be read: %v", err)
	}
	return parsed, nil
}

type entry struct {
	Type, Name      string
	Inputs, Outputs []parameter
}

type parameter struct {
	Type       string
	Components []parameter
}

var (
	fixedDimension = regexp.MustCompile(`\[(\d+)\]`)
	integerType    = regexp.MustCompile(`^u?int(\d+)`)
)

func (p parameter) check(elements, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("tuples are nested deeper than %d", maxDepth)
	}
	if size := integerType.FindStringSubmatch(p.Type); size != nil {
		if bits, err := strconv.Atoi(size[1]); err != nil || bits < 8 || bits > 256 || bits%8 != 0 {
			return fmt.Errorf("type %s: integers have 8 to 256 bits in steps of 8", p.Type)
		}
	}
	for _, d := range fixedDimension.FindAllStringSubmatch(p.Type, -1) {
		n, err := strconv.Atoi(d[1])
		if err != nil || n < 1 || n > maxElements {
			return fmt.Errorf("type %s: a fixed array has 1 to %d elements", p.Type, maxElements)
		}
		if elements *= n; elements > maxElements {
			return fmt.Errorf("type %s: fixed arrays hold more than %d elements in all", p.Type, maxElements)
		}
	}
	for _, c := range p.Components {
		if err := c.check(elements, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// method finds a function by name or by full signature. A name that several
// functions share is not enough.
func method(c Contract, function string) (abi.Method, error) {
	if c.ABI == nil {
		return abi.Method{}, fault.Field("functionName", function, "contract %s was registered without an ABI: update it with one", c.ID)
	}
	parsed, err := parse(c.ABI)
	if err != nil {
		return abi.Method{}, fmt.Errorf("contract %s: %w", c.ID, err)
	}
	wanted := canonical(function)
	byName := !strings.Contains(wanted, "(")
	var found []abi.Method
	for _, m := range parsed.Methods {
		if m.Sig == wanted || byName && m.RawName == wanted {
			found = append(found, m)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return abi.Method{}, fault.Field("functionName", function, "the ABI of contract %s has no such function; it has %s", c.ID, signatures(parsed.Methods))
	default:
		return abi.Method{}, fault.Field("functionName", function, "several functions have this name, give the full signature of one: %s", signatures(parsed.Methods, found...))
	}
}

var (
	spaces  = regexp.MustCompile(`\s+`)
	aliases = regexp.MustCompile(`\b(u?int)([,)\[])`)
)

// canonical writes a signature the way selectors are computed: without spaces,
// with uint and int in full.
func canonical(function string) string {
	return aliases.ReplaceAllString(spaces.ReplaceAllString(function, ""), "${1}256$2")
}

// signatures lists functions for a message: those in only, or all.
func signatures(all map[string]abi.Method, only ...abi.Method) string {
	if only == nil {
		for _, m := range all {
			only = append(only, m)
		}
	}
	const most = 20
	var sigs []string
	for _, m := range only {
		sigs = append(sigs, m.Sig)
	}
	slices.Sort(sigs)
	if len(sigs) == 0 {
		return "none"
	}
	if more := len(sigs) - most; more > 0 {
		sigs = append(sigs[:most], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(sigs, ", ")
}

var (
	selectorForm  = regexp.MustCompile(`^0x[0-9a-fA-F]{8}$`)
	signatureForm = regexp.MustCompile(`^[A-Za-z_$][A-Za-z0-9_$]*\([A-Za-z0-9_$,()\[\]]*\)$`)
)

// Selector answers the selector that call names: a selector ("0x6a627842"), a
// full signature ("mint(address)"), or the name of a function in c's ABI.
// Where c has an ABI, signatures must be in it too, because a misspelt one
// would have a selector like any other.
func Selector(c Contract, call string) ([4]byte, error) {
	selector, _, err := lookUp(c, call)
	return selector, err
}

// lookUp is Selector, and answers the function's signature as well: "" for a
// selector.
func lookUp(c Contract, call string) (selector [4]byte, signature string, err error) {
	if selectorForm.MatchString(call) {
		n, err := strconv.ParseUint(call[2:], 16, 32)
		return [4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}, "", err
	}
	if c.ABI == nil && strings.Contains(call, "(") {
		signature = canonical(call)
		if !signatureForm.MatchString(signature) {
			return selector, "", fault.Field("functionName", call, "is neither a selector (0x and 8 digits) nor a signature like mint(address,uint256)")
		}
		return [4]byte(crypto.Keccak256([]byte(signature))[:4]), signature, nil
	}
	if c.ABI == nil {
		return selector, "", fault.Field("functionName", call, "the project has no contract with an ABI at %s on chain %d: register one, or give a full signature or selector", c.Address, c.ChainID)
	}
	m, err := method(c, call)
	if err != nil {
		return selector, "", err
	}
	return [4]byte(m.ID), m.Sig, nil
}
