package user

import (
	"context"
	"strconv"
	"time"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

// limit is how often something may be tried in a window of time, which starts
// with the first try.
type limit struct {
	name   string
	most   int
	window time.Duration
}

var (
	// passwordLimit is for wrong passwords of one account. A right one, which
	// comes before the limit, starts anew.
	passwordLimit = limit{"password", 10, 15 * time.Minute}
	// mailLimit is for mails to one address, of all kinds.
	mailLimit = limit{"mail", 5, 15 * time.Minute}
	// codeLimit is for wrong codes of one email, of all kinds: each mail brings a
	// new code to guess. A right one starts anew.
	codeLimit = limit{"code", 50, 24 * time.Hour}
	// addressLimit is for everything that comes from one network address by which
	// somebody might sign in or up.
	addressLimit = limit{"address", 300, 15 * time.Minute}
	// tokenLimit is for tokens of other services that come from one network
	// address and are refused. Those that are accepted count for nothing: the
	// browser SDK sends one with each request.
	tokenLimit = limit{"token", 300, 15 * time.Minute}
)

// Attempts counts what was tried in a window of time.
type Attempts struct {
	ID        string
	Count     int
	StartedAt time.Time
}

// attempt counts a try of a subject of a project, and refuses it when there
// were too many. The refusal is no "429 Too Many Requests": the browser SDK
// sends such a request again at once.
func (s *Service) attempt(ctx context.Context, l limit, projectID, subject string) error {
	now, counted := s.now(), Attempts{}
	err := s.Store.CountAttempt(ctx, attemptID(l, projectID, subject), func(old Attempts) Attempts {
		if now.Sub(old.StartedAt) >= l.window {
			old.Count, old.StartedAt = 0, now
		}
		old.Count = min(old.Count+1, l.most+1)
		counted = old
		return old
	})
	if err != nil {
		return err
	}
	if counted.Count > l.most {
		return l.refusal(counted, now)
	}
	return nil
}

// check refuses what attempt would refuse, and counts nothing.
func (s *Service) check(ctx context.Context, l limit, projectID, subject string) error {
	counted, err := s.Store.Attempts(ctx, attemptID(l, projectID, subject))
	if err != nil {
		return err
	}
	if now := s.now(); counted.Count >= l.most && now.Sub(counted.StartedAt) < l.window {
		return l.refusal(counted, now)
	}
	return nil
}

func (l limit) refusal(counted Attempts, now time.Time) error {
	wait := counted.StartedAt.Add(l.window).Sub(now).Round(time.Second)
	return &fault.Fault{Kind: fault.Invalid, Code: "TOO_MANY_ATTEMPTS", Message: "too many tries, at most " + l.String() + ": try again in " + wait.String()}
}

func (l limit) String() string {
	return strconv.Itoa(l.most) + " in " + l.window.String()
}

// forget lets a subject start anew.
func (s *Service) forget(ctx context.Context, l limit, projectID, subject string) error {
	return s.Store.CountAttempt(ctx, attemptID(l, projectID, subject), func(old Attempts) Attempts {
		old.Count = 0
		return old
	})
}

// attemptID is a hash: the table is no list of whom people tried to be.
func attemptID(l limit, projectID, subject string) string {
	return hashOf(l.name + "\n" + projectID + "\n" + subject)
}

// from counts a try that comes from a client. One whose address is not known is
// not held to the limit of an address that many share.
func (s *Service) from(ctx context.Context, projectID string, c Client) error {
	if c.Address == "" {
		return nil
	}
	return s.attempt(ctx, addressLimit, projectID, c.Address)
}
