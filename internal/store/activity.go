package store

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/session"
)

// IntentsByHash answers intents by the hash of their operation, or of the relayer
// transaction that carries it.
func (db *DB) IntentsByHash(ctx context.Context, projectID string, hash common.Hash) ([]intent.Intent, error) {
	carried, err := transactions.list(ctx, db.reader, by("hash", hash.Hex()), "")
	if err != nil {
		return nil, err
	}
	hashes := []string{hash.Hex()}
	for _, t := range carried {
		for _, h := range t.Operations {
			hashes = append(hashes, h.Hex())
		}
	}
	// SQLite would read the project's whole list for its order, or only because
	// the project is named: a hash has few intents, so both are done here.
	found, err := intents.list(ctx, db.reader, where{}.in("operation_hash", hashes), "")
	found = slices.DeleteFunc(found, func(in intent.Intent) bool { return in.ProjectID != projectID })
	slices.SortFunc(found, older)
	return found, err
}

// older orders intents as lists do, the oldest first.
func older(a, b intent.Intent) int {
	return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
}

// Delivery answers how an operation travels, nil when it was never queued.
func (db *DB) Delivery(ctx context.Context, chainID uint64, hash common.Hash) (*intent.Delivery, error) {
	op, err := db.Operation(ctx, chainID, hash)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	d := &intent.Delivery{State: string(op.State), Attempts: op.Attempts, QueuedAt: op.CreatedAt, ChangedAt: op.UpdatedAt}
	if op.TxID == 0 {
		return d, nil
	}
	t, err := transactions.one(ctx, db.reader, by("id", op.TxID), "")
	if err != nil {
		return nil, err
	}
	d.Carrier = &intent.Carrier{
		Hash: t.Hash, Replaced: t.Replaced, Relayer: t.Relayer, Nonce: t.Nonce,
		State: string(t.State), Operations: len(t.Operations), SignedAt: t.CreatedAt,
	}
	return d, nil
}

// usageRow is one hour in the books of a project.
type usageRow struct {
	projectID string
	intent.Usage
}

var usageHours = table[usageRow]{
	name: "usage_hours",
	noun: "hour of usage",
	cells: func(u *usageRow) []cell {
		return []cell{
			word("project_id", &u.projectID),
			word("policy_id", &u.PolicyID),
			moment("hour", &u.Hour),
			number("operations", &u.Operations),
			number("failed", &u.Failed),
			amount("gas_fee", &u.GasFee),
		}
	},
}

// book adds usage to its hour. The sum is taken here because SQLite has no
// integers of that size. It is the last row that a transaction locks.
func (db *DB) book(ctx context.Context, tx *sql.Tx, projectID string, add intent.Usage) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO usage_hours (project_id, policy_id, hour, operations, failed, gas_fee)
		VALUES ($1, $2, $3, 0, 0, '0') ON CONFLICT (project_id, hour, policy_id) DO NOTHING`, projectID, add.PolicyID, add.Hour.UnixMicro())
	if err != nil {
		return fmt.Errorf("book usage: %w", err)
	}
	w := by("project_id", projectID).and("policy_id", add.PolicyID).and("hour", add.Hour.UnixMicro())
	u, err := usageHours.one(ctx, tx, w, db.dialect.Lock)
	if err != nil {
		return fmt.Errorf("book usage: %w", err)
	}
	fee := new(big.Int).Add(u.GasFee, add.GasFee)
	_, err = tx.ExecContext(ctx, `UPDATE usage_hours SET operations = operations + $1, failed = failed + $2, gas_fee = $3
		WHERE project_id = $4 AND policy_id = $5 AND hour = $6`, add.Operations, add.Failed, fee.String(), projectID, add.PolicyID, add.Hour.UnixMicro())
	if err != nil {
		return fmt.Errorf("book usage: %w", err)
	}
	return nil
}

// Usage answers the hours since then.
func (db *DB) Usage(ctx context.Context, projectID, policyID string, since time.Time) ([]intent.Usage, error) {
	w := by("project_id", projectID).given("policy_id", policyID).with("hour >= $%d", since.UnixMicro())
	rows, err := usageHours.list(ctx, db.reader, w, " ORDER BY hour, policy_id")
	all := make([]intent.Usage, len(rows))
	for i, r := range rows {
		all[i] = r.Usage
	}
	return all, err
}

// IntentMinutes counts intents by minute and status. It names every status, so
// that the index on them serves a range of times.
func (db *DB) IntentMinutes(ctx context.Context, projectID string, since time.Time) ([]intent.Minute, error) {
	w := by("project_id", projectID).in("status", texts(intent.Statuses)).with("created_at >= $%d", since.UnixMicro())
	rows, err := db.reader.QueryContext(ctx, "SELECT created_at / 60000000 AS minute, status, COUNT(*) FROM intents"+w.clause()+
		" GROUP BY minute, status ORDER BY minute, status", w.args...)
	if err != nil {
		return nil, fmt.Errorf("count intents by minute: %w", err)
	}
	defer rows.Close()
	var all []intent.Minute
	for rows.Next() {
		var minute int64
		var status intent.Status
		var n int
		if err := rows.Scan(&minute, &status, &n); err != nil {
			return nil, fmt.Errorf("count intents by minute: %w", err)
		}
		at := time.Unix(minute*60, 0).UTC()
		if last := len(all) - 1; last < 0 || all[last].At != at {
			all = append(all, intent.Minute{At: at, Counts: make(map[intent.Status]int)})
		}
		all[len(all)-1].Counts[status] = n
	}
	return all, rows.Err()
}

var failedIntents = table[intent.FailedIntent]{
	name: "intents",
	noun: "failed intent",
	cells: func(f *intent.FailedIntent) []cell {
		return []cell{word("id", &f.IntentID), document("failure", &f.Failure)}
	},
}

// Failures answers why the newest intents failed.
func (db *DB) Failures(ctx context.Context, projectID string, since time.Time, limit int) ([]intent.FailedIntent, error) {
	w := by("project_id", projectID).and("status", string(intent.Failed)).with("created_at >= $%d", since.UnixMicro())
	return failedIntents.list(ctx, db.reader, w, fmt.Sprintf(" ORDER BY created_at DESC, id DESC LIMIT %d", limit))
}

// ends repeats when a permission ends in a column of its own, so that sessions
// are found by it. It is written only; bytes that are no permission have none.
func ends(column string, packed *[]byte) cell {
	return cell{
		column: column,
		get: func() (driver.Value, error) {
			p, err := permission.Decode(*packed)
			if err != nil {
				return nil, nil
			}
			return int64(p.ValidUntil), nil
		},
		set:   func(any) error { return nil },
		clear: func() {},
	}
}

// CountEnding counts live sessions by when they end, up to a number of them.
func (db *DB) CountEnding(ctx context.Context, projectID string, now, soon uint64, most int) (live, ending int, err error) {
	w := by("project_id", projectID).with(liveSession).with("valid_until >= $%d", now)
	query := fmt.Sprintf(`SELECT COUNT(*), COUNT(CASE WHEN valid_until <= $%d THEN 1 END)
		FROM (SELECT valid_until FROM sessions%s ORDER BY valid_until LIMIT %d) AS counted`, len(w.args)+1, w.clause(), most)
	err = db.reader.QueryRowContext(ctx, query, append(w.args, int64(soon))...).Scan(&live, &ending)
	if err != nil {
		err = fmt.Errorf("count live sessions: %w", err)
	}
	return live, ending, err
}

// Ending answers the live sessions that end next.
func (db *DB) Ending(ctx context.Context, projectID string, now, soon uint64, limit int) ([]session.Session, error) {
	w := by("project_id", projectID).with(liveSession).with("valid_until BETWEEN $%d AND $%d", now, soon)
	return sessions.list(ctx, db.reader, w, fmt.Sprintf(" ORDER BY valid_until LIMIT %d", limit))
}
