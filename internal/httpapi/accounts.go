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
}

// accounts serves the first version of the account routes.
type accounts struct {
	service AccountService
	records records
}

func (h accounts) routes() []route {
	return []route{
		{method: "POST", pattern: "/v1/accounts", access: secretKey("accounts:write"), create: true, serve: h.create},
		{method: "GET", pattern: "/v1/accounts", access: secretKey("accounts:read"), serve: h.list},
		{method: "GET", pattern: "/v1/accounts/{id}", access: secretKey("accounts:read"), serve: h.get},
	}
}

func (h accounts) create(c *call) (any, error) {
	var req CreateAccountRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	if err := checkImplementation("accountType", req.AccountType); err != nil {
		return nil, err
	}
	if value(req.DefaultGuardian) {
		return nil, fault.Field("defaultGuardian", true, "guardians are not offered; leave it out")
	}
	if value(req.ExternalOwnerAddress) == "" {
		return nil, fault.Field("externalOwnerAddress", nil, "is required: this server holds no owner keys")
	}
	owner, err := parseAddress("externalOwnerAddress", *req.ExternalOwnerAddress)
	if err != nil {
		return nil, err
	}
	a, err := h.service.Create(c.Context(), c.project(), account.CreateParams{
		PlayerID: value(req.Player),
		ChainID:  req.ChainID,
		Owner:    owner,
		Type:     account.Smart,
	})
	if err != nil {
		return nil, err
	}
	return showAccount(a), nil
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
	f := account.Filter{PlayerID: value(q.Player), Address: address, ChainID: value(q.ChainID)}
	found, err := h.service.List(c.Context(), c.project(), f, req)
	if err != nil {
		return nil, err
	}
	return newList(c, found, func(a account.Account) (Account, error) { return h.records.expandAccount(c, a, exp) })
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
	a, err := h.service.Get(c.Context(), c.project(), accountID)
	if err != nil {
		return nil, err
	}
	return h.records.expandAccount(c, a, exp)
}

// implementations are the official clients' names for our accounts: they
// choose by them how to sign.
var implementations = map[account.Type]string{
	account.Smart:     account.ImplementationSmart,
	account.Delegated: "Calibur",
}

// checkImplementation refuses account kinds other than the one that is made.
func checkImplementation(field string, asked *string) error {
	if s := value(asked); s != "" && s != account.ImplementationSmart {
		return fault.Field(field, echo(s), "must be %s, is %s", account.ImplementationSmart, describeValue(s))
	}
	return nil
}

func showAccount(a account.Account) Account {
	return Account{
		ID:           a.ID,
		Object:       "account",
		CreatedAt:    unix(a.CreatedAt),
		Address:      a.Address.Hex(),
		OwnerAddress: a.Owner.Hex(),
		Deployed:     a.Deployed(),
		ChainID:      a.ChainID,
		AccountType:  implementations[a.Type],
		Player:       Reference{ID: a.PlayerID},
	}
}

func (s records) expandAccount(c *call, a account.Account, exp expansion) (shown Account, err error) {
	shown = showAccount(a)
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
