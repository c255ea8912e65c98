package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/bundler"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/session"
	"github.com/latchkey-dev/latchkey/internal/sponsor"
)

var intents = table[intent.Intent]{
	name: "intents",
	noun: "transaction intent",
	cells: func(in *intent.Intent) []cell {
		return []cell{
			word("id", &in.ID),
			word("project_id", &in.ProjectID),
			word("player_id", &in.PlayerID),
			word("account_id", &in.AccountID),
			address("account_address", &in.AccountAddress),
			reference("policy_id", &in.PolicyID),
			number("chain_id", &in.ChainID),
			word("kind", &in.Kind),
			reference("session_id", &in.SessionID),
			document("interactions", &in.Interactions),
			word("status", &in.Status),
			document("operation", &in.Operation),
			hash("operation_hash", &in.OperationHash),
			number("lane", &in.Lane),
			amount("max_cost", &in.MaxCost),
			flag("deploy_first", &in.DeployFirst),
			document("delegation", &in.Delegation),
			number("expires_at", &in.ExpiresAt),
			word("signed_by", &in.SignedBy),
			blob("client_sig", &in.ClientSig),
			document("outcome", &in.Outcome),
			gasFee("gas_fee", &in.Outcome),
			document("failure", &in.Failure),
			document("transitions", &in.Transitions),
			moment("created_at", &in.CreatedAt),
			moment("updated_at", &in.UpdatedAt),
		}
	},
}

// openIntent is the condition of the index on nonce lanes, word for word.
const openIntent = "status IN ('waiting', 'signed')"

// OpenIntent saves a new intent with its account if that is unsaved, its session
// and its policy's reservation.
// Rows are locked in the order session, account, policy: the one order of every
// transaction here, so that no two wait for each other.
func (db *DB) OpenIntent(ctx context.Context, in intent.Intent, acc account.Account, s *session.Session, reserve func(*sponsor.Policy) error) error {
	return db.write(ctx, func(tx *sql.Tx) error {
		if acc.Unsaved {
			if err := db.saveAccount(ctx, tx, acc); err != nil {
				return err
			}
		}
		if s != nil {
			if err := db.saveSession(ctx, tx, *s); err != nil {
				return err
			}
		}
		if _, err := accounts.one(ctx, tx, by("id", in.AccountID), db.dialect.Lock); err != nil {
			return err
		}
		if in.PolicyID != "" {
			if err := db.reserve(ctx, tx, in.PolicyID, reserve); err != nil {
				return err
			}
		}
		err := intents.insert(ctx, tx, in)
		if rule, broken := db.dialect.UniqueViolation(err); broken && strings.Contains(rule, "lane") {
			return fmt.Errorf("account %s, lane %d: %w", in.AccountID, in.Lane, intent.ErrLaneTaken)
		}
		if err != nil {
			return db.refuse(err, fmt.Sprintf("transaction intent %s exists already", in.ID), "")
		}
		return noteOpened(ctx, tx, in, s)
	})
}

// noteOpened notes what an intent was opened for: its session, or itself.
func noteOpened(ctx context.Context, tx *sql.Tx, in intent.Intent, s *session.Session) error {
	if s != nil {
		if err := note(ctx, tx, s.ID); err != nil {
			return err
		}
	}
	return note(ctx, tx, in.ID)
}

// saveSession inserts s, or replaces the row that it was loaded from. It
// refuses when that row has moved on in the meantime: a session that was closed
// must not become active again because somebody asked to close it twice.
func (db *DB) saveSession(ctx context.Context, tx *sql.Tx, s session.Session) error {
	stored, err := sessions.one(ctx, tx, by("id", s.ID), db.dialect.Lock)
	switch {
	case fault.Is(err, fault.NotFound):
		if err := db.claimReplaced(ctx, tx, s); err != nil {
			return err
		}
		err = sessions.insert(ctx, tx, s)
	case err != nil:
		return err
	case stored.State != s.State:
		return fault.New(fault.Conflict, "session %s became %s while the request was handled: look at it again", s.ID, stored.State)
	default:
		err = sessions.update(ctx, tx, s, nil)
	}
	return db.refuse(err, fmt.Sprintf("key %s has a live session on account %s already", s.Signer, s.AccountID), "")
}

// claimReplaced notes on the session whose place s takes which intent will
// close it.
func (db *DB) claimReplaced(ctx context.Context, tx *sql.Tx, s session.Session) error {
	if s.Replaces == "" {
		return nil
	}
	old, err := sessions.one(ctx, tx, by("id", s.Replaces), db.dialect.Lock)
	if err != nil {
		return err
	}
	if old.State != session.Active {
		return fault.New(fault.Conflict, "session %s became %s while the request was handled: look at it again", old.ID, old.State)
	}
	old.RevokeIntent, old.UpdatedAt = s.RegisterIntent, s.UpdatedAt
	return sessions.update(ctx, tx, old, nil)
}

func (db *DB) reserve(ctx context.Context, tx *sql.Tx, policyID string, reserve func(*sponsor.Policy) error) error {
	p, err := policies.one(ctx, tx, by("id", policyID), db.dialect.Lock)
	if err != nil {
		return err
	}
	if err := reserve(&p); err != nil {
		return err
	}
	return policies.update(ctx, tx, p, nil)
}

// ChangeIntent lets step change an intent, what belongs to it, and the
// bundler's queue, in one transaction.
func (db *DB) ChangeIntent(ctx context.Context, id string, step func(*intent.Change) error) (intent.Intent, error) {
	var changed intent.Intent
	err := db.write(ctx, func(tx *sql.Tx) error {
		c, save, err := db.loadChange(ctx, tx, id)
		if err != nil {
			return err
		}
		before := *c.Intent
		if err := step(c); err != nil {
			return err
		}
		if err := save(); err != nil {
			return err
		}
		changed = *c.Intent
		if err := db.total(ctx, tx, before, changed); err != nil {
			return err
		}
		if c.Usage != nil {
			if err := db.book(ctx, tx, changed.ProjectID, *c.Usage); err != nil {
				return err
			}
		}
		if c.Queue == nil {
			return nil
		}
		return db.queue(ctx, tx, *c.Queue, changed)
	})
	return changed, err
}

// loadChange loads an intent and what belongs to it under locks, in the one
// order: intent, session, replaced session, account, policy. save writes what
// has changed.
func (db *DB) loadChange(ctx context.Context, tx *sql.Tx, id string) (c *intent.Change, save func() error, err error) {
	c = new(intent.Change)
	var saveIntent, saveSession, saveReplaced, saveAccount, savePolicy func() error
	if c.Intent, saveIntent, err = load(ctx, tx, db, intents, id, func() *intent.Intent { return c.Intent }); err != nil {
		return nil, nil, err
	}
	if c.Session, saveSession, err = load(ctx, tx, db, sessions, c.Intent.SessionID, func() *session.Session { return c.Session }); err != nil {
		return nil, nil, err
	}
	replaced := ""
	if c.Intent.Kind == intent.ReplaceSession {
		replaced = c.Session.Replaces
	}
	if c.Replaced, saveReplaced, err = load(ctx, tx, db, sessions, replaced, func() *session.Session { return c.Replaced }); err != nil {
		return nil, nil, err
	}
	if c.Account, saveAccount, err = load(ctx, tx, db, accounts, c.Intent.AccountID, func() *account.Account { return c.Account }); err != nil {
		return nil, nil, err
	}
	if c.Policy, savePolicy, err = load(ctx, tx, db, policies, c.Intent.PolicyID, func() *sponsor.Policy { return c.Policy }); err != nil {
		return nil, nil, err
	}
	return c, func() error {
		// A replaced session goes first: its key has one live session at a time.
		for _, save := range []func() error{saveIntent, saveReplaced, saveSession, saveAccount, savePolicy} {
			if err := save(); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// load answers the locked record with that id, nil for the id "", and how to
// save what now answers later if it differs.
func load[T any](ctx context.Context, tx *sql.Tx, db *DB, t table[T], id string, now func() *T) (*T, func() error, error) {
	if id == "" {
		return nil, func() error { return nil }, nil
	}
	v, err := t.one(ctx, tx, by("id", id), db.dialect.Lock)
	if err != nil {
		return nil, nil, err
	}
	before, err := values(t.cells(&v))
	if err != nil {
		return nil, nil, err
	}
	save := func() error {
		v := now()
		if v == nil {
			return nil
		}
		if key, err := t.cells(v)[0].get(); err != nil || key != before[0] {
			return errors.Join(err, fmt.Errorf("update %s %s: the step must not replace it by another", t.noun, id))
		}
		return t.update(ctx, tx, *v, before)
	}
	return &v, save, nil
}

// Intent answers one intent of a project.
func (db *DB) Intent(ctx context.Context, projectID, id string) (intent.Intent, error) {
	return intents.one(ctx, db.reader, owned(projectID, id), "")
}

// gasFee repeats an outcome's fee in a column of its own, so that fees can be
// summed up without reading every log. It is written only.
func gasFee(column string, out **intent.Outcome) cell {
	return cell{
		column: column,
		get: func() (driver.Value, error) {
			if *out == nil || (*out).GasFee == nil {
				return nil, nil
			}
			return (*out).GasFee.String(), nil
		},
		set:   func(any) error { return nil },
		clear: func() {},
	}
}

// IntentsChanged answers the intents that changed since then.
func (db *DB) IntentsChanged(ctx context.Context, since time.Time, limit int) ([]intent.Trace, error) {
	return intentTraces.list(ctx, db.reader, where{}.with("updated_at >= $%d", since.UnixMicro()), fmt.Sprintf(" ORDER BY updated_at LIMIT %d", limit))
}

var intentTraces = table[intent.Trace]{
	name: "intents",
	noun: "transaction intent",
	cells: func(t *intent.Trace) []cell {
		return []cell{
			word("id", &t.ID),
			word("project_id", &t.ProjectID),
			word("player_id", &t.PlayerID),
			word("account_id", &t.AccountID),
			reference("policy_id", &t.PolicyID),
			reference("session_id", &t.SessionID),
			word("signed_by", &t.SignedBy),
			moment("updated_at", &t.UpdatedAt),
		}
	},
}

// OpenIntentsOf answers the open intents of an account, oldest first.
func (db *DB) OpenIntentsOf(ctx context.Context, accountID string) ([]intent.Intent, error) {
	return intents.list(ctx, db.reader, by("account_id", accountID).with(openIntent), " ORDER BY created_at, id")
}

// LanesInUse answers the nonce lanes that an account's open intents hold.
func (db *DB) LanesInUse(ctx context.Context, accountID string) ([]uint64, error) {
	rows, err := db.reader.QueryContext(ctx, "SELECT lane FROM intents WHERE account_id = $1 AND "+openIntent+" ORDER BY lane", accountID)
	if err != nil {
		return nil, fmt.Errorf("read nonce lanes of account %s: %w", accountID, err)
	}
	defer rows.Close()
	var lanes []uint64
	for rows.Next() {
		var lane uint64
		if err := rows.Scan(number("lane", &lane)); err != nil {
			return nil, fmt.Errorf("read nonce lanes of account %s: %w", accountID, err)
		}
		lanes = append(lanes, lane)
	}
	return lanes, rows.Err()
}

// DecidedIntents answers the oldest signed intents of a chain whose operation
// has come to its end.
func (db *DB) DecidedIntents(ctx context.Context, chainID uint64, limit int) ([]intent.Intent, error) {
	w := by("chain_id", chainID).and("status", string(intent.Signed)).with(openIntent).
		with("operation_hash IN (SELECT hash FROM operations WHERE operations.chain_id = intents.chain_id AND state IN ('included', 'dropped'))")
	return intents.list(ctx, db.reader, w, oldest(limit))
}

// OverdueIntents answers the oldest waiting intents of a chain that are past
// their time.
func (db *DB) OverdueIntents(ctx context.Context, chainID, now uint64, limit int) ([]intent.Intent, error) {
	w := by("chain_id", chainID).and("status", string(intent.Waiting)).with(openIntent).with("expires_at <= $%d", now)
	return intents.list(ctx, db.reader, w, oldest(limit))
}

func oldest(limit int) string { return fmt.Sprintf(" ORDER BY created_at, id LIMIT %d", limit) }

// OperationOutcome answers what the bundler knows of an operation.
func (db *DB) OperationOutcome(ctx context.Context, chainID uint64, hash common.Hash) (out *intent.Outcome, failure *intent.Failure, sent bool, err error) {
	op, err := db.Operation(ctx, chainID, hash)
	if err != nil {
		return nil, nil, false, err
	}
	switch op.State {
	case bundler.Included:
		if op.Result == nil {
			return nil, nil, true, fmt.Errorf("operation %s is included without a result", hash)
		}
		o := intent.Outcome(*op.Result) // the same fields, as both sides see them
		return &o, nil, true, nil
	case bundler.Dropped:
		return nil, &intent.Failure{Reason: op.Reason}, false, nil
	default:
		return nil, nil, op.State == bundler.Bundled, nil
	}
}

// SponsoredCost answers what open sponsored intents of a chain may cost. The
// sum is taken here because SQLite has no integers of that size.
func (db *DB) SponsoredCost(ctx context.Context, chainID uint64) (*big.Int, error) {
	rows, err := db.reader.QueryContext(ctx,
		"SELECT max_cost FROM intents WHERE chain_id = $1 AND policy_id IS NOT NULL AND "+openIntent, chainID)
	if err != nil {
		return nil, fmt.Errorf("read sponsored costs: %w", err)
	}
	defer rows.Close()
	sum, cost := new(big.Int), new(big.Int)
	for rows.Next() {
		if err := rows.Scan(amount("max_cost", &cost)); err != nil {
			return nil, fmt.Errorf("read sponsored costs: %w", err)
		}
		sum.Add(sum, cost)
	}
	return sum, rows.Err()
}
