package mail

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Message is one mail in plain text.
type Message struct {
	To      string
	Subject string
	Text    string
}

// Sender brings one mail on its way.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// sendTimeout bounds a mail that nobody waits for.
const sendTimeout = time.Minute

// waiting is how many mails may be on their way in the background. More wait in
// the request that asks for them.
const waiting = 16

// Courier sends mails, in the request or behind its back: an answer that comes
// as fast with a mail as without does not tell whether there was one.
type Courier struct {
	sender Sender
	log    *slog.Logger
	slots  chan struct{}
	open   sync.WaitGroup
}

// NewCourier sends by sender. Close it at the end.
func NewCourier(sender Sender, log *slog.Logger) *Courier {
	return &Courier{sender: sender, log: log, slots: make(chan struct{}, waiting)}
}

// Send returns when the mail is on its way.
func (c *Courier) Send(ctx context.Context, m Message) error {
	return c.sender.Send(ctx, m)
}

// Post sends later; a failure to send is logged. It fails when ctx ends while as
// many mails as may be are still on their way: this one is not sent then.
func (c *Courier) Post(ctx context.Context, m Message) error {
	select {
	case c.slots <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("post mail behind %d that are on their way (is the mail server slow?): %w", waiting, context.Cause(ctx))
	}
	c.open.Add(1)
	go func() {
		defer c.open.Done()
		defer func() { <-c.slots }()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendTimeout)
		defer cancel()
		if err := c.sender.Send(ctx, m); err != nil {
			c.log.ErrorContext(ctx, "send mail", "error", err) // nothing of the mail: also its subject may have a code
		}
	}()
	return nil
}

// Close waits for the mails that are under way.
func (c *Courier) Close() { c.open.Wait() }

// compose writes a mail as it goes over the wire.
func compose(from string, m Message, encoding gomail.Encoding, now time.Time) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithEncoding(encoding))
	if err := msg.From(from); err != nil {
		return nil, fmt.Errorf("compose mail: sender %q: %w", from, err)
	}
	if err := msg.To(m.To); err != nil {
		return nil, fmt.Errorf("compose mail: recipient: %w", err)
	}
	msg.SetDateWithValue(now)
	msg.SetMessageID()
	msg.Subject(m.Subject)
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	return msg, nil
}

// Nowhere refuses every mail: no mail server is configured.
type Nowhere struct{}

// Send says what is missing.
func (Nowhere) Send(context.Context, Message) error {
	return errors.New("send mail: no mail server is configured (serve --smtp and --mail-from)")
}
