package user_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/player"
	"github.com/latchkey-dev/latchkey/internal/store"
	"github.com/latchkey-dev/latchkey/internal/store/storetest"
	"github.com/latchkey-dev/latchkey/internal/user"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a service on a real database, whose clock the test moves.
type world struct {
	*testing.T
	ctx     context.Context
	db      *store.DB
	players *player.Service
	users   *user.Service
	project string

	mu    sync.Mutex
	clock time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, ctx: context.Background(), db: storetest.SQLite(t), clock: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	w.players = &player.Service{Store: w.db, Now: w.now}
	w.users = &user.Service{Store: w.db, Players: w.players, Now: w.now}
	w.project = w.newProject()
	return w
}

func (w *world) newProject() string {
	w.Helper()
	p, _, _, err := (&auth.Service{Store: w.db, Now: w.now}).NewProject(w.ctx, "game")
	if err != nil {
		w.Fatal(err)
	}
	return p.ID
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.clock
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clock = w.clock.Add(d)
}

func (w *world) guest() user.Entry {
	w.Helper()
	e, err := w.users.SignUpGuest(w.ctx, w.project, user.Client{})
	if err != nil {
		w.Fatal(err)
	}
	return e
}
