package storetest

import (
	"time"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/player"
	"github.com/latchkey-dev/latchkey/internal/user"
)

// signUp is a new user with one way in, unsaved.
func (s suite) signUp(email string) user.SignUp {
	p := player.Player{ID: id.New(id.Player), ProjectID: s.project.ID, Name: "Zoë", CreatedAt: moment(1), UpdatedAt: moment(1)}
	n := user.SignUp{
		Player: p,
		User: user.User{
			ID: p.ID, ProjectID: s.project.ID, Name: "Zoë 🦊", Email: email, EmailVerified: true,
			Image: "https://img.example/z", CreatedAt: moment(1), UpdatedAt: moment(2),
		},
	}
	if email != "" {
		n.Identities = []user.Identity{{
			ID: id.New(id.Identity), ProjectID: s.project.ID, UserID: p.ID, Provider: user.Credential, Subject: email,
			Secret: "a hash", Details: user.Details{Client: "a wallet"}, CreatedAt: moment(3), UpdatedAt: moment(4),
		}}
	}
	return n
}

func (s suite) newUser(email string) user.User {
	s.Helper()
	n := s.signUp(email)
	s.must(s.db.CreateUser(s.ctx, n))
	return n.User
}

func userRoundTrip(s suite) {
	n := s.signUp("zoe@game.example")
	s.must(s.db.CreateUser(s.ctx, n))
	same(s, value(s.db.User(s.ctx, s.project.ID, n.User.ID))(s), n.User)
	same(s, value(s.db.Player(s.ctx, s.project.ID, n.User.ID))(s), n.Player)

	// Guests have no email; any number of them may.
	for range 2 {
		guest := s.signUp("")
		guest.User.Anonymous, guest.User.EmailVerified = true, false
		s.must(s.db.CreateUser(s.ctx, guest))
		same(s, value(s.db.User(s.ctx, s.project.ID, guest.User.ID))(s), guest.User)
	}

	// What belongs to another takes the whole sign-up down.
	again := s.signUp("zoe@game.example")
	s.wantFault(s.db.CreateUser(s.ctx, again), fault.Conflict)
	again.User.Email = ""
	s.wantFault(s.db.CreateUser(s.ctx, again), fault.Conflict)
	_, err := s.db.Player(s.ctx, s.project.ID, again.User.ID)
	s.wantFault(err, fault.NotFound)

	other := s
	other.project = s.newProject()
	other.newUser("zoe@game.example")
	_, err = s.db.User(s.ctx, other.project.ID, n.User.ID)
	s.wantFault(err, fault.NotFound)
}

func userUpdate(s suite) {
	u, taken := s.newUser("zoe@game.example"), s.newUser("ann@game.example")
	u.Email, u.EmailVerified, u.UpdatedAt = "new@game.example", false, moment(9)
	got := value(s.db.UpdateUser(s.ctx, s.project.ID, u.ID, func(user.User) (user.User, error) { return u, nil }))(s)
	same(s, got, u)
	same(s, value(s.db.User(s.ctx, s.project.ID, u.ID))(s), u)
	_, err := s.db.UpdateUser(s.ctx, s.project.ID, u.ID, func(old user.User) (user.User, error) {
		old.Email = taken.Email
		return old, nil
	})
	s.wantFault(err, fault.Conflict)
}

func userFilters(s suite) {
	zoe, guest := s.newUser("zoe@game.example"), s.newUser("")
	for f, want := range map[user.Filter][]user.User{
		{}:                           {zoe, guest},
		{Email: "zoe@game.example"}:  {zoe},
		{Name: "Zoë 🦊"}:              {zoe, guest},
		{Name: "Zoë 🦊", Email: "no"}: {},
	} {
		got := value(s.db.Users(s.ctx, s.project.ID, f, page.Request{Order: page.Ascending}))(s)
		same(s, got.Items, want)
	}
}

func loginRoundTrip(s suite) {
	u := s.newUser("zoe@game.example")
	l := user.Login{
		ID: id.New(id.Login), ProjectID: s.project.ID, UserID: u.ID, Hash: "aa", Address: "2001:db8::1", Agent: "a browser",
		CreatedAt: moment(1), UpdatedAt: moment(2), ExpiresAt: moment(3),
	}
	s.must(s.db.CreateLogin(s.ctx, l))
	same(s, value(s.db.LoginByHash(s.ctx, s.project.ID, "aa"))(s), l)
	_, err := s.db.LoginByHash(s.ctx, s.newProject().ID, "aa")
	s.wantFault(err, fault.NotFound)

	l.ExpiresAt = l.ExpiresAt.Add(time.Hour)
	same(s, value(s.db.UpdateLogin(s.ctx, s.project.ID, l.ID, func(user.Login) (user.Login, error) { return l, nil }))(s), l)
	same(s, value(s.db.LoginByHash(s.ctx, s.project.ID, "aa"))(s), l)

	orphan := l
	orphan.ID, orphan.Hash, orphan.UserID = id.New(id.Login), "bb", id.New(id.Player)
	s.wantFault(s.db.CreateLogin(s.ctx, orphan), fault.NotFound)
}

func loginsEnd(s suite) {
	u, other := s.newUser("zoe@game.example"), s.newUser("ann@game.example")
	login := func(of user.User, hash string) user.Login {
		l := user.Login{ID: id.New(id.Login), ProjectID: s.project.ID, UserID: of.ID, Hash: hash}
		s.must(s.db.CreateLogin(s.ctx, l))
		return l
	}
	gone := func(hashes ...string) {
		s.Helper()
		for _, hash := range hashes {
			_, err := s.db.LoginByHash(s.ctx, s.project.ID, hash)
			s.wantFault(err, fault.NotFound)
		}
	}
	first := login(u, "a")
	login(u, "b")
	login(u, "c")
	login(other, "d")

	s.must(s.db.EndLogins(s.ctx, s.project.ID, other.ID, first.ID)) // not its own
	value(s.db.LoginByHash(s.ctx, s.project.ID, "a"))(s)
	s.must(s.db.EndLogins(s.ctx, s.project.ID, u.ID, first.ID))
	gone("a")
	value(s.db.LoginByHash(s.ctx, s.project.ID, "b"))(s)
	s.must(s.db.EndLogins(s.ctx, s.project.ID, u.ID, ""))
	gone("b", "c")
	value(s.db.LoginByHash(s.ctx, s.project.ID, "d"))(s)

	// A player takes its user and the user's logins with it.
	s.must(s.db.DeletePlayer(s.ctx, s.project.ID, other.ID))
	gone("d")
	_, err := s.db.User(s.ctx, s.project.ID, other.ID)
	s.wantFault(err, fault.NotFound)
	s.newUser("ann@game.example")
}
