package user

import (
	"context"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

// SignUpParams are what somebody signs up with.
type SignUpParams struct {
	Email       string
	Password    string
	Name        string
	CallbackURL string // where the link of the mail ends, "" for an answer in JSON
}

// SignUpPassword makes a user with an email and a password, and mails a link
// that verifies the email. Unless the project lets unverified emails in, the
// answer has no token: the user verifies the email and logs in.
func (s *Service) SignUpPassword(ctx context.Context, projectID string, p SignUpParams, c Client) (Entry, error) {
	settings, err := s.emailSettings(ctx, projectID)
	if err != nil {
		return Entry{}, err
	}
	if err := s.from(ctx, projectID, c); err != nil {
		return Entry{}, err
	}
	n, err := s.passwordSignUp(ctx, projectID, p)
	if err != nil {
		return Entry{}, err
	}
	err = s.Store.CreateUser(ctx, n)
	if fault.Is(err, fault.Conflict) {
		return Entry{}, &fault.Fault{Kind: fault.Invalid, Code: "USER_ALREADY_EXISTS", Field: "email", Message: "email: a user with this email exists already: log in, or reset the password"}
	}
	if err != nil {
		return Entry{}, err
	}
	if err := s.mailVerification(ctx, n.User, p.CallbackURL); err != nil {
		return Entry{}, err
	}
	if !settings.AllowUnverified {
		return Entry{User: n.User}, nil
	}
	return s.enter(ctx, n.User, c)
}

func (s *Service) passwordSignUp(ctx context.Context, projectID string, p SignUpParams) (SignUp, error) {
	email, err := readEmail("email", p.Email)
	if err != nil {
		return SignUp{}, err
	}
	if err := checkPassword("password", p.Password); err != nil {
		return SignUp{}, err
	}
	if err := checkName(p.Name); err != nil {
		return SignUp{}, err
	}
	if err := s.checkPage(ctx, projectID, "callbackURL", p.CallbackURL); err != nil {
		return SignUp{}, err
	}
	hash, err := s.Passwords.Hash(ctx, p.Password)
	if err != nil {
		return SignUp{}, err
	}
	return s.newUser(projectID, User{Name: p.Name, Email: email}).with(Credential, email, hash, Details{}), nil
}

// errWrongPassword does not tell whether there is such a user.
var errWrongPassword = &fault.Fault{Kind: fault.Unauthorized, Code: "INVALID_EMAIL_OR_PASSWORD", Message: "the email or the password is wrong"}

// LogInPassword lets a user in by email and password.
func (s *Service) LogInPassword(ctx context.Context, projectID, email, password string, c Client) (Entry, error) {
	settings, err := s.emailSettings(ctx, projectID)
	if err != nil {
		return Entry{}, err
	}
	if err := s.from(ctx, projectID, c); err != nil {
		return Entry{}, err
	}
	if email, err = readEmail("email", email); err != nil {
		return Entry{}, err
	}
	u, err := s.byPassword(ctx, projectID, email, password)
	if err != nil {
		return Entry{}, err
	}
	if !u.EmailVerified && !settings.AllowUnverified {
		return Entry{}, &fault.Fault{Kind: fault.Invalid, Code: "EMAIL_NOT_VERIFIED", Message: "the email is not verified: follow the link in the mail, or ask for a new one"}
	}
	return s.enter(ctx, u, c)
}

func (s *Service) byPassword(ctx context.Context, projectID, email, password string) (User, error) {
	if err := s.attempt(ctx, passwordLimit, projectID, email); err != nil {
		return User{}, err
	}
	i, err := s.Store.IdentityBySubject(ctx, projectID, Credential, email)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return User{}, err
	}
	right := false
	if len(password) <= 4*maxPassword { // longer ones were never set
		if right, err = s.Passwords.Check(ctx, password, i.Secret); err != nil {
			return User{}, err
		}
	}
	if !right {
		return User{}, errWrongPassword
	}
	if err := s.forget(ctx, passwordLimit, projectID, email); err != nil {
		return User{}, err
	}
	return s.Store.User(ctx, projectID, i.UserID)
}

// RequestReset mails a link to set a new password to a user, if there is one
// with this email. redirectTo is the page that the link ends at, with the token
// in its query; without one the mail holds the token.
func (s *Service) RequestReset(ctx context.Context, projectID, email, redirectTo string, c Client) error {
	u, err := s.mailable(ctx, projectID, email, c)
	if err != nil {
		return err
	}
	if err := s.checkPage(ctx, projectID, "redirectTo", redirectTo); err != nil {
		return err
	}
	if u.ID == "" {
		return nil
	}
	token, err := s.newLink(ctx, ResetLink, u, u.Email)
	if err != nil {
		return err
	}
	return s.Mail.Post(ctx, resetMail(u.Email, s.resetURL(token, redirectTo)))
}

// CheckResetLink reports whether a link to set a new password is worth something
// still. It refuses a target that is no page of the link's project.
func (s *Service) CheckResetLink(ctx context.Context, token, target string) (bool, error) {
	c, err := s.Store.Challenge(ctx, ResetLink, hashOf(token))
	if fault.Is(err, fault.NotFound) || err == nil && !s.now().Before(c.ExpiresAt) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if target == "" {
		return false, fault.Field("callbackURL", nil, "is required")
	}
	return true, s.checkPage(ctx, c.ProjectID, "callbackURL", target)
}

// ResetPassword sets the password of the user that a mailed token is of. That
// proves the email, and ends every login.
func (s *Service) ResetPassword(ctx context.Context, token, password string) error {
	if err := checkPassword("newPassword", password); err != nil {
		return err
	}
	c, err := s.followLink(ctx, ResetLink, token)
	if err != nil {
		return err
	}
	return s.setPassword(ctx, c.ProjectID, c.UserID, c.Data, password)
}

// ResetPasswordByCode is ResetPassword by a mailed code.
func (s *Service) ResetPasswordByCode(ctx context.Context, projectID, email, code, password string, c Client) error {
	if err := checkPassword("password", password); err != nil {
		return err
	}
	email, err := s.enterCode(ctx, projectID, ResetCode, email, code, c)
	if err != nil {
		return err
	}
	u, err := s.byEmail(ctx, projectID, email)
	if err != nil {
		return err
	}
	return s.setPassword(ctx, projectID, u.ID, email, password)
}

// setPassword sets a password by proof of an email.
func (s *Service) setPassword(ctx context.Context, projectID, userID, email, password string) error {
	u, err := s.Store.User(ctx, projectID, userID)
	if err != nil {
		return err
	}
	if u.Email != email {
		return fault.New(fault.Invalid, "the user has another email by now: ask for a new mail")
	}
	if u, err = s.proveEmail(ctx, u); err != nil {
		return err
	}
	hash, err := s.Passwords.Hash(ctx, password)
	if err != nil {
		return err
	}
	if err := s.Store.PutIdentity(ctx, s.newIdentity(u, Credential, email, hash, Details{})); err != nil {
		return err
	}
	if err := s.forget(ctx, passwordLimit, projectID, email); err != nil {
		return err
	}
	return s.Store.EndLogins(ctx, projectID, userID, "")
}
