package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// SMTP sends by a mail server.
type SMTP struct {
	from    string
	host    string
	tls     bool // from the start
	options []gomail.Option
	now     func() time.Time
}

// smtpTimeout bounds each step of a conversation with the server.
const smtpTimeout = 20 * time.Second

// NewSMTP reads where to send: smtps://user:password@host for TLS from the
// start, smtp://user:password@host for STARTTLS, which is insisted on unless
// the query says tls=none.
func NewSMTP(server, from string, now func() time.Time) (*SMTP, error) {
	u, err := url.Parse(server)
	if err != nil || u.Hostname() == "" {
		return nil, errors.New("mail server must be smtps://user:password@host:port or smtp://…") // the text may hold a password
	}
	options := []gomail.Option{gomail.WithTimeout(smtpTimeout)}
	switch u.Scheme {
	case "smtps":
		options = append(options, gomail.WithSSLPort(false))
	case "smtp":
		policy := gomail.TLSMandatory
		if u.Query().Get("tls") == "none" {
			policy = gomail.NoTLS
		}
		options = append(options, gomail.WithTLSPortPolicy(policy))
	default:
		return nil, fmt.Errorf("mail server starts with %s://, want smtps:// or smtp://", u.Scheme)
	}
	if u.Port() != "" {
		port, err := strconv.Atoi(u.Port())
		if err != nil {
			return nil, fmt.Errorf("mail server: port %q is no number", u.Port())
		}
		options = append(options, gomail.WithPort(port))
	}
	if u.User != nil {
		password, _ := u.User.Password()
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
	}
	s := &SMTP{from: from, host: u.Hostname(), tls: u.Scheme == "smtps", options: options, now: now}
	if _, err := gomail.NewClient(s.host, s.options...); err != nil {
		return nil, fmt.Errorf("mail server %s: %w", s.host, err)
	}
	if _, err := compose(from, Message{To: from}, gomail.EncodingQP, now()); err != nil {
		return nil, err
	}
	return s, nil
}

// Send returns when the server has taken the mail.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	msg, err := compose(s.from, m, gomail.EncodingQP, s.now())
	if err != nil {
		return err
	}
	if err := s.deliver(ctx, msg); err != nil {
		return fmt.Errorf("send mail (is the mail server configured and up?): %w", err)
	}
	return nil
}

// deliver closes its connection itself: the library leaves it open when the
// server refuses before the mail.
func (s *SMTP) deliver(ctx context.Context, msg *gomail.Msg) error {
	var conn net.Conn
	dial := func(ctx context.Context, network, address string) (_ net.Conn, err error) {
		if s.tls {
			conn, err = (&tls.Dialer{Config: &tls.Config{ServerName: s.host, MinVersion: tls.VersionTLS12}}).DialContext(ctx, network, address)
		} else {
			conn, err = (&net.Dialer{Timeout: smtpTimeout}).DialContext(ctx, network, address)
		}
		return conn, err
	}
	client, err := gomail.NewClient(s.host, append(slices.Clip(s.options), gomail.WithDialContextFunc(dial))...)
	if err != nil {
		return err
	}
	defer func() {
		if conn != nil {
			_ = conn.Close() // after a mail that went out it is closed already
		}
	}()
	return client.DialAndSendWithContext(ctx, msg)
}
