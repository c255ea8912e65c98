package server

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/google/uuid"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/bundler"
	"github.com/latchkey-dev/latchkey/internal/console"
	"github.com/latchkey-dev/latchkey/internal/contract"
	"github.com/latchkey-dev/latchkey/internal/httpapi"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/job"
	"github.com/latchkey-dev/latchkey/internal/mail"
	"github.com/latchkey-dev/latchkey/internal/operator"
	"github.com/latchkey-dev/latchkey/internal/paymaster"
	"github.com/latchkey-dev/latchkey/internal/player"
	"github.com/latchkey-dev/latchkey/internal/requestlog"
	"github.com/latchkey-dev/latchkey/internal/session"
	"github.com/latchkey-dev/latchkey/internal/sponsor"
	"github.com/latchkey-dev/latchkey/internal/user"
	"github.com/latchkey-dev/latchkey/internal/userop"
	"github.com/latchkey-dev/latchkey/web"
)

// build makes every part and connects it to those it asks. Nothing runs yet.
func (s *Server) build(ctx context.Context, cfg Config) error {
	where := contracts{
		EntryPoint:     bindings.EntryPointAddress,
		Implementation: bindings.AccountImplementation(),
		Factory:        bindings.FactoryAddress(),
	}
	err := where.check(ctx, s.client)
	if err != nil {
		return err
	}
	if where.Paymaster, err = s.choosePaymaster(ctx, cfg); err != nil {
		return err
	}
	if err := s.buildUsers(cfg); err != nil {
		return err
	}
	s.buildRecords(cfg, where)
	s.buildWallets(cfg)
	s.buildFlow(cfg, where)
	s.buildJobs(cfg)
	if s.console, err = s.dashboard(cfg, where); err != nil {
		return err
	}
	pages, err := s.pages(cfg)
	if err != nil {
		return err
	}
	s.http = newHTTP(s.api(cfg, where, pages), cfg.ReceiptWait)
	return nil
}

// buildUsers makes the services of projects and their users, which ask each
// other: who a user is, and where a user's browser may be sent.
func (s *Server) buildUsers(cfg Config) error {
	passwords, err := user.NewPasswords()
	if err != nil {
		return err
	}
	s.courier = mail.NewCourier(cfg.Mail, cfg.Log)
	s.services = user.NewServices(time.Now)
	s.Players = &player.Service{Store: s.store, Now: time.Now}
	s.Auth = &auth.Service{Store: s.store, Now: time.Now, Loopback: cfg.Development}
	s.Users = &user.Service{
		Store:       s.store,
		Players:     s.Players,
		Passwords:   passwords,
		Services:    s.services,
		Mail:        s.courier,
		Pages:       s.Auth,
		BaseURL:     func() string { return cmp.Or(strings.TrimSuffix(cfg.PublicURL, "/"), s.URL()) },
		Now:         time.Now,
		Development: cfg.Development,
	}
	if cfg.Vault != nil {
		s.Users.Vault = cfg.Vault
	}
	s.Auth.Users = s.Users
	return nil
}

// buildRecords makes the services of what the API names.
func (s *Server) buildRecords(cfg Config, where contracts) {
	s.Requests = requestlog.New(s.store, time.Now, cfg.Log)
	s.Operators = &operator.Service{Store: s.store, Now: time.Now}
	s.Accounts = &account.Service{
		Store:       s.store,
		Players:     s.Players,
		Addresses:   addresses{chainID: s.client.ChainID(), factory: where.Factory, implementation: where.Implementation},
		Delegations: delegations{s.client},
		Now:         time.Now,
	}
	s.Contracts = &contract.Service{
		Store:      s.store,
		Caller:     reader{s.client},
		Accounts:   s.Accounts,
		Now:        time.Now,
		System:     where.known(s.client.ChainID()),
		AccountABI: json.RawMessage(bindings.LatchkeyAccountMetaData.ABI),
	}
	s.Sponsor = &sponsor.Service{Store: s.store, Contracts: s.Contracts, Now: time.Now}
}

// buildFlow makes the services of sessions and intents.
func (s *Server) buildFlow(cfg Config, where contracts) {
	chainID := s.client.ChainID()
	view := chainView{Client: s.client, paymaster: where.Paymaster, implementation: where.Implementation}
	s.Intents = &intent.Service{
		Store:     s.store,
		Accounts:  s.Accounts,
		Contracts: s.Contracts,
		Sponsor:   s.Sponsor,
		Sessions:  s.store,
		Networks: map[uint64]intent.Network{
			chainID: {
				Chain:     view,
				Paymaster: paymaster.New(chainID, where.Paymaster, cfg.PaymasterSigner),
				Room:      intent.Room(bundler.DefaultLimits.Room()),
				Needs:     needs,
				Trace:     view.trace,
			},
		},
		Explain:     explain,
		WakeBundler: func(uint64) { s.bundling.Wake() },
		SignWindow:  cfg.SignWindow,
		ReceiptWait: cfg.ReceiptWait,
		Now:         time.Now,
		Log:         cfg.Log,
	}
	s.Sessions = &session.Service{
		Store:      s.store,
		Operations: intent.SessionOperations{Service: s.Intents},
		Accounts:   s.Accounts,
		Selectors:  s.Contracts,
		Defaults:   s.Auth,
		Networks:   map[uint64]session.Network{chainID: {Chain: view, Paymaster: where.Paymaster}},
		Now:        time.Now,
		Log:        cfg.Log,
	}
}

// needs is what the bundler's transaction of one operation takes.
func needs(op userop.Operation) (intent.Room, error) {
	room, err := bundler.Needs(op)
	return intent.Room(room), err
}

// buildJobs makes the loops that bring signed intents to their end.
func (s *Server) buildJobs(cfg Config) {
	chainID := s.client.ChainID()
	s.jobs = &job.Runner{Log: cfg.Log}
	s.bundler = &bundler.Bundler{
		ChainID:   chainID,
		Owner:     leaseOwner(cfg),
		Store:     s.store,
		Chain:     s.client,
		Signer:    cfg.Relayer,
		Limits:    bundler.Limits{Confirmations: cfg.Confirmations, Poll: cfg.Poll},
		Log:       cfg.Log,
		OnSettled: func(uint64, common.Hash) { s.settling.Wake() },
		Explain:   func(revert []byte) string { _, text := explain(revert, nil); return text },
	}
	s.bundling = s.jobs.Add(job.Task{Name: "bundle", Run: s.bundler.Step, Pause: s.bundler.Pause})
	s.settling = s.jobs.Add(job.Task{
		Name:     "settle intents",
		Run:      func(ctx context.Context) error { return s.Intents.Settle(ctx, chainID) },
		Interval: time.Second,
	})
	s.jobs.Add(job.Task{
		Name:     "expire intents",
		Run:      func(ctx context.Context) error { return s.Intents.Expire(ctx, chainID) },
		Interval: 10 * time.Second,
	})
	s.jobs.Add(job.Task{
		Name:     "forget idempotent answers",
		Run:      s.forgetAnswers,
		Interval: time.Hour,
	})
	s.jobs.Add(job.Task{Name: "write request log", Run: s.Requests.Flush, Interval: time.Second})
	s.jobs.Add(job.Task{Name: "forget console sessions", Run: s.Operators.Forget, Interval: time.Hour})
	s.jobs.Add(job.Task{
		Name:     "forget logins",
		Run:      s.Users.Forget,
		Interval: time.Hour,
	})
}

// answersKept is how long a create is recognised by its idempotency key.
const answersKept = 24 * time.Hour

func (s *Server) forgetAnswers(ctx context.Context) error {
	_, err := s.store.ForgetAnswers(ctx, answersKept)
	return err
}

// newHTTP makes a server that no client can hold for ever, by sending a body or
// taking an answer slowly. Both limits count from the request's first byte and
// end the request itself, so they leave room for a signature request that waits
// for its receipt.
func newHTTP(api http.Handler, longestWait time.Duration) *http.Server {
	return &http.Server{
		Handler:           api,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       longestWait + 30*time.Second,
		WriteTimeout:      longestWait + time.Minute,
		IdleTimeout:       2 * time.Minute,
	}
}

// leaseOwner names this process among those that share the database.
func leaseOwner(cfg Config) string {
	if cfg.Sole {
		return "sole" // also after a restart, which then finds its own lease
	}
	host, _ := os.Hostname() // for people; the rest makes it unique
	return fmt.Sprintf("%s/%d/%s", host, os.Getpid(), uuid.NewString())
}

func (s *Server) dashboard(cfg Config, where contracts) (*console.Console, error) {
	return console.New(console.Deps{
		Operators:  s.Operators,
		Auth:       s.Auth,
		Players:    s.Players,
		Accounts:   s.Accounts,
		Contracts:  s.Contracts,
		Sponsor:    s.Sponsor,
		Sessions:   s.Sessions,
		Intents:    s.Intents,
		Requests:   s.Requests,
		Files:      web.Files,
		URL:        cfg.ConsoleURL,
		AutoSignIn: cfg.ConsoleAutoSignIn,
		Proxies:    cfg.TrustedProxies,
		Funds:      funds{client: s.client, relayer: cfg.Relayer.Address(), paymaster: where.Paymaster}.read,
		Version:    cfg.Version,
		Log:        cfg.Log,
		Now:        time.Now,
	})
}

func (s *Server) api(cfg Config, where contracts, pages map[string]http.Handler) http.Handler {
	return httpapi.New(httpapi.Deps{
		Auth:        s.Auth,
		Players:     s.Players,
		Users:       s.Users,
		Accounts:    s.Accounts,
		Contracts:   s.Contracts,
		Sponsor:     s.Sponsor,
		Sessions:    s.Sessions,
		Intents:     s.Intents,
		Wallets:     s.Wallets,
		Pages:       pages,
		Proxies:     cfg.TrustedProxies,
		Idempotency: s.store,
		Version:     cfg.Version,
		Chains: []httpapi.Chain{{
			ID:             s.client.ChainID(),
			Relayer:        cfg.Relayer.Address(),
			Paymaster:      where.Paymaster,
			EntryPoint:     where.EntryPoint,
			Factory:        where.Factory,
			Implementation: where.Implementation,
		}},
		Checks: []httpapi.Check{
			{Name: "database", Run: s.store.Ping},
			{Name: "chain", Run: func(ctx context.Context) error { _, err := s.client.Head(ctx); return err }},
			{Name: "bundler", Run: s.checkBundler},
			{Name: "jobs", Run: s.checkJobs},
		},
		Console:  s.console,
		Requests: s.Requests,
		Log:      cfg.Log,
		Now:      time.Now,
	})
}

// checkBundler reports a bundler that cannot send. One that waits for another
// process's lease is fine: that one sends.
func (s *Server) checkBundler(context.Context) error {
	if paused := s.bundler.Status().Paused; paused != "" {
		return fmt.Errorf("sending is paused: %s", paused)
	}
	return nil
}

// failedRuns is how many runs of a job in a row make it one that keeps failing:
// about a second and a half by the runner's pauses.
const failedRuns = 5

// checkJobs reports background work that keeps failing. Why is in the log, since
// anybody may read this.
func (s *Server) checkJobs(context.Context) error {
	var failing []string
	for _, f := range s.jobs.Failures() {
		if f.Runs >= failedRuns {
			failing = append(failing, fmt.Sprintf("%q failed %d times in a row", f.Task, f.Runs))
		}
	}
	if len(failing) == 0 {
		return nil
	}
	return fmt.Errorf("background work does not succeed, see the log: %s", strings.Join(failing, ", "))
}
