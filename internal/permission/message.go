package permission

import (
	"slices"

	"github.com/ethereum/go-ethereum/common"
)

// Message is typed data that a session's key has signed for the account.
type Message struct {
	DomainSeparator common.Hash // of the application
	TypeHash        common.Hash
	Time            uint64 // chain time, unix seconds
}

// EvaluateMessage answers nil when p, in the session's state s, lets its key
// sign m for the account (ERC-1271), and else the first rule that refuses.
// Rules that count or depend on time play no part. Compare the answer with nil
// before it becomes an error.
func EvaluateMessage(p Permission, s State, m Message) *Refusal {
	if s.State != Active {
		return refuseStatus(Active, s.State)
	}
	if refusal := p.evaluateWindow(Validation{From: p.ValidAfter, Until: p.ValidUntil}, Operation{Time: m.Time}); refusal != nil {
		return refusal
	}
	var granted []TypedData
	for _, r := range p.Rules {
		if r, ok := r.(TypedData); ok {
			granted = append(granted, r)
		}
	}
	asked := TypedData{m.DomainSeparator, m.TypeHash}
	if slices.Contains(granted, asked) {
		return nil
	}
	limit := "none"
	if len(granted) > 0 {
		limit = join(granted)
	}
	return refuse(RuleTypedData, limit, asked.String(), "%s is not granted; granted: %s", asked, limit)
}

func (r TypedData) String() string {
	return "type " + r.TypeHash.Hex() + " of domain " + r.DomainSeparator.Hex()
}
