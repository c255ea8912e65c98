package chain

import (
	"context"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/latchkey-dev/latchkey/internal/bindings"
)

// creationLookback is how many blocks back a creation is searched.
const creationLookback = 2_000

// Creation is the transaction that created an account.
type Creation struct {
	Tx  common.Hash
	To  common.Address // the factory itself, unless an operation or another contract called it
	Fee *big.Int       // wei that its sender paid
}

// Creation finds the transaction that created an account of factory, looking
// back from block. It is nil when the account was created long before, or not
// by this factory.
func (c *Client) Creation(ctx context.Context, factory, account common.Address, block uint64) (*Creation, error) {
	created := bindings.NewLatchkeyAccountFactory().GetABI().Events["AccountCreated"].ID
	logs, err := c.Logs(ctx, ethereum.FilterQuery{
		FromBlock: new(big.Int).SetUint64(block - min(block, creationLookback)),
		ToBlock:   new(big.Int).SetUint64(block),
		Addresses: []common.Address{factory},
		Topics:    [][]common.Hash{{created}, {common.BytesToHash(account[:])}},
	})
	if err != nil || len(logs) == 0 {
		return nil, err
	}
	hash := logs[0].TxHash
	var tx *types.Transaction
	if err := c.call(ctx, fmt.Sprintf("read transaction %s", hash), &tx, "eth_getTransactionByHash", hash); err != nil {
		return nil, err
	}
	receipt, err := c.Receipt(ctx, hash)
	if err != nil || receipt == nil || tx == nil || tx.To() == nil {
		return nil, err
	}
	fee := new(big.Int).Mul(new(big.Int).SetUint64(receipt.GasUsed), receipt.EffectiveGasPrice)
	return &Creation{Tx: hash, To: *tx.To(), Fee: fee}, nil
}
