package requestlog_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/requestlog"
)

// recorder is a store that remembers what it was asked for.
type recorder struct {
	requestlog.Store
	batches []int
	entries []requestlog.Entry
	forgets []time.Time
	keep    int
	err     error
}

func (r *recorder) AddRequests(_ context.Context, batch []requestlog.Entry) error {
	if r.err != nil {
		return r.err
	}
	r.batches = append(r.batches, len(batch))
	r.entries = append(r.entries, batch...)
	return nil
}

func (r *recorder) Requests(context.Context, string, requestlog.Filter, page.Request) (page.Page[requestlog.Entry], error) {
	return page.Page[requestlog.Entry]{Items: r.entries}, nil
}

func (r *recorder) ForgetRequests(_ context.Context, keep int, before time.Time) error {
	r.keep, r.forgets = keep, append(r.forgets, before)
	return nil
}

func TestFullLogLeavesOutWithoutBlocking(t *testing.T) {
	const queue, more = 4096, 7
	var said bytes.Buffer
	store := &recorder{}
	log := requestlog.New(store, time.Now, slog.New(slog.NewTextHandler(&said, nil)))

	done := make(chan struct{})
	go func() {
		defer close(done)
		for range queue + more {
			log.Note(requestlog.Entry{Route: "/v1/players"})
		}
	}()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Fatal("Note blocks when nobody flushes")
	}

	if err := log.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(store.entries) != queue {
		t.Errorf("wrote %d entries, want the %d that fit", len(store.entries), queue)
	}
	for _, n := range store.batches {
		if n > 500 {
			t.Errorf("wrote a batch of %d, want at most 500", n)
		}
	}
	if !strings.Contains(said.String(), "requests=7") {
		t.Errorf("the server's log says %q, want the 7 left out", said.String())
	}

	said.Reset()
	if err := log.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if said.Len() != 0 {
		t.Errorf("said again: %s", said.String())
	}
}

func TestTidyOnceAMinuteByAgeAndCount(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	start := now
	store := &recorder{}
	log := requestlog.New(store, func() time.Time { return now }, slog.New(slog.DiscardHandler))

	for _, after := range []time.Duration{0, 59 * time.Second, time.Minute} {
		now = start.Add(after)
		if err := log.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if len(store.forgets) != 2 {
		t.Fatalf("tidied %d times, want at once and after a minute", len(store.forgets))
	}
	for i, at := range []time.Time{start, start.Add(time.Minute)} {
		if want := at.Add(-requestlog.KeptFor); !store.forgets[i].Equal(want) {
			t.Errorf("tidy %d: forgot what is before %s, want %s", i, store.forgets[i], want)
		}
	}
	if store.keep != requestlog.Kept {
		t.Errorf("kept %d, want %d", store.keep, requestlog.Kept)
	}
}

func TestFailedBatchIsSaidAndRequestsGoOn(t *testing.T) {
	store := &recorder{err: errors.New("disk full")}
	log := requestlog.New(store, time.Now, slog.New(slog.DiscardHandler))
	log.Note(requestlog.Entry{Route: "/v1/players"})
	if err := log.Flush(t.Context()); !errors.Is(err, store.err) {
		t.Fatalf("Flush answers %v, want the store's error", err)
	}
	store.err = nil
	log.Note(requestlog.Entry{Route: "/v1/sessions"})
	if err := log.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(store.entries) != 1 || store.entries[0].Route != "/v1/sessions" {
		t.Errorf("wrote %+v, want the later request alone", store.entries)
	}
}
