package operator

import (
	"maps"
	"net/netip"
	"sync"
	"time"

	"github.com/latchkey-dev/latchkey/internal/clientaddr"
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

// try counts a try of each key as failed before it is made, so that many tries
// at the same moment are counted, too. It counts none and answers how long to
// wait when one of the keys must.
func (t *throttle) try(now time.Time, keys ...string) (wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, key := range keys {
		wait = max(wait, t.byKey[key].wait(now))
	}
	if wait > 0 {
		return wait
	}
	t.makeRoom(now)
	for _, key := range keys {
		f := t.byKey[key]
		if f.over(now) {
			f.count = 0
		}
		t.byKey[key] = failures{count: f.count + 1, last: now}
	}
	return 0
}

// makeRoom forgets first those who need not wait: whoever could have all
// forgotten by many names would guess on unhindered.
func (t *throttle) makeRoom(now time.Time) {
	if t.byKey == nil {
		t.byKey = make(map[string]failures)
	}
	if len(t.byKey) < mostTracked {
		return
	}
	maps.DeleteFunc(t.byKey, func(_ string, f failures) bool { return f.over(now) || f.count < freeTries })
	if len(t.byKey) >= mostTracked {
		clear(t.byKey)
	}
}

func (f failures) over(now time.Time) bool { return now.Sub(f.last) >= quiet }

func (f failures) wait(now time.Time) time.Duration {
	if f.count < freeTries || f.over(now) {
		return 0
	}
	long := pause << min(f.count-freeTries, 10)
	return f.last.Add(min(long, longestPause)).Sub(now)
}

// succeeded forgets the failures of keys.
func (t *throttle) succeeded(keys ...string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, key := range keys {
		delete(t.byKey, key)
	}
}

// nameKey is what tries of a name are counted under. No operator has a name of
// another form, so those share one key: names can be as long as a form.
func nameKey(name string) string {
	if !goodName.MatchString(name) {
		return "name"
	}
	return "name " + name
}

// sourceKey is what tries from an address are counted under.
func sourceKey(from string) string {
	at, _ := netip.ParseAddr(from) // those that are not known share one key
	return "from " + clientaddr.Group(at)
}
