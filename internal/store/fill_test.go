package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"

	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/store/storetest"
)

// What intents cost that are older than the column is written by a start, in
// more than one batch, and added once to what their sessions have signed, beside
// what has been added since.
func TestFillsWhatIntentsCost(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "x.db")
		fillsFees(t, older{driver: "sqlite", url: path, dialect: goose.DialectSQLite3, migrations: "sqlite/migrations"})
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		fillsFees(t, older{driver: "pgx", url: storetest.PostgresSchema(t), dialect: goose.DialectPostgres, migrations: "postgres/migrations"})
	})
}

// older is a database as an older build leaves it.
type older struct {
	driver, url, migrations string
	dialect                 goose.Dialect
}

// at brings the database to a schema, and runs statements there.
func (o older) at(t *testing.T, version int64, statements ...string) {
	t.Helper()
	ctx := context.Background()
	db, err := sql.Open(o.driver, o.url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	provider, err := goose.NewProvider(o.dialect, db, os.DirFS(o.migrations))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(ctx, version); err != nil {
		t.Fatal(err)
	}
	for _, s := range statements {
		if _, err := db.ExecContext(ctx, s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// intent is a statement that inserts one. gasFee is "" when it has no outcome.
func (older) intent(id, signedBy, gasFee string, madeAt int) string {
	outcome := "NULL"
	if gasFee != "" {
		outcome = fmt.Sprintf(`'{"success":true,"gasFee":%s}'`, gasFee)
	}
	return fmt.Sprintf(`INSERT INTO intents (id, project_id, player_id, account_id, account_address, chain_id, kind, status, operation_hash,
		lane, max_cost, deploy_first, expires_at, signed_by, outcome, created_at, updated_at)
		VALUES ('%s', 'pro_1', 'pla_1', 'acc_1', '0x1111111111111111111111111111111111111111', 1, 'call', 'succeeded', '0x%064x',
		0, '0', false, 0, '%s', %s, %d, %d)`, id, madeAt, signedBy, outcome, madeAt, madeAt)
}

func fillsFees(t *testing.T, o older) {
	const many, hour = 1001, 3_600_000_000
	wide, _ := new(big.Int).SetString("18446744073709551616", 10)
	rows := []string{
		"INSERT INTO projects VALUES ('pro_1', 'game', '1', 0)",
		"INSERT INTO players VALUES ('pla_1', 'pro_1', 'Ann', '', NULL, 0, 0)",
		`INSERT INTO accounts VALUES ('acc_1', 'pro_1', 'pla_1', 1, '0x1111111111111111111111111111111111111111', '0x2222222222222222222222222222222222222222',
			'Smart Account', '0x33', '0x44', '0x55', 0, NULL, 0, 0)`,
		o.intent("tin_owner", "owner", "7", 1),
		o.intent("tin_open", "ses_few", "", 2),
		o.intent("tin_few", "ses_few", wide.String(), 3),
	}
	for i := range many {
		rows = append(rows, o.intent(fmt.Sprintf("tin_%04d", i), "ses_many", "2", 10+i))
	}
	o.at(t, 1, rows...)
	// A server of the build that has totals adds an operation of each session.
	o.at(t, 33,
		o.intent("tin_new", "ses_many", "5", hour), "UPDATE intents SET gas_fee = '5' WHERE id = 'tin_new'",
		fmt.Sprintf("UPDATE session_totals SET operations = operations + 1, gas_fee = '5', last_used = %d WHERE session_id = 'ses_many'", hour))

	want := map[string]intent.Spending{
		"ses_few":  {Operations: 2, GasFee: wide, LastUsed: time.UnixMicro(3).UTC()},
		"ses_many": {Operations: many + 1, GasFee: big.NewInt(2*many + 5), LastUsed: time.UnixMicro(hour).UTC()},
	}
	for range 2 { // the second start has nothing left to do
		db := open(t, o.url)
		got, err := db.Spent(t.Context(), []string{"ses_few", "ses_many"})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b *big.Int) bool { return a.Cmp(b) == 0 })); diff != "" {
			t.Errorf("totals (-want +got):\n%s", diff)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	o.wantFees(t, map[string]int{"": 1, "2": many, "5": 1, "7": 1, wide.String(): 1})
}

// wantFees compares how many intents have each fee in their column.
func (o older) wantFees(t *testing.T, want map[string]int) {
	t.Helper()
	db, err := sql.Open(o.driver, o.url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(context.Background(), "SELECT COALESCE(gas_fee, ''), COUNT(*) FROM intents GROUP BY gas_fee")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	got := make(map[string]int)
	for rows.Next() {
		var fee string
		var n int
		if err := rows.Scan(&fee, &n); err != nil {
			t.Fatal(err)
		}
		got[fee] = n
	}
	if diff := cmp.Diff(want, got); diff != "" || rows.Err() != nil {
		t.Errorf("fees, %v (-want +got):\n%s", rows.Err(), diff)
	}
}
