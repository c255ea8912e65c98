package bundler

import (
	"context"
	"math/big"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// Chain is what the bundler needs of a node.
type Chain interface {
	accounts
	blocks
	sending
}

type accounts interface {
	// LatestNonce counts the account's mined transactions.
	LatestNonce(ctx context.Context, account common.Address) (uint64, error)
	Balance(ctx context.Context, account common.Address) (*big.Int, error)
	Code(ctx context.Context, account common.Address) ([]byte, error)
	Call(ctx context.Context, from, to common.Address, data []byte) ([]byte, error)
}

type blocks interface {
	// Header answers a block of the canonical chain, the latest for nil.
	Header(ctx context.Context, number *big.Int) (*types.Header, error)
	BlockHash(ctx context.Context, number uint64) (common.Hash, error)
	// Receipt answers nil without an error for a transaction that is in no
	// block, or that the node does not know.
	Receipt(ctx context.Context, tx common.Hash) (*types.Receipt, error)
	Logs(ctx context.Context, query ethereum.FilterQuery) ([]types.Log, error)
}

// Errors of Simulate and EstimateGas hold, where the chain reverted, an error
// with a method ErrorData() any that answers revert data in hex.
type sending interface {
	// Fees answers what a transaction should bid now, in wei a unit of gas.
	Fees(ctx context.Context) (maxFee, tip *big.Int, err error)
	// Simulate runs a transaction on the newest state as the next block would.
	Simulate(ctx context.Context, tx ethereum.CallMsg) ([]byte, error)
	EstimateGas(ctx context.Context, tx ethereum.CallMsg) (uint64, error)
	// SendRaw broadcasts a signed transaction. An error does not prove that
	// the node has not taken it.
	SendRaw(ctx context.Context, raw []byte) error
}

// Signer holds a relayer key.
type Signer interface {
	Address() common.Address
	SignTx(ctx context.Context, tx *types.Transaction, chainID *big.Int) (*types.Transaction, error)
}
