package intent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/contract"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/page"
)

// resolve turns calls as clients write them into calls as the chain takes
// them: ids become addresses, functions become call data.
func (s *Service) resolve(ctx context.Context, projectID string, chainID uint64, calls []CallParams) ([]Interaction, error) {
	r := resolver{service: s, projectID: projectID, chainID: chainID}
	out := make([]Interaction, len(calls))
	for i, call := range calls {
		in, err := r.interaction(ctx, fmt.Sprintf("interactions[%d]", i), call)
		if err != nil {
			return nil, err
		}
		out[i] = in
	}
	return out, nil
}

type resolver struct {
	service   *Service
	projectID string
	chainID   uint64
}

func (r resolver) interaction(ctx context.Context, path string, call CallParams) (Interaction, error) {
	value, err := parseValue(path+".value", call.Value)
	if err != nil {
		return Interaction{}, err
	}
	out := Interaction{Value: value, Contract: call.Contract, Function: call.Function, Args: call.Args}
	switch {
	case call.Contract != "" && call.To != "":
		return Interaction{}, fault.Field(path+".to", call.To, "give either to or contract, not both")
	case call.Contract != "":
		out.To, out.Data, err = r.contractCall(ctx, path, call)
	case call.To != "":
		out.To, out.Data, err = r.directCall(ctx, path, call)
	default:
		return Interaction{}, fault.Field(path, nil, "needs contract (con_…) or to (address, pla_…, acc_…)")
	}
	if err != nil {
		return Interaction{}, err
	}
	suffix, err := parseHex(path+".dataSuffix", call.DataSuffix)
	out.Data = append(out.Data, suffix...)
	return out, err
}

func (r resolver) contractCall(ctx context.Context, path string, call CallParams) (common.Address, []byte, error) {
	c, err := r.contract(ctx, path+".contract", call.Contract)
	if err != nil {
		return common.Address{}, nil, err
	}
	if call.Function == "" && call.Data == "" {
		return common.Address{}, nil, fault.Field(path+".functionName", nil, "is missing: name a function of %s, or give data", c.ID)
	}
	if call.Function != "" && call.Data != "" {
		return common.Address{}, nil, fault.Field(path+".data", call.Data, "give either functionName or data, not both")
	}
	if call.Function == "" {
		data, err := parseHex(path+".data", call.Data)
		return c.Address, data, err
	}
	args, err := r.args(ctx, path+".functionArgs", call.Args)
	if err != nil {
		return common.Address{}, nil, err
	}
	data, err := contract.Encode(c, call.Function, args)
	if err != nil {
		return common.Address{}, nil, inField(path, err)
	}
	return c.Address, data, nil
}

func (r resolver) directCall(ctx context.Context, path string, call CallParams) (common.Address, []byte, error) {
	to, err := r.address(ctx, path+".to", call.To)
	if err != nil {
		return common.Address{}, nil, err
	}
	if call.Function != "" {
		return common.Address{}, nil, fault.Field(path+".functionName", call.Function, "needs contract: register the contract with its ABI and name it by its con_ id, or send data")
	}
	data, err := parseHex(path+".data", call.Data)
	return to, data, err
}

func (r resolver) contract(ctx context.Context, path, conID string) (contract.Contract, error) {
	if !id.Is(id.Contract, conID) {
		return contract.Contract{}, fault.Field(path, conID, "is not a contract id (con_…)")
	}
	c, err := r.service.Contracts.Get(ctx, r.projectID, conID)
	if fault.Is(err, fault.NotFound) {
		return contract.Contract{}, fault.Field(path, conID, "no contract %s in this project", conID)
	}
	if err != nil {
		return contract.Contract{}, err
	}
	if c.ChainID != r.chainID {
		return contract.Contract{}, fault.Field(path, conID, "contract %s is on chain %d, the intent is for chain %d", conID, c.ChainID, r.chainID)
	}
	return c, nil
}

// args replaces ids among string arguments by the addresses they stand for,
// at any depth.
func (r resolver) args(ctx context.Context, path string, args []any) ([]any, error) {
	out := make([]any, len(args))
	for i, arg := range args {
		at := fmt.Sprintf("%s[%d]", path, i)
		v, err := r.arg(ctx, at, arg)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

func (r resolver) arg(ctx context.Context, path string, arg any) (any, error) {
	switch v := arg.(type) {
	case string:
		if !names(v) {
			return v, nil
		}
		address, err := r.address(ctx, path, v)
		return address.Hex(), err
	case []any:
		return r.args(ctx, path, v)
	}
	return arg, nil
}

// names reports whether s is an id that stands for an address.
func names(s string) bool {
	return id.Is(id.Player, s) || id.Is(id.Account, s) || id.Is(id.Contract, s)
}

// address reads an address, or the id of what has one.
func (r resolver) address(ctx context.Context, path, s string) (common.Address, error) {
	switch {
	case id.Names(id.Account, s):
		acc, err := r.service.Accounts.Get(ctx, r.projectID, s)
		if fault.Is(err, fault.NotFound) {
			return common.Address{}, fault.Field(path, s, "no account %s in this project", s)
		}
		return acc.Address, err
	case id.Names(id.Player, s):
		return r.playerAddress(ctx, path, s)
	case id.Names(id.Contract, s):
		c, err := r.contract(ctx, path, s)
		return c.Address, err
	}
	return ParseAddress(path, s)
}

func (r resolver) playerAddress(ctx context.Context, path, playerID string) (common.Address, error) {
	accounts, err := r.service.Accounts.List(ctx, r.projectID, account.Filter{PlayerID: playerID, ChainID: r.chainID}, page.Request{Limit: 1, Order: page.Ascending})
	if err != nil {
		return common.Address{}, err
	}
	if len(accounts.Items) == 0 {
		return common.Address{}, fault.Field(path, playerID, "player %s has no account on chain %d in this project", playerID, r.chainID)
	}
	return accounts.Items[0].Address, nil
}

// ParseAddress reads a 20-byte hex address. A mixed-case one must carry its
// EIP-55 checksum.
func ParseAddress(path, s string) (common.Address, error) {
	digits, ok := strings.CutPrefix(s, "0x")
	if !ok || len(digits) != 40 || !common.IsHexAddress(s) {
		return common.Address{}, fault.Field(path, s, "is not an address (0x and 40 hex digits)")
	}
	address := common.HexToAddress(s)
	mixed := digits != strings.ToLower(digits) && digits != strings.ToUpper(digits)
	if mixed && address.Hex() != s {
		return common.Address{}, fault.Field(path, s, "has a wrong EIP-55 checksum; it would be %s", address.Hex())
	}
	return address, nil
}

// maxValueDigits is the length of 2^256-1 in decimal digits.
const maxValueDigits = 78

func parseValue(path, s string) (*big.Int, error) {
	if s == "" {
		return new(big.Int), nil
	}
	digits, base := s, 10
	if hex, ok := strings.CutPrefix(s, "0x"); ok {
		digits, base = hex, 16
	}
	// Parsing takes time that grows with the square of the length.
	if n := len(strings.TrimLeft(digits, "0")); n > maxValueDigits {
		return nil, fault.Field(path, nil, "must be from 0 to 2^256-1 wei, is %d characters long", n)
	}
	v, ok := new(big.Int).SetString(digits, base)
	if !ok || strings.HasPrefix(digits, "+") {
		return nil, fault.Field(path, s, "is not a number of wei (decimal or 0x hex)")
	}
	if v.Sign() < 0 || v.BitLen() > 256 {
		return nil, fault.Field(path, s, "must be from 0 to 2^256-1 wei")
	}
	return v, nil
}

func parseHex(path, s string) ([]byte, error) {
	if s == "" {
		return nil, nil
	}
	b, err := hexutil.Decode(s)
	if err != nil {
		return nil, fault.Field(path, s, "is not hex data (0x and an even number of digits)")
	}
	return b, nil
}

// inField puts a path before the field of a fault.
func inField(path string, err error) error {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return err
	}
	moved := *f
	moved.Field = strings.TrimSuffix(path+"."+f.Field, ".")
	moved.Message = path + "." + f.Message
	return &moved
}

func (s *Service) chainIDs() []uint64 { return slices.Sorted(maps.Keys(s.Networks)) }

// abis answers the ABIs of the registered contracts that interactions call,
// to name their errors. Contracts that cannot be read are left out: their
// errors show as hex.
func (s *Service) abis(ctx context.Context, projectID string, chainID uint64, interactions []Interaction) []json.RawMessage {
	var out []json.RawMessage
	for _, in := range interactions {
		found, err := s.Contracts.List(ctx, projectID, contract.Filter{ChainID: chainID, Address: in.To}, page.Request{Limit: 1})
		if err == nil && len(found.Items) > 0 && found.Items[0].ABI != nil {
			out = append(out, found.Items[0].ABI)
		}
	}
	return out
}
