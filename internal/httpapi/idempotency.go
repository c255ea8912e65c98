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
	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/idempotency"
)

// IdempotencyStore remembers the answers to creates by project and key.
type IdempotencyStore interface {
	// Begin claims key for a request. When the same request was answered
	// before it returns that answer; a status of 0 means that the key is
	// claimed now. It answers a fault of kind Conflict when the key belongs to
	// another request, or the same one is still under way.
	Begin(ctx context.Context, projectID, key, route, requestHash string) (idempotency.Claim, idempotency.Answer, error)
	// Finish keeps the answer for a claimed key.
	Finish(ctx context.Context, c idempotency.Claim, a idempotency.Answer) error
	// Release gives a claimed key back. What was created under the claim stays
	// noted for the next try.
	Release(ctx context.Context, c idempotency.Claim) error
}

// answers runs a create at most once for each X-Idempotency-Key.
type answers struct {
	store IdempotencyStore
	log   *slog.Logger
	shows map[string]func(*call) (any, error) // a record of what a create makes, by the create's pattern
}

// createdBy says what each create makes, and at which pattern it is shown. A
// revoked session is one that was made before; its answer is the same.
var createdBy = map[string]struct {
	kind  id.Kind
	shown string // "" when it is only in a list
}{
	"/v1/players":                          {id.Player, "/v1/players/{id}"},
	"/v1/accounts":                         {id.Account, "/v1/accounts/{id}"},
	"/v1/accounts/{id}/revoke_sessions":    {id.Intent, "/v1/transaction_intents/{id}"},
	"/v1/accounts/{id}/transfer_ownership": {id.Intent, "/v1/transaction_intents/{id}"},
	"/v2/accounts":                         {id.Account, "/v2/accounts/{id}"},
	"/v1/contracts":                        {id.Contract, "/v1/contracts/{id}"},
	"/v1/policies":                         {id.Policy, "/v1/policies/{id}"},
	"/v1/policy_rules":                     {id.PolicyRule, ""},
	"/v1/sessions":                         {id.Session, "/v1/sessions/{id}"},
	"/v1/sessions/{id}/replace":            {id.Session, "/v1/sessions/{id}"},
	"/v1/sessions/revoke":                  {id.Session, "/v1/sessions/{id}"},
	"/v1/transaction_intents":              {id.Intent, "/v1/transaction_intents/{id}"},
}

func newAnswers(store IdempotencyStore, log *slog.Logger, routes []route) answers {
	a := answers{store: store, log: log, shows: make(map[string]func(*call) (any, error))}
	for _, r := range routes {
		for create, made := range createdBy {
			if r.method == http.MethodGet && r.pattern == made.shown {
				a.shows[create] = r.serve
			}
		}
	}
	return a
}

// keepTimeout bounds saving an answer, which outlives the request: a client
// that went away is the very one that asks again.
const keepTimeout = 10 * time.Second

var goodIdempotencyKey = regexp.MustCompile(`^[!-~]{1,255}$`)

// once runs serve, or returns what it answered to the same request before. When
// an earlier try created the record and its answer was lost, the record is
// shown as it is now. Refusals are not kept: they changed nothing, so the key
// stays free.
//
// route is the create's pattern; the key belongs to the path, with its ids.
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
	if c.user() != "" {
		key = c.user() + " " + key // users of a project do not know of each other's keys
	}
	claim, earlier, err := a.store.Begin(c.Context(), c.project(), key, http.MethodPost+" "+c.URL.Path, hash)
	if err != nil {
		return answer{}, err
	}
	if earlier.Status != 0 {
		c.w.Header().Set("X-Idempotent-Replayed", "true")
		return answer{status: earlier.Status, body: earlier.Body}, nil
	}
	if claim.Created != "" {
		c.w.Header().Set("X-Idempotent-Replayed", "true")
		serve = a.showing(route, claim)
	}
	claim.Kind = createdBy[route].kind
	c.Request = c.WithContext(idempotency.With(c.Context(), claim))
	return a.run(c, claim, serve)
}

// showing serves the record that an earlier try created.
func (a answers) showing(route string, claim idempotency.Claim) func(*call) (answer, error) {
	return func(c *call) (answer, error) {
		show := a.shows[route]
		if show == nil {
			return answer{}, fault.New(fault.Conflict, "an earlier request with idempotency key %q created %s, and its answer was lost: find it in the list", claim.Key, claim.Created)
		}
		c.SetPathValue("id", claim.Created)
		body, err := show(c)
		if err != nil {
			return answer{}, err
		}
		return encode(body)
	}
}

func (a answers) run(c *call, claim idempotency.Claim, serve func(*call) (answer, error)) (out answer, err error) {
	kept := false
	defer func() { // also after a panic: nothing must hold the key
		if kept {
			return
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Context()), keepTimeout)
		defer cancel()
		if err := a.store.Release(ctx, claim); err != nil {
			a.log.ErrorContext(ctx, "release idempotency key", "requestId", note(c.Request).requestID, "error", err)
		}
	}()
	if out, err = serve(c); err != nil {
		return answer{}, err
	}
	kept = true
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Context()), keepTimeout)
	defer cancel()
	if err := a.store.Finish(ctx, claim, idempotency.Answer{Status: out.status, Body: out.body}); err != nil {
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
