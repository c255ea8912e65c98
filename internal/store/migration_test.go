package store_test

import (
	"context"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/latchkey-dev/latchkey/internal/store"
	"github.com/latchkey-dev/latchkey/internal/store/storetest"
)

// Replicas start together on an empty database: one migrates, all open.
func TestReplicasMigrateOnce(t *testing.T) {
	t.Parallel()
	url := storetest.PostgresSchema(t)
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() {
			db, err := store.Open(context.Background(), url)
			if err != nil {
				t.Error(err)
				return
			}
			if err := db.Ping(context.Background()); err != nil {
				t.Error(err)
			}
			db.Close()
		})
	}
	all.Wait()
}

// The two schemas name the same tables, columns and indexes in the same order:
// only types, collations and storage options differ.
func TestSchemasAgree(t *testing.T) {
	t.Parallel()
	names, err := os.ReadDir("sqlite/migrations")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		lite, post := shape(t, "sqlite/migrations/"+n.Name()), shape(t, "postgres/migrations/"+n.Name())
		if diff := cmp.Diff(lite, post); diff != "" {
			t.Errorf("%s (-sqlite +postgres):\n%s", n.Name(), diff)
		}
	}
}

var (
	types   = regexp.MustCompile(`\b(BIGINT|BOOLEAN|BYTEA|BLOB|INTEGER)\b`)
	serial  = regexp.MustCompile(`GENERATED ALWAYS AS IDENTITY PRIMARY KEY|PRIMARY KEY AUTOINCREMENT`)
	spacing = regexp.MustCompile(` +`)
)

// notColumns drops what each database says on its own.
var notColumns = strings.NewReplacer(") STRICT;", ");", ` COLLATE "C"`, "")

func shape(t *testing.T, path string) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s := types.ReplaceAllString(notColumns.Replace(string(text)), "TYPE")
	s = spacing.ReplaceAllString(serial.ReplaceAllString(s, "SERIAL"), " ")
	return strings.Split(s, "\n")
}
