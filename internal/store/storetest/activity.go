package storetest

import (
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/bundler"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/session"
)

// newIntent saves an intent with a status.
func (s suite) newIntent(a account.Account, lane uint64, status intent.Status, at time.Time) intent.Intent {
	s.Helper()
	in := s.intentOf(a, lane)
	in.Status, in.CreatedAt, in.UpdatedAt = status, at, at
	if status == intent.Failed {
		in.Failure = &intent.Failure{Reason: "no gold", Name: "NoGold"}
	}
	s.must(s.db.OpenIntent(s.ctx, in, account.Account{}, nil, nil))
	return in
}

func intentsByHash(s suite) {
	a := s.newAccount(1)
	in := s.newIntent(a, 1, intent.Waiting, moment(20))
	value(s.db.ChangeIntent(s.ctx, in.ID, func(c *intent.Change) error {
		c.Queue = &intent.Queue{Operation: in.Operation, Hash: in.OperationHash, ChainID: in.ChainID}
		return nil
	}))(s)
	queued := value(s.db.Delivery(s.ctx, in.ChainID, in.OperationHash))(s)
	if queued.State != "queued" || queued.Carrier != nil {
		s.Fatalf("delivery %+v", queued)
	}
	if none := value(s.db.Delivery(s.ctx, in.ChainID, hash(99)))(s); none != nil {
		s.Fatalf("delivery of nothing %+v", none)
	}
	l, _, err := s.db.AcquireLease(s.ctx, in.ChainID, address(50), "us", time.Minute)
	s.must(err)
	carrier := bundler.Transaction{
		ChainID: in.ChainID, Relayer: address(50), Nonce: 3, Raw: []byte{1}, Hash: hash(77), State: bundler.TxSigned,
		Operations: []common.Hash{in.OperationHash}, CreatedAt: moment(21), UpdatedAt: moment(21),
	}
	value(s.db.SaveTransaction(s.ctx, l, carrier))(s)
	got := value(s.db.Delivery(s.ctx, in.ChainID, in.OperationHash))(s)
	if got.State != "bundled" {
		s.Errorf("delivery %+v", got)
	}
	same(s, *got.Carrier, intent.Carrier{Hash: hash(77), Relayer: address(50), Nonce: 3, State: "signed", Operations: 1, SignedAt: moment(21)})

	for _, h := range []common.Hash{in.OperationHash, hash(77)} {
		found := value(s.db.IntentsByHash(s.ctx, s.project.ID, h))(s)
		if len(found) != 1 || found[0].ID != in.ID {
			s.Errorf("%s finds %d intents", h, len(found))
		}
	}
	same(s, value(s.db.IntentsByHash(s.ctx, s.newProject().ID, hash(77)))(s), nil)
	same(s, value(s.db.IntentsByHash(s.ctx, s.project.ID, hash(78)))(s), nil)
}

func usageBooks(s suite) {
	a := s.newAccount(1)
	in := s.newIntent(a, 1, intent.Waiting, moment(20))
	nine := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	add := func(policy string, hour time.Time, failed int, fee *big.Int) {
		value(s.db.ChangeIntent(s.ctx, in.ID, func(c *intent.Change) error {
			c.Usage = &intent.Usage{PolicyID: policy, Hour: hour, Operations: 1, Failed: failed, GasFee: fee}
			return nil
		}))(s)
	}
	add("pol_a", nine, 0, wide(1))
	add("pol_a", nine, 1, wide(2))
	add("", nine, 0, big.NewInt(5))
	add("pol_a", nine.Add(time.Hour), 0, big.NewInt(7))
	double := new(big.Int).Add(wide(1), wide(2))
	same(s, value(s.db.Usage(s.ctx, s.project.ID, "pol_a", nine))(s), []intent.Usage{
		{PolicyID: "pol_a", Hour: nine, Operations: 2, Failed: 1, GasFee: double},
		{PolicyID: "pol_a", Hour: nine.Add(time.Hour), Operations: 1, GasFee: big.NewInt(7)},
	})
	if all := value(s.db.Usage(s.ctx, s.project.ID, "", nine))(s); len(all) != 3 || all[0].PolicyID != "" {
		s.Errorf("all usage %+v", all)
	}
	if later := value(s.db.Usage(s.ctx, s.project.ID, "", nine.Add(time.Minute)))(s); len(later) != 1 {
		s.Errorf("later usage %+v", later)
	}
	same(s, value(s.db.Usage(s.ctx, s.newProject().ID, "", nine))(s), nil)
}

// usageRace settles many intents at once: nothing may be lost from the books.
func usageRace(s suite) {
	hour := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	a := s.newAccount(1)
	var all []intent.Intent
	for i := range racers {
		all = append(all, s.newIntent(a, uint64(i), intent.Waiting, moment(20)))
	}
	race(func(i int) {
		_, err := s.db.ChangeIntent(s.ctx, all[i].ID, func(c *intent.Change) error {
			c.Usage = &intent.Usage{Hour: hour, Operations: 1, GasFee: big.NewInt(2)}
			return nil
		})
		if err != nil {
			s.Error(err)
		}
	})
	same(s, value(s.db.Usage(s.ctx, s.project.ID, "", hour))(s), []intent.Usage{{Hour: hour, Operations: racers, GasFee: big.NewInt(2 * racers)}})
}

func intentCounts(s suite) {
	a := s.newAccount(1)
	at := time.Date(2026, 11, 22, 9, 30, 20, 0, time.UTC)
	s.newIntent(a, 1, intent.Succeeded, at)
	s.newIntent(a, 2, intent.Succeeded, at.Add(39*time.Second))
	first := s.newIntent(a, 3, intent.Failed, at.Add(40*time.Second))
	second := s.newIntent(a, 4, intent.Failed, at.Add(41*time.Second))
	same(s, value(s.db.IntentMinutes(s.ctx, s.project.ID, at))(s), []intent.Minute{
		{At: at.Truncate(time.Minute), Counts: map[intent.Status]int{intent.Succeeded: 2}},
		{At: at.Truncate(time.Minute).Add(time.Minute), Counts: map[intent.Status]int{intent.Failed: 2}},
	})
	same(s, value(s.db.IntentMinutes(s.ctx, s.project.ID, at.Add(time.Hour)))(s), nil)

	failed := value(s.db.Failures(s.ctx, s.project.ID, at, 10))(s)
	same(s, failed, []intent.FailedIntent{{IntentID: second.ID, Failure: *second.Failure}, {IntentID: first.ID, Failure: *first.Failure}})
	if got := value(s.db.Failures(s.ctx, s.project.ID, at, 1))(s); len(got) != 1 {
		s.Errorf("%d failures, want 1", len(got))
	}
	of := intent.Filter{Statuses: []intent.Status{intent.Failed, intent.Waiting}}
	if got := value(s.db.Intents(s.ctx, s.project.ID, of, page.Request{}))(s); got.Total != 2 || got.Items[0].ID != second.ID {
		s.Errorf("intents by status: %+v", got)
	}
	s.inPages(intent.Filter{Statuses: []intent.Status{intent.Succeeded, intent.Failed}})
}

// inPages compares pages of one, that follow each other, with the list in one
// page, in both orders.
func (s suite) inPages(f intent.Filter) {
	s.Helper()
	for _, order := range []page.Order{page.Descending, page.Ascending} {
		whole := value(s.db.Intents(s.ctx, s.project.ID, f, page.Request{Order: order}))(s).Items
		if len(whole) < 3 {
			s.Fatalf("%d intents, want a few", len(whole))
		}
		req := page.Request{Limit: 1, Order: order, Uncounted: true}
		for i, want := range whole {
			got := value(s.db.Intents(s.ctx, s.project.ID, f, req))(s)
			if len(got.Items) != 1 || got.Items[0].ID != want.ID || got.More != (i < len(whole)-1) {
				s.Fatalf("%s, page %d: %d intents, more %t", order, i, len(got.Items), got.More)
			}
			req.After = &page.Mark{CreatedAt: want.CreatedAt, ID: want.ID}
		}
	}
}

func sessionsEnding(s suite) {
	a := s.newAccount(1)
	keep := func(n byte, until uint64, state session.State) session.Session {
		ses := sessionOf(a, n)
		p := permission.Permission{Signer: ses.Signer, ValidUntil: until, Sudo: true, FeeLimit: new(big.Int)}
		packed, err := p.Encode()
		s.must(err)
		ses.Permission, ses.State = packed, state
		s.must(s.db.OpenIntent(s.ctx, s.intentOf(a, uint64(n)), account.Account{}, &ses, nil))
		return ses
	}
	keep(1, 999, session.Active)
	third, second := keep(2, 3000, session.Pending), keep(3, 2000, session.Active)
	keep(4, 2000, session.Closed)
	keep(5, permission.MaxTime, session.Active)
	for _, c := range []struct{ most, live, ending int }{{10, 3, 2}, {3, 3, 2}, {2, 2, 2}, {1, 1, 1}} {
		live, ending, err := s.db.CountEnding(s.ctx, s.project.ID, 1000, 3000, c.most)
		if err != nil || live != c.live || ending != c.ending {
			s.Errorf("%d live, %d ending, %v, want %+v", live, ending, err, c)
		}
	}
	same(s, value(s.db.Ending(s.ctx, s.project.ID, 1000, 3000, 10))(s), []session.Session{second, third})
	same(s, value(s.db.Ending(s.ctx, s.project.ID, 1000, 3000, 1))(s), []session.Session{second})
	same(s, value(s.db.Ending(s.ctx, s.newProject().ID, 1000, 3000, 1))(s), nil)
}
