package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

// answerLease is the usual AnswerLease of a DB.
const answerLease = time.Minute

// Begin claims an idempotency key of a project for a request and answers the
// status 0, or answers the reply that the same request got earlier. It answers a
// fault of kind Conflict when the key came with another request (route or
// requestHash differ), or when the same request is in flight. After status 0 the
// caller must call Finish or Release.
func (db *DB) Begin(ctx context.Context, projectID, key, route, requestHash string) (status int, body []byte, err error) {
	err = db.write(ctx, func(tx *sql.Tx) error {
		status, body = 0, nil
		claimed, err := db.claim(ctx, tx, projectID, key, route, requestHash)
		if err != nil || claimed {
			return err
		}
		status, body, err = storedAnswer(ctx, tx, projectID, key, route, requestHash)
		return err
	})
	return status, body, err
}

// claim inserts the key, or takes over the row of the same request whose lease
// has ended without an answer.
func (db *DB) claim(ctx context.Context, tx *sql.Tx, projectID, key, route, requestHash string) (bool, error) {
	now := db.dialect.Now
	res, err := tx.ExecContext(ctx, `INSERT INTO idempotency_keys
			(project_id, key, route, request_hash, holder, lease_until, created_at)
		VALUES ($1, $2, $3, $4, $5, `+now+` + $6, `+now+`)
		ON CONFLICT (project_id, key) DO UPDATE SET holder = excluded.holder, lease_until = excluded.lease_until
		WHERE idempotency_keys.status IS NULL AND idempotency_keys.lease_until <= `+now+`
			AND idempotency_keys.route = excluded.route AND idempotency_keys.request_hash = excluded.request_hash`,
		projectID, key, route, requestHash, db.holder, db.AnswerLease.Microseconds())
	if err != nil {
		return false, fmt.Errorf("claim idempotency key: %w", err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("claim idempotency key: %w", err)
	}
	return n == 1, nil
}

// storedAnswer reads the reply under a key that could not be claimed.
func storedAnswer(ctx context.Context, tx *sql.Tx, projectID, key, route, requestHash string) (int, []byte, error) {
	var (
		forRoute, forRequest string
		status               sql.NullInt64
		body                 []byte
	)
	err := tx.QueryRowContext(ctx, "SELECT route, request_hash, status, body FROM idempotency_keys WHERE project_id = $1 AND key = $2",
		projectID, key).Scan(&forRoute, &forRequest, &status, blob("body", &body))
	switch {
	case errors.Is(err, sql.ErrNoRows): // released between the two statements
		return 0, nil, fault.New(fault.Conflict, "a request with idempotency key %q was in flight until now: send it again", key)
	case err != nil:
		return 0, nil, fmt.Errorf("read idempotency key: %w", err)
	case forRoute != route || forRequest != requestHash:
		return 0, nil, fault.New(fault.Conflict, "idempotency key %q was used with another request: use a new key for a new request", key)
	case !status.Valid:
		return 0, nil, fault.New(fault.Conflict, "a request with idempotency key %q is in flight: wait for its answer or send it again later", key)
	}
	return int(status.Int64), body, nil
}

// Finish stores the reply to a claimed request, for the same request to get
// again. It changes nothing when another process took the key over.
func (db *DB) Finish(ctx context.Context, projectID, key string, status int, body []byte) error {
	_, err := db.writer.ExecContext(ctx, `UPDATE idempotency_keys SET status = $1, body = $2
		WHERE project_id = $3 AND key = $4 AND holder = $5 AND status IS NULL`, status, body, projectID, key, db.holder)
	if err != nil {
		return fmt.Errorf("store answer under idempotency key: %w", err)
	}
	return nil
}

// Release gives a claimed key back after a request that changed nothing, so
// that it may be sent again.
func (db *DB) Release(ctx context.Context, projectID, key string) error {
	_, err := db.writer.ExecContext(ctx, `DELETE FROM idempotency_keys
		WHERE project_id = $1 AND key = $2 AND holder = $3 AND status IS NULL`, projectID, key, db.holder)
	if err != nil {
		return fmt.Errorf("release idempotency key: %w", err)
	}
	return nil
}

// ReleaseAll gives back every claim that has no answer. It is for the start of
// a process that has the database to itself: whoever made the claims is dead.
func (db *DB) ReleaseAll(ctx context.Context) error {
	_, err := db.writer.ExecContext(ctx, "DELETE FROM idempotency_keys WHERE status IS NULL")
	if err != nil {
		return fmt.Errorf("release idempotency keys: %w", err)
	}
	return nil
}

// ForgetAnswers deletes idempotency keys that are older than age by database
// time, and answers how many.
func (db *DB) ForgetAnswers(ctx context.Context, age time.Duration) (int64, error) {
	res, err := db.writer.ExecContext(ctx, "DELETE FROM idempotency_keys WHERE created_at <= "+db.dialect.Now+" - $1", age.Microseconds())
	if err != nil {
		return 0, fmt.Errorf("forget old idempotency keys: %w", err)
	}
	return res.RowsAffected()
}
