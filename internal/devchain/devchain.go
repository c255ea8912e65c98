package devchain

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/rawdb"
	"github.com/ethereum/go-ethereum/eth"
	"github.com/ethereum/go-ethereum/eth/catalyst"
	"github.com/ethereum/go-ethereum/eth/ethconfig"
	"github.com/ethereum/go-ethereum/eth/filters"
	"github.com/ethereum/go-ethereum/eth/tracers"
	_ "github.com/ethereum/go-ethereum/eth/tracers/native" // callTracer, prestateTracer, erc7562Tracer
	"github.com/ethereum/go-ethereum/node"
	"github.com/ethereum/go-ethereum/p2p"
	"github.com/ethereum/go-ethereum/rpc"
)

const (
	// DefaultChainID is what a chain gets when Config names none.
	DefaultChainID = 31337
	// DefaultAddr is where JSON-RPC is served when Config names no address.
	DefaultAddr = "127.0.0.1:8545"
)

// cacheMiB bounds each of the node's caches. The defaults are meant for a
// public chain and preallocate hundreds of megabytes.
const cacheMiB = 16

// Config says which chain to run and where. The zero value is an in-memory
// chain with id 31337 on 127.0.0.1:8545.
type Config struct {
	ChainID uint64           // 0 means DefaultChainID
	DataDir string           // "" keeps the chain in memory only
	Addr    string           // loopback host:port of JSON-RPC; "" means DefaultAddr, port 0 picks a free one
	Fund    []common.Address // each holds Funding from genesis on
	Logger  *slog.Logger     // node warnings and errors; nil discards them
}

// Node is a running chain. Its methods are safe for concurrent use.
type Node struct {
	stack *node.Node
	rpc   *rpc.Client

	closeOnce sync.Once
	closeErr  error
}

// Start boots the chain and returns when JSON-RPC answers. A data directory
// keeps the genesis of its first start: a later start with another chain id,
// or with an address to fund that genesis does not hold, is an error.
// Cancelling ctx after Start has returned has no effect; use Close.
func Start(ctx context.Context, cfg Config) (*Node, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("start embedded chain: %w", err)
	}
	cfg = withDefaults(cfg)
	host, port, err := loopbackAddr(cfg.Addr)
	if err != nil {
		return nil, fmt.Errorf("start embedded chain: %w", err)
	}
	if err := checkFree(host, port); err != nil {
		return nil, fmt.Errorf("start embedded chain: %w", err)
	}
	routeLogs(cfg.Logger)
	refuseScriptTracers()

	stack, err := node.New(nodeConfig(cfg.DataDir, host, port))
	if err != nil {
		return nil, fmt.Errorf("start embedded chain in %q: %w", cfg.DataDir, explainOpen(err))
	}
	sealer, err := assemble(stack, cfg)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start embedded chain: %w", err), stack.Close())
	}
	if err := stack.Start(); err != nil {
		// A node that failed to start has closed itself already.
		return nil, fmt.Errorf("start embedded chain on %s: %w", cfg.Addr, err)
	}
	if err := sealer.settle(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("start embedded chain: %w", err), stack.Close())
	}
	return &Node{stack: stack, rpc: stack.Attach()}, nil
}

// URL is the HTTP endpoint of JSON-RPC.
func (n *Node) URL() string { return n.stack.HTTPEndpoint() }

// RPC is a client that talks to the node in process, without HTTP. It belongs
// to the node: do not close it.
func (n *Node) RPC() *rpc.Client { return n.rpc }

// Close stops sealing, then the node, and releases the data directory. It may
// be called more than once.
func (n *Node) Close() error {
	n.closeOnce.Do(func() {
		n.rpc.Close()
		if err := n.stack.Close(); err != nil {
			n.closeErr = fmt.Errorf("stop embedded chain: %w", err)
		}
	})
	return n.closeErr
}

func withDefaults(cfg Config) Config {
	if cfg.ChainID == 0 {
		cfg.ChainID = DefaultChainID
	}
	if cfg.Addr == "" {
		cfg.Addr = DefaultAddr
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	return cfg
}

// loopbackAddr splits addr and refuses anything that other machines could
// reach: the node serves debug and time travel to whoever connects.
func loopbackAddr(addr string) (host string, port int, err error) {
	host, service, err := net.SplitHostPort(addr)
	if err != nil {
		return "", 0, fmt.Errorf("address %q: %w; give host:port, for example %s", addr, err, DefaultAddr)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return "", 0, fmt.Errorf("address %q: host %q is not loopback, and the chain has no access control; use 127.0.0.1", addr, host)
	}
	port, err = strconv.Atoi(service)
	if err != nil || port < 0 || port > 65535 {
		return "", 0, fmt.Errorf("address %q: port %q is not a number from 0 to 65535", addr, service)
	}
	return host, port, nil
}

// checkFree finds out early that the port is taken: the node finds out late,
// when it can no longer stop all that it has started.
func checkFree(host string, port int) error {
	listener, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		return fmt.Errorf("%w: stop what listens there, or choose another port (0 picks a free one)", err)
	}
	return listener.Close()
}

func nodeConfig(dataDir, host string, port int) *node.Config {
	cfg := node.DefaultConfig
	cfg.Name = "devchain"
	cfg.DataDir = dataDir
	// goleveldb hands each write to the operating system at once; the default
	// engine keeps the last ones in a buffer that kill -9 takes along.
	cfg.DBEngine = rawdb.DBLeveldb
	cfg.P2P = p2p.Config{NoDiscovery: true, NoDial: true}
	cfg.IPCPath = ""
	cfg.HTTPHost, cfg.HTTPPort = host, port
	cfg.HTTPModules = []string{"eth", "net", "web3", "debug", "evm"}
	// Pages under development come from any local port; any other web site
	// stays out, by origin and by host name.
	cfg.HTTPCors = []string{"http://localhost", "http://localhost:*", "http://127.0.0.1", "http://127.0.0.1:*", "http://[::1]:*"}
	cfg.HTTPVirtualHosts = []string{"localhost"}
	return &cfg
}

// assemble wires the chain, its APIs and the sealer into the stack.
func assemble(stack *node.Node, cfg Config) (*sealer, error) {
	genesis, err := openGenesis(cfg, time.Now())
	if err != nil {
		return nil, err
	}
	backend, err := eth.New(stack, chainConfig(genesis))
	if err != nil {
		return nil, fmt.Errorf("open chain %d in %q: %w", cfg.ChainID, cfg.DataDir, err)
	}
	beacon, err := catalyst.NewSimulatedBeacon(0, common.Address{}, backend)
	if err != nil {
		return nil, fmt.Errorf("attach the beacon to chain %d: %w", cfg.ChainID, err)
	}
	sealer := newSealer(beacon, backend, cfg.Logger)
	stack.RegisterAPIs(tracers.APIs(backend.APIBackend))
	stack.RegisterAPIs([]rpc.API{
		{Namespace: "eth", Service: filters.NewFilterAPI(filters.NewFilterSystem(backend.APIBackend, filters.Config{}))},
		{Namespace: "evm", Service: &clockAPI{sealer: sealer}},
	})
	stack.RegisterLifecycle(sealer)
	return sealer, nil
}

func chainConfig(genesis *core.Genesis) *ethconfig.Config {
	cfg := ethconfig.Defaults
	cfg.Genesis = genesis
	cfg.NetworkId = genesis.Config.ChainID.Uint64()
	cfg.SyncMode = ethconfig.FullSync
	// With pruning, and with the path scheme in any mode, recent state lives in
	// memory until a clean stop: kill -9 would take the head back to genesis.
	cfg.StateScheme = rawdb.HashScheme
	cfg.NoPruning = true
	cfg.TransactionHistory = 0 // 0 keeps every receipt findable by hash
	cfg.LogNoHistory = true    // the chain is short: search logs block by block
	cfg.DatabaseCache = cacheMiB
	cfg.TrieCleanCache = cacheMiB
	cfg.TrieDirtyCache = cacheMiB
	cfg.SnapshotCache = cacheMiB
	cfg.DatabaseHandles = 256
	cfg.TxPool.NoLocals = true
	cfg.Miner.GasCeil = genesis.GasLimit
	cfg.TxPool.PriceLimit = minTip
	cfg.Miner.GasPrice = big.NewInt(minTip)
	cfg.RPCTxFeeCap = 0 // no cap: bundles with generous fees pass one ether
	return &cfg
}

func explainOpen(err error) error {
	if errors.Is(err, node.ErrDatadirUsed) {
		return fmt.Errorf("%w: stop the other process, or choose another data directory", err)
	}
	return err
}
