package operator

import (
	"sync"
	"time"
)

// After freeTries failures in a row, a name or an address waits pause, doubled
// with each further failure up to longestPause; its failures are forgotten
// after quiet.
const (
	freeTries    = 5
	pause        = 2 * time.Second
	longestPause = 5 * time.Minute
	quiet        = 15 * time.Minute
	mostTracked  = 10_000
)

// throttle slows down those who guess. It is kept in memory: a restart forgives.
type throttle struct {
	mu    sync.Mutex
	byKey map[string]failures
}

type failures struct {
	count int
	last  time.Time
}

// wait is how long a try by name or from an address must wait.
func (t *throttle) wait(now time.Time, name, from string) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return max(t.byKey["name "+name].wait(now), t.byKey["from "+from].wait(now))
}

func (f failures) wait(now time.Time) time.Duration {
	if f.count < freeTries || now.Sub(f.last) >= quiet {
		return 0
	}
	long := pause << min(f.count-freeTries, 10)
	return f.last.Add(min(long, longestPause)).Sub(now)
}

func (t *throttle) failed(now time.Time, name, from string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.byKey == nil || len(t.byKey) > mostTracked {
		t.byKey = make(map[string]failures)
	}
	for _, key := range []string{"name " + name, "from " + from} {
		f := t.byKey[key]
		if now.Sub(f.last) >= quiet {
			f.count = 0
		}
		t.byKey[key] = failures{count: f.count + 1, last: now}
	}
}

func (t *throttle) succeeded(name, from string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.byKey, "name "+name)
	delete(t.byKey, "from "+from)
}
