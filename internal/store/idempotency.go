package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/idempotency"
)

// answerLease is the usual AnswerLease of a DB.
const answerLease = 2 * time.Minute

// Begin claims an idempotency key of a project for a request, or answers what
// the same request was answered earlier. A claim on a key that an earlier try
// held says what that one created. It answers a fault of kind Conflict when the
// key came with another request (route or requestHash differ), or when the same
// request is in flight. With a claim the caller must call Finish or Release.
func (db *DB) Begin(ctx context.Context, projectID, key, route, requestHash string) (claim idempotency.Claim, earlier idempotency.Answer, err error) {
	err = db.write(ctx, func(tx *sql.Tx) error {
		claim = idempotency.Claim{Project: projectID, Key: key, Token: uuid.NewString()}
		earlier = idempotency.Answer{}
		claimed, err := db.claim(ctx, tx, &claim, route, requestHash)
		if err != nil || claimed {
			return err
		}
		earlier, err = storedAnswer(ctx, tx, projectID, key, route, requestHash)
		return err
	})
	return claim, earlier, err
}

// claim inserts the key, or takes over the row of the same request whose lease
// has ended without an answer.
func (db *DB) claim(ctx context.Context, tx *sql.Tx, c *idempotency.Claim, route, requestHash string) (bool, error) {
	now := db.dialect.Now
	err := tx.QueryRowContext(ctx, `INSERT INTO idempotency_keys
			(project_id, key, route, request_hash, holder, lease_until, created_at)
		VALUES ($1, $2, $3, $4, $5, `+now+` + $6, `+now+`)
		ON CONFLICT (project_id, key) DO UPDATE SET holder = excluded.holder, lease_until = excluded.lease_until
		WHERE idempotency_keys.status IS NULL AND idempotency_keys.lease_until <= `+now+`
			AND idempotency_keys.route = excluded.route AND idempotency_keys.request_hash = excluded.request_hash
		RETURNING created_id`,
		c.Project, c.Key, route, requestHash, c.Token, db.AnswerLease.Microseconds()).Scan(&c.Created)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("claim idempotency key: %w", err)
	}
	return true, nil
}

// storedAnswer reads the reply under a key that could not be claimed.
func storedAnswer(ctx context.Context, tx *sql.Tx, projectID, key, route, requestHash string) (idempotency.Answer, error) {
	var (
		forRoute, forRequest string
		status               sql.NullInt64
		body                 []byte
	)
	err := tx.QueryRowContext(ctx, "SELECT route, request_hash, status, body FROM idempotency_keys WHERE project_id = $1 AND key = $2",
		projectID, key).Scan(&forRoute, &forRequest, &status, blob("body", &body))
	switch {
	case errors.Is(err, sql.ErrNoRows): // released between the two statements
		return idempotency.Answer{}, fault.New(fault.Conflict, "a request with idempotency key %q was in flight until now: send it again", key)
	case err != nil:
		return idempotency.Answer{}, fmt.Errorf("read idempotency key: %w", err)
	case forRoute != route || forRequest != requestHash:
		return idempotency.Answer{}, fault.New(fault.Conflict, "idempotency key %q was used with another request: use a new key for a new request", key)
	case !status.Valid:
		return idempotency.Answer{}, fault.New(fault.Conflict, "a request with idempotency key %q is in flight: wait for its answer or send it again later", key)
	}
	return idempotency.Answer{Status: int(status.Int64), Body: body}, nil
}

// note writes under the idempotency key that ctx carries that the transaction
// creates the record. When another try of the request has taken the key over
// the transaction must not be committed: that one creates the record.
func note(ctx context.Context, tx *sql.Tx, recordID string) error {
	c, ok := idempotency.Noting(ctx, recordID)
	if !ok {
		return nil
	}
	res, err := tx.ExecContext(ctx, `UPDATE idempotency_keys SET created_id = $1
		WHERE project_id = $2 AND key = $3 AND holder = $4 AND status IS NULL`, recordID, c.Project, c.Key, c.Token)
	if err != nil {
		return fmt.Errorf("note %s under its idempotency key: %w", recordID, err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return fmt.Errorf("note %s under its idempotency key: %w", recordID, err)
	}
	if n == 0 {
		return fault.New(fault.Conflict, "this request took too long, and another with idempotency key %q is in flight: wait for its answer or send it again later", c.Key)
	}
	return nil
}

// Finish stores the reply to a claimed request, for the same request to get
// again. It changes nothing when another try took the key over.
func (db *DB) Finish(ctx context.Context, c idempotency.Claim, a idempotency.Answer) error {
	_, err := db.writer.ExecContext(ctx, `UPDATE idempotency_keys SET status = $1, body = $2
		WHERE project_id = $3 AND key = $4 AND holder = $5 AND status IS NULL`, a.Status, a.Body, c.Project, c.Key, c.Token)
	if err != nil {
		return fmt.Errorf("store answer under idempotency key: %w", err)
	}
	return nil
}

// Release gives a claimed key back after a request that failed. One that
// created nothing leaves it free, for any request; else the same request may be
// sent again, and finds what was created.
func (db *DB) Release(ctx context.Context, c idempotency.Claim) error {
	return db.release(ctx, "project_id = $1 AND key = $2 AND holder = $3", c.Project, c.Key, c.Token)
}

// ReleaseAll gives back every claim that has no answer, like Release. It is for
// the start of a process that has the database to itself: whoever made the
// claims is dead.
func (db *DB) ReleaseAll(ctx context.Context) error { return db.release(ctx, "TRUE") }

func (db *DB) release(ctx context.Context, claims string, args ...any) error {
	err := db.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM idempotency_keys WHERE status IS NULL AND created_id = '' AND "+claims, args...); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "UPDATE idempotency_keys SET lease_until = 0 WHERE status IS NULL AND "+claims, args...)
		return err
	})
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
