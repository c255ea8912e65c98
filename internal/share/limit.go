package share

import (
	"sync"
	"time"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

// A user may read and write shares burst times at once, and once more every
// refill after that. An app needs about three requests a page load.
const (
	burst  = 60
	refill = 2 * time.Second
)

// limiter bounds how fast one user's shares are read and written, so that a
// stolen token is no faster than its user. It counts in this process only. The
// zero value is ready.
type limiter struct {
	mu sync.Mutex
	// full says when each user will have the whole burst again. A user who has it
	// is not kept.
	full map[string]time.Time
}

// allow takes one request of a user, or refuses. Not with 429: the official
// clients send such requests again.
func (l *limiter) allow(playerID string, now time.Time) error {
	wait := l.take(playerID, now)
	if wait <= 0 {
		return nil
	}
	f := fault.New(fault.Invalid, "too many requests for wallet shares: %d at once is the limit, and one every %s after that; try again in %s", burst, refill, wait.Round(time.Second)+time.Second)
	f.Code = "TOO_MANY_REQUESTS"
	return f
}

// take answers how long a refused request should wait, at most 0 for one that
// may pass.
func (l *limiter) take(playerID string, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	for user, full := range l.full {
		if !full.After(now) {
			delete(l.full, user)
		}
	}
	full := l.full[playerID]
	if full.Before(now) {
		full = now
	}
	next := full.Add(refill)
	if wait := next.Sub(now) - burst*refill; wait > 0 {
		return wait
	}
	if l.full == nil {
		l.full = make(map[string]time.Time)
	}
	l.full[playerID] = next
	return 0
}
