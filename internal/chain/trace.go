package chain

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/rpc"
)

// ErrNoTrace means that the node does not trace the transaction: it offers no
// debug namespace, or has no state of that age.
var ErrNoTrace = errors.New("the node gives no trace of the transaction")

// TracedCall is one call of a transaction.
type TracedCall struct {
	Type    string // CALL, DELEGATECALL, CREATE2 and so on
	From    common.Address
	To      common.Address
	Value   *big.Int // wei, nil where the kind of call sends none
	GasUsed uint64
	Input   []byte
	Output  []byte // revert data, where Error is set
	Error   string // "" when the call succeeded
	Calls   []TracedCall
}

type rpcFrame struct {
	Type    string         `json:"type"`
	From    common.Address `json:"from"`
	To      common.Address `json:"to"`
	Value   *hexutil.Big   `json:"value"`
	GasUsed hexutil.Uint64 `json:"gasUsed"`
	Input   hexutil.Bytes  `json:"input"`
	Output  hexutil.Bytes  `json:"output"`
	Error   string         `json:"error"`
	Calls   []rpcFrame     `json:"calls"`
}

func (f rpcFrame) call() TracedCall {
	out := TracedCall{
		Type: f.Type, From: f.From, To: f.To, Value: bigOf(f.Value), GasUsed: uint64(f.GasUsed),
		Input: f.Input, Output: f.Output, Error: f.Error,
	}
	for _, inner := range f.Calls {
		out.Calls = append(out.Calls, inner.call())
	}
	return out
}

// Trace asks for the calls that a mined transaction made. Errors that wrap
// ErrNoTrace hold the node's words.
func (c *Client) Trace(ctx context.Context, tx common.Hash) (TracedCall, error) {
	var raw json.RawMessage
	config := map[string]any{"tracer": "callTracer", "timeout": "10s"}
	err := c.call(ctx, fmt.Sprintf("trace transaction %s", tx), &raw, "debug_traceTransaction", tx, config)
	if answer, ok := errors.AsType[rpc.Error](err); ok {
		return TracedCall{}, fmt.Errorf("%w: %s", ErrNoTrace, answer.Error())
	}
	if err != nil {
		return TracedCall{}, err
	}
	var top rpcFrame
	if err := json.Unmarshal(raw, &top); err != nil || top.Type == "" {
		return TracedCall{}, fmt.Errorf("%w: its answer is not that of callTracer", ErrNoTrace)
	}
	return top.call(), nil
}
