package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"runtime"
	"strings"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/latchkey-dev/latchkey/internal/store/dialect"
	"github.com/latchkey-dev/latchkey/internal/store/migration"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Dialect is SQLite's way of saying things.
var Dialect = dialect.Dialect{
	Name: "sqlite",
	// Transactions begin IMMEDIATE: they hold the one write lock from their
	// first statement, so rows need no locks of their own.
	Lock:                "",
	Now:                 "CAST(unixepoch('now', 'subsec') * 1000000 AS INTEGER)",
	UniqueViolation:     uniqueViolation,
	ForeignKeyViolation: func(err error) bool { return code(err) == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY },
	Retryable:           retryable,
}

// Open opens the file at path, creates it when it is missing, and brings it to
// the current schema. The caller closes both handles.
func Open(ctx context.Context, path string) (writer, reader *sql.DB, err error) {
	writer, err = open(path, "_txlock=immediate")
	if err != nil {
		return nil, nil, err
	}
	writer.SetMaxOpenConns(1)
	if err := prepare(ctx, writer); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("open SQLite file %s (its directory must exist and be writable): %w", path, err), writer.Close())
	}
	// The reader opens second: the writer has made the file and its WAL.
	reader, err = open(path, "_query_only=1")
	if err != nil {
		return nil, nil, errors.Join(err, writer.Close())
	}
	reader.SetMaxOpenConns(max(4, runtime.NumCPU()))
	return writer, reader, nil
}

// open sets up connections whose pragmas the driver runs in this order,
// whatever the order of the parameters:
//
//  1. busy_timeout, so that the next ones wait for another process instead of
//     failing at once;
//  2. foreign_keys, which is off unless each connection asks for it;
//  3. journal_mode=WAL, so that readers and the writer do not block each other;
//  4. synchronous=FULL, after WAL because it means less work there: one sync a
//     commit. NORMAL would be faster and lose the last commits in a power cut,
//     among them perhaps a transaction that was already broadcast.
func open(path, extra string) (*sql.DB, error) {
	const settings = "_busy_timeout=10000&_foreign_keys=1&_journal_mode=WAL&_synchronous=FULL"
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + settings + "&" + extra
	connector, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, fmt.Errorf("SQLite file %s: %w", path, err)
	}
	return sql.OpenDB(connector), nil
}

func prepare(ctx context.Context, db *sql.DB) error {
	if err := db.PingContext(ctx); err != nil {
		return err
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	return migration.Up(ctx, db, goose.DialectSQLite3, files)
}

func code(err error) int {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return sqlite3.SQLITE_OK
	}
	return e.Code()
}

func uniqueViolation(err error) (string, bool) {
	switch code(err) {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		_, columns, _ := strings.Cut(err.Error(), "UNIQUE constraint failed: ")
		return columns, true
	}
	return "", false
}

// retryable looks at the low byte, which extended codes such as
// SQLITE_BUSY_SNAPSHOT share with SQLITE_BUSY.
func retryable(err error) bool {
	c := code(err) & 0xff
	return c == sqlite3.SQLITE_BUSY || c == sqlite3.SQLITE_LOCKED
}
