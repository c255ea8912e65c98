package chain

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
)

// codeInvalidParams is how a node answers arguments that it does not know.
const codeInvalidParams = -32602

// Simulate runs a transaction on the newest state as the next block would,
// whose time may be far from the newest one's on a chain that seals only when
// asked to. A node without block overrides runs it at the newest block's time.
// A revert is a *RevertError.
func (c *Client) Simulate(ctx context.Context, tx ethereum.CallMsg) ([]byte, error) {
	head, err := c.Head(ctx)
	if err != nil {
		return nil, err
	}
	next := max(head.Time+1, uint64(c.Now().Unix()))
	args := []any{callArguments(tx), "latest", struct{}{}, map[string]any{"time": hexutil.Uint64(next)}}
	var output hexutil.Bytes
	err = c.call(ctx, "simulate a transaction", &output, "eth_call", args...)
	if hasCode(err, codeInvalidParams) || hasCode(err, codeMethodNotFound) {
		err = c.call(ctx, "simulate a transaction", &output, "eth_call", args[:2]...)
	}
	return output, err
}

// Header is the canonical header of that number, the newest for nil.
func (c *Client) Header(ctx context.Context, number *big.Int) (*types.Header, error) {
	block := "latest"
	if number != nil {
		block = hexutil.EncodeBig(number)
	}
	var header *types.Header
	name := fmt.Sprintf("read block %s", block)
	if err := c.call(ctx, name, &header, "eth_getBlockByNumber", block, false); err != nil {
		return nil, err
	}
	if header == nil {
		return nil, fmt.Errorf("%s: the node does not have it", name)
	}
	return header, nil
}

// Logs finds logs by their block, address and topics.
func (c *Client) Logs(ctx context.Context, query ethereum.FilterQuery) ([]types.Log, error) {
	if query.BlockHash != nil || query.FromBlock == nil {
		return nil, errors.New("find logs: a first block is needed")
	}
	filter := map[string]any{
		"fromBlock": hexutil.EncodeBig(query.FromBlock),
		"toBlock":   "latest",
		"address":   query.Addresses,
		"topics":    topicsOf(query.Topics),
	}
	if query.ToBlock != nil {
		filter["toBlock"] = hexutil.EncodeBig(query.ToBlock)
	}
	var logs []types.Log
	err := c.call(ctx, "find logs", &logs, "eth_getLogs", filter)
	return logs, err
}

// topicsOf makes "any" of places without alternatives.
func topicsOf(places [][]common.Hash) []any {
	topics := make([]any, len(places))
	for i, alternatives := range places {
		if len(alternatives) > 0 {
			topics[i] = alternatives
		}
	}
	return topics
}

// ErrorData is the revert data as a node's own error would hold it.
func (e *RevertError) ErrorData() any { return hexutil.Encode(e.Data) }
