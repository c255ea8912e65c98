package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/player"
)

var players = table[player.Player]{
	name: "players",
	noun: "player",
	cells: func(p *player.Player) []cell {
		return []cell{
			word("id", &p.ID),
			word("project_id", &p.ProjectID),
			word("name", &p.Name),
			word("description", &p.Description),
			raw("metadata", &p.Metadata),
			moment("created_at", &p.CreatedAt),
			moment("updated_at", &p.UpdatedAt),
		}
	},
}

// CreatePlayer saves a new player.
func (db *DB) CreatePlayer(ctx context.Context, p player.Player) error {
	err := players.create(ctx, db, p, p.ID)
	return db.refuse(err, fmt.Sprintf("player %s exists already", p.ID), fmt.Sprintf("project %s does not exist", p.ProjectID))
}

// Player answers one player of a project.
func (db *DB) Player(ctx context.Context, projectID, id string) (player.Player, error) {
	return players.one(ctx, db.reader, owned(projectID, id), "")
}

// Players answers one page of a project's players.
func (db *DB) Players(ctx context.Context, projectID string, req page.Request) (page.Page[player.Player], error) {
	return players.page(ctx, db.reader, by("project_id", projectID), req)
}

// PlayersNamed answers players by the beginning of their name. The range is one
// of the index on lower names, which is in the order of bytes on both databases.
func (db *DB) PlayersNamed(ctx context.Context, projectID, prefix string, limit int) ([]player.Player, error) {
	name := "lower(name)" + db.dialect.Bytewise
	w := by("project_id", projectID).
		with(name+" >= lower($%d)", prefix).
		with(name+" < lower($%d)", prefix+"\U0010FFFF")
	return players.list(ctx, db.reader, w, fmt.Sprintf(" ORDER BY %s, id LIMIT %d", name, limit))
}

// PlayersByID answers the players with these ids.
func (db *DB) PlayersByID(ctx context.Context, projectID string, ids []string) ([]player.Player, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return players.list(ctx, db.reader, where{}.in("id", ids).of("project_id", projectID), "")
}

// UpdatePlayer changes one player.
func (db *DB) UpdatePlayer(ctx context.Context, projectID, id string, update func(player.Player) (player.Player, error)) (player.Player, error) {
	return players.modify(ctx, db, owned(projectID, id), update)
}

// DeletePlayer deletes a player that owns no account. The database checks
// that, so an account made at the same moment cannot lose its player.
func (db *DB) DeletePlayer(ctx context.Context, projectID, id string) error {
	return db.write(ctx, func(tx *sql.Tx) error {
		if _, err := players.one(ctx, tx, owned(projectID, id), db.dialect.Lock); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM players WHERE id = $1", id)
		if db.dialect.ForeignKeyViolation(err) {
			return &fault.Fault{Kind: fault.Conflict, Message: fmt.Sprintf("player %s owns accounts and cannot be deleted", id), Cause: err}
		}
		if err != nil {
			return fmt.Errorf("delete player %s: %w", id, err)
		}
		return nil
	})
}

// owned finds a record by id among those of a project.
func owned(projectID, id string) where { return by("project_id", projectID).and("id", id) }
