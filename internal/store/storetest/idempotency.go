package storetest

import (
	"bytes"
	"context"
	"strings"
	"sync/atomic"
	"time"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/contract"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/idempotency"
	"github.com/latchkey-dev/latchkey/internal/player"
	"github.com/latchkey-dev/latchkey/internal/sponsor"
)

// begin claims a key, which must be free.
func (s suite) begin(key, route, requestHash string) idempotency.Claim {
	s.Helper()
	claim, earlier, err := s.db.Begin(s.ctx, s.project.ID, key, route, requestHash)
	s.must(err)
	if earlier.Status != 0 || claim.Token == "" {
		s.Fatalf("key %s: claim %+v, earlier answer %d", key, claim, earlier.Status)
	}
	return claim
}

func (s suite) beginRefused(key, route, requestHash, why string) {
	s.Helper()
	_, _, err := s.db.Begin(s.ctx, s.project.ID, key, route, requestHash)
	s.wantFault(err, fault.Conflict)
	if !strings.Contains(err.Error(), why) {
		s.Errorf("the refusal does not say %q: %v", why, err)
	}
}

func idempotencyKeys(s suite) {
	claim := s.begin("k", "POST /v1/sessions", "aa")
	s.beginRefused("k", "POST /v1/sessions", "aa", "in flight")

	body := []byte(`{"id":"ses_1"}`)
	s.must(s.db.Finish(s.ctx, claim, idempotency.Answer{Status: 200, Body: body}))
	wantAnswer := func() {
		s.Helper()
		_, got, err := s.db.Begin(s.ctx, s.project.ID, "k", "POST /v1/sessions", "aa")
		if err != nil || got.Status != 200 || !bytes.Equal(got.Body, body) {
			s.Errorf("stored answer is %d %s, %v", got.Status, got.Body, err)
		}
	}
	wantAnswer()
	s.must(s.db.Finish(s.ctx, claim, idempotency.Answer{Status: 400})) // the first answer stays
	s.must(s.db.Release(s.ctx, claim))                                 // and cannot be given back
	s.must(s.db.ReleaseAll(s.ctx))
	wantAnswer()

	s.beginRefused("k", "POST /v1/sessions", "bb", "another request")
	s.beginRefused("k", "POST /v1/players", "aa", "another request")

	other := s
	other.project = s.newProject()
	other.begin("k", "POST /v1/players", "bb") // projects do not share keys

	s.must(s.db.Release(s.ctx, s.begin("r", "r", "r")))
	s.begin("r", "another route", "r")
	s.must(s.db.ReleaseAll(s.ctx))
	s.begin("r", "r", "r")
}

func idempotencyRace(s suite) {
	var claimed, refused atomic.Int32
	race(func(int) {
		_, earlier, err := s.db.Begin(s.ctx, s.project.ID, "k", "r", "h")
		switch {
		case err == nil && earlier.Status == 0:
			claimed.Add(1)
		case fault.Is(err, fault.Conflict):
			refused.Add(1)
		default:
			s.Errorf("status %d, error %v", earlier.Status, err)
		}
	})
	if claimed.Load() != 1 || refused.Load() != racers-1 {
		s.Errorf("%d claimed the key, %d were refused", claimed.Load(), refused.Load())
	}
}

func idempotencyAges(s suite) {
	s.db.AnswerLease = -time.Second // what begins now has died already
	for range 2 {
		s.begin("dead", "r", "h")
	}
	s.beginRefused("dead", "r", "other", "another request")

	s.db.AnswerLease = time.Minute
	s.begin("dead", "r", "h")
	s.beginRefused("dead", "r", "h", "in flight")

	if n := value(s.db.ForgetAnswers(s.ctx, time.Hour))(s); n != 0 {
		s.Errorf("%d young keys are forgotten", n)
	}
	if n := value(s.db.ForgetAnswers(s.ctx, -time.Second))(s); n != 1 {
		s.Errorf("%d keys are forgotten, want 1", n)
	}
	s.begin("dead", "r", "other")
}

// createUnder creates a player with a request that holds the claim.
func (s suite) createUnder(claim idempotency.Claim, kind id.Kind) (player.Player, error) {
	claim.Kind = kind
	p := player.Player{ID: id.New(id.Player), ProjectID: s.project.ID, Name: "a player", CreatedAt: moment(1), UpdatedAt: moment(1)}
	return p, s.db.CreatePlayer(idempotency.With(s.ctx, claim), p)
}

// What a request created is found by the next try, however the first one ended.
func idempotencyCreated(s suite) {
	ends := map[string]func(idempotency.Claim) error{
		"refused": func(c idempotency.Claim) error { return s.db.Release(s.ctx, c) },
		"crashed": func(idempotency.Claim) error { return s.db.ReleaseAll(s.ctx) },
	}
	for name, end := range ends {
		claim := s.begin(name, "r", "h")
		made, err := s.createUnder(claim, id.Player)
		s.must(err)
		s.must(end(claim))
		s.beginRefused(name, "r", "other", "another request")
		if again := s.begin(name, "r", "h"); again.Created != made.ID {
			s.Errorf("%s: the next try learns of %q, want %s", name, again.Created, made.ID)
		}
	}

	claim := s.begin("on the way", "r", "h") // to something else
	value(s.createUnder(claim, id.Account))(s)
	s.must(s.db.Release(s.ctx, claim))
	if again := s.begin("on the way", "r", "other"); again.Created != "" {
		s.Errorf("a record of another kind is noted: %s", again.Created)
	}
}

// A try whose key another one has taken over creates nothing any more.
func idempotencyFences(s suite) {
	s.db.AnswerLease = -time.Second
	slow := s.begin("k", "r", "h")
	quick := s.begin("k", "r", "h")
	made, err := s.createUnder(quick, id.Player)
	s.must(err)
	late, err := s.createUnder(slow, id.Player)
	s.wantFault(err, fault.Conflict)
	_, err = s.db.Player(s.ctx, s.project.ID, late.ID)
	s.wantFault(err, fault.NotFound)

	s.must(s.db.Finish(s.ctx, slow, idempotency.Answer{Status: 200, Body: []byte("slow")}))
	s.must(s.db.Release(s.ctx, slow))
	if next := s.begin("k", "r", "h"); next.Created != made.ID {
		s.Errorf("the next try learns of %q, want %s", next.Created, made.ID)
	}
}

// Every kind of record is noted in the transaction that makes it.
func idempotencyNotesEveryKind(s suite) {
	first, p := s.newAccount(1), s.newPolicy()
	second := first
	second.ID, second.PlayerID, second.Address = id.New(id.Account), s.newPlayer().ID, address(2)
	called, opened := s.intentOf(first, 1), s.intentOf(first, 2)
	registered, granted := sessionOf(first, 1), sessionOf(first, 2)
	c := contract.Contract{ID: id.New(id.Contract), ProjectID: s.project.ID}
	rule := sponsor.Rule{ID: id.New(id.PolicyRule), ProjectID: s.project.ID, PolicyID: p.ID, Type: sponsor.AccountFunctions}
	another := p
	another.ID = id.New(id.Policy)
	for _, made := range []struct {
		recordID string
		kind     id.Kind
		create   func(context.Context) error
	}{
		{called.ID, id.Intent, func(ctx context.Context) error { return s.db.OpenIntent(ctx, called, account.Account{}, nil, nil) }},
		{registered.ID, id.Session, func(ctx context.Context) error {
			return s.db.OpenIntent(ctx, opened, account.Account{}, &registered, nil)
		}},
		{granted.ID, id.Session, func(ctx context.Context) error { return s.db.CreateSession(ctx, granted, account.Account{}) }},
		{second.ID, id.Account, func(ctx context.Context) error { return s.db.CreateAccount(ctx, second) }},
		{c.ID, id.Contract, func(ctx context.Context) error { return s.db.CreateContract(ctx, c) }},
		{another.ID, id.Policy, func(ctx context.Context) error { return s.db.CreatePolicy(ctx, another) }},
		{rule.ID, id.PolicyRule, func(ctx context.Context) error { return s.db.CreateRule(ctx, rule) }},
	} {
		claim := s.begin(made.recordID, "r", "h")
		claim.Kind = made.kind
		s.must(made.create(idempotency.With(s.ctx, claim)))
		s.must(s.db.Release(s.ctx, claim))
		if again := s.begin(made.recordID, "r", "h"); again.Created != made.recordID {
			s.Errorf("%s is not noted, %q is", made.recordID, again.Created)
		}
	}
}
