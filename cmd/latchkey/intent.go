package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"time"
)

type intentCommand struct {
	List  intentListCommand  `cmd:"" help:"List transaction intents, newest first."`
	Show  intentShowCommand  `cmd:"" help:"Show one transaction intent and what became of it."`
	Watch intentWatchCommand `cmd:"" help:"Print each change of one transaction intent until it is final, or of all until interrupted."`
}

// intent is what is read of a transaction intent.
type intent struct {
	ID           string `json:"id"`
	CreatedAt    int64  `json:"createdAt"`
	ChainID      uint64 `json:"chainId"`
	Interactions []struct {
		To           string            `json:"to"`
		Contract     string            `json:"contract"`
		FunctionName string            `json:"functionName"`
		FunctionArgs []json.RawMessage `json:"functionArgs"`
		Value        string            `json:"value"`
	} `json:"interactions"`
	Account struct {
		ID string `json:"id"`
	} `json:"account"`
	NextAction  *json.RawMessage `json:"nextAction"`
	Transitions []struct {
		From string `json:"fromStatus"`
		To   string `json:"toStatus"`
		At   int64  `json:"at"`
	} `json:"transitions"`
	Response *struct {
		BlockNumber     uint64 `json:"blockNumber"`
		TransactionHash string `json:"transactionHash"`
		GasUsed         string `json:"gasUsed"`
		GasFee          string `json:"gasFee"`
		Status          int    `json:"status"`
		Error           *struct {
			Reason string `json:"reason"`
		} `json:"error"`
	} `json:"response"`
}

// status says in one word where the intent stands.
func (in intent) status() string {
	switch {
	case in.Response != nil && in.Response.Status == 1:
		return "succeeded"
	case in.Response != nil:
		return "failed"
	case in.NextAction != nil:
		return "to sign"
	case len(in.Transitions) > 0:
		return in.Transitions[len(in.Transitions)-1].To
	}
	return "new"
}

// final reports whether nothing more will happen.
func (in intent) final() bool {
	switch in.status() {
	case "succeeded", "failed", "dropped", "expired", "reverted":
		return true
	}
	return false
}

// calls names what the intent does, for a table.
func (in intent) calls() string {
	if len(in.Interactions) == 0 {
		return ""
	}
	first := in.Interactions[0].FunctionName
	if first == "" {
		first = "call"
	}
	if more := len(in.Interactions) - 1; more > 0 {
		return fmt.Sprintf("%s and %d more", first, more)
	}
	return first
}

func (in intent) outcome() string {
	switch {
	case in.Response == nil:
		return ""
	case in.Response.Error != nil:
		return in.Response.Error.Reason
	}
	return in.Response.TransactionHash
}

type intentListCommand struct {
	Session string `help:"Intents that this session (ses_…) signed, or that act on it."`
	Account string `help:"Intents of this account (acc_…)."`
	Player  string `help:"Intents of this player (pla_…)."`
	Limit   int    `default:"20" help:"Most intents to list, from 1 to 100."`
	remoteFlags
}

func (c intentListCommand) query() string {
	return listQuery(c.Limit, map[string]string{"session": c.Session, "account": c.Account, "player": c.Player})
}

// Run prints a table, or one line of JSON an intent.
func (c intentListCommand) Run(ctx context.Context) error {
	return printList(ctx, c.remoteFlags, "/v1/transaction_intents"+c.query(), "No transaction intents. Create one with: POST /v1/transaction_intents", writeIntents)
}

func writeIntents(out io.Writer, found listAnswer[intent]) error {
	t := table{paint: painter(out)}
	t.add(header("INTENT"), header("STATUS"), header("CREATED"), header("CALLS"), header("OUTCOME"))
	for _, a := range found.Data {
		in := a.read
		t.add(plain(in.ID), state(in.status()), plain(time.Unix(in.CreatedAt, 0).Format(time.DateTime)), plain(in.calls()), plain(in.outcome()))
	}
	if err := t.write(out); err != nil {
		return err
	}
	if len(found.Data) < found.Total {
		fmt.Fprintf(out, "%d of %d; see more with --limit\n", len(found.Data), found.Total)
	}
	return nil
}

type intentShowCommand struct {
	Intent string `arg:"" help:"Id of the transaction intent (tin_…)."`
	remoteFlags
}

// Run prints one intent in words.
func (c intentShowCommand) Run(ctx context.Context) error {
	r, err := c.open()
	if err != nil {
		return err
	}
	in, err := r.intent(ctx, c.Intent)
	if err != nil {
		return err
	}
	if c.JSON {
		return in.printJSON(os.Stdout)
	}
	writeIntent(os.Stdout, in.read)
	return nil
}

func (r remote) intent(ctx context.Context, id string) (answer[intent], error) {
	var in answer[intent]
	err := r.Get(ctx, "/v1/transaction_intents/"+url.PathEscape(id), &in)
	return in, r.explain(err)
}

func writeIntent(out io.Writer, in intent) {
	p := painter(out)
	fmt.Fprintf(out, "%s  %s\n", p.bold(in.ID), state(in.status()).coloured(p))
	fmt.Fprintf(out, "  account  %s on chain %d\n", in.Account.ID, in.ChainID)
	for _, call := range in.Interactions {
		target, function := call.Contract, call.FunctionName
		if target == "" {
			target = call.To
		}
		if function == "" {
			function = "a call"
		}
		fmt.Fprintf(out, "  calls    %s on %s %s\n", function, target, call.FunctionArgs)
	}
	for _, tr := range in.Transitions {
		fmt.Fprintf(out, "  %s  %s → %s\n", time.Unix(tr.At, 0).Format(time.DateTime), orDash(tr.From), tr.To)
	}
	if in.Response == nil {
		return
	}
	fmt.Fprintf(out, "  block %d, transaction %s\n  %s gas, %s wei\n", in.Response.BlockNumber, in.Response.TransactionHash, in.Response.GasUsed, in.Response.GasFee)
	if in.Response.Error != nil {
		fmt.Fprintf(out, "  %s %s\n", p.red("Failed:"), in.Response.Error.Reason)
	}
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
