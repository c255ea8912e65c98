package requestlog

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/page"
)

// Entry is one answered request.
type Entry struct {
	ID        string
	ProjectID string
	KeyID     string // API key that it carried
	RequestID string // as the answer's X-Request-Id said
	Method    string
	Route     string // pattern that served it
	Path      string
	Subject   string // id in the path, "" for none
	Status    int
	Bytes     int // of the answer
	Took      time.Duration
	Problem   string // what the client was told, "" when it succeeded
	CreatedAt time.Time
}

// Filter narrows a list. Zero fields do not narrow.
type Filter struct {
	RequestID string
	Subject   string
	KeyID     string
	Path      string // beginning
	Failed    bool   // answered with 400 or more
	Method    string
	// Least and Most bound the status, Since and Before the time; Most and Before
	// are outside.
	Least, Most   int
	Since, Before time.Time
}

// Store keeps the log.
type Store interface {
	// AddRequests saves a batch in one transaction.
	AddRequests(ctx context.Context, batch []Entry) error
	// Requests answers one page of a project's requests.
	Requests(ctx context.Context, projectID string, f Filter, req page.Request) (page.Page[Entry], error)
	// Request answers one request of a project.
	Request(ctx context.Context, projectID, id string) (Entry, error)
	// KeysUsed answers when each API key of a project was used last, as far as
	// the log reaches.
	KeysUsed(ctx context.Context, projectID string) (map[string]time.Time, error)
	// ForgetRequests deletes all but the newest keep, and what is older than
	// before.
	ForgetRequests(ctx context.Context, keep int, before time.Time) error
}

// Bounds of the log.
const (
	waiting  = 4096 // entries that wait to be written; more are left out
	batch    = 500
	Kept     = 20_000              // of all projects together
	KeptFor  = 14 * 24 * time.Hour // at most
	eachTidy = time.Minute
)

// Log notes requests. Make one with New.
type Log struct {
	store  Store
	now    func() time.Time
	log    *slog.Logger
	queue  chan Entry
	missed atomic.Int64
	tidied time.Time // of Flush's goroutine
}

// New returns a log that keeps requests in store.
func New(store Store, now func() time.Time, log *slog.Logger) *Log {
	return &Log{store: store, now: now, log: log, queue: make(chan Entry, waiting)}
}

// Note remembers a request, to be written soon. It never blocks: what does not
// fit is left out, and counted.
func (l *Log) Note(e Entry) {
	e.ID, e.CreatedAt = id.New(id.Request), l.now().UTC().Truncate(time.Microsecond)
	select {
	case l.queue <- e:
	default:
		l.missed.Add(1)
	}
}

// Flush writes what was noted, and deletes what is too old or too much. A batch
// that cannot be written is lost: the log is for people, and requests go on.
func (l *Log) Flush(ctx context.Context) error {
	if n := l.missed.Swap(0); n > 0 {
		l.log.Warn("requests are missing in the request log, which was full", "requests", n)
	}
	for {
		next := l.take()
		if len(next) == 0 {
			return l.tidy(ctx)
		}
		if err := l.store.AddRequests(ctx, next); err != nil {
			return err
		}
	}
}

func (l *Log) take() []Entry {
	var next []Entry
	for len(next) < batch {
		select {
		case e := <-l.queue:
			next = append(next, e)
		default:
			return next
		}
	}
	return next
}

func (l *Log) tidy(ctx context.Context) error {
	now := l.now()
	if now.Sub(l.tidied) < eachTidy {
		return nil
	}
	l.tidied = now
	return l.store.ForgetRequests(ctx, Kept, now.Add(-KeptFor))
}

// List answers one page of a project's requests.
func (l *Log) List(ctx context.Context, projectID string, f Filter, req page.Request) (page.Page[Entry], error) {
	return l.store.Requests(ctx, projectID, f, req)
}

// Get answers one request of a project.
func (l *Log) Get(ctx context.Context, projectID, id string) (Entry, error) {
	return l.store.Request(ctx, projectID, id)
}

// KeysUsed answers when each API key was used last, as far as the log reaches.
func (l *Log) KeysUsed(ctx context.Context, projectID string) (map[string]time.Time, error) {
	return l.store.KeysUsed(ctx, projectID)
}
