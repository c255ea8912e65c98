package permissionfuzz

import (
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// ruleDraw adds a random rule to a permission that is in use about now, with
// what the rule needs in the lists.
type ruleDraw struct {
	name permission.RuleName
	draw func(s source, p *permission.Permission, now uint64)
}

var allRules = []ruleDraw{
	{permission.RuleValuePerCall, drawValuePerCall},
	{permission.RuleValueTotal, drawValueTotal},
	{permission.RuleValuePeriod, drawValuePeriod},
	{permission.RuleValueStream, drawValueStream},
	{permission.RuleERC20Total, drawERC20Total},
	{permission.RuleERC20Period, drawERC20Period},
	{permission.RuleERC20Stream, drawERC20Stream},
	{permission.RuleERC721, drawERC721},
	{permission.RuleERC1155, drawERC1155},
	{permission.RuleArgument, drawArgument},
	{permission.RuleArgumentTotal, drawArgumentTotal},
	{permission.RuleCount, drawCount},
	{permission.RuleRate, drawRate},
	{permission.RuleTypedData, drawTypedData},
}

// support is what the contract's build can do. What it cannot is not drawn,
// so that the two sides may learn something new one after the other.
type support struct {
	rules    []ruleDraw
	signers  []permission.SignerType // secp256k1 first
	batch    bool
	grants   bool // first use and stateless sessions
	messages bool // ERC-1271 by sessions
}

func (c support) rule(name permission.RuleName) bool {
	return slices.ContainsFunc(c.rules, func(r ruleDraw) bool { return r.name == name })
}

func (w *world) probe() support {
	var out support
	plain := permission.Permission{
		Signer: common.Address{1}, ValidUntil: permission.MaxTime,
		Functions:  []permission.Function{{Target: common.Address{poolFunction}}},
		Paymasters: []common.Address{{poolPayer}},
	}
	for kind := permission.Secp256k1; kind <= permission.WebAuthn; kind++ {
		p := plain
		p.SignerType = kind
		if w.registersPermission(p) {
			out.signers = append(out.signers, kind)
		}
	}
	for _, rule := range allRules {
		p := plain
		rule.draw(newSource(0, 0), &p, 1)
		if w.registersPermission(p) {
			out.rules = append(out.rules, rule)
		}
	}
	batch, _ := userop.ExecuteBatch([]userop.Call{{}})
	out.batch = w.refusal(plain, batch, userop.Registered) != "FunctionForbidden"
	out.grants = w.refusal(plain, batch, userop.FirstUse) != "SignatureMalformed"
	out.messages = w.takesMessages(plain)
	return out
}

// takesMessages reports whether a session can sign for the account at all.
func (w *world) takesMessages(p permission.Permission) bool {
	p.Signer, p.Rules = w.signers[permission.Secp256k1], []permission.Rule{permission.TypedData{}}
	packed, err := p.Encode()
	if err != nil {
		return false
	}
	m := &messageCase{account: w.accounts[0], p: p, packed: packed, time: 1, signed: true}
	m.state.State = permission.Active
	m.message = userop.Message{Contents: make([]byte, wordLength), Description: "Order(uint256 a)"}
	valid, err := w.isValid(m)
	return err == nil && valid
}

func (w *world) registersPermission(p permission.Permission) bool {
	packed, err := p.Encode()
	return err == nil && w.registers(w.accounts[0], packed)
}

// refusal is the error that an operation of a session ends with.
func (w *world) refusal(p permission.Permission, callData []byte, way userop.WayIn) string {
	packed, err := p.Encode()
	if err != nil {
		return err.Error()
	}
	op := userop.Operation{Sender: w.accounts[0], CallData: callData}
	op.Signature = userop.Session{Permission: packed, WayIn: way}.Dummy(opHash)
	slots, words := []common.Hash{statusSlot(op.Sender, packed)}, []*big.Int{new(big.Int)}
	if way == userop.Registered {
		words[0] = permission.Status{State: permission.Active}.Word()
	}
	got, err := w.validate(op, slots, words)
	if err != nil {
		return err.Error()
	}
	return got.revert
}
