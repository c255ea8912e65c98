package storetest

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/operator"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/player"
	"github.com/latchkey-dev/latchkey/internal/session"
)

func (s suite) newOperator(name string, minute int) operator.Operator {
	s.Helper()
	o := operator.Operator{ID: id.New(id.Operator), Name: name, Role: operator.Admin, CreatedAt: moment(minute), UpdatedAt: moment(minute)}
	s.must(s.db.CreateOperator(s.ctx, o))
	return o
}

func operatorRoundTrip(s suite) {
	ann, bob := s.newOperator("ann", 1), s.newOperator("bob", 2)
	same(s, value(s.db.Operators(s.ctx))(s), []operator.Operator{ann, bob})
	s.wantFault(s.db.CreateOperator(s.ctx, operator.Operator{ID: id.New(id.Operator), Name: "ann"}), fault.Conflict)

	seen, off := moment(3), moment(4)
	got := value(s.db.UpdateOperator(s.ctx, ann.ID, func(o operator.Operator, all []operator.Operator) (operator.Operator, error) {
		if len(all) != 2 {
			s.Errorf("update sees %d operators", len(all))
		}
		o.Role, o.PasswordHash, o.SeenAt, o.DisabledAt = operator.Viewer, "$argon2id$", &seen, &off
		return o, nil
	}))(s)
	ann.Role, ann.PasswordHash, ann.SeenAt, ann.DisabledAt = operator.Viewer, "$argon2id$", &seen, &off
	same(s, got, ann)
	same(s, value(s.db.Operator(s.ctx, ann.ID))(s), ann)
	same(s, value(s.db.OperatorByName(s.ctx, "ann"))(s), ann)

	_, err := s.db.OperatorByName(s.ctx, "Ann")
	s.wantFault(err, fault.NotFound)
	_, err = s.db.UpdateOperator(s.ctx, "opr_none", nil)
	s.wantFault(err, fault.NotFound)
	_, err = s.db.UpdateOperator(s.ctx, bob.ID, func(o operator.Operator, _ []operator.Operator) (operator.Operator, error) { return o, errRefused })
	s.wantError(err, errRefused)
}

// operatorsRace lets each of two admins demote the other: one must stay.
func operatorsRace(s suite) {
	ids := []string{s.newOperator("ann", 1).ID, s.newOperator("bob", 2).ID}
	var refused atomic.Int32
	race(func(i int) {
		_, err := s.db.UpdateOperator(s.ctx, ids[i%2], func(o operator.Operator, all []operator.Operator) (operator.Operator, error) {
			if !slices.ContainsFunc(all, func(other operator.Operator) bool { return other.ID != o.ID && other.Role == operator.Admin }) {
				return o, errRefused
			}
			o.Role = operator.Viewer
			return o, nil
		})
		if err != nil {
			refused.Add(1)
		}
	})
	admins := 0
	for _, o := range value(s.db.Operators(s.ctx))(s) {
		if o.Role == operator.Admin {
			admins++
		}
	}
	if admins != 1 || refused.Load() == 0 {
		s.Fatalf("%d admins are left, %d changes were refused", admins, refused.Load())
	}
}

func signInLink(s suite) {
	o := s.newOperator("ann", 1)
	l := operator.Link{Hash: "aa", OperatorID: o.ID, ExpiresAt: moment(30), CreatedAt: moment(2)}
	s.must(s.db.CreateLink(s.ctx, l))
	var first atomic.Int32
	race(func(int) {
		if used, err := s.db.UseLink(s.ctx, "aa", moment(3)); err == nil && used.UsedAt == nil {
			first.Add(1)
		}
	})
	if first.Load() != 1 {
		s.Fatalf("%d requests were the first to use the link", first.Load())
	}
	used := moment(3)
	l.UsedAt = &used
	same(s, value(s.db.UseLink(s.ctx, "aa", moment(4)))(s), l)
	_, err := s.db.UseLink(s.ctx, "bb", moment(4))
	s.wantFault(err, fault.NotFound)
	other := s.newOperator("bob", 2)
	s.must(s.db.CreateLink(s.ctx, operator.Link{Hash: "dd", OperatorID: o.ID, ExpiresAt: moment(30), CreatedAt: moment(5)}))
	s.must(s.db.CreateLink(s.ctx, operator.Link{Hash: "ee", OperatorID: other.ID, ExpiresAt: moment(30), CreatedAt: moment(5)}))
	s.must(s.db.DeleteLinksOf(s.ctx, o.ID))
	_, err = s.db.UseLink(s.ctx, "dd", moment(6))
	s.wantFault(err, fault.NotFound)
	value(s.db.UseLink(s.ctx, "ee", moment(6)))(s)
	same(s, value(s.db.UseLink(s.ctx, "aa", moment(6)))(s), l) // a used one stays, to say so
	s.wantFault(s.db.CreateLink(s.ctx, operator.Link{Hash: "cc", OperatorID: "opr_none"}), fault.NotFound)
	s.must(s.db.ForgetConsoleSessions(s.ctx, moment(31)))
	_, err = s.db.UseLink(s.ctx, "aa", moment(32))
	s.wantFault(err, fault.NotFound)
}

func consoleSession(s suite) {
	o := s.newOperator("ann", 1)
	open := func(hash string, expires time.Time) operator.Session {
		ses := operator.Session{Hash: hash, OperatorID: o.ID, SeenAt: moment(2), ExpiresAt: expires, CreatedAt: moment(2)}
		s.must(s.db.CreateConsoleSession(s.ctx, ses))
		return ses
	}
	a := open("a", moment(40))
	open("b", moment(40))
	open("c", moment(20))
	a.SeenAt, a.ProjectID = moment(5), s.project.ID
	same(s, value(s.db.UpdateConsoleSession(s.ctx, "a", func(operator.Session) (operator.Session, error) { return a, nil }))(s), a)
	same(s, value(s.db.ConsoleSession(s.ctx, "a"))(s), a)
	gone := func(hash string) {
		s.Helper()
		_, err := s.db.ConsoleSession(s.ctx, hash)
		s.wantFault(err, fault.NotFound)
	}
	s.must(s.db.ForgetConsoleSessions(s.ctx, moment(20)))
	gone("c")
	s.must(s.db.DeleteConsoleSessionsOf(s.ctx, o.ID, "a"))
	gone("b")
	s.must(s.db.DeleteConsoleSession(s.ctx, "a"))
	s.must(s.db.DeleteConsoleSession(s.ctx, "a"))
	gone("a")
}

func passkey(s suite) {
	ann, bob := s.newOperator("ann", 1), s.newOperator("bob", 2)
	ceremony := operator.Ceremony{Hash: "h", Data: json.RawMessage(`{"challenge":"a"}`), ExpiresAt: moment(20)}
	s.must(s.db.SaveCeremony(s.ctx, ceremony))
	ceremony.Data = json.RawMessage(`{"challenge":"b"}`)
	s.must(s.db.SaveCeremony(s.ctx, ceremony))
	same(s, value(s.db.TakeCeremony(s.ctx, "h"))(s), ceremony)
	_, err := s.db.TakeCeremony(s.ctx, "h")
	s.wantFault(err, fault.NotFound)
	s.must(s.db.SaveCeremony(s.ctx, ceremony))
	s.must(s.db.ForgetConsoleSessions(s.ctx, moment(20)))
	_, err = s.db.TakeCeremony(s.ctx, "h")
	s.wantFault(err, fault.NotFound)

	k := operator.Passkey{ID: id.New(id.Passkey), OperatorID: ann.ID, Name: "laptop", CredentialID: "abc", Credential: json.RawMessage(`{"id":"abc"}`), CreatedAt: moment(3)}
	s.must(s.db.CreatePasskey(s.ctx, k))
	again := k
	again.ID = id.New(id.Passkey)
	s.wantFault(s.db.CreatePasskey(s.ctx, again), fault.Conflict)
	used := moment(4)
	k.UsedAt = &used
	same(s, value(s.db.UpdatePasskey(s.ctx, k.ID, func(operator.Passkey) (operator.Passkey, error) { return k, nil }))(s), k)
	same(s, value(s.db.PasskeyByCredential(s.ctx, "abc"))(s), k)
	same(s, value(s.db.Passkeys(s.ctx, ann.ID))(s), []operator.Passkey{k})
	same(s, value(s.db.Passkeys(s.ctx, bob.ID))(s), nil)
	s.wantFault(s.db.DeletePasskey(s.ctx, bob.ID, k.ID), fault.NotFound)
	s.must(s.db.DeletePasskey(s.ctx, ann.ID, k.ID))
	_, err = s.db.PasskeyByCredential(s.ctx, "abc")
	s.wantFault(err, fault.NotFound)
}

func auditLog(s suite) {
	var all []operator.Entry
	for i := range 5 {
		e := operator.Entry{
			ID: id.New(id.Audit), ProjectID: s.project.ID, OperatorID: fmt.Sprint("opr_", i%2), OperatorName: "ann", Action: "session.block",
			Subject: fmt.Sprint("ses_", i), RequestID: "r", Remote: "127.0.0.1", CreatedAt: moment(10 + i),
		}
		s.must(s.db.CreateEntry(s.ctx, e))
		all = append(all, e)
	}
	done := all[0]
	done.Before, done.After, done.Outcome = json.RawMessage(`{"a":1}`), json.RawMessage(`{"a":2}`), operator.OutcomeDone
	s.must(s.db.FinishEntry(s.ctx, done))
	s.wantFault(s.db.FinishEntry(s.ctx, done), fault.Conflict)
	got := value(s.db.Entries(s.ctx, operator.AuditFilter{Subject: "ses_0"}, page.Request{}))(s)
	same(s, got.Items, []operator.Entry{done})
	got = value(s.db.Entries(s.ctx, operator.AuditFilter{OperatorID: "opr_1"}, page.Request{Uncounted: true}))(s)
	same(s, got.Items, []operator.Entry{all[3], all[1]})
}

func playersNamed(s suite) {
	for i, name := range []string{"Bob", "alice", "ALFRED", "al%", "Ålice", ""} {
		p := player.Player{ID: id.New(id.Player), ProjectID: s.project.ID, Name: name, CreatedAt: moment(i), UpdatedAt: moment(i)}
		s.must(s.db.CreatePlayer(s.ctx, p))
	}
	for prefix, want := range map[string][]string{
		"al": {"al%", "ALFRED", "alice"}, "AL%": {"al%"}, "bob": {"Bob"}, "bobby": {}, "lice": {},
	} {
		var names []string
		for _, p := range value(s.db.PlayersNamed(s.ctx, s.project.ID, prefix, 10))(s) {
			names = append(names, p.Name)
		}
		same(s, names, want)
	}
	if got := value(s.db.PlayersNamed(s.ctx, s.project.ID, "al", 2))(s); len(got) != 2 {
		s.Errorf("%d players, want 2", len(got))
	}
	other := s.newProject().ID
	same(s, value(s.db.PlayersNamed(s.ctx, other, "al", 10))(s), nil)
	bob := value(s.db.PlayersNamed(s.ctx, s.project.ID, "bob", 1))(s)
	same(s, value(s.db.PlayersByID(s.ctx, s.project.ID, []string{bob[0].ID, "pla_none"}))(s), bob)
	same(s, value(s.db.PlayersByID(s.ctx, s.project.ID, nil))(s), nil)
	same(s, value(s.db.PlayersByID(s.ctx, other, []string{bob[0].ID}))(s), nil)
}

// pagesAfter walks a list by its records, two of which were made at once.
func pagesAfter(s suite) {
	var all []player.Player
	for i := range 5 {
		p := player.Player{ID: fmt.Sprintf("pla_%d", i), ProjectID: s.project.ID, CreatedAt: moment(10 + i/2), UpdatedAt: moment(10)}
		s.must(s.db.CreatePlayer(s.ctx, p))
		all = append(all, p)
	}
	for _, order := range []page.Order{page.Ascending, page.Descending} {
		var seen []player.Player
		req := page.Request{Limit: 2, Order: order, Uncounted: true}
		for {
			got := value(s.db.Players(s.ctx, s.project.ID, req))(s)
			if got.Total != 0 {
				s.Errorf("an uncounted list has the total %d", got.Total)
			}
			seen = append(seen, got.Items...)
			if !got.More {
				break
			}
			last := got.Items[len(got.Items)-1]
			req.After = &page.Mark{CreatedAt: last.CreatedAt, ID: last.ID}
		}
		if order == page.Descending {
			slices.Reverse(seen)
		}
		same(s, seen, all)
	}
}

func countLive(s suite) {
	a, b := s.newAccount(1), s.newAccount(2)
	s.newSession(a, 1)
	s.newSession(a, 2)
	closed := s.newSession(b, 3)
	closed.State = session.Closed
	value(s.db.UpdateSession(s.ctx, s.project.ID, closed.ID, func(session.Session) (session.Session, error) { return closed, nil }))(s)
	same(s, value(s.db.CountLive(s.ctx, s.project.ID, []string{a.PlayerID, b.PlayerID}))(s), map[string]int{a.PlayerID: 2})
	same(s, value(s.db.CountLive(s.ctx, s.project.ID, nil))(s), map[string]int{})
	same(s, value(s.db.AccountsOf(s.ctx, s.project.ID, []string{a.PlayerID, "pla_none"}))(s), []account.Account{a})
	same(s, value(s.db.AccountsOf(s.ctx, s.newProject().ID, []string{a.PlayerID}))(s), nil)
	same(s, value(s.db.AccountsOf(s.ctx, s.project.ID, nil))(s), nil)
}
