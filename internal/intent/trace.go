package intent

import (
	"bytes"
	"context"
	"errors"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

// Frame is one call of a traced transaction.
type Frame struct {
	Type    string // CALL, DELEGATECALL, CREATE2 and so on
	From    common.Address
	To      common.Address
	Value   *big.Int // wei, nil where the kind of call sends none
	GasUsed uint64
	Input   []byte
	Output  []byte // revert data, where Error is set
	Error   string // "" when the call succeeded
	Calls   []Frame
}

// ErrNoTrace is answered by Network.Trace when the chain's nodes do not trace.
var ErrNoTrace = errors.New("no node of the chain traces")

// Trace answers the calls that an intent's operation made on chain, as far as
// they can be told from those of other operations in its transaction: the
// account's and the paymaster's validation, and the execution.
func (s *Service) Trace(ctx context.Context, in Intent) ([]Frame, error) {
	if in.Outcome == nil {
		return nil, fault.New(fault.Invalid, "intent %s is not on chain, so there is nothing to trace", in.ID)
	}
	n, err := s.network(in.ChainID)
	if err != nil {
		return nil, err
	}
	if n.Trace == nil {
		return nil, ErrNoTrace
	}
	top, err := n.Trace(ctx, in.Outcome.TxHash)
	if err != nil {
		return nil, err
	}
	if own := framesOf(top, in.OperationHash); len(own) > 0 {
		return own, nil
	}
	return []Frame{top}, nil
}

// framesOf finds the EntryPoint's calls on behalf of one operation: their data
// holds its hash. There are other operations in a transaction, and other callers
// of the EntryPoint before it.
func framesOf(top Frame, operation common.Hash) []Frame {
	var own []Frame
	for _, f := range top.Calls {
		if bytes.Contains(f.Input, operation[:]) {
			own = append(own, f)
		}
	}
	if len(own) > 0 {
		return own
	}
	for _, f := range top.Calls {
		if own = framesOf(f, operation); len(own) > 0 {
			return own
		}
	}
	return nil
}

// Delivery is how an intent's operation travels to the chain.
type Delivery struct {
	State     string // queued, bundled, included or dropped
	Attempts  int    // transactions that were mined for it and failed
	QueuedAt  time.Time
	ChangedAt time.Time
	Carrier   *Carrier // nil until a transaction was signed for it
}

// Carrier is the relayer's transaction with an operation.
type Carrier struct {
	Hash       common.Hash
	Replaced   []common.Hash // earlier versions that paid less
	Relayer    common.Address
	Nonce      uint64
	State      string // signed, mined, final or abandoned
	Operations int    // that it carries
	SignedAt   time.Time
}

// Delivery answers how an intent's operation travels, nil while it is not
// signed.
func (s *Service) Delivery(ctx context.Context, in Intent) (*Delivery, error) {
	if in.SignedBy == "" {
		return nil, nil
	}
	return s.Store.Delivery(ctx, in.ChainID, in.OperationHash)
}

// Find answers the intents whose operation, or whose operation's transaction,
// has the hash.
func (s *Service) Find(ctx context.Context, projectID string, hash common.Hash) ([]Intent, error) {
	return s.Store.IntentsByHash(ctx, projectID, hash)
}
