package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/latchkey-dev/latchkey/internal/client"
	"github.com/latchkey-dev/latchkey/internal/signer"
)

type sessionCommand struct {
	List   sessionListCommand   `cmd:"" help:"List session keys, newest first."`
	Show   sessionShowCommand   `cmd:"" help:"Show what a session key may do, what it has used, and what is left."`
	Create sessionCreateCommand `cmd:"" help:"Grant a session key."`
	Revoke sessionRevokeCommand `cmd:"" help:"Revoke a session key."`
	Watch  sessionWatchCommand  `cmd:"" help:"Print each change of session keys until interrupted."`
}

// session is what is read of a session.
type session struct {
	ID          string   `json:"id"`
	CreatedAt   int64    `json:"createdAt"`
	Address     string   `json:"address"`
	Status      string   `json:"status"`
	ValidUntil  string   `json:"validUntil"`
	Sudo        bool     `json:"sudo"`
	Description string   `json:"description"`
	Warnings    []string `json:"warnings"`
	Account     struct {
		ID string `json:"id"`
	} `json:"account"`
	Usage              sessionUsage       `json:"usage"`
	NextAction         *client.NextAction `json:"nextAction"`
	Notice             string             `json:"notice"`
	TransactionIntents []struct {
		ID string `json:"id"`
	} `json:"transactionIntents"`
}

type sessionUsage struct {
	Limit    *limitUsage  `json:"limit"`
	FeeLimit *limitUsage  `json:"feeLimit"`
	Rules    []limitUsage `json:"rules"`
}

// limitUsage is the use of one limit, in its own unit. Limits of calls are
// numbers and all others strings, which json.Number reads alike.
type limitUsage struct {
	Rule     string      `json:"rule"`
	Index    int         `json:"index"`
	Limit    json.Number `json:"limit"`
	Used     json.Number `json:"used"`
	Left     json.Number `json:"left"`
	ResetsAt int64       `json:"resetsAt"`
}

// lines are the limits of a session with their names.
func (u sessionUsage) lines() []limitUsage {
	var out []limitUsage
	if u.Limit != nil {
		calls := *u.Limit
		calls.Rule = "calls"
		out = append(out, calls)
	}
	if u.FeeLimit != nil {
		fees := *u.FeeLimit
		fees.Rule = "fees (wei)"
		out = append(out, fees)
	}
	return append(out, u.Rules...)
}

// brief is the use in a few words, for a table.
func (u sessionUsage) brief() string {
	var parts []string
	for _, l := range u.lines() {
		if l.Rule != "fees (wei)" {
			parts = append(parts, fmt.Sprintf("%s %s/%s", l.Rule, l.Used, l.Limit))
		}
	}
	return strings.Join(parts, ", ")
}

type sessionListCommand struct {
	Player  string `help:"Sessions of this player (pla_…)."`
	Account string `help:"Sessions of this account (acc_…)."`
	Address string `help:"Sessions of this key."`
	Active  bool   `help:"Only those that may act now."`
	Limit   int    `default:"20" help:"Most sessions to list, from 1 to 100."`
	remoteFlags
}

func (c sessionListCommand) query() string {
	narrow := map[string]string{"player": c.Player, "account": c.Account, "address": c.Address}
	if c.Active {
		narrow["active"] = "true"
	}
	return listQuery(c.Limit, narrow)
}

// Run prints a table, or one line of JSON a session.
func (c sessionListCommand) Run(ctx context.Context) error {
	return printList(ctx, c.remoteFlags, "/v1/sessions"+c.query(), "No session keys. Grant one with: latchkey session create --account acc_… --call ADDRESS:FUNCTION", writeSessions)
}

func printAll[T any](out io.Writer, found listAnswer[T]) error {
	for _, a := range found.Data {
		if err := a.printJSON(out); err != nil {
			return err
		}
	}
	return nil
}

func writeSessions(out io.Writer, found listAnswer[session]) error {
	t := table{paint: painter(out)}
	t.add(header("SESSION"), header("STATUS"), header("KEY"), header("ENDS"), header("USED"))
	for _, a := range found.Data {
		s := a.read
		id := plain(s.ID)
		if s.Sudo {
			id.colour = paint.red // unrestricted
		}
		t.add(id, state(s.Status), plain(s.Address), plain(ends(s.ValidUntil, time.Now())), plain(s.Usage.brief()))
	}
	if err := t.write(out); err != nil {
		return err
	}
	if len(found.Data) < found.Total {
		fmt.Fprintf(out, "%d of %d; see more with --limit\n", len(found.Data), found.Total)
	}
	return nil
}

// ends says how long it is until a moment, or since.
func ends(unix string, now time.Time) string {
	seconds, err := strconv.ParseInt(unix, 10, 64)
	if err != nil {
		return unix
	}
	if seconds > now.AddDate(100, 0, 0).Unix() {
		return "never"
	}
	left := time.Unix(seconds, 0).Sub(now)
	if left < 0 {
		return roughly(-left) + " ago"
	}
	return "in " + roughly(left)
}

// roughly writes a duration in its largest whole unit.
func roughly(d time.Duration) string {
	for _, unit := range []struct {
		name string
		size time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}} {
		if d >= 2*unit.size {
			return strconv.FormatInt(int64(d/unit.size), 10) + unit.name
		}
	}
	return strconv.FormatInt(int64(d/time.Second), 10) + "s"
}

type sessionShowCommand struct {
	Session string `arg:"" help:"Id of the session (ses_…)."`
	remoteFlags
}

// Run prints one session in words.
func (c sessionShowCommand) Run(ctx context.Context) error {
	r, err := c.open()
	if err != nil {
		return err
	}
	s, err := r.session(ctx, c.Session)
	if err != nil {
		return err
	}
	if c.JSON {
		return s.printJSON(os.Stdout)
	}
	return writeSession(os.Stdout, s.read)
}

func (r remote) session(ctx context.Context, id string) (answer[session], error) {
	var s answer[session]
	err := r.Get(ctx, "/v1/sessions/"+url.PathEscape(id), &s)
	return s, r.explain(err)
}

func writeSession(out io.Writer, s session) error {
	p := painter(out)
	fmt.Fprintf(out, "%s  %s\n", p.bold(s.ID), state(s.Status).coloured(p))
	fmt.Fprintf(out, "  key      %s\n  account  %s\n  granted  %s\n", s.Address, s.Account.ID, time.Unix(s.CreatedAt, 0).Format(time.DateTime))
	if err := writeGrant(out, s); err != nil {
		return err
	}
	if s.Notice != "" {
		fmt.Fprintf(out, "  Note: %s\n", s.Notice)
	}
	t := table{paint: p}
	for _, l := range s.Usage.lines() {
		t.add(plain("  "+l.Rule), plain(bar(l)), plain(fmt.Sprintf("%s used of %s, %s left", l.Used, l.Limit, l.Left)), plain(l.resets()))
	}
	if err := t.write(out); err != nil {
		return err
	}
	for i, in := range s.TransactionIntents {
		if i == 0 {
			fmt.Fprintln(out, "  newest transaction intents:")
		}
		fmt.Fprintf(out, "    %s\n", in.ID)
	}
	return nil
}

// writeGrant says what a key may do, and what of it is wide.
func writeGrant(out io.Writer, s session) error {
	text := "  It " + s.Description + ".\n"
	for _, w := range s.Warnings {
		text += "  " + painter(out).red("Careful:") + " " + w + "\n"
	}
	_, err := io.WriteString(out, text)
	return err
}

func (c cell) coloured(p paint) string {
	if c.colour == nil {
		return c.text
	}
	return c.colour(p, c.text)
}

func (l limitUsage) resets() string {
	if l.ResetsAt == 0 {
		return ""
	}
	return "again " + ends(strconv.FormatInt(l.ResetsAt, 10), time.Now())
}

const barWidth = 20

// bar draws how much of a limit is used.
func bar(l limitUsage) string {
	used, limit := bigOf(l.Used), bigOf(l.Limit)
	filled := barWidth
	if limit.Sign() > 0 && used.Cmp(limit) < 0 {
		filled = int(used.Mul(used, bigOf("20")).Div(used, limit).Int64())
	}
	return strings.Repeat("█", filled) + strings.Repeat("░", barWidth-filled)
}

type sessionRevokeCommand struct {
	Session string `arg:"" help:"Id of the session (ses_…)."`
	Policy  string `help:"Gas policy (pol_…) that pays; the development server's, if there is one. Without one the account pays."`
	ownerFlags
	remoteFlags
}

// Run asks for the revocation, and signs it when the owner's key is there.
func (c sessionRevokeCommand) Run(ctx context.Context) error {
	r, err := c.open()
	if err != nil {
		return err
	}
	s, err := r.session(ctx, c.Session)
	if err != nil {
		return err
	}
	account := s.read.Account.ID
	chainID, err := r.chainOf(ctx, account)
	if err != nil {
		return err
	}
	body := map[string]any{"address": c.Session, "account": account, "chainId": chainID}
	if policy := r.policy(c.Policy); policy != "" {
		body["policy"] = policy
	}
	var revoked answer[session]
	if err := r.Post(ctx, "/v1/sessions/revoke", body, &revoked); err != nil {
		return r.explain(err)
	}
	return c.finish(ctx, r, c.remoteFlags, revoked)
}

// policy answers the policy that pays.
func (r remote) policy(named string) string {
	if named == "" && r.development != nil {
		return r.development.Policy
	}
	return named
}

func (r remote) chainOf(ctx context.Context, accountID string) (uint64, error) {
	var account struct {
		ChainID uint64 `json:"chainId"`
	}
	err := r.Get(ctx, "/v1/accounts/"+url.PathEscape(accountID), &account)
	return account.ChainID, r.explain(err)
}

// finish signs what a session waits for, if the owner's key is there, and
// prints the session.
func (f ownerFlags) finish(ctx context.Context, r remote, flags remoteFlags, s answer[session]) error {
	if s.read.NextAction == nil {
		return printSession(flags, s)
	}
	owner, err := f.owner(ctx, r, s.read.Account.ID)
	if err != nil {
		return r.explain(err)
	}
	if owner == nil {
		return printToSign(flags, s)
	}
	if s, err = r.signSession(ctx, s, owner); err != nil {
		return err
	}
	return printSession(flags, s)
}

func (r remote) signSession(ctx context.Context, s answer[session], owner *signer.Local) (answer[session], error) {
	signature, err := personalSign(owner, s.read.NextAction.Payload.SignableHash)
	if err != nil {
		return s, err
	}
	var signed answer[session]
	err = r.Post(ctx, "/v1/sessions/"+s.read.ID+"/signature", map[string]any{"signature": signature}, &signed)
	return signed, r.explain(err)
}

func printSession(flags remoteFlags, s answer[session]) error {
	if flags.JSON {
		return s.printJSON(os.Stdout)
	}
	return writeSession(os.Stdout, s.read)
}

// printToSign says what the owner has to do.
func printToSign(flags remoteFlags, s answer[session]) error {
	if flags.JSON {
		return s.printJSON(os.Stdout)
	}
	if err := writeSession(os.Stdout, s.read); err != nil {
		return err
	}
	fmt.Printf("  The owner signs %s (personal_sign of the 32 bytes),\n  then: POST /v1/sessions/%s/signature {\"signature\": \"0x…\"}\n", s.read.NextAction.Payload.SignableHash, s.read.ID)
	return nil
}
