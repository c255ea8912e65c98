// Command latchkey is self-hosted session keys for smart accounts: an API
// server that the official Openfort SDKs talk to, with an embedded chain for
// development.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// version is set by the linker.
var version = "dev"

type cli struct {
	Dev      devCommand      `cmd:"" help:"Run everything on this machine: an embedded chain, the contracts and the API server."`
	Serve    serveCommand    `cmd:"" help:"Run the API server against a chain's RPC endpoint."`
	Deploy   deployCommand   `cmd:"" help:"Deploy the contracts to a chain; safe to run again."`
	Demo     demoCommand     `cmd:"" help:"Do the main job once on a throw-away server and print each step."`
	Session  sessionCommand  `cmd:"" help:"List, show, grant, revoke and watch session keys of a running server."`
	Intent   intentCommand   `cmd:"" help:"List, show and watch transaction intents of a running server."`
	Operator operatorCommand `cmd:"" help:"Change who may use the dashboard: for whoever reaches the database, also when locked out."`
	Version  versionCommand  `cmd:"" help:"Print the version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(run(ctx, os.Args[1:]))
}

func run(ctx context.Context, args []string) int {
	var commands cli
	parser := kong.Must(&commands,
		kong.Name("latchkey"),
		kong.Description("Self-hosted session keys for smart accounts."),
		kong.ShortUsageOnError(),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	command, err := parser.Parse(args)
	parser.FatalIfErrorf(err)
	if err := command.Run(); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "latchkey:", err)
		return 1
	}
	return 0
}

type versionCommand struct{}

func (versionCommand) Run() error {
	fmt.Println("latchkey", version)
	return nil
}
