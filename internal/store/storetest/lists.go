package storetest

import (
	"cmp"
	"slices"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/sponsor"
)

// intentLists compares every list that a filter asks for, whole and page by
// page, with what a plain look at each intent answers. Several intents were made
// at the same moment.
func intentLists(s suite) {
	a, b := s.newAccount(1), s.newAccount(2)
	p, ses := s.newPolicy(), s.newSession(a, 101)
	all := []intent.Intent{
		value(s.db.Intent(s.ctx, s.project.ID, ses.RegisterIntent))(s),
		value(s.db.Intent(s.ctx, s.project.ID, s.newSession(b, 102).RegisterIntent))(s),
	}
	for i := range 3 * len(intent.Statuses) {
		of := []account.Account{a, b, a}[i%3]
		in := s.intentOf(of, uint64(10+i))
		in.Status = intent.Statuses[i/3]
		in.CreatedAt = moment(30 + i/4)
		if i%2 == 0 {
			in.PolicyID = p.ID
		}
		if of.ID == a.ID {
			in.SignedBy = []string{ses.ID, intent.OwnerSigned, ""}[i%5%3]
		}
		s.must(s.db.OpenIntent(s.ctx, in, account.Account{}, nil, func(*sponsor.Policy) error { return nil }))
		all = append(all, in)
	}
	yes, no := true, false
	for name, f := range map[string]intent.Filter{
		"all":                     {},
		"one status":              {Statuses: []intent.Status{intent.Failed}},
		"some statuses":           {Statuses: []intent.Status{intent.Expired, intent.Waiting, intent.Expired}},
		"final":                   {Final: &yes},
		"open":                    {Final: &no},
		"final, some statuses":    {Final: &yes, Statuses: []intent.Status{intent.Waiting, intent.Failed}},
		"final, but open":         {Final: &yes, Statuses: []intent.Status{intent.Waiting}},
		"a session":               {SessionID: ses.ID},
		"a session, one status":   {SessionID: ses.ID, Statuses: []intent.Status{intent.Succeeded}},
		"a session, open":         {SessionID: ses.ID, Final: &no},
		"a session of another":    {SessionID: ses.ID, PlayerIDs: []string{b.PlayerID}},
		"a user":                  {PlayerIDs: []string{a.PlayerID}},
		"a user, some statuses":   {PlayerIDs: []string{a.PlayerID}, Statuses: []intent.Status{intent.Signed, intent.Failed}},
		"two users":               {PlayerIDs: []string{a.PlayerID, b.PlayerID}},
		"a user twice":            {PlayerIDs: []string{b.PlayerID, b.PlayerID}},
		"more users than fit":     {PlayerIDs: append(slices.Repeat([]string{"pla_none"}, 100), a.PlayerID)},
		"an account":              {AccountIDs: []string{b.ID}, Final: &yes},
		"an account and a policy": {AccountIDs: []string{b.ID}, PolicyIDs: []string{p.ID}},
		"a policy":                {PolicyIDs: []string{p.ID}},
		"a policy, one status":    {PolicyIDs: []string{p.ID}, Statuses: []intent.Status{intent.Withdrawn}},
		"a user on a chain":       {PlayerIDs: []string{a.PlayerID}, ChainID: chainID},
		"a user elsewhere":        {PlayerIDs: []string{a.PlayerID}, ChainID: 1},
		"nobody":                  {PlayerIDs: []string{"pla_none"}},
	} {
		var want []string
		for _, in := range all {
			if fits(in, f) {
				want = append(want, place(in))
			}
		}
		slices.Sort(want)
		s.listed(name+", ascending", f, page.Ascending, want)
		slices.Reverse(want)
		s.listed(name+", descending", f, page.Descending, want)
		if got := value(s.db.Intents(s.ctx, s.newProject().ID, f, page.Request{}))(s); got.Total != 0 || len(got.Items) != 0 {
			s.Errorf("%s: another project sees %d, and counts %d", name, len(got.Items), got.Total)
		}
	}
}

// listed asks for a list in one, from a place on, and after each record.
func (s suite) listed(name string, f intent.Filter, order page.Order, want []string) {
	s.Helper()
	ask := func(req page.Request) page.Page[intent.Intent] {
		req.Order = order
		return value(s.db.Intents(s.ctx, s.project.ID, f, req))(s)
	}
	whole := ask(page.Request{})
	if got := places(whole.Items); !slices.Equal(got, want) || whole.Total != len(want) || whole.More {
		s.Fatalf("%s: %d of %d, more %t\n%v\nwant\n%v", name, len(got), whole.Total, whole.More, got, want)
	}
	const size = 2
	for i := range want {
		rest := want[i:]
		there := ask(page.Request{Limit: size, Skip: i})
		if !slices.Equal(places(there.Items), rest[:min(size, len(rest))]) || there.More != (len(rest) > size) || there.Total != len(want) || there.Skip != i {
			s.Fatalf("%s, from %d on: %v, more %t, total %d", name, i, places(there.Items), there.More, there.Total)
		}
		after := &page.Mark{CreatedAt: whole.Items[i].CreatedAt, ID: whole.Items[i].ID}
		next := ask(page.Request{Limit: size, After: after, Uncounted: true})
		if rest = want[i+1:]; !slices.Equal(places(next.Items), rest[:min(size, len(rest))]) || next.More != (len(rest) > size) || next.Total != 0 {
			s.Fatalf("%s, after %d: %v, more %t, total %d", name, i, places(next.Items), next.More, next.Total)
		}
	}
}

// fits says what a filter means.
func fits(in intent.Intent, f intent.Filter) bool {
	among := func(ids []string, id string) bool { return len(ids) == 0 || slices.Contains(ids, id) }
	return among(f.AccountIDs, in.AccountID) && among(f.PlayerIDs, in.PlayerID) && among(f.PolicyIDs, in.PolicyID) &&
		(f.SessionID == "" || in.SessionID == f.SessionID || in.SignedBy == f.SessionID) &&
		(len(f.Statuses) == 0 || slices.Contains(f.Statuses, in.Status)) &&
		(f.Final == nil || *f.Final == in.Final()) && cmp.Or(f.ChainID, in.ChainID) == in.ChainID
}

// place sorts as lists do.
func place(in intent.Intent) string { return in.CreatedAt.UTC().Format("15:04:05.000000 ") + in.ID }

func places(all []intent.Intent) []string {
	found := make([]string, len(all))
	for i, in := range all {
		found[i] = place(in)
	}
	return found
}
