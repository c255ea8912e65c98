package httpapi

import (
	"context"
	"net/url"
	"strings"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/user"
)

// EmailService lets users in by email: with a password, or with a code.
type EmailService interface {
	SignUpPassword(ctx context.Context, projectID string, p user.SignUpParams, c user.Client) (user.Entry, error)
	LogInPassword(ctx context.Context, projectID, email, password string, c user.Client) (user.Entry, error)
	RequestReset(ctx context.Context, projectID, email, redirectTo string, c user.Client) error
	CheckResetLink(ctx context.Context, token, target string) (bool, error)
	ResetPassword(ctx context.Context, token, password string) error
	ResetPasswordByCode(ctx context.Context, projectID, email, code, password string, c user.Client) error
	SendVerification(ctx context.Context, projectID, email, callbackURL string, c user.Client) error
	VerifyEmail(ctx context.Context, token, callbackURL string) (user.User, error)
	SendCode(ctx context.Context, projectID, email string, purpose user.Purpose, c user.Client) error
	LogInCode(ctx context.Context, projectID, email, code string, c user.Client) (user.Entry, error)
	VerifyEmailCode(ctx context.Context, projectID, email, code string, c user.Client) (user.User, error)
}

// emailSignIn serves the ways in by email.
type emailSignIn struct{ service EmailService }

func (h emailSignIn) routes() []route {
	const base = "/iam/v2/auth"
	open := access{open: true} // the token of a mail is the authority
	return []route{
		{method: "POST", pattern: base + "/sign-up/email", access: anyPage(), plain: true, serve: h.signUp},
		{method: "POST", pattern: base + "/sign-in/email", access: anyPage(), plain: true, serve: h.logIn},
		{method: "POST", pattern: base + "/request-password-reset", access: anyPage(), plain: true, serve: h.requestReset},
		{method: "POST", pattern: base + "/forget-password", access: anyPage(), plain: true, serve: h.requestReset},
		{method: "GET", pattern: base + "/reset-password/{token}", access: open, plain: true, serve: h.resetPage},
		{method: "POST", pattern: base + "/reset-password", access: open, plain: true, serve: h.reset},
		{method: "POST", pattern: base + "/send-verification-email", access: anyPage(), plain: true, serve: h.sendVerification},
		{method: "GET", pattern: base + "/verify-email", access: open, plain: true, serve: h.verify},
		{method: "POST", pattern: base + "/email-otp/send-verification-otp", access: anyPage(), plain: true, serve: h.sendCode},
		{method: "POST", pattern: base + "/sign-in/email-otp", access: anyPage(), plain: true, serve: h.logInCode},
		{method: "POST", pattern: base + "/email-otp/verify-email", access: anyPage(), plain: true, serve: h.verifyCode},
		{method: "POST", pattern: base + "/email-otp/reset-password", access: anyPage(), plain: true, serve: h.resetByCode},
	}
}

func (h emailSignIn) signUp(c *call) (any, error) {
	var req EmailSignUpRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	p := user.SignUpParams{Email: req.Email, Password: req.Password, Name: value(req.Name), CallbackURL: value(req.CallbackURL)}
	e, err := h.service.SignUpPassword(c.Context(), c.project(), p, c.client())
	if err != nil {
		return nil, err
	}
	return EmailSignedUp{Token: optional(e.Token), User: showUser(e.User)}, nil
}

func (h emailSignIn) logIn(c *call) (any, error) {
	var req EmailSignInRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	e, err := h.service.LogInPassword(c.Context(), c.project(), req.Email, req.Password, c.client())
	if err != nil {
		return nil, err
	}
	return SocialSignedIn{Token: optional(e.Token), User: new(showUser(e.User))}, nil
}

func (h emailSignIn) requestReset(c *call) (any, error) {
	var req PasswordResetRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	if err := h.service.RequestReset(c.Context(), c.project(), req.Email, value(req.RedirectTo), c.client()); err != nil {
		return nil, err
	}
	return Done{Status: true, Message: optional("If a user has this email, a mail is on its way.")}, nil
}

// resetPage sends a browser from the link of a mail to the project's page. It
// sends nobody to a page that is not the project's, and of a link that is worth
// nothing it does not know the project.
func (h emailSignIn) resetPage(c *call) (any, error) {
	token, target := c.PathValue("token"), c.URL.Query().Get("callbackURL")
	good, err := h.service.CheckResetLink(c.Context(), token, target)
	if err != nil {
		return nil, err
	}
	if !good {
		return nil, fault.Field("token", nil, "is unknown, was used already or is older than an hour: ask for a new mail")
	}
	return redirect(withQuery(target, "token", token)), nil
}

// withQuery adds to the query of a URL that was checked.
func withQuery(target string, pairs ...string) string {
	u, err := url.Parse(target)
	if err != nil {
		return target
	}
	q := u.Query()
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	u.RawQuery = q.Encode()
	return u.String()
}

func (h emailSignIn) reset(c *call) (any, error) {
	var req SetPasswordRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	if err := h.service.ResetPassword(c.Context(), value(req.Token), req.NewPassword); err != nil {
		return nil, err
	}
	return Done{Status: true}, nil
}

func (h emailSignIn) resetByCode(c *call) (any, error) {
	var req SetPasswordByCodeRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	if err := h.service.ResetPasswordByCode(c.Context(), c.project(), req.Email, req.Otp, req.Password, c.client()); err != nil {
		return nil, err
	}
	return Done{Status: true}, nil
}

func (h emailSignIn) sendVerification(c *call) (any, error) {
	var req SendVerificationRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	if err := h.service.SendVerification(c.Context(), c.project(), req.Email, value(req.CallbackURL), c.client()); err != nil {
		return nil, err
	}
	return Done{Status: true}, nil
}

// verify answers a browser that follows the link of a mail with the page that
// the link names, and a client with the user.
func (h emailSignIn) verify(c *call) (any, error) {
	var q VerifyEmailParams
	if err := c.query(&q); err != nil {
		return nil, err
	}
	u, err := h.service.VerifyEmail(c.Context(), q.Token, value(q.CallbackURL))
	if err != nil {
		return nil, err
	}
	if value(q.CallbackURL) != "" && strings.Contains(c.Header.Get("Accept"), "text/html") {
		return redirect(*q.CallbackURL), nil
	}
	return EmailVerified{Status: true, User: showUser(u)}, nil
}

func (h emailSignIn) sendCode(c *call) (any, error) {
	var req SendCodeRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	if err := h.service.SendCode(c.Context(), c.project(), req.Email, user.Purpose(req.Type), c.client()); err != nil {
		return nil, err
	}
	return SignedOut{Success: true}, nil
}

func (h emailSignIn) logInCode(c *call) (any, error) {
	var req CodeRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	e, err := h.service.LogInCode(c.Context(), c.project(), req.Email, req.Otp, c.client())
	if err != nil {
		return nil, err
	}
	return showEntry(e), nil
}

func (h emailSignIn) verifyCode(c *call) (any, error) {
	var req CodeRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	u, err := h.service.VerifyEmailCode(c.Context(), c.project(), req.Email, req.Otp, c.client())
	if err != nil {
		return nil, err
	}
	return EmailVerified{Status: true, User: showUser(u)}, nil
}
