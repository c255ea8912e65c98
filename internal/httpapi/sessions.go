package httpapi

import (
	"context"
	"fmt"
	"math/big"
	"strconv"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/session"
)

// SessionService grants and revokes session keys.
type SessionService interface {
	Create(ctx context.Context, projectID string, p session.CreateParams) (session.View, error)
	Get(ctx context.Context, projectID, id string) (session.View, error)
	List(ctx context.Context, projectID string, f session.Filter, req page.Request) (page.Page[session.View], error)
	Revoke(ctx context.Context, projectID string, p session.RevokeParams) (session.View, error)
	Sign(ctx context.Context, projectID, id string, p session.SignParams) (session.View, error)
}

type sessions struct {
	service SessionService
	records records
}

func (h sessions) routes() []route {
	write, read := secretKey("sessions:write"), secretKey("sessions:read")
	return []route{
		{method: "POST", pattern: "/v1/sessions", access: write, create: true, serve: h.create},
		{method: "GET", pattern: "/v1/sessions", access: read, serve: h.list},
		{method: "POST", pattern: "/v1/sessions/revoke", access: write, create: true, serve: h.revoke},
		{method: "GET", pattern: "/v1/sessions/{id}", access: read, serve: h.get},
		{method: "POST", pattern: "/v1/sessions/{id}/signature", access: anyKey("sessions:write"), serve: h.sign},
	}
}

func (h sessions) create(c *call) (any, error) {
	if err := refuseUnofferedTerms(c); err != nil {
		return nil, err
	}
	var req CreateSessionRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	p, err := createSessionParams(req)
	if err != nil {
		return nil, err
	}
	v, err := h.service.Create(c.Context(), c.project(), p)
	if err != nil {
		return nil, err
	}
	return h.records.showSession(c, v, nil)
}

// refuseUnofferedTerms refuses terms of a grant that cannot be kept here.
func refuseUnofferedTerms(c *call) error {
	if err := c.refuse("is not offered yet, and a session without it would be allowed more than was asked; leave it out", "policies", "rateLimit"); err != nil {
		return err
	}
	if err := c.refuse("is not offered yet; name the session key by address", "signer"); err != nil {
		return err
	}
	if tree, err := c.body(); err != nil || tree["registration"] == "onchain" {
		return err
	}
	return c.refuse(`must be "onchain", or left out: no other registration is offered yet`, "registration")
}

func createSessionParams(req CreateSessionRequest) (p session.CreateParams, err error) {
	p = session.CreateParams{
		AccountID:  value(req.Account),
		PlayerID:   value(req.Player),
		ChainID:    req.ChainID,
		ValidAfter: req.ValidAfter,
		ValidUntil: req.ValidUntil,
		PolicyID:   value(req.Policy),
		Optimistic: value(req.Optimistic),
	}
	if p.Key.Address, err = parseAddress("address", req.Address); err != nil {
		return p, err
	}
	if p.ExternalOwner, err = parseOptionalAddress("externalOwnerAddress", req.ExternalOwnerAddress); err != nil {
		return p, err
	}
	if p.SignedAuthorization, err = parseAuthorization(req.SignedAuthorization); err != nil {
		return p, err
	}
	if err := checkTimes(req); err != nil {
		return p, err
	}
	if p.Limit, err = callLimit(req.Limit); err != nil {
		return p, err
	}
	if p.Whitelist, err = parseAddresses("whitelist", req.Whitelist); err != nil {
		return p, err
	}
	if p.Permissions, err = callGrants(req.Permissions); err != nil {
		return p, err
	}
	if req.FeeLimit != nil {
		p.FeeLimit, err = parseAmount("feeLimit", *req.FeeLimit, permission.MaxFeeLimit)
	}
	return p, err
}

func checkTimes(req CreateSessionRequest) error {
	for _, t := range []struct {
		field string
		at    uint64
	}{{"validAfter", req.ValidAfter}, {"validUntil", req.ValidUntil}} {
		if t.at > permission.MaxTime {
			return fault.Field(t.field, t.at, "must be unix seconds up to %d, is %d", uint64(permission.MaxTime), t.at)
		}
	}
	return nil
}

// callLimit returns 0 for calls that are not counted. Answers show the
// greatest limit for those, so it means the same here.
func callLimit(limit *uint64) (uint64, error) {
	switch {
	case limit == nil || *limit == permission.MaxLimit:
		return 0, nil
	case *limit < 1 || *limit > permission.MaxLimit:
		return 0, fault.Field("limit", *limit, "must be from 1 to %d calls, is %d", uint64(permission.MaxLimit), *limit)
	default:
		return *limit, nil
	}
}

func parseAddresses(field string, list []string) ([]common.Address, error) {
	var addresses []common.Address
	for i, s := range list {
		a, err := parseAddress(fmt.Sprintf("%s[%d]", field, i), s)
		if err != nil {
			return nil, err
		}
		addresses = append(addresses, a)
	}
	return addresses, nil
}

// contractCall is the one type of permission that is offered.
const contractCall = "contract-call"

func callGrants(permissions []Permission) ([]session.CallGrant, error) {
	if permissions != nil && len(permissions) == 0 {
		return nil, fault.Field("permissions", nil, "must not be empty; leave it out for a key that may call anything")
	}
	var grants []session.CallGrant
	for i, p := range permissions {
		path := fmt.Sprintf("permissions[%d]", i)
		if p.Type != contractCall {
			return nil, fault.Field(path+".type", echo(p.Type), "%s is not offered yet; %q is", describeValue(p.Type), contractCall)
		}
		target, err := parseAddress(path+".data.address", p.Data.Address)
		if err != nil {
			return nil, err
		}
		grant := session.CallGrant{Address: target}
		for _, name := range p.Data.Calls {
			grant.Calls = append(grant.Calls, session.FunctionGrant{Call: name})
		}
		grants = append(grants, grant)
	}
	return grants, nil
}

func (h sessions) list(c *call) (any, error) {
	var q ListSessionsParams
	if err := c.query(&q); err != nil {
		return nil, err
	}
	req, err := pageRequest(q.Limit, q.Skip, q.Order)
	if err != nil {
		return nil, err
	}
	exp, err := expand(q.Expand, "transactionIntents")
	if err != nil {
		return nil, err
	}
	signer, err := filterAddress("address", q.Address)
	if err != nil {
		return nil, err
	}
	f := session.Filter{
		PlayerID:  value(q.Player),
		AccountID: value(q.Account),
		Signer:    signer,
		ChainID:   value(q.ChainID),
		Active:    q.Active,
	}
	found, err := h.service.List(c.Context(), c.project(), f, req)
	if err != nil {
		return nil, err
	}
	return newList(c, found, func(v session.View) (Session, error) { return h.records.showSession(c, v, exp) })
}

func (h sessions) get(c *call) (any, error) {
	sessionID, err := c.id(id.Session, "session")
	if err != nil {
		return nil, err
	}
	var q GetSessionParams
	if err := c.query(&q); err != nil {
		return nil, err
	}
	exp, err := expand(q.Expand, "transactionIntents")
	if err != nil {
		return nil, err
	}
	v, err := h.service.Get(c.Context(), c.project(), sessionID)
	if err != nil {
		return nil, err
	}
	return h.records.showSession(c, v, exp)
}

func (h sessions) revoke(c *call) (any, error) {
	var req RevokeSessionRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	p := session.RevokeParams{
		AccountID:  value(req.Account),
		PlayerID:   value(req.Player),
		ChainID:    req.ChainID,
		PolicyID:   value(req.Policy),
		Optimistic: value(req.Optimistic),
	}
	var err error
	if p.SignedAuthorization, err = parseAuthorization(req.SignedAuthorization); err != nil {
		return nil, err
	}
	// The official browser SDK sends the id that its grant answered here.
	if id.Names(id.Session, req.Address) {
		p.SessionID = req.Address
	} else {
		signer, err := parseAddress("address", req.Address)
		if err != nil {
			return nil, err
		}
		p.Signer = signer
	}
	v, err := h.service.Revoke(c.Context(), c.project(), p)
	if err != nil {
		return nil, err
	}
	return h.records.showSession(c, v, nil)
}

func (h sessions) sign(c *call) (any, error) {
	sessionID, err := c.id(id.Session, "session")
	if err != nil {
		return nil, err
	}
	signature, optimistic, err := decodeSignature(c)
	if err != nil {
		return nil, err
	}
	v, err := h.service.Sign(c.Context(), c.project(), sessionID, session.SignParams{Signature: signature, Optimistic: optimistic})
	if err != nil {
		return nil, neverUnauthorized(err)
	}
	return h.records.showSession(c, v, nil)
}

func decodeSignature(c *call) (signature []byte, optimistic bool, err error) {
	var req SignatureRequest
	if err := c.decode(&req); err != nil {
		return nil, false, err
	}
	signature, err = parseSignature(req.Signature)
	return signature, value(req.Optimistic), err
}

func (s records) showSession(c *call, v session.View, exp expansion) (Session, error) {
	related, err := s.intentsByID(c, v.Intents, exp.has("transactionIntents"))
	if err != nil {
		return Session{}, err
	}
	p := v.Permission
	shown := Session{
		ID:                 v.Session.ID,
		Object:             "session",
		CreatedAt:          unix(v.Session.CreatedAt),
		UpdatedAt:          unix(v.Session.UpdatedAt),
		IsActive:           v.IsActive(),
		Address:            v.Session.Signer.Hex(),
		ValidAfter:         strconv.FormatUint(p.ValidAfter, 10),
		ValidUntil:         strconv.FormatUint(p.ValidUntil, 10),
		Account:            Reference{ID: v.Session.AccountID},
		Limit:              p.Limit,
		TransactionIntents: related,
		Status:             string(v.Status),
		Usage:              showUsage(v.Usage),
		Sudo:               p.Sudo,
		Permissions:        showPermissions(p),
		FeeLimit:           decimal(p.FeeLimit),
		Notice:             optional(v.Notice),
	}
	if p.Limit == 0 {
		shown.Limit = permission.MaxLimit // how the official API shows it
	}
	shown.Whitelist = make([]string, len(shown.Permissions))
	for i, granted := range shown.Permissions {
		shown.Whitelist[i] = granted.Data.Address
	}
	if a := v.NextAction; a != nil {
		shown.NextAction = showNextAction(a.SignableHash, *a.Operation, a.ExpiresAt)
	}
	return shown, nil
}

// showPermissions shows one entry for each contract. Functions are shown by
// selector, which is what the account knows of them.
func showPermissions(p permission.Permission) []Permission {
	shown := make([]Permission, 0, len(p.Contracts)+len(p.Functions))
	for _, contract := range p.Contracts {
		shown = append(shown, Permission{Type: contractCall, Data: PermissionData{Address: contract.Hex()}})
	}
	at := make(map[common.Address]int)
	for _, f := range p.Functions {
		i, ok := at[f.Target]
		if !ok {
			i = len(shown)
			at[f.Target] = i
			shown = append(shown, Permission{Type: contractCall, Data: PermissionData{Address: f.Target.Hex()}})
		}
		shown[i].Data.Calls = append(shown[i].Data.Calls, f.Selector.String())
	}
	return shown
}

func showUsage(u session.Usage) SessionUsage {
	var shown SessionUsage
	if l := u.Limit; l != nil {
		shown.Limit = &CallUsage{Limit: count(l.Limit), Used: count(l.Used), Left: count(l.Left)}
	}
	if l := u.FeeLimit; l != nil {
		shown.FeeLimit = &FeeUsage{Limit: decimal(l.Limit), Used: decimal(l.Used), Left: decimal(l.Left)}
	}
	return shown
}

// count shows a number of calls: at most 2^48-1, none is 0.
func count(n *big.Int) uint64 {
	if n == nil {
		return 0
	}
	return n.Uint64()
}
