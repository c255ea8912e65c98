package permission

import (
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
)

func TestEvaluateMessage(t *testing.T) {
	t.Parallel()
	app, order := common.Hash{1}, common.Hash{2}
	p := withRules(TypedData{app, order}, TypedData{app, common.Hash{3}})
	fine := Message{app, order, 1500}
	for _, c := range []struct {
		name  string
		p     Permission
		state Phase
		m     Message
		rule  RuleName // "" when allowed
		want  string
	}{
		{"granted", p, Active, fine, "", ""},
		{"granted too", p, Active, Message{app, common.Hash{3}, 1500}, "", ""},
		{"other type", p, Active, Message{app, common.Hash{4}, 1500}, RuleTypedData, "type 0x04"},
		{"other domain", p, Active, Message{common.Hash{9}, order, 1500}, RuleTypedData, "of domain 0x09"},
		{"nothing granted", grant(), Active, fine, RuleTypedData, "granted: none"},
		{"not registered", p, None, fine, RuleStatus, "is none"},
		{"closed", p, Closed, fine, RuleStatus, "was revoked"},
		{"early", p, Active, Message{app, order, 999}, RuleValidAfter, "starts at 1000"},
		{"late", p, Active, Message{app, order, 2001}, RuleValidUntil, "ended at 2000"},
	} {
		got := EvaluateMessage(c.p, State{Status: Status{State: c.state}}, c.m)
		if c.rule == "" && got != nil {
			t.Errorf("%s: %v", c.name, got)
		}
		if c.rule != "" && (got == nil || got.Rule != c.rule || !strings.Contains(got.Message, c.want)) {
			t.Errorf("%s: got %v", c.name, got)
		}
	}
}
