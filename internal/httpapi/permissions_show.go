package httpapi

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/permission"
)

// showPermissions shows a permission as requests write it, so that what is
// shown can be sent again: one entry for each contract, functions by selector,
// which is what the account knows of them, then one for each other rule. The
// limits on calls and fees are shown elsewhere.
func showPermissions(p permission.Permission) []Permission {
	shown := make([]Permission, 0, len(p.Contracts)+len(p.Functions)+len(p.Rules))
	for _, contract := range p.Contracts {
		shown = append(shown, ContractCallPermission{Type: "contract-call", Data: ContractCallData{Address: contract.Hex()}})
	}
	for _, target := range functionTargets(p) {
		shown = append(shown, ContractCallPermission{Type: "contract-call", Data: ContractCallData{Address: target.Hex(), Calls: showCalls(p, target)}})
	}
	for i, r := range p.Rules {
		if entry := showRule(p, i, r); entry != nil {
			shown = append(shown, entry)
		}
	}
	return shown
}

// showWhitelist names every contract that may be called.
func showWhitelist(p permission.Permission) []string {
	all := slices.Concat(p.Contracts, functionTargets(p))
	for _, r := range p.Rules {
		if token, ok := tokenOf(r); ok && !slices.Contains(all, token) {
			all = append(all, token)
		}
	}
	shown := make([]string, len(all))
	for i, contract := range all {
		shown[i] = contract.Hex()
	}
	return shown
}

func functionTargets(p permission.Permission) []common.Address {
	var targets []common.Address
	for _, f := range p.Functions {
		if !slices.Contains(targets, f.Target) {
			targets = append(targets, f.Target)
		}
	}
	return targets
}

func showCalls(p permission.Permission, target common.Address) []any {
	var calls []any
	for _, f := range p.Functions {
		if f.Target == target {
			calls = append(calls, showFunction(p, f))
		}
	}
	return calls
}

// showFunction answers a selector, or an object if the function has limits.
func showFunction(p permission.Permission, f permission.Function) any {
	shown := FunctionCall{Function: f.Selector.String()}
	for _, r := range p.Rules {
		switch r := r.(type) {
		case permission.Count:
			// Several of them allow what the least allows.
			if r.Function == f && (shown.Limit == nil || r.Limit < *shown.Limit) {
				shown.Limit = &r.Limit
			}
		case permission.Argument:
			if r.Function == f {
				showArgument(shown.argument(r.Word, func(a ArgumentLimit) bool { return !hasOperator(a, r.Op) }), r)
			}
		case permission.ArgumentTotal:
			if r.Function == f {
				a := shown.argument(r.Word, func(a ArgumentLimit) bool { return a.Total == nil })
				a.Total = new(r.Max.String())
			}
		}
	}
	if shown.Limit == nil && shown.Args == nil {
		return shown.Function
	}
	slices.SortStableFunc(shown.Args, func(a, b ArgumentLimit) int { return cmp.Compare(a.Index, b.Index) })
	return shown
}

// argument answers the entry of a word that has room, a new one if none has.
func (f *FunctionCall) argument(word uint8, hasRoom func(ArgumentLimit) bool) *ArgumentLimit {
	i := slices.IndexFunc(f.Args, func(a ArgumentLimit) bool { return a.Index == uint64(word) && hasRoom(a) })
	if i < 0 {
		i = len(f.Args)
		f.Args = append(f.Args, ArgumentLimit{Index: uint64(word)})
	}
	return &f.Args[i]
}

func hasOperator(a ArgumentLimit, op permission.Op) bool { return operandsOf(a)[op] != nil }

func showArgument(a *ArgumentLimit, r permission.Argument) {
	first := showOperand(r.Operands[0])
	switch r.Op {
	case permission.Equal:
		a.Eq = first
	case permission.NotEqual:
		a.Ne = first
	case permission.Less:
		a.Lt = first
	case permission.LessOrEqual:
		a.Le = first
	case permission.Greater:
		a.Gt = first
	case permission.GreaterOrEqual:
		a.Ge = first
	case permission.In:
		for _, operand := range r.Operands {
			a.In = append(a.In, showOperand(operand))
		}
	case permission.Mask:
		a.Mask = &MaskLimit{Mask: common.BigToHash(r.Operands[0]).Hex(), Value: common.BigToHash(r.Operands[1]).Hex()}
	}
}

// showRule answers nil for rules that belong to a function, and for those of a
// collection but the first: an entry shows all ids of its collection.
func showRule(p permission.Permission, i int, r permission.Rule) Permission {
	switch r := r.(type) {
	case permission.ValuePerCall:
		return NativeTokenTransferPermission{Type: "native-token-transfer", Data: NativeTokenTransferData{PerCall: amountPointer(r.Max)}}
	case permission.ValueTotal:
		return NativeTokenTransferPermission{Type: "native-token-transfer", Data: NativeTokenTransferData{Allowance: amountPointer(r.Max)}}
	case permission.ValuePeriod:
		return NativeTokenPeriodicPermission{Type: "native-token-periodic", Data: showPeriod(r.Period)}
	case permission.ValueStream:
		return NativeTokenStreamPermission{Type: "native-token-stream", Data: showStream(r.Stream)}
	case permission.ERC20Total:
		return Erc20TokenTransferPermission{Type: "erc20-token-transfer", Data: Erc20TokenTransferData{Address: r.Token.Hex(), Allowance: amountPointer(r.Max)}}
	case permission.ERC20Period:
		d := showPeriod(r.Period)
		return Erc20TokenPeriodicPermission{Type: "erc20-token-periodic", Data: Erc20TokenPeriodicData{
			Address: r.Token.Hex(), PeriodAmount: d.PeriodAmount, PeriodDuration: d.PeriodDuration, StartTime: d.StartTime,
		}}
	case permission.ERC20Stream:
		d := showStream(r.Stream)
		return Erc20TokenStreamPermission{Type: "erc20-token-stream", Data: Erc20TokenStreamData{
			Address: r.Token.Hex(), InitialAmount: d.InitialAmount, AmountPerSecond: d.AmountPerSecond, MaxAmount: d.MaxAmount, StartTime: d.StartTime,
		}}
	case permission.ERC721:
		if !firstOf(p.Rules, i, r.Token) {
			return nil
		}
		return Erc721TokenTransferPermission{Type: "erc721-token-transfer", Data: Erc721TokenTransferData{Address: r.Token.Hex(), TokenIds: showIDs(p, r.Token)}}
	case permission.ERC1155:
		if !firstOf(p.Rules, i, r.Token) {
			return nil
		}
		return Erc1155TokenTransferPermission{Type: "erc1155-token-transfer", Data: Erc1155TokenTransferData{Address: r.Token.Hex(), Allowances: showAllowances(p, r.Token)}}
	case permission.Rate:
		return RateLimitPermission{Type: "rate-limit", Data: RateLimitData{Count: uint64(r.Count), Interval: uint64(r.Interval)}}
	case permission.TypedData:
		return TypedDataPermission{Type: "typed-data", Data: TypedDataData{
			DomainSeparator: new(r.DomainSeparator.Hex()), TypeHash: new(r.TypeHash.Hex()),
		}}
	}
	return nil
}

func amountPointer(n *big.Int) *string { return new(decimal(n)) }

func showPeriod(d permission.Period) PeriodData {
	return PeriodData{PeriodAmount: decimal(d.Max), PeriodDuration: uint64(d.Seconds), StartTime: &d.Start}
}

func showStream(s permission.Stream) StreamData {
	shown := StreamData{InitialAmount: amountPointer(s.Initial), AmountPerSecond: decimal(s.PerSecond), StartTime: &s.Start}
	if s.Max != nil && s.Max.Sign() > 0 {
		shown.MaxAmount = amountPointer(s.Max)
	}
	return shown
}

// firstOf reports whether no rule before i is of the same collection. A token
// has rules of one kind only.
func firstOf(rules []permission.Rule, i int, token common.Address) bool {
	return !slices.ContainsFunc(rules[:i], func(r permission.Rule) bool {
		of, ok := tokenOf(r)
		return ok && of == token
	})
}

func showIDs(p permission.Permission, token common.Address) []string {
	var ids []string
	for _, r := range p.Rules {
		if r, ok := r.(permission.ERC721); ok && r.Token == token {
			ids = append(ids, r.ID.String())
		}
	}
	return ids
}

func showAllowances(p permission.Permission, token common.Address) []Erc1155Allowance {
	var allowances []Erc1155Allowance
	for _, r := range p.Rules {
		if r, ok := r.(permission.ERC1155); ok && r.Token == token {
			allowances = append(allowances, Erc1155Allowance{TokenID: r.ID.String(), Amount: r.Max.String()})
		}
	}
	return allowances
}

func tokenOf(r permission.Rule) (token common.Address, ok bool) {
	switch r := r.(type) {
	case permission.ERC20Total:
		return r.Token, true
	case permission.ERC20Period:
		return r.Token, true
	case permission.ERC20Stream:
		return r.Token, true
	case permission.ERC721:
		return r.Token, true
	case permission.ERC1155:
		return r.Token, true
	}
	return common.Address{}, false
}
