package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/bundler"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/intent"
)

// operations is keyed by chain and hash; the row's seq stays inside the
// database.
var operations = table[bundler.Operation]{
	name: "operations",
	noun: "operation",
	cells: func(op *bundler.Operation) []cell {
		return []cell{
			hash("hash", &op.Hash),
			number("chain_id", &op.ChainID),
			document("operation", &op.Op),
			document("deploy", &op.Deploy),
			document("delegation", &op.Delegation),
			hash("after_hash", &op.After),
			flag("alone", &op.Alone),
			word("session_id", &op.SessionID),
			word("state", &op.State),
			number("tx_id", &op.TxID),
			document("result", &op.Result),
			word("reason", &op.Reason),
			number("attempts", &op.Attempts),
			moment("created_at", &op.CreatedAt),
			moment("updated_at", &op.UpdatedAt),
		}
	},
}

// queue inserts the bundler's entry for a signed intent. An entry that is there
// already stays as it is: the step that signs may run twice.
func (db *DB) queue(ctx context.Context, tx *sql.Tx, q intent.Queue, in intent.Intent) error {
	_, err := operations.one(ctx, tx, operationAt(q.ChainID, q.Hash), "")
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	op := bundler.Operation{
		Hash: q.Hash, ChainID: q.ChainID, Op: q.Operation, After: q.After, Alone: q.Alone, SessionID: q.SessionID,
		State: bundler.Queued, CreatedAt: in.UpdatedAt, UpdatedAt: in.UpdatedAt,
	}
	if q.Deploy != nil {
		deploy := bundler.FactoryCall(*q.Deploy)
		op.Deploy = &deploy
	}
	if q.Delegation != nil {
		delegation := bundler.Delegation(*q.Delegation)
		op.Delegation = &delegation
	}
	return operations.insert(ctx, tx, op)
}

func operationAt(chainID uint64, h common.Hash) where {
	return by("chain_id", chainID).and("hash", h.Hex())
}

// blockedSession is the condition that the key which signed an operation is
// blocked.
const blockedSession = "EXISTS (SELECT 1 FROM sessions WHERE sessions.id = operations.session_id AND sessions.blocked_at IS NOT NULL)"

// QueuedOperations answers queued operations of a chain, in order of arrival,
// without those of blocked sessions: one that was signed in the moment of the
// block is not sent either.
func (db *DB) QueuedOperations(ctx context.Context, chainID uint64, limit int) ([]bundler.Operation, error) {
	w := by("chain_id", chainID).with("state = 'queued'").with("NOT " + blockedSession)
	return operations.list(ctx, db.reader, w, fmt.Sprintf(" ORDER BY seq LIMIT %d", limit))
}

// DropBlockedOperations gives up what blocked sessions have queued.
func (db *DB) DropBlockedOperations(ctx context.Context, chainID uint64, reason string, now time.Time) error {
	w := by("chain_id", chainID).with(blockedSession)
	var found bool
	err := db.reader.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM operations"+w.clause()+" AND state = 'queued')", w.args...).Scan(&found)
	if err != nil || !found {
		return wrap(err, "look for operations of blocked sessions")
	}
	return db.write(ctx, func(tx *sql.Tx) error { return dropQueued(ctx, tx, w, reason, now) })
}

// dropQueued gives up the queued operations that w finds.
func dropQueued(ctx context.Context, tx *sql.Tx, w where, reason string, now time.Time) error {
	set := fmt.Sprintf("UPDATE operations SET state = 'dropped', reason = $%d, updated_at = $%d", len(w.args)+1, len(w.args)+2)
	_, err := tx.ExecContext(ctx, set+w.with("state = 'queued'").clause(), append(slices.Clip(w.args), reason, now.UnixMicro())...)
	return wrap(err, "drop operations of a blocked session")
}

func wrap(err error, what string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

// Operation answers one operation of the bundler.
func (db *DB) Operation(ctx context.Context, chainID uint64, hash common.Hash) (bundler.Operation, error) {
	return operations.one(ctx, db.reader, operationAt(chainID, hash), "")
}

// SettleOperation saves what became of a queued operation.
func (db *DB) SettleOperation(ctx context.Context, l bundler.Lease, op bundler.Operation) error {
	return db.write(ctx, func(tx *sql.Tx) error {
		if err := db.holdLease(ctx, tx, l); err != nil {
			return err
		}
		old, err := operations.one(ctx, tx, operationAt(op.ChainID, op.Hash), db.dialect.Lock)
		if err != nil {
			return err
		}
		if old.State != bundler.Queued {
			return fault.New(fault.Conflict, "operation %s is %s, only queued ones are settled", op.Hash, old.State)
		}
		return saveOperation(ctx, tx, op)
	})
}

// saveOperation saves what the bundler may change of an operation.
func saveOperation(ctx context.Context, tx *sql.Tx, op bundler.Operation) error {
	args, err := values([]cell{
		word("state", &op.State),
		number("tx_id", &op.TxID),
		document("result", &op.Result),
		word("reason", &op.Reason),
		number("attempts", &op.Attempts),
		moment("updated_at", &op.UpdatedAt),
	})
	if err != nil {
		return fmt.Errorf("update operation %s: %w", op.Hash, err)
	}
	res, err := tx.ExecContext(ctx, `UPDATE operations
		SET state = $1, tx_id = $2, result = $3, reason = $4, attempts = $5, updated_at = $6
		WHERE chain_id = $7 AND hash = $8`, append(args, op.ChainID, op.Hash.Hex())...)
	if err != nil {
		return fmt.Errorf("update operation %s: %w", op.Hash, err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return errors.Join(err, fault.New(fault.NotFound, "operation %s does not exist on chain %d", op.Hash, op.ChainID))
	}
	return nil
}

// AcquireLease takes or renews a relayer key. One statement does it, so two
// processes cannot both find the lease free.
func (db *DB) AcquireLease(ctx context.Context, chainID uint64, relayer common.Address, owner string, ttl time.Duration) (bundler.Lease, bool, error) {
	now := db.dialect.Now
	l := bundler.Lease{ChainID: chainID, Relayer: relayer, Owner: owner}
	err := db.writer.QueryRowContext(ctx, `INSERT INTO relayer_leases (chain_id, relayer, owner, epoch, expires_at)
		VALUES ($1, $2, $3, 1, `+now+` + $4)
		ON CONFLICT (chain_id, relayer) DO UPDATE SET
			epoch = relayer_leases.epoch + CASE WHEN relayer_leases.owner = excluded.owner THEN 0 ELSE 1 END,
			owner = excluded.owner,
			expires_at = excluded.expires_at
		WHERE relayer_leases.owner = excluded.owner OR relayer_leases.expires_at <= `+now+`
		RETURNING epoch, expires_at`,
		chainID, lower(relayer), owner, ttl.Microseconds()).Scan(&l.Epoch, moment("expires_at", &l.ExpiresAt))
	if errors.Is(err, sql.ErrNoRows) {
		return bundler.Lease{}, false, nil
	}
	if err != nil {
		return bundler.Lease{}, false, fmt.Errorf("lease relayer %s on chain %d: %w", relayer, chainID, err)
	}
	return l, true, nil
}

// ReleaseLease ends a lease now. Its row stays, because its epoch must grow.
func (db *DB) ReleaseLease(ctx context.Context, l bundler.Lease) error {
	_, err := db.writer.ExecContext(ctx, `UPDATE relayer_leases SET expires_at = 0, owner = ''
		WHERE chain_id = $1 AND relayer = $2 AND owner = $3 AND epoch = $4`,
		l.ChainID, lower(l.Relayer), l.Owner, l.Epoch)
	if err != nil {
		return fmt.Errorf("release relayer %s on chain %d: %w", l.Relayer, l.ChainID, err)
	}
	return nil
}

// holdLease locks the lease's row and checks that nobody took it. That it has
// expired does no harm while nobody did.
func (db *DB) holdLease(ctx context.Context, tx *sql.Tx, l bundler.Lease) error {
	var owner string
	var epoch int64
	err := tx.QueryRowContext(ctx, "SELECT owner, epoch FROM relayer_leases WHERE chain_id = $1 AND relayer = $2"+db.dialect.Lock,
		l.ChainID, lower(l.Relayer)).Scan(&owner, &epoch)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("check lease of relayer %s on chain %d: %w", l.Relayer, l.ChainID, err)
	}
	if owner != l.Owner || epoch != l.Epoch || epoch == 0 {
		return fmt.Errorf("relayer %s on chain %d, epoch %d: %w", l.Relayer, l.ChainID, l.Epoch, bundler.ErrLeaseLost)
	}
	return nil
}

var transactions = table[bundler.Transaction]{
	name: "relayer_transactions",
	noun: "relayer transaction",
	cells: func(t *bundler.Transaction) []cell {
		return []cell{
			number("id", &t.ID),
			number("chain_id", &t.ChainID),
			address("relayer", &t.Relayer),
			number("nonce", &t.Nonce),
			blob("raw", &t.Raw),
			hash("hash", &t.Hash),
			document("replaced", &t.Replaced),
			word("state", &t.State),
			document("operations", &t.Operations),
			number("block_number", &t.BlockNumber),
			hash("block_hash", &t.BlockHash),
			moment("created_at", &t.CreatedAt),
			moment("updated_at", &t.UpdatedAt),
		}
	},
}

// SaveTransaction stores a signed transaction and marks its operations bundled.
func (db *DB) SaveTransaction(ctx context.Context, l bundler.Lease, t bundler.Transaction) (bundler.Transaction, error) {
	err := db.write(ctx, func(tx *sql.Tx) error {
		if err := db.holdLease(ctx, tx, l); err != nil {
			return err
		}
		if err := db.insertTransaction(ctx, tx, &t); err != nil {
			return err
		}
		for _, h := range t.Operations {
			if err := bundle(ctx, tx, t, h); err != nil {
				return err
			}
		}
		return nil
	})
	return t, err
}

// insertTransaction lets the database choose the id and sets it.
func (db *DB) insertTransaction(ctx context.Context, tx *sql.Tx, t *bundler.Transaction) error {
	args, err := values(transactions.cells(t)[1:])
	if err == nil {
		err = tx.QueryRowContext(ctx, "INSERT INTO relayer_transactions ("+strings.Join(transactions.columns()[1:], ", ")+
			") VALUES ("+marks(len(args))+") RETURNING id", args...).Scan(&t.ID)
	}
	if err != nil {
		err = fmt.Errorf("insert relayer transaction %s: %w", t.Hash, err)
	}
	return db.refuse(err, fmt.Sprintf("relayer %s has a transaction with nonce %d on chain %d already", t.Relayer, t.Nonce, t.ChainID), "")
}

// bundle marks one queued operation as carried by t. What a blocked session has
// signed is not carried: the block may be younger than the list of what is
// queued.
func bundle(ctx context.Context, tx *sql.Tx, t bundler.Transaction, h common.Hash) error {
	res, err := tx.ExecContext(ctx, `UPDATE operations SET state = 'bundled', tx_id = $1, updated_at = $2
		WHERE chain_id = $3 AND hash = $4 AND state = 'queued' AND NOT `+blockedSession, t.ID, t.UpdatedAt.UnixMicro(), t.ChainID, h.Hex())
	if err != nil {
		return fmt.Errorf("bundle operation %s: %w", h, err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return errors.Join(err, fault.New(fault.Conflict, "operation %s is not queued on chain %d", h, t.ChainID))
	}
	return nil
}

// LiveTransactions answers a chain's undecided transactions, each relayer's in
// nonce order.
func (db *DB) LiveTransactions(ctx context.Context, chainID uint64) ([]bundler.Transaction, error) {
	w := by("chain_id", chainID).with("state IN ('signed', 'mined')")
	return transactions.list(ctx, db.reader, w, " ORDER BY relayer, nonce, id")
}

// FinishTransaction saves what changed of a transaction and of operations.
func (db *DB) FinishTransaction(ctx context.Context, l bundler.Lease, t bundler.Transaction, ops []bundler.Operation) error {
	return db.write(ctx, func(tx *sql.Tx) error {
		if err := db.holdLease(ctx, tx, l); err != nil {
			return err
		}
		if _, err := transactions.one(ctx, tx, by("id", t.ID), db.dialect.Lock); err != nil {
			return err
		}
		if err := transactions.update(ctx, tx, t, nil); err != nil {
			return db.refuse(err, fmt.Sprintf("relayer %s has a transaction with nonce %d on chain %d already", t.Relayer, t.Nonce, t.ChainID), "")
		}
		for _, op := range ops {
			if err := saveOperation(ctx, tx, op); err != nil {
				return err
			}
		}
		return nil
	})
}
