package sqlite_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/latchkey-dev/latchkey/internal/store/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestSettingsOfEveryConnection(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	writer, reader, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	defer reader.Close()

	var conns []*sql.Conn // held together, so that they are different ones
	for _, db := range []*sql.DB{writer, reader, reader, reader} {
		c, err := db.Conn(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		conns = append(conns, c)
	}
	for i, c := range conns {
		for _, want := range []struct{ pragma, value string }{
			{"busy_timeout", "10000"}, {"foreign_keys", "1"}, {"journal_mode", "wal"}, {"synchronous", "2"},
		} {
			var got string
			if err := c.QueryRowContext(ctx, "PRAGMA "+want.pragma).Scan(&got); err != nil {
				t.Fatal(err)
			}
			if got != want.value {
				t.Errorf("connection %d: %s is %s, want %s", i, want.pragma, got, want.value)
			}
		}
	}
	if _, err := conns[1].ExecContext(ctx, "DELETE FROM players"); err == nil {
		t.Error("a reader may write")
	}
	if writer.Stats().MaxOpenConnections != 1 {
		t.Errorf("%d writers", writer.Stats().MaxOpenConnections)
	}
}

// A transaction that reads first and writes later must hold the lock from its
// beginning: one that takes it later fails when another was faster.
func TestTransactionsBeginImmediate(t *testing.T) {
	t.Parallel()
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "x.db")
	writer, reader, err := sqlite.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	defer reader.Close()
	tx, err := writer.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()

	other, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate&_busy_timeout=1")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, err := other.BeginTx(ctx, nil); !sqlite.Dialect.Retryable(err) {
		t.Errorf("a second writer gets %v, want that the database is busy", err)
	}
}
