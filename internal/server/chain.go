package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/chain"
	"github.com/latchkey-dev/latchkey/internal/contract"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// chainView is the chain client in the words of the packages that ask it.
type chainView struct {
	*chain.Client
	paymaster      common.Address
	implementation common.Address // of accounts
}

func (c chainView) OwnerAndEpoch(ctx context.Context, address common.Address) (userop.Owner, uint64, error) {
	a, err := c.Account(ctx, address)
	if !a.Deployed {
		return userop.Owner{}, a.Epoch, err
	}
	return a.Owner, a.Epoch, err
}

func (c chainView) PaymasterDeposit(ctx context.Context) (*big.Int, error) {
	return c.Deposit(ctx, c.paymaster)
}

// Estimate simulates an operation. The first signature is the owner's: when
// the account refuses even that, there is nobody who could sign.
func (c chainView) Estimate(ctx context.Context, req intent.EstimateRequest) (intent.Estimate, error) {
	ask := chain.EstimateRequest{Op: req.Operation, Signatures: req.Signatures, Delegate: req.Delegate, AssumeActive: req.Registering}
	if req.Deploy != nil {
		ask.Factory, ask.FactoryData = req.Deploy.Factory, req.Deploy.Data
	}
	got, err := c.Client.Estimate(ctx, ask)
	if errors.Is(err, chain.ErrOutOfGas) {
		err = fmt.Errorf("%w: %w", intent.ErrOutOfGas, err)
	}
	if err != nil {
		return intent.Estimate{}, err
	}
	if owner := got.Validations[0]; !owner.Success {
		_, text := chain.DecodeRevert(owner.Output)
		return intent.Estimate{}, fault.New(fault.Invalid, "account: %s refuses the operation whoever signs it: %s", req.Operation.Sender, text)
	}
	return intent.Estimate{
		DeployGas:       got.Deployment.GasUsed,
		VerificationGas: got.VerificationGas(),
		CallGas:         got.Execution.GasUsed,
		CallReverted:    !got.Execution.Success,
		Revert:          got.Execution.Output,
	}, nil
}

func (c chainView) Creation(ctx context.Context, factory, account common.Address, block uint64) (intent.Creation, error) {
	found, err := c.Client.Creation(ctx, factory, account, block)
	if err != nil || found == nil {
		return intent.Creation{Fee: new(big.Int)}, err
	}
	out := intent.Creation{Tx: &found.Tx, Fee: new(big.Int)}
	if found.To == factory {
		out.Fee = found.Fee
	}
	return out, nil
}

func (c chainView) trace(ctx context.Context, tx common.Hash) (intent.Frame, error) {
	top, err := c.Trace(ctx, tx)
	if errors.Is(err, chain.ErrNoTrace) {
		err = fmt.Errorf("%w: %w", intent.ErrNoTrace, err)
	}
	return frameOf(top), err
}

func frameOf(f chain.TracedCall) intent.Frame {
	out := intent.Frame{
		Type: f.Type, From: f.From, To: f.To, Value: f.Value, GasUsed: f.GasUsed,
		Input: f.Input, Output: f.Output, Error: f.Error,
	}
	for _, inner := range f.Calls {
		out.Calls = append(out.Calls, frameOf(inner))
	}
	return out
}

// reader reads from contracts of the one served chain.
type reader struct{ client *chain.Client }

func (r reader) Call(ctx context.Context, chainID uint64, to common.Address, data []byte) ([]byte, error) {
	if chainID != r.client.ChainID() {
		return nil, notServed(chainID, r.client.ChainID())
	}
	out, err := r.client.Call(ctx, common.Address{}, to, data)
	return out, readFault(to, err)
}

// readFault tells a contract that refuses, which is the client's business, from
// a chain that is away.
func readFault(to common.Address, err error) error {
	_, reverted := errors.AsType[*chain.RevertError](err)
	_, answered := errors.AsType[rpc.Error](err)
	if (reverted || answered) && !errors.Is(err, chain.ErrUnavailable) {
		return fault.New(fault.Invalid, "the call of %s failed: %v", to, err)
	}
	return err
}

func notServed(chainID, served uint64) error {
	return fault.Field("chainId", chainID, "chain %d is not served here; served is %d", chainID, served)
}

// addresses computes where new accounts will be.
type addresses struct {
	chainID                 uint64
	factory, implementation common.Address
}

func (a addresses) AccountAddress(chainID uint64, owner userop.Owner, salt common.Hash) (address, factory, implementation common.Address, err error) {
	if chainID != a.chainID {
		return address, factory, implementation, notServed(chainID, a.chainID)
	}
	if owner.Kind != userop.Secp256k1 {
		address = bindings.KeyAccountAddress(a.factory, a.implementation, byte(owner.Kind), owner.Key.X, owner.Key.Y, salt)
		return address, a.factory, a.implementation, nil
	}
	return bindings.AccountAddress(a.factory, a.implementation, owner.Address, salt), a.factory, a.implementation, nil
}

// explain puts revert data into words.
func explain(revert []byte, abis []json.RawMessage) (name, text string) {
	return chain.DecodeRevert(revert, abis...)
}

// contracts are those that operations on the served chain need.
type contracts struct {
	EntryPoint, Implementation, Factory, Paymaster common.Address
}

// known describes them for people who read what an operation has done.
func (c contracts) known(chainID uint64) []contract.Contract {
	return []contract.Contract{
		{Name: "EntryPoint", ChainID: chainID, Address: c.EntryPoint, ABI: json.RawMessage(bindings.EntryPointMetaData.ABI)},
		{Name: "Paymaster", ChainID: chainID, Address: c.Paymaster, ABI: json.RawMessage(bindings.LatchkeyPaymasterMetaData.ABI)},
		{Name: "Account factory", ChainID: chainID, Address: c.Factory, ABI: json.RawMessage(bindings.LatchkeyAccountFactoryMetaData.ABI)},
		{Name: "Account implementation", ChainID: chainID, Address: c.Implementation, ABI: json.RawMessage(bindings.LatchkeyAccountMetaData.ABI)},
	}
}

// check makes sure that those are deployed which are at the same address for
// everybody.
func (c contracts) check(ctx context.Context, client *chain.Client) error {
	for _, each := range []struct {
		name    string
		address common.Address
	}{
		{"EntryPoint v0.8", c.EntryPoint},
		{"account implementation", c.Implementation},
		{"account factory", c.Factory},
	} {
		code, err := client.Code(ctx, each.address)
		if err != nil {
			return err
		}
		if len(code) == 0 {
			return fmt.Errorf("chain %d has no %s at %s: run `latchkey deploy` with the same RPC endpoint and relayer key first", client.ChainID(), each.name, each.address)
		}
	}
	return nil
}
