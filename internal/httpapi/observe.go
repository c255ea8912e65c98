package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/requestlog"
)

// observe gives each request an id, writes one log line about it, and turns
// panics into answers. Headers, queries and bodies are never logged.
type observe struct {
	log  *slog.Logger
	now  func() time.Time
	next http.Handler
	kept RequestLog // nil for none
}

// RequestLog keeps requests for people to look up. Note must not block.
type RequestLog interface {
	Note(requestlog.Entry)
}

func (o observe) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	started := o.now()
	n := &requestNote{requestID: requestID(r)}
	r = r.WithContext(context.WithValue(r.Context(), noteKey{}, n))
	rec := &recorder{ResponseWriter: w}
	rec.Header().Set("X-Request-Id", n.requestID)
	o.serve(rec, r)
	o.write(r, n, rec, o.now().Sub(started))
}

func (o observe) serve(rec *recorder, r *http.Request) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(p) // net/http's own way to cut the connection
		}
		err := &panicError{value: p, stack: debug.Stack()}
		if rec.status != 0 { // too late for an answer
			note(r).err = err
			return
		}
		writeError(rec, r, err)
	}()
	o.next.ServeHTTP(rec, r)
}

func (o observe) write(r *http.Request, n *requestNote, rec *recorder, took time.Duration) {
	level := slog.LevelInfo
	attrs := []slog.Attr{
		slog.String("requestId", n.requestID),
		slog.String("method", r.Method),
		slog.String("path", redact(r.URL.Path)),
		slog.Int("status", rec.status),
		slog.Int("bytes", rec.bytes),
		slog.Duration("took", took),
	}
	if n.route != "" {
		attrs = append(attrs, slog.String("route", n.route))
	}
	if n.project != "" {
		attrs = append(attrs, slog.String("project", n.project), slog.String("key", n.key))
	}
	if n.user != "" {
		attrs = append(attrs, slog.String("user", n.user))
	}
	if n.err != nil {
		attrs = append(attrs, slog.String("error", redact(n.err.Error())))
	}
	if rec.status >= http.StatusInternalServerError && !fault.Is(n.err, fault.Unavailable) {
		level = slog.LevelError
	}
	o.log.LogAttrs(r.Context(), level, "request", attrs...)
	o.keep(r, n, rec, took)
}

// keep notes a request of a project. Those that nobody can be asked about are in
// the log alone.
func (o observe) keep(r *http.Request, n *requestNote, rec *recorder, took time.Duration) {
	if o.kept == nil || n.project == "" {
		return
	}
	e := requestlog.Entry{
		ProjectID: n.project, KeyID: n.key, RequestID: publish(n.requestID), Method: r.Method, Route: n.route,
		Path: clipTo(publish(r.URL.Path), longestPath), Subject: subject(r.URL.Path), Status: rec.status, Bytes: rec.bytes, Took: took,
	}
	if f, ok := errors.AsType[*fault.Fault](n.err); ok {
		e.Problem = clipTo(publish(f.Message), longestProblem)
	} else if rec.status >= http.StatusInternalServerError {
		e.Problem = "internal error: the server's log has it under this request id"
	}
	o.kept.Note(e)
}

// Bounds of what is kept of a request, in bytes.
const (
	longestPath    = 300
	longestProblem = 1000
)

func clipTo(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// subject is the record that a path names, "" for none.
func subject(path string) string {
	for part := range strings.SplitSeq(path, "/") {
		if prefix, rest, ok := strings.Cut(part, "_"); ok && len(prefix) == 3 && uuid.Validate(rest) == nil {
			return part
		}
	}
	return ""
}

// secrets finds what no log line may hold: API keys, users' tokens, tokens of
// others' logins (JWT), and hex as long as a signature.
var secrets = regexp.MustCompile(`\b[sp]k_(?:test|live)_[A-Za-z0-9_-]+|\blku_[A-Za-z0-9_-]+|\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?|(?:0x)?[0-9a-fA-F]{128,}`)

func redact(s string) string { return secrets.ReplaceAllString(s, "[redacted]") }

// words32 finds 32 bytes in hex: a hash, or a private key that was sent by mistake.
var words32 = regexp.MustCompile(`\b((?:0x)?[0-9a-fA-F]{8})[0-9a-fA-F]{56}\b`)

// publish is redact for what operators read: of 32 bytes the first four stay,
// enough to know a hash by and nothing of a key.
func publish(s string) string { return words32.ReplaceAllString(redact(s), "$1…") }

// requestNote collects what the log line says about a request. It belongs to
// the request's goroutine.
type requestNote struct {
	requestID string
	route     string
	project   string
	key       string
	user      string
	err       error
}

func (n *requestNote) caller(c auth.Caller) {
	n.project, n.key, n.user = c.ProjectID, c.KeyID, c.UserID
}

type noteKey struct{}

// note returns the request's note; one that nobody reads when the request did
// not come through observe.
func note(r *http.Request) *requestNote {
	if n, ok := r.Context().Value(noteKey{}).(*requestNote); ok {
		return n
	}
	return &requestNote{}
}

var goodRequestID = regexp.MustCompile(`^[A-Za-z0-9._:-]{1,128}$`)

func requestID(r *http.Request) string {
	if s := r.Header.Get("X-Request-Id"); goodRequestID.MatchString(s) {
		return s
	}
	return uuid.NewString()
}

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status int // 0 until the header is written
	bytes  int
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(b)
	r.bytes += n
	return n, err
}

// Unwrap lets http.ResponseController and http.MaxBytesReader find the writer
// below.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
