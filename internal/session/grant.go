package session

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// permission turns a request into the permission that the account will
// enforce. A request that grants no call is for a sudo key: that is what
// leaving the grants out asks for. Requests whose parts contradict each other
// are refused: whichever part won, the other would be dropped.
func (s *Service) permission(ctx context.Context, projectID string, n Network, p CreateParams, now uint64) (permission.Permission, error) {
	if err := checkSize(p); err != nil {
		return permission.Permission{}, err
	}
	functions, err := s.functions(ctx, projectID, p)
	if err != nil {
		return permission.Permission{}, err
	}
	if err := checkGrants(p, functions); err != nil {
		return permission.Permission{}, err
	}
	fee := p.FeeLimit
	if fee == nil {
		if fee, err = s.Defaults.DefaultFeeLimit(ctx, projectID); err != nil {
			return permission.Permission{}, err
		}
	}
	grant := permission.Permission{
		SignerType: p.Key.Type,
		Signer:     p.Key.Address,
		ValidAfter: p.ValidAfter,
		ValidUntil: p.ValidUntil,
		Limit:      p.Limit,
		Salt:       newSalt(),
		FeeLimit:   fee,
		Sudo:       p.GrantsEverything(),
		Contracts:  slices.Clone(p.Whitelist),
		Paymasters: []common.Address{n.Paymaster},
	}
	for _, call := range p.Permissions {
		if len(call.Calls) == 0 {
			grant.Contracts = append(grant.Contracts, call.Address)
		}
	}
	for _, f := range functions {
		grant.Functions = append(grant.Functions, f.function)
		grant.Rules = append(grant.Rules, f.rules()...)
	}
	for _, r := range p.Rules {
		grant.Rules = append(grant.Rules, started(r, p.openStart(now)))
	}
	return grant.Normalize(), nil
}

// grantedFunction is a function that a request names, found.
type grantedFunction struct {
	FunctionGrant
	function  permission.Function
	signature string // "" when the request names a selector
	path      string // in the request
}

// functions looks up the selectors of all functions that a request names. One
// that is named twice in the same words is answered once.
func (s *Service) functions(ctx context.Context, projectID string, p CreateParams) ([]grantedFunction, error) {
	var found []grantedFunction
	for _, grant := range p.Permissions {
		for j, call := range grant.Calls {
			path := fmt.Sprintf("%s.data.calls[%d]", grant.Path, j)
			selector, signature, err := s.Selectors.Selector(ctx, projectID, p.ChainID, grant.Address, call.Call)
			if err != nil {
				return nil, refusedCall(path, call.Call, err)
			}
			f := grantedFunction{call, permission.Function{Target: grant.Address, Selector: selector}, signature, path}
			if err := f.checkArguments(); err != nil {
				return nil, err
			}
			repeated := slices.ContainsFunc(found, func(other grantedFunction) bool {
				return other.function == f.function && other.sameLimits(f)
			})
			if !repeated {
				found = append(found, f)
			}
		}
	}
	return found, nil
}

// refusedCall says a refusal of the selector in terms of the grant's field.
func refusedCall(path, name string, err error) error {
	f, ok := errors.AsType[*fault.Fault](err)
	if !ok || f.Kind != fault.Invalid {
		return err
	}
	return fault.Field(path, name, "%s", strings.TrimPrefix(f.Message, f.Field+": "))
}

// limited reports whether the function may not be called with anything, any
// number of times.
func (f grantedFunction) limited() bool { return f.Limit > 0 || len(f.Arguments) > 0 }

func (f grantedFunction) sameLimits(other grantedFunction) bool {
	return f.Limit == other.Limit && slices.EqualFunc(f.Arguments, other.Arguments, func(a, b ArgumentGrant) bool {
		return a.Word == b.Word && a.Op == b.Op && slices.EqualFunc(a.Operands, b.Operands, sameNumber) && sameNumber(a.Total, b.Total)
	})
}

// sameNumber compares numbers that may be nil.
func sameNumber(a, b *big.Int) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Cmp(b) == 0
}

func (f grantedFunction) rules() []permission.Rule {
	var rules []permission.Rule
	if f.Limit > 0 {
		rules = append(rules, permission.Count{Function: f.function, Limit: f.Limit})
	}
	for _, a := range f.Arguments {
		if a.Operands != nil {
			rules = append(rules, permission.Argument{Function: f.function, Word: a.Word, Op: a.Op, Operands: a.Operands})
		}
		if clean := f.clean(a); clean != nil {
			rules = append(rules, clean)
		}
		if a.Total != nil {
			rules = append(rules, permission.ArgumentTotal{Function: f.function, Word: a.Word, Total: permission.Total{Max: a.Total}})
		}
	}
	return rules
}

// refused says why the packed format cannot hold a permission, in the words of
// requests.
func refused(err error) error {
	wrong, ok := errors.AsType[*permission.FieldError](err)
	switch {
	case !ok:
		return fault.Field("permissions", nil, "%v", err)
	case slices.Contains([]string{"validAfter", "validUntil", "limit", "feeLimit"}, wrong.Field):
		return fault.Field(wrong.Field, nil, "%s", wrong.Message)
	}
	return fault.Field("permissions", nil, "%v", wrong)
}

// openStart is when rules begin that name no start.
func (p CreateParams) openStart(now uint64) uint64 {
	if p.ValidAfter > 0 {
		return p.ValidAfter
	}
	return now
}

// started returns a rule with its start set, if it has one and it was left
// open.
func started(r permission.Rule, start uint64) permission.Rule {
	return withStart(r, func(named uint64) uint64 {
		if named != 0 {
			return named
		}
		return start
	})
}

// withStart returns a rule with another start, if it has one.
func withStart(r permission.Rule, move func(start uint64) uint64) permission.Rule {
	switch r := r.(type) {
	case permission.ValuePeriod:
		r.Start = move(r.Start)
		return r
	case permission.ValueStream:
		r.Start = move(r.Start)
		return r
	case permission.ERC20Period:
		r.Start = move(r.Start)
		return r
	case permission.ERC20Stream:
		r.Start = move(r.Start)
		return r
	}
	return r
}

// sameTerms reports whether a stored permission grants exactly what p asks
// for, as grant says it for now. The salt may differ, and a start that p leaves
// open may be the one that it got the first time, at createdAt. An earlier one
// was named: a stream that began then has more to give than p asks for.
func sameTerms(packed []byte, grant permission.Permission, p CreateParams, now uint64, createdAt time.Time) bool {
	stored, err := permission.Decode(packed)
	if err != nil {
		return false
	}
	grant.Salt = stored.Salt
	earliest := createdAt.Add(-clockSkew).Unix()
	for _, start := range append(starts(stored), now) {
		if start != now && int64(start) < earliest {
			continue
		}
		again, err := restarted(grant, p, now, start).Encode()
		if err == nil && bytes.Equal(packed, again) {
			return true
		}
	}
	return false
}

// clockSkew is how far chain time may be behind this server's clock.
const clockSkew = 15 * time.Minute

func starts(p permission.Permission) []uint64 {
	var found []uint64
	for _, r := range p.Rules {
		withStart(r, func(start uint64) uint64 {
			found = append(found, start)
			return start
		})
	}
	return found
}

// restarted is grant as it would have been, had p come at another time.
func restarted(grant permission.Permission, p CreateParams, now, then uint64) permission.Permission {
	open := func(r permission.Rule) (isOpen bool) {
		withStart(r, func(start uint64) uint64 { isOpen = start == 0; return start })
		return isOpen
	}
	if !slices.ContainsFunc(p.Rules, open) {
		return grant
	}
	rules := slices.Clone(grant.Rules)
	for i, r := range rules {
		rules[i] = withStart(r, func(start uint64) uint64 {
			if start == p.openStart(now) {
				return p.openStart(then)
			}
			return start
		})
	}
	grant.Rules = rules
	return grant.Normalize()
}

// checkKey refuses grants that could never be used, or that would make the
// signer of an operation ambiguous.
func checkKey(p CreateParams, grant permission.Permission, acc account.Account) error {
	switch grant.Signer {
	case common.Address{}:
		return fault.Field("address", grant.Signer, "the session key must not be the zero address")
	case acc.Owner.Address:
		return fault.Field("address", grant.Signer, "is the owner of account %s: a session key must be another key", acc.ID)
	case acc.Address:
		return fault.Field("address", grant.Signer, "is the account itself: a session key must be another key")
	}
	for _, t := range p.targets() {
		switch t.address {
		case acc.Address:
			return fault.Field(t.path, t.address, "names the account itself, which no session may call")
		case userop.EntryPoint:
			return fault.Field(t.path, t.address, "names the EntryPoint, which no session may call")
		case common.Address{}:
			return fault.Field(t.path, t.address, "names the zero address")
		}
	}
	return nil
}

// target is a contract that a request grants calls to, and where it says so.
type target struct {
	path    string
	address common.Address
}

func (p CreateParams) targets() []target {
	var out []target
	for i, contract := range p.Whitelist {
		out = append(out, target{fmt.Sprintf("whitelist[%d]", i), contract})
	}
	for _, grant := range p.Permissions {
		out = append(out, target{grant.Path + ".data.address", grant.Address})
	}
	for _, r := range p.Rules {
		if token, _, ok := tokenOf(r); ok {
			out = append(out, target{"permissions", token})
		}
	}
	return out
}
