package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/requestlog"
)

var requests = table[requestlog.Entry]{
	name: "request_log",
	noun: "request",
	cells: func(e *requestlog.Entry) []cell {
		return []cell{
			word("id", &e.ID),
			word("project_id", &e.ProjectID),
			word("key_id", &e.KeyID),
			word("request_id", &e.RequestID),
			word("method", &e.Method),
			word("route", &e.Route),
			word("path", &e.Path),
			word("subject", &e.Subject),
			number("status", &e.Status),
			number("bytes", &e.Bytes),
			micros("took", &e.Took),
			word("problem", &e.Problem),
			moment("created_at", &e.CreatedAt),
		}
	},
}

// micros keeps a duration.
func micros(column string, p *time.Duration) cell {
	return integer(column,
		func() (int64, error) { return p.Microseconds(), nil },
		func(n int64) { *p = time.Duration(n) * time.Microsecond })
}

// AddRequests saves a batch of requests.
func (db *DB) AddRequests(ctx context.Context, batch []requestlog.Entry) error {
	return db.write(ctx, func(tx *sql.Tx) error {
		for _, e := range batch {
			if err := requests.insert(ctx, tx, e); err != nil {
				return err
			}
		}
		return nil
	})
}

// Requests answers one page of a project's requests.
func (db *DB) Requests(ctx context.Context, projectID string, f requestlog.Filter, req page.Request) (page.Page[requestlog.Entry], error) {
	w := by("project_id", projectID).given("request_id", f.RequestID).given("subject", f.Subject).given("key_id", f.KeyID).given("method", f.Method)
	if f.Path != "" {
		like := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(f.Path) + "%"
		w = w.with(`path LIKE $%d ESCAPE '\'`, like)
	}
	if f.Failed {
		w = w.with("status >= 400")
	}
	if f.Least > 0 {
		w = w.with("status >= $%d", f.Least)
	}
	if f.Most > 0 {
		w = w.with("status < $%d", f.Most)
	}
	if !f.Since.IsZero() {
		w = w.with("created_at >= $%d", f.Since.UnixMicro())
	}
	if !f.Before.IsZero() {
		w = w.with("created_at < $%d", f.Before.UnixMicro())
	}
	return requests.page(ctx, db.reader, w, req)
}

// Request answers one request of a project.
func (db *DB) Request(ctx context.Context, projectID, id string) (requestlog.Entry, error) {
	return requests.one(ctx, db.reader, owned(projectID, id), "")
}

// KeysUsed answers when each API key was used last.
func (db *DB) KeysUsed(ctx context.Context, projectID string) (map[string]time.Time, error) {
	// One look into the index for each key, not one for each request.
	rows, err := db.reader.QueryContext(ctx, `SELECT id, last FROM (SELECT id,
		(SELECT MAX(created_at) FROM request_log WHERE request_log.project_id = $1 AND key_id = api_keys.id) AS last
		FROM api_keys WHERE project_id = $1) AS used WHERE last IS NOT NULL`, projectID)
	if err != nil {
		return nil, fmt.Errorf("read when keys were used: %w", err)
	}
	defer rows.Close()
	used := make(map[string]time.Time)
	for rows.Next() {
		var id string
		var at time.Time
		if err := rows.Scan(&id, moment("created_at", &at)); err != nil {
			return nil, fmt.Errorf("read when keys were used: %w", err)
		}
		used[id] = at
	}
	return used, rows.Err()
}

// ForgetRequests deletes old requests, and those that are too many.
func (db *DB) ForgetRequests(ctx context.Context, keep int, before time.Time) error {
	const beyond = "DELETE FROM request_log WHERE created_at <= (SELECT created_at FROM request_log ORDER BY created_at DESC LIMIT 1 OFFSET $1)"
	return errors.Join(
		db.exec(ctx, "forget requests", "DELETE FROM request_log WHERE created_at < $1", before.UnixMicro()),
		db.exec(ctx, "forget requests", beyond, keep),
	)
}
