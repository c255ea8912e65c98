package bundler

import (
	"context"
	"errors"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/latchkey-dev/latchkey/internal/userop"
)

// State of a queued operation.
type State string

const (
	Queued   State = "queued"   // waits for a bundle
	Bundled  State = "bundled"  // in a signed transaction, see Transaction
	Included State = "included" // on chain, Result is set
	Dropped  State = "dropped"  // given up before inclusion, Reason is set
)

// Operation is one signed user operation on its way to the chain.
type Operation struct {
	Hash       common.Hash // userOpHash, unique on its chain
	ChainID    uint64
	Op         userop.Operation
	Deploy     *FactoryCall // sent by the relayer first, nil when not needed
	Delegation *Delegation  // sent with it, nil when not needed
	After      common.Hash  // included first, zero when none
	Alone      bool         // shares no bundle with another operation of its sender
	SessionID  string       // session whose key signed it or that it registers, "" for none: a block gives it up
	State      State
	TxID       int64   // Transaction that carries it, 0 when none
	Result     *Result // set when included
	Reason     string  // set when dropped
	Attempts   int     // transactions that were mined for it and failed
	CreatedAt  time.Time
	UpdatedAt  time.Time
}

// FactoryCall creates an account.
type FactoryCall struct {
	Factory common.Address `json:"factory"`
	Data    []byte         `json:"data"`
}

// Delegation makes an EOA an account.
type Delegation struct {
	Authorization types.SetCodeAuthorization `json:"authorization"` // EIP-7702, by the sender
	// Returning says that the operation must not run without the authorization:
	// it revokes all sessions that the sender had when it was an account before.
	Returning bool `json:"returning"`
}

// Result is what the chain says of an included operation.
type Result struct {
	Success     bool           `json:"success"`
	BlockNumber uint64         `json:"blockNumber"`
	BlockHash   common.Hash    `json:"blockHash"`
	BlockTime   uint64         `json:"blockTime"`
	TxHash      common.Hash    `json:"transactionHash"`
	To          common.Address `json:"to"`
	GasUsed     *big.Int       `json:"gasUsed"`
	GasFee      *big.Int       `json:"gasFee"`
	Logs        []*types.Log   `json:"logs"`
	Revert      []byte         `json:"revert,omitempty"`
}

// TxState of a relayer transaction.
type TxState string

const (
	TxSigned    TxState = "signed"    // saved, perhaps broadcast: every start broadcasts it again
	TxMined     TxState = "mined"     // in a block, not yet deep enough
	TxFinal     TxState = "final"     // deep enough
	TxAbandoned TxState = "abandoned" // its nonce was used by another transaction, or nobody can raise its fees
)

// Transaction is one relayer transaction: the bytes are saved before they are
// sent, and the same bytes are sent again until the chain has decided.
type Transaction struct {
	ID          int64 // given by the store
	ChainID     uint64
	Relayer     common.Address
	Nonce       uint64
	Raw         []byte
	Hash        common.Hash
	Replaced    []common.Hash // earlier versions that paid less: any of them may be mined instead
	State       TxState
	Operations  []common.Hash // carried operations; empty for a deployment
	BlockNumber uint64        // 0 until mined
	BlockHash   common.Hash
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// Lease says who may send from a relayer key. Epoch grows with every owner;
// writes under an older epoch are refused.
type Lease struct {
	ChainID   uint64
	Relayer   common.Address
	Owner     string
	Epoch     int64
	ExpiresAt time.Time // database time
}

// ErrLeaseLost is answered to writes under a lease that another owner took.
var ErrLeaseLost = errors.New("relayer lease was taken by another process")

// Store keeps the bundler's rows. New operations are queued by intent.Store,
// in the transaction that accepts their signature.
type Store interface {
	// AcquireLease takes or renews the lease for ttl, judged by database time;
	// ok is false while another owner holds it.
	AcquireLease(ctx context.Context, chainID uint64, relayer common.Address, owner string, ttl time.Duration) (l Lease, ok bool, err error)
	// ReleaseLease lets another owner take the lease at once. A lease that was
	// lost already is no error.
	ReleaseLease(ctx context.Context, l Lease) error
	// QueuedOperations answers queued operations of a chain, oldest first.
	QueuedOperations(ctx context.Context, chainID uint64, limit int) ([]Operation, error)
	Operation(ctx context.Context, chainID uint64, hash common.Hash) (Operation, error)
	// SaveTransaction stores a signed transaction and marks its operations
	// bundled, in one transaction, if lease still holds (ErrLeaseLost). The
	// (chain, relayer, nonce) of live transactions is unique.
	SaveTransaction(ctx context.Context, l Lease, tx Transaction) (Transaction, error)
	// LiveTransactions answers the signed and mined transactions of a chain, of
	// every relayer that it ever had, each relayer's in nonce order.
	LiveTransactions(ctx context.Context, chainID uint64) ([]Transaction, error)
	// FinishTransaction saves what changed of a transaction (state, block, and
	// raw, hash and replaced when it was signed anew with higher fees) together
	// with what that means for ops: included, dropped, or queued again, with
	// their attempts. ops may hold operations that the transaction did not
	// carry, and be empty. Refused when the lease was lost (ErrLeaseLost).
	FinishTransaction(ctx context.Context, l Lease, tx Transaction, ops []Operation) error
	// SettleOperation saves what became of a queued operation without a
	// transaction of ours: dropped with a reason, or included by another's.
	SettleOperation(ctx context.Context, l Lease, op Operation) error
}
