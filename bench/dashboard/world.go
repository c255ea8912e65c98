package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/big"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/contract"
	"github.com/latchkey-dev/latchkey/internal/deploy"
	"github.com/latchkey-dev/latchkey/internal/devchain"
	"github.com/latchkey-dev/latchkey/internal/intent"
	list "github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/player"
	"github.com/latchkey-dev/latchkey/internal/requestlog"
	"github.com/latchkey-dev/latchkey/internal/server"
	"github.com/latchkey-dev/latchkey/internal/session"
	"github.com/latchkey-dev/latchkey/internal/signer"
	"github.com/latchkey-dev/latchkey/internal/sponsor"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// world is a server on an embedded chain, with a project whose first user was
// made through its services. The others are copies of that one's rows.
type world struct {
	db      database
	sql     *sql.DB
	chain   *devchain.Node
	server  *server.Server
	browser http.Client
	size    size
	deep    map[string]string // pages far down, by list

	project  auth.Project
	player   player.Player
	account  account.Account
	session  session.Session
	intent   intent.Intent
	policy   sponsor.Policy
	contract contract.Contract
	request  string // id of a line in the request log, of a world that was filled now
}

func startWorld(ctx context.Context, db database) (*world, error) {
	w := &world{db: db, deep: make(map[string]string)}
	if err := w.start(ctx); err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

// relayerKey is always the same, so that each chain has its paymaster where a
// kept database expects it.
const relayerKey = "0x0000000000000000000000000000000000000000000000000000000000be7c4d"

func (w *world) start(ctx context.Context) (err error) {
	db := w.db
	if w.sql, err = db.open(ctx); err != nil {
		return err
	}
	relayer, err := signer.Parse(relayerKey)
	if err != nil {
		return err
	}
	if w.chain, err = devchain.Start(ctx, devchain.Config{Addr: "127.0.0.1:0", Fund: []common.Address{relayer.Address()}}); err != nil {
		return err
	}
	ether := big.NewInt(1e18)
	if _, err = deploy.Run(ctx, ethclient.NewClient(w.chain.RPC()), relayer, deploy.Options{
		PaymasterSigner: relayer.Address(), Stake: ether, Deposit: new(big.Int).Mul(ether, big.NewInt(100)), Development: true,
	}); err != nil {
		return err
	}
	w.server, err = server.Start(ctx, server.Config{
		Addr: "127.0.0.1:0", Database: db.url, RPC: []string{w.chain.URL()}, Relayer: relayer, Sole: true,
		Poll: 5 * time.Millisecond, ConsoleAutoSignIn: true, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	jar, err := cookiejar.New(nil)
	w.browser = http.Client{Jar: jar}
	return err
}

func (w *world) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if w.server != nil {
		_ = w.server.Close(ctx) // the measurement is over
	}
	if w.chain != nil {
		w.chain.Close()
	}
	if w.sql != nil {
		w.sql.Close()
	}
}

// first makes one record of each kind, and has a session key mint once.
func (w *world) first(ctx context.Context) (err error) {
	s, chainID := w.server, w.server.ChainID()
	if w.project, _, _, err = s.Auth.NewProject(ctx, "Bench"); err != nil {
		return err
	}
	project := w.project.ID
	if w.policy, err = s.Sponsor.CreatePolicy(ctx, project, sponsor.PolicyParams{Name: new("Everything"), ChainID: &chainID, Schema: new(sponsor.PayForUser)}); err != nil {
		return err
	}
	for _, rule := range []sponsor.RuleParams{
		{PolicyID: w.policy.ID, Type: sponsor.ContractFunctions, Wildcard: new(true)},
		{PolicyID: w.policy.ID, Type: sponsor.AccountFunctions},
	} {
		if _, err := s.Sponsor.CreateRule(ctx, project, rule); err != nil {
			return err
		}
	}
	nft := bindings.DevNFTAddress()
	if w.contract, err = s.Contracts.Create(ctx, project, contract.Params{Name: new("Items"), ChainID: &chainID, Address: &nft, ABI: json.RawMessage(bindings.DevNFTMetaData.ABI)}); err != nil {
		return err
	}
	if w.player, err = s.Players.Create(ctx, project, player.Params{Name: new("First")}); err != nil {
		return err
	}
	if err := w.mint(ctx); err != nil {
		return err
	}
	return w.ask(ctx)
}

// ask has one request in the log.
func (w *world) ask(ctx context.Context) error {
	w.server.Requests.Note(requestlog.Entry{
		ProjectID: w.project.ID, KeyID: benchKey, RequestID: "bench", Method: http.MethodGet, Route: "/v1/transaction_intents/{id}",
		Path: "/v1/transaction_intents/" + w.intent.ID, Subject: w.intent.ID, Status: http.StatusOK, Bytes: 900, Took: 2 * time.Millisecond,
	})
	if err := w.server.Requests.Flush(ctx); err != nil {
		return err
	}
	// The server's own job may have taken it, and be writing still.
	for ctx.Err() == nil {
		kept, err := w.server.Requests.List(ctx, w.project.ID, requestlog.Filter{}, list.Request{Limit: 1, Uncounted: true})
		if err != nil {
			return err
		}
		if len(kept.Items) == 1 {
			w.request = kept.Items[0].ID
			return nil
		}
	}
	return ctx.Err()
}

// benchKey is the API key that all requests came with.
const benchKey = "key_00000000-0000-7000-8000-000000000001"

func (w *world) mint(ctx context.Context) error {
	s, chainID, project := w.server, w.server.ChainID(), w.project.ID
	owner, err := signer.Generate()
	if err != nil {
		return err
	}
	key, err := signer.Generate()
	if err != nil {
		return err
	}
	if w.account, err = s.Accounts.Create(ctx, project, account.CreateParams{PlayerID: w.player.ID, ChainID: chainID, Owner: userop.OwnerAt(owner.Address())}); err != nil {
		return err
	}
	now, err := s.Sessions.Time(ctx, chainID)
	if err != nil {
		return err
	}
	v, err := s.Sessions.Create(ctx, project, session.CreateParams{
		AccountID: w.account.ID, ChainID: chainID, Key: session.Key{Address: key.Address()}, PolicyID: w.policy.ID, ValidUntil: now + 86_400*30, Limit: 100,
		Permissions: []session.CallGrant{{Address: w.contract.Address, Calls: []session.FunctionGrant{{Call: "mint(address)"}}}},
	})
	if err != nil {
		return err
	}
	sig, err := owner.SignPersonal(ctx, v.NextAction.SignableHash)
	if err != nil {
		return err
	}
	if v, err = s.Sessions.Sign(ctx, project, v.Session.ID, session.SignParams{Signature: sig[:]}); err != nil {
		return err
	}
	w.session = v.Session
	in, err := s.Intents.Create(ctx, project, intent.CreateParams{
		AccountID: w.account.ID, ChainID: chainID, PolicyID: w.policy.ID,
		Interactions: []intent.CallParams{{Contract: w.contract.ID, Function: "mint", Args: []any{w.account.Address.Hex()}}},
	})
	if err != nil {
		return err
	}
	if sig, err = key.SignPersonal(ctx, in.OperationHash); err != nil {
		return err
	}
	if w.intent, err = s.Intents.Sign(ctx, project, in.ID, intent.SignParams{Signature: sig[:]}); err != nil {
		return err
	}
	if w.intent.Status != intent.Succeeded {
		return fmt.Errorf("the first mint %s: %+v", w.intent.Status, w.intent.Failure)
	}
	return nil
}

// id answers one of the copied records at random.
func (w *world) id(prefix string, of int) string { return copied(prefix, 1+rand.IntN(of)) }

func copied(prefix string, n int) string {
	return fmt.Sprintf("%s_00000000-0000-7000-8000-%012d", prefix, n)
}
