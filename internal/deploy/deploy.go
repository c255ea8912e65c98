package deploy

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/latchkey-dev/latchkey/internal/bindings"
)

// Options say what to deploy. Amounts are wei; a nil amount asks for none.
type Options struct {
	// PaymasterSigner is the server key whose signature the paymaster accepts.
	// It decides the paymaster's address, together with the deployer's.
	PaymasterSigner common.Address
	// Stake is the least that the paymaster shall have staked, with an unstake
	// delay of at least a day.
	Stake *big.Int
	// Deposit is the least that the paymaster shall have at the EntryPoint to
	// pay for operations.
	Deposit *big.Int
	// Development adds the ERC-721 and the ERC-20 that anyone may mint.
	Development bool
	// Progress is told of every step when it is done; it may be nil.
	Progress func(Step)
}

// Step is one thing that a run made sure of.
type Step struct {
	Name    string         // "EntryPoint", "paymaster deposit", …
	Address common.Address // the contract that it is about
	Existed bool           // it was so before: nothing was sent
	Tx      common.Hash    // what was sent; zero if Existed
	GasUsed uint64         // by Tx
}

// Result is where everything is, and how it came there.
type Result struct {
	EntryPoint common.Address
	Account    common.Address // implementation that proxies and delegated EOAs use
	Factory    common.Address
	Paymaster  common.Address
	DevNFT     common.Address // zero unless Options.Development
	DevToken   common.Address // zero unless Options.Development
	Steps      []Step
}

// Sent counts the transactions of the run.
func (r Result) Sent() int {
	sent := 0
	for _, step := range r.Steps {
		if !step.Existed {
			sent++
		}
	}
	return sent
}

// Run makes sure that everything that opts ask for is on client's chain. The
// key pays, and becomes the paymaster's admin. It returns when every
// transaction is in a block. An interrupted run is continued by another one
// with the same key and options.
func Run(ctx context.Context, client *ethclient.Client, key Key, opts Options) (Result, error) {
	if opts.PaymasterSigner == (common.Address{}) {
		return Result{}, errors.New("deploy: no paymaster signer is given: name the address of the key that will sign sponsorships")
	}
	sender, err := newSender(ctx, client, key)
	if err != nil {
		return Result{}, fmt.Errorf("deploy: %w", err)
	}
	r := &run{client: client, sender: sender, opts: opts}
	if err := r.all(ctx); err != nil {
		return r.result, fmt.Errorf("deploy to chain %s: %w", sender.chainID, err)
	}
	return r.result, nil
}

// run is one Run under way.
type run struct {
	client *ethclient.Client
	sender *sender
	opts   Options
	result Result
}

func (r *run) all(ctx context.Context) error {
	if err := r.checkDeployer(ctx); err != nil {
		return err
	}
	for _, c := range r.contracts() {
		step, err := r.contract(ctx, c)
		if err != nil {
			return fmt.Errorf("%s at %s: %w", c.name, c.address(), err)
		}
		*c.place = step.Address
		r.done(step)
	}
	return r.fundPaymaster(ctx)
}

// contracts lists what to deploy, each after what it needs.
func (r *run) contracts() []contract {
	admin := r.sender.address
	list := []contract{
		{"EntryPoint", bindings.EntryPointSalt, bindings.EntryPointCreationCode(), &r.result.EntryPoint},
		{"account implementation", common.Hash{}, bindings.AccountCreationCode(), &r.result.Account},
		{"account factory", common.Hash{}, bindings.FactoryCreationCode(), &r.result.Factory},
		{"paymaster", common.Hash{}, bindings.PaymasterCreationCode(admin, r.opts.PaymasterSigner), &r.result.Paymaster},
	}
	if !r.opts.Development {
		return list
	}
	return append(list,
		contract{"development ERC-721", common.Hash{}, bindings.DevNFTCreationCode(), &r.result.DevNFT},
		contract{"development ERC-20", common.Hash{}, bindings.DevTokenCreationCode(), &r.result.DevToken},
	)
}

func (r *run) done(step Step) {
	r.result.Steps = append(r.result.Steps, step)
	if r.opts.Progress != nil {
		r.opts.Progress(step)
	}
}
