package httpapi

import (
	"github.com/latchkey-dev/latchkey/internal/fault"
)

// ownAccount refuses a user an account that is another player's. An id of "",
// and a caller that is no user, pass.
func (s records) ownAccount(c *call, accountID string) error {
	if c.user() == "" || accountID == "" {
		return nil
	}
	a, err := s.accounts.Get(c.Context(), c.project(), accountID)
	if err != nil {
		return err
	}
	return c.mine(a.PlayerID, "account", accountID)
}

// owner answers the player that a request names, who must own the account that
// it names.
func (s records) owner(c *call, accountID, player *string) (string, error) {
	playerID, err := c.ownPlayer("player", player)
	if err != nil {
		return "", err
	}
	return playerID, s.ownAccount(c, value(accountID))
}

// onlyKeys refuses users the expansion of records: a player's metadata and a
// policy's rules are the project's own.
func onlyKeys(c *call, exp expansion) error {
	if c.user() != "" && len(exp) > 0 {
		return fault.Field("expand", nil, "is offered to secret keys only; leave it out")
	}
	return nil
}
