package httpapi

import (
	"time"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/share"
)

// newestIntents is how many intents other records show.
const newestIntents = 10

// records shows the records that another one refers to: by id, or whole where
// the request asked for that.
type records struct {
	players   PlayerService
	accounts  AccountService
	contracts ContractService
	sponsor   SponsorService
	intents   IntentService
	wallets   WalletService
	now       func() time.Time
}

func (s records) player(c *call, id string, whole bool) (any, error) {
	if !whole {
		return Reference{ID: id}, nil
	}
	return c.once(id, func() (any, error) {
		p, err := s.players.Get(c.Context(), c.project(), id)
		return showPlayer(p), err
	})
}

func (s records) account(c *call, id string, whole bool) (any, error) {
	if !whole {
		return Reference{ID: id}, nil
	}
	return c.once(id, func() (any, error) {
		a, err := s.accounts.Get(c.Context(), c.project(), id)
		if err != nil {
			return nil, err
		}
		return s.showAccount(c, a)
	})
}

func (s records) contract(c *call, id string, whole bool) (any, error) {
	if !whole {
		return Reference{ID: id}, nil
	}
	return c.once(id, func() (any, error) {
		con, err := s.contracts.Get(c.Context(), c.project(), id)
		return showContract(con), err
	})
}

// policy shows a whole policy with the ids of its rules and intents.
func (s records) policy(c *call, id string, whole bool) (any, error) {
	if !whole {
		return Reference{ID: id}, nil
	}
	return c.once(id, func() (any, error) {
		p, err := s.sponsor.Policy(c.Context(), c.project(), id)
		if err != nil {
			return nil, err
		}
		return s.showPolicy(c, p, nil)
	})
}

func (s records) accountsOf(c *call, playerID string) ([]any, error) {
	found, err := s.accounts.List(c.Context(), c.project(), account.Filter{PlayerID: playerID}, firstPage(page.MaxLimit))
	if err != nil {
		return nil, err
	}
	active, err := s.accounts.Active(c.Context(), found.Items...)
	if err != nil {
		return nil, err
	}
	shown := make([]any, len(found.Items))
	for i, a := range found.Items {
		shown[i] = showAccount(a, active[a.ID])
	}
	return shown, nil
}

func (s records) rulesOf(c *call, policyID string, whole bool) ([]any, error) {
	found, err := s.sponsor.Rules(c.Context(), c.project(), policyID, firstPage(page.MaxLimit))
	if err != nil {
		return nil, err
	}
	shown := make([]any, len(found.Items))
	for i, rule := range found.Items {
		shown[i] = Reference{ID: rule.ID}
		if !whole {
			continue
		}
		if shown[i], err = s.showRule(c, rule, false); err != nil {
			return nil, err
		}
	}
	return shown, nil
}

// newest shows the newest intents that f finds.
func (s records) newest(c *call, f intent.Filter, whole bool) ([]any, error) {
	found, err := s.intents.List(c.Context(), c.project(), f, firstPage(newestIntents))
	if err != nil {
		return nil, err
	}
	shown := make([]any, len(found.Items))
	for i, in := range found.Items {
		shown[i] = Reference{ID: in.ID}
		if !whole {
			continue
		}
		if shown[i], err = s.showIntent(c, in, nil); err != nil {
			return nil, err
		}
	}
	return shown, nil
}

// intentsByID shows the named intents.
func (s records) intentsByID(c *call, ids []string, whole bool) ([]any, error) {
	shown := make([]any, len(ids))
	for i, id := range ids {
		shown[i] = Reference{ID: id}
		if !whole {
			continue
		}
		in, err := s.intents.Get(c.Context(), c.project(), id)
		if err != nil {
			return nil, err
		}
		if shown[i], err = s.showIntent(c, in, nil); err != nil {
			return nil, err
		}
	}
	return shown, nil
}

func firstPage(limit int) page.Request {
	return page.Request{Limit: limit, Order: page.Descending}
}

// embedded answers by id the signers that the accounts were made for.
func (s records) embedded(c *call, accounts ...account.Account) (map[string]share.Signer, error) {
	var ids []string
	for _, a := range accounts {
		if id.Is(id.Signer, a.SignerID) {
			ids = append(ids, a.SignerID)
		}
	}
	found, err := s.wallets.Signers(c.Context(), c.project(), ids, nil)
	signers := make(map[string]share.Signer, len(found))
	for _, found := range found {
		signers[found.ID] = found
	}
	return signers, err
}
