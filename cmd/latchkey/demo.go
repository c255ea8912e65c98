package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/latchkey-dev/latchkey/internal/client"
	"github.com/latchkey-dev/latchkey/internal/devchain"
	"github.com/latchkey-dev/latchkey/internal/signer"
)

type demoCommand struct {
	JSON bool `name:"json" help:"Print one JSON object a step."`
	logFlags
}

// demoStep is one line of the transcript. Transaction and GasUsed are empty
// for steps that send nothing.
type demoStep struct {
	Step        int    `json:"step"`
	Title       string `json:"title"`
	Outcome     string `json:"outcome"` // "done" or "refused"
	Detail      string `json:"detail"`
	Transaction string `json:"transaction,omitempty"`
	GasUsed     string `json:"gasUsed,omitempty"`
}

// Run boots a throw-away server and does the main job through its public
// HTTP API, as an app's back end would.
func (c demoCommand) Run(ctx context.Context) error {
	if c.LogLevel == "info" {
		c.LogLevel = "warn" // the transcript is what one came for
	}
	dev, err := startDev(ctx, devCommand{Addr: "127.0.0.1:0", RPCAddr: "127.0.0.1:0", Ephemeral: true, ChainID: devchain.DefaultChainID, logFlags: c.logFlags})
	if err != nil {
		return err
	}
	defer dev.close()

	session, err := signer.Generate()
	if err != nil {
		return err
	}
	d := &demo{
		api:     client.Client{Base: dev.info.API, Secret: dev.info.SecretKey, Publishable: dev.info.PublishableKey},
		info:    dev.info,
		owner:   dev.owner,
		session: session,
		print:   stepPrinter(os.Stdout, c.JSON),
	}
	if !c.JSON {
		fmt.Printf("Latchkey demo: API %s, chain %d at %s\n\n", dev.info.API, dev.info.ChainID, dev.info.RPC)
	}
	if err := d.run(ctx); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	if !c.JSON {
		fmt.Printf("\nA session key was registered, used within its grant, refused outside it, and revoked.\nStart your own server with: latchkey dev\n")
	}
	return nil
}

// demo is the main job, step by step.
type demo struct {
	api     client.Client
	info    devInfo
	owner   *signer.Local // the player's wallet
	session *signer.Local // the session key, which the app keeps
	print   func(demoStep)

	steps     int
	account   string
	address   string
	sessionID string
	pending   common.Hash // hash that the owner signs next
}

const demoCalls = 2

func (d *demo) run(ctx context.Context) error {
	for _, step := range []func(context.Context) error{
		d.createAccount,
		d.register,
		d.authorise,
		d.mint,
		d.callOutsideGrant,
		d.mint,
		d.mintPastLimit,
		d.revoke,
		d.mintAfterRevoke,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) done(s demoStep) {
	d.steps++
	s.Step = d.steps
	d.print(s)
}

func (d *demo) createAccount(ctx context.Context) error {
	var player, account struct{ ID, Address string }
	if err := d.api.Post(ctx, "/v1/players", map[string]any{"name": "Demo player"}, &player); err != nil {
		return err
	}
	body := map[string]any{"player": player.ID, "chainId": d.info.ChainID, "externalOwnerAddress": d.owner.Address().Hex()}
	if err := d.api.Post(ctx, "/v1/accounts", body, &account); err != nil {
		return err
	}
	d.account, d.address = account.ID, account.Address
	d.done(demoStep{Title: "create account", Outcome: "done", Detail: fmt.Sprintf("%s, owned by %s; deployed with its first use", account.Address, d.owner.Address())})
	return nil
}

func (d *demo) grant() map[string]any {
	return map[string]any{
		"address": d.session.Address().Hex(), "chainId": d.info.ChainID, "account": d.account, "policy": d.info.Policy,
		"validAfter": 0, "validUntil": time.Now().Add(time.Hour).Unix(), "limit": demoCalls,
		"permissions": []any{map[string]any{
			"type": "contract-call",
			"data": map[string]any{"address": d.info.ContractAddress, "calls": []string{"mint(address)"}},
		}},
	}
}

func (d *demo) register(ctx context.Context) error {
	var session client.Session
	if err := d.api.Post(ctx, "/v1/sessions", d.grant(), &session); err != nil {
		return err
	}
	d.sessionID = session.ID
	d.done(demoStep{Title: "register session key", Outcome: "done", Detail: fmt.Sprintf("%s: key %s may call mint(address) on %s, %d times, for an hour; hash to sign %s",
		session.ID, session.Address, d.info.ContractAddress, demoCalls, session.NextAction.Payload.SignableHash)})
	return d.keep(session)
}

// keep holds the hash that the owner signs next.
func (d *demo) keep(session client.Session) error {
	if session.NextAction == nil {
		return fmt.Errorf("%s has nothing to sign", session.ID)
	}
	d.pending = session.NextAction.Payload.SignableHash
	return nil
}

func (d *demo) authorise(ctx context.Context) error {
	session, err := d.ownerSigns(ctx)
	if err != nil {
		return err
	}
	return d.included(ctx, session, "owner authorises", fmt.Sprintf("session is %s", session.Status))
}

func (d *demo) ownerSigns(ctx context.Context) (client.Session, error) {
	signature, err := personalSign(d.owner, d.pending)
	if err != nil {
		return client.Session{}, err
	}
	var session client.Session
	err = d.api.PostPublic(ctx, "/v1/sessions/"+d.sessionID+"/signature", map[string]any{"signature": signature}, &session)
	return session, err
}

// included prints a step with the transaction of the session's newest intent.
func (d *demo) included(ctx context.Context, session client.Session, title, detail string) error {
	if len(session.TransactionIntents) == 0 {
		return fmt.Errorf("%s shows no transaction intent", session.ID)
	}
	var intent client.Intent
	if err := d.api.Get(ctx, "/v1/transaction_intents/"+session.TransactionIntents[0].ID, &intent); err != nil {
		return err
	}
	return d.receipt(intent, title, detail)
}

func (d *demo) receipt(intent client.Intent, title, detail string) error {
	if intent.Response == nil || intent.Response.Status != 1 {
		return fmt.Errorf("%s: %s did not succeed", title, intent.ID)
	}
	d.done(demoStep{Title: title, Outcome: "done", Detail: detail, Transaction: intent.Response.TransactionHash, GasUsed: intent.Response.GasUsed})
	return nil
}

func (d *demo) intend(ctx context.Context, contract, function string, args ...any) (client.Intent, error) {
	var intent client.Intent
	err := d.api.Post(ctx, "/v1/transaction_intents", map[string]any{
		"account": d.account, "chainId": d.info.ChainID, "policy": d.info.Policy,
		"interactions": []any{map[string]any{"contract": contract, "functionName": function, "functionArgs": args}},
	}, &intent)
	return intent, err
}

// sessionSigns signs an intent with the session key and sends the signature.
func (d *demo) sessionSigns(ctx context.Context, intent client.Intent) (client.Intent, error) {
	signature, err := personalSign(d.session, intent.NextAction.Payload.SignableHash)
	if err != nil {
		return client.Intent{}, err
	}
	var answer client.Intent
	err = d.api.PostPublic(ctx, "/v1/transaction_intents/"+intent.ID+"/signature", map[string]any{"signature": signature}, &answer)
	return answer, err
}

func (d *demo) mint(ctx context.Context) error {
	intent, err := d.intend(ctx, d.info.Contract, "mint", d.address)
	if err != nil {
		return err
	}
	answer, err := d.sessionSigns(ctx, intent)
	if err != nil {
		return err
	}
	return d.receipt(answer, "mint with the session key", fmt.Sprintf("hash signed %s", intent.NextAction.Payload.SignableHash))
}

// refused prints a step that must fail, and fails when it does not.
func (d *demo) refused(title string, err error, rule string) error {
	if err == nil {
		return fmt.Errorf("%s: was not refused", title)
	}
	if !strings.Contains(err.Error(), rule) {
		return fmt.Errorf("%s: refused for another reason than %q: %w", title, rule, err)
	}
	d.done(demoStep{Title: title, Outcome: "refused", Detail: err.Error()})
	return nil
}

func (d *demo) callOutsideGrant(ctx context.Context) error {
	intent, err := d.intend(ctx, d.info.ERC20Contract, "mint", d.address, "1000")
	if err != nil {
		return err
	}
	_, err = d.sessionSigns(ctx, intent)
	return d.refused("a call outside the grant", err, "functions")
}

func (d *demo) mintPastLimit(ctx context.Context) error {
	intent, err := d.intend(ctx, d.info.Contract, "mint", d.address)
	if err != nil {
		return err
	}
	_, err = d.sessionSigns(ctx, intent)
	return d.refused("a mint past the limit of calls", err, "limit")
}

func (d *demo) revoke(ctx context.Context) error {
	var session client.Session
	body := map[string]any{"address": d.session.Address().Hex(), "chainId": d.info.ChainID, "account": d.account, "policy": d.info.Policy}
	if err := d.api.Post(ctx, "/v1/sessions/revoke", body, &session); err != nil {
		return err
	}
	if err := d.keep(session); err != nil {
		return err
	}
	signed, err := d.ownerSigns(ctx)
	if err != nil {
		return err
	}
	return d.included(ctx, signed, "revoke, signed by the owner", fmt.Sprintf("session is %s", signed.Status))
}

func (d *demo) mintAfterRevoke(ctx context.Context) error {
	intent, err := d.intend(ctx, d.info.Contract, "mint", d.address)
	if err != nil {
		return err
	}
	_, err = d.sessionSigns(ctx, intent)
	return d.refused("a mint after the revoke", err, "revoked")
}

// personalSign signs the 32 bytes of a hash as wallets sign messages.
func personalSign(key *signer.Local, hash common.Hash) (string, error) {
	signature, err := key.SignPersonal(context.Background(), hash)
	if err != nil {
		return "", err
	}
	return hexutil.Encode(signature[:]), nil
}

func stepPrinter(w io.Writer, asJSON bool) func(demoStep) {
	if asJSON {
		encoder := json.NewEncoder(w)
		return func(s demoStep) { _ = encoder.Encode(s) }
	}
	paint := painter(w)
	return func(s demoStep) {
		mark := paint.green("done   ")
		if s.Outcome == "refused" {
			mark = paint.red("refused")
		}
		fmt.Fprintf(w, "%2d  %s  %s\n", s.Step, mark, paint.bold(s.Title))
		fmt.Fprintf(w, "    %s\n", s.Detail)
		if s.Transaction != "" {
			fmt.Fprintf(w, "    transaction %s, %s gas\n", s.Transaction, s.GasUsed)
		}
	}
}
