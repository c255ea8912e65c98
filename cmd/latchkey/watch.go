package main

import (
	"context"
	"fmt"
	"os"
	"time"
)

// watchFlags set how often a watched record is read.
type watchFlags struct {
	Every time.Duration `default:"1s" help:"How often the server is asked."`
}

// Validate refuses what would ask without a pause.
func (f watchFlags) Validate() error {
	if f.Every < 100*time.Millisecond {
		return fmt.Errorf("--every %s: must be at least 100ms", f.Every)
	}
	return nil
}

// watched is a record as it was last seen.
type watched struct {
	id, state string
	line      string // what is printed when it changes
	print     func() error
	final     bool
}

// watch reads records again and again and prints those that have changed, until
// the context ends or read says that all is final.
func (f watchFlags) watch(ctx context.Context, read func(context.Context) ([]watched, error), asJSON bool) error {
	seen := map[string]string{}
	tick := time.NewTicker(f.Every)
	defer tick.Stop()
	for {
		records, err := read(ctx)
		if err != nil {
			return err
		}
		done := len(records) > 0
		for i := len(records) - 1; i >= 0; i-- { // oldest first
			r := records[i]
			done = done && r.final
			if seen[r.id] == r.state {
				continue
			}
			seen[r.id] = r.state
			if err := r.show(asJSON); err != nil {
				return err
			}
		}
		if done {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (w watched) show(asJSON bool) error {
	if asJSON {
		return w.print()
	}
	_, err := fmt.Printf("%s  %s\n", time.Now().Format(time.TimeOnly), w.line)
	return err
}

type sessionWatchCommand struct {
	Session string `arg:"" optional:"" help:"Id of the session (ses_…); all when left out."`
	Account string `help:"Sessions of this account (acc_…)."`
	watchFlags
	remoteFlags
}

// Run prints a line for each change of status or use.
func (c sessionWatchCommand) Run(ctx context.Context) error {
	r, err := c.open()
	if err != nil {
		return err
	}
	return c.watch(ctx, func(ctx context.Context) ([]watched, error) { return c.read(ctx, r) }, c.JSON)
}

func (c sessionWatchCommand) read(ctx context.Context, r remote) ([]watched, error) {
	var found listAnswer[session]
	if c.Session != "" {
		s, err := r.session(ctx, c.Session)
		if err != nil {
			return nil, err
		}
		found.Data = append(found.Data, s)
	} else if err := r.Get(ctx, "/v1/sessions"+sessionListCommand{Account: c.Account, Limit: 100}.query(), &found); err != nil {
		return nil, r.explain(err)
	}
	p := painter(os.Stdout)
	var out []watched
	for _, a := range found.Data {
		s := a.read
		out = append(out, watched{
			id: s.ID, state: s.Status + s.Usage.brief(), final: s.Status == "revoked" && c.Session != "",
			line:  fmt.Sprintf("%s  %s  %s", s.ID, state(s.Status).coloured(p), s.Usage.brief()),
			print: func() error { return a.printJSON(os.Stdout) },
		})
	}
	return out, nil
}

type intentWatchCommand struct {
	Intent  string `arg:"" optional:"" help:"Id of the transaction intent (tin_…); all when left out."`
	Session string `help:"Intents of this session (ses_…)."`
	watchFlags
	remoteFlags
}

// Run prints a line for each change of status.
func (c intentWatchCommand) Run(ctx context.Context) error {
	r, err := c.open()
	if err != nil {
		return err
	}
	return c.watch(ctx, func(ctx context.Context) ([]watched, error) { return c.read(ctx, r) }, c.JSON)
}

func (c intentWatchCommand) read(ctx context.Context, r remote) ([]watched, error) {
	var found listAnswer[intent]
	if c.Intent != "" {
		in, err := r.intent(ctx, c.Intent)
		if err != nil {
			return nil, err
		}
		found.Data = append(found.Data, in)
	} else if err := r.Get(ctx, "/v1/transaction_intents"+intentListCommand{Session: c.Session, Limit: 100}.query(), &found); err != nil {
		return nil, r.explain(err)
	}
	p := painter(os.Stdout)
	var out []watched
	for _, a := range found.Data {
		in := a.read
		out = append(out, watched{
			id: in.ID, state: in.status(), final: in.final() && c.Intent != "",
			line:  fmt.Sprintf("%s  %s  %s  %s", in.ID, state(in.status()).coloured(p), in.calls(), in.outcome()),
			print: func() error { return a.printJSON(os.Stdout) },
		})
	}
	return out, nil
}
