// Command gas measures what session operations cost, and fails when a figure is
// above its ceiling.
//
// Method: anvil, hard fork Prague, one transaction a block, base fee 1 gwei at
// the start. A figure is the gasUsed of EntryPoint.handleOps with exactly one
// operation, sent by a bundler that is also the beneficiary. The account is
// deployed and has a deposit, the nonce lane was used before, the recipient
// owns a token already, and every operation has the same gas limits. The work
// is the mint of an ERC-721. The session's permission has one contract, one
// function, a limit of 100 calls and a fee budget.
package main

import (
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
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *root); err != nil {
		fmt.Fprintln(os.Stderr, "bench gas:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, root string) (err error) {
	node, err := startAnvil(ctx, filepath.Join(root, "contracts"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, node.stop()) }()

	lab, err := newLab(ctx, node.url)
	if err != nil {
		return fmt.Errorf("set up the chain: %w", err)
	}
	results, err := lab.measure(ctx)
	if err != nil {
		return err
	}
	results.print(os.Stdout)
	if err := results.save(filepath.Join(root, "bench", "out", "gas.json")); err != nil {
		return err
	}
	return results.checkCeilings()
}
