package storetest

import (
	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/session"
)

// sessionOf describes a pending session; n tells keys apart.
func sessionOf(a account.Account, n byte) session.Session {
	return session.Session{
		ID: id.New(id.Session), ProjectID: a.ProjectID, PlayerID: a.PlayerID, AccountID: a.ID, ChainID: a.ChainID,
		AccountAddress: a.Address, Signer: address(200 + n), Permission: []byte{1, 0, n, 0}, Epoch: 3, Hash: hash(n),
		State: session.Pending, CreatedAt: moment(10 + int(n)), UpdatedAt: moment(10 + int(n)),
	}
}

// newSession saves a session the only way there is, with an intent.
func (s suite) newSession(a account.Account, n byte) session.Session {
	s.Helper()
	ses := sessionOf(a, n)
	in := s.intentOf(a, uint64(n))
	in.Kind, in.SessionID = intent.RegisterSession, ses.ID
	ses.RegisterIntent = in.ID
	s.must(s.db.OpenIntent(s.ctx, in, account.Account{}, &ses, nil))
	return ses
}

func sessionRoundTrip(s suite) {
	a := s.newAccount(1)
	ses := sessionOf(a, 1)
	ses.RegisterIntent, ses.RevokeIntent, ses.Epoch = "tin_a", "tin_b", 1<<63-1
	s.must(s.db.OpenIntent(s.ctx, s.intentOf(a, 1), account.Account{}, &ses, nil))
	same(s, value(s.db.Session(s.ctx, s.project.ID, ses.ID))(s), ses)

	zero := session.Session{ID: id.New(id.Session), ProjectID: s.project.ID, PlayerID: a.PlayerID, AccountID: a.ID}
	s.must(s.db.OpenIntent(s.ctx, s.intentOf(a, 2), account.Account{}, &zero, nil))
	same(s, value(s.db.Session(s.ctx, s.project.ID, zero.ID))(s), zero)

	_, err := s.db.Session(s.ctx, s.newProject().ID, ses.ID)
	s.wantFault(err, fault.NotFound)

	got := value(s.db.UpdateSession(s.ctx, s.project.ID, ses.ID, func(old session.Session) (session.Session, error) {
		old.State = session.Closed
		return old, nil
	}))(s)
	ses.State = session.Closed
	same(s, got, ses)
	same(s, value(s.db.Session(s.ctx, s.project.ID, ses.ID))(s), ses)
}

func sessionFilters(s suite) {
	yes, no := true, false
	a, b := s.newAccount(1), s.newAccount(2)
	first, second, other := s.newSession(a, 1), s.newSession(a, 2), s.newSession(b, 3)
	second.State = session.Ended
	value(s.db.UpdateSession(s.ctx, s.project.ID, second.ID, func(session.Session) (session.Session, error) { return second, nil }))(s)
	for _, c := range []struct {
		f    session.Filter
		want []session.Session
	}{
		{session.Filter{}, []session.Session{first, second, other}},
		{session.Filter{AccountID: a.ID}, []session.Session{first, second}},
		{session.Filter{PlayerID: b.PlayerID, ChainID: 80002}, []session.Session{other}},
		{session.Filter{Signer: second.Signer}, []session.Session{second}},
		{session.Filter{Live: &yes}, []session.Session{first, other}},
		{session.Filter{Live: &no}, []session.Session{second}},
		{session.Filter{ChainID: 1}, nil},
	} {
		got := value(s.db.Sessions(s.ctx, s.project.ID, c.f, page.Request{Order: page.Ascending}))(s)
		same(s, got.Items, c.want)
	}
	same(s, value(s.db.LiveSessions(s.ctx, a.ID))(s), []session.Session{first})
}

func oneLiveSession(s suite) {
	a := s.newAccount(1)
	first := s.newSession(a, 1)

	again := sessionOf(a, 1)
	in := s.intentOf(a, 9)
	s.wantFault(s.db.OpenIntent(s.ctx, in, account.Account{}, &again, nil), fault.Conflict)
	_, err := s.db.Intent(s.ctx, s.project.ID, in.ID)
	s.wantFault(err, fault.NotFound)

	value(s.db.UpdateSession(s.ctx, s.project.ID, first.ID, func(old session.Session) (session.Session, error) {
		old.State = session.Ended
		return old, nil
	}))(s)
	s.must(s.db.OpenIntent(s.ctx, in, account.Account{}, &again, nil))

	_, err = s.db.UpdateSession(s.ctx, s.project.ID, first.ID, func(old session.Session) (session.Session, error) {
		old.State = session.Active
		return old, nil
	})
	s.wantFault(err, fault.Conflict)

	// The same key on another account is another session.
	elsewhere := s.newAccount(2)
	s.newSession(elsewhere, 1)
}

// A revoke loads the session, asks the chain, and saves it with its intent. If
// the session was closed meanwhile, saving must not open it again.
func sessionMovedOn(s suite) {
	a := s.newAccount(1)
	loaded := s.newSession(a, 1)
	value(s.db.UpdateSession(s.ctx, s.project.ID, loaded.ID, func(old session.Session) (session.Session, error) {
		old.State = session.Closed
		return old, nil
	}))(s)
	in := s.intentOf(a, 9)
	loaded.RevokeIntent = in.ID
	s.wantFault(s.db.OpenIntent(s.ctx, in, account.Account{}, &loaded, nil), fault.Conflict)
	if got := value(s.db.Session(s.ctx, s.project.ID, loaded.ID))(s); got.State != session.Closed {
		s.Errorf("session is %s, want closed", got.State)
	}
}
