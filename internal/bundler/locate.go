package bundler

import (
	"context"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/userop"
)

// whereabouts is where an operation is that none of our transactions included.
// The zero value means that it was not included, and still can be.
type whereabouts struct {
	result    *Result // somebody else included it
	deep      bool    // and that is final
	displaced bool    // another operation used its nonce: it can never be included
}

const displacedReason = "another operation of the account used its nonce"

// locate asks the chain. Before an operation is given up it must be asked:
// what was included may look refused, its session used up for example.
func (p *pass) locate(ctx context.Context, op Operation) (whereabouts, error) {
	used, err := p.nonceUsed(ctx, op)
	if err != nil || !used {
		return whereabouts{}, err
	}
	logs, err := p.Chain.Logs(ctx, ethereum.FilterQuery{
		FromBlock: p.lookback(),
		Addresses: []common.Address{userop.EntryPoint},
		Topics:    [][]common.Hash{{operationTopic}, {op.Hash}},
	})
	if err != nil {
		return whereabouts{}, fmt.Errorf("look for operation %s on chain: %w", op.Hash, err)
	}
	if len(logs) == 0 {
		return whereabouts{displaced: true}, nil
	}
	return p.readInclusion(ctx, op, logs[len(logs)-1].TxHash)
}

func (p *pass) readInclusion(ctx context.Context, op Operation, tx common.Hash) (whereabouts, error) {
	receipt, err := p.Chain.Receipt(ctx, tx)
	if err != nil {
		return whereabouts{}, err
	}
	if receipt == nil {
		return whereabouts{}, fmt.Errorf("operation %s is in transaction %s, which has no receipt: the node is behind itself", op.Hash, tx)
	}
	found, err := p.results(ctx, receipt)
	if err != nil {
		return whereabouts{}, err
	}
	result := found[op.Hash]
	if result == nil {
		return whereabouts{}, fmt.Errorf("receipt of transaction %s holds no event of operation %s, which its logs do: the node's receipt is incomplete", tx, op.Hash)
	}
	canonical, err := p.canonical(ctx, receipt)
	if err != nil {
		return whereabouts{}, err
	}
	deep := canonical && p.depth(receipt.BlockNumber) >= p.limits.Confirmations
	return whereabouts{result: result, deep: deep}, nil
}

// nonceUsed reports whether EntryPoint has counted past the operation's nonce.
func (p *pass) nonceUsed(ctx context.Context, op Operation) (bool, error) {
	next, err := p.nextNonce(ctx, op)
	if err != nil {
		return false, err
	}
	return next.Cmp(orZero(op.Op.Nonce)) > 0, nil
}

// nextNonce answers the nonce that EntryPoint takes next in the operation's
// lane, lane included.
func (p *pass) nextNonce(ctx context.Context, op Operation) (*big.Int, error) {
	key := new(big.Int).Rsh(orZero(op.Op.Nonce), 64)
	out, err := p.Chain.Call(ctx, p.relayer(), userop.EntryPoint, entryPoint.PackGetNonce(op.Op.Sender, key))
	if err != nil {
		return nil, fmt.Errorf("read the nonce of %s from EntryPoint: %w", op.Op.Sender, err)
	}
	next, err := entryPoint.UnpackGetNonce(out)
	if err != nil {
		return nil, fmt.Errorf("read the nonce of %s from EntryPoint: is EntryPoint v0.8 deployed at %s? %w", op.Op.Sender, userop.EntryPoint, err)
	}
	return next, nil
}

func (p *pass) lookback() *big.Int {
	from := new(big.Int).Sub(p.head.Number, new(big.Int).SetUint64(p.limits.Lookback))
	if from.Sign() < 0 {
		return new(big.Int)
	}
	return from
}
