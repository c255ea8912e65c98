package httpapi

import (
	"context"
	"math/big"

	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/permission"
)

// ProjectService keeps the settings of projects.
type ProjectService interface {
	Project(ctx context.Context, projectID string) (auth.Project, error)
	SetAllowedOrigins(ctx context.Context, projectID string, origins []string) (auth.Project, error)
	SetDefaultFeeLimit(ctx context.Context, projectID string, wei *big.Int) (auth.Project, error)
}

// projects serves the project of the caller's key.
type projects struct{ service ProjectService }

func (h projects) routes() []route {
	return []route{
		{method: "GET", pattern: "/v1/project", access: secretKey("settings:read"), serve: h.get},
		{method: "POST", pattern: "/v1/project", access: secretKey("settings:write"), serve: h.update},
	}
}

func (h projects) get(c *call) (any, error) {
	p, err := h.service.Project(c.Context(), c.project())
	if err != nil {
		return nil, err
	}
	return showProject(p), nil
}

func (h projects) update(c *call) (any, error) {
	var req UpdateProjectRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	if req.DefaultFeeLimit != nil {
		wei, err := parseAmount("defaultFeeLimit", *req.DefaultFeeLimit, permission.MaxFeeLimit)
		if err != nil {
			return nil, err
		}
		if _, err := h.service.SetDefaultFeeLimit(c.Context(), c.project(), wei); err != nil {
			return nil, err
		}
	}
	if req.AllowedOrigins != nil {
		if _, err := h.service.SetAllowedOrigins(c.Context(), c.project(), req.AllowedOrigins); err != nil {
			return nil, err
		}
	}
	return h.get(c)
}

func showProject(p auth.Project) Project {
	return Project{
		ID:              p.ID,
		Object:          "project",
		CreatedAt:       unix(p.CreatedAt),
		Name:            p.Name,
		DefaultFeeLimit: decimal(p.DefaultFeeLimit),
		AllowedOrigins:  append([]string{}, p.AllowedOrigins...),
	}
}
