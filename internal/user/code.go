package user

import (
	"context"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

// SendCode mails a code for a purpose. A code to sign in goes to anybody: it
// signs up whoever has no user yet. Others go to users only, and the answer does
// not tell whether there is one.
func (s *Service) SendCode(ctx context.Context, projectID, email string, purpose Purpose, c Client) error {
	if purpose != SignInCode && purpose != VerifyCode && purpose != ResetCode {
		return fault.Field("type", nil, "must be %s, %s or %s", SignInCode, VerifyCode, ResetCode)
	}
	u, err := s.mailable(ctx, projectID, email, c)
	if err != nil {
		return err
	}
	to, err := readEmail("email", email)
	if err != nil {
		return err
	}
	// Also where nobody gets the code: neither the time that this takes nor what
	// is said to a wrong code tells whether there is such a user.
	code, err := s.newCode(ctx, projectID, purpose, to)
	if err != nil {
		return err
	}
	if u.Email == "" && purpose != SignInCode {
		return nil
	}
	if purpose != SignInCode {
		return s.Mail.Post(ctx, codeMail(to, code))
	}
	if err := s.Mail.Send(ctx, codeMail(to, code)); err != nil {
		return &fault.Fault{Kind: fault.Invalid, Code: "OTP_SEND_FAILED", Message: "the mail could not be sent: try again later", Cause: err}
	}
	return nil
}

// enterCode ends the challenge of a code, and answers the email that it proves.
func (s *Service) enterCode(ctx context.Context, projectID string, purpose Purpose, email, code string, c Client) (string, error) {
	if err := s.from(ctx, projectID, c); err != nil {
		return "", err
	}
	email, err := readEmail("email", email)
	if err != nil {
		return "", err
	}
	return email, s.takeCode(ctx, projectID, purpose, email, code)
}

// LogInCode lets in whoever has a code that was mailed to them, and signs them
// up first when they are new.
func (s *Service) LogInCode(ctx context.Context, projectID, email, code string, c Client) (Entry, error) {
	email, err := s.enterCode(ctx, projectID, SignInCode, email, code, c)
	if err != nil {
		return Entry{}, err
	}
	u, err := s.admit(ctx, projectID, proof{provider: Email, subject: email, email: email, name: email})
	if err != nil {
		return Entry{}, err
	}
	return s.enter(ctx, u, c)
}

// VerifyEmailCode verifies the email of a user by a code that was mailed to it.
func (s *Service) VerifyEmailCode(ctx context.Context, projectID, email, code string, c Client) (User, error) {
	email, err := s.enterCode(ctx, projectID, VerifyCode, email, code, c)
	if err != nil {
		return User{}, err
	}
	u, err := s.byEmail(ctx, projectID, email)
	if err != nil {
		return User{}, err
	}
	return s.confirmEmail(ctx, projectID, u.ID, email)
}
