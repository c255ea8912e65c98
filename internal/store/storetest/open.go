package storetest

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/latchkey-dev/latchkey/internal/store"
)

// PostgresURL names the variable that holds the URL of a database whose user
// may create schemas.
const PostgresURL = "LATCHKEY_TEST_POSTGRES_URL"

// SQLite opens a fresh database in a file of the test's own.
func SQLite(t testing.TB) *store.DB {
	t.Helper()
	return open(t, "sqlite:"+filepath.Join(t.TempDir(), "test.db"))
}

// Postgres opens a fresh schema. It skips the test where no database is given,
// except in CI, where nothing is skipped.
func Postgres(t testing.TB) *store.DB {
	t.Helper()
	return open(t, PostgresSchema(t))
}

func open(t testing.TB, url string) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// schemas bounds how many tests use the server at once: each may open as many
// connections as a process does, and servers usually take a hundred.
var schemas = make(chan struct{}, 4)

// PostgresSchema creates a schema that ends with the test, and answers the URL
// that opens it. It skips the test as Postgres does.
func PostgresSchema(t testing.TB) string {
	t.Helper()
	base := os.Getenv(PostgresURL)
	if base == "" && os.Getenv("CI") == "true" {
		t.Fatalf("%s is not set: CI runs the store on PostgreSQL too", PostgresURL)
	}
	if base == "" {
		t.Skipf("%s is not set: not run on PostgreSQL", PostgresURL)
	}
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	schemas <- struct{}{}
	t.Cleanup(func() { <-schemas })
	schema := "test_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	execute(t, base, "CREATE SCHEMA "+schema)
	t.Cleanup(func() { execute(t, base, "DROP SCHEMA "+schema+" CASCADE") })

	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return u.String()
}

func execute(t testing.TB, url, statement string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatal(err)
	}
}
