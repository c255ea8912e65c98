package storetest

import (
	"bytes"
	"strings"
	"sync/atomic"
	"time"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

func (s suite) begin(key, route, requestHash string) (fresh bool) {
	s.Helper()
	status, _, err := s.db.Begin(s.ctx, s.project.ID, key, route, requestHash)
	s.must(err)
	return status == 0
}

func idempotency(s suite) {
	if !s.begin("k", "POST /v1/sessions", "aa") {
		s.Fatal("a fresh key has an answer")
	}
	_, _, err := s.db.Begin(s.ctx, s.project.ID, "k", "POST /v1/sessions", "aa")
	s.wantFault(err, fault.Conflict)
	if !strings.Contains(err.Error(), "in flight") {
		s.Errorf("the refusal does not say why: %v", err)
	}

	body := []byte(`{"id":"ses_1"}`)
	s.must(s.db.Finish(s.ctx, s.project.ID, "k", 200, body))
	wantAnswer := func() {
		s.Helper()
		status, got, err := s.db.Begin(s.ctx, s.project.ID, "k", "POST /v1/sessions", "aa")
		if err != nil || status != 200 || !bytes.Equal(got, body) {
			s.Errorf("stored answer is %d %s, %v", status, got, err)
		}
	}
	wantAnswer()
	s.must(s.db.Finish(s.ctx, s.project.ID, "k", 400, nil)) // the first answer stays
	s.must(s.db.Release(s.ctx, s.project.ID, "k"))          // and cannot be given back
	wantAnswer()

	for _, other := range [][2]string{{"POST /v1/sessions", "bb"}, {"POST /v1/players", "aa"}} {
		_, _, err := s.db.Begin(s.ctx, s.project.ID, "k", other[0], other[1])
		s.wantFault(err, fault.Conflict)
		if !strings.Contains(err.Error(), "another request") {
			s.Errorf("the refusal does not say why: %v", err)
		}
	}

	other := s
	other.project = s.newProject()
	if !other.begin("k", "POST /v1/players", "bb") {
		s.Error("projects share keys")
	}

	if !s.begin("r", "r", "r") {
		s.Error("a fresh key has an answer")
	}
	s.must(s.db.Release(s.ctx, s.project.ID, "r"))
	if !s.begin("r", "another route", "r") {
		s.Error("a released key has an answer")
	}
}

func idempotencyRace(s suite) {
	var claimed, refused atomic.Int32
	race(func(int) {
		status, _, err := s.db.Begin(s.ctx, s.project.ID, "k", "r", "h")
		switch {
		case err == nil && status == 0:
			claimed.Add(1)
		case fault.Is(err, fault.Conflict):
			refused.Add(1)
		default:
			s.Errorf("status %d, error %v", status, err)
		}
	})
	if claimed.Load() != 1 || refused.Load() != racers-1 {
		s.Errorf("%d claimed the key, %d were refused", claimed.Load(), refused.Load())
	}
}

func idempotencyAges(s suite) {
	s.db.AnswerLease = -time.Second // what begins now has died already
	for range 2 {
		if !s.begin("dead", "r", "h") {
			s.Error("the key of a dead request is not taken over")
		}
	}
	_, _, err := s.db.Begin(s.ctx, s.project.ID, "dead", "r", "other")
	s.wantFault(err, fault.Conflict)

	s.db.AnswerLease = time.Minute
	if !s.begin("dead", "r", "h") {
		s.Error("the key of a dead request is not taken over")
	}
	_, _, err = s.db.Begin(s.ctx, s.project.ID, "dead", "r", "h")
	s.wantFault(err, fault.Conflict)

	if n := value(s.db.ForgetAnswers(s.ctx, time.Hour))(s); n != 0 {
		s.Errorf("%d young keys are forgotten", n)
	}
	if n := value(s.db.ForgetAnswers(s.ctx, -time.Second))(s); n != 1 {
		s.Errorf("%d keys are forgotten, want 1", n)
	}
	if !s.begin("dead", "r", "other") {
		s.Error("a forgotten key has an answer")
	}
}
