package user_test

import (
	"strings"
	"testing"
	"time"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/user"
)

func TestGuest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	guest, err := w.users.SignUpGuest(w.ctx, w.project, user.Client{Address: "192.0.2.1", Agent: "test\x00\r\n" + strings.Repeat("x", 500)})
	if err != nil {
		t.Fatal(err)
	}
	if !guest.User.Anonymous || guest.User.ProjectID != w.project || !strings.HasPrefix(guest.User.ID, "pla_") {
		t.Errorf("the guest is %+v", guest.User)
	}
	if _, err := w.players.Get(w.ctx, w.project, guest.User.ID); err != nil {
		t.Errorf("the guest is no player: %v", err)
	}
	if got := guest.Login.Agent; !strings.HasPrefix(got, "testxxx") || len(got) != 200 {
		t.Errorf("the agent is kept as %q", got)
	}
	again, err := w.users.SignUpGuest(w.ctx, w.project, user.Client{})
	if err != nil || again.User.ID == guest.User.ID || again.Token == guest.Token {
		t.Errorf("two guests are one: %v", err)
	}
}

// A login ends 30 days after it was used last, and not before.
func TestLoginSlides(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	guest := w.guest()
	const day = 24 * time.Hour
	for range 5 {
		w.pass(29 * day)
		e, err := w.users.Session(w.ctx, w.project, guest.Token)
		if err != nil || e.User != guest.User || e.Token != guest.Token {
			t.Fatalf("a login in use: %+v, %v", e, err)
		}
		if want := w.now().Add(30 * day); !e.Login.ExpiresAt.Equal(want) {
			t.Errorf("it ends at %s, want %s", e.Login.ExpiresAt, want)
		}
	}
	w.pass(time.Hour)
	moved, err := w.users.Session(w.ctx, w.project, guest.Token)
	if err != nil || moved.Login.UpdatedAt.Equal(w.now()) {
		t.Errorf("a login is written at every use: %+v, %v", moved.Login, err)
	}
	w.pass(30*day - time.Hour)
	if _, err := w.users.Session(w.ctx, w.project, guest.Token); !fault.Is(err, fault.Unauthorized) {
		t.Errorf("after 30 days: %v, want a refusal", err)
	}
	if _, _, err := w.users.Login(w.ctx, w.project, guest.Token); !fault.Is(err, fault.Unauthorized) {
		t.Errorf("after 30 days: %v, want a refusal", err)
	}
}

func TestLogOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	guest, other := w.guest(), w.guest()
	if err := w.users.LogOut(w.ctx, w.project, other.User.ID, guest.Login.ID); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.users.Login(w.ctx, w.project, guest.Token); err != nil {
		t.Errorf("another user ended the login: %v", err)
	}
	for range 2 {
		if err := w.users.LogOut(w.ctx, w.project, guest.User.ID, guest.Login.ID); err != nil {
			t.Fatal(err)
		}
		if _, _, err := w.users.Login(w.ctx, w.project, guest.Token); !fault.Is(err, fault.Unauthorized) {
			t.Errorf("the token after signing out: %v, want a refusal", err)
		}
	}
	if _, _, err := w.users.Login(w.ctx, w.project, other.Token); err != nil {
		t.Errorf("another user was signed out: %v", err)
	}
}
