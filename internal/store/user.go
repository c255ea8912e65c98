package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/user"
)

var users = table[user.User]{
	name: "users",
	noun: "user",
	cells: func(u *user.User) []cell {
		return []cell{
			word("id", &u.ID),
			word("project_id", &u.ProjectID),
			word("name", &u.Name),
			reference("email", &u.Email),
			flag("email_verified", &u.EmailVerified),
			word("image", &u.Image),
			flag("anonymous", &u.Anonymous),
			moment("created_at", &u.CreatedAt),
			moment("updated_at", &u.UpdatedAt),
		}
	},
}

var identities = table[user.Identity]{
	name: "identities",
	noun: "way in",
	cells: func(i *user.Identity) []cell {
		return []cell{
			word("id", &i.ID),
			word("project_id", &i.ProjectID),
			word("user_id", &i.UserID),
			word("provider", &i.Provider),
			word("subject", &i.Subject),
			word("secret", &i.Secret),
			document("details", &i.Details),
			moment("created_at", &i.CreatedAt),
			moment("updated_at", &i.UpdatedAt),
		}
	},
}

var logins = table[user.Login]{
	name: "logins",
	noun: "login",
	cells: func(l *user.Login) []cell {
		return []cell{
			word("id", &l.ID),
			word("project_id", &l.ProjectID),
			word("user_id", &l.UserID),
			word("hash", &l.Hash),
			word("address", &l.Address),
			word("agent", &l.Agent),
			moment("created_at", &l.CreatedAt),
			moment("updated_at", &l.UpdatedAt),
			moment("expires_at", &l.ExpiresAt),
		}
	},
}

// CreateUser saves a new user with its player and its ways in.
func (db *DB) CreateUser(ctx context.Context, s user.SignUp) error {
	err := db.write(ctx, func(tx *sql.Tx) error {
		if err := players.insert(ctx, tx, s.Player); err != nil {
			return err
		}
		if err := users.insert(ctx, tx, s.User); err != nil {
			return err
		}
		for _, i := range s.Identities {
			if err := identities.insert(ctx, tx, i); err != nil {
				return err
			}
		}
		return nil
	})
	return db.refuse(err, "a user with this email or this way in exists already", fmt.Sprintf("project %s does not exist", s.User.ProjectID))
}

// User answers one user of a project.
func (db *DB) User(ctx context.Context, projectID, id string) (user.User, error) {
	return users.one(ctx, db.reader, owned(projectID, id), "")
}

// UpdateUser changes one user.
func (db *DB) UpdateUser(ctx context.Context, projectID, id string, update func(user.User) (user.User, error)) (user.User, error) {
	u, err := users.modify(ctx, db, owned(projectID, id), update)
	return u, db.refuse(err, "another user has this email", "")
}

// Users answers one page of a project's users.
func (db *DB) Users(ctx context.Context, projectID string, f user.Filter, req page.Request) (page.Page[user.User], error) {
	w := by("project_id", projectID).given("name", f.Name).given("email", f.Email)
	if f.Provider != "" {
		w = w.with("id IN (SELECT user_id FROM identities WHERE project_id = $%d AND provider = $%d)", projectID, string(f.Provider))
	}
	if f.Subject != "" {
		w = w.with("id IN (SELECT user_id FROM identities WHERE project_id = $%d AND subject = $%d)", projectID, f.Subject)
	}
	return users.page(ctx, db.reader, w, req)
}

// CreateLogin saves a new login.
func (db *DB) CreateLogin(ctx context.Context, l user.Login) error {
	err := db.write(ctx, func(tx *sql.Tx) error { return logins.insert(ctx, tx, l) })
	return db.refuse(err, "", fmt.Sprintf("user %s does not exist", l.UserID))
}

// LoginByHash answers the login whose token has that hash, expired or not.
func (db *DB) LoginByHash(ctx context.Context, projectID, hash string) (user.Login, error) {
	return logins.one(ctx, db.reader, by("project_id", projectID).and("hash", hash), "")
}

// UpdateLogin changes one login.
func (db *DB) UpdateLogin(ctx context.Context, projectID, id string, update func(user.Login) (user.Login, error)) (user.Login, error) {
	return logins.modify(ctx, db, owned(projectID, id), update)
}

// EndLogins deletes one login of a user, or all when id is "", with what was
// begun in them.
func (db *DB) EndLogins(ctx context.Context, projectID, userID, id string) error {
	w := by("project_id", projectID).and("user_id", userID).given("id", id)
	return db.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM logins"+w.clause(), w.args...); err != nil {
			return fmt.Errorf("end logins of user %s: %w", userID, err)
		}
		if id != "" {
			return nil
		}
		return remove(ctx, tx, challenges.name, by("project_id", projectID).and("user_id", userID).and("purpose", string(user.SocialState)))
	})
}
