package permissionfuzz

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/evmtest"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// messageCase is one message that a session's key signed for the account.
type messageCase struct {
	number  uint64
	account common.Address
	p       permission.Permission
	packed  []byte
	state   permission.State
	message userop.Message
	time    uint64
	signed  bool // genuinely
}

func (m *messageCase) String() string {
	return fmt.Sprintf("account %s\npermission %x\n%+v\nstate %+v\ntime %d, signed %t\nmessage %+v", m.account, m.packed, m.p, m.state, m.time, m.signed, m.message)
}

// typedDataRules are the rules that a permission has about messages.
func typedDataRules(p permission.Permission) (out []permission.TypedData) {
	for _, r := range p.Rules {
		if r, ok := r.(permission.TypedData); ok {
			out = append(out, r)
		}
	}
	return out
}

func (w *world) drawMessage(s source, g grantOf, n uint64) *messageCase {
	rule := pick(s, typedDataRules(g.p)...)
	m := &messageCase{
		number: n, account: pick(s, w.accounts...), p: g.p, packed: g.packed,
		time: min(max(g.now, g.p.ValidAfter), g.p.ValidUntil), signed: s.percent(80),
	}
	m.state.State = permission.Active
	contents := append(rule.TypeHash.Bytes(), s.data()...)
	m.message = userop.Message{Domain: rule.DomainSeparator, Contents: contents, Description: pick(s, "Order(uint256 a)", "Order(uint256 a)Order")}
	switch s.IntN(8) {
	case 0:
		m.state.State = pick[permission.Phase](s, permission.None, permission.Closed, 3)
	case 1:
		m.time = pick(s, m.p.ValidAfter-min(m.p.ValidAfter, 1), m.p.ValidAfter, m.p.ValidUntil, m.p.ValidUntil+1)
	case 2, 3:
		m.message.Domain[s.IntN(32)] ^= 1
	case 4:
		m.message.Contents[s.IntN(32)] ^= 1
	}
	return m
}

// tryMessage compares one message. EntryPoint has no part in it.
func (w *worker) tryMessage(m *messageCase) error {
	valid, err := w.world.isValid(m)
	if err != nil {
		return err
	}
	refusal := permission.EvaluateMessage(m.p, m.state, permission.Message{
		DomainSeparator: m.message.Domain, TypeHash: m.message.TypeHash(), Time: m.time,
	})
	if want := refusal == nil && m.signed; valid != want {
		w.report.Mismatches = append(w.report.Mismatches, Mismatch{m.number, m, fmt.Errorf("contract takes the message: %t, Go says: %w", valid, orNothing(refusal))})
	}
	w.report.Cases++
	if refusal == nil {
		w.report.Accepted++
	} else {
		w.report.Refused[refusal.Rule]++
	}
	return nil
}

// isValid asks the account whether it has signed the message.
func (w *world) isValid(m *messageCase) (bool, error) {
	digest, err := m.message.Digest(evmtest.ChainID, m.account)
	if err != nil {
		return false, err
	}
	if !m.signed {
		digest[0] ^= 1
	}
	tail, err := w.signDigest(m.p.SignerType, digest)
	if err != nil {
		return false, err
	}
	call := w.contract.PackIsValidSignature(m.message.Hash(), m.message.SessionSignature(m.packed, tail))
	w.evm.Time = m.time
	output, _, reverted := w.evm.Try(userop.EntryPoint, m.account, call, []evmtest.Slot{
		{Key: statusSlot(m.account, m.packed), Word: common.BigToHash(m.state.Word())},
	})
	magic := []byte{0x16, 0x26, 0xba, 0x7e}
	return reverted == nil && len(output) >= len(magic) && [4]byte(output) == [4]byte(magic), nil
}
