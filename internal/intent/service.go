package intent

import (
	"context"
	"encoding/json"
	"log/slog"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/contract"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/session"
	"github.com/latchkey-dev/latchkey/internal/sponsor"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// Chain is what an intent needs to know of one chain.
type Chain interface {
	// Time is the time that the next block will have at the earliest, in unix
	// seconds. It decides about sessions and signing windows.
	Time(ctx context.Context) (uint64, error)
	// Fees are the fee caps for an operation that is sent now, in wei a gas.
	Fees(ctx context.Context) (maxFee, maxPriority *big.Int, err error)
	// Sequence is the next sequence number in an account's nonce lane.
	Sequence(ctx context.Context, sender common.Address, lane uint64) (uint64, error)
	// FreshLaneGas is the gas that the EntryPoint uses to write the first nonce
	// of a lane.
	FreshLaneGas(ctx context.Context) (uint64, error)
	// Account reads what an account is on chain.
	Account(ctx context.Context, address common.Address) (AccountState, error)
	// SessionWords reads the status words of an account's sessions.
	SessionWords(ctx context.Context, account common.Address, ids []common.Hash) ([]*big.Int, error)
	// CounterWords reads the counters of sessions' rules by their keys.
	CounterWords(ctx context.Context, account common.Address, keys []common.Hash) ([]*big.Int, error)
	// Funds is what an account can pay fees from: its balance and its deposit at
	// the EntryPoint, in wei.
	Funds(ctx context.Context, address common.Address) (*big.Int, error)
	// Balance is what an account can send with calls, in wei.
	Balance(ctx context.Context, address common.Address) (*big.Int, error)
	// PaymasterDeposit is the paymaster's deposit at the EntryPoint, in wei.
	PaymasterDeposit(ctx context.Context) (*big.Int, error)
	// Creation finds the transaction that created an account of factory, looking
	// back from block.
	Creation(ctx context.Context, factory, account common.Address, block uint64) (Creation, error)
	// Estimate simulates the operation. ErrOutOfGas when that takes more gas than
	// the chain's nodes give to a call.
	Estimate(ctx context.Context, req EstimateRequest) (Estimate, error)
}

// AccountState is what the chain says of an account.
type AccountState struct {
	Deployed bool         // it runs our code, as a proxy or as a delegated EOA
	Owner    userop.Owner // zero before deployment; a key on P-256 by its address only
	Epoch    uint64       // of its sessions, once it runs our code
	Nonce    uint64       // of its next EIP-7702 authorization; unset when it runs our code
	// Returning says that the account does not run our code but may have before,
	// so that its next operation here must revoke all sessions. Epoch is the one
	// after that.
	Returning bool
}

// Creation is how an account came to be on chain.
type Creation struct {
	Tx *common.Hash // nil when it was not found
	// Fee is what the relayer paid to create it in a transaction of its own, in
	// wei; zero when an operation did, which paid for it.
	Fee *big.Int
}

// EstimateRequest asks for the gas of an operation under each of several
// signature fields.
type EstimateRequest struct {
	Operation  userop.Operation
	Signatures [][]byte
	// Deploy creates the account before the operation, nil when not needed.
	Deploy *FactoryCall
	// Delegate is whose code the account will run, zero when it does already.
	Delegate common.Address
	// Registering are sessions whose registration is still under way: they are
	// taken as registered.
	Registering []common.Hash
}

// Estimate is the gas that a simulated operation used.
type Estimate struct {
	DeployGas       *big.Int
	VerificationGas *big.Int // of the dearest signature
	CallGas         *big.Int
	CallReverted    bool
	Revert          []byte // revert data of the call, when it reverted
}

// Paymaster sponsors operations of one chain.
type Paymaster interface {
	Address() common.Address
	// Stub fills the paymaster fields with values that cost as much as real ones.
	Stub(op *userop.Operation)
	// Sponsor fills and signs the paymaster fields; the operation may be included
	// between the two unix times.
	Sponsor(ctx context.Context, op *userop.Operation, validAfter, validUntil uint64) error
}

// Accounts finds the account that a request names.
type Accounts interface {
	// Observe notes the owner that the chain names, and answers the account with
	// it.
	Observe(ctx context.Context, acc account.Account, owner userop.Owner) (account.Account, error)
	// KeepAuthorization notes an EIP-7702 authorization on the account.
	KeepAuthorization(ctx context.Context, acc account.Account, signed []byte) (account.Account, error)
	Get(ctx context.Context, projectID, id string) (account.Account, error)
	Resolve(ctx context.Context, projectID, accountID, playerID string, chainID uint64, owner *common.Address) (account.Account, error)
	List(ctx context.Context, projectID string, f account.Filter, req page.Request) (page.Page[account.Account], error)
}

// Contracts finds registered contracts and encodes calls to them.
type Contracts interface {
	Get(ctx context.Context, projectID, id string) (contract.Contract, error)
	List(ctx context.Context, projectID string, f contract.Filter, req page.Request) (page.Page[contract.Contract], error)
}

// Sponsor decides whether a gas policy covers an operation.
type Sponsor interface {
	Decide(ctx context.Context, projectID, policyID string, req sponsor.Request) (sponsor.Policy, error)
}

// Sessions reads the sessions of an account.
type Sessions interface {
	LiveSessions(ctx context.Context, accountID string) ([]session.Session, error)
	Sessions(ctx context.Context, projectID string, f session.Filter, req page.Request) (page.Page[session.Session], error)
}

// Network is one chain with its paymaster and its bundler.
type Network struct {
	Chain     Chain
	Paymaster Paymaster
	// Room is what one transaction may take, and Needs what that of an operation
	// takes.
	Room  Room
	Needs func(op userop.Operation) (Room, error)
	// Trace answers the calls of a mined transaction, or ErrNoTrace. Nil when no
	// node is asked.
	Trace func(ctx context.Context, tx common.Hash) (Frame, error)
}

// Service opens, signs and settles intents. Its fields are set once, before
// the first call; all are required.
type Service struct {
	Store     Store
	Accounts  Accounts
	Contracts Contracts
	Sponsor   Sponsor
	Sessions  Sessions
	Networks  map[uint64]Network // by chain id
	// Explain puts revert data into words, with the ABIs of the called contracts
	// for their own errors.
	Explain func(revert []byte, abis []json.RawMessage) (name, text string)
	// WakeBundler tells that an operation was queued on a chain. It must not block.
	WakeBundler func(chainID uint64)
	// SignWindow is how long a client may take to sign, in chain time.
	SignWindow time.Duration
	// ReceiptWait bounds how long a signature request waits for the receipt.
	ReceiptWait time.Duration
	Now         func() time.Time
	Log         *slog.Logger

	waiters waiters
	judging stripes
}

// now is the time to store, cut to what the store keeps.
func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// Get returns an intent of the project.
func (s *Service) Get(ctx context.Context, projectID, id string) (Intent, error) {
	return s.Store.Intent(ctx, projectID, id)
}

// List returns a page of the project's intents.
func (s *Service) List(ctx context.Context, projectID string, f Filter, req page.Request) (page.Page[Intent], error) {
	return s.Store.Intents(ctx, projectID, f, req)
}

// Changed answers traces of intents that changed lately, see Store.
func (s *Service) Changed(ctx context.Context, since time.Time, limit int) ([]Trace, error) {
	return s.Store.IntentsChanged(ctx, since, limit)
}

// Spent sums up what each of the sessions has signed; one that has signed
// nothing is left out.
func (s *Service) Spent(ctx context.Context, sessionIDs ...string) (map[string]Spending, error) {
	return s.Store.Spent(ctx, sessionIDs)
}
