package httpapi

import (
	"context"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/user"
)

// AuthConfigs keeps the ways by which a project lets users in.
type AuthConfigs interface {
	Configure(ctx context.Context, projectID, name string, enabled bool, settings user.Settings) (user.Config, error)
	Configs(ctx context.Context, projectID string) ([]user.Config, error)
	RemoveConfig(ctx context.Context, projectID, name string) error
}

type authConfigs struct{ service AuthConfigs }

func (h authConfigs) routes() []route {
	return []route{
		{method: "POST", pattern: "/iam/v1/oauth", access: secretKey("auth_config:write"), serve: h.put},
		{method: "GET", pattern: "/iam/v1/oauth", access: secretKey("auth_config:read"), serve: h.list},
		{method: "GET", pattern: "/iam/v1/oauth/{provider}", access: secretKey("auth_config:read"), serve: h.get},
		{method: "DELETE", pattern: "/iam/v1/oauth/{provider}", access: secretKey("auth_config:delete"), serve: h.delete},
	}
}

func (h authConfigs) put(c *call) (any, error) {
	var req AuthConfig
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	config, err := h.service.Configure(c.Context(), c.project(), req.Provider, req.Enabled, user.Settings{
		AllowUnverified:   value(req.AllowUnverified),
		Audience:          value(req.Aud),
		Issuer:            value(req.Issuer),
		JWKSURL:           value(req.JwksURL),
		PublicKey:         value(req.PublicVerificationKey),
		AuthenticationURL: value(req.AuthenticationURL),
		Headers:           value(req.Headers),
		ProjectID:         value(req.ProjectID),
		URL:               value(req.URL),
		Key:               value(req.Key),
		BaseURL:           value(req.BaseURL),
		ClientID:          value(req.ClientID),
		ClientSecret:      value(req.ClientSecret),
	})
	if err != nil {
		return nil, err
	}
	return showConfig(config), nil
}

func (h authConfigs) list(c *call) (any, error) {
	configs, err := h.service.Configs(c.Context(), c.project())
	if err != nil {
		return nil, err
	}
	shown := AuthConfigList{Data: make([]AuthConfig, len(configs))}
	for i, config := range configs {
		shown.Data[i] = showConfig(config)
	}
	return shown, nil
}

func (h authConfigs) get(c *call) (any, error) {
	configs, err := h.service.Configs(c.Context(), c.project())
	if err != nil {
		return nil, err
	}
	for _, config := range configs {
		if config.Name == c.PathValue("provider") {
			return showConfig(config), nil
		}
	}
	return nil, fault.New(fault.NotFound, "the project has not set up %s", describeValue(c.PathValue("provider")))
}

func (h authConfigs) delete(c *call) (any, error) {
	name := c.PathValue("provider")
	if err := h.service.RemoveConfig(c.Context(), c.project(), name); err != nil {
		return nil, err
	}
	return deleted("authConfig", name), nil
}

// keptSecret stands for a secret in an answer.
const keptSecret = "********"

func showConfig(config user.Config) AuthConfig {
	in := config.Settings
	shown := AuthConfig{
		Provider:              config.Name,
		Enabled:               config.Enabled,
		Aud:                   optional(in.Audience),
		Issuer:                optional(in.Issuer),
		JwksURL:               optional(in.JWKSURL),
		PublicVerificationKey: optional(in.PublicKey),
		AuthenticationURL:     optional(in.AuthenticationURL),
		ProjectID:             optional(in.ProjectID),
		URL:                   optional(in.URL),
		BaseURL:               optional(in.BaseURL),
		ClientID:              optional(in.ClientID),
	}
	if config.Name == "email" {
		shown.AllowUnverified = &in.AllowUnverified
	}
	shown.Headers, shown.Key, shown.ClientSecret = hide(in.Headers), hide(in.Key), hide(in.ClientSecret)
	return shown
}

func hide(secret string) *string {
	if secret == "" {
		return nil
	}
	return optional(keptSecret)
}
