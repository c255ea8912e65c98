package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/operator"
	"github.com/latchkey-dev/latchkey/internal/page"
)

var operators = table[operator.Operator]{
	name: "operators",
	noun: "operator",
	cells: func(o *operator.Operator) []cell {
		return []cell{
			word("id", &o.ID),
			word("name", &o.Name),
			word("role", &o.Role),
			word("password_hash", &o.PasswordHash),
			optionalMoment("disabled_at", &o.DisabledAt),
			optionalMoment("seen_at", &o.SeenAt),
			moment("created_at", &o.CreatedAt),
			moment("updated_at", &o.UpdatedAt),
		}
	},
}

var operatorLinks = table[operator.Link]{
	name: "operator_links",
	noun: "sign-in link",
	cells: func(l *operator.Link) []cell {
		return []cell{
			word("hash", &l.Hash),
			word("operator_id", &l.OperatorID),
			optionalMoment("used_at", &l.UsedAt),
			moment("expires_at", &l.ExpiresAt),
			moment("created_at", &l.CreatedAt),
		}
	},
}

var consoleSessions = table[operator.Session]{
	name: "operator_sessions",
	noun: "console session",
	cells: func(s *operator.Session) []cell {
		return []cell{
			word("hash", &s.Hash),
			word("operator_id", &s.OperatorID),
			word("project_id", &s.ProjectID),
			moment("seen_at", &s.SeenAt),
			moment("expires_at", &s.ExpiresAt),
			moment("created_at", &s.CreatedAt),
		}
	},
}

var passkeys = table[operator.Passkey]{
	name: "operator_passkeys",
	noun: "passkey",
	cells: func(k *operator.Passkey) []cell {
		return []cell{
			word("id", &k.ID),
			word("operator_id", &k.OperatorID),
			word("name", &k.Name),
			word("credential_id", &k.CredentialID),
			raw("credential", &k.Credential),
			optionalMoment("used_at", &k.UsedAt),
			moment("created_at", &k.CreatedAt),
		}
	},
}

var auditLog = table[operator.Entry]{
	name: "audit_log",
	noun: "audit entry",
	cells: func(e *operator.Entry) []cell {
		return []cell{
			word("id", &e.ID),
			word("project_id", &e.ProjectID),
			word("operator_id", &e.OperatorID),
			word("operator_name", &e.OperatorName),
			word("action", &e.Action),
			word("subject", &e.Subject),
			raw("before", &e.Before),
			raw("after", &e.After),
			word("outcome", &e.Outcome),
			word("request_id", &e.RequestID),
			word("remote", &e.Remote),
			moment("created_at", &e.CreatedAt),
		}
	},
}

// CreateOperator saves a new operator.
func (db *DB) CreateOperator(ctx context.Context, o operator.Operator) error {
	err := db.write(ctx, func(tx *sql.Tx) error { return operators.insert(ctx, tx, o) })
	return db.refuse(err, fmt.Sprintf("there is an operator %s already", o.Name), "")
}

// Operator answers one operator.
func (db *DB) Operator(ctx context.Context, id string) (operator.Operator, error) {
	return operators.one(ctx, db.reader, by("id", id), "")
}

// OperatorByName answers the operator with that name.
func (db *DB) OperatorByName(ctx context.Context, name string) (operator.Operator, error) {
	return operators.one(ctx, db.reader, by("name", name), "")
}

// Operators answers every operator, oldest first.
func (db *DB) Operators(ctx context.Context) ([]operator.Operator, error) {
	return operators.list(ctx, db.reader, where{}, " ORDER BY created_at, id")
}

// UpdateOperator changes one operator while no other one can change.
func (db *DB) UpdateOperator(ctx context.Context, id string, update func(operator.Operator, []operator.Operator) (operator.Operator, error)) (operator.Operator, error) {
	var changed operator.Operator
	err := db.write(ctx, func(tx *sql.Tx) error {
		all, err := operators.list(ctx, tx, where{}, " ORDER BY id"+db.dialect.Lock)
		if err != nil {
			return err
		}
		for _, o := range all {
			if o.ID != id {
				continue
			}
			if changed, err = update(o, all); err != nil {
				return err
			}
			return operators.update(ctx, tx, changed, nil)
		}
		return fault.New(fault.NotFound, "operator %s does not exist", id)
	})
	return changed, err
}

// CreateLink saves a one-time link.
func (db *DB) CreateLink(ctx context.Context, l operator.Link) error {
	err := db.write(ctx, func(tx *sql.Tx) error { return operatorLinks.insert(ctx, tx, l) })
	return db.refuse(err, "the link exists already", fmt.Sprintf("operator %s does not exist", l.OperatorID))
}

// UseLink marks a link as used and answers how it was.
func (db *DB) UseLink(ctx context.Context, hash string, now time.Time) (operator.Link, error) {
	var before operator.Link
	_, err := operatorLinks.modify(ctx, db, by("hash", hash), func(l operator.Link) (operator.Link, error) {
		before = l
		if l.UsedAt == nil {
			l.UsedAt = &now
		}
		return l, nil
	})
	return before, err
}

// DeleteLinksOf deletes the unused links of an operator.
func (db *DB) DeleteLinksOf(ctx context.Context, operatorID string) error {
	return db.exec(ctx, "void sign-in links", "DELETE FROM operator_links WHERE operator_id = $1 AND used_at IS NULL", operatorID)
}

// CreateConsoleSession saves a new console session.
func (db *DB) CreateConsoleSession(ctx context.Context, s operator.Session) error {
	return db.write(ctx, func(tx *sql.Tx) error { return consoleSessions.insert(ctx, tx, s) })
}

// ConsoleSession answers the console session with that hash.
func (db *DB) ConsoleSession(ctx context.Context, hash string) (operator.Session, error) {
	return consoleSessions.one(ctx, db.reader, by("hash", hash), "")
}

// UpdateConsoleSession changes one console session.
func (db *DB) UpdateConsoleSession(ctx context.Context, hash string, update func(operator.Session) (operator.Session, error)) (operator.Session, error) {
	return consoleSessions.modify(ctx, db, by("hash", hash), update)
}

// DeleteConsoleSession ends one console session. One that is gone is no error.
func (db *DB) DeleteConsoleSession(ctx context.Context, hash string) error {
	return db.exec(ctx, "end console session", "DELETE FROM operator_sessions WHERE hash = $1", hash)
}

// DeleteConsoleSessionsOf ends all sessions of an operator but one.
func (db *DB) DeleteConsoleSessionsOf(ctx context.Context, operatorID, except string) error {
	return db.exec(ctx, "end console sessions", "DELETE FROM operator_sessions WHERE operator_id = $1 AND hash <> $2", operatorID, except)
}

// ForgetConsoleSessions deletes what is over.
func (db *DB) ForgetConsoleSessions(ctx context.Context, now time.Time) error {
	return errors.Join(
		db.exec(ctx, "forget console sessions", "DELETE FROM operator_sessions WHERE expires_at <= $1", now.UnixMicro()),
		db.exec(ctx, "forget passkey ceremonies", "DELETE FROM operator_ceremonies WHERE expires_at <= $1", now.UnixMicro()),
		db.exec(ctx, "forget sign-in links", "DELETE FROM operator_links WHERE expires_at <= $1", now.UnixMicro()),
	)
}

func (db *DB) exec(ctx context.Context, what, query string, args ...any) error {
	if _, err := db.writer.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

var ceremonies = table[operator.Ceremony]{
	name: "operator_ceremonies",
	noun: "passkey ceremony",
	cells: func(c *operator.Ceremony) []cell {
		return []cell{word("hash", &c.Hash), raw("data", &c.Data), moment("expires_at", &c.ExpiresAt)}
	},
}

// SaveCeremony keeps a browser's newest ceremony.
func (db *DB) SaveCeremony(ctx context.Context, c operator.Ceremony) error {
	return db.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM operator_ceremonies WHERE hash = $1", c.Hash); err != nil {
			return fmt.Errorf("replace passkey ceremony: %w", err)
		}
		return ceremonies.insert(ctx, tx, c)
	})
}

// TakeCeremony answers a ceremony once.
func (db *DB) TakeCeremony(ctx context.Context, hash string) (operator.Ceremony, error) {
	var taken operator.Ceremony
	err := db.write(ctx, func(tx *sql.Tx) (err error) {
		if taken, err = ceremonies.one(ctx, tx, by("hash", hash), db.dialect.Lock); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "DELETE FROM operator_ceremonies WHERE hash = $1", hash)
		return wrap(err, "take passkey ceremony")
	})
	return taken, err
}

// CreatePasskey saves a passkey.
func (db *DB) CreatePasskey(ctx context.Context, k operator.Passkey) error {
	err := db.write(ctx, func(tx *sql.Tx) error { return passkeys.insert(ctx, tx, k) })
	return db.refuse(err, "this passkey is registered already", fmt.Sprintf("operator %s does not exist", k.OperatorID))
}

// Passkeys answers an operator's passkeys, oldest first.
func (db *DB) Passkeys(ctx context.Context, operatorID string) ([]operator.Passkey, error) {
	return passkeys.list(ctx, db.reader, by("operator_id", operatorID), " ORDER BY created_at, id")
}

// PasskeyByCredential answers the passkey with a credential id.
func (db *DB) PasskeyByCredential(ctx context.Context, credentialID string) (operator.Passkey, error) {
	return passkeys.one(ctx, db.reader, by("credential_id", credentialID), "")
}

// UpdatePasskey changes one passkey.
func (db *DB) UpdatePasskey(ctx context.Context, id string, update func(operator.Passkey) (operator.Passkey, error)) (operator.Passkey, error) {
	return passkeys.modify(ctx, db, by("id", id), update)
}

// DeletePasskey deletes a passkey of an operator.
func (db *DB) DeletePasskey(ctx context.Context, operatorID, id string) error {
	return db.write(ctx, func(tx *sql.Tx) error {
		if _, err := passkeys.one(ctx, tx, by("operator_id", operatorID).and("id", id), db.dialect.Lock); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM operator_passkeys WHERE id = $1", id); err != nil {
			return fmt.Errorf("delete passkey %s: %w", id, err)
		}
		return nil
	})
}

// CreateEntry adds a line to the audit log.
func (db *DB) CreateEntry(ctx context.Context, e operator.Entry) error {
	return db.write(ctx, func(tx *sql.Tx) error { return auditLog.insert(ctx, tx, e) })
}

// FinishEntry saves how the change of an audit entry ended. An entry that says
// so already stays as it is.
func (db *DB) FinishEntry(ctx context.Context, e operator.Entry) error {
	_, err := auditLog.modify(ctx, db, by("id", e.ID), func(old operator.Entry) (operator.Entry, error) {
		if old.Outcome != "" {
			return old, fault.New(fault.Conflict, "audit entry %s is finished", e.ID)
		}
		old.Subject, old.Before, old.After, old.Outcome = e.Subject, e.Before, e.After, e.Outcome
		return old, nil
	})
	return err
}

// Entries answers one page of the audit log.
func (db *DB) Entries(ctx context.Context, f operator.AuditFilter, req page.Request) (page.Page[operator.Entry], error) {
	w := where{}.given("subject", f.Subject).given("operator_id", f.OperatorID)
	return auditLog.page(ctx, db.reader, w, req)
}
