package share

import (
	"sync"
	"time"
)

// session holds the other half of a project's entropy while one user needs it.
type session struct {
	projectID string
	playerID  string // "" until its first use
	part      []byte
	ends      time.Time
}

// sessions are in this process's memory and nowhere else. The zero value is
// ready.
type sessions struct {
	mu   sync.Mutex
	open map[string]session
}

// put keeps a session and forgets those that have ended.
func (s *sessions) put(id string, v session, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweep(now)
	if s.open == nil {
		s.open = make(map[string]session)
	}
	s.open[id] = v
}

// use answers the half that a session holds for the user, who owns the session
// from then on.
func (s *sessions) use(id string, u User, now time.Time) (part []byte, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweep(now)
	v, ok := s.open[id]
	if !ok || v.projectID != u.ProjectID || (v.playerID != "" && v.playerID != u.PlayerID) {
		return nil, false
	}
	v.playerID = u.PlayerID
	s.open[id] = v
	return append([]byte{}, v.part...), true
}

func (s *sessions) sweep(now time.Time) {
	for id, v := range s.open {
		if !v.ends.After(now) {
			clear(v.part)
			delete(s.open, id)
		}
	}
}
