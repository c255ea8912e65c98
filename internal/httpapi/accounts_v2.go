package httpapi

import (
	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/share"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// What the second version of the account routes says of every account here.
const (
	chainTypeEVM  = "EVM"
	chainTypeSVM  = "SVM"
	custodyUser   = "User"      // the owner's key is not on the server
	custodyServer = "Developer" // the server would hold it
)

// accountsV2 serves the second version of the account routes.
type accountsV2 struct {
	service AccountService
	refs    records
}

func (h accountsV2) routes() []route {
	return []route{
		{method: "POST", pattern: "/v2/accounts", access: secretKey("accounts:write"), create: true, serve: h.create},
		{method: "GET", pattern: "/v2/accounts", access: keyOrUser("accounts:read"), serve: h.list},
		{method: "GET", pattern: "/v2/accounts/{id}", access: keyOrUser("accounts:read"), serve: h.get},
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
		PlayerID:           req.User,
		ChainID:            *req.ChainID,
		Owner:              owner,
		Type:               account.Type(req.AccountType),
		ImplementationType: value(req.ImplementationType),
	})
	if err != nil {
		return nil, err
	}
	return showAccountV2(a, a.Deployed(), nil), nil
}

func checkAccountV2(req CreateAccountV2Request) error {
	if req.ChainType != chainTypeEVM {
		return fault.Field("chainType", echo(req.ChainType), "must be %s, is %s", chainTypeEVM, describeValue(req.ChainType))
	}
	if req.AccountType != string(account.Smart) && req.AccountType != string(account.Delegated) {
		return fault.Field("accountType", echo(req.AccountType), "must be %q or %q, is %s", account.Smart, account.Delegated, describeValue(req.AccountType))
	}
	if req.ChainID == nil {
		return fault.Field("chainId", nil, "is required for a %s", req.AccountType)
	}
	if value(req.Address) != "" && req.AccountType == string(account.Smart) {
		return fault.Field("address", echo(*req.Address), "cannot be chosen: the address of a %s follows from its owner; send externalOwnerAddress", account.Smart)
	}
	return nil
}

// owner is named by its address, or as the owner of another account. That of a
// delegated account is the account itself.
func (h accountsV2) owner(c *call, req CreateAccountV2Request) (userop.Owner, error) {
	address, err := parseOptionalAddress("address", req.Address)
	if err != nil {
		return userop.Owner{}, err
	}
	if address != nil && value(req.ExternalOwnerAddress) == "" && req.Owner == nil && value(req.Account) == "" {
		return userop.OwnerAt(*address), nil
	}
	owner, err := h.namedOwner(c, req)
	if err == nil && address != nil && *address != owner.Address {
		err = fault.Field("address", address.Hex(), "must be the owner %s: a %s has the address of its owner", owner.Address, account.Delegated)
	}
	return owner, err
}

func (h accountsV2) namedOwner(c *call, req CreateAccountV2Request) (userop.Owner, error) {
	named := value(req.ExternalOwnerAddress) != "" || req.Owner != nil
	if named || value(req.Account) == "" {
		return ownerKey("externalOwnerAddress", req.ExternalOwnerAddress, req.Owner, ", or account: this server holds no owner keys")
	}
	linked, err := h.service.Get(c.Context(), c.project(), *req.Account)
	if fault.Is(err, fault.NotFound) {
		return userop.Owner{}, fault.Field("account", echo(*req.Account), "there is no account %s in this project", describeValue(*req.Account))
	}
	return linked.Owner, err
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
	player, err := c.ownPlayer("user", q.User)
	if err != nil {
		return nil, err
	}
	found := page.Page[account.Account]{Skip: req.Skip}
	if value(q.ChainType) != chainTypeSVM && value(q.Custody) != custodyServer {
		f := account.Filter{
			PlayerID: player,
			Address:  address,
			ChainID:  value(q.ChainID),
			Type:     account.Type(value(q.AccountType)),
		}
		if found, err = h.service.List(c.Context(), c.project(), f, req); err != nil {
			return nil, err
		}
	}
	active, err := h.service.Active(c.Context(), found.Items...)
	if err != nil {
		return nil, err
	}
	signers, err := h.refs.embedded(c, found.Items...)
	if err != nil {
		return nil, err
	}
	return newList(c, found, func(a account.Account) (AccountV2, error) { return showAccountV2(a, active[a.ID], signers), nil })
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
	if err := c.mine(a.PlayerID, "account", accountID); err != nil {
		return nil, err
	}
	active, err := h.service.Active(c.Context(), a)
	if err != nil {
		return nil, err
	}
	signers, err := h.refs.embedded(c, a)
	if err != nil {
		return nil, err
	}
	return showAccountV2(a, active[a.ID], signers), nil
}

func checkChoice(field string, asked *string, a, b string) error {
	if s := value(asked); s != "" && s != a && s != b {
		return fault.Field(field, echo(s), "must be %s or %s, is %s", a, b, describeValue(s))
	}
	return nil
}

// showAccountV2 finds among signers the one that the account was made for, if
// any.
func showAccountV2(a account.Account, active bool, signers map[string]share.Signer) AccountV2 {
	smart := SmartAccount{
		ImplementationType:    a.ImplementationType,
		ImplementationAddress: a.Implementation.Hex(),
		Active:                active,
	}
	if a.Type == account.Smart {
		smart.FactoryAddress, smart.Salt = optional(a.Factory.Hex()), optional(a.Salt.Hex())
	}
	if a.DeployedAt != nil {
		smart.DeployedAt = optional(unix(*a.DeployedAt))
	}
	if a.DeployedTx != nil {
		smart.DeployedTx = optional(a.DeployedTx.Hex())
	}
	shown := AccountV2{
		ID:           a.ID,
		Wallet:       a.PlayerID,
		AccountType:  string(a.Type),
		Address:      a.Address.Hex(),
		OwnerAddress: optional(a.Owner.Address.Hex()),
		Owner:        showOwner(a.Owner),
		ChainType:    chainTypeEVM,
		ChainID:      optional(a.ChainID),
		CreatedAt:    unix(a.CreatedAt),
		UpdatedAt:    unix(a.UpdatedAt),
		Custody:      custodyUser,
		SmartAccount: &smart,
	}
	// Once the account has another owner, the signer is nothing to it.
	if signer, ok := signers[a.SignerID]; ok && signer.Owner == a.Owner.Address {
		shown.RecoveryMethod = optional(string(signer.Method))
		if signer.Method == share.ByPasskey {
			shown.RecoveryMethodDetails = &RecoveryMethodDetails{PasskeyID: optional(signer.PasskeyID), PasskeyEnv: signer.PasskeyEnv}
		}
	}
	return shown
}
