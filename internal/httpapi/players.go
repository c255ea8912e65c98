package httpapi

import (
	"context"

	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/player"
)

// PlayerService keeps the end users of projects.
type PlayerService interface {
	Create(ctx context.Context, projectID string, p player.Params) (player.Player, error)
	Get(ctx context.Context, projectID, id string) (player.Player, error)
	List(ctx context.Context, projectID string, req page.Request) (page.Page[player.Player], error)
	Update(ctx context.Context, projectID, id string, p player.Params) (player.Player, error)
	Delete(ctx context.Context, projectID, id string) error
}

type players struct {
	service PlayerService
	records records
}

func (h players) routes() []route {
	return []route{
		{method: "POST", pattern: "/v1/players", access: secretKey("wallets:write"), create: true, serve: h.create},
		{method: "GET", pattern: "/v1/players", access: secretKey("wallets:read"), serve: h.list},
		{method: "GET", pattern: "/v1/players/{id}", access: secretKey("wallets:read"), serve: h.get},
		{method: "POST", pattern: "/v1/players/{id}", access: secretKey("wallets:write"), serve: h.update},
		{method: "DELETE", pattern: "/v1/players/{id}", access: secretKey("wallets:delete"), serve: h.delete},
	}
}

func (h players) create(c *call) (any, error) {
	var req PlayerRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	p, err := h.service.Create(c.Context(), c.project(), playerParams(req))
	if err != nil {
		return nil, err
	}
	return showPlayer(p), nil
}

func (h players) list(c *call) (any, error) {
	var q ListPlayersParams
	if err := c.query(&q); err != nil {
		return nil, err
	}
	req, err := pageRequest(q.Limit, q.Skip, q.Order)
	if err != nil {
		return nil, err
	}
	exp, err := expand(q.Expand, "accounts", "transactionIntents")
	if err != nil {
		return nil, err
	}
	found, err := h.service.List(c.Context(), c.project(), req)
	if err != nil {
		return nil, err
	}
	return newList(c, found, func(p player.Player) (Player, error) { return h.records.expandPlayer(c, p, exp) })
}

func (h players) get(c *call) (any, error) {
	playerID, err := c.id(id.Player, "player")
	if err != nil {
		return nil, err
	}
	var q GetPlayerParams
	if err := c.query(&q); err != nil {
		return nil, err
	}
	exp, err := expand(q.Expand, "accounts", "transactionIntents")
	if err != nil {
		return nil, err
	}
	p, err := h.service.Get(c.Context(), c.project(), playerID)
	if err != nil {
		return nil, err
	}
	return h.records.expandPlayer(c, p, exp)
}

func (h players) update(c *call) (any, error) {
	playerID, err := c.id(id.Player, "player")
	if err != nil {
		return nil, err
	}
	var req PlayerRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	p, err := h.service.Update(c.Context(), c.project(), playerID, playerParams(req))
	if err != nil {
		return nil, err
	}
	return showPlayer(p), nil
}

func (h players) delete(c *call) (any, error) {
	playerID, err := c.id(id.Player, "player")
	if err != nil {
		return nil, err
	}
	if err := h.service.Delete(c.Context(), c.project(), playerID); err != nil {
		return nil, err
	}
	return deleted("player", playerID), nil
}

func playerParams(req PlayerRequest) player.Params {
	return player.Params{Name: req.Name, Description: req.Description, Metadata: req.Metadata}
}

func showPlayer(p player.Player) Player {
	return Player{
		ID:          p.ID,
		Object:      "player",
		CreatedAt:   unix(p.CreatedAt),
		Name:        p.Name,
		Description: optional(p.Description),
		Metadata:    p.Metadata,
	}
}

func (s records) expandPlayer(c *call, p player.Player, exp expansion) (shown Player, err error) {
	shown = showPlayer(p)
	if exp.has("accounts") {
		if shown.Accounts, err = s.accountsOf(c, p.ID); err != nil {
			return Player{}, err
		}
	}
	if exp.has("transactionIntents") {
		if shown.TransactionIntents, err = s.newest(c, intent.Filter{PlayerIDs: []string{p.ID}}, true); err != nil {
			return Player{}, err
		}
	}
	return shown, nil
}
