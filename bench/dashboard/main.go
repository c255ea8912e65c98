// Command dashboard measures how long the server takes to answer each page of
// the dashboard when a project has 100,000 sessions and 1,000,000 transaction
// intents, on SQLite and, where a database is given, on PostgreSQL. Beside them
// stands a page that reads nothing but who is signed in: the floor. It fails when
// a page takes longer than the limit.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"
)

func main() {
	sessions := flag.Int("sessions", 100_000, "sessions; there is an account for two")
	intents := flag.Int("intents", 1_000_000, "transaction intents")
	n := flag.Int("n", 60, "requests a page")
	postgres := flag.String("postgres", os.Getenv("LATCHKEY_TEST_POSTGRES_URL"), "PostgreSQL database to use as well; its schema latchkey_bench is replaced")
	sqlite := flag.Bool("sqlite", true, "use SQLite")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	size := size{sessions: *sessions, intents: *intents}
	if err := run(ctx, size, *n, *sqlite, *postgres); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// limit is what a page may take, p95.
const limit = 50 * time.Millisecond

func run(ctx context.Context, s size, n int, sqlite bool, postgres string) error {
	folder, err := os.MkdirTemp("", "latchkey-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	var databases []database
	if sqlite {
		databases = append(databases, sqliteAt(filepath.Join(folder, "bench.db")))
	}
	if postgres != "" {
		databases = append(databases, postgresAt(postgres))
	} else {
		fmt.Println("No PostgreSQL is given (-postgres).")
	}
	slow := 0
	for _, db := range databases {
		over, err := measure(ctx, db, s, n)
		if err != nil {
			return fmt.Errorf("%s: %w", db.name, err)
		}
		slow += over
	}
	if slow > 0 {
		return fmt.Errorf("%d pages take longer than %s (p95); the floor says how busy this machine is", slow, limit)
	}
	fmt.Printf("\nEvery page takes at most %s (p95).\n", limit)
	return nil
}

// measure answers how many pages are too slow.
func measure(ctx context.Context, db database, s size, n int) (slow int, err error) {
	w, err := startWorld(ctx, db)
	if err != nil {
		return 0, err
	}
	defer w.close()
	filled := time.Now()
	if err := w.fill(ctx, s); err != nil {
		return 0, err
	}
	fmt.Printf("\n%s: %d sessions, %d intents, filled in %s\n\n", db.name, s.sessions, s.intents, time.Since(filled).Round(time.Second))
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "page\tp50\tp95\tmax\t")
	for _, p := range pages {
		took, err := w.visit(ctx, p, n)
		if err != nil {
			return 0, fmt.Errorf("page %s: %w", p.name, err)
		}
		mark := ""
		if at(took, 95) > limit {
			mark = "slow"
			slow++
		}
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\n", p.name, shown(at(took, 50)), shown(at(took, 95)), shown(at(took, 100)), mark)
	}
	out.Flush()
	return slow, nil
}

// at answers a percentile of sorted times.
func at(sorted []time.Duration, percent int) time.Duration {
	return sorted[max(0, (len(sorted)*percent+99)/100-1)]
}

func shown(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }

func sorted(all []time.Duration) []time.Duration {
	slices.Sort(all)
	return all
}
