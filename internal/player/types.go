package player

import (
	"context"
	"encoding/json"
	"time"

	"github.com/latchkey-dev/latchkey/internal/page"
)

// Player is an end user of a project. Players own accounts.
type Player struct {
	ID          string
	ProjectID   string
	Name        string
	Description string
	Metadata    json.RawMessage // a JSON object of the project's own, nil when none
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// Store keeps players. A player of another project is not found.
type Store interface {
	CreatePlayer(ctx context.Context, p Player) error
	Player(ctx context.Context, projectID, id string) (Player, error)
	Players(ctx context.Context, projectID string, req page.Request) (page.Page[Player], error)
	// PlayersNamed answers players whose name starts with prefix, whatever its
	// case, by name, at most limit.
	PlayersNamed(ctx context.Context, projectID, prefix string, limit int) ([]Player, error)
	// PlayersByID answers those of the players that there are, in any order.
	PlayersByID(ctx context.Context, projectID string, ids []string) ([]Player, error)
	UpdatePlayer(ctx context.Context, projectID, id string, update func(Player) (Player, error)) (Player, error)
	DeletePlayer(ctx context.Context, projectID, id string) error // Conflict while it owns accounts
}
