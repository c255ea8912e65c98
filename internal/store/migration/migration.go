// Package migration brings a database to the schema that this build knows. Both
// backends use it with their own SQL files. Migrations only go forward.
package migration

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

// Up applies the migrations in files that db lacks, each in a transaction of
// its own. It refuses a database that a newer build has migrated.
func Up(ctx context.Context, db *sql.DB, d goose.Dialect, files fs.FS, opts ...goose.ProviderOption) error {
	opts = append(opts, goose.WithDisableGlobalRegistry(true))
	provider, err := goose.NewProvider(d, db, files, opts...)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate database: %w", err)
	}
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	if current > target {
		return fmt.Errorf("database has schema version %d, this build knows %d: run the newer build, schemas do not go back", current, target)
	}
	return nil
}
