package store_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/idempotency"
	"github.com/latchkey-dev/latchkey/internal/store"
)

func open(t *testing.T, url string) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestOpenURLForms(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, c := range []struct{ url, file string }{
		{"sqlite:" + filepath.Join(dir, "a.db"), "a.db"},
		{"sqlite://" + filepath.Join(dir, "b.db"), "b.db"},
		{filepath.Join(dir, "c.db"), "c.db"},
		{"sqlite:" + filepath.Join(dir, "with space, ü & 100%?.db"), "with space, ü & 100%?.db"},
	} {
		db := open(t, c.url)
		if err := db.Ping(context.Background()); err != nil {
			t.Errorf("%s: %v", c.url, err)
		}
		if _, err := os.Stat(filepath.Join(dir, c.file)); err != nil {
			t.Errorf("%s: %v", c.url, err)
		}
	}
}

func TestOpenRefusals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ url, want string }{
		{"", "empty"},
		{"sqlite:", "names no file"},
		{"mysql://localhost/x", "mysql://"},
		{"sqlite:" + filepath.Join(t.TempDir(), "missing", "x.db"), "missing/x.db"},
		{"postgres://nobody@127.0.0.1:1/none?connect_timeout=2", "127.0.0.1"},
	} {
		db, err := store.Open(context.Background(), c.url)
		if err == nil {
			db.Close()
			t.Errorf("%q is opened", c.url)
			continue
		}
		if !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: error does not name %q: %v", c.url, c.want, err)
		}
	}
}

func TestMemoryIsPrivateAndEnds(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	ctx := context.Background()
	one, two := open(t, "sqlite::memory:"), open(t, ":memory:")
	if err := one.CreateProject(ctx, auth.Project{ID: "pro_1"}, nil); err != nil {
		t.Fatal(err)
	}
	if got, err := two.Projects(ctx); err != nil || len(got) != 0 {
		t.Errorf("the other database has %v, %v", got, err)
	}
	for _, db := range []*store.DB{one, two} {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestReopenKeepsRecords(t *testing.T) {
	t.Parallel()
	ctx, url := context.Background(), "sqlite:"+filepath.Join(t.TempDir(), "x.db")
	db := open(t, url)
	if err := db.CreateProject(ctx, auth.Project{ID: "pro_1", Name: "kept"}, nil); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if p, err := open(t, url).Project(ctx, "pro_1"); err != nil || p.Name != "kept" {
		t.Errorf("after a restart: %+v, %v", p, err)
	}
}

// Two handles stand for two processes: a rolling restart, or a command run
// beside the server.
func TestTwoProcessesOneFile(t *testing.T) {
	t.Parallel()
	ctx, url := context.Background(), "sqlite:"+filepath.Join(t.TempDir(), "x.db")
	handles := []*store.DB{open(t, url), open(t, url)}
	if err := handles[0].CreateProject(ctx, auth.Project{ID: "pro_1"}, nil); err != nil {
		t.Fatal(err)
	}
	const each = 25
	var all sync.WaitGroup
	for _, db := range handles {
		all.Go(func() {
			for range each {
				_, err := db.UpdateProject(ctx, "pro_1", func(p auth.Project) (auth.Project, error) {
					p.Name += "x"
					return p, nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	p, err := handles[1].Project(ctx, "pro_1")
	if err != nil || len(p.Name) != 2*each {
		t.Errorf("%d of %d updates are left, %v", len(p.Name), 2*each, err)
	}

	// A key claimed by one process is neither answered nor freed by another.
	if _, _, err := handles[0].Begin(ctx, "pro_1", "k", "r", "h"); err != nil {
		t.Fatal(err)
	}
	another := idempotency.Claim{Project: "pro_1", Key: "k", Token: "another"}
	if err := handles[1].Finish(ctx, another, idempotency.Answer{Status: 200}); err != nil {
		t.Fatal(err)
	}
	if err := handles[1].Release(ctx, another); err != nil {
		t.Fatal(err)
	}
	if _, earlier, err := handles[1].Begin(ctx, "pro_1", "k", "r", "h"); err == nil {
		t.Errorf("a claimed key is free, or answered with %d", earlier.Status)
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.db")
	if err := open(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	if _, err := raw.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)"); err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(context.Background(), path)
	if err == nil {
		db.Close()
		t.Fatal("a database with a newer schema is opened")
	}
	if !strings.Contains(err.Error(), "99999") || !strings.Contains(err.Error(), "newer build") {
		t.Errorf("error does not name the version and the way out: %v", err)
	}
}

// A step that waits for something must not stop the others from reading, and a
// caller that gives up is let go.
func TestReadsDuringAWrite(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db := open(t, "sqlite:"+filepath.Join(t.TempDir(), "x.db"))
	if err := db.CreateProject(ctx, auth.Project{ID: "pro_1", Name: "old"}, nil); err != nil {
		t.Fatal(err)
	}
	_, err := db.UpdateProject(ctx, "pro_1", func(p auth.Project) (auth.Project, error) {
		seen, err := db.Project(ctx, "pro_1")
		if err != nil || seen.Name != "old" {
			t.Errorf("read during a write: %+v, %v", seen, err)
		}
		short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		defer cancel()
		if err := db.CreateProject(short, auth.Project{ID: "pro_2"}, nil); err == nil {
			t.Error("two transactions write at once")
		}
		p.Name = "new"
		return p, nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
