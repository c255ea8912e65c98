package user

import (
	"context"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

// Vouched answers the user that a provider's token stands for.
func (s *Service) Vouched(_ context.Context, _, provider, _ string) (string, error) {
	return "", fault.New(fault.Unauthorized, "the project trusts no provider %q", printable(provider, maxAgent))
}
