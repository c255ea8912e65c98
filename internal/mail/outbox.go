package mail

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Outbox puts mails into a folder instead of sending them: one file a mail,
// whose names sort by time.
type Outbox struct {
	Dir  string // made when it is missing
	From string
	Now  func() time.Time

	mu   sync.Mutex
	sent int
}

// Send writes the file in one step, so that whoever watches the folder never
// reads half a mail.
func (o *Outbox) Send(_ context.Context, m Message) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return fmt.Errorf("make mail outbox: %w", err)
	}
	now := o.Now()
	msg, err := compose(o.From, m, gomail.NoEncoding, now) // people read it as it is
	if err != nil {
		return err
	}
	o.sent++
	name := filepath.Join(o.Dir, fmt.Sprintf("%s-%06d.eml", now.UTC().Format("20060102T150405.000000"), o.sent))
	if err := msg.WriteToFile(name + ".part"); err != nil {
		return fmt.Errorf("write mail into outbox: %w", err)
	}
	if err := os.Rename(name+".part", name); err != nil {
		return fmt.Errorf("write mail into outbox: %w", err)
	}
	return nil
}
