package intent

import (
	"hash/maphash"
	"sync"
)

// stripes are locks by name. Two names may share one.
type stripes struct{ locks [64]sync.Mutex }

var stripeSeed = maphash.MakeSeed()

func (s *stripes) of(name string) *sync.Mutex {
	return &s.locks[maphash.String(stripeSeed, name)%uint64(len(s.locks))]
}
