package intent

import (
	"context"
	"sync"
	"time"
)

// waiters wakes the requests that wait for an intent's outcome.
type waiters struct {
	mu    sync.Mutex
	byID  map[string][]chan struct{}
	over  chan struct{} // nil until somebody asks for it
	ended sync.Once
}

// end returns the channel that endAll closes.
func (w *waiters) end() chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over == nil {
		w.over = make(chan struct{})
	}
	return w.over
}

func (w *waiters) endAll() {
	over := w.end()
	w.ended.Do(func() { close(over) })
}

// on returns a channel that is closed when the intent is settled by this
// process, and a function that gives it back.
func (w *waiters) on(id string) (settled <-chan struct{}, stop func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.byID == nil {
		w.byID = make(map[string][]chan struct{})
	}
	ch := make(chan struct{})
	w.byID[id] = append(w.byID[id], ch)
	return ch, func() { w.drop(id, ch) }
}

func (w *waiters) drop(id string, ch chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	kept := w.byID[id][:0]
	for _, other := range w.byID[id] {
		if other != ch {
			kept = append(kept, other)
		}
	}
	if len(kept) == 0 {
		delete(w.byID, id)
		return
	}
	w.byID[id] = kept
}

func (w *waiters) tell(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, ch := range w.byID[id] {
		close(ch)
	}
	delete(w.byID, id)
}

// otherReplicas is how often a wait looks into the store: the intent may be
// settled by another process.
const otherReplicas = 500 * time.Millisecond

// EndWaits makes every request that waits for an outcome, now or later, answer
// its intent as it stands. For the end of the process.
func (s *Service) EndWaits() { s.waiters.endAll() }

// await returns the intent once it is final, or as it stands when ReceiptWait
// has passed or waits are ended. The operation is queued by then, so nothing that goes wrong here
// may look like a failure: clients would send the request again.
func (s *Service) await(ctx context.Context, in Intent) Intent {
	settled, stop := s.waiters.on(in.ID)
	defer stop()
	deadline := time.NewTimer(s.ReceiptWait)
	defer deadline.Stop()
	over := s.waiters.end()
	look := time.NewTicker(otherReplicas)
	defer look.Stop()
	for {
		now, err := s.Store.Intent(ctx, in.ProjectID, in.ID)
		if err != nil {
			s.Log.Error("look for an intent's outcome", "intent", in.ID, "error", err)
			return in
		}
		if now.Final() {
			return now
		}
		select {
		case <-ctx.Done():
			return now
		case <-deadline.C:
			return now
		case <-over:
			return now
		case <-settled:
		case <-look.C:
		}
	}
}
