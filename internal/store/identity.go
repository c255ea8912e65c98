package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/user"
)

var challenges = table[user.Challenge]{
	name: "challenges",
	noun: "challenge",
	cells: func(c *user.Challenge) []cell {
		return []cell{
			word("id", &c.ID),
			word("project_id", &c.ProjectID),
			word("purpose", &c.Purpose),
			word("subject", &c.Subject),
			word("user_id", &c.UserID),
			word("hash", &c.Hash),
			number("tries", &c.Tries),
			word("data", &c.Data),
			moment("created_at", &c.CreatedAt),
			moment("expires_at", &c.ExpiresAt),
		}
	},
}

var attempts = table[user.Attempts]{
	name: "attempts",
	noun: "count of attempts",
	cells: func(a *user.Attempts) []cell {
		return []cell{word("id", &a.ID), number("count", &a.Count), moment("started_at", &a.StartedAt)}
	},
}

var authProviders = table[user.Config]{
	name: "auth_providers",
	noun: "way in",
	cells: func(c *user.Config) []cell {
		return []cell{
			word("id", &c.ID),
			word("project_id", &c.ProjectID),
			word("name", &c.Name),
			flag("enabled", &c.Enabled),
			document("settings", &c.Settings),
			moment("created_at", &c.CreatedAt),
			moment("updated_at", &c.UpdatedAt),
		}
	},
}

const identityTaken = "this way in belongs to a user already"

// CreateIdentity adds a way in to a user.
func (db *DB) CreateIdentity(ctx context.Context, i user.Identity) error {
	err := db.write(ctx, func(tx *sql.Tx) error { return identities.insert(ctx, tx, i) })
	return db.refuse(err, identityTaken, fmt.Sprintf("user %s does not exist", i.UserID))
}

// PutIdentity adds a way in to a user, or takes the place of the user's own.
func (db *DB) PutIdentity(ctx context.Context, i user.Identity) error {
	err := db.write(ctx, func(tx *sql.Tx) error {
		w := by("project_id", i.ProjectID).and("user_id", i.UserID).and("provider", string(i.Provider)).and("subject", i.Subject)
		if err := remove(ctx, tx, identities.name, w); err != nil {
			return err
		}
		return identities.insert(ctx, tx, i)
	})
	return db.refuse(err, identityTaken, fmt.Sprintf("user %s does not exist", i.UserID))
}

func remove(ctx context.Context, tx *sql.Tx, table string, w where) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM "+table+w.clause(), w.args...); err != nil {
		return fmt.Errorf("delete from %s: %w", table, err)
	}
	return nil
}

// IdentityBySubject answers the way in that a provider's subject has.
func (db *DB) IdentityBySubject(ctx context.Context, projectID string, provider user.Provider, subject string) (user.Identity, error) {
	return identities.one(ctx, db.reader, by("project_id", projectID).and("provider", string(provider)).and("subject", subject), "")
}

// Identities answers the ways in of users.
func (db *DB) Identities(ctx context.Context, projectID string, userIDs ...string) ([]user.Identity, error) {
	if len(userIDs) == 0 {
		return nil, nil
	}
	return identities.list(ctx, db.reader, by("project_id", projectID).in("user_id", userIDs), " ORDER BY created_at, id")
}

// DeleteIdentities takes a user's ways in by a provider away, or all of them.
func (db *DB) DeleteIdentities(ctx context.Context, projectID, userID string, provider user.Provider) error {
	return db.write(ctx, func(tx *sql.Tx) error {
		return remove(ctx, tx, identities.name, by("project_id", projectID).and("user_id", userID).given("provider", string(provider)))
	})
}

// PutChallenge saves a challenge in the place of one with the same purpose and
// subject.
func (db *DB) PutChallenge(ctx context.Context, c user.Challenge) error {
	args, err := values(challenges.cells(&c))
	if err != nil {
		return fmt.Errorf("save challenge: %w", err)
	}
	columns := challenges.columns()
	var sets []string
	for _, name := range columns {
		sets = append(sets, name+" = excluded."+name)
	}
	return db.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO challenges ("+strings.Join(columns, ", ")+") VALUES ("+marks(len(args))+
			") ON CONFLICT (project_id, purpose, subject) DO UPDATE SET "+strings.Join(sets, ", "), args...)
		if err != nil {
			return fmt.Errorf("save challenge: %w", err)
		}
		return nil
	})
}

// Challenge answers a challenge by its hash, expired or not.
func (db *DB) Challenge(ctx context.Context, purpose user.Purpose, hash string) (user.Challenge, error) {
	return theChallenge(challenges.one(ctx, db.reader, by("purpose", string(purpose)).and("hash", hash), ""))
}

// theChallenge keeps the hash out of the message.
func theChallenge(c user.Challenge, err error) (user.Challenge, error) {
	if fault.Is(err, fault.NotFound) {
		err = fault.New(fault.NotFound, "there is no such challenge")
	}
	return c, err
}

// TakeChallenge deletes a challenge and answers it.
func (db *DB) TakeChallenge(ctx context.Context, purpose user.Purpose, hash string) (c user.Challenge, err error) {
	err = db.write(ctx, func(tx *sql.Tx) error {
		if c, err = challenges.one(ctx, tx, by("purpose", string(purpose)).and("hash", hash), db.dialect.Lock); err != nil {
			return err
		}
		return remove(ctx, tx, challenges.name, by("id", c.ID))
	})
	return theChallenge(c, err)
}

// TryChallenge changes a challenge or deletes it.
func (db *DB) TryChallenge(ctx context.Context, projectID string, purpose user.Purpose, subject string, try func(user.Challenge) (user.Challenge, bool)) error {
	return db.write(ctx, func(tx *sql.Tx) error {
		w := by("project_id", projectID).and("purpose", string(purpose)).and("subject", subject)
		old, err := challenges.one(ctx, tx, w, db.dialect.Lock)
		if err != nil {
			return err
		}
		tried, keep := try(old)
		if !keep {
			return remove(ctx, tx, challenges.name, by("id", old.ID))
		}
		return challenges.update(ctx, tx, tried, nil)
	})
}

// CountAttempt changes a count, which starts at zero.
func (db *DB) CountAttempt(ctx context.Context, id string, count func(user.Attempts) user.Attempts) error {
	return db.write(ctx, func(tx *sql.Tx) error {
		// The row is there before it is locked: two first attempts at once wait for
		// each other.
		if _, err := tx.ExecContext(ctx, "INSERT INTO attempts (id, count, started_at) VALUES ($1, 0, 0) ON CONFLICT (id) DO NOTHING", id); err != nil {
			return fmt.Errorf("count attempt: %w", err)
		}
		old, err := attempts.one(ctx, tx, by("id", id), db.dialect.Lock)
		if err != nil {
			return err
		}
		return attempts.update(ctx, tx, count(old), nil)
	})
}

// Attempts answers a count, zero when nothing was counted.
func (db *DB) Attempts(ctx context.Context, id string) (user.Attempts, error) {
	a, err := attempts.one(ctx, db.reader, by("id", id), "")
	if fault.Is(err, fault.NotFound) {
		return user.Attempts{ID: id}, nil
	}
	return a, err
}

// PutConfig saves a way in of a project.
func (db *DB) PutConfig(ctx context.Context, c user.Config) (user.Config, error) {
	err := db.write(ctx, func(tx *sql.Tx) error {
		old, err := authProviders.one(ctx, tx, by("project_id", c.ProjectID).and("name", c.Name), db.dialect.Lock)
		if fault.Is(err, fault.NotFound) {
			return authProviders.insert(ctx, tx, c)
		}
		if err != nil {
			return err
		}
		c.ID, c.CreatedAt = old.ID, old.CreatedAt
		return authProviders.update(ctx, tx, c, nil)
	})
	return c, db.refuse(err, "the way in is being set up by another request", fmt.Sprintf("project %s does not exist", c.ProjectID))
}

// Config answers one way in of a project.
func (db *DB) Config(ctx context.Context, projectID, name string) (user.Config, error) {
	return authProviders.one(ctx, db.reader, by("project_id", projectID).and("name", name), "")
}

// Configs answers the ways in of a project.
func (db *DB) Configs(ctx context.Context, projectID string) ([]user.Config, error) {
	return authProviders.list(ctx, db.reader, by("project_id", projectID), " ORDER BY name")
}

// DeleteConfig takes a way in of a project away.
func (db *DB) DeleteConfig(ctx context.Context, projectID, name string) error {
	return db.write(ctx, func(tx *sql.Tx) error {
		return remove(ctx, tx, authProviders.name, by("project_id", projectID).and("name", name))
	})
}

// ForgetLogins deletes what has ended.
func (db *DB) ForgetLogins(ctx context.Context, now, before time.Time) error {
	for table, w := range map[string]where{
		logins.name:     where{}.with("expires_at <= $%d", now.UnixMicro()),
		challenges.name: where{}.with("expires_at <= $%d", now.UnixMicro()),
		attempts.name:   where{}.with("started_at < $%d", before.UnixMicro()),
	} {
		if err := db.write(ctx, func(tx *sql.Tx) error { return remove(ctx, tx, table, w) }); err != nil {
			return err
		}
	}
	return nil
}
