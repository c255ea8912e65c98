package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	_ "github.com/jackc/pgx/v5/stdlib" // as "pgx"

	"github.com/latchkey-dev/latchkey/internal/store/storetest"
)

// What sessions signed before their totals were kept is summed up by the
// migration, beyond what 64 bits hold.
func TestSumsUpWhatWasSignedBefore(t *testing.T) {
	t.Parallel()
	lite, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer lite.Close()
	sumsUp(t, lite, "sqlite")
	if os.Getenv("LATCHKEY_TEST_POSTGRES_URL") == "" {
		return
	}
	post, err := sql.Open("pgx", storetest.PostgresSchema(t))
	if err != nil {
		t.Fatal(err)
	}
	defer post.Close()
	sumsUp(t, post, "postgres")
}

func sumsUp(t *testing.T, db *sql.DB, name string) {
	t.Helper()
	ctx := context.Background()
	text, err := os.ReadFile(name + "/migrations/0033_session_totals.sql")
	if err != nil {
		t.Fatal(err)
	}
	_, up, _ := strings.Cut(string(text), "-- +goose Up\n")
	up, _, _ = strings.Cut(up, "DROP INDEX")
	for _, statement := range append([]string{
		"CREATE TABLE intents (signed_by TEXT NOT NULL, gas_fee TEXT, created_at BIGINT NOT NULL)",
		`INSERT INTO intents VALUES ('', '1', 1), ('owner', '1', 1), ('client', '1', 1), ('ses_none', NULL, 7),
			('ses_small', '1', 9), ('ses_small', '999999998', 8), ('ses_even', '999999999', 1), ('ses_even', '1', 2),
			('ses_large', '9223372036854775807', 3), ('ses_large', '9223372036854775808', 4), ('ses_large', '1000000000', 2), ('ses_large', NULL, 1)`,
	}, strings.Split(up, ";")...) {
		if strings.TrimSpace(statement) == "" {
			continue
		}
		if _, err := db.ExecContext(ctx, statement); err != nil {
			t.Fatalf("%s: %s: %v", name, statement, err)
		}
	}
	rows, err := db.QueryContext(ctx, "SELECT session_id, operations, gas_fee, last_used FROM session_totals ORDER BY session_id")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var got []string
	for rows.Next() {
		var id, fee string
		var operations, used int64
		if err := rows.Scan(&id, &operations, &fee, &used); err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%s %d %s %d", id, operations, fee, used))
	}
	want := []string{"ses_even 2 1000000000 2", "ses_large 4 18446744074709551615 4", "ses_none 1 0 7", "ses_small 2 999999999 9"}
	if diff := cmp.Diff(want, got); diff != "" || rows.Err() != nil {
		t.Errorf("%s, %v (-want +got):\n%s", name, rows.Err(), diff)
	}
}
