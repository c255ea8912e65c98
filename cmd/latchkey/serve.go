package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/latchkey-dev/latchkey/internal/server"
	"github.com/latchkey-dev/latchkey/internal/signer"
)

type serveCommand struct {
	RPC              []string      `name:"rpc" required:"" help:"RPC endpoint of the chain; give several to fall back on." env:"LATCHKEY_RPC"`
	RelayerKeyFile   string        `required:"" type:"existingfile" help:"File with the relayer's private key in hex." env:"LATCHKEY_RELAYER_KEY_FILE"`
	PaymasterKeyFile string        `type:"existingfile" help:"File with the paymaster signer's private key, if it is not the relayer's." env:"LATCHKEY_PAYMASTER_KEY_FILE"`
	Addr             string        `default:"127.0.0.1:8080" help:"Where the API listens; port 0 picks a free one." env:"LATCHKEY_ADDR"`
	Data             string        `default:".latchkey" help:"Folder of the SQLite database, when --database is not given." env:"LATCHKEY_DATA"`
	Database         string        `help:"Database to use: sqlite:PATH or postgres://…" env:"LATCHKEY_DATABASE"`
	Confirmations    uint64        `default:"1" help:"Blocks until a transaction counts as final." env:"LATCHKEY_CONFIRMATIONS"`
	Poll             time.Duration `default:"1s" help:"How often the chain is asked about sent transactions."`
	SignWindow       time.Duration `default:"30m" help:"Time to sign a transaction intent, in chain time."`
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
}

// Run starts the API server and stops it on a signal.
func (c serveCommand) Run(ctx context.Context) error {
	cfg, err := c.config()
	if err != nil {
		return err
	}
	unlock, err := lockDatabase(&cfg)
	if err != nil {
		return err
	}
	defer unlock()
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
	if err := c.print(info); err != nil {
		return err
	}
	return s.Wait(ctx)
}

func (c serveCommand) config() (server.Config, error) {
	relayer, err := signer.LoadFile(c.RelayerKeyFile)
	if err != nil {
		return server.Config{}, err
	}
	cfg := server.Config{
		Addr: c.Addr, Database: c.Database, RPC: c.RPC, Relayer: relayer,
		Confirmations: c.Confirmations, Poll: c.Poll, SignWindow: c.SignWindow,
		Version: version, Log: c.logger(),
	}
	if c.PaymasterKeyFile != "" {
		if cfg.PaymasterSigner, err = signer.LoadFile(c.PaymasterKeyFile); err != nil {
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

// lockDatabase keeps a second process away from a SQLite database, which only
// one may use. On PostgreSQL the leases sort out who sends.
func lockDatabase(cfg *server.Config) (unlock func(), err error) {
	path, ok := strings.CutPrefix(cfg.Database, "sqlite:")
	if !ok {
		return func() {}, nil
	}
	lock, err := lockFile(path + ".lock")
	if err != nil {
		return nil, fmt.Errorf("database %s is in use by another latchkey: stop that one, or use PostgreSQL (--database postgres://…) for several: %w", path, err)
	}
	cfg.Sole = true
	return func() { _ = lock.Close() }, nil
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
	fmt.Printf("Latchkey is ready.\n\n  API      %s\n  Chain    %d\n  Project  %s\n", info.API, info.ChainID, info.Project)
	if info.SecretKey != "" {
		fmt.Printf("\nThe project is new. These are its keys; they are shown only now:\n\n  Publishable key  %s\n  Secret key       %s\n", info.PublishableKey, info.SecretKey)
	}
	return nil
}
