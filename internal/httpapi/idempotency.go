package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"time"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

// IdempotencyStore remembers the answers to creates by project and key.
type IdempotencyStore interface {
	// Begin claims key for a request. When the same request was answered
	// before it returns that answer; a status of 0 means that the key is
	// claimed now. It answers a fault of kind Conflict when the key belongs to
	// another request, or the same one is still under way.
	Begin(ctx context.Context, projectID, key, route, requestHash string) (status int, body []byte, err error)
	// Finish keeps the answer for a claimed key.
	Finish(ctx context.Context, projectID, key string, status int, body []byte) error
	// Release gives a claimed key back.
	Release(ctx context.Context, projectID, key string) error
}

// answers runs a create at most once for each X-Idempotency-Key.
type answers struct {
	store IdempotencyStore
	log   *slog.Logger
}

// keepTimeout bounds saving an answer, which outlives the request: a client
// that went away is the very one that asks again.
const keepTimeout = 10 * time.Second

var goodIdempotencyKey = regexp.MustCompile(`^[!-~]{1,255}$`)

// once runs serve, or returns what it answered to the same request before.
// Refusals are not kept: they changed nothing, so the key stays free.
func (a answers) once(c *call, route string, serve func(*call) (answer, error)) (answer, error) {
	key := c.Header.Get("X-Idempotency-Key")
	if key == "" {
		return serve(c)
	}
	if !goodIdempotencyKey.MatchString(key) {
		return answer{}, fault.Field("X-Idempotency-Key", nil, "must be 1 to 255 printable ASCII characters without spaces, has %d", len(key))
	}
	hash, err := hashBody(c)
	if err != nil {
		return answer{}, err
	}
	status, body, err := a.store.Begin(c.Context(), c.project(), key, http.MethodPost+" "+route, hash)
	if err != nil {
		return answer{}, err
	}
	if status != 0 {
		c.w.Header().Set("X-Idempotent-Replayed", "true")
		return answer{status: status, body: body}, nil
	}
	return a.run(c, key, serve)
}

func (a answers) run(c *call, key string, serve func(*call) (answer, error)) (out answer, err error) {
	kept := false
	defer func() { // also after a panic: nothing must hold the key
		if kept {
			return
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Context()), keepTimeout)
		defer cancel()
		if err := a.store.Release(ctx, c.project(), key); err != nil {
			a.log.ErrorContext(ctx, "release idempotency key", "requestId", note(c.Request).requestID, "error", err)
		}
	}()
	if out, err = serve(c); err != nil {
		return answer{}, err
	}
	kept = true
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Context()), keepTimeout)
	defer cancel()
	if err := a.store.Finish(ctx, c.project(), key, out.status, out.body); err != nil {
		// The record exists: the answer must go out all the same.
		a.log.ErrorContext(ctx, "keep answer for idempotency key", "requestId", note(c.Request).requestID, "error", err)
	}
	return out, nil
}

// hashBody identifies a body by what it says, not by how it is written.
func hashBody(c *call) (string, error) {
	tree, err := c.body()
	if err != nil {
		return "", err
	}
	canonical, err := json.Marshal(tree) // sorts keys
	if err != nil {
		return "", fmt.Errorf("encode body for idempotency: %w", err)
	}
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:]), nil
}
