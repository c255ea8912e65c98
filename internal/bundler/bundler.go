package bundler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/common"
)

// Limits are the numbers that differ from chain to chain. Zero fields mean
// what DefaultLimits says.
type Limits struct {
	Confirmations uint64        // blocks, counting its own, that make a transaction final
	Operations    int           // most in one bundle
	Gas           uint64        // most for one transaction, at most 2^24 (EIP-7825)
	InFlight      int           // most transactions that wait to be mined
	Attempts      int           // transactions that may fail on chain for an operation before it is dropped
	Poll          time.Duration // shortest pause between passes while a transaction is under way
	Idle          time.Duration // longest pause between passes, unless woken
	Lease         time.Duration // how long a process that died keeps others from its relayer
	Resend        time.Duration // a transaction that is not mined is broadcast again, or counts as replaced when its nonce is used
	Stuck         time.Duration // a transaction that is not mined gets higher fees
	Patience      time.Duration // an operation that the chain would not take yet is dropped
	Lookback      uint64        // blocks searched for an operation that somebody else included
}

// DefaultLimits suit a public chain with blocks of a few seconds.
var DefaultLimits = Limits{
	Confirmations: 1,
	Operations:    32,
	Gas:           16_000_000,
	InFlight:      16,
	Attempts:      3,
	Poll:          500 * time.Millisecond,
	Idle:          time.Second,
	Lease:         15 * time.Second,
	Resend:        10 * time.Second,
	Stuck:         30 * time.Second,
	Patience:      30 * time.Minute,
	Lookback:      2_000,
}

// queueLimit is how many queued operations a pass looks at.
const queueLimit = 1_000

// Bundler sends the queued operations of one chain from one relayer key; a
// chain has one such key at a time. What an earlier key has sent is brought to
// its end too, see finishOthers. Set the fields, then call the methods, from
// any goroutine.
type Bundler struct {
	ChainID uint64
	Owner   string // names this process in the lease; no other process may use it at the same time
	Store   Store
	Chain   Chain
	Signer  Signer
	Limits  Limits

	Log       *slog.Logger                         // nil discards
	OnSettled func(chainID uint64, op common.Hash) // told after an operation was included or dropped, must not call the bundler; may be nil
	Explain   func(revert []byte) string           // says revert data in words; nil shows it in hex
	Now       func() time.Time                     // nil means time.Now

	step sync.Mutex // one pass at a time
	held map[common.Address]*holding

	mu     sync.Mutex
	status Status
}

// holding is a relayer's lease as this process sees it.
type holding struct {
	lease Lease
	until time.Time           // by our clock, taken before the lease was asked for
	seen  map[int64]*sighting // transactions under this lease
}

// sighting is what this process remembers of a live transaction. Losing it
// costs at most one more broadcast.
type sighting struct {
	sent        time.Time // last broadcast, zero when there was none
	priced      time.Time // first broadcast with its present fees
	missed      time.Time // since when its nonce is used and there is no receipt, zero when not
	underpriced bool      // a node wants higher fees
	unfunded    bool      // a node says that the relayer cannot pay
	senders     []common.Address
}

// Status is how a bundler stands after its last pass.
type Status struct {
	ChainID  uint64
	Relayer  common.Address
	Leading  bool   // this process holds the lease
	Queued   int    // operations that wait
	InFlight int    // transactions that are not final yet
	Paused   string // why nothing new is sent, "" when nothing stands in the way
	Held     string // why an operation waits that could be sent by itself, "" when none does
	Error    string // of the last pass, "" when it went well

	youngest time.Time // first broadcast of the youngest transaction under way, zero for none
}

// Status reports how the last pass went. It does not wait for one under way.
func (b *Bundler) Status() Status {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.status
	s.ChainID, s.Relayer = b.ChainID, b.Signer.Address()
	return s
}

// Pause is how long to wait before the next Step, unless operations arrive. It
// grows with the age of the youngest transaction under way: what is not mined
// soon will not be mined in the next instant.
func (b *Bundler) Pause() time.Duration {
	limits, youngest := b.effective(), b.Status().youngest
	if youngest.IsZero() {
		return limits.Idle
	}
	const share = 8
	return max(limits.Poll, min(limits.Idle, b.now().Sub(youngest)/share))
}

// Step makes one pass. It takes or renews the lease, or does nothing while
// another process holds it; broadcasts again what was saved but may not have
// been sent; looks what became of transactions; and sends what is queued. It
// does not wait for transactions to be mined.
//
// A pass that fails has changed nothing that the next one would not find: call
// Step again, after a pause.
func (b *Bundler) Step(ctx context.Context) error {
	b.step.Lock()
	defer b.step.Unlock()
	status, err := b.pass(ctx)
	if errors.Is(err, ErrLeaseLost) {
		b.log().Warn("another process took the relayer's lease", "error", err)
		delete(b.held, b.Signer.Address())
		status, err = Status{}, nil
	}
	if err != nil {
		err = fmt.Errorf("bundle operations of chain %d: %w", b.ChainID, err)
		status.Error = err.Error()
	}
	b.report(status)
	return err
}

// report keeps the status, and logs what newly stands in the way.
func (b *Bundler) report(now Status) {
	b.mu.Lock()
	before := b.status
	b.status = now
	b.mu.Unlock()
	if now.Paused != "" && before.Paused == "" {
		b.log().Error("sending is paused, nothing is lost", "cause", now.Paused)
	}
	if now.Held != "" && before.Held == "" {
		b.log().Warn("an operation is held back", "cause", now.Held)
	}
}

func (b *Bundler) pass(ctx context.Context) (Status, error) {
	held, err := b.hold(ctx, b.Signer.Address())
	if err != nil || held == nil {
		return Status{}, err
	}
	live, err := b.Store.LiveTransactions(ctx, b.ChainID)
	if err != nil {
		return Status{}, fmt.Errorf("load live transactions: %w", err)
	}
	byRelayer := make(map[common.Address][]Transaction)
	for _, tx := range live {
		byRelayer[tx.Relayer] = append(byRelayer[tx.Relayer], tx)
	}
	p := b.under(held, byRelayer[b.Signer.Address()])
	delete(byRelayer, b.Signer.Address())
	if p.others, err = b.finishOthers(ctx, byRelayer, &p.status); err != nil {
		return p.outcome(), err
	}
	err = p.run(ctx)
	return p.outcome(), err
}

// under begins a pass over the live transactions of a relayer that is held.
func (b *Bundler) under(held *holding, live []Transaction) *pass {
	return &pass{
		Bundler: b, lease: held.lease, seen: held.seen, live: live,
		limits: b.effective(), status: Status{Leading: true}, passed: make(map[common.Hash]bool),
	}
}

// hold makes sure that this process may act for a relayer: it takes the lease,
// or renews it when a third of it has passed. It answers nil while another
// process holds it.
func (b *Bundler) hold(ctx context.Context, relayer common.Address) (*holding, error) {
	now, ttl, held := b.now(), b.effective().Lease, b.held[relayer]
	if held != nil && now.Add(ttl*2/3).Before(held.until) {
		return held, nil
	}
	lease, ok, err := b.Store.AcquireLease(ctx, b.ChainID, relayer, b.Owner, ttl)
	if err != nil {
		return nil, fmt.Errorf("take the lease of relayer %s: %w", relayer, err)
	}
	if !ok {
		delete(b.held, relayer)
		return nil, nil
	}
	if held == nil || lease.Epoch != held.lease.Epoch {
		// Somebody else may have sent in between: know nothing.
		held = &holding{seen: make(map[int64]*sighting)}
	}
	held.lease, held.until = lease, now.Add(ttl)
	if b.held == nil {
		b.held = make(map[common.Address]*holding)
	}
	b.held[relayer] = held
	return held, nil
}

// Release gives the leases back, so that another process can take over at once.
// Call it when no Step follows.
func (b *Bundler) Release(ctx context.Context) error {
	b.step.Lock()
	defer b.step.Unlock()
	var errs []error
	for relayer := range b.held {
		errs = append(errs, b.letGo(ctx, relayer))
	}
	return errors.Join(errs...)
}

// letGo gives one lease back.
func (b *Bundler) letGo(ctx context.Context, relayer common.Address) error {
	held := b.held[relayer]
	if held == nil {
		return nil
	}
	delete(b.held, relayer)
	if err := b.Store.ReleaseLease(ctx, held.lease); err != nil {
		return fmt.Errorf("release the lease of relayer %s: %w", relayer, err)
	}
	return nil
}

func (b *Bundler) effective() Limits {
	l := b.Limits
	orDefault(&l.Confirmations, DefaultLimits.Confirmations)
	orDefault(&l.Operations, DefaultLimits.Operations)
	orDefault(&l.Gas, DefaultLimits.Gas)
	orDefault(&l.InFlight, DefaultLimits.InFlight)
	orDefault(&l.Attempts, DefaultLimits.Attempts)
	orDefault(&l.Poll, DefaultLimits.Poll)
	orDefault(&l.Idle, DefaultLimits.Idle)
	orDefault(&l.Lease, DefaultLimits.Lease)
	orDefault(&l.Resend, DefaultLimits.Resend)
	orDefault(&l.Stuck, DefaultLimits.Stuck)
	orDefault(&l.Patience, DefaultLimits.Patience)
	orDefault(&l.Lookback, DefaultLimits.Lookback)
	l.Gas = min(l.Gas, maxTransactionGas)
	return l
}

func orDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

func (b *Bundler) log() *slog.Logger { return b.logOf(b.Signer.Address()) }

func (b *Bundler) logOf(relayer common.Address) *slog.Logger {
	if b.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return b.Log.With("chain", b.ChainID, "relayer", relayer)
}

func (b *Bundler) now() time.Time {
	if b.Now == nil {
		return time.Now()
	}
	return b.Now()
}
