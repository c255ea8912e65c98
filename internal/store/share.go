package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/share"
)

var signers = table[share.Signer]{
	name: "signers",
	noun: "signer",
	cells: func(s *share.Signer) []cell {
		return []cell{
			word("id", &s.ID),
			word("project_id", &s.ProjectID),
			word("player_id", &s.PlayerID),
			address("owner", &s.Owner),
			word("method", &s.Method),
			blob("secret", &s.Secret),
			word("passkey_id", &s.PasskeyID),
			raw("passkey_env", &s.PasskeyEnv),
			reference("primary_device", &s.Primary),
			moment("created_at", &s.CreatedAt),
			moment("updated_at", &s.UpdatedAt),
		}
	},
}

var devices = table[share.Device]{
	name: "devices",
	noun: "device",
	cells: func(d *share.Device) []cell {
		return []cell{
			word("id", &d.ID),
			word("signer_id", &d.SignerID),
			blob("share", &d.Share),
			moment("created_at", &d.CreatedAt),
		}
	},
}

var entropies = table[share.Entropy]{
	name: "project_entropy",
	noun: "entropy of project",
	cells: func(e *share.Entropy) []cell {
		return []cell{
			word("project_id", &e.ProjectID),
			blob("part", &e.Part),
			word("part_check", &e.Check),
			moment("created_at", &e.CreatedAt),
		}
	},
}

// ofPlayer finds a signer by id among those of a player.
func ofPlayer(projectID, playerID, id string) where {
	return by("project_id", projectID).and("player_id", playerID).and("id", id)
}

// CreateSigner saves a new signer.
func (db *DB) CreateSigner(ctx context.Context, s share.Signer) error {
	err := db.write(ctx, func(tx *sql.Tx) error { return signers.insert(ctx, tx, s) })
	return db.refuse(err, fmt.Sprintf("signer %s exists already", s.ID), fmt.Sprintf("player %s does not exist", s.PlayerID))
}

// Signer answers one signer of a player.
func (db *DB) Signer(ctx context.Context, projectID, playerID, id string) (share.Signer, error) {
	return signers.one(ctx, db.reader, ofPlayer(projectID, playerID, id), "")
}

// Signers answers those of a project with one of the ids, or of one of the
// players, oldest first.
func (db *DB) Signers(ctx context.Context, projectID string, ids, playerIDs []string) ([]share.Signer, error) {
	w := by("project_id", projectID).in("id", ids).in("player_id", playerIDs)
	return signers.list(ctx, db.reader, w, " ORDER BY created_at, id")
}

// CreateWallet saves a new account, its first device, and its signer as update
// changes it.
func (db *DB) CreateWallet(ctx context.Context, a account.Account, d share.Device, update func(share.Signer) (share.Signer, error)) error {
	return db.write(ctx, func(tx *sql.Tx) error {
		old, err := signers.one(ctx, tx, ofPlayer(a.ProjectID, a.PlayerID, d.SignerID), db.dialect.Lock)
		if err != nil {
			return err
		}
		changed, err := update(old)
		if err != nil {
			return err
		}
		if err := devices.insert(ctx, tx, d); err != nil {
			return err
		}
		if err := signers.update(ctx, tx, changed, nil); err != nil {
			return err
		}
		return db.saveAccount(ctx, tx, a)
	})
}

// UpdateSigner changes a signer, and deletes devices of it.
func (db *DB) UpdateSigner(ctx context.Context, projectID, playerID, id string, update func(share.Signer) (share.Signer, []string, error)) error {
	err := db.write(ctx, func(tx *sql.Tx) error {
		old, err := signers.one(ctx, tx, ofPlayer(projectID, playerID, id), db.dialect.Lock)
		if err != nil {
			return err
		}
		changed, drop, err := update(old)
		if err != nil {
			return err
		}
		if err := signers.update(ctx, tx, changed, nil); err != nil || len(drop) == 0 {
			return err
		}
		return deleteDevices(ctx, tx, by("signer_id", id).in("id", drop))
	})
	return db.refuse(err, "", "the primary device does not exist, or is to be deleted")
}

// CreateDevice saves a device, and deletes the oldest ones beyond most, but
// never the primary.
func (db *DB) CreateDevice(ctx context.Context, d share.Device, most int) error {
	return db.write(ctx, func(tx *sql.Tx) error {
		signer, err := signers.one(ctx, tx, by("id", d.SignerID), db.dialect.Lock)
		if err != nil {
			return err
		}
		if err := devices.insert(ctx, tx, d); err != nil {
			return err
		}
		all, err := devices.list(ctx, tx, by("signer_id", d.SignerID), " ORDER BY created_at, id")
		if err != nil {
			return err
		}
		var drop []string
		for _, old := range all {
			if len(all)-len(drop) > most && old.ID != signer.Primary && old.ID != d.ID {
				drop = append(drop, old.ID)
			}
		}
		if len(drop) == 0 {
			return nil
		}
		return deleteDevices(ctx, tx, by("signer_id", d.SignerID).in("id", drop))
	})
}

func deleteDevices(ctx context.Context, tx *sql.Tx, w where) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM devices"+w.clause(), w.args...); err != nil {
		return fmt.Errorf("delete devices: %w", err)
	}
	return nil
}

// Device answers one device of a signer.
func (db *DB) Device(ctx context.Context, signerID, id string) (share.Device, error) {
	return devices.one(ctx, db.reader, by("signer_id", signerID).and("id", id), "")
}

// CreateEntropy saves the entropy of a project that has none.
func (db *DB) CreateEntropy(ctx context.Context, e share.Entropy) error {
	err := db.write(ctx, func(tx *sql.Tx) error { return entropies.insert(ctx, tx, e) })
	return db.refuse(err, fmt.Sprintf("project %s has entropy already", e.ProjectID), fmt.Sprintf("project %s does not exist", e.ProjectID))
}

// Entropy answers the entropy of a project.
func (db *DB) Entropy(ctx context.Context, projectID string) (share.Entropy, error) {
	return entropies.one(ctx, db.reader, by("project_id", projectID), "")
}
