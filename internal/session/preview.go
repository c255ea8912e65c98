package session

import (
	"context"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/permission"
)

// Preview answers the permission that Create would have the account enforce,
// and saves nothing. It refuses what Create refuses of such a permission; a
// request that names no key yet gets a key of nobody's.
func (s *Service) Preview(ctx context.Context, projectID string, p CreateParams) (permission.Permission, error) {
	n, err := s.network(p.ChainID)
	if err != nil {
		return permission.Permission{}, err
	}
	now, err := n.Chain.Time(ctx)
	if err != nil {
		return permission.Permission{}, err
	}
	if err := checkWindow(p, now); err != nil {
		return permission.Permission{}, err
	}
	if p.Key.Address == (common.Address{}) {
		p.Key.Address = common.Address{19: 1}
	}
	grant, err := s.permission(ctx, projectID, n, p, now)
	if err != nil {
		return permission.Permission{}, err
	}
	if err := checkRegistration(&p, grant); err != nil {
		return permission.Permission{}, err
	}
	acc, err := s.Accounts.Resolve(ctx, projectID, p.AccountID, p.PlayerID, p.ChainID, p.ExternalOwner)
	if err != nil {
		return permission.Permission{}, err
	}
	if err := checkKey(p, grant, acc); err != nil {
		return permission.Permission{}, err
	}
	if _, err := grant.Encode(); err != nil {
		return permission.Permission{}, refused(err)
	}
	return grant, nil
}

// Time is the chain's time, which validity is judged by, in unix seconds.
func (s *Service) Time(ctx context.Context, chainID uint64) (uint64, error) {
	n, err := s.network(chainID)
	if err != nil {
		return 0, err
	}
	return n.Chain.Time(ctx)
}
