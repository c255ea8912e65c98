package httpapi

import (
	"context"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/page"
)

// AccountService keeps smart accounts.
type AccountService interface {
	Create(ctx context.Context, projectID string, p account.CreateParams) (account.Account, error)
	Get(ctx context.Context, projectID, id string) (account.Account, error)
	List(ctx context.Context, projectID string, f account.Filter, req page.Request) (page.Page[account.Account], error)
	// Active reports by id which accounts are on chain now.
	Active(ctx context.Context, accounts ...account.Account) (map[string]bool, error)
}

// accounts serves the first version of the account routes.
type accounts struct {
	service AccountService
	records records
}

func (h accounts) routes() []route {
	return []route{
		{method: "POST", pattern: "/v1/accounts", access: secretKey("accounts:write"), create: true, serve: h.create},
		{method: "GET", pattern: "/v1/accounts", access: keyOrUser("accounts:read"), serve: h.list},
		{method: "GET", pattern: "/v1/accounts/{id}", access: keyOrUser("accounts:read"), serve: h.get},
	}
}

func (h accounts) create(c *call) (any, error) {
	var req CreateAccountRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	kind, err := accountKind(value(req.AccountType))
	if err != nil {
		return nil, err
	}
	if value(req.DefaultGuardian) {
		return nil, fault.Field("defaultGuardian", true, "guardians are not offered; leave it out")
	}
	owner, err := ownerKey("externalOwnerAddress", req.ExternalOwnerAddress, req.Owner, ": this server holds no owner keys")
	if err != nil {
		return nil, err
	}
	kind.PlayerID, kind.ChainID, kind.Owner = value(req.Player), req.ChainID, owner
	a, err := h.service.Create(c.Context(), c.project(), kind)
	if err != nil {
		return nil, err
	}
	return showAccount(a, a.Deployed()), nil
}

func (h accounts) list(c *call) (any, error) {
	var q ListAccountsParams
	if err := c.query(&q); err != nil {
		return nil, err
	}
	req, err := pageRequest(q.Limit, q.Skip, q.Order)
	if err != nil {
		return nil, err
	}
	exp, err := expand(q.Expand, "player", "transactionIntents")
	if err != nil {
		return nil, err
	}
	address, err := filterAddress("address", q.Address)
	if err != nil {
		return nil, err
	}
	if err := onlyKeys(c, exp); err != nil {
		return nil, err
	}
	player, err := c.ownPlayer("player", q.Player)
	if err != nil {
		return nil, err
	}
	f := account.Filter{PlayerID: player, Address: address, ChainID: value(q.ChainID)}
	found, err := h.service.List(c.Context(), c.project(), f, req)
	if err != nil {
		return nil, err
	}
	active, err := h.service.Active(c.Context(), found.Items...)
	if err != nil {
		return nil, err
	}
	return newList(c, found, func(a account.Account) (Account, error) { return h.records.expandAccount(c, a, active[a.ID], exp) })
}

func (h accounts) get(c *call) (any, error) {
	accountID, err := c.id(id.Account, "account")
	if err != nil {
		return nil, err
	}
	var q GetAccountParams
	if err := c.query(&q); err != nil {
		return nil, err
	}
	exp, err := expand(q.Expand, "player", "transactionIntents")
	if err != nil {
		return nil, err
	}
	if err := onlyKeys(c, exp); err != nil {
		return nil, err
	}
	a, err := h.service.Get(c.Context(), c.project(), accountID)
	if err != nil {
		return nil, err
	}
	if err := c.mine(a.PlayerID, "account", accountID); err != nil {
		return nil, err
	}
	active, err := h.service.Active(c.Context(), a)
	if err != nil {
		return nil, err
	}
	return h.records.expandAccount(c, a, active[a.ID], exp)
}

// accountKind reads the first version's accountType, which names an
// implementation.
func accountKind(asked string) (account.CreateParams, error) {
	switch asked {
	case "", account.ImplementationSmart, string(account.Smart):
		return account.CreateParams{Type: account.Smart}, nil
	case string(account.Delegated):
		return account.CreateParams{Type: account.Delegated}, nil
	case account.ImplementationDelegated, account.ImplementationDelegatedV9:
		return account.CreateParams{Type: account.Delegated, ImplementationType: asked}, nil
	}
	return account.CreateParams{}, fault.Field("accountType", echo(asked), "must be %s, %s or %s, is %s",
		account.ImplementationSmart, account.ImplementationDelegated, account.ImplementationDelegatedV9, describeValue(asked))
}

// showAccount shows an account as it stands on chain now.
func (s records) showAccount(c *call, a account.Account) (Account, error) {
	active, err := s.accounts.Active(c.Context(), a)
	return showAccount(a, active[a.ID]), err
}

func showAccount(a account.Account, active bool) Account {
	return Account{
		ID:             a.ID,
		Object:         "account",
		CreatedAt:      unix(a.CreatedAt),
		Address:        a.Address.Hex(),
		OwnerAddress:   a.Owner.Address.Hex(),
		Owner:          showOwner(a.Owner),
		Deployed:       active,
		EmbeddedSigner: a.SignerID != "",
		ChainID:        a.ChainID,
		AccountType:    a.ImplementationType,
		Player:         Reference{ID: a.PlayerID},
	}
}

func (s records) expandAccount(c *call, a account.Account, active bool, exp expansion) (shown Account, err error) {
	shown = showAccount(a, active)
	if shown.Player, err = s.player(c, a.PlayerID, exp.has("player")); err != nil {
		return Account{}, err
	}
	if exp.has("transactionIntents") {
		if shown.TransactionIntents, err = s.newest(c, intent.Filter{AccountIDs: []string{a.ID}}, true); err != nil {
			return Account{}, err
		}
	}
	return shown, nil
}
