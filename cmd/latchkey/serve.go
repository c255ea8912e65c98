package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/clientaddr"
	"github.com/latchkey-dev/latchkey/internal/mail"
	"github.com/latchkey-dev/latchkey/internal/server"
	"github.com/latchkey-dev/latchkey/internal/signer"
	"github.com/latchkey-dev/latchkey/internal/vault"
)

type serveCommand struct {
	RPC              []string      `name:"rpc" required:"" help:"RPC endpoint of the chain; give several to fall back on." env:"LATCHKEY_RPC"`
	RelayerKeyFile   string        `required:"" type:"existingfile" help:"File with the relayer's private key in hex." env:"LATCHKEY_RELAYER_KEY_FILE"`
	PaymasterKeyFile string        `type:"existingfile" help:"File with the paymaster signer's private key, if it is not the relayer's." env:"LATCHKEY_PAYMASTER_KEY_FILE"`
	Paymaster        string        `help:"Address of the paymaster, as deploy printed it. The database remembers it, so one start is enough; the first start without it takes the one that deploy makes for these keys." env:"LATCHKEY_PAYMASTER"`
	Addr             string        `default:"127.0.0.1:8080" help:"Where the API listens; port 0 picks a free one." env:"LATCHKEY_ADDR"`
	Data             string        `default:".latchkey" help:"Folder of the SQLite database, when --database is not given." env:"LATCHKEY_DATA"`
	Database         string        `help:"Database to use: sqlite:PATH or postgres://…" env:"LATCHKEY_DATABASE"`
	Confirmations    uint64        `default:"1" help:"Blocks until a transaction counts as final." env:"LATCHKEY_CONFIRMATIONS"`
	Poll             time.Duration `default:"1s" help:"How often the chain is asked about sent transactions."`
	EncryptionKey    string        `name:"encryption-key-file" type:"existingfile" help:"File with the key that encrypts the shares of embedded wallets in the database, 64 hex digits; without it there are no embedded wallets. Further lines are older keys." env:"LATCHKEY_ENCRYPTION_KEY_FILE"`
	SignWindow       time.Duration `default:"30m" help:"Time to sign a transaction intent, in chain time."`
	ConsoleURL       string        `name:"console-url" help:"Where operators reach the dashboard, such as https://latchkey.example.com; an https address makes its cookies secure. Default: where the API listens." env:"LATCHKEY_CONSOLE_URL"`
	SMTP             string        `name:"smtp" help:"Mail server for mails to users: smtps://user:password@host or smtp://… with STARTTLS." env:"LATCHKEY_SMTP"`
	MailFrom         string        `help:"Sender of mails to users." env:"LATCHKEY_MAIL_FROM"`
	PublicURL        string        `name:"public-url" help:"Where users' browsers reach the API, for links in mails; by default where it listens." env:"LATCHKEY_PUBLIC_URL"`
	TrustedProxies   []string      `name:"trusted-proxy" placeholder:"ADDRESS" help:"Address or network (10.0.0.0/8) of a proxy that is believed about the addresses of clients, in X-Forwarded-For; repeat it, or separate several by commas. Without it the header is ignored and the peer's address counts." env:"LATCHKEY_TRUSTED_PROXIES"`
	JSON             bool          `name:"json" help:"Print one line of JSON when ready, and nothing else on stdout."`
	logFlags
}

// serveInfo is what `serve --json` prints. The keys are there on the first
// start only: afterwards only their hashes are known.
type serveInfo struct {
	API            string `json:"api"`
	ChainID        uint64 `json:"chainId"`
	Project        string `json:"project"`
	PublishableKey string `json:"publishableKey,omitempty"`
	SecretKey      string `json:"secretKey,omitempty"`
	Dashboard      string `json:"dashboard"`
	// SignInLink signs the first operator in once; there while nobody ever has.
	SignInLink string `json:"signInLink,omitempty"`
}

// Run starts the API server and stops it on a signal.
func (c serveCommand) Run(ctx context.Context) error {
	cfg, err := c.config()
	if err != nil {
		return err
	}
	logProxies(cfg.Log, cfg.TrustedProxies)
	unlock, sole, err := lockDatabase(cfg.Database)
	if err != nil {
		return err
	}
	defer unlock()
	cfg.Sole = sole
	s, err := server.Start(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			cfg.Log.Error("stop server", "error", err)
		}
	}()
	info, err := firstProject(ctx, s)
	if err != nil {
		return err
	}
	info.Dashboard = s.ConsoleURL()
	if exposed(info.Dashboard) {
		cfg.Log.Warn("the dashboard is reached without encryption: its passwords and cookies can be read on the way. Put a proxy that speaks https before it and name it with --console-url", "dashboard", info.Dashboard)
	}
	if info.SignInLink, err = s.FirstLink(ctx); err != nil {
		return err
	}
	if err := c.print(info); err != nil {
		return err
	}
	return s.Wait(ctx)
}

// Validate refuses what cannot be meant, before anything starts.
func (c serveCommand) Validate() error {
	if c.Poll <= 0 {
		return fmt.Errorf("--poll %s: must be longer than 0s", c.Poll)
	}
	if c.SignWindow < time.Second {
		return fmt.Errorf("--sign-window %s: must be at least 1s", c.SignWindow)
	}
	if c.Confirmations == 0 {
		return errors.New("--confirmations 0: a transaction has at least 1, the block that it is in")
	}
	if _, err := c.consoleURL(); err != nil {
		return err
	}
	if c.Paymaster != "" && !common.IsHexAddress(c.Paymaster) {
		return fmt.Errorf("--paymaster %q is not an address", c.Paymaster)
	}
	if u, err := url.Parse(c.PublicURL); err != nil || c.PublicURL != "" && (u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
		return fmt.Errorf("--public-url %q: must be a URL such as https://api.game.example", c.PublicURL)
	}
	if _, err := c.trustedProxies(); err != nil {
		return err
	}
	if c.SMTP != "" && c.MailFrom == "" {
		return errors.New("--smtp needs --mail-from, the sender of the mails")
	}
	return nil
}

func (c serveCommand) config() (server.Config, error) {
	relayer, err := signer.LoadFile(c.RelayerKeyFile)
	if err != nil {
		return server.Config{}, err
	}
	cfg := server.Config{
		Addr: c.Addr, Database: c.Database, RPC: c.RPC, Relayer: relayer,
		Confirmations: c.Confirmations, Poll: c.Poll, SignWindow: c.SignWindow,
		Paymaster: common.HexToAddress(c.Paymaster), PublicURL: c.PublicURL, Version: version, Log: c.logger(),
		Frame: walletPage(),
	}
	if c.SMTP != "" {
		if cfg.Mail, err = mail.NewSMTP(c.SMTP, c.MailFrom, time.Now); err != nil {
			return server.Config{}, err
		}
	}
	if cfg.TrustedProxies, err = c.trustedProxies(); err != nil {
		return server.Config{}, err
	}
	if cfg.ConsoleURL, err = c.consoleURL(); err != nil {
		return server.Config{}, err
	}
	if c.PaymasterKeyFile != "" {
		if cfg.PaymasterSigner, err = signer.LoadFile(c.PaymasterKeyFile); err != nil {
			return server.Config{}, err
		}
	}
	if c.EncryptionKey != "" {
		if cfg.Vault, err = vault.LoadFile(c.EncryptionKey); err != nil {
			return server.Config{}, err
		}
	}
	if cfg.Database == "" {
		if err := os.MkdirAll(c.Data, 0o700); err != nil {
			return server.Config{}, fmt.Errorf("open data folder: %w", err)
		}
		cfg.Database = "sqlite:" + filepath.Join(c.Data, "latchkey.db")
	}
	return cfg, nil
}

func (c serveCommand) trustedProxies() (clientaddr.Proxies, error) {
	proxies, err := clientaddr.Parse(c.TrustedProxies)
	if err != nil {
		return nil, fmt.Errorf("--trusted-proxy %w", err)
	}
	return proxies, nil
}

func logProxies(log *slog.Logger, trusted clientaddr.Proxies) {
	if len(trusted) == 0 {
		log.Info("no proxy is trusted: X-Forwarded-For is ignored, and the address that connects counts. Name a proxy before this server with --trusted-proxy")
		return
	}
	log.Info("trusted proxies are believed about the addresses of clients", "proxies", trusted.String())
}

// consoleURL answers nil when none is given.
func (c serveCommand) consoleURL() (*url.URL, error) {
	if c.ConsoleURL == "" {
		return nil, nil
	}
	u, err := url.Parse(c.ConsoleURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return nil, fmt.Errorf("--console-url %q: must be http:// or https:// and a host, such as https://latchkey.example.com", c.ConsoleURL)
	}
	return u, nil
}

// exposed reports whether what is sent to an address leaves the machine in the
// clear.
func exposed(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "https" {
		return false
	}
	host := u.Hostname()
	ip := net.ParseIP(host)
	return host != "localhost" && (ip == nil || !ip.IsLoopback())
}

// firstProject makes a project when there is none yet.
func firstProject(ctx context.Context, s *server.Server) (serveInfo, error) {
	info := serveInfo{API: s.URL(), ChainID: s.ChainID()}
	projects, err := s.Auth.Projects(ctx)
	if err != nil {
		return serveInfo{}, err
	}
	if len(projects) > 0 {
		info.Project = projects[0].ID
		return info, nil
	}
	project, publishable, secret, err := s.Auth.NewProject(ctx, "Default")
	info.Project, info.PublishableKey, info.SecretKey = project.ID, publishable, secret
	return info, err
}

func (c serveCommand) print(info serveInfo) error {
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(info)
	}
	fmt.Printf("Latchkey is ready.\n\n  Dashboard  %s/\n  API        %s\n  Chain      %d\n  Project    %s\n", info.Dashboard, info.API, info.ChainID, info.Project)
	if info.SecretKey != "" {
		fmt.Printf("\nThe project is new. These are its keys; they are shown only now:\n\n  Publishable key  %s\n  Secret key       %s\n", info.PublishableKey, info.SecretKey)
	}
	if info.SignInLink != "" {
		fmt.Printf("\nNobody has signed in to the dashboard yet. This link does so once, within a day, as admin:\n\n  %s\n", info.SignInLink)
	}
	return nil
}
