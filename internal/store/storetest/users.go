package storetest

import (
	"sync/atomic"
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

func identityRoundTrip(s suite) {
	n := s.signUp("zoe@game.example")
	s.must(s.db.CreateUser(s.ctx, n))
	password := n.Identities[0]
	same(s, value(s.db.IdentityBySubject(s.ctx, s.project.ID, user.Credential, "zoe@game.example"))(s), password)
	_, err := s.db.IdentityBySubject(s.ctx, s.newProject().ID, user.Credential, "zoe@game.example")
	s.wantFault(err, fault.NotFound)
	_, err = s.db.IdentityBySubject(s.ctx, s.project.ID, user.Wallet, "zoe@game.example")
	s.wantFault(err, fault.NotFound)

	other := s.newUser("ann@game.example")
	wallet := user.Identity{ID: id.New(id.Identity), ProjectID: s.project.ID, UserID: n.User.ID, Provider: user.Wallet, Subject: "0xaa", CreatedAt: moment(5), UpdatedAt: moment(6)}
	s.must(s.db.CreateIdentity(s.ctx, wallet))
	taken := wallet
	taken.ID, taken.UserID = id.New(id.Identity), other.ID
	s.wantFault(s.db.CreateIdentity(s.ctx, taken), fault.Conflict)
	s.wantFault(s.db.PutIdentity(s.ctx, taken), fault.Conflict)

	changed := wallet
	changed.ID, changed.Secret = id.New(id.Identity), "another"
	s.must(s.db.PutIdentity(s.ctx, changed))
	same(s, value(s.db.Identities(s.ctx, s.project.ID, n.User.ID))(s), []user.Identity{password, changed})
	if got := value(s.db.Identities(s.ctx, s.project.ID, n.User.ID, other.ID))(s); len(got) != 3 {
		s.Errorf("%d ways in of two users, want 3", len(got))
	}
	same(s, value(s.db.Identities(s.ctx, s.project.ID))(s), nil)

	s.must(s.db.DeleteIdentities(s.ctx, s.project.ID, n.User.ID, user.Credential))
	same(s, value(s.db.Identities(s.ctx, s.project.ID, n.User.ID))(s), []user.Identity{changed})
	defer func() {
		s.must(s.db.DeleteIdentities(s.ctx, s.project.ID, n.User.ID, ""))
		same(s, value(s.db.Identities(s.ctx, s.project.ID, n.User.ID))(s), nil)
	}()
	for f, want := range map[user.Filter]int{
		{Provider: user.Wallet}:                      1,
		{Provider: user.Credential}:                  1,
		{Subject: "0xaa"}:                            1,
		{Provider: user.Credential, Subject: "0xaa"}: 0,
	} {
		if got := value(s.db.Users(s.ctx, s.project.ID, f, page.Request{}))(s); got.Total != want {
			s.Errorf("%+v finds %d users, want %d", f, got.Total, want)
		}
	}
}

func (s suite) challenge(subject, hash string) user.Challenge {
	return user.Challenge{
		ID: id.New(id.Challenge), ProjectID: s.project.ID, Purpose: user.SignInCode, Subject: subject, UserID: "pla_1", Hash: hash,
		Tries: 2, Data: "said", CreatedAt: moment(1), ExpiresAt: moment(2),
	}
}

func challengeRoundTrip(s suite) {
	first, second, other := s.challenge("a", "h1"), s.challenge("a", "h2"), s.challenge("b", "h3")
	for _, c := range []user.Challenge{first, second, other} {
		s.must(s.db.PutChallenge(s.ctx, c))
	}
	_, err := s.db.Challenge(s.ctx, user.SignInCode, "h1") // replaced
	s.wantFault(err, fault.NotFound)
	same(s, value(s.db.Challenge(s.ctx, user.SignInCode, "h2"))(s), second)
	_, err = s.db.Challenge(s.ctx, user.VerifyCode, "h2")
	s.wantFault(err, fault.NotFound)

	s.must(s.db.TryChallenge(s.ctx, s.project.ID, user.SignInCode, "a", func(c user.Challenge) (user.Challenge, bool) {
		c.Tries++
		return c, true
	}))
	second.Tries++
	same(s, value(s.db.Challenge(s.ctx, user.SignInCode, "h2"))(s), second)
	gone := func(user.Challenge) (user.Challenge, bool) { return user.Challenge{}, false }
	s.wantFault(s.db.TryChallenge(s.ctx, s.newProject().ID, user.SignInCode, "a", gone), fault.NotFound)
	s.must(s.db.TryChallenge(s.ctx, s.project.ID, user.SignInCode, "a", gone))
	s.wantFault(s.db.TryChallenge(s.ctx, s.project.ID, user.SignInCode, "a", gone), fault.NotFound)

	same(s, value(s.db.TakeChallenge(s.ctx, user.SignInCode, "h3"))(s), other)
	_, err = s.db.TakeChallenge(s.ctx, user.SignInCode, "h3")
	s.wantFault(err, fault.NotFound)
}

// Of many that bring the same secret at once, one gets through.
func challengeRace(s suite) {
	s.must(s.db.PutChallenge(s.ctx, s.challenge("a", "h1")))
	var taken atomic.Int32
	race(func(int) {
		if err := s.db.TryChallenge(s.ctx, s.project.ID, user.SignInCode, "a", func(c user.Challenge) (user.Challenge, bool) {
			c.Tries++
			return c, true
		}); err != nil {
			s.Error(err)
		}
	})
	if got := value(s.db.Challenge(s.ctx, user.SignInCode, "h1"))(s); got.Tries != 2+racers {
		s.Errorf("%d tries were counted, want %d", got.Tries-2, racers)
	}
	race(func(int) {
		_, err := s.db.TakeChallenge(s.ctx, user.SignInCode, "h1")
		if err == nil {
			taken.Add(1)
		} else if !fault.Is(err, fault.NotFound) {
			s.Error(err)
		}
	})
	if taken.Load() != 1 {
		s.Errorf("%d took it, want 1", taken.Load())
	}
	race(func(int) {
		if err := s.db.PutChallenge(s.ctx, s.challenge("a", "h2")); err != nil {
			s.Error(err)
		}
	})
}

func attemptsCount(s suite) {
	race(func(int) {
		if err := s.db.CountAttempt(s.ctx, "x", func(a user.Attempts) user.Attempts {
			a.Count++
			a.StartedAt = moment(1)
			return a
		}); err != nil {
			s.Error(err)
		}
	})
	s.must(s.db.CountAttempt(s.ctx, "x", func(a user.Attempts) user.Attempts {
		same(s, a, user.Attempts{ID: "x", Count: racers, StartedAt: moment(1)})
		return a
	}))
	same(s, value(s.db.Attempts(s.ctx, "x"))(s), user.Attempts{ID: "x", Count: racers, StartedAt: moment(1)})
	same(s, value(s.db.Attempts(s.ctx, "y"))(s), user.Attempts{ID: "y"})
	s.must(s.db.CountAttempt(s.ctx, "y", func(a user.Attempts) user.Attempts {
		if a.Count != 0 {
			s.Errorf("another starts with %d", a.Count)
		}
		return a
	}))
}

func authConfigs(s suite) {
	c := user.Config{
		ID: id.New(id.AuthConfig), ProjectID: s.project.ID, Name: "oidc", Enabled: true,
		Settings: user.Settings{Audience: "game", Issuer: "https://issuer.example", AllowUnverified: true}, CreatedAt: moment(1), UpdatedAt: moment(2),
	}
	same(s, value(s.db.PutConfig(s.ctx, c))(s), c)
	same(s, value(s.db.Config(s.ctx, s.project.ID, "oidc"))(s), c)
	changed := c
	changed.ID, changed.Enabled, changed.CreatedAt, changed.UpdatedAt = id.New(id.AuthConfig), false, moment(8), moment(9)
	got := value(s.db.PutConfig(s.ctx, changed))(s)
	changed.ID, changed.CreatedAt = c.ID, c.CreatedAt
	same(s, got, changed)
	another := user.Config{ID: id.New(id.AuthConfig), ProjectID: s.project.ID, Name: "custom", CreatedAt: moment(3), UpdatedAt: moment(3)}
	value(s.db.PutConfig(s.ctx, another))(s)
	same(s, value(s.db.Configs(s.ctx, s.project.ID))(s), []user.Config{another, changed})

	other := s.newProject().ID
	same(s, value(s.db.Configs(s.ctx, other))(s), nil)
	s.must(s.db.DeleteConfig(s.ctx, other, "oidc"))
	value(s.db.Config(s.ctx, s.project.ID, "oidc"))(s)
	s.must(s.db.DeleteConfig(s.ctx, s.project.ID, "oidc"))
	_, err := s.db.Config(s.ctx, s.project.ID, "oidc")
	s.wantFault(err, fault.NotFound)
}

func loginsForgotten(s suite) {
	u := s.newUser("zoe@game.example")
	for hash, ends := range map[string]time.Time{"ended": moment(5), "open": moment(6)} {
		s.must(s.db.CreateLogin(s.ctx, user.Login{ID: id.New(id.Login), ProjectID: s.project.ID, UserID: u.ID, Hash: hash, ExpiresAt: ends}))
		c := s.challenge(hash, hash)
		c.ExpiresAt = ends
		s.must(s.db.PutChallenge(s.ctx, c))
		s.must(s.db.CountAttempt(s.ctx, hash, func(a user.Attempts) user.Attempts {
			a.Count, a.StartedAt = 7, ends
			return a
		}))
	}
	s.must(s.db.ForgetLogins(s.ctx, moment(5), moment(6)))
	_, err := s.db.LoginByHash(s.ctx, s.project.ID, "ended")
	s.wantFault(err, fault.NotFound)
	_, err = s.db.Challenge(s.ctx, user.SignInCode, "ended")
	s.wantFault(err, fault.NotFound)
	value(s.db.LoginByHash(s.ctx, s.project.ID, "open"))(s)
	value(s.db.Challenge(s.ctx, user.SignInCode, "open"))(s)
	for attempt, want := range map[string]int{"ended": 0, "open": 7} {
		s.must(s.db.CountAttempt(s.ctx, attempt, func(a user.Attempts) user.Attempts {
			if a.Count != want {
				s.Errorf("the count that %s is %d, want %d", attempt, a.Count, want)
			}
			return a
		}))
	}
}
