package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/bundler"
	"github.com/latchkey-dev/latchkey/internal/contract"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/operator"
	"github.com/latchkey-dev/latchkey/internal/player"
	"github.com/latchkey-dev/latchkey/internal/requestlog"
	"github.com/latchkey-dev/latchkey/internal/session"
	"github.com/latchkey-dev/latchkey/internal/share"
	"github.com/latchkey-dev/latchkey/internal/sponsor"
	"github.com/latchkey-dev/latchkey/internal/store/dialect"
	"github.com/latchkey-dev/latchkey/internal/store/postgres"
	"github.com/latchkey-dev/latchkey/internal/store/sqlite"
	"github.com/latchkey-dev/latchkey/internal/user"
)

// DB is an open database. It is safe for use by many goroutines.
type DB struct {
	// AnswerLease is how long a request with an idempotency key may be in flight,
	// by database time, before the same request may be tried again: it ends the
	// wait for requests whose process died. It should exceed the longest that a
	// request takes; one that takes longer, and whose key another try has taken
	// over, creates nothing. Open sets two minutes.
	AnswerLease time.Duration

	writer  *sql.DB
	reader  *sql.DB // the writer itself on PostgreSQL
	dialect dialect.Dialect
	scratch string // directory of an in-memory database, removed by Close
}

var (
	_ auth.Store       = (*DB)(nil)
	_ player.Store     = (*DB)(nil)
	_ account.Store    = (*DB)(nil)
	_ contract.Store   = (*DB)(nil)
	_ sponsor.Store    = (*DB)(nil)
	_ session.Store    = (*DB)(nil)
	_ intent.Store     = (*DB)(nil)
	_ bundler.Store    = (*DB)(nil)
	_ operator.Store   = (*DB)(nil)
	_ user.Store       = (*DB)(nil)
	_ share.Store      = (*DB)(nil)
	_ requestlog.Store = (*DB)(nil)
)

// Open opens the database at url and brings it to the schema of this build:
//
//	postgres://user:password@host/database
//	sqlite:path/to/file, or just path/to/file
//	sqlite::memory:
//
// The last is a private database that ends with Close. The caller closes it.
func Open(ctx context.Context, url string) (*DB, error) {
	db, err := open(ctx, url)
	if err != nil {
		return nil, err
	}
	if err := db.fill(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func open(ctx context.Context, url string) (*DB, error) {
	at, err := Locate(url)
	switch {
	case err != nil:
		return nil, err
	case at.Memory:
		return openScratch(ctx)
	case at.File != "":
		return openSQLite(ctx, at.File)
	default:
		return openPostgres(ctx, url)
	}
}

// Location is where a database URL points. The zero value is a server, which
// many processes may use.
type Location struct {
	File   string // of SQLite, which one process may use; "" when it is none
	Memory bool   // a database that ends with its process
}

// Locate reads a database URL as Open does, and opens nothing.
func Locate(url string) (Location, error) {
	scheme, path, ok := strings.Cut(url, ":")
	switch {
	case url == "":
		return Location{}, errors.New("database URL is empty: give sqlite:PATH or postgres://…")
	case ok && (scheme == "postgres" || scheme == "postgresql"):
		return Location{}, nil
	case ok && scheme == "sqlite" && path == ":memory:", url == ":memory:":
		return Location{Memory: true}, nil
	case ok && scheme == "sqlite":
		url = strings.TrimPrefix(path, "//")
	case strings.Contains(url, "://"):
		return Location{}, fmt.Errorf("database URL starts with %s://, want sqlite:PATH or postgres://…", scheme)
	}
	if url == "" {
		return Location{}, errors.New("database URL names no file: give sqlite:PATH")
	}
	return Location{File: url}, nil
}

func openPostgres(ctx context.Context, url string) (*DB, error) {
	pool, err := postgres.Open(ctx, url)
	if err != nil {
		return nil, err
	}
	return &DB{writer: pool, reader: pool, dialect: postgres.Dialect, AnswerLease: answerLease}, nil
}

func openSQLite(ctx context.Context, path string) (*DB, error) {
	writer, reader, err := sqlite.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	return &DB{writer: writer, reader: reader, dialect: sqlite.Dialect, AnswerLease: answerLease}, nil
}

// openScratch uses a file after all: connections to a true in-memory database
// share it only under another locking scheme, and would behave otherwise than
// in production.
func openScratch(ctx context.Context) (*DB, error) {
	dir, err := os.MkdirTemp("", "latchkey-")
	if err != nil {
		return nil, fmt.Errorf("make directory for a temporary database: %w", err)
	}
	db, err := openSQLite(ctx, filepath.Join(dir, "latchkey.db"))
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	db.scratch = dir
	return db, nil
}

// Close waits for running statements and closes every connection.
func (db *DB) Close() error {
	err := db.reader.Close()
	if db.writer != db.reader {
		err = errors.Join(err, db.writer.Close())
	}
	if db.scratch != "" {
		err = errors.Join(err, os.RemoveAll(db.scratch))
	}
	return err
}

// Ping reports whether the database answers.
func (db *DB) Ping(ctx context.Context) error {
	if err := db.reader.PingContext(ctx); err != nil {
		return fmt.Errorf("reach %s database: %w", db.dialect.Name, err)
	}
	return nil
}

// maxTries bounds how often one transaction is run. Locks are taken in a fixed
// order, so one retry is rare and a third failure means real trouble.
const maxTries = 5

// write runs fn in a transaction and commits it when fn returns nil. It runs
// the whole again when the database gave up on it for a reason that may pass.
func (db *DB) write(ctx context.Context, fn func(*sql.Tx) error) error {
	for try := 1; ; try++ {
		err := db.once(ctx, fn)
		if err == nil || try == maxTries || !db.dialect.Retryable(err) {
			return err
		}
		if err := pause(ctx, try); err != nil {
			return err
		}
	}
}

func (db *DB) once(ctx context.Context, fn func(*sql.Tx) error) error {
	tx, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin transaction: %w", err)
	}
	defer tx.Rollback() // does nothing after a commit; after an error, that error counts
	if err := fn(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit transaction: %w", err)
	}
	return nil
}

// pause waits longer with each try, and at random so that two transactions that
// met once do not meet again.
func pause(ctx context.Context, try int) error {
	timer := time.NewTimer(time.Duration(1+rand.IntN(10*try)) * time.Millisecond)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
