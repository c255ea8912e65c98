package contract

import (
	"context"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/page"
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

// Book answers how a project calls the contracts of a chain: its newest ones,
// and the system's.
func (s *Service) Book(ctx context.Context, projectID string, chainID uint64) (Book, error) {
	found, err := s.Store.Contracts(ctx, projectID, Filter{ChainID: chainID}, page.Request{Limit: page.MaxLimit, Uncounted: true})
	if err != nil {
		return Book{}, err
	}
	b := NewBook(found.Items)
	for _, c := range s.System {
		if c.ChainID == chainID {
			b.add(c)
		}
	}
	return b, nil
}

// WithAccount answers a book that knows what the account at address understands.
func (s *Service) WithAccount(b Book, address common.Address) Book {
	return b.With(Contract{Name: "The account", Address: address, ABI: s.AccountABI})
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
