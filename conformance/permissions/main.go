package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"text/tabwriter"
	"time"
)

func main() {
	binary := flag.String("latchkey", "bin/latchkey", "the binary to test")
	only := flag.String("only", "", "run only the rules whose name starts so")
	limit := flag.Duration("timeout", 10*time.Minute, "give up after this time")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, *limit)
	defer cancel()
	if err := run(ctx, *binary, *only); err != nil {
		fmt.Fprintln(os.Stderr, "permissions:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, binary, only string) error {
	server, err := startServer(ctx, binary)
	if err != nil {
		return err
	}
	defer server.stop()
	w, err := newWorld(ctx, server.info)
	if err != nil {
		return fmt.Errorf("prepare the account: %w", err)
	}

	rows, enforced := 0, 0
	var faults []string
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "RULE\tINSIDE\tAT THE EDGE\tPAST IT: SERVER\tPAST IT: CONTRACT\tGRANTED BY POST /v1/sessions WITH")
	for _, r := range append(w.rows(), w.rowsOfTime()...) {
		if !strings.HasPrefix(r.rule, only) {
			continue
		}
		rows++
		seen, err := r.show(ctx, w)
		if err == nil {
			enforced++
		} else {
			faults = append(faults, fmt.Sprintf("%s: %s", r.rule, err))
		}
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\t%s\n", r.rule, seen.inside, seen.edge, seen.server, seen.contract, compact(r.grant))
	}
	if err := out.Flush(); err != nil {
		return err
	}
	for _, fault := range faults {
		fmt.Println("NOT ENFORCED", fault)
	}
	fmt.Printf("%d rules, %d enforced on chain\n", rows, enforced)
	if enforced != rows || rows == 0 {
		return fmt.Errorf("%d of %d rules are not enforced", rows-enforced, rows)
	}
	return nil
}
