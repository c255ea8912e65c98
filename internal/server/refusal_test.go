package server_test

import (
	"sync"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/player"
	"github.com/latchkey-dev/latchkey/internal/session"
)

// records counts the project's players and accounts.
func (w *world) records() [2]int {
	w.t.Helper()
	players, err := w.server.Players.List(w.t.Context(), w.project, page.Request{})
	w.must(err)
	accounts, err := w.server.Accounts.List(w.t.Context(), w.project, account.Filter{}, page.Request{})
	w.must(err)
	return [2]int{players.Total, accounts.Total}
}

func TestRefusal_leavesNoAccountBehind(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := newKey(t).Address()
	mint := w.mint()
	mint.AccountID, mint.ExternalOwner = "", &owner
	terms := w.terms(newKey(t))
	terms.AccountID, terms.ExternalOwner = "", &owner
	const unknown = "pol_00000000-0000-4000-8000-000000000000"

	before := w.records()
	calls := map[string]func(p *intent.CreateParams){
		"there is no policy":           func(p *intent.CreateParams) { p.PolicyID = unknown },
		"the call reverts":             func(p *intent.CreateParams) { p.Interactions[0].Args = []any{common.Address{}.Hex()} },
		"has nothing to pay fees with": func(p *intent.CreateParams) { p.PolicyID = "" },
		"no player":                    func(p *intent.CreateParams) { p.PlayerID = "pla_x" },
	}
	for text, change := range calls {
		p := mint
		p.Interactions = []intent.CallParams{mint.Interactions[0]}
		change(&p)
		_, err := w.server.Intents.Create(t.Context(), w.project, p)
		refused(t, err, text)
	}
	grants := map[string]func(p *session.CreateParams){
		"there is no policy":           func(p *session.CreateParams) { p.PolicyID = unknown },
		"has nothing to pay fees with": func(p *session.CreateParams) { p.PolicyID = "" },
		"is the owner":                 func(p *session.CreateParams) { p.Key.Address = owner },
	}
	for text, change := range grants {
		p := terms
		change(&p)
		_, err := w.server.Sessions.Create(t.Context(), w.project, p)
		refused(t, err, text)
	}
	if after := w.records(); after != before {
		t.Errorf("refused requests left %v players and accounts, want %v", after, before)
	}

	in := w.intend(mint)
	firstUse := terms
	firstUse.PolicyID, firstUse.Registration = "", session.FirstUse
	granted, err := w.server.Sessions.Create(t.Context(), w.project, firstUse)
	w.must(err)
	registered, err := w.server.Sessions.Create(t.Context(), w.project, terms)
	w.must(err)
	for _, id := range []string{in.AccountID, granted.Session.AccountID, registered.Session.AccountID} {
		if acc, err := w.server.Accounts.Get(t.Context(), w.project, id); err != nil || acc.Owner.Address != owner {
			t.Errorf("account %s of %s, %v, want %s", id, acc.Owner, err, owner)
		}
	}
	if after, want := w.records(), [2]int{before[0] + 3, before[1] + 3}; after != want {
		t.Errorf("three requests made %v players and accounts, want %v", after, want)
	}

	w.must(w.node.Close())
	stood := w.records()
	if _, err := w.server.Intents.Create(t.Context(), w.project, mint); !fault.Is(err, fault.Unavailable) {
		t.Errorf("without a chain: %v", err)
	}
	if after := w.records(); after != stood {
		t.Errorf("without a chain %v players and accounts became %v", stood, after)
	}
}

func TestResolve_requestsAtTheSameMomentShareTheNewAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	someone, err := w.server.Players.Create(t.Context(), w.project, player.Params{})
	w.must(err)
	owner := newKey(t).Address()
	mint, terms := w.mint(), w.terms(newKey(t))
	mint.AccountID, mint.PlayerID, mint.ExternalOwner = "", someone.ID, &owner
	terms.AccountID, terms.PlayerID, terms.ExternalOwner = "", someone.ID, &owner
	var made [8]string
	var all sync.WaitGroup
	for i := range made {
		all.Go(func() {
			if i%2 == 0 {
				in, err := w.server.Intents.Create(t.Context(), w.project, mint)
				if err != nil {
					t.Error(err)
				}
				made[i] = in.AccountID
				return
			}
			v, err := w.server.Sessions.Create(t.Context(), w.project, terms)
			if err != nil {
				t.Error(err)
			}
			made[i] = v.Session.AccountID
		})
	}
	all.Wait()
	for _, id := range made {
		if id != made[0] || id == "" {
			t.Fatalf("requests at the same moment got the accounts %q", made)
		}
	}
}
