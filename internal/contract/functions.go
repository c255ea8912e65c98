package contract

import (
	"slices"
	"strings"
)

// Function is a function of an ABI, for people who want to call it.
type Function struct {
	Signature string // mint(address)
	Name      string
	Inputs    []Input
	ReadOnly  bool // promises to change nothing
}

// Input is a parameter of a function.
type Input struct{ Name, Type string }

// Functions answers the functions of a contract's ABI by name, nil without one.
func Functions(c Contract) []Function {
	if c.ABI == nil {
		return nil
	}
	parsed, err := parse(c.ABI)
	if err != nil {
		return nil // it was checked when it was registered
	}
	var all []Function
	for _, m := range parsed.Methods {
		f := Function{Signature: m.Sig, Name: m.RawName, ReadOnly: m.IsConstant()}
		for _, in := range m.Inputs {
			f.Inputs = append(f.Inputs, Input{Name: in.Name, Type: in.Type.String()})
		}
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b Function) int { return strings.Compare(a.Signature, b.Signature) })
	return all
}
