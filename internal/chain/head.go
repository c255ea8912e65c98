package chain

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/rpc"
)

// minTip, in wei a gas, is offered where a node suggests less or nothing.
const minTip = 1_000_000

// Head is a block as far as the server looks at it.
type Head struct {
	Number  uint64
	Hash    common.Hash
	Time    uint64   // unix seconds
	BaseFee *big.Int // wei a gas; nil on a chain without EIP-1559
}

type rpcBlock struct {
	Number  hexutil.Uint64 `json:"number"`
	Hash    common.Hash    `json:"hash"`
	Time    hexutil.Uint64 `json:"timestamp"`
	BaseFee *hexutil.Big   `json:"baseFeePerGas"`
}

func (b *rpcBlock) head() Head {
	return Head{Number: uint64(b.Number), Hash: b.Hash, Time: uint64(b.Time), BaseFee: bigOf(b.BaseFee)}
}

// Head is the newest block.
func (c *Client) Head(ctx context.Context) (Head, error) {
	var block *rpcBlock
	if err := c.call(ctx, "read the head", &block, "eth_getBlockByNumber", "latest", false); err != nil {
		return Head{}, err
	}
	if block == nil {
		return Head{}, errors.New("read the head: the node has no block")
	}
	return block.head(), nil
}

// Block is the canonical block of that number, nil when there is none (yet).
func (c *Client) Block(ctx context.Context, number uint64) (*Head, error) {
	var block *rpcBlock
	name := fmt.Sprintf("read block %d", number)
	if err := c.call(ctx, name, &block, "eth_getBlockByNumber", hexutil.Uint64(number), false); err != nil || block == nil {
		return nil, err
	}
	head := block.head()
	return &head, nil
}

// BlockHash is the hash of the canonical block of that number, zero when there
// is none: a receipt whose block hash differs was taken back by a reorg.
func (c *Client) BlockHash(ctx context.Context, number uint64) (common.Hash, error) {
	block, err := c.Block(ctx, number)
	if err != nil || block == nil {
		return common.Hash{}, err
	}
	return block.Hash, nil
}

// Time is the time that the next block will have at the earliest, in unix
// seconds: the head's, or the wall clock's where no block was needed for a while.
func (c *Client) Time(ctx context.Context) (uint64, error) {
	head, err := c.Head(ctx)
	if err != nil {
		return 0, err
	}
	return max(head.Time, uint64(c.Now().Unix())), nil
}

// Fees are caps for something sent now, in wei a gas: the priority fee that the
// node suggests, and room for the base fee to double on top of it.
func (c *Client) Fees(ctx context.Context) (maxFee, maxPriority *big.Int, err error) {
	var block *rpcBlock
	var tip *hexutil.Big
	requests := []rpc.BatchElem{
		{Method: "eth_getBlockByNumber", Args: []any{"latest", false}, Result: &block},
		{Method: "eth_maxPriorityFeePerGas", Result: &tip},
	}
	err = c.batch(ctx, "read the fees", requests)
	if err != nil && !hasCode(requests[1].Error, codeMethodNotFound) {
		return nil, nil, err
	}
	if block == nil || block.BaseFee == nil {
		return nil, nil, fmt.Errorf("read the fees: chain %d has no base fee (EIP-1559), which EntryPoint v0.8 needs", c.chainID)
	}
	maxPriority = big.NewInt(minTip)
	if suggested := bigOf(tip); suggested != nil && suggested.Cmp(maxPriority) > 0 {
		maxPriority = suggested
	}
	maxFee = new(big.Int).Lsh(bigOf(block.BaseFee), 1)
	return maxFee.Add(maxFee, maxPriority), maxPriority, nil
}
