package chain

import (
	"context"
	"fmt"
	"strings"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/rpc"
)

// Call runs a call against the newest state and returns its output. A revert
// is a *RevertError.
func (c *Client) Call(ctx context.Context, from, to common.Address, data []byte) ([]byte, error) {
	var output hexutil.Bytes
	message := map[string]any{"from": from, "to": to, "input": hexutil.Bytes(data)}
	err := c.call(ctx, fmt.Sprintf("call %s", to), &output, "eth_call", message, "latest")
	return output, err
}

// SendRaw hands a signed transaction to a node. It may be called again with the
// same bytes: a node that knows them already is no error. ErrUnavailable says
// nothing about whether the transaction is on its way.
func (c *Client) SendRaw(ctx context.Context, raw []byte) error {
	hash := crypto.Keccak256Hash(raw)
	err := c.call(ctx, fmt.Sprintf("send transaction %s", hash), nil, "eth_sendRawTransaction", hexutil.Bytes(raw))
	if err != nil && isKnown(err) {
		return nil
	}
	return err
}

func isKnown(err error) bool {
	message := strings.ToLower(err.Error())
	return strings.Contains(message, "already known") || strings.Contains(message, "known transaction") || strings.Contains(message, "already imported")
}

// Receipt is the receipt of a transaction, nil while it is in no block. Nodes
// may show a receipt a moment before its block is their head; here it counts
// only from then on, so that reads that follow see what the transaction did.
func (c *Client) Receipt(ctx context.Context, hash common.Hash) (*types.Receipt, error) {
	var receipt *types.Receipt
	var head hexutil.Uint64
	err := c.batch(ctx, fmt.Sprintf("read the receipt of %s", hash), []rpc.BatchElem{
		{Method: "eth_getTransactionReceipt", Args: []any{hash}, Result: &receipt},
		{Method: "eth_blockNumber", Result: &head},
	})
	// A node that is still indexing knows no more than one that never saw it.
	if err != nil && strings.Contains(err.Error(), "indexing is in progress") {
		return nil, nil
	}
	if err != nil || receipt == nil || receipt.BlockNumber.Uint64() > uint64(head) {
		return nil, err
	}
	return receipt, nil
}

// LatestNonce counts the transactions of an address that are in blocks.
func (c *Client) LatestNonce(ctx context.Context, address common.Address) (uint64, error) {
	return c.nonce(ctx, address, "latest")
}

// PendingNonce counts also those that the node holds for coming blocks.
func (c *Client) PendingNonce(ctx context.Context, address common.Address) (uint64, error) {
	return c.nonce(ctx, address, "pending")
}

func (c *Client) nonce(ctx context.Context, address common.Address, block string) (uint64, error) {
	var nonce hexutil.Uint64
	err := c.call(ctx, fmt.Sprintf("read the %s nonce of %s", block, address), &nonce, "eth_getTransactionCount", address, block)
	return uint64(nonce), err
}

// EstimateGas is the gas limit that a transaction needs. A revert is a
// *RevertError.
func (c *Client) EstimateGas(ctx context.Context, tx ethereum.CallMsg) (uint64, error) {
	var gas hexutil.Uint64
	err := c.call(ctx, "estimate the gas of a transaction", &gas, "eth_estimateGas", callArguments(tx))
	return uint64(gas), err
}

func callArguments(tx ethereum.CallMsg) map[string]any {
	args := map[string]any{"from": tx.From}
	if tx.To != nil {
		args["to"] = tx.To
	}
	if len(tx.Data) > 0 {
		args["input"] = hexutil.Bytes(tx.Data)
	}
	if tx.Value != nil {
		args["value"] = (*hexutil.Big)(tx.Value)
	}
	if tx.Gas != 0 {
		args["gas"] = hexutil.Uint64(tx.Gas)
	}
	if tx.GasFeeCap != nil {
		args["maxFeePerGas"] = (*hexutil.Big)(tx.GasFeeCap)
	}
	if tx.GasTipCap != nil {
		args["maxPriorityFeePerGas"] = (*hexutil.Big)(tx.GasTipCap)
	}
	if tx.AuthorizationList != nil {
		args["authorizationList"] = tx.AuthorizationList
	}
	return args
}
