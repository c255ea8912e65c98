package user

import (
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// maxCached bounds what is remembered of each kind.
const maxCached = 1000

// cache remembers what other services said. Whoever asks for the same at once
// waits for one answer. It is safe for use by many goroutines.
type cache[T any] struct {
	mu      sync.Mutex
	known   map[string]cached[T]
	flights singleflight.Group
}

type cached[T any] struct {
	value T
	at    time.Time
}

// get answers what is known by a name if it is good still, and fetches it
// otherwise. What failed is not remembered. fetch serves others too: it must not
// end with the request of the one that it was called for.
func (c *cache[T]) get(now func() time.Time, name string, good func(v T, age time.Duration) bool, fetch func() (T, error)) (T, error) {
	remembered := func() (T, bool) {
		c.mu.Lock()
		defer c.mu.Unlock()
		k, ok := c.known[name]
		return k.value, ok && good(k.value, now().Sub(k.at))
	}
	if v, ok := remembered(); ok {
		return v, nil
	}
	v, err, _ := c.flights.Do(name, func() (any, error) {
		if v, ok := remembered(); ok { // it landed in between
			return v, nil
		}
		v, err := fetch()
		if err == nil {
			c.put(name, cached[T]{v, now()})
		}
		return v, err
	})
	if err != nil {
		var none T
		return none, err
	}
	return v.(T), nil
}

func (c *cache[T]) put(name string, v cached[T]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil || len(c.known) >= maxCached {
		c.known = make(map[string]cached[T])
	}
	c.known[name] = v
}
