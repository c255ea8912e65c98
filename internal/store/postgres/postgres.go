package postgres

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"github.com/latchkey-dev/latchkey/internal/store/dialect"
	"github.com/latchkey-dev/latchkey/internal/store/migration"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Dialect is PostgreSQL's way of saying things.
var Dialect = dialect.Dialect{
	Name: "postgres",
	// Keys never change, and this lock lets rows that refer to the locked one
	// be inserted meanwhile.
	Lock: " FOR NO KEY UPDATE",
	// The clock, not now(): a lease taken late in a transaction starts then.
	Now:                 "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)",
	Bytewise:            ` COLLATE "C"`,
	UniqueViolation:     uniqueViolation,
	ForeignKeyViolation: func(err error) bool { return code(err) == "23503" },
	Retryable: func(err error) bool {
		c := code(err)
		return c == "40001" || c == "40P01" // serialization failure, deadlock
	},
}

// maxConnections of one process. A server with the usual limit of 100 serves
// four replicas and an operator.
const maxConnections = 20

// Open connects to the database at url and brings it to the current schema.
// The caller closes the handle.
func Open(ctx context.Context, url string) (*sql.DB, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("read PostgreSQL URL: %w", err) // pgx leaves the password out
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "latchkey"
	}
	db := stdlib.OpenDB(*config)
	db.SetMaxOpenConns(maxConnections)
	db.SetMaxIdleConns(maxConnections)
	db.SetConnMaxIdleTime(5 * time.Minute)
	if err := prepare(ctx, db); err != nil {
		return nil, errors.Join(fmt.Errorf("open PostgreSQL database %s on %s: %w", config.Database, config.Host, err), db.Close())
	}
	return db, nil
}

func prepare(ctx context.Context, db *sql.DB) error {
	if err := db.PingContext(ctx); err != nil {
		return err
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	return migration.Up(ctx, db, goose.DialectPostgres, files, goose.WithSessionLocker(schemaLock{}))
}

// schemaLock lets one process at a time migrate a schema. It waits in the
// server instead of polling.
type schemaLock struct{}

const lockKey = "hashtextextended('latchkey migrations in ' || current_schema(), 0)"

func (schemaLock) SessionLock(ctx context.Context, conn *sql.Conn) error {
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock("+lockKey+")"); err != nil {
		return fmt.Errorf("wait for other migrations: %w", err)
	}
	return nil
}

func (schemaLock) SessionUnlock(ctx context.Context, conn *sql.Conn) error {
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_unlock("+lockKey+")"); err != nil {
		return fmt.Errorf("let other migrations run: %w", err)
	}
	return nil
}

func code(err error) string {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return ""
	}
	return e.Code
}

func uniqueViolation(err error) (string, bool) {
	var e *pgconn.PgError
	if !errors.As(err, &e) || e.Code != "23505" {
		return "", false
	}
	return e.ConstraintName, true
}
