package storetest

import (
	"math/big"
	"time"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/bundler"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/session"
)

// signedBy saves an intent that a session signed and that is queued.
func (s suite) signedBy(a account.Account, sessionID string, lane uint64) intent.Intent {
	s.Helper()
	in := s.intentOf(a, lane)
	s.must(s.db.OpenIntent(s.ctx, in, account.Account{}, nil, nil))
	return value(s.db.ChangeIntent(s.ctx, in.ID, func(c *intent.Change) error {
		c.Intent.Status, c.Intent.SignedBy, c.Intent.UpdatedAt = intent.Signed, sessionID, moment(21)
		c.Queue = &intent.Queue{Operation: in.Operation, Hash: in.OperationHash, ChainID: in.ChainID, SessionID: sessionID}
		return nil
	}))(s)
}

func (s suite) block(ses session.Session, minute int) (session.Session, error) {
	return s.db.BlockSession(s.ctx, s.project.ID, ses.ID, "was blocked", func(old session.Session) (session.Session, error) {
		at := moment(minute)
		old.BlockedAt, old.BlockedBy, old.UpdatedAt = &at, "ann", at
		return old, nil
	})
}

// A block gives up what is queued; what a transaction carries is not touched,
// and what is queued after it is never handed out.
func blockedSession(s suite) {
	a := s.newAccount(1)
	ses, other := s.newSession(a, 101), s.newSession(a, 102)
	sent := s.signedBy(a, ses.ID, 1)
	value(s.db.SaveTransaction(s.ctx, s.lease("a", time.Minute), s.transactionOf(1, value(s.db.QueuedOperations(s.ctx, chainID, 9))(s)...)))(s)
	queued, others := s.signedBy(a, ses.ID, 2), s.signedBy(a, other.ID, 3)

	blocked := value(s.block(ses, 30))(s)
	same(s, value(s.db.Session(s.ctx, s.project.ID, ses.ID))(s), blocked)
	late := s.signedBy(a, ses.ID, 4) // by a request that did not see the block
	state := func(in intent.Intent, want bundler.State, reason string) {
		s.Helper()
		if op := value(s.db.Operation(s.ctx, chainID, in.OperationHash))(s); op.State != want || op.Reason != reason {
			s.Errorf("operation is %s %q, want %s %q", op.State, op.Reason, want, reason)
		}
	}
	state(sent, bundler.Bundled, "")
	state(queued, bundler.Dropped, "was blocked")
	state(late, bundler.Queued, "")
	ops := value(s.db.QueuedOperations(s.ctx, chainID, 9))(s)
	if len(ops) != 1 || ops[0].Hash != others.OperationHash || ops[0].SessionID != other.ID {
		s.Errorf("queued are %+v, want only what %s signed", ops, other.ID)
	}
	listed := value(s.db.Operation(s.ctx, chainID, late.OperationHash))(s) // as by a pass that began before the block
	_, err := s.db.SaveTransaction(s.ctx, s.lease("a", time.Minute), s.transactionOf(2, listed))
	s.wantFault(err, fault.Conflict)
	s.must(s.db.DropBlockedOperations(s.ctx, 1, "on another chain", moment(31)))
	state(late, bundler.Queued, "")
	s.must(s.db.DropBlockedOperations(s.ctx, chainID, "was blocked before", moment(31)))
	state(late, bundler.Dropped, "was blocked before")
	state(queued, bundler.Dropped, "was blocked")
	state(others, bundler.Queued, "")
	_, err = s.db.BlockSession(s.ctx, s.project.ID, other.ID, "", func(old session.Session) (session.Session, error) { return old, errRefused })
	s.wantError(err, errRefused)
	state(others, bundler.Queued, "")
}

func spent(s suite) {
	a := s.newAccount(1)
	ses, idle := s.newSession(a, 101), s.newSession(a, 102)
	for lane := range uint64(3) {
		in := s.signedBy(a, ses.ID, lane)
		if lane == 0 {
			continue // not included yet
		}
		for range 2 { // repeated, it is not counted twice
			out := outcomeOf()
			s.outcome(in, &out)
		}
	}
	got := value(s.db.Spent(s.ctx, []string{ses.ID, idle.ID, "owner", ""}))(s)
	want := intent.Spending{Operations: 3, GasFee: new(big.Int).Mul(wide(3), big.NewInt(2)), LastUsed: moment(20)}
	same(s, got, map[string]intent.Spending{ses.ID: want})
	same(s, value(s.db.Spent(s.ctx, nil))(s), map[string]intent.Spending{})
}

// outcome saves what became of an intent, nil when that is taken back.
func (s suite) outcome(in intent.Intent, out *intent.Outcome) {
	s.Helper()
	value(s.db.ChangeIntent(s.ctx, in.ID, func(c *intent.Change) error {
		c.Intent.Outcome = out
		return nil
	}))(s)
}

// What is taken back, as by a reorganisation of the chain, takes its fee along;
// another fee replaces the first; a step that fails adds nothing.
func spentTakenBack(s suite) {
	a := s.newAccount(1)
	ses, other := s.newSession(a, 101), s.newSession(a, 102)
	in := s.signedBy(a, ses.ID, 1)
	want := func(id string, operations int, fee *big.Int) {
		s.Helper()
		all := map[string]intent.Spending{}
		if operations > 0 {
			all[id] = intent.Spending{Operations: operations, GasFee: fee, LastUsed: moment(20)}
		}
		same(s, value(s.db.Spent(s.ctx, []string{id}))(s), all)
	}
	out, dearer := outcomeOf(), outcomeOf()
	dearer.GasFee = new(big.Int).Mul(out.GasFee, big.NewInt(5))
	want(ses.ID, 1, new(big.Int))
	s.outcome(in, &out)
	want(ses.ID, 1, out.GasFee)
	s.outcome(in, nil)
	want(ses.ID, 1, new(big.Int))
	s.outcome(in, &dearer)
	want(ses.ID, 1, dearer.GasFee)
	_, err := s.db.ChangeIntent(s.ctx, in.ID, func(c *intent.Change) error {
		c.Intent.Outcome = &out
		return errRefused
	})
	s.wantError(err, errRefused)
	want(ses.ID, 1, dearer.GasFee)
	value(s.db.ChangeIntent(s.ctx, in.ID, func(c *intent.Change) error {
		c.Intent.SignedBy = other.ID
		return nil
	}))(s)
	want(ses.ID, 0, nil)
	want(other.ID, 1, dearer.GasFee)
}

func changed(s suite) {
	a := s.newAccount(1)
	ses := s.newSession(a, 101)
	in := s.signedBy(a, ses.ID, 3)
	same(s, value(s.db.IntentsChanged(s.ctx, moment(21), 10))(s), []intent.Trace{
		{ID: in.ID, ProjectID: in.ProjectID, PlayerID: in.PlayerID, AccountID: in.AccountID, SignedBy: ses.ID, UpdatedAt: moment(21)},
	})
	same(s, value(s.db.IntentsChanged(s.ctx, moment(22), 10))(s), nil)
	value(s.block(ses, 50))(s)
	same(s, value(s.db.SessionsChanged(s.ctx, moment(50), 10))(s), []session.Trace{
		{ID: ses.ID, ProjectID: ses.ProjectID, PlayerID: ses.PlayerID, AccountID: ses.AccountID, UpdatedAt: moment(50)},
	})
	if got := value(s.db.IntentsChanged(s.ctx, moment(0), 1))(s); len(got) != 1 || got[0].ID == in.ID {
		s.Errorf("the oldest change is %+v", got)
	}
}

// A list of one key's intents has what it signed and what acts on it, each once,
// page by page.
func intentsOfSession(s suite) {
	a := s.newAccount(1)
	ses := s.newSession(a, 101)
	for lane := range uint64(3) {
		s.signedBy(a, ses.ID, lane)
	}
	s.signedBy(a, s.newSession(a, 102).ID, 9)
	f := intent.Filter{SessionID: ses.ID}
	want := value(s.db.Intents(s.ctx, s.project.ID, f, page.Request{}))(s)
	var got []intent.Intent
	req := page.Request{Limit: 1, Uncounted: true}
	for range want.Items {
		p := value(s.db.Intents(s.ctx, s.project.ID, f, req))(s)
		if len(p.Items) != 1 || p.More != (len(got)+1 < len(want.Items)) {
			s.Fatalf("page %d: %d intents, more %t", len(got), len(p.Items), p.More)
		}
		got = append(got, p.Items...)
		req.After = &page.Mark{CreatedAt: p.Items[0].CreatedAt, ID: p.Items[0].ID}
	}
	same(s, got, want.Items)
	if len(got) < 3 {
		s.Errorf("%d intents of the session", len(got))
	}
}
