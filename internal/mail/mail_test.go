package mail_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	latchmail "github.com/latchkey-dev/latchkey/internal/mail"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var when = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

const link = "https://game.example/verify-a-rather-long-path?token=abcdefghijklmnopqrstuvwxyz0123456789=+&and=more-that-makes-the-line-long"

func check(t *testing.T, raw string) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	text := m.Body
	if m.Header.Get("Content-Transfer-Encoding") == "quoted-printable" {
		text = quotedprintable.NewReader(text)
	}
	body, err := io.ReadAll(text)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(body), link) {
		t.Errorf("the link is not whole:\n%s", body)
	}
	if got := m.Header.Get("To"); got != "<ann@game.example>" {
		t.Errorf("it goes to %s", got)
	}
	if m.Header.Get("Bcc") != "" || m.Header.Get("Subject") == "" {
		t.Errorf("headers are %v", m.Header)
	}
}

func TestOutbox(t *testing.T) {
	t.Parallel()
	o := &latchmail.Outbox{Dir: filepath.Join(t.TempDir(), "outbox"), From: "Latchkey <no-reply@latchkey.invalid>", Now: func() time.Time { return when }}
	for range 3 {
		if err := o.Send(context.Background(), latchmail.Message{To: "ann@game.example", Subject: "Grüße\r\nBcc: all@game.example", Text: "Hi\n" + link + "\n"}); err != nil {
			t.Fatal(err)
		}
	}
	files, err := os.ReadDir(o.Dir)
	if err != nil || len(files) != 3 {
		t.Fatalf("%d mails, want 3: %v", len(files), err)
	}
	raw, err := os.ReadFile(filepath.Join(o.Dir, files[0].Name()))
	if err != nil {
		t.Fatal(err)
	}
	check(t, string(raw))
	for _, to := range []string{"", "ann", "ann@game.example\r\nBcc: all@game.example", "a@game.example, b@game.example"} {
		if err := o.Send(context.Background(), latchmail.Message{To: to, Subject: "x", Text: "x"}); err == nil {
			t.Errorf("a mail to %q was sent", to)
		}
	}
}

// smtpServer takes one mail and answers what it got.
func smtpServer(t *testing.T) (address string, mails <-chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan string, 1)
	done := make(chan struct{})
	t.Cleanup(func() { l.Close(); <-done })
	go func() {
		defer close(done)
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		converse(conn, got)
	}()
	return l.Addr().String(), got
}

func converse(conn net.Conn, got chan<- string) {
	say := func(line string) { _, _ = io.WriteString(conn, line+"\r\n") }
	say("220 test")
	lines := bufio.NewScanner(conn)
	var text strings.Builder
	for inMail := false; lines.Scan(); {
		line := lines.Text()
		switch {
		case inMail && line == ".":
			inMail = false
			got <- text.String()
			say("250 taken")
		case inMail:
			text.WriteString(line + "\r\n")
		case strings.HasPrefix(line, "DATA"):
			inMail = true
			say("354 go on")
		case strings.HasPrefix(line, "QUIT"):
			say("221 bye")
			return
		default:
			say("250 test")
		}
	}
}

func TestSMTP(t *testing.T) {
	t.Parallel()
	address, mails := smtpServer(t)
	s, err := latchmail.NewSMTP("smtp://"+address+"?tls=none", "no-reply@game.example", func() time.Time { return when })
	if err != nil {
		t.Fatal(err)
	}
	c := latchmail.NewCourier(s, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err := c.Post(context.Background(), latchmail.Message{To: "ann@game.example", Subject: "Hello", Text: link}); err != nil {
		t.Error(err)
	}
	c.Close()
	select {
	case raw := <-mails:
		check(t, raw)
	default:
		t.Error("no mail came")
	}
}

// A server that offers no TLS gets nothing, unless the URL says so.
func TestSMTPInsistsOnTLS(t *testing.T) {
	t.Parallel()
	address, mails := smtpServer(t)
	s, err := latchmail.NewSMTP("smtp://"+address, "no-reply@game.example", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Send(context.Background(), latchmail.Message{To: "ann@game.example", Subject: "Hello", Text: "x"}); err == nil {
		t.Error("the mail went in plain text")
	}
	if len(mails) != 0 {
		t.Error("the server has it")
	}
}

func TestSMTPURL(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "mail.example", "http://mail.example", "smtp://", "smtp://user:secret@:25", "smtp://user:secret@host:x"} {
		_, err := latchmail.NewSMTP(bad, "no-reply@game.example", time.Now)
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v, want a refusal without the password", bad, err)
		}
	}
	if _, err := latchmail.NewSMTP("smtps://user:secret@mail.example", "nobody", time.Now); err == nil {
		t.Error("a sender without a domain is taken")
	}
}

type failing struct{}

func (failing) Send(context.Context, latchmail.Message) error { return errors.New("no server") }

func TestCourierLogsFailures(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	c := latchmail.NewCourier(failing{}, slog.New(slog.NewTextHandler(&log, nil)))
	for range 40 { // more than may be under way at once
		if err := c.Post(context.Background(), latchmail.Message{Subject: "Your code is a secret", Text: "a secret"}); err != nil {
			t.Error(err)
		}
	}
	c.Close()
	if strings.Count(log.String(), "no server") != 40 || strings.Contains(log.String(), "a secret") {
		t.Errorf("the log is:\n%s", log.String())
	}
}

// stuck sends nothing until it is closed.
type stuck chan struct{}

func (s stuck) Send(context.Context, latchmail.Message) error {
	<-s
	return nil
}

// Whoever waits behind many slow mails waits no longer than its request.
func TestCourierEndsWithItsRequest(t *testing.T) {
	t.Parallel()
	server := make(stuck)
	c := latchmail.NewCourier(server, slog.New(slog.DiscardHandler))
	for range 16 {
		if err := c.Post(t.Context(), latchmail.Message{}); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	failed := make(chan error)
	go func() { failed <- c.Post(ctx, latchmail.Message{Text: "a secret"}) }()
	cancel()
	if err := <-failed; !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "16") || strings.Contains(err.Error(), "a secret") {
		t.Errorf("a mail behind 16 slow ones: %v, want canceled", err)
	}
	close(server)
	c.Close()
	if err := c.Post(t.Context(), latchmail.Message{}); err != nil {
		t.Errorf("with room again: %v", err)
	}
	c.Close()
}
