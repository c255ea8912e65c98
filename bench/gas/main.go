// Command gas measures what session operations cost, prints it beside the
// figures of other systems, and fails when a figure is above its ceiling, not
// below a peer's, or greater than in the committed snapshot. With -update the
// figures become the snapshot, and the tables go into docs/benchmarks.md.
//
// Method: anvil, hard fork Prague, one transaction a block, base fee 1 gwei at
// the start. A figure is the gasUsed of EntryPoint.handleOps with exactly one
// operation, sent by a bundler that is also the beneficiary. The account is
// deployed and has a deposit, the nonce lane was used before, the recipient
// owns a token already, and every operation has the same gas limits. The work
// is the mint of an ERC-721. The session's permission has a time window, one
// contract, one function, a limit of 100 calls and a fee budget; the rows of
// rules say what one rule adds to such an operation. P-256 keys are measured
// once more on Osaka, which has a precompile for them.
//
// All keys and times are fixed, and no signature, salt or session id has a zero
// byte, which would be cheaper by luck: two runs print the same figures, and
// they are those of the dearest signatures.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
)

func main() {
	root := flag.String("root", ".", "root of the repository")
	update := flag.Bool("update", false, "make the figures the new snapshot, and put them into the document")
	check := flag.Bool("check", false, "print no figures, and only hold them against the snapshot")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *root, *update, *check); err != nil {
		fmt.Fprintln(os.Stderr, "bench gas:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, root string, update, check bool) error {
	peers, err := loadPeers()
	if err != nil {
		return err
	}
	results, err := measure(ctx, filepath.Join(root, "contracts"))
	if err != nil {
		return err
	}
	if check {
		return results.reportSnapshot(os.Stdout, root)
	}

	var printed bytes.Buffer
	results.print(&printed, peers)
	fmt.Print(printed.String())
	if err := save(filepath.Join(root, outPath), output{results, peers}); err != nil {
		return err
	}
	if update {
		if err := results.keep(root, printed.String()); err != nil {
			return fmt.Errorf("keep the figures: %w", err)
		}
	}
	return errors.Join(results.checkCeilings(), results.checkPeers(peers), results.reportSnapshot(os.Stdout, root))
}

// measure measures all figures, on a chain of each hard fork.
func measure(ctx context.Context, contracts string) (*results, error) {
	var results *results
	err := withLab(ctx, contracts, "prague", func(l *lab) (err error) {
		if results, err = l.measure(ctx); err != nil {
			return err
		}
		results.Keys, err = l.measureKeys(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return results, withLab(ctx, contracts, "osaka", func(l *lab) (err error) {
		results.FastKeys, err = l.measureKeys(ctx)
		return err
	})
}

// withLab runs measure on a chain of its own at the given hard fork.
func withLab(ctx context.Context, contracts, fork string, measure func(*lab) error) (err error) {
	node, err := startAnvil(ctx, contracts, fork)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, node.stop()) }()

	lab, err := newLab(ctx, node.url)
	if err != nil {
		return fmt.Errorf("set up the chain: %w", err)
	}
	return measure(lab)
}
