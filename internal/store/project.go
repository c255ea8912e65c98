package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/latchkey-dev/latchkey/internal/auth"
)

var projects = table[auth.Project]{
	name: "projects",
	noun: "project",
	cells: func(p *auth.Project) []cell {
		return []cell{
			word("id", &p.ID),
			word("name", &p.Name),
			amount("default_fee_limit", &p.DefaultFeeLimit),
			document("allowed_origins", &p.AllowedOrigins),
			moment("created_at", &p.CreatedAt),
		}
	},
}

var apiKeys = table[auth.Key]{
	name: "api_keys",
	noun: "API key",
	cells: func(k *auth.Key) []cell {
		return []cell{
			word("id", &k.ID),
			word("project_id", &k.ProjectID),
			word("name", &k.Name),
			word("kind", &k.Kind),
			document("scopes", &k.Scopes),
			word("hash", &k.Hash),
			word("hint", &k.Hint),
			moment("created_at", &k.CreatedAt),
			optionalMoment("revoked_at", &k.RevokedAt),
		}
	},
}

// CreateProject saves a project and its first keys.
func (db *DB) CreateProject(ctx context.Context, p auth.Project, keys []auth.Key) error {
	err := db.write(ctx, func(tx *sql.Tx) error {
		if err := projects.insert(ctx, tx, p); err != nil {
			return err
		}
		for _, k := range keys {
			if err := apiKeys.insert(ctx, tx, k); err != nil {
				return err
			}
		}
		return nil
	})
	return db.refuse(err, "project or API key exists already", "")
}

// Project answers one project.
func (db *DB) Project(ctx context.Context, id string) (auth.Project, error) {
	return projects.one(ctx, db.reader, by("id", id), "")
}

// Projects answers every project, oldest first.
func (db *DB) Projects(ctx context.Context) ([]auth.Project, error) {
	return projects.list(ctx, db.reader, where{}, " ORDER BY created_at, id")
}

// UpdateProject changes one project.
func (db *DB) UpdateProject(ctx context.Context, id string, update func(auth.Project) (auth.Project, error)) (auth.Project, error) {
	return projects.modify(ctx, db, by("id", id), update)
}

// KeyByHash answers the key with that hash, revoked or not.
func (db *DB) KeyByHash(ctx context.Context, hash string) (auth.Key, error) {
	return apiKeys.one(ctx, db.reader, by("hash", hash), "")
}

// CreateKey saves a new API key.
func (db *DB) CreateKey(ctx context.Context, k auth.Key) error {
	err := db.write(ctx, func(tx *sql.Tx) error { return apiKeys.insert(ctx, tx, k) })
	return db.refuse(err, "API key exists already", fmt.Sprintf("project %s does not exist", k.ProjectID))
}

// Keys answers a project's API keys, newest first.
func (db *DB) Keys(ctx context.Context, projectID string) ([]auth.Key, error) {
	return apiKeys.list(ctx, db.reader, by("project_id", projectID), " ORDER BY created_at DESC, id DESC")
}

// UpdateKey changes one API key.
func (db *DB) UpdateKey(ctx context.Context, projectID, id string, update func(auth.Key) (auth.Key, error)) (auth.Key, error) {
	return apiKeys.modify(ctx, db, owned(projectID, id), update)
}

// RotateKey changes one API key and adds another one.
func (db *DB) RotateKey(ctx context.Context, projectID, id string, rotate func(auth.Key) (auth.Key, auth.Key, error)) (changed, added auth.Key, err error) {
	err = db.write(ctx, func(tx *sql.Tx) error {
		old, err := apiKeys.one(ctx, tx, owned(projectID, id), db.dialect.Lock)
		if err != nil {
			return err
		}
		if changed, added, err = rotate(old); err != nil {
			return err
		}
		if err := apiKeys.update(ctx, tx, changed, nil); err != nil {
			return err
		}
		return apiKeys.insert(ctx, tx, added)
	})
	return changed, added, err
}
