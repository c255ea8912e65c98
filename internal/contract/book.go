package contract

import (
	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
)

// Book says how the contracts of one chain, and their functions, are called.
type Book struct {
	names map[common.Address]string
	abis  map[common.Address][]abi.ABI
}

// NewBook makes a book of the contracts of one chain, in the order of their
// weight: the first that has a name for something gives it.
func NewBook(contracts []Contract) Book {
	b := Book{names: map[common.Address]string{}, abis: map[common.Address][]abi.ABI{}}
	for _, c := range contracts {
		b.add(c)
	}
	return b
}

func (b Book) add(c Contract) {
	if _, known := b.names[c.Address]; !known {
		b.names[c.Address] = c.Name
	}
	if parsed, err := parse(c.ABI); c.ABI != nil && err == nil {
		b.abis[c.Address] = append(b.abis[c.Address], parsed)
	}
}

// Contract answers the name that a contract was registered with, "" when it was
// not.
func (b Book) Contract(address common.Address) string { return b.names[address] }

// Function answers the name of a function, or its signature when the contract
// has several of that name; "" when no ABI tells.
func (b Book) Function(address common.Address, selector [4]byte) string {
	for _, known := range b.abis[address] {
		method, err := known.MethodById(selector[:])
		if err != nil {
			continue
		}
		if method.Name != method.RawName || overloaded(known, method.RawName) {
			return method.Sig
		}
		return method.RawName
	}
	return ""
}

func overloaded(known abi.ABI, name string) bool {
	count := 0
	for _, m := range known.Methods {
		if m.RawName == name {
			count++
		}
	}
	return count > 1
}
