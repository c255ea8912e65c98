package server

import (
	"context"
	"math/big"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/chain"
	"github.com/latchkey-dev/latchkey/internal/console"
)

// Gas by which funds are judged. They are low when they pay for fewer than
// lowOperations at the present fee caps, and empty when not for a full bundle.
const (
	operationGas  = 300_000
	lowOperations = 100
	bundleGas     = 10_000_000
)

// funds reads what the relayer and the paymaster have.
type funds struct {
	client             *chain.Client
	relayer, paymaster common.Address
}

func (f funds) read(ctx context.Context) ([]console.Fund, error) {
	fee, _, err := f.client.Fees(ctx)
	if err != nil {
		return nil, err
	}
	balance, err := f.client.Balance(ctx, f.relayer)
	if err != nil {
		return nil, err
	}
	deposit, err := f.client.Deposit(ctx, f.paymaster)
	if err != nil {
		return nil, err
	}
	return []console.Fund{
		f.fund("Relayer", "Sends every bundle; the EntryPoint pays it back.", f.relayer, balance, fee),
		f.fund("Paymaster deposit", "Pays for what gas policies sponsor. It is added with depositTo of the EntryPoint.", f.paymaster, deposit, fee),
	}, nil
}

func (f funds) fund(name, pays string, at common.Address, wei, fee *big.Int) console.Fund {
	times := func(gas int64) *big.Int { return new(big.Int).Mul(fee, big.NewInt(gas)) }
	return console.Fund{
		Name: name, Pays: pays, Address: at, ChainID: f.client.ChainID(), Wei: wei,
		Each: times(operationGas), Low: times(operationGas * lowOperations), Empty: times(bundleGas),
	}
}
