package player

import (
	"context"
	"time"
	"unicode/utf8"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/page"
)

// maxName is the official API's limit, in characters.
const maxName = 256

// Service keeps players. Its fields are set once, before the first call; all
// are required.
type Service struct {
	Store Store
	Now   func() time.Time
}

// now is the time to store: what the store would round is cut off here, so that
// answers to a create and to a later get are equal.
func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// New answers a new player without any field, which is not saved.
func (s *Service) New(projectID string) Player {
	now := s.now()
	return Player{ID: id.New(id.Player), ProjectID: projectID, CreatedAt: now, UpdatedAt: now}
}

// Create saves a new player. Every field may be absent.
func (s *Service) Create(ctx context.Context, projectID string, p Params) (Player, error) {
	player, err := p.apply(s.New(projectID))
	if err != nil {
		return Player{}, err
	}
	return player, s.Store.CreatePlayer(ctx, player)
}

// Get answers one player.
func (s *Service) Get(ctx context.Context, projectID, playerID string) (Player, error) {
	return s.Store.Player(ctx, projectID, playerID)
}

// List answers one page of a project's players.
func (s *Service) List(ctx context.Context, projectID string, req page.Request) (page.Page[Player], error) {
	return s.Store.Players(ctx, projectID, req)
}

// Named answers players whose name starts with prefix, by name, at most limit.
func (s *Service) Named(ctx context.Context, projectID, prefix string, limit int) ([]Player, error) {
	return s.Store.PlayersNamed(ctx, projectID, prefix, limit)
}

// Several answers those of the players that there are, by id.
func (s *Service) Several(ctx context.Context, projectID string, ids ...string) (map[string]Player, error) {
	found, err := s.Store.PlayersByID(ctx, projectID, ids)
	byID := make(map[string]Player, len(found))
	for _, p := range found {
		byID[p.ID] = p
	}
	return byID, err
}

// Update changes the fields that p names.
func (s *Service) Update(ctx context.Context, projectID, playerID string, p Params) (Player, error) {
	return s.Store.UpdatePlayer(ctx, projectID, playerID, func(old Player) (Player, error) {
		old.UpdatedAt = s.now()
		return p.apply(old)
	})
}

// Delete removes a player that owns no account.
func (s *Service) Delete(ctx context.Context, projectID, playerID string) error {
	return s.Store.DeletePlayer(ctx, projectID, playerID)
}

// Check refuses a player that the project has not.
func (s *Service) Check(ctx context.Context, projectID, playerID string) error {
	_, err := s.Store.Player(ctx, projectID, playerID)
	if fault.Is(err, fault.NotFound) {
		return fault.Field("player", playerID, "there is no player %q in this project", playerID)
	}
	return err
}

// apply sets the fields that p names and checks them.
func (p Params) apply(old Player) (Player, error) {
	if p.Name != nil {
		if n := utf8.RuneCountInString(*p.Name); n > maxName {
			return old, fault.Field("name", nil, "may have %d characters, has %d", maxName, n)
		}
		old.Name = *p.Name
	}
	if p.Description != nil {
		old.Description = *p.Description
	}
	if p.Metadata != nil {
		merged, err := merge(old.Metadata, p.Metadata)
		if err != nil {
			return old, err
		}
		old.Metadata = merged
	}
	return old, nil
}
