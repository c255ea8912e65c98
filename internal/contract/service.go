package contract

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/page"
)

// Caller reads from chains. An error of kind Invalid means that the call
// reverted, or that the chain is not served.
type Caller interface {
	Call(ctx context.Context, chainID uint64, to common.Address, data []byte) ([]byte, error)
}

// Accounts answers the address of an account (acc_ id), or of the account that
// a player (pla_ id) has on a chain.
type Accounts interface {
	AddressOf(ctx context.Context, projectID string, chainID uint64, id string) (common.Address, error)
}

// Service keeps contracts and reads from them. Its fields are set once, before
// the first call; all but System and AccountABI are required.
type Service struct {
	Store    Store
	Caller   Caller
	Accounts Accounts
	Now      func() time.Time
	// System are contracts that every project's operations run through. Projects
	// may register them under names of their own.
	System []Contract
	// AccountABI is what every account understands.
	AccountABI json.RawMessage

	tokens tokens
}

// now is the time to store: what the store would round is cut off here, so that
// answers to a create and to a later get are equal.
func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// Create registers a contract. The same address may be registered again, with
// another ABI.
func (s *Service) Create(ctx context.Context, projectID string, p Params) (Contract, error) {
	switch {
	case p.Name == nil || *p.Name == "":
		return Contract{}, fault.Field("name", nil, "is required")
	case p.ChainID == nil || *p.ChainID == 0:
		return Contract{}, fault.Field("chainId", nil, "is required")
	case p.Address == nil:
		return Contract{}, fault.Field("address", nil, "is required")
	}
	now := s.now()
	c, err := p.apply(Contract{ID: id.New(id.Contract), ProjectID: projectID, CreatedAt: now, UpdatedAt: now})
	if err != nil {
		return Contract{}, err
	}
	return c, s.Store.CreateContract(ctx, c)
}

// Get answers one contract.
func (s *Service) Get(ctx context.Context, projectID, contractID string) (Contract, error) {
	return s.Store.Contract(ctx, projectID, contractID)
}

// List answers one page of a project's contracts.
func (s *Service) List(ctx context.Context, projectID string, f Filter, req page.Request) (page.Page[Contract], error) {
	return s.Store.Contracts(ctx, projectID, f, req)
}

// Update changes the fields that p names.
func (s *Service) Update(ctx context.Context, projectID, contractID string, p Params) (Contract, error) {
	return s.Store.UpdateContract(ctx, projectID, contractID, func(old Contract) (Contract, error) {
		old.UpdatedAt = s.now()
		return p.apply(old)
	})
}

// Delete forgets a contract. Policy rules that name it cover nothing from then
// on; sessions keep the addresses and selectors that they were granted.
func (s *Service) Delete(ctx context.Context, projectID, contractID string) error {
	return s.Store.DeleteContract(ctx, projectID, contractID)
}

// apply sets the fields that p names and checks them.
func (p Params) apply(c Contract) (Contract, error) {
	if p.Name != nil {
		c.Name = *p.Name
	}
	if p.ChainID != nil {
		c.ChainID = *p.ChainID
	}
	if p.Address != nil {
		c.Address = *p.Address
	}
	if p.PublicVerification != nil {
		c.PublicVerification = *p.PublicVerification
	}
	if p.ABI != nil {
		c.ABI = p.ABI
	}
	switch {
	case c.Name == "":
		return c, fault.Field("name", "", "must not be empty")
	case c.ChainID == 0:
		return c, fault.Field("chainId", 0, "must not be 0")
	case c.Address == common.Address{}:
		return c, fault.Field("address", c.Address, "must not be the zero address")
	}
	if c.ABI == nil {
		return c, nil
	}
	_, err := parse(c.ABI)
	return c, err
}

// Read calls a function of a contract without a transaction and answers what it
// returns, ready for JSON: nil for nothing, the value itself for one, a list
// for several. String arguments may be pla_, acc_ and con_ ids.
func (s *Service) Read(ctx context.Context, projectID, contractID, function string, args []any) (any, error) {
	c, err := s.Store.Contract(ctx, projectID, contractID)
	if err != nil {
		return nil, err
	}
	resolved := make([]any, len(args))
	for i, arg := range args {
		if resolved[i], err = s.resolve(ctx, c, i, arg); err != nil {
			return nil, err
		}
	}
	method, data, err := encode(c, function, resolved)
	if err != nil {
		return nil, err
	}
	out, err := s.Caller.Call(ctx, c.ChainID, c.Address, data)
	if err != nil {
		return nil, fmt.Errorf("read %s of contract %s: %w", method.Sig, c.ID, err)
	}
	if len(out) == 0 && len(method.Outputs) > 0 {
		return nil, fault.Field("functionName", function, "%s returned nothing: chain %d has no such contract at %s, or it lacks the function", method.Sig, c.ChainID, c.Address)
	}
	return decode(method, out)
}

// resolve replaces an id by the address that it stands for.
func (s *Service) resolve(ctx context.Context, c Contract, position int, arg any) (any, error) {
	text, ok := arg.(string)
	if !ok {
		return arg, nil
	}
	var address common.Address
	var err error
	switch {
	case id.Is(id.Contract, text):
		var other Contract
		other, err = s.Store.Contract(ctx, c.ProjectID, text)
		address = other.Address
	case id.Is(id.Account, text), id.Is(id.Player, text):
		address, err = s.Accounts.AddressOf(ctx, c.ProjectID, c.ChainID, text)
	default:
		return arg, nil
	}
	if fault.Is(err, fault.NotFound) {
		return nil, fault.Field(fmt.Sprintf("functionArgs[%d]", position), text, "%v", err)
	}
	return address.Hex(), err
}

// Target answers where a contract is and the selector of one of its functions;
// an empty function has the zero selector. Package sponsor resolves its rules
// by it.
func (s *Service) Target(ctx context.Context, projectID, contractID, function string) (chainID uint64, to common.Address, selector [4]byte, err error) {
	c, err := s.Store.Contract(ctx, projectID, contractID)
	if err != nil || function == "" {
		return c.ChainID, c.Address, selector, err
	}
	selector, err = Selector(c, function)
	return c.ChainID, c.Address, selector, err
}

// Selector answers the selector that call names at an address of a chain. Names
// are looked up in the ABIs of the project's contracts at that address, newest
// first; signatures and selectors need no registered contract. It also answers
// the function's signature, "" for a selector.
func (s *Service) Selector(ctx context.Context, projectID string, chainID uint64, address common.Address, call string) (selector [4]byte, signature string, err error) {
	found, err := s.Store.Contracts(ctx, projectID, Filter{ChainID: chainID, Address: address}, page.Request{Order: page.Descending})
	if err != nil {
		return selector, "", err
	}
	known := Contract{ChainID: chainID, Address: address}
	for _, c := range found.Items {
		if c.ABI == nil {
			continue
		}
		if selector, signature, err = lookUp(c, call); err == nil {
			return selector, signature, nil
		}
		known = c
	}
	return lookUp(known, call)
}
