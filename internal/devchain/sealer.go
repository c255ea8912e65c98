package devchain

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/consensus/misc/eip1559"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/txpool"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/eth"
	"github.com/ethereum/go-ethereum/eth/catalyst"
	"github.com/holiman/uint256"
)

// minTip, in wei a gas, is the least that the pool accepts and blocks include.
const minTip = 1

// errNotSealed reports that the node made no block; its own log says why.
var errNotSealed = errors.New("the node sealed no block")

// sealer turns pending transactions into blocks as they arrive. Everything
// that makes a block holds mu, so that time travel and sealing never overlap:
// the beacon itself is not safe for concurrent use.
//
// A block's time is the wall clock's, or one second after its parent when the
// chain is ahead (many blocks within a second, or time travel).
type sealer struct {
	log     *slog.Logger
	beacon  *catalyst.SimulatedBeacon
	backend *eth.Ethereum

	mu sync.Mutex

	wake chan struct{} // holds one token: transactions arrived since the last look
	quit chan struct{}
	done sync.WaitGroup
}

func newSealer(beacon *catalyst.SimulatedBeacon, backend *eth.Ethereum, log *slog.Logger) *sealer {
	return &sealer{
		log:     log,
		beacon:  beacon,
		backend: backend,
		wake:    make(chan struct{}, 1),
		quit:    make(chan struct{}),
	}
}

// Start begins to seal; the node calls it once, after the chain has started.
func (s *sealer) Start() error {
	arrivals := make(chan core.NewTxsEvent, 128)
	subscription := s.backend.TxPool().SubscribeTransactions(arrivals, true)
	// Two goroutines, because sealing waits for the pool and the pool waits for
	// whoever subscribed: one that did both would deadlock in a burst.
	s.done.Go(func() {
		defer subscription.Unsubscribe()
		s.notice(arrivals)
	})
	s.done.Go(s.seal)
	return nil
}

// settle returns when the node can tell a transaction it does not know from
// one that it has not indexed. A new node learns that with its first block, and
// until then answers every receipt query with an error: so it gets one, empty.
func (s *sealer) settle(ctx context.Context) error {
	if s.head().Number.Sign() == 0 {
		if err := s.mine(); err != nil {
			return fmt.Errorf("seal the first block: %w", err)
		}
	}
	poll := time.NewTicker(time.Millisecond)
	defer poll.Stop()
	for !s.backend.BlockChain().TxIndexDone() {
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for the transaction index: %w", ctx.Err())
		case <-poll.C:
		}
	}
	return nil
}

// Stop ends sealing; transactions still in the pool are lost, as on any node.
func (s *sealer) Stop() error {
	close(s.quit)
	s.done.Wait()
	return s.beacon.Stop()
}

func (s *sealer) notice(arrivals <-chan core.NewTxsEvent) {
	for {
		select {
		case <-s.quit:
			return
		case <-arrivals:
			select {
			case s.wake <- struct{}{}:
			default:
			}
		}
	}
}

func (s *sealer) seal() {
	for {
		select {
		case <-s.quit:
			return
		case <-s.wake:
			if err := s.drain(); err != nil {
				s.log.Error("transactions stay pending until the next one arrives", "error", err)
			}
		}
	}
}

// drain seals until no transaction is left that a block could include.
func (s *sealer) drain() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.drainLocked()
}

func (s *sealer) drainLocked() error {
	for {
		ready, err := s.includable()
		if err != nil || ready == 0 {
			return err
		}
		if err := s.commitLocked(); err != nil {
			return err
		}
		left, err := s.includable()
		if err != nil {
			return err
		}
		if left >= ready && s.headIsEmpty() {
			return fmt.Errorf("%d pending transactions do not fit into an empty block", left)
		}
	}
}

// mine seals one block, with whatever is pending.
func (s *sealer) mine() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.backend.TxPool().Sync(); err != nil {
		return fmt.Errorf("read the transaction pool: %w", err)
	}
	return s.commitLocked()
}

// jumpTo seals what is pending, then an empty block with the given unix time,
// which must lie after the head.
func (s *sealer) jumpTo(timestamp func(head uint64) uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	// The beacon refuses to travel while anything is pending.
	if err := s.drainLocked(); err != nil {
		return err
	}
	head := s.head().Time
	target := timestamp(head)
	if target <= head {
		return fmt.Errorf("block time %d is not after the head's, %d", target, head)
	}
	before := s.head().Number.Uint64()
	if err := s.beacon.AdjustTime(time.Duration(target-head) * time.Second); err != nil {
		return fmt.Errorf("move block time from %d to %d: %w", head, target, err)
	}
	if s.head().Number.Uint64() == before {
		return errNotSealed
	}
	return nil
}

func (s *sealer) commitLocked() error {
	before := s.head().Hash()
	if s.beacon.Commit() == before {
		return errNotSealed
	}
	return nil
}

// includable counts the transactions that the next block can hold. A
// transaction that bids below the base fee does not count: it waits, and must
// not cause empty blocks.
func (s *sealer) includable() (int, error) {
	pool := s.backend.TxPool()
	if err := pool.Sync(); err != nil {
		return 0, fmt.Errorf("read the transaction pool: %w", err)
	}
	baseFee := eip1559.CalcBaseFee(s.backend.BlockChain().Config(), s.head())
	_, count := pool.Pending(txpool.PendingFilter{MinTip: uint256.NewInt(minTip), BaseFee: uint256.MustFromBig(baseFee)})
	return count, nil
}

func (s *sealer) head() *types.Header { return s.backend.BlockChain().CurrentBlock() }

func (s *sealer) headIsEmpty() bool { return s.head().GasUsed == 0 }
