package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"math/big"
	"slices"

	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/session"
)

// fillBatch is how many rows are filled in one transaction. It ends a SELECT.
const fillBatch = " ORDER BY id LIMIT 500"

// fill writes the columns that repeat what another one holds, for rows of
// builds that had none. An index finds those rows, so a start that has nothing
// to fill reads none. Servers may be at work meanwhile.
func (db *DB) fill(ctx context.Context) error {
	if err := db.fillBatches(ctx, db.fillEnds); err != nil {
		return fmt.Errorf("note when older sessions end: %w", err)
	}
	if err := db.fillBatches(ctx, db.fillFees); err != nil {
		return fmt.Errorf("note what older intents cost: %w", err)
	}
	return nil
}

// fillBatches calls batch with the last id of the batch before, each time in a
// transaction of its own, until it answers "".
func (db *DB) fillBatches(ctx context.Context, batch func(ctx context.Context, tx *sql.Tx, after string) (last string, err error)) error {
	after := ""
	for {
		var last string
		err := db.write(ctx, func(tx *sql.Tx) (err error) {
			last, err = batch(ctx, tx, after)
			return err
		})
		if err != nil || last == "" {
			return err
		}
		after = last
	}
}

var endlessSessions = table[session.Session]{
	name: "sessions",
	noun: "session",
	cells: func(s *session.Session) []cell {
		return []cell{word("id", &s.ID), blob("permission", &s.Permission)}
	},
}

// fillEnds writes when sessions end. A permission that cannot be read has no
// end: its row is left as it is, and looked at again by the next start.
func (db *DB) fillEnds(ctx context.Context, tx *sql.Tx, after string) (last string, err error) {
	w := where{}.with("valid_until IS NULL").with("permission IS NOT NULL").with("id > $%d", after)
	found, err := endlessSessions.list(ctx, tx, w, fillBatch+db.dialect.Lock)
	if err != nil {
		return "", err
	}
	for _, s := range found {
		last = s.ID
		until, err := ends("valid_until", &s.Permission).get()
		if err != nil {
			return "", err
		}
		if until == nil {
			continue
		}
		if _, err := tx.ExecContext(ctx, "UPDATE sessions SET valid_until = $1 WHERE id = $2", until, s.ID); err != nil {
			return "", err
		}
	}
	return last, nil
}

var feelessIntents = table[intent.Intent]{
	name: "intents",
	noun: "transaction intent",
	cells: func(in *intent.Intent) []cell {
		return []cell{
			word("id", &in.ID),
			word("signed_by", &in.SignedBy),
			document("outcome", &in.Outcome),
			moment("created_at", &in.CreatedAt),
		}
	},
}

// fillFees writes what intents cost, and adds it to the totals of the sessions
// that signed them: those were summed up from the column. An intent whose column
// is filled is in the totals already. Intents are locked before totals, as every
// step of one does, and both in the order of their ids.
func (db *DB) fillFees(ctx context.Context, tx *sql.Tx, after string) (last string, err error) {
	w := where{}.with("gas_fee IS NULL").with("outcome IS NOT NULL").with("id > $%d", after)
	found, err := feelessIntents.list(ctx, tx, w, fillBatch+db.dialect.Lock)
	if err != nil || len(found) == 0 {
		return "", err
	}
	for _, in := range found {
		fee, err := gasFee("gas_fee", &in.Outcome).get()
		if err != nil {
			return "", err
		}
		if fee == nil {
			continue
		}
		if _, err := tx.ExecContext(ctx, "UPDATE intents SET gas_fee = $1 WHERE id = $2", fee, in.ID); err != nil {
			return "", err
		}
	}
	return found[len(found)-1].ID, db.addFees(ctx, tx, found)
}

// addFees adds what intents cost to the totals of the sessions that signed them.
func (db *DB) addFees(ctx context.Context, tx *sql.Tx, found []intent.Intent) error {
	fees, newest := make(map[string]*big.Int), make(map[string]intent.Intent)
	for _, in := range found {
		id := signer(in)
		if id == "" {
			continue
		}
		if fees[id] == nil {
			fees[id] = new(big.Int)
		}
		fees[id].Add(fees[id], charged(in))
		if in.CreatedAt.After(newest[id].CreatedAt) {
			newest[id] = in
		}
	}
	for _, id := range slices.Sorted(maps.Keys(fees)) {
		if err := db.addTotal(ctx, tx, id, newest[id], 0, fees[id]); err != nil {
			return err
		}
	}
	return nil
}
