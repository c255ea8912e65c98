package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/session"
)

var sessions = table[session.Session]{
	name: "sessions",
	noun: "session",
	cells: func(s *session.Session) []cell {
		return []cell{
			word("id", &s.ID),
			word("project_id", &s.ProjectID),
			word("player_id", &s.PlayerID),
			word("account_id", &s.AccountID),
			number("chain_id", &s.ChainID),
			address("account_address", &s.AccountAddress),
			address("signer", &s.Signer),
			blob("permission", &s.Permission),
			ends("valid_until", &s.Permission),
			number("epoch", &s.Epoch),
			hash("hash", &s.Hash),
			word("state", &s.State),
			blob("public_key", &s.PublicKey),
			word("registration", &s.Registration),
			blob("owner_grant", &s.OwnerGrant),
			word("replaces", &s.Replaces),
			optionalMoment("blocked_at", &s.BlockedAt),
			word("blocked_by", &s.BlockedBy),
			word("register_intent", &s.RegisterIntent),
			word("revoke_intent", &s.RevokeIntent),
			moment("created_at", &s.CreatedAt),
			moment("updated_at", &s.UpdatedAt),
		}
	},
}

// liveSession is the condition of the unique index on live keys, word for word,
// so that SQLite uses the index.
const liveSession = "state IN ('pending', 'active')"

// CreateSession saves a session that comes without an operation, with its
// account if that is unsaved.
func (db *DB) CreateSession(ctx context.Context, s session.Session, acc account.Account) error {
	return db.write(ctx, func(tx *sql.Tx) error {
		if acc.Unsaved {
			if err := db.saveAccount(ctx, tx, acc); err != nil {
				return err
			}
		}
		if err := db.saveSession(ctx, tx, s); err != nil {
			return err
		}
		return note(ctx, tx, s.ID)
	})
}

// Session answers one session of a project.
func (db *DB) Session(ctx context.Context, projectID, id string) (session.Session, error) {
	return sessions.one(ctx, db.reader, owned(projectID, id), "")
}

// Sessions answers one page of a project's sessions.
func (db *DB) Sessions(ctx context.Context, projectID string, f session.Filter, req page.Request) (page.Page[session.Session], error) {
	w := by("project_id", projectID).
		given("player_id", f.PlayerID).
		given("account_id", f.AccountID).
		givenAddress("signer", f.Signer).
		givenNumber("chain_id", f.ChainID)
	if f.Live != nil {
		w = w.with(either(*f.Live, liveSession))
	}
	return sessions.page(ctx, db.reader, w, req)
}

// either answers the condition or its contrary.
func either(holds bool, condition string) string {
	if holds {
		return condition
	}
	return "NOT (" + condition + ")"
}

// CountLive counts the live sessions of each of the players.
func (db *DB) CountLive(ctx context.Context, projectID string, playerIDs []string) (map[string]int, error) {
	counts := make(map[string]int)
	if len(playerIDs) == 0 {
		return counts, nil
	}
	w := by("project_id", projectID).in("player_id", playerIDs).with(liveSession)
	rows, err := db.reader.QueryContext(ctx, "SELECT player_id, COUNT(*) FROM sessions"+w.clause()+" GROUP BY player_id", w.args...)
	if err != nil {
		return nil, fmt.Errorf("count live sessions: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var n int
		if err := rows.Scan(&id, &n); err != nil {
			return nil, fmt.Errorf("count live sessions: %w", err)
		}
		counts[id] = n
	}
	return counts, rows.Err()
}

// LiveSessions answers the live sessions of an account, oldest first.
func (db *DB) LiveSessions(ctx context.Context, accountID string) ([]session.Session, error) {
	w := by("account_id", accountID).with(liveSession)
	return sessions.list(ctx, db.reader, w, " ORDER BY created_at, id")
}

// BlockSession changes one session, and drops what it has signed and is queued.
func (db *DB) BlockSession(ctx context.Context, projectID, id, reason string, update func(session.Session) (session.Session, error)) (session.Session, error) {
	var changed session.Session
	err := db.write(ctx, func(tx *sql.Tx) error {
		old, err := sessions.one(ctx, tx, owned(projectID, id), db.dialect.Lock)
		if err != nil {
			return err
		}
		if changed, err = update(old); err != nil {
			return err
		}
		if err := sessions.update(ctx, tx, changed, nil); err != nil {
			return err
		}
		return dropQueued(ctx, tx, by("session_id", id), reason, changed.UpdatedAt)
	})
	return changed, err
}

// SessionsChanged answers the sessions that changed since then.
func (db *DB) SessionsChanged(ctx context.Context, since time.Time, limit int) ([]session.Trace, error) {
	return sessionTraces.list(ctx, db.reader, where{}.with("updated_at >= $%d", since.UnixMicro()), fmt.Sprintf(" ORDER BY updated_at LIMIT %d", limit))
}

var sessionTraces = table[session.Trace]{
	name: "sessions",
	noun: "session",
	cells: func(t *session.Trace) []cell {
		return []cell{word("id", &t.ID), word("project_id", &t.ProjectID), word("player_id", &t.PlayerID), word("account_id", &t.AccountID), moment("updated_at", &t.UpdatedAt)}
	},
}

// UpdateSession changes one session.
func (db *DB) UpdateSession(ctx context.Context, projectID, id string, update func(session.Session) (session.Session, error)) (session.Session, error) {
	s, err := sessions.modify(ctx, db, owned(projectID, id), update)
	return s, db.refuse(err, "the key has another live session on the account", "")
}
