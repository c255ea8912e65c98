package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/latchkey-dev/latchkey/internal/deploy"
	"github.com/latchkey-dev/latchkey/internal/devchain"
	"github.com/latchkey-dev/latchkey/internal/mail"
	"github.com/latchkey-dev/latchkey/internal/server"
	"github.com/latchkey-dev/latchkey/internal/signer"
	"github.com/latchkey-dev/latchkey/internal/vault"
)

type devCommand struct {
	Addr      string `default:"127.0.0.1:8080" help:"Where the API listens; port 0 picks a free one." env:"LATCHKEY_ADDR"`
	RPCAddr   string `name:"rpc-addr" default:"127.0.0.1:8545" help:"Where the chain's JSON-RPC listens; port 0 picks a free one."`
	Data      string `default:".latchkey" help:"Folder that keeps the chain, the database and the keys." env:"LATCHKEY_DATA"`
	Ephemeral bool   `help:"Keep nothing: a new chain and database, gone at the end."`
	ChainID   uint64 `name:"chain-id" default:"31337" help:"Id of the embedded chain."`
	JSON      bool   `name:"json" help:"Print one line of JSON when ready, and nothing else on stdout."`
	logFlags
}

// devInfo is what `dev --json` prints. Its names are public.
type devInfo struct {
	API             string `json:"api"`
	RPC             string `json:"rpc"`
	ChainID         uint64 `json:"chainId"`
	PublishableKey  string `json:"publishableKey"`
	SecretKey       string `json:"secretKey"`
	Policy          string `json:"policy"`
	Contract        string `json:"contract"`
	ContractAddress string `json:"contractAddress"`
	ERC20Contract   string `json:"erc20Contract"`
	ERC20Address    string `json:"erc20Address"`
	Player          string `json:"player"`
	Account         string `json:"account"`
	AccountAddress  string `json:"accountAddress"`
	OwnerPrivateKey string `json:"ownerPrivateKey"`
	EncryptionPart  string `json:"encryptionPart,omitempty"` // for encryption sessions; a folder of an older build has none
	Outbox          string `json:"outbox"`                   // folder of the mails to users
}

// Validate refuses what cannot be meant, before anything starts.
func (c devCommand) Validate() error {
	const most = 1<<53 - 1 // what every JSON reader holds exactly
	if c.ChainID == 0 || c.ChainID > most {
		return fmt.Errorf("--chain-id %d: must be from 1 to %d", c.ChainID, uint64(most))
	}
	return nil
}

// Run starts the development server and stops it on a signal.
func (c devCommand) Run(ctx context.Context) error {
	dev, err := startDev(ctx, c)
	if err != nil {
		return err
	}
	defer dev.close()
	if c.JSON {
		if err := json.NewEncoder(os.Stdout).Encode(dev.info); err != nil {
			return err
		}
	} else {
		printWalkthrough(os.Stdout, dev.info)
	}
	return dev.server.Wait(ctx)
}

// devServer is a running embedded chain with a server on it.
type devServer struct {
	info  devInfo
	owner *signer.Local

	server *server.Server
	chain  *devchain.Node
	folder *devFolder
	log    *slog.Logger
}

// startDev boots the chain, deploys the contracts, and starts the server, in
// that order; on first start it makes the records that devInfo names.
func startDev(ctx context.Context, c devCommand) (_ *devServer, err error) {
	dev := &devServer{log: c.logger()}
	defer func() {
		if err != nil {
			dev.close()
		}
	}()
	if dev.folder, err = openDevFolder(c); err != nil {
		return nil, err
	}
	keys := dev.folder.keys
	dev.owner = keys.owner
	dev.chain, err = devchain.Start(ctx, devchain.Config{
		ChainID: c.ChainID, DataDir: dev.folder.chainDir(), Addr: c.RPCAddr,
		Fund:   []common.Address{keys.relayer.Address(), keys.owner.Address(), keys.deployer.Address()},
		Logger: dev.log,
	})
	if err != nil {
		return nil, err
	}
	contracts, err := dev.deploy(ctx)
	if err != nil {
		return nil, err
	}
	dev.server, err = server.Start(ctx, server.Config{
		Addr:          c.Addr,
		Database:      dev.folder.database(),
		RPC:           []string{dev.chain.URL()},
		Relayer:       keys.relayer,
		Paymaster:     contracts.Paymaster,
		Vault:         keys.vault,
		Frame:         walletPage(),
		Sole:          true,
		Development:   true,
		Mail:          &mail.Outbox{Dir: dev.folder.outbox(), From: "Latchkey <latchkey@localhost.localdomain>", Now: time.Now},
		Confirmations: 1,
		Poll:          4 * time.Millisecond,
		Version:       version,
		Log:           dev.log,

		ConsoleAutoSignIn: true,
	})
	if err != nil {
		return nil, err
	}
	dev.info, err = dev.seed(ctx, c.ChainID, contracts)
	return dev, err
}

// Development funds: what the paymaster stakes and deposits, in wei.
var (
	devStake   = big.NewInt(1e18)
	devDeposit = new(big.Int).Mul(big.NewInt(1000), big.NewInt(1e18))
)

// deploy has a key of its own: after a restart the relayer's next nonce may
// belong to a transaction that the bundler has saved and not sent.
func (d *devServer) deploy(ctx context.Context) (deploy.Result, error) {
	return deploy.Run(ctx, ethclient.NewClient(d.chain.RPC()), d.folder.keys.deployer, deploy.Options{
		PaymasterSigner: d.folder.keys.relayer.Address(),
		Stake:           devStake,
		Deposit:         devDeposit,
		Development:     true,
	})
}

// close stops the server before the chain that it talks to.
func (d *devServer) close() {
	if d.server != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := d.server.Close(ctx); err != nil {
			d.log.Error("stop server", "error", err)
		}
	}
	if d.chain != nil {
		if err := d.chain.Close(); err != nil {
			d.log.Error("stop chain", "error", err)
		}
	}
	if d.folder != nil {
		if err := d.folder.close(); err != nil {
			d.log.Error("close data folder", "error", err)
		}
	}
}

// devFolder is the data folder of a development server.
type devFolder struct {
	path      string
	ephemeral bool
	unlock    func()
	keys      devKeys
	state     devState
}

// devState is what the folder remembers beside the chain and the database.
type devState struct {
	ChainID  uint64   `json:"chainId"`
	Relayer  string   `json:"relayerPrivateKey"`
	Owner    string   `json:"ownerPrivateKey"`
	Deployer string   `json:"deployerPrivateKey"`
	Vault    string   `json:"encryptionKey"`
	Info     *devInfo `json:"info,omitempty"` // nil until the first start is complete
}

type devKeys struct {
	relayer, owner, deployer *signer.Local
	vault                    *vault.Vault
}

func openDevFolder(c devCommand) (_ *devFolder, err error) {
	f := &devFolder{path: c.Data, ephemeral: c.Ephemeral}
	defer func() {
		if err != nil {
			_ = f.close()
		}
	}()
	if c.Ephemeral {
		if f.path, err = os.MkdirTemp("", "latchkey-"); err != nil {
			return nil, err
		}
	}
	if err := os.MkdirAll(f.path, 0o700); err != nil {
		return nil, fmt.Errorf("open data folder: %w", err)
	}
	if f.unlock, _, err = lockDatabase(f.database()); err != nil {
		return nil, fmt.Errorf("open data folder %s (--data): %w", f.path, err)
	}
	if err := f.load(c.ChainID); err != nil {
		return nil, err
	}
	return f, f.readKeys()
}

func (f *devFolder) statePath() string { return filepath.Join(f.path, "dev.json") }
func (f *devFolder) database() string  { return "sqlite:" + filepath.Join(f.path, "latchkey.db") }

// outbox is where mails to users end.
func (f *devFolder) outbox() string {
	path := filepath.Join(f.path, "outbox")
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

func (f *devFolder) chainDir() string {
	if f.ephemeral {
		return ""
	}
	return filepath.Join(f.path, "chain")
}

func (f *devFolder) load(chainID uint64) error {
	raw, err := os.ReadFile(f.statePath())
	if errors.Is(err, os.ErrNotExist) {
		return f.begin(chainID)
	}
	if err != nil {
		return fmt.Errorf("open data folder: %w", err)
	}
	if err := json.Unmarshal(raw, &f.state); err != nil {
		return fmt.Errorf("%s is damaged: delete folder %s to start anew: %w", f.statePath(), f.path, err)
	}
	if f.state.ChainID != chainID {
		return fmt.Errorf("data folder %s holds chain %d, not %d: give --chain-id %d, or --data another folder", f.path, f.state.ChainID, chainID, f.state.ChainID)
	}
	return nil
}

// begin makes the keys of a new folder.
func (f *devFolder) begin(chainID uint64) error {
	f.state.ChainID = chainID
	for _, key := range []*string{&f.state.Relayer, &f.state.Owner, &f.state.Deployer} {
		made, err := signer.Generate()
		if err != nil {
			return err
		}
		*key = made.Reveal()
	}
	return f.save()
}

// save writes the state so that a crash leaves the old one or the new one.
func (f *devFolder) save() error {
	raw, err := json.MarshalIndent(f.state, "", "  ")
	if err != nil {
		return err
	}
	next := f.statePath() + ".new"
	if err := os.WriteFile(next, raw, 0o600); err != nil {
		return fmt.Errorf("save development state: %w", err)
	}
	return os.Rename(next, f.statePath())
}

func (f *devFolder) readKeys() error {
	for _, k := range []struct {
		name, text string
		key        **signer.Local
	}{
		{"relayer", f.state.Relayer, &f.keys.relayer},
		{"owner", f.state.Owner, &f.keys.owner},
		{"deployer", f.state.Deployer, &f.keys.deployer},
	} {
		if k.text == "" {
			return fmt.Errorf("%s holds no %s key, an older build made it: delete folder %s to start anew", f.statePath(), k.name, f.path)
		}
		key, err := signer.Parse(k.text)
		if err != nil {
			return fmt.Errorf("%s: %s key: %w", f.statePath(), k.name, err)
		}
		*k.key = key
	}
	return f.readVault()
}

// readVault makes the key that an older build did not make.
func (f *devFolder) readVault() (err error) {
	if f.state.Vault == "" {
		f.state.Vault = vault.NewKey()
		if err := f.save(); err != nil {
			return err
		}
	}
	if f.keys.vault, err = vault.Parse(f.state.Vault); err != nil {
		return fmt.Errorf("%s: encryption key: %w", f.statePath(), err)
	}
	return nil
}

func (f *devFolder) close() error {
	if f.unlock != nil {
		f.unlock()
	}
	if !f.ephemeral || f.path == "" {
		return nil
	}
	return os.RemoveAll(f.path)
}
