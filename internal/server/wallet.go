package server

import (
	"context"
	"net/http"
	"time"

	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/frame"
	"github.com/latchkey-dev/latchkey/internal/share"
)

// buildWallets makes the service of embedded wallets, which says so itself when
// there is no vault for their shares.
func (s *Server) buildWallets(cfg Config) {
	s.Wallets = &share.Service{Store: s.store, Accounts: s.Accounts, Users: s.Users, Now: time.Now}
	if cfg.Vault != nil {
		s.Wallets.Vault = cfg.Vault
	}
}

// pages are what browsers load.
func (s *Server) pages(cfg Config) (map[string]http.Handler, error) {
	if cfg.Frame == nil {
		return nil, nil
	}
	wallet, err := frame.New(cfg.Frame, origins{s.Auth}, cfg.Version, cfg.Log)
	if err != nil {
		return nil, err
	}
	return map[string]http.Handler{
		frame.PagePattern:   http.HandlerFunc(wallet.ServePage),
		frame.AssetsPattern: http.HandlerFunc(wallet.ServeAsset),
	}, nil
}

// origins says which pages may embed the wallet of a project.
type origins struct{ auth *auth.Service }

func (o origins) AllowedOrigins(ctx context.Context, publishableKey string) ([]string, error) {
	allowed, err := o.auth.OriginsOfKey(ctx, publishableKey)
	return allowed.Sources(), err
}
