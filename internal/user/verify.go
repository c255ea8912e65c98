package user

import (
	"context"
	"fmt"
	"net/url"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/mail"
)

// Mailer brings mails on their way: in the request, or behind its back.
type Mailer interface {
	Send(ctx context.Context, m mail.Message) error
	Post(ctx context.Context, m mail.Message) error
}

// Pages knows where the browser of a project's user may be sent.
type Pages interface {
	PageAllowed(ctx context.Context, projectID, target string) (bool, error)
}

// checkPage refuses to send a browser, which may carry a secret in the URL, to a
// page that is not the project's. A target of "" is none.
func (s *Service) checkPage(ctx context.Context, projectID, field, target string) error {
	if target == "" {
		return nil
	}
	allowed, err := s.Pages.PageAllowed(ctx, projectID, target)
	if err == nil && !allowed {
		err = &fault.Fault{Kind: fault.Invalid, Field: field, Code: "INVALID_CALLBACK_URL", Message: field + ": must be a page of one of the project's origins: add the origin to allowedOrigins (POST /v1/project)"}
	}
	return err
}

// mailable counts a mail to an address, and answers the user who has it, the
// zero User when nobody has.
func (s *Service) mailable(ctx context.Context, projectID, email string, c Client) (User, error) {
	if _, err := s.emailSettings(ctx, projectID); err != nil {
		return User{}, err
	}
	if err := s.from(ctx, projectID, c); err != nil {
		return User{}, err
	}
	email, err := readEmail("email", email)
	if err != nil {
		return User{}, err
	}
	if err := s.attempt(ctx, mailLimit, projectID, email); err != nil {
		return User{}, err
	}
	u, err := s.byEmail(ctx, projectID, email)
	if fault.Is(err, fault.NotFound) {
		return User{}, nil
	}
	return u, err
}

// SendVerification mails a new link that verifies an email, if a user has it
// and it is not verified.
func (s *Service) SendVerification(ctx context.Context, projectID, email, callbackURL string, c Client) error {
	u, err := s.mailable(ctx, projectID, email, c)
	if err != nil {
		return err
	}
	if err := s.checkPage(ctx, projectID, "callbackURL", callbackURL); err != nil {
		return err
	}
	if u.ID == "" || u.EmailVerified {
		return nil
	}
	return s.mailVerification(ctx, u, callbackURL)
}

func (s *Service) mailVerification(ctx context.Context, u User, callbackURL string) error {
	token, err := s.newLink(ctx, VerifyLink, u, u.Email)
	if err != nil {
		return err
	}
	return s.Mail.Post(ctx, verifyMail(u.Email, s.verifyURL(token, callbackURL)))
}

// VerifyEmail verifies the email that a mailed token proves. callbackURL is the
// page that the browser asks to be sent to, "" for none; it is checked first.
func (s *Service) VerifyEmail(ctx context.Context, token, callbackURL string) (User, error) {
	pending, err := s.Store.Challenge(ctx, VerifyLink, hashOf(token))
	if err == nil {
		err = s.checkPage(ctx, pending.ProjectID, "callbackURL", callbackURL)
	}
	if err != nil && !fault.Is(err, fault.NotFound) {
		return User{}, err
	}
	c, err := s.followLink(ctx, VerifyLink, token)
	if err != nil {
		return User{}, err
	}
	return s.confirmEmail(ctx, c.ProjectID, c.UserID, c.Data)
}

func (s *Service) verifyURL(token, callbackURL string) string {
	q := url.Values{"token": {token}}
	if callbackURL != "" {
		q.Set("callbackURL", callbackURL)
	}
	return s.BaseURL() + "/iam/v2/auth/verify-email?" + q.Encode()
}

func (s *Service) resetURL(token, redirectTo string) string {
	if redirectTo == "" {
		return token
	}
	return s.BaseURL() + "/iam/v2/auth/reset-password/" + token + "?" + url.Values{"callbackURL": {redirectTo}}.Encode()
}

func verifyMail(to, link string) mail.Message {
	return mail.Message{To: to, Subject: "Verify your email", Text: fmt.Sprintf(
		"Follow this link to verify your email:\n\n%s\n\nIt works once, for an hour. If you did not sign up, do nothing.\n", link)}
}

func resetMail(to, link string) mail.Message {
	return mail.Message{To: to, Subject: "Set a new password", Text: fmt.Sprintf(
		"Use this to set a new password:\n\n%s\n\nIt works once, for an hour. If you did not ask for it, do nothing: your password stays.\n", link)}
}

func codeMail(to, code string) mail.Message {
	return mail.Message{To: to, Subject: "Your code is " + code, Text: fmt.Sprintf(
		"Your code is:\n\n%s\n\nIt works once, for %d minutes. Give it to nobody. If you did not ask for it, do nothing.\n", code, int(codeLifetime.Minutes()))}
}
