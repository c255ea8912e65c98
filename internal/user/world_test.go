package user_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/mail"
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
	mails []mail.Message
	down  bool // no mail goes out
}

// goodOrigin is the one of every project's pages.
const goodOrigin = "https://game.example"

func (w *world) PageAllowed(_ context.Context, _, target string) (bool, error) {
	return target == goodOrigin || strings.HasPrefix(target, goodOrigin+"/"), nil
}

func (w *world) Send(_ context.Context, m mail.Message) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.down {
		return errors.New("no mail server")
	}
	w.mails = append(w.mails, m)
	return nil
}

func (w *world) Post(ctx context.Context, m mail.Message) error {
	_ = w.Send(ctx, m)
	return nil
}

// mailTo answers the only mail since the last call, which must be to an address.
func (w *world) mailTo(to string) string {
	w.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.mails) != 1 || w.mails[0].To != to {
		w.Fatalf("mails are %+v, want one to %s", w.mails, to)
	}
	text := w.mails[0].Text
	w.mails = nil
	return text
}

func (w *world) noMail() {
	w.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.mails) != 0 {
		w.Fatalf("mails are %+v, want none", w.mails)
	}
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, ctx: context.Background(), db: storetest.SQLite(t), clock: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	w.players = &player.Service{Store: w.db, Now: w.now}
	passwords, err := user.NewPasswords()
	if err != nil {
		t.Fatal(err)
	}
	services := user.NewServices(w.now)
	t.Cleanup(services.Close)
	w.users = &user.Service{
		Store: w.db, Players: w.players, Passwords: passwords, Services: services, Mail: w, Pages: w,
		BaseURL: func() string { return "https://api.game.example" }, Now: w.now, Development: true,
	}
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
