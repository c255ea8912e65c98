package store

import (
	"context"
	"database/sql"
	"fmt"
	"math/big"

	"github.com/latchkey-dev/latchkey/internal/intent"
)

// spendingRow is what one session has signed so far.
type spendingRow struct {
	sessionID string
	intent.Spending
}

var sessionTotals = table[spendingRow]{
	name: "session_totals",
	noun: "totals of a session",
	cells: func(r *spendingRow) []cell {
		return []cell{
			word("session_id", &r.sessionID),
			number("operations", &r.Operations),
			amount("gas_fee", &r.GasFee),
			moment("last_used", &r.LastUsed),
		}
	},
}

// signer answers the session that signed an intent, "" for none.
func signer(in intent.Intent) string {
	switch in.SignedBy {
	case intent.OwnerSigned, intent.ClientSent:
		return ""
	}
	return in.SignedBy
}

// charged answers what the chain charged for an intent in wei, 0 until it is
// included.
func charged(in intent.Intent) *big.Int {
	if in.Outcome == nil || in.Outcome.GasFee == nil {
		return new(big.Int)
	}
	return in.Outcome.GasFee
}

// total brings the totals of the session that signed an intent up to date with
// a step of it. Only what the step changed is added, so a step that is repeated
// adds nothing, and an outcome that is taken back takes its fee along. The sum
// is taken here because SQLite has no integers of that size.
func (db *DB) total(ctx context.Context, tx *sql.Tx, before, after intent.Intent) error {
	was, is := signer(before), signer(after)
	if was != "" && was != is {
		if err := db.addTotal(ctx, tx, was, before, -1, new(big.Int).Neg(charged(before))); err != nil {
			return err
		}
	}
	if is == "" {
		return nil
	}
	operations, fee := 1, charged(after)
	if was == is {
		operations, fee = 0, new(big.Int).Sub(fee, charged(before))
	}
	return db.addTotal(ctx, tx, is, after, operations, fee)
}

func (db *DB) addTotal(ctx context.Context, tx *sql.Tx, sessionID string, in intent.Intent, operations int, fee *big.Int) error {
	if operations == 0 && fee.Sign() == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO session_totals (session_id, operations, gas_fee, last_used)
		VALUES ($1, 0, '0', $2) ON CONFLICT (session_id) DO NOTHING`, sessionID, in.CreatedAt.UnixMicro())
	if err != nil {
		return fmt.Errorf("add to the totals of session %s: %w", sessionID, err)
	}
	sum, err := sessionTotals.one(ctx, tx, by("session_id", sessionID), db.dialect.Lock)
	if err != nil {
		return fmt.Errorf("add to the totals of session %s: %w", sessionID, err)
	}
	sum.Operations += operations
	sum.GasFee = new(big.Int).Add(sum.GasFee, fee)
	if in.CreatedAt.After(sum.LastUsed) {
		sum.LastUsed = in.CreatedAt
	}
	return sessionTotals.update(ctx, tx, sum, nil)
}

// Spent answers what each session has signed so far.
func (db *DB) Spent(ctx context.Context, sessionIDs []string) (map[string]intent.Spending, error) {
	all := make(map[string]intent.Spending)
	if len(sessionIDs) == 0 {
		return all, nil
	}
	rows, err := sessionTotals.list(ctx, db.reader, where{}.in("session_id", sessionIDs).with("operations > 0"), "")
	for _, r := range rows {
		all[r.sessionID] = r.Spending
	}
	return all, err
}
