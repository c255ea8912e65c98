package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/bundler"
	"github.com/latchkey-dev/latchkey/internal/chain"
	"github.com/latchkey-dev/latchkey/internal/clientaddr"
	"github.com/latchkey-dev/latchkey/internal/console"
	"github.com/latchkey-dev/latchkey/internal/contract"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/job"
	"github.com/latchkey-dev/latchkey/internal/mail"
	"github.com/latchkey-dev/latchkey/internal/operator"
	"github.com/latchkey-dev/latchkey/internal/player"
	"github.com/latchkey-dev/latchkey/internal/requestlog"
	"github.com/latchkey-dev/latchkey/internal/session"
	"github.com/latchkey-dev/latchkey/internal/share"
	"github.com/latchkey-dev/latchkey/internal/signer"
	"github.com/latchkey-dev/latchkey/internal/sponsor"
	"github.com/latchkey-dev/latchkey/internal/store"
	"github.com/latchkey-dev/latchkey/internal/user"
	"github.com/latchkey-dev/latchkey/internal/vault"
)

// Config says what to run. Fields without a remark are required.
type Config struct {
	Addr     string   // host:port of the API; port 0 picks a free one
	Database string   // as store.Open takes it
	RPC      []string // endpoints of one chain, tried in order
	Relayer  *signer.Local
	// PaymasterSigner signs for the paymaster; nil means the relayer.
	PaymasterSigner *signer.Local
	// Paymaster sponsors operations; zero means the one of earlier starts, and on
	// the first start the one that was deployed for these keys.
	Paymaster common.Address
	// Sole says that no other process uses the database, which the caller must
	// make sure of. What a dead process held is then taken over at once, not when
	// its leases end.
	Sole          bool
	Confirmations uint64        // blocks until a transaction is final; 0 means 1
	Poll          time.Duration // how often the chain is asked about sent transactions
	SignWindow    time.Duration // time to sign an intent; 0 means 30 minutes
	ReceiptWait   time.Duration // longest wait of a signature request; 0 means 60 seconds
	// Mail sends to users; nil means that none can be sent.
	Mail mail.Sender
	// PublicURL is where users' browsers reach the API, for the links in mails; ""
	// means where it listens.
	PublicURL string
	// Development lets pages on this machine use projects without origins.
	Development bool
	// Vault encrypts the shares of embedded wallets; nil means that there are none.
	Vault *vault.Vault
	// Frame is the wallet page: page.html and its modules.
	Frame fs.FS
	// ConsoleURL is where operators reach the dashboard, nil for the address that
	// the API listens on. An https address makes its cookies secure.
	ConsoleURL *url.URL
	// ConsoleAutoSignIn signs everybody on this machine in. For development only.
	ConsoleAutoSignIn bool
	// TrustedProxies are believed about a client's address; empty means that the
	// peer's counts, whatever headers say.
	TrustedProxies clientaddr.Proxies
	Version        string
	Log            *slog.Logger
}

func (c Config) withDefaults() Config {
	if c.PaymasterSigner == nil {
		c.PaymasterSigner = c.Relayer
	}
	if c.Confirmations == 0 {
		c.Confirmations = 1
	}
	if c.Poll == 0 {
		c.Poll = time.Second
	}
	if c.SignWindow == 0 {
		c.SignWindow = 30 * time.Minute
	}
	if c.Mail == nil {
		c.Mail = mail.Nowhere{}
	}
	if c.ReceiptWait == 0 {
		c.ReceiptWait = time.Minute
	}
	return c
}

// Server is a running server with its services.
type Server struct {
	Auth      *auth.Service
	Players   *player.Service
	Users     *user.Service
	Accounts  *account.Service
	Contracts *contract.Service
	Sponsor   *sponsor.Service
	Sessions  *session.Service
	Intents   *intent.Service
	Operators *operator.Service
	Wallets   *share.Service
	Requests  *requestlog.Log

	store    *store.DB
	client   *chain.Client
	bundler  *bundler.Bundler
	jobs     *job.Runner
	bundling *job.Loop // woken when an operation is queued
	settling *job.Loop // woken when the bundler has a result
	http     *http.Server
	listener net.Listener
	courier  *mail.Courier
	services *user.Services
	failed   chan error
	console  *console.Console
	seenAt   *url.URL // Config.ConsoleURL

	closeOnce sync.Once
	closeErr  error
}

// Start returns when the API answers. Cancelling ctx later has no effect; use
// Close.
func Start(ctx context.Context, cfg Config) (_ *Server, err error) {
	cfg = cfg.withDefaults()
	s := &Server{failed: make(chan error, 1), seenAt: cfg.ConsoleURL}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("start server: %w", err), s.Close(context.WithoutCancel(ctx)))
		}
	}()
	if s.store, err = store.Open(ctx, cfg.Database); err != nil {
		return nil, err
	}
	if cfg.Sole {
		if err = s.store.ReleaseAll(ctx); err != nil {
			return nil, err
		}
	}
	if s.client, err = chain.Dial(ctx, cfg.RPC...); err != nil {
		return nil, err
	}
	if err = s.build(ctx, cfg); err != nil {
		return nil, err
	}
	if s.listener, err = net.Listen("tcp", cfg.Addr); err != nil {
		return nil, fmt.Errorf("listen on %s (give another address with --addr): %w", cfg.Addr, err)
	}
	s.jobs.Start(context.WithoutCancel(ctx))
	go s.serve()
	return s, nil
}

func (s *Server) serve() {
	if err := s.http.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
		s.failed <- fmt.Errorf("serve API: %w", err)
	}
}

// URL is where the API answers.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() }

// ConsoleURL is where the dashboard answers.
func (s *Server) ConsoleURL() string {
	if s.seenAt != nil {
		return s.seenAt.Scheme + "://" + s.seenAt.Host
	}
	return s.URL()
}

// FirstLink answers a one-time link to the dashboard while nobody has ever
// signed in there, "" afterwards.
func (s *Server) FirstLink(ctx context.Context) (string, error) {
	token, err := s.Operators.FirstLink(ctx)
	if err != nil || token == "" {
		return "", err
	}
	return s.ConsoleURL() + console.LinkPath(token), nil
}

// ChainID is the chain that is served.
func (s *Server) ChainID() uint64 { return s.client.ChainID() }

// Wait returns nil when ctx is cancelled, and an error when the API stopped
// by itself.
func (s *Server) Wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-s.failed:
		return err
	}
}

// Close lets requests under way finish until ctx ends, and cuts those that have
// not; requests that wait for a receipt answer at once. Then it stops the jobs
// and closes the database. It may be called more than once.
func (s *Server) Close(ctx context.Context) error {
	s.closeOnce.Do(func() { s.closeErr = s.close(ctx) })
	return s.closeErr
}

func (s *Server) close(ctx context.Context) error {
	var err error
	if s.Intents != nil {
		s.Intents.EndWaits()
	}
	if s.console != nil {
		s.console.EndStreams()
	}
	if s.http != nil {
		if err = s.http.Shutdown(ctx); err != nil {
			err = errors.Join(fmt.Errorf("finish requests: %w", err), s.http.Close())
		}
	}
	if s.listener != nil {
		_ = s.listener.Close() // closed by Shutdown already, unless Serve never ran
	}
	if s.jobs != nil {
		s.jobs.Stop()
		err = errors.Join(err, s.release(ctx), s.Requests.Flush(context.WithoutCancel(ctx)))
	}
	if s.courier != nil {
		s.courier.Close()
	}
	if s.services != nil {
		s.services.Close()
	}
	if s.client != nil {
		s.client.Close()
	}
	if s.store != nil {
		err = errors.Join(err, s.store.Close())
	}
	return err
}

// releaseTimeout bounds giving the leases back, which must not fail because a
// slow request has used up the time to stop.
const releaseTimeout = 5 * time.Second

func (s *Server) release(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTimeout)
	defer cancel()
	return s.bundler.Release(ctx)
}
