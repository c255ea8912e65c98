package main

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/jackc/pgx/v5/stdlib"

	"github.com/jackc/pgx/v5"
	_ "modernc.org/sqlite" // as "sqlite"

	"github.com/latchkey-dev/latchkey/internal/requestlog"
)

// size is how much a project has.
type size struct{ sessions, intents int }

// accounts have two sessions each, and one user each.
func (s size) accounts() int { return max(1, s.sessions/2) }

// database is where the server keeps its rows, and how that database counts.
type database struct {
	name, url string
	open      func(context.Context) (*sql.DB, error)
	series    string // rows n from %d to %d, to select from
	padded    string // the number %s in twelve digits
	hex       string // the number %s in forty hex digits
	after     string // run when the rows are there, "" for nothing
}

func sqliteAt(path string) database {
	return database{
		name: "SQLite", url: "sqlite:" + path,
		open: func(context.Context) (*sql.DB, error) {
			db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(60000)&_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)")
			if err == nil {
				db.SetMaxOpenConns(1)
			}
			return db, err
		},
		series: "(WITH RECURSIVE s(n) AS (SELECT %d UNION ALL SELECT n + 1 FROM s WHERE n < %d) SELECT n FROM s)",
		padded: "printf('%%012d', %s)",
		hex:    "printf('%%040x', %s)",
		after:  "PRAGMA wal_checkpoint(TRUNCATE)",
	}
}

// postgresAt is a schema of its own in the database at base, which is emptied
// first unless it may be kept.
func postgresAt(base string, keep bool) database {
	const schema = "latchkey_bench"
	u, err := url.Parse(base)
	if err == nil {
		q := u.Query()
		q.Set("search_path", schema)
		u.RawQuery = q.Encode()
		base = u.String()
	}
	return database{
		name: "PostgreSQL", url: base,
		open: func(ctx context.Context) (*sql.DB, error) {
			config, err := pgx.ParseConfig(base)
			if err != nil {
				return nil, err
			}
			db := stdlib.OpenDB(*config)
			if !keep {
				_, err = db.ExecContext(ctx, "DROP SCHEMA IF EXISTS "+schema+" CASCADE")
			}
			if err == nil {
				_, err = db.ExecContext(ctx, "CREATE SCHEMA IF NOT EXISTS "+schema)
			}
			return db, err
		},
		series: "(SELECT n FROM generate_series(%d, %d) AS s(n)) AS s",
		padded: "lpad(CAST(%s AS TEXT), 12, '0')",
		hex:    "lpad(to_hex(%s), 40, '0')",
		after:  "ANALYZE",
	}
}

// id is the identifier of a copy, in SQL.
func (d database) id(prefix, n string) string {
	return "'" + prefix + "_00000000-0000-7000-8000-' || " + fmt.Sprintf(d.padded, n)
}

// One intent in heavy belongs to the first account: a few users are busier than
// all others.
const heavy = 20

// failure is what one intent in twenty ended with, in SQL.
const failure = `CASE WHEN n % 40 = 1 THEN '{"reason":"The call reverted","name":"ERC721InsufficientApproval"}' WHEN n % 40 = 21 THEN '{"reason":"The node refused the operation","name":"AA23"}' END`

// totals gives the sessions what the server keeps of what they signed.
const totals = `INSERT INTO session_totals (session_id, operations, gas_fee, last_used)
	SELECT signed_by, COUNT(*), '1000000000', MAX(created_at) FROM intents WHERE signed_by LIKE 'ses%' GROUP BY signed_by
	ON CONFLICT (session_id) DO NOTHING`

// fill makes the first records, and copies them until there are enough. Each
// account has two sessions, of which one is over, and its share of the intents.
func (w *world) fill(ctx context.Context, s size) error {
	if err := w.first(ctx); err != nil {
		return err
	}
	d, accounts, sessions := w.db, s.accounts(), s.accounts()*2
	ofAccount := fmt.Sprintf("((n - 1) %% %d + 1)", accounts)
	busy := func(of int) string {
		return fmt.Sprintf("(CASE WHEN n %% %d = 0 THEN 1 ELSE (n - 1) %% %d + 1 END)", heavy, of)
	}
	made := func(n string) string { return fmt.Sprintf("created_at - 1000000 * CAST(%s AS BIGINT)", n) }
	for _, c := range []struct {
		table, id string
		n         int
		columns   map[string]string
	}{
		{"players", w.player.ID, accounts, map[string]string{
			"id": d.id("pla", "n"), "name": "'Player ' || n", "created_at": made("n"), "updated_at": made("n"),
		}},
		{"accounts", w.account.ID, accounts, map[string]string{
			"id": d.id("acc", "n"), "player_id": d.id("pla", "n"), "address": "'0x' || " + fmt.Sprintf(d.hex, "n"), "created_at": made("n"), "updated_at": made("n"),
		}},
		{"sessions", w.session.ID, sessions, map[string]string{
			"id": d.id("ses", "n"), "player_id": d.id("pla", ofAccount), "account_id": d.id("acc", ofAccount),
			"account_address": "'0x' || " + fmt.Sprintf(d.hex, ofAccount), "signer": "'0x' || " + fmt.Sprintf(d.hex, "n + 100000000"),
			"state": fmt.Sprintf("CASE WHEN n <= %d THEN 'active' ELSE 'closed' END", accounts), "valid_until": "valid_until - 86400 * CAST(n % 30 AS BIGINT)", "created_at": made("n"), "updated_at": made("n"),
		}},
		{"intents", w.intent.ID, s.intents, map[string]string{
			"id": d.id("tin", "n"), "player_id": d.id("pla", busy(accounts)), "account_id": d.id("acc", busy(accounts)), "account_address": "'0x' || " + fmt.Sprintf(d.hex, busy(accounts)),
			"status": "CASE WHEN n % 20 = 1 THEN 'failed' WHEN n % 40 = 2 THEN 'expired' WHEN n % 40 = 3 THEN 'withdrawn' ELSE 'succeeded' END", "failure": failure,
			"signed_by": d.id("ses", busy(sessions)), "operation_hash": "'0x000000000000000000000000' || " + fmt.Sprintf(d.hex, "n"), "created_at": made("n"), "updated_at": made("n"),
		}},
		{"request_log", w.request, requestlog.Kept - 1, map[string]string{
			"id": d.id("req", "n"), "request_id": "'bench-' || n", "subject": d.id("tin", "n"), "path": "'/v1/transaction_intents/' || " + d.id("tin", "n"),
			"status": "CASE WHEN n % 20 = 1 THEN 422 ELSE 200 END", "created_at": made("n"),
		}},
	} {
		if err := w.copies(ctx, c.table, c.id, c.n, c.columns); err != nil {
			return fmt.Errorf("fill %s: %w", c.table, err)
		}
	}
	if _, err := w.sql.ExecContext(ctx, totals); err != nil {
		return fmt.Errorf("fill session_totals: %w", err)
	}
	if err := w.note(ctx, s); err != nil {
		return err
	}
	if _, err := w.sql.ExecContext(ctx, d.after); err != nil {
		return fmt.Errorf("settle the database: %w", err)
	}
	return nil
}

// columns answers the names of a table's columns.
func (w *world) columns(ctx context.Context, table string) ([]string, error) {
	rows, err := w.sql.QueryContext(ctx, "SELECT * FROM "+table+" LIMIT 0")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	return names, cmp.Or(err, rows.Err())
}

// copies inserts n copies of a row, which differ in some columns.
func (w *world) copies(ctx context.Context, table, id string, n int, columns map[string]string) error {
	names, err := w.columns(ctx, table)
	if err != nil {
		return err
	}
	values := make([]string, len(names))
	for i, name := range names {
		values[i] = name
		if expression, ok := columns[name]; ok {
			values[i] = expression
		}
	}
	for from := 1; from <= n; from += portion {
		to := min(n, from+portion-1)
		_, err := w.sql.ExecContext(ctx, fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s, %s WHERE id = $1",
			table, strings.Join(names, ", "), strings.Join(values, ", "), table, fmt.Sprintf(w.db.series, from, to)), id)
		if err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "%s: %s %d of %d\n", w.db.name, table, to, n)
	}
	return nil
}

// portion is how many rows are copied between two lines of progress.
const portion = 100_000
