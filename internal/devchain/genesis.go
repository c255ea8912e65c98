package devchain

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"time"

	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"
)

// blockGasLimit is what most public chains allow at least. One transaction may
// use at most 2^24 gas of it (EIP-7825).
const blockGasLimit = 30_000_000

// Funding is the genesis balance, in wei, of each funded address.
var Funding = new(big.Int).Mul(big.NewInt(1_000_000), big.NewInt(params.Ether))

// genesisFile keeps the genesis of a data directory, because a chain opens
// only with the genesis it was made with: same start time, same balances, and
// the same forks even when a later build knows more of them.
const genesisFile = "genesis.json"

// openGenesis returns the genesis of the data directory, made on first use.
func openGenesis(cfg Config, now time.Time) (*core.Genesis, error) {
	if cfg.DataDir == "" {
		return newGenesis(cfg, now), nil
	}
	path := filepath.Join(cfg.DataDir, genesisFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		genesis := newGenesis(cfg, now)
		return genesis, saveGenesis(path, genesis)
	}
	if err != nil {
		return nil, fmt.Errorf("read the chain's genesis: %w", err)
	}
	var genesis core.Genesis
	if err := json.Unmarshal(text, &genesis); err != nil {
		return nil, fmt.Errorf("read the chain's genesis from %s: %w; restore the file, or remove the data directory to start over", path, err)
	}
	return &genesis, checkGenesis(&genesis, cfg)
}

func newGenesis(cfg Config, now time.Time) *core.Genesis {
	genesis := core.DeveloperGenesisBlock(blockGasLimit, nil)
	genesis.Config.ChainID = new(big.Int).SetUint64(cfg.ChainID)
	// The developer genesis is ahead of every public chain: with Bogota, which
	// prices new storage several times higher, gas would compare with nothing.
	genesis.Config.BogotaTime = nil
	// Calls against genesis see a sensible block time only if it has one.
	genesis.Timestamp = uint64(now.Unix())
	for _, address := range cfg.Fund {
		genesis.Alloc[address] = types.Account{Balance: Funding}
	}
	return genesis
}

func checkGenesis(genesis *core.Genesis, cfg Config) error {
	if kept := genesis.Config.ChainID; kept.Cmp(new(big.Int).SetUint64(cfg.ChainID)) != 0 {
		return fmt.Errorf("data directory %q holds chain %s, not chain %d: ask for chain %s, or choose another data directory", cfg.DataDir, kept, cfg.ChainID, kept)
	}
	for _, address := range cfg.Fund {
		if _, funded := genesis.Alloc[address]; !funded {
			return fmt.Errorf("genesis of chain %d in %q does not fund %s: start with the keys it was made with, or choose another data directory", cfg.ChainID, cfg.DataDir, address)
		}
	}
	return nil
}

// saveGenesis writes the file whole or not at all, so that a kill at this
// moment leaves a directory that the next start can use.
func saveGenesis(path string, genesis *core.Genesis) error {
	text, err := json.MarshalIndent(genesis, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the chain's genesis: %w", err)
	}
	draft := path + ".new"
	if err := os.WriteFile(draft, text, 0o600); err != nil {
		return fmt.Errorf("save the chain's genesis: %w", err)
	}
	if err := os.Rename(draft, path); err != nil {
		return fmt.Errorf("save the chain's genesis: %w", err)
	}
	return nil
}
