// Command dashboard measures how long the server takes to answer each page of
// the dashboard when a project has 100,000 sessions and 1,000,000 transaction
// intents, on SQLite and, where a database is given, on PostgreSQL. Beside them
// stands a page that reads nothing but who is signed in: the floor, and how many
// times the floor each page takes at its median, which a busy machine changes
// less than the times. It fails when a page takes longer than the limit.
//
// With -keep the filled databases stay, and the next run with the same folder
// measures at once. A kept database is brought to the schema of the build that
// opens it, as any other.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
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
	keep := flag.String("keep", "", "`folder` to keep the SQLite file in; it and the PostgreSQL schema are used again by the next run")
	only := flag.String("pages", "", "measure only pages whose name matches this `expression`")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	size := size{sessions: *sessions, intents: *intents}
	if err := run(ctx, options{size, *n, *sqlite, *postgres, *keep, *only}); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// limit is what a page may take, p95.
const limit = 50 * time.Millisecond

// options are what the command line says.
type options struct {
	size
	n        int // requests a page
	sqlite   bool
	postgres string // URL, "" for none
	keep     string // folder, "" to keep nothing
	only     string // expression for the names of pages
}

func run(ctx context.Context, o options) error {
	some, err := matching(pages, o.only)
	if err != nil {
		return err
	}
	folder := o.keep
	if folder == "" {
		if folder, err = os.MkdirTemp("", "latchkey-bench-"); err != nil {
			return err
		}
		defer os.RemoveAll(folder)
	}
	var databases []database
	if o.sqlite {
		databases = append(databases, sqliteAt(filepath.Join(folder, "bench.db")))
	}
	if o.postgres != "" {
		databases = append(databases, postgresAt(o.postgres, o.keep != ""))
	} else {
		fmt.Println("No PostgreSQL is given (-postgres).")
	}
	slow := 0
	for _, db := range databases {
		over, err := measure(ctx, db, o, some)
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

// matching answers the floor, and the pages whose name matches.
func matching(all []page, expression string) ([]page, error) {
	wanted, err := regexp.Compile(expression)
	if err != nil {
		return nil, fmt.Errorf("-pages: %w", err)
	}
	some := all[:1:1]
	for _, p := range all[1:] {
		if wanted.MatchString(p.name) {
			some = append(some, p)
		}
	}
	return some, nil
}

// measure answers how many pages are too slow.
func measure(ctx context.Context, db database, o options, pages []page) (slow int, err error) {
	w, err := startWorld(ctx, db)
	if err != nil {
		return 0, err
	}
	defer w.close()
	started := time.Now()
	if err := w.prepare(ctx, o.size); err != nil {
		return 0, err
	}
	fmt.Printf("\n%s: %d sessions, %d intents, ready in %s\n\n", db.name, o.sessions, o.intents, time.Since(started).Round(time.Second))
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "page\tp50\tp95\tmax\ttimes the floor\t")
	var floor time.Duration
	for i, p := range pages {
		took, err := w.visit(ctx, p, o.n)
		if err != nil {
			return 0, fmt.Errorf("page %s: %w", p.name, err)
		}
		if i == 0 {
			floor = at(took, 50)
		}
		mark := ""
		if at(took, 95) > limit {
			mark = "slow"
			slow++
		}
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%.1f\t%s\n", p.name, shown(at(took, 50)), shown(at(took, 95)), shown(at(took, 100)), float64(at(took, 50))/float64(floor), mark)
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
