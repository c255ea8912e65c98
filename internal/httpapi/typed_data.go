package httpapi

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/permission"
)

// typedDataRule reads the domain and the type of EIP-712 messages, each in
// full or as its hash.
func typedDataRule(path string, d TypedDataData) (r permission.TypedData, err error) {
	switch {
	case d.Domain != nil && d.DomainSeparator != nil:
		return r, fault.Field(path+".domainSeparator", nil, "must be left out next to domain")
	case d.DomainSeparator != nil:
		r.DomainSeparator, err = parseHash(path+".domainSeparator", *d.DomainSeparator)
	case d.Domain != nil:
		r.DomainSeparator, err = domainSeparator(path+".domain", *d.Domain)
	default:
		err = fault.Field(path, nil, "must have domain or domainSeparator")
	}
	if err != nil {
		return r, err
	}
	named := d.PrimaryType != nil || d.Types != nil
	switch {
	case named && d.TypeHash != nil:
		return r, fault.Field(path+".typeHash", nil, "must be left out next to primaryType and types")
	case d.TypeHash != nil:
		r.TypeHash, err = parseHash(path+".typeHash", *d.TypeHash)
	case d.PrimaryType != nil && d.Types != nil:
		r.TypeHash, err = typeHash(path, *d.PrimaryType, d.Types)
	default:
		err = fault.Field(path, nil, "must have primaryType and types, or typeHash")
	}
	return r, err
}

func parseHash(field, s string) (common.Hash, error) {
	raw, err := hexutil.Decode(s)
	if err != nil || len(raw) != common.HashLength {
		return common.Hash{}, fault.Field(field, echo(s), "must be 0x hex of 32 bytes, is %s", describeValue(s))
	}
	return common.Hash(raw), nil
}

// domainSeparator hashes the fields that are there, in their standard order.
func domainSeparator(path string, d TypedDataDomain) (common.Hash, error) {
	var fields []string
	var words []byte
	add := func(field string, word common.Hash) {
		fields = append(fields, field)
		words = append(words, word[:]...)
	}
	if d.Name != nil {
		add("string name", crypto.Keccak256Hash([]byte(*d.Name)))
	}
	if d.Version != nil {
		add("string version", crypto.Keccak256Hash([]byte(*d.Version)))
	}
	if d.ChainID != nil {
		add("uint256 chainId", common.BigToHash(new(big.Int).SetUint64(*d.ChainID)))
	}
	if d.VerifyingContract != nil {
		contract, err := parseAddress(path+".verifyingContract", *d.VerifyingContract)
		if err != nil {
			return common.Hash{}, err
		}
		add("address verifyingContract", common.BytesToHash(contract[:]))
	}
	if d.Salt != nil {
		salt, err := parseHash(path+".salt", *d.Salt)
		if err != nil {
			return common.Hash{}, err
		}
		add("bytes32 salt", salt)
	}
	if len(fields) == 0 {
		return common.Hash{}, fault.Field(path, nil, "must have name, version, chainId, verifyingContract or salt")
	}
	kind := crypto.Keccak256([]byte("EIP712Domain(" + strings.Join(fields, ",") + ")"))
	return crypto.Keccak256Hash(kind, words), nil
}

// domainType may be among the types and says nothing that domain does not.
const domainType = "EIP712Domain"

// atomic are the types of EIP-712 that are no structs.
var atomic = regexp.MustCompile(`^(address|bool|string|bytes([1-9]|[12][0-9]|3[0-2])?|u?int(8|16|24|32|40|48|56|64|72|80|88|96|104|112|120|128|136|144|152|160|168|176|184|192|200|208|216|224|232|240|248|256))$`)

// arrays are what may follow the type of a field, and identifier is a name.
var (
	arrays     = regexp.MustCompile(`(\[[0-9]*\])+$`)
	identifier = regexp.MustCompile(`^[A-Za-z_$][A-Za-z0-9_$]*$`)
)

// structTypes are the struct types of a message, with their members as EIP-712
// writes them.
type structTypes map[string]structType

type structType struct {
	members []string // "address to"
	uses    []string // struct types of the members
}

// typeHash is EIP-712's hash of a type and of all that it uses.
func typeHash(path, primary string, types any) (common.Hash, error) {
	tree, ok := types.(map[string]any)
	if !ok {
		return common.Hash{}, typeFault(path+".types", types, "an object")
	}
	known := make(structTypes)
	for _, name := range sortedKeys(tree) {
		if name == domainType {
			continue
		}
		t, err := readStruct(path+".types."+clip(name), tree[name], tree)
		if err != nil {
			return common.Hash{}, err
		}
		known[name] = t
	}
	if _, ok := known[primary]; !ok || !identifier.MatchString(primary) {
		return common.Hash{}, fault.Field(path+".primaryType", echo(primary), "must be one of types, is %s", describeValue(primary))
	}
	return crypto.Keccak256Hash([]byte(known.encode(primary))), nil
}

func readStruct(path string, members any, types map[string]any) (t structType, err error) {
	items, ok := members.([]any)
	if !ok {
		return t, typeFault(path, members, "a list of name and type")
	}
	for i, item := range items {
		at := fmt.Sprintf("%s[%d]", path, i)
		tree, ok := item.(map[string]any)
		if !ok {
			return t, typeFault(at, item, "an object with name and type")
		}
		m, err := bindClosed[TypedDataField](tree, at)
		if err != nil {
			return t, err
		}
		if !identifier.MatchString(m.Name) {
			return t, fault.Field(at+".name", echo(m.Name), "must be a name, is %s", describeValue(m.Name))
		}
		base := arrays.ReplaceAllString(m.Type, "")
		switch {
		case types[base] != nil && identifier.MatchString(base):
			t.uses = append(t.uses, base)
		case !atomic.MatchString(base):
			return t, fault.Field(at+".type", echo(m.Type), "must be a type of EIP-712, with its size (uint256), or one of types, is %s", describeValue(m.Type))
		}
		t.members = append(t.members, m.Type+" "+m.Name)
	}
	return t, nil
}

// encode writes a type and, sorted, all that it uses.
func (s structTypes) encode(primary string) string {
	used := map[string]bool{primary: true}
	var others []string
	for next := []string{primary}; len(next) > 0; next = next[1:] {
		for _, name := range s[next[0]].uses {
			if !used[name] {
				used[name] = true
				others, next = append(others, name), append(next, name)
			}
		}
	}
	slices.Sort(others)
	var b strings.Builder
	for _, name := range append([]string{primary}, others...) {
		b.WriteString(name + "(" + strings.Join(s[name].members, ",") + ")")
	}
	return b.String()
}
