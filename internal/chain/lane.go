package chain

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"

	"github.com/latchkey-dev/latchkey/internal/bindings"
)

// nobody is an address that has sent no operation on any chain, and whose key
// nobody knows.
var nobody = common.BytesToAddress(crypto.Keccak256([]byte("latchkey: no one's address")))

// laneGas keeps what FreshLaneGas found: the price of storage changes with
// forks only.
type laneGas struct{ atomic.Uint64 }

// FreshLaneGas is the gas that the EntryPoint uses to write the first nonce of
// a lane. Chains price new storage differently, so it is measured: on a call
// of incrementNonce, which does that and little else.
func (c *Client) FreshLaneGas(ctx context.Context) (uint64, error) {
	if known := c.lane.Load(); known != 0 {
		return known, nil
	}
	entryPoint := bindings.EntryPointAddress
	gas, err := c.EstimateGas(ctx, ethereum.CallMsg{
		From: nobody, To: &entryPoint, Data: bindings.NewEntryPoint().PackIncrementNonce(common.Big0),
	})
	if err != nil {
		return 0, fmt.Errorf("measure the gas of a fresh nonce lane: %w", err)
	}
	c.lane.Store(gas - params.TxGas)
	return gas - params.TxGas, nil
}
