package httpapi

import (
	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/page"
)

// What the second version of the account routes says of every account here.
const (
	chainTypeEVM  = "EVM"
	chainTypeSVM  = "SVM"
	custodyUser   = "User"      // the owner's key is not on the server
	custodyServer = "Developer" // the server would hold it
)

// accountsV2 serves the second version of the account routes.
type accountsV2 struct{ service AccountService }

func (h accountsV2) routes() []route {
	return []route{
		{method: "POST", pattern: "/v2/accounts", access: secretKey("accounts:write"), create: true, serve: h.create},
		{method: "GET", pattern: "/v2/accounts", access: secretKey("accounts:read"), serve: h.list},
		{method: "GET", pattern: "/v2/accounts/{id}", access: secretKey("accounts:read"), serve: h.get},
	}
}

func (h accountsV2) create(c *call) (any, error) {
	var req CreateAccountV2Request
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	if err := checkAccountV2(req); err != nil {
		return nil, err
	}
	owner, err := h.owner(c, req)
	if err != nil {
		return nil, err
	}
	a, err := h.service.Create(c.Context(), c.project(), account.CreateParams{
		PlayerID: req.User,
		ChainID:  *req.ChainID,
		Owner:    owner,
		Type:     account.Smart,
	})
	if err != nil {
		return nil, err
	}
	return showAccountV2(a), nil
}

func checkAccountV2(req CreateAccountV2Request) error {
	if req.ChainType != chainTypeEVM {
		return fault.Field("chainType", echo(req.ChainType), "must be %s, is %s", chainTypeEVM, describeValue(req.ChainType))
	}
	if req.AccountType != string(account.Smart) {
		return fault.Field("accountType", echo(req.AccountType), "must be %q, is %s", account.Smart, describeValue(req.AccountType))
	}
	if err := checkImplementation("implementationType", req.ImplementationType); err != nil {
		return err
	}
	if req.ChainID == nil {
		return fault.Field("chainId", nil, "is required for a %s", account.Smart)
	}
	if value(req.Address) != "" {
		return fault.Field("address", echo(*req.Address), "cannot be chosen: the address of a %s follows from its owner; send externalOwnerAddress", account.Smart)
	}
	return nil
}

// owner is named by its address, or as the owner of another account.
func (h accountsV2) owner(c *call, req CreateAccountV2Request) (common.Address, error) {
	if value(req.ExternalOwnerAddress) != "" {
		return parseAddress("externalOwnerAddress", *req.ExternalOwnerAddress)
	}
	if value(req.Account) == "" {
		return common.Address{}, fault.Field("externalOwnerAddress", nil, "is required, or account: this server holds no owner keys")
	}
	linked, err := h.service.Get(c.Context(), c.project(), *req.Account)
	if fault.Is(err, fault.NotFound) {
		return common.Address{}, fault.Field("account", echo(*req.Account), "there is no account %s in this project", describeValue(*req.Account))
	}
	if err != nil {
		return common.Address{}, err
	}
	return linked.Owner, nil
}

func (h accountsV2) list(c *call) (any, error) {
	var q ListAccountsV2Params
	if err := c.query(&q); err != nil {
		return nil, err
	}
	req, err := pageRequest(q.Limit, q.Skip, q.Order)
	if err != nil {
		return nil, err
	}
	address, err := filterAddress("address", q.Address)
	if err != nil {
		return nil, err
	}
	if err := checkChoice("chainType", q.ChainType, chainTypeEVM, chainTypeSVM); err != nil {
		return nil, err
	}
	if err := checkChoice("custody", q.Custody, custodyUser, custodyServer); err != nil {
		return nil, err
	}
	found := page.Page[account.Account]{Skip: req.Skip}
	if value(q.ChainType) != chainTypeSVM && value(q.Custody) != custodyServer {
		f := account.Filter{
			PlayerID: value(q.User),
			Address:  address,
			ChainID:  value(q.ChainID),
			Type:     account.Type(value(q.AccountType)),
		}
		if found, err = h.service.List(c.Context(), c.project(), f, req); err != nil {
			return nil, err
		}
	}
	return newList(c, found, func(a account.Account) (AccountV2, error) { return showAccountV2(a), nil })
}

func (h accountsV2) get(c *call) (any, error) {
	accountID, err := c.id(id.Account, "account")
	if err != nil {
		return nil, err
	}
	a, err := h.service.Get(c.Context(), c.project(), accountID)
	if err != nil {
		return nil, err
	}
	return showAccountV2(a), nil
}

func checkChoice(field string, asked *string, a, b string) error {
	if s := value(asked); s != "" && s != a && s != b {
		return fault.Field(field, echo(s), "must be %s or %s, is %s", a, b, describeValue(s))
	}
	return nil
}

func showAccountV2(a account.Account) AccountV2 {
	smart := SmartAccount{
		ImplementationType:    implementations[a.Type],
		ImplementationAddress: a.Implementation.Hex(),
		FactoryAddress:        optional(a.Factory.Hex()),
		Salt:                  optional(a.Salt.Hex()),
		Active:                a.Deployed(),
	}
	if a.DeployedAt != nil {
		smart.DeployedAt = optional(unix(*a.DeployedAt))
	}
	if a.DeployedTx != nil {
		smart.DeployedTx = optional(a.DeployedTx.Hex())
	}
	return AccountV2{
		ID:           a.ID,
		Wallet:       a.PlayerID,
		AccountType:  string(a.Type),
		Address:      a.Address.Hex(),
		OwnerAddress: optional(a.Owner.Hex()),
		ChainType:    chainTypeEVM,
		ChainID:      optional(a.ChainID),
		CreatedAt:    unix(a.CreatedAt),
		UpdatedAt:    unix(a.UpdatedAt),
		Custody:      custodyUser,
		SmartAccount: &smart,
	}
}
