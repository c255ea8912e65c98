package main

import (
	"context"
	"math/big"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// Amounts in the table are small on purpose: 100 is allowed, so 40 is inside,
// 60 more is the edge, and 1 more is past it.
const (
	allowed = "100"
	some    = 40
	rest    = 60
)

// rows are all limits but those that depend on time.
func (w *world) rows() []row {
	rows := append(w.callRows(), w.argumentRows()...)
	rows = append(rows, w.valueRows()...)
	rows = append(rows, w.tokenRows()...)
	rows = append(rows, w.operationRows()...)
	return append(rows, w.typedDataRows()...)
}

// callRows are about what may be called.
func (w *world) callRows() []row {
	ping, pong := w.on(w.sink, "ping()"), w.on(w.sink, "pong()")
	return []row{
		{
			rule: "sudo", grant: map[string]any{},
			inside:  ping,
			edge:    []userop.Call{{Target: w.friend, Value: ether(1)}},
			past:    w.on(w.account, "revokeAllSessions()"),
			refusal: permission.RuleTarget, revert: "TargetForbidden",
		},
		{
			rule: "contracts", grant: map[string]any{"whitelist": []string{w.sink.Hex()}},
			inside:  ping,
			edge:    []userop.Call{{Target: w.sink}},
			past:    w.on(w.other, "ping()"),
			refusal: permission.RuleContracts, revert: "CallNotAllowed",
		},
		{
			rule: "functions", grant: permissions(w.calls("ping()")),
			inside:  ping,
			edge:    []userop.Call{{Target: w.sink, Data: append(encode("ping()"), 1, 2, 3)}},
			past:    pong,
			refusal: permission.RuleFunctions, revert: "CallNotAllowed",
		},
		{
			rule: "functions, not of another contract", grant: permissions(w.calls("ping()")),
			inside:  ping,
			edge:    ping,
			past:    w.on(w.other, "ping()"),
			refusal: permission.RuleFunctions, revert: "CallNotAllowed",
		},
	}
}

// argumentRows are about the arguments of granted functions.
func (w *world) argumentRows() []row {
	operators := []struct {
		limit              map[string]any
		name               string
		inside, edge, past int64
	}{
		{map[string]any{"eq": "50"}, "eq", 50, 50, 51},
		{map[string]any{"ne": "50"}, "ne", 49, 51, 50},
		{map[string]any{"lt": "50"}, "lt", 1, 49, 50},
		{map[string]any{"le": "50"}, "le", 1, 50, 51},
		{map[string]any{"gt": "50"}, "gt", 99, 51, 50},
		{map[string]any{"ge": "50"}, "ge", 99, 50, 49},
		{map[string]any{"in": []string{"30", "50", "90"}}, "in", 50, 90, 91},
		{map[string]any{"mask": map[string]string{"mask": "0xf0", "value": "0x20"}}, "mask", 0x20, 0x2f, 0x30},
	}
	var rows []row
	for _, o := range operators {
		o.limit["index"] = 1
		rows = append(rows, row{
			rule: "argument " + o.name, grant: permissions(w.limited(map[string]any{"args": []any{o.limit}})),
			inside: w.pick(o.inside), edge: w.pick(o.edge), past: w.pick(o.past),
			refusal: permission.RuleArgument, revert: "ArgumentNotAllowed",
		})
	}
	return append(rows, row{
		rule: "argument, missing", grant: permissions(w.limited(map[string]any{"args": []any{map[string]any{"index": 1, "ge": "0"}}})),
		inside:  w.pick(1),
		edge:    w.pick(0),
		past:    []userop.Call{{Target: w.sink, Data: encode("pick(uint256,uint256)", 1)}},
		refusal: permission.RuleArgument, revert: "ArgumentNotAllowed",
	}, row{
		rule: "argumentTotal", grant: permissions(w.limited(map[string]any{"args": []any{map[string]any{"index": 1, "total": allowed}}})),
		inside: w.pick(some), edge: w.pick(rest), past: w.pick(1),
		refusal: permission.RuleArgumentTotal, revert: "AmountLimitExceeded",
	})
}

// valueRows are about native value.
func (w *world) valueRows() []row {
	sending := func(limit map[string]any) map[string]any { return permissions(w.calls("ping()"), limit) }
	return []row{
		{
			rule: "value, none granted", grant: permissions(w.calls("ping()")),
			inside: w.pay(0), edge: w.pay(0), past: w.pay(1),
			refusal: permission.RuleValue, revert: "ValueNotAllowed",
		},
		{
			rule:   "valuePerCall",
			grant:  sending(typed("native-token-transfer", map[string]any{"perCall": allowed})),
			inside: w.pay(some), edge: w.pay(100), past: w.pay(101),
			refusal: permission.RuleValuePerCall, revert: "ValueLimitExceeded",
		},
		{
			rule:   "valueTotal",
			grant:  sending(typed("native-token-transfer", map[string]any{"allowance": allowed})),
			inside: w.pay(some), edge: w.pay(rest), past: w.pay(1),
			refusal: permission.RuleValueTotal, revert: "ValueLimitExceeded",
		},
	}
}

// tokenRows are about tokens of each standard.
func (w *world) tokenRows() []row {
	total := permissions(typed("erc20-token-transfer", map[string]any{"address": w.token.Hex(), "allowance": allowed}))
	transfer := func(n int) []userop.Call { return w.on(w.token, "transfer(address,uint256)", w.friend, n) }
	erc20 := func(name string, call func(n int) []userop.Call, grant map[string]any) row {
		return row{
			rule: name, grant: grant,
			inside: call(some), edge: call(rest), past: call(1),
			refusal: permission.RuleERC20Total, revert: "AmountLimitExceeded",
		}
	}
	nfts := permissions(typed("erc721-token-transfer", map[string]any{"address": w.nft.Hex(), "tokenIds": []string{w.ids[0].String()}}))
	multi := permissions(typed("erc1155-token-transfer", map[string]any{
		"address": w.sink.Hex(), "allowances": []any{map[string]string{"tokenId": "7", "amount": allowed}},
	}))
	items := func(id, n int) []userop.Call {
		return w.on(w.sink, "safeTransferFrom(address,address,uint256,uint256,bytes)", w.account, w.friend, id, n, 0xa0, 0)
	}
	return []row{
		erc20("erc20Total, transfer", transfer, total),
		erc20("erc20Total, approve counted", func(n int) []userop.Call {
			return w.on(w.token, "approve(address,uint256)", w.friend, n)
		}, total),
		erc20("erc20Total, transferFrom counted", func(n int) []userop.Call {
			return w.on(w.token, "transferFrom(address,address,uint256)", w.account, w.friend, n)
		}, total),
		// The ERC-20 above has no increaseAllowance, so the call goes to a
		// contract that takes everything.
		erc20("erc20Total, increaseAllowance counted", func(n int) []userop.Call {
			return w.on(w.sink, "increaseAllowance(address,uint256)", w.friend, n)
		}, permissions(typed("erc20-token-transfer", map[string]any{"address": w.sink.Hex(), "allowance": allowed}))),
		{
			rule: "erc20, nothing else of the token", grant: total,
			inside: transfer(some), edge: transfer(rest), past: w.on(w.token, "mint(address,uint256)", w.friend, 0),
			refusal: permission.RuleToken, revert: "TokenCallNotAllowed",
		},
		{
			rule: "erc20, batch as a sum", grant: total,
			inside: append(transfer(20), transfer(20)...), // 60 are left
			past:   append(transfer(40), transfer(40)...), // each would fit
			edge:   append(transfer(30), transfer(30)...), pastFirst: true,
			refusal: permission.RuleERC20Total, revert: "AmountLimitExceeded",
		},
		{
			rule: "erc721 id", grant: nfts,
			inside:  w.on(w.nft, "approve(address,uint256)", w.friend, w.ids[0]),
			edge:    w.on(w.nft, "transferFrom(address,address,uint256)", w.account, w.friend, w.ids[0]),
			past:    w.on(w.nft, "transferFrom(address,address,uint256)", w.account, w.friend, w.ids[1]),
			refusal: permission.RuleERC721, revert: "TokenIdNotAllowed",
		},
		{
			rule: "erc1155 id", grant: multi,
			inside: items(7, some), edge: items(7, rest), past: items(8, 0),
			refusal: permission.RuleERC1155, revert: "TokenIdNotAllowed",
		},
		{
			rule: "erc1155 amount", grant: multi,
			inside: items(7, some), edge: items(7, rest), past: items(7, 1),
			refusal: permission.RuleERC1155, revert: "AmountLimitExceeded",
		},
	}
}

// operationRows are about operations as a whole.
func (w *world) operationRows() []row {
	ping := w.on(w.sink, "ping()")
	with := func(terms map[string]any, name string, value any) map[string]any {
		terms[name] = value
		return terms
	}
	return []row{
		{
			rule: "limit, calls of the key", grant: with(permissions(w.calls("ping()")), "limit", 2),
			inside: ping, edge: ping, past: ping,
			refusal: permission.RuleLimit, revert: "LimitExceeded",
		},
		{
			rule: "limit, batch as a sum", grant: with(permissions(w.calls("ping()")), "limit", 3),
			inside: ping, past: append(append(ping[:1:1], ping...), ping...), edge: append(ping[:1:1], ping...), pastFirst: true,
			refusal: permission.RuleLimit, revert: "LimitExceeded",
		},
		{
			rule: "count, calls of a function", grant: permissions(w.limited(map[string]any{"limit": 2})),
			inside: w.pick(1), edge: w.pick(2), past: w.pick(3),
			refusal: permission.RuleCount, revert: "CountExceeded",
		},
		{
			rule:    "feeLimit",
			grant:   with(permissions(w.calls("ping()")), "feeLimit", ether(1).String()),
			try:     w.tryFees,
			refusal: permission.RuleFeeLimit, revert: "FeeLimitExceeded",
		},
		{
			rule:    "feeLimit, none granted",
			grant:   with(permissions(w.calls("ping()")), "feeLimit", "0"),
			try:     w.tryWithoutFees,
			refusal: permission.RuleFeeLimit, revert: "FeeLimitMissing",
		},
		{
			rule: "paymasters", grant: permissions(w.calls("ping()")),
			try:     w.tryPaymasters,
			refusal: permission.RulePaymasters, revert: "PaymasterNotAllowed",
		},
		{
			rule: "status, after revoke", grant: permissions(w.calls("ping()")),
			try:     w.tryRevoked,
			refusal: permission.RuleStatus, revert: "SessionNotActive",
		},
	}
}

func (w *world) on(target common.Address, function string, args ...any) []userop.Call {
	return []userop.Call{{Target: target, Data: encode(function, args...)}}
}

func (w *world) pick(n int64) []userop.Call {
	return w.on(w.sink, "pick(uint256,uint256)", 7, big.NewInt(n))
}

// pay calls with value.
func (w *world) pay(wei int64) []userop.Call {
	return []userop.Call{{Target: w.sink, Value: big.NewInt(wei), Data: encode("ping()")}}
}

func permissions(list ...map[string]any) map[string]any {
	return map[string]any{"permissions": list}
}

func typed(kind string, data map[string]any) map[string]any {
	return map[string]any{"type": kind, "data": data}
}

func (w *world) calls(functions ...string) map[string]any {
	return typed("contract-call", map[string]any{"address": w.sink.Hex(), "calls": functions})
}

// limited grants pick with limits of its own.
func (w *world) limited(limits map[string]any) map[string]any {
	limits["function"] = "pick(uint256,uint256)"
	return typed("contract-call", map[string]any{"address": w.sink.Hex(), "calls": []any{limits}})
}

// tryFees spends a budget to its last wei, in the worst case that counts.
func (w *world) tryFees(ctx context.Context, s *session, seen *sight) (err error) {
	ping := w.on(w.sink, "ping()")
	if seen.inside, err = s.includedBy(ctx, "", ping); err != nil {
		return wrap("inside", err)
	}
	status, err := s.status(ctx)
	if err != nil {
		return err
	}
	left := new(big.Int).Sub(s.terms.FeeLimit, status.FeeSpent)
	if seen.edge, err = s.includedStraight(ctx, straight{calls: ping, change: costing(left)}); err != nil {
		return wrap("at the edge", err)
	}
	if seen.server, err = s.refusedByServer(ctx, "", ping); err != nil {
		return wrap("past, by the server", err)
	}
	seen.contract, err = s.refusedByContract(ctx, straight{calls: ping, change: costing(big.NewInt(1))})
	return wrap("past, by the contract", err)
}

// costing makes an operation cost that many wei in the worst case. At a price
// of one wei a unit, the rest fits into the gas that is paid for nothing.
func costing(wei *big.Int) func(*userop.Operation) {
	return func(op *userop.Operation) {
		op.MaxFeePerGas, op.MaxPriorityFeePerGas = big.NewInt(1), big.NewInt(1)
		rest := new(big.Int).Sub(wei, verificationGas)
		if rest.Sub(rest, callGas); rest.Sign() >= 0 {
			op.PreVerificationGas = rest
		}
	}
}

func (w *world) tryWithoutFees(ctx context.Context, s *session, seen *sight) (err error) {
	ping := w.on(w.sink, "ping()")
	if seen.inside, err = s.included(ctx, ping); err != nil {
		return wrap("inside, sponsored", err)
	}
	seen.edge = seen.inside
	if seen.server, err = s.refusedByServer(ctx, "", ping); err != nil {
		return wrap("past, by the server", err)
	}
	seen.contract, err = s.refusedByContract(ctx, straight{calls: ping, change: costing(big.NewInt(1))})
	return wrap("past, by the contract", err)
}

// tryPaymasters brings another paymaster. The server never offers that, so its
// evaluator is asked here.
func (w *world) tryPaymasters(ctx context.Context, s *session, seen *sight) (err error) {
	ping := w.on(w.sink, "ping()")
	if seen.inside, err = s.included(ctx, ping); err != nil {
		return wrap("inside", err)
	}
	seen.edge = seen.inside
	past := straight{calls: ping, change: func(op *userop.Operation) {
		op.Paymaster = w.other
		op.PaymasterVerificationGasLimit, op.PaymasterPostOpGasLimit = callGas, callGas
	}}
	if seen.server, err = s.evaluated(ctx, past); err != nil {
		return wrap("past, by the evaluator", err)
	}
	seen.contract, err = s.refusedByContract(ctx, past)
	return wrap("past, by the contract", err)
}

// evaluated answers the rule by which the evaluator refuses an operation that
// no request can ask for.
func (s *session) evaluated(ctx context.Context, st straight) (string, error) {
	op, err := s.operation(st)
	if err != nil {
		return "", err
	}
	status, err := s.status(ctx)
	if err != nil {
		return "", err
	}
	now, err := s.w.now(ctx)
	if err != nil {
		return "", err
	}
	refusal := permission.Evaluate(s.terms, permission.State{Status: status}, permission.Operation{
		Account: op.Sender, EntryPoint: userop.EntryPoint, CallData: op.CallData,
		Paymaster: op.Paymaster, WorstCaseFee: op.RequiredPrefund(), Time: now, Moment: st.moment,
	})
	if refusal == nil {
		return "", nil
	}
	return string(refusal.Rule), nil
}

func (w *world) tryRevoked(ctx context.Context, s *session, seen *sight) (err error) {
	ping := w.on(w.sink, "ping()")
	if seen.inside, err = s.included(ctx, ping); err != nil {
		return wrap("inside", err)
	}
	if seen.edge, err = s.includedStraight(ctx, straight{calls: ping}); err != nil {
		return wrap("at the edge", err)
	}
	if err := s.revoke(ctx); err != nil {
		return wrap("revoke", err)
	}
	if seen.server, err = s.evaluated(ctx, straight{calls: ping}); err != nil {
		return wrap("past, by the evaluator", err)
	}
	seen.contract, err = s.refusedByContract(ctx, straight{calls: ping})
	return wrap("past, by the contract", err)
}
