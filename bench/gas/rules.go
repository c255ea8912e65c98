package main

import (
	"context"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/latchkey-dev/latchkey/internal/permission"
)

// longTime is a period that no run of the benchmark outlives.
const longTime = 1<<32 - 1

// work is what an operation does, with the permission that allows it without
// the rule under measurement.
type work struct {
	callData []byte
	allow    func(*permission.Permission)
}

// ruleCase is one rule on top of some work. A rule that grants the work by
// itself takes the place of what allowed it.
type ruleCase struct {
	rule  permission.Rule
	work  work
	allow func(*permission.Permission)
}

// measureRules measures what each rule adds to an operation that it applies to,
// in the second use: its own work, its bytes, and what it stores.
func (l *lab) measureRules(ctx context.Context, s *subject) (map[string]ruleCost, error) {
	costs := map[string]ruleCost{}
	for _, c := range l.ruleCases(s) {
		name := string(c.rule.Name())
		without, with := l.terms(s), l.terms(s)
		c.work.allow(&without)
		c.allow(&with)
		with.Rules = []permission.Rule{c.rule}
		base, err := l.usedTwice(ctx, s, use{permission: without, callData: c.work.callData})
		if err != nil {
			return nil, fmt.Errorf("without %s: %w", name, err)
		}
		total, err := l.usedTwice(ctx, s, use{permission: with, callData: c.work.callData})
		if err != nil {
			return nil, fmt.Errorf("with %s: %w", name, err)
		}
		costs[name] = ruleCost{Total: total.gas, Adds: int64(total.gas) - int64(base.gas)}
	}
	return costs, nil
}

func (l *lab) ruleCases(s *subject) []ruleCase {
	one := big.NewInt(1)
	total := permission.Total{Max: ether}
	period := permission.Period{Max: ether, Start: 1, Seconds: longTime}
	stream := permission.Stream{Initial: ether, PerSecond: one, Start: 1}
	typedData := permission.TypedData{
		DomainSeparator: crypto.Keccak256Hash([]byte("domain")), TypeHash: crypto.Keccak256Hash([]byte("type")),
	}
	nothing := func(*permission.Permission) {}

	transferData := token.PackTransfer(recipient, one)
	transfer := l.listed(l.token, transferData)
	transferFunction := permission.Function{Target: l.token, Selector: selectorOf(transferData)}
	approveID := l.listed(bystander, nft.PackApprove(recipient, one))
	moveItem := l.listed(bystander, packItemTransfer(s.address, recipient))
	send := work{
		callData: account.PackExecute(bystander, one, nil),
		allow:    func(p *permission.Permission) { p.Sudo = true },
	}
	allowBystander := func(p *permission.Permission) { p.Contracts = []common.Address{bystander} }

	return []ruleCase{
		{permission.ValuePerCall{Max: ether}, send, allowBystander},
		{permission.ValueTotal{Total: total}, send, allowBystander},
		{permission.ValuePeriod{Period: period}, send, allowBystander},
		{permission.ValueStream{Stream: stream}, send, allowBystander},
		{permission.ERC20Total{Token: l.token, Total: total}, transfer, nothing},
		{permission.ERC20Period{Token: l.token, Period: period}, transfer, nothing},
		{permission.ERC20Stream{Token: l.token, Stream: stream}, transfer, nothing},
		{permission.ERC721{Token: bystander, ID: one}, approveID, nothing},
		{permission.ERC1155{Token: bystander, ID: one, Total: total}, moveItem, nothing},
		{permission.Argument{Function: transferFunction, Word: 1, Op: permission.LessOrEqual, Operands: []*big.Int{ether}}, transfer, transfer.allow},
		{permission.ArgumentTotal{Function: transferFunction, Word: 1, Total: total}, transfer, transfer.allow},
		{permission.Count{Function: transferFunction, Limit: callLimit}, transfer, transfer.allow},
		{permission.Rate{Count: callLimit, Interval: longTime}, transfer, transfer.allow},
		{typedData, transfer, transfer.allow},
	}
}

// listed is a call of a function that stands in the list.
func (l *lab) listed(target common.Address, data []byte) work {
	return work{
		callData: account.PackExecute(target, new(big.Int), data),
		allow: func(p *permission.Permission) {
			p.Functions = []permission.Function{{Target: target, Selector: selectorOf(data)}}
		},
	}
}

// packItemTransfer is ERC-1155's safeTransferFrom of one piece of id 1.
func packItemTransfer(from, to common.Address) []byte {
	data := []byte{0xf2, 0x42, 0x43, 0x2a}
	for _, word := range [][]byte{from[:], to[:], {1}, {1}, {0xa0}, {}} {
		data = append(data, common.LeftPadBytes(word, 32)...)
	}
	return data
}
