package server_test

import (
	"encoding/binary"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/latchkey-dev/latchkey/internal/bundler"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/server"
	"github.com/latchkey-dev/latchkey/internal/session"
	"github.com/latchkey-dev/latchkey/internal/store"
	"github.com/latchkey-dev/latchkey/internal/store/storetest"
)

// A blocked key is refused at once, without its owner; others and the owner are
// not; and so is it again when the block ends.
func TestBlock(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key, other := newKey(t), newKey(t)
	v := w.grant(w.terms(key))
	w.grant(w.terms(other))
	in := w.intend(w.mint())

	blocked, err := w.server.Sessions.Block(t.Context(), w.project, v.Session.ID, "ann")
	w.must(err)
	_, err = w.sign(in, w.personal(key, in.OperationHash))
	refused(t, err, "was blocked by an operator of this server")
	if f, ok := errors.AsType[*fault.Fault](err); !ok || f.Code != "session_blocked" || f.Kind != fault.Invalid {
		t.Fatalf("refused with %+v", err)
	}
	w.succeed(in, w.personal(other, in.OperationHash))
	in = w.intend(w.mint())
	w.succeed(in, w.personal(w.owner, in.OperationHash))

	again, err := w.server.Sessions.Block(t.Context(), w.project, v.Session.ID, "bob")
	w.must(err)
	if again.BlockedBy != "ann" || !again.BlockedAt.Equal(*blocked.BlockedAt) {
		t.Fatalf("blocking again says by %s at %s", again.BlockedBy, again.BlockedAt)
	}
	_, err = w.server.Sessions.Unblock(t.Context(), w.project, v.Session.ID)
	w.must(err)
	in = w.intend(w.mint())
	w.succeed(in, w.personal(key, in.OperationHash))
	_, err = w.server.Sessions.Unblock(t.Context(), w.project, v.Session.ID)
	refused(t, err, "is not blocked")
}

// What the paymaster has signed before a block stays good until its own end: as
// long as the window to sign in, and from a minute before, since clocks differ.
// docs/console.md says so.
func TestBlock_sponsorshipEnds(t *testing.T) {
	t.Parallel()
	for _, window := range []time.Duration{0, 7 * time.Minute} {
		w := newWorld(t, func(cfg *server.Config) { cfg.SignWindow = window })
		in := w.intend(w.mint())
		want := 30 * time.Minute // when none is given
		if window > 0 {
			want = window
		}
		six := func(at int) uint64 {
			return binary.BigEndian.Uint64(append([]byte{0, 0}, in.Operation.PaymasterData[at:at+6]...))
		}
		after, until := six(0), six(6)
		if until != in.ExpiresAt {
			t.Errorf("the sponsorship ends at %d, the intent at %d", until, in.ExpiresAt)
		}
		if got := time.Duration(until-after) * time.Second; got != want+time.Minute {
			t.Errorf("the sponsorship is good for %s, want %s and a minute", got, want)
		}
	}
}

// The owner can revoke a blocked key, whose revocation the chain then keeps.
func TestBlock_thenRevoke(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := newKey(t)
	v := w.grant(w.terms(key))
	_, err := w.server.Sessions.Block(t.Context(), w.project, v.Session.ID, "ann")
	w.must(err)
	w.endSession(v)
}

// The owner's signature does not get a blocked key onto the chain: not by the
// registration that was prepared before the block, and not by other terms for
// the same key.
func TestBlock_registers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, err := w.server.Sessions.Create(t.Context(), w.project, w.terms(newKey(t)))
	w.must(err)
	sign := func(v session.View) (session.View, error) {
		return w.server.Sessions.Sign(t.Context(), w.project, v.Session.ID, session.SignParams{Signature: w.personal(w.owner, v.NextAction.SignableHash)})
	}
	_, err = w.server.Sessions.Block(t.Context(), w.project, v.Session.ID, "ann")
	w.must(err)
	_, err = sign(v)
	refused(t, err, "its key is not registered")
	_, err = w.server.Sessions.Unblock(t.Context(), w.project, v.Session.ID)
	w.must(err)
	v, err = sign(v)
	w.must(err)
	if v.Status != session.StatusActive {
		t.Fatalf("session is %s after the block", v.Status)
	}
}

func TestBlock_replaces(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := newKey(t)
	old := w.grant(w.terms(key))
	early, err := w.server.Sessions.Replace(t.Context(), w.project, old.Session.ID, w.terms(key))
	w.must(err)
	_, err = w.server.Sessions.Block(t.Context(), w.project, old.Session.ID, "ann")
	w.must(err)
	_, err = w.server.Sessions.Sign(t.Context(), w.project, early.Session.ID, session.SignParams{Signature: w.personal(w.owner, early.NextAction.SignableHash)})
	refused(t, err, "its key gets no other terms")
	_, err = w.server.Sessions.Replace(t.Context(), w.project, old.Session.ID, w.terms(key))
	refused(t, err, "name another key")

	other := newKey(t)
	v, err := w.server.Sessions.Replace(t.Context(), w.project, old.Session.ID, w.terms(other))
	w.must(err)
	if v = w.signSession(v); v.Status != session.StatusActive {
		t.Fatalf("replacement is %s", v.Status)
	}
	in := w.intend(w.mint())
	w.succeed(in, w.personal(other, in.OperationHash))
}

// A thief signs as fast as they can while an operator blocks the key: whatever
// no transaction carries when the block is there is never sent, and every intent
// comes to an end.
func TestBlock_whileAThiefSigns(t *testing.T) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		blockWhileSigning(t, newWorld(t))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		url := storetest.PostgresSchema(t)
		blockWhileSigning(t, newWorld(t, func(c *server.Config) { c.Database = url }))
	})
}

func blockWhileSigning(t *testing.T, w *world) {
	db, err := store.Open(t.Context(), w.config.Database)
	w.must(err)
	t.Cleanup(func() { w.must(db.Close()) })
	key := newKey(t)
	v := w.grant(w.terms(key))
	const tries = 24
	intents := make([]intent.Intent, tries)
	for i := range intents {
		intents[i] = w.intend(w.mint())
	}
	sign := func(in intent.Intent) error {
		_, err := w.server.Intents.Sign(t.Context(), w.project, in.ID, intent.SignParams{Signature: w.personal(key, in.OperationHash), Optimistic: true})
		return err
	}
	var signing sync.WaitGroup
	begun := make(chan struct{}, tries)
	for _, in := range intents[:tries-1] {
		signing.Go(func() {
			if err := sign(in); err != nil && !strings.Contains(err.Error(), "was blocked by an operator") {
				t.Errorf("signing %s: %v", in.ID, err)
			}
			begun <- struct{}{}
		})
	}
	for range tries / 3 {
		<-begun // those are signed, the others are under way
	}
	_, err = w.server.Sessions.Block(t.Context(), w.project, v.Session.ID, "ann")
	w.must(err)
	var carried, left []intent.Intent
	for _, in := range intents {
		op, err := db.Operation(t.Context(), w.server.ChainID(), in.OperationHash)
		if err != nil && !fault.Is(err, fault.NotFound) { // not signed yet
			t.Fatal(err)
		}
		if op.State == bundler.Bundled || op.State == bundler.Included {
			carried = append(carried, in)
		} else {
			left = append(left, in)
		}
	}
	signing.Wait()
	refused(t, sign(intents[tries-1]), "was blocked by an operator")
	ends := func(in intent.Intent) intent.Intent {
		t.Helper()
		w.eventually("intent "+in.ID+" ends", func() bool {
			in, err = w.server.Intents.Get(t.Context(), w.project, in.ID)
			w.must(err)
			return in.Final()
		})
		return in
	}
	for _, in := range carried {
		if in = ends(in); in.Status != intent.Succeeded {
			t.Errorf("intent %s, which was sent, is %s: %+v", in.ID, in.Status, in.Failure)
		}
	}
	givenUp := 0
	for _, in := range left {
		if in, err = w.server.Intents.Get(t.Context(), w.project, in.ID); err != nil || in.Status == intent.Waiting {
			continue // its signature was refused
		}
		givenUp++
		if in = ends(in); in.Status != intent.Failed || in.Outcome != nil {
			t.Errorf("intent %s, which was not sent before the block, is %s", in.ID, in.Status)
		}
	}
	if got := w.tokens(); got != uint64(len(carried)) {
		t.Errorf("%d tokens for %d operations sent before the block", got, len(carried))
	}
	t.Logf("%d were sent, %d given up, %d refused", len(carried), givenUp, len(left)-givenUp)
}
