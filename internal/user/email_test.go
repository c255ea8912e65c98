package user_test

import (
	"errors"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/user"
)

const (
	ann      = "ann@game.example"
	password = "correct horse"
)

var (
	codes  = regexp.MustCompile(`(?m)^(\d{6})$`)
	tokens = regexp.MustCompile(`lku_[A-Za-z0-9_-]+`)
	nobody = user.Client{}
)

// code answers the code of the only mail.
func (w *world) code(to string) string {
	w.Helper()
	m := codes.FindStringSubmatch(w.mailTo(to))
	if m == nil {
		w.Fatal("the mail has no code")
	}
	return m[1]
}

func (w *world) token(to string) string {
	w.Helper()
	token := tokens.FindString(w.mailTo(to))
	if token == "" {
		w.Fatal("the mail has no token")
	}
	return token
}

func (w *world) signUp(email string) user.Entry {
	w.Helper()
	e, err := w.users.SignUpPassword(w.ctx, w.project, user.SignUpParams{Email: email, Password: password, Name: "ann"}, nobody)
	if err != nil {
		w.Fatal(err)
	}
	return e
}

// verified is a user who has signed up with a password and verified the email.
func (w *world) verified(email string) user.User {
	w.Helper()
	w.signUp(email)
	u, err := w.users.VerifyEmail(w.ctx, w.token(email), "")
	if err != nil {
		w.Fatal(err)
	}
	return u
}

// wantCode fails unless err is a fault with a code that clients know.
func (w *world) wantCode(err error, code string) {
	w.Helper()
	var f *fault.Fault
	if !errors.As(err, &f) || f.Code != code {
		w.Errorf("error is %v, want one with code %s", err, code)
	}
}

func TestSignUpWithPassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.signUp("Ann@Game.example ")
	if e.Token != "" || e.User.Email != ann || e.User.EmailVerified {
		t.Errorf("before the email is verified: %+v", e)
	}
	mail := w.mailTo(ann)
	_, err := w.users.LogInPassword(w.ctx, w.project, ann, password, nobody)
	w.wantCode(err, "EMAIL_NOT_VERIFIED")
	link, err := url.Parse(regexp.MustCompile(`https://\S+`).FindString(mail))
	if err != nil || link.Host != "api.game.example" || link.Path != "/iam/v2/auth/verify-email" {
		t.Fatalf("the link is %v, %v", link, err)
	}
	u, err := w.users.VerifyEmail(w.ctx, link.Query().Get("token"), "")
	if err != nil || !u.EmailVerified || u.ID != e.User.ID {
		t.Fatalf("verify: %+v, %v", u, err)
	}
	_, err = w.users.VerifyEmail(w.ctx, link.Query().Get("token"), "")
	w.wantCode(err, "INVALID_TOKEN")
	in, err := w.users.LogInPassword(w.ctx, w.project, "ANN@game.example", password, nobody)
	if err != nil || in.Token == "" || in.User.ID != e.User.ID {
		t.Errorf("log in: %+v, %v", in, err)
	}
	_, err = w.users.SignUpPassword(w.ctx, w.project, user.SignUpParams{Email: ann, Password: password}, nobody)
	w.wantCode(err, "USER_ALREADY_EXISTS")
	w.noMail()
	if _, err := w.users.SignUpPassword(w.ctx, w.newProject(), user.SignUpParams{Email: ann, Password: password}, nobody); err != nil {
		t.Errorf("the email in another project: %v", err)
	}
}

func TestUnverifiedEmailsMayBeLetIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if _, err := w.users.Configure(w.ctx, w.project, "email", true, user.Settings{AllowUnverified: true}); err != nil {
		t.Fatal(err)
	}
	if e := w.signUp(ann); e.Token == "" || e.User.EmailVerified {
		t.Errorf("sign-up: %+v", e)
	}
	if _, err := w.users.LogInPassword(w.ctx, w.project, ann, password, nobody); err != nil {
		t.Error(err)
	}
	if _, err := w.users.Configure(w.ctx, w.project, "email", false, user.Settings{}); err != nil {
		t.Fatal(err)
	}
	_, err := w.users.LogInPassword(w.ctx, w.project, ann, password, nobody)
	w.wantCode(err, "PROVIDER_DISABLED")
}

func TestRefusedSignUps(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, tc := range []struct {
		p    user.SignUpParams
		code string
	}{
		{user.SignUpParams{Email: "ann", Password: password}, "INVALID_EMAIL"},
		{user.SignUpParams{Email: "Ann <ann@game.example>", Password: password}, "INVALID_EMAIL"},
		{user.SignUpParams{Email: "a@game.example\r\nBcc: b@game.example", Password: password}, "INVALID_EMAIL"},
		{user.SignUpParams{Email: strings.Repeat("a", 250) + "@game.example", Password: password}, "INVALID_EMAIL"},
		{user.SignUpParams{Email: ann, Password: "7 chars"}, "PASSWORD_TOO_SHORT"},
		{user.SignUpParams{Email: ann, Password: strings.Repeat("x", 129)}, "PASSWORD_TOO_LONG"},
		{user.SignUpParams{Email: ann, Password: password, CallbackURL: "https://evil.example/"}, "INVALID_CALLBACK_URL"},
	} {
		_, err := w.users.SignUpPassword(w.ctx, w.project, tc.p, nobody)
		w.wantCode(err, tc.code)
	}
	w.noMail()
}

// Guessing a password ends, for whoever guesses, before it can succeed; other
// accounts are not touched, and the wait ends.
func TestGuessedPasswords(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.verified(ann)
	w.verified("bob@game.example")
	for range 10 {
		_, err := w.users.LogInPassword(w.ctx, w.project, ann, "wrong horse", nobody)
		w.wantCode(err, "INVALID_EMAIL_OR_PASSWORD")
	}
	_, err := w.users.LogInPassword(w.ctx, w.project, ann, password, nobody)
	w.wantCode(err, "TOO_MANY_ATTEMPTS")
	if !fault.Is(err, fault.Invalid) {
		t.Errorf("%v is no 400", err)
	}
	if _, err := w.users.LogInPassword(w.ctx, w.project, "bob@game.example", password, nobody); err != nil {
		t.Errorf("another account: %v", err)
	}
	w.pass(15 * time.Minute)
	if _, err := w.users.LogInPassword(w.ctx, w.project, ann, password, nobody); err != nil {
		t.Errorf("after the wait: %v", err)
	}
	// A right one starts anew.
	for range 3 {
		for range 9 {
			_, err := w.users.LogInPassword(w.ctx, w.project, ann, "wrong horse", nobody)
			w.wantCode(err, "INVALID_EMAIL_OR_PASSWORD")
		}
		if _, err := w.users.LogInPassword(w.ctx, w.project, ann, password, nobody); err != nil {
			t.Errorf("after 9 wrong ones: %v", err)
		}
	}
	_, err = w.users.LogInPassword(w.ctx, w.project, "nobody@game.example", password, nobody)
	w.wantCode(err, "INVALID_EMAIL_OR_PASSWORD") // the same as for a wrong password
	_, err = w.users.LogInPassword(w.ctx, w.newProject(), ann, password, nobody)
	w.wantCode(err, "INVALID_EMAIL_OR_PASSWORD")
}

// One network address cannot try account after account.
func TestOneAddressTriesManyAccounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	from := user.Client{Address: "203.0.113.7"}
	for range 300 {
		if _, err := w.users.WalletNonce(w.ctx, w.project, wallet, from); err != nil {
			t.Fatal(err)
		}
	}
	_, err := w.users.SignUpGuest(w.ctx, w.project, from)
	w.wantCode(err, "TOO_MANY_ATTEMPTS")
	if _, err := w.users.SignUpGuest(w.ctx, w.project, user.Client{Address: "203.0.113.8"}); err != nil {
		t.Errorf("another address: %v", err)
	}
	if _, err := w.users.SignUpGuest(w.ctx, w.project, nobody); err != nil {
		t.Errorf("an address that is not known: %v", err)
	}
}

func TestResetPassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.verified(ann)
	in, err := w.users.LogInPassword(w.ctx, w.project, ann, password, nobody)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.users.RequestReset(w.ctx, w.project, "nobody@game.example", "", nobody); err != nil {
		t.Errorf("an email that nobody has: %v", err)
	}
	w.noMail()
	w.wantCode(w.users.RequestReset(w.ctx, w.project, ann, "https://evil.example/set", nobody), "INVALID_CALLBACK_URL")
	w.noMail()
	if err := w.users.RequestReset(w.ctx, w.project, ann, goodOrigin+"/set", nobody); err != nil {
		t.Fatal(err)
	}
	token := w.token(ann)
	for target, want := range map[string]bool{goodOrigin + "/set": true, "https://evil.example/": false} {
		if good, err := w.users.CheckResetLink(w.ctx, token, target); good && err == nil != want {
			t.Errorf("the link to %s: %t, %v", target, good, err)
		}
	}
	w.wantCode(w.users.ResetPassword(w.ctx, token, "short"), "PASSWORD_TOO_SHORT") // does not use it up
	if err := w.users.ResetPassword(w.ctx, token, "another horse"); err != nil {
		t.Fatal(err)
	}
	w.wantCode(w.users.ResetPassword(w.ctx, token, "a third horse"), "INVALID_TOKEN")
	if _, _, err := w.users.Login(w.ctx, w.project, in.Token); !fault.Is(err, fault.Unauthorized) {
		t.Errorf("a login from before the reset: %v", err)
	}
	_, err = w.users.LogInPassword(w.ctx, w.project, ann, password, nobody)
	w.wantCode(err, "INVALID_EMAIL_OR_PASSWORD")
	if again, err := w.users.LogInPassword(w.ctx, w.project, ann, "another horse", nobody); err != nil || again.User.ID != u.ID {
		t.Errorf("the new password: %+v, %v", again, err)
	}

	if err := w.users.RequestReset(w.ctx, w.project, ann, "", nobody); err != nil {
		t.Fatal(err)
	}
	old := w.token(ann)
	w.pass(time.Hour)
	w.wantCode(w.users.ResetPassword(w.ctx, old, "another horse"), "INVALID_TOKEN")
}

// A token of one kind is worth nothing as another.
func TestTokensHaveOnePurpose(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.signUp(ann)
	verify := w.token(ann)
	w.wantCode(w.users.ResetPassword(w.ctx, verify, "another horse"), "INVALID_TOKEN")
	if _, _, err := w.users.Login(w.ctx, w.project, verify); !fault.Is(err, fault.Unauthorized) {
		t.Errorf("a mailed token is a login: %v", err)
	}
	guest := w.guest()
	_, err := w.users.VerifyEmail(w.ctx, guest.Token, "")
	w.wantCode(err, "INVALID_TOKEN")
}

func TestEmailCode(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	send := func() string {
		t.Helper()
		if err := w.users.SendCode(w.ctx, w.project, ann, user.SignInCode, nobody); err != nil {
			t.Fatal(err)
		}
		return w.code(ann)
	}
	first := send()
	code := send()
	if first != code {
		_, err := w.users.LogInCode(w.ctx, w.project, ann, first, nobody)
		w.wantCode(err, "INVALID_OTP") // only the newest counts
	}
	e, err := w.users.LogInCode(w.ctx, w.project, ann, code, nobody)
	if err != nil || !e.User.EmailVerified || e.User.Email != ann || e.Token == "" {
		t.Fatalf("a new user: %+v, %v", e, err)
	}
	_, err = w.users.LogInCode(w.ctx, w.project, ann, code, nobody)
	w.wantCode(err, "OTP_EXPIRED") // a replay
	again, err := w.users.LogInCode(w.ctx, w.project, ann, send(), nobody)
	if err != nil || again.User.ID != e.User.ID {
		t.Errorf("the second time: %+v, %v", again, err)
	}
	code = send()
	_, err = w.users.LogInCode(w.ctx, w.newProject(), ann, code, nobody)
	w.wantCode(err, "OTP_EXPIRED")
	_, err = w.users.VerifyEmailCode(w.ctx, w.project, ann, code, nobody)
	w.wantCode(err, "OTP_EXPIRED") // a code of another purpose
	w.pass(10 * time.Minute)
	_, err = w.users.LogInCode(w.ctx, w.project, ann, code, nobody)
	w.wantCode(err, "OTP_EXPIRED")
}

// Five wrong codes end it, also when they come at once, and mails run out too.
func TestGuessedCodes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.users.SendCode(w.ctx, w.project, ann, user.SignInCode, nobody); err != nil {
		t.Fatal(err)
	}
	code := w.code(ann)
	wrong := "000000"
	if code == wrong {
		wrong = "000001"
	}
	var all sync.WaitGroup
	var looked atomic.Int32
	for range 20 {
		all.Go(func() {
			_, err := w.users.LogInCode(w.ctx, w.project, ann, wrong, nobody)
			var f *fault.Fault
			if errors.As(err, &f) && f.Code == "INVALID_OTP" {
				looked.Add(1)
			}
		})
	}
	all.Wait()
	if looked.Load() != 5 {
		t.Errorf("%d guesses were looked at, want 5", looked.Load())
	}
	_, err := w.users.LogInCode(w.ctx, w.project, ann, code, nobody)
	w.wantCode(err, "OTP_EXPIRED")
	for range 4 {
		if err := w.users.SendCode(w.ctx, w.project, ann, user.SignInCode, nobody); err != nil {
			t.Fatal(err)
		}
		w.code(ann)
	}
	w.wantCode(w.users.SendCode(w.ctx, w.project, ann, user.SignInCode, nobody), "TOO_MANY_ATTEMPTS")
	w.noMail()
}

// guessCodes tries all wrong codes that mails allow, until so many were looked at.
func (w *world) guessCodes(most int) {
	w.Helper()
	for tried := 0; tried < most; {
		if err := w.users.SendCode(w.ctx, w.project, ann, user.SignInCode, nobody); err != nil {
			w.Fatal(err)
		}
		wrong := "000000"
		if w.code(ann) == wrong {
			wrong = "000001"
		}
		for range min(5, most-tried) {
			_, err := w.users.LogInCode(w.ctx, w.project, ann, wrong, nobody)
			w.wantCode(err, "INVALID_OTP")
			tried++
		}
		w.pass(15 * time.Minute) // mails have a limit of their own
	}
}

// New mails bring new codes to guess, but not all day.
func TestCodesGuessedAllDay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	logIn := func() error {
		if err := w.users.SendCode(w.ctx, w.project, ann, user.SignInCode, nobody); err != nil {
			t.Fatal(err)
		}
		_, err := w.users.LogInCode(w.ctx, w.project, ann, w.code(ann), nobody)
		return err
	}
	for range 60 { // tries of no code count for nothing
		_, err := w.users.LogInCode(w.ctx, w.project, ann, "000000", nobody)
		w.wantCode(err, "OTP_EXPIRED")
	}
	w.guessCodes(49)
	if err := logIn(); err != nil {
		t.Fatalf("the right code after 49 wrong ones: %v", err)
	}
	w.guessCodes(50)
	w.wantCode(logIn(), "TOO_MANY_ATTEMPTS")
	w.pass(24 * time.Hour)
	if err := logIn(); err != nil {
		t.Errorf("a day later: %v", err)
	}
}

// Of two that bring the right code at once one gets in.
func TestOneCodeOneLogin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.users.SendCode(w.ctx, w.project, ann, user.SignInCode, nobody); err != nil {
		t.Fatal(err)
	}
	code := w.code(ann)
	var all sync.WaitGroup
	var in atomic.Int32
	for range 5 {
		all.Go(func() {
			if _, err := w.users.LogInCode(w.ctx, w.project, ann, code, nobody); err == nil {
				in.Add(1)
			}
		})
	}
	all.Wait()
	if in.Load() != 1 {
		t.Errorf("%d got in, want 1", in.Load())
	}
}

func TestCodesForUsersOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, purpose := range []user.Purpose{user.VerifyCode, user.ResetCode} {
		if err := w.users.SendCode(w.ctx, w.project, ann, purpose, nobody); err != nil {
			t.Errorf("%s for nobody: %v, want the same answer as for a user", purpose, err)
		}
		w.noMail()
	}
	w.wantCode(w.users.ResetPasswordByCode(w.ctx, w.project, ann, "none", "another horse", nobody), "INVALID_OTP") // as for a user
	if err := w.users.SendCode(w.ctx, w.project, ann, user.ResetLink, nobody); !fault.Is(err, fault.Invalid) {
		t.Errorf("a code of no kind: %v", err)
	}
	u := w.signUp(ann).User
	w.mailTo(ann)
	if err := w.users.SendCode(w.ctx, w.project, ann, user.VerifyCode, nobody); err != nil {
		t.Fatal(err)
	}
	if got, err := w.users.VerifyEmailCode(w.ctx, w.project, ann, w.code(ann), nobody); err != nil || !got.EmailVerified || got.ID != u.ID {
		t.Errorf("verified by code: %+v, %v", got, err)
	}
	if err := w.users.SendCode(w.ctx, w.project, ann, user.ResetCode, nobody); err != nil {
		t.Fatal(err)
	}
	if err := w.users.ResetPasswordByCode(w.ctx, w.project, ann, w.code(ann), "another horse", nobody); err != nil {
		t.Fatal(err)
	}
	if _, err := w.users.LogInPassword(w.ctx, w.project, ann, "another horse", nobody); err != nil {
		t.Error(err)
	}
	w.down = true
	w.wantCode(w.users.SendCode(w.ctx, w.project, ann, user.SignInCode, nobody), "OTP_SEND_FAILED")
}

// Whoever signs up with somebody else's email gets nothing of the user that its
// owner makes of it, whatever ways in were added before.
func TestSignUpWithSomebodyElsesEmail(t *testing.T) {
	t.Parallel()
	for name, prove := range map[string]func(w *world){
		"code": func(w *world) {
			if err := w.users.SendCode(w.ctx, w.project, ann, user.SignInCode, nobody); err != nil {
				w.Fatal(err)
			}
			if _, err := w.users.LogInCode(w.ctx, w.project, ann, w.code(ann), nobody); err != nil {
				w.Fatal(err)
			}
		},
		"reset": func(w *world) {
			if err := w.users.SendCode(w.ctx, w.project, ann, user.ResetCode, nobody); err != nil {
				w.Fatal(err)
			}
			if err := w.users.ResetPasswordByCode(w.ctx, w.project, ann, w.code(ann), "another horse", nobody); err != nil {
				w.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.configure("email", user.Settings{AllowUnverified: true})
			i := newIssuer(w)
			w.configure("google", user.Settings{ClientID: "game", ClientSecret: "s", Issuer: i.URL})
			thief := w.signUp(ann)
			w.mailTo(ann)
			if err := w.users.LinkWallet(w.ctx, w.project, thief.User.ID, signed(t, message(w.nonce(wallet)), walletKey), nobody); err != nil {
				t.Fatal(err)
			}
			underWay := i.leave(user.SocialParams{UserID: thief.User.ID})
			prove(w)
			_, err := w.users.LogInPassword(w.ctx, w.project, ann, password, nobody)
			w.wantCode(err, "INVALID_EMAIL_OR_PASSWORD")
			if _, _, err := w.users.Login(w.ctx, w.project, thief.Token); !fault.Is(err, fault.Unauthorized) {
				t.Errorf("the thief is still in: %v", err)
			}
			e, err := w.users.LogInWallet(w.ctx, w.project, signed(t, message(w.nonce(wallet)), walletKey), nobody)
			if err != nil || e.User.ID == thief.User.ID {
				t.Errorf("by the thief's wallet: %+v, %v; want another user", e.User, err)
			}
			if _, err := w.users.FinishSocial(w.ctx, "google", underWay, nobody); !fault.Is(err, fault.Invalid) {
				t.Errorf("a social login that the thief had begun: %v", err)
			}
		})
	}
}

func TestForget(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	guest := w.guest()
	w.pass(29 * 24 * time.Hour)
	if err := w.users.Forget(w.ctx); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.users.Login(w.ctx, w.project, guest.Token); err != nil {
		t.Errorf("a login that has not ended: %v", err)
	}
}
