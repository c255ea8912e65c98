// Command permission compares the Go evaluator of permissions with the account
// contract on random cases. It prints what the cases came to, and last how
// many there were and in how many the two differ.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/permission/permissionfuzz"
)

func main() {
	cases := flag.Uint64("cases", 100_000, "cases to compare")
	seed := flag.Uint64("seed", 1, "of the random cases")
	workers := flag.Int("workers", runtime.GOMAXPROCS(0), "to run at once")
	plant := flag.String("plant", "", "rule to plant a mistake in, which must then be found")
	flag.Parse()
	if err := run(*cases, *seed, *workers, permission.RuleName(*plant)); err != nil {
		fmt.Fprintln(os.Stderr, "permission:", err)
		os.Exit(1)
	}
}

func run(cases, seed uint64, workers int, plant permission.RuleName) error {
	campaign := permissionfuzz.Campaign{Cases: cases, Seed: seed, Workers: workers, Evaluate: permission.Validate, T: program{}}
	if plant != "" {
		planted, err := permissionfuzz.Planted(plant)
		if err != nil {
			return err
		}
		campaign.Evaluate = planted
	}
	started := time.Now()
	report, err := campaign.Run()
	if err != nil {
		return err
	}
	if err := report.Write(os.Stdout); err != nil {
		return err
	}
	fmt.Printf("seed %d, %.1f seconds\n", seed, time.Since(started).Seconds())
	for _, m := range report.Mismatches {
		fmt.Println(m)
	}
	if plant != "" {
		return reportPlanted(report, plant)
	}
	thin := report.Thin()
	for _, line := range thin {
		fmt.Println("too few:", line)
	}
	fmt.Printf("%d cases, %d mismatches\n", report.Cases, len(report.Mismatches))
	if len(report.Mismatches) > 0 {
		return errors.New("the evaluator and the contract differ")
	}
	if len(thin) > 0 {
		return errors.New("the cases are too thin to mean anything")
	}
	return nil
}

func reportPlanted(report permissionfuzz.Report, plant permission.RuleName) error {
	if len(report.Mismatches) == 0 {
		return fmt.Errorf("the mistake in %s was not found in %d cases", plant, report.Cases)
	}
	fmt.Printf("the mistake in %s was found in case %d\n", plant, report.Mismatches[0].Number)
	return nil
}

// program ends the process when a chain cannot be set up.
type program struct{}

func (program) Helper() {}

func (program) Fatal(args ...any) {
	fmt.Fprintln(os.Stderr, append([]any{"permission:"}, args...)...)
	os.Exit(1)
}

func (p program) Fatalf(format string, args ...any) { p.Fatal(fmt.Sprintf(format, args...)) }
