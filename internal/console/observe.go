package console

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/google/uuid"
)

// observe gives each request an id, writes one log line about it, and turns
// panics into answers. Queries and forms are never logged: they hold sign-in
// links and signatures.
func (c *Console) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := c.Now()
		n := &requestNote{requestID: uuid.NewString()}
		r = r.WithContext(context.WithValue(r.Context(), noteKey{}, n))
		rec := &recorder{ResponseWriter: w}
		rec.Header().Set("X-Request-Id", n.requestID)
		c.recovered(next, rec, r)
		c.log(r, n, rec.status, c.Now().Sub(started))
	})
}

func (c *Console) recovered(next http.Handler, rec *recorder, r *http.Request) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(p) // net/http's own way to cut the connection
		}
		note(r).err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		if rec.status == 0 {
			http.Error(rec, "Something went wrong here. The log has it under the request "+note(r).requestID+".", http.StatusInternalServerError)
		}
	}()
	next.ServeHTTP(rec, r)
}

func (c *Console) log(r *http.Request, n *requestNote, status int, took time.Duration) {
	level := slog.LevelDebug // pages and files; changes are in the audit log
	switch {
	case status >= http.StatusInternalServerError:
		level = slog.LevelError
	case r.Method != http.MethodGet && (status == http.StatusUnauthorized || status == http.StatusForbidden):
		level = slog.LevelWarn // a wrong password, a role that is too low, a form from elsewhere
	}
	attrs := []slog.Attr{
		slog.String("requestId", n.requestID),
		slog.String("method", r.Method),
		slog.String("path", r.URL.Path),
		slog.Int("status", status),
		slog.Duration("took", took),
	}
	if level != slog.LevelDebug {
		attrs = append(attrs, slog.String("from", c.remote(r)))
	}
	if n.route != "" {
		attrs = append(attrs, slog.String("route", n.route))
	}
	if n.operator != "" {
		attrs = append(attrs, slog.String("operator", n.operator))
	}
	if n.err != nil {
		attrs = append(attrs, slog.String("error", n.err.Error()))
	}
	c.Log.LogAttrs(r.Context(), level, "dashboard request", attrs...)
}

// requestNote collects what the log line says about a request. It belongs to
// the request's goroutine.
type requestNote struct {
	requestID string
	route     string
	operator  string
	err       error
}

type noteKey struct{}

func note(r *http.Request) *requestNote {
	if n, ok := r.Context().Value(noteKey{}).(*requestNote); ok {
		return n
	}
	return &requestNote{}
}

// recorder remembers the status that was answered.
type recorder struct {
	http.ResponseWriter
	status int // 0 until the header is written
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
	return r.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController find the writer below.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
