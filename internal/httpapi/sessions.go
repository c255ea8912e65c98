package httpapi

import (
	"cmp"
	"context"
	"fmt"
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
	// Replace opens the operation that puts another session in the place of one.
	Replace(ctx context.Context, projectID, id string, p session.CreateParams) (session.View, error)
	Sign(ctx context.Context, projectID, id string, p session.SignParams) (session.View, error)
}

type sessions struct {
	service SessionService
	records records
}

func (h sessions) routes() []route {
	write, read := keyOrUser("sessions:write"), keyOrUser("sessions:read")
	return []route{
		{method: "POST", pattern: "/v1/sessions", access: write, create: true, serve: h.create},
		{method: "GET", pattern: "/v1/sessions", access: read, serve: h.list},
		{method: "POST", pattern: "/v1/sessions/revoke", access: write, create: true, serve: h.revoke},
		{method: "GET", pattern: "/v1/sessions/{id}", access: read, serve: h.get},
		{method: "POST", pattern: "/v1/sessions/{id}/replace", access: secretKey("sessions:write"), create: true, serve: h.replace},
		{method: "POST", pattern: "/v1/sessions/{id}/signature", access: anyKey("sessions:write"), serve: h.sign},
	}
}

func (h sessions) create(c *call) (any, error) {
	var req CreateSessionRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	p, err := sessionTerms(c)
	if err != nil {
		return nil, err
	}
	if p.Key == (session.Key{}) {
		return nil, fault.Field("address", nil, "is required, or signer.publicKey")
	}
	p.AccountID, p.ChainID = value(req.Account), req.ChainID
	if p.PlayerID, err = h.records.owner(c, req.Account, req.Player); err != nil {
		return nil, err
	}
	if p.ExternalOwner, err = parseOptionalAddress("externalOwnerAddress", req.ExternalOwnerAddress); err != nil {
		return nil, err
	}
	if p.SignedAuthorization, err = parseAuthorization(req.SignedAuthorization); err != nil {
		return nil, err
	}
	v, err := h.service.Create(c.Context(), c.project(), p)
	if err != nil {
		return nil, err
	}
	return h.records.showSession(c, v, nil)
}

func (h sessions) replace(c *call) (any, error) {
	sessionID, err := c.id(id.Session, "session")
	if err != nil {
		return nil, err
	}
	if err := c.refuse("is that of the session that is replaced; leave it out", "account", "player", "externalOwnerAddress", "chainId"); err != nil {
		return nil, err
	}
	p, err := sessionTerms(c)
	if err != nil {
		return nil, err
	}
	v, err := h.service.Replace(c.Context(), c.project(), sessionID, p)
	if err != nil {
		return nil, err
	}
	return h.records.showSession(c, v, nil)
}

// sessionTerms reads what a session may do, and its key.
func sessionTerms(c *call) (p session.CreateParams, err error) {
	if err := c.refuse("must be inside a permission; a session without them would be allowed more than was asked", "policies"); err != nil {
		return p, err
	}
	var req SessionTerms
	if err := c.decode(&req); err != nil {
		return p, err
	}
	t, err := readPermissions(req.Permissions)
	if err != nil {
		return p, err
	}
	p = session.CreateParams{
		ValidAfter:   req.ValidAfter,
		ValidUntil:   req.ValidUntil,
		Permissions:  t.calls,
		Rules:        t.rules,
		PolicyID:     value(req.Policy),
		Registration: session.Registration(value(req.Registration)),
		Optimistic:   value(req.Optimistic),
	}
	if p.Key, err = sessionKey(req.Address, req.Signer); err != nil {
		return p, err
	}
	if err := cmp.Or(within("validAfter", req.ValidAfter, 0, permission.MaxTime), within("validUntil", req.ValidUntil, 0, permission.MaxTime)); err != nil {
		return p, err
	}
	if p.Whitelist, err = parseAddresses("whitelist", req.Whitelist); err != nil {
		return p, err
	}
	if err := t.totals(&p, req); err != nil {
		return p, err
	}
	return p, refuseMisspelt(c, p)
}

// refuseMisspelt refuses a grant of everything that comes with a field which
// nobody reads: most likely the field that was meant to narrow it.
func refuseMisspelt(c *call, p session.CreateParams) error {
	if !p.GrantsEverything() {
		return nil
	}
	tree, err := c.body()
	if err != nil {
		return err
	}
	if field := unknownField[CreateSessionRequest](tree); field != "" {
		return fault.Field(field, nil, "is not offered here, and without whitelist or permissions the key would be unrestricted: correct the name, or leave it out")
	}
	return nil
}

// totals settles the limits that may be said as fields and as permissions.
func (t *terms) totals(p *session.CreateParams, req SessionTerms) error {
	// Answers show the greatest limit where calls are not counted, so it means
	// the same here.
	if req.Limit != nil && *req.Limit != permission.MaxLimit {
		if err := t.sayLimit("limit", *req.Limit); err != nil {
			return err
		}
	}
	if req.FeeLimit != nil {
		if err := t.sayFee("feeLimit", *req.FeeLimit); err != nil {
			return err
		}
	}
	if req.RateLimit != nil {
		if err := t.sayRate("rateLimit", *req.RateLimit); err != nil {
			return err
		}
	}
	p.Limit, p.FeeLimit = t.limit.value, t.fee.value
	if t.rate.path != "" {
		p.Rules = append(p.Rules, t.rate.value)
	}
	return nil
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
	player, err := c.ownPlayer("player", q.Player)
	if err != nil {
		return nil, err
	}
	f := session.Filter{
		PlayerID:  player,
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
	if err := c.mine(v.Session.PlayerID, "session", sessionID); err != nil {
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
		ChainID:    req.ChainID,
		PolicyID:   value(req.Policy),
		Optimistic: value(req.Optimistic),
	}
	var err error
	if p.PlayerID, err = h.records.owner(c, req.Account, req.Player); err != nil {
		return nil, err
	}
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

func (s records) showSession(c *call, v session.View, exp expansion) (Session, error) {
	related, err := s.intentsByID(c, v.Intents, exp.has("transactionIntents"))
	if err != nil {
		return Session{}, err
	}
	p := v.Permission
	described, err := s.describe(c, v.Session.ChainID, p)
	if err != nil {
		return Session{}, err
	}
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
		Usage:              showUsage(v),
		Sudo:               p.Sudo,
		Permissions:        showPermissions(p),
		FeeLimit:           decimal(p.FeeLimit),
		Signer:             showSigner(v.Session, p),
		Registration:       string(cmp.Or(v.Session.Registration, session.OnChain)),
		Notice:             optional(v.Notice),
		Description:        described.String(),
		Warnings:           append([]string{}, described.Warnings...),
		Whitelist:          showWhitelist(p),
	}
	if at := v.Session.BlockedAt; at != nil {
		shown.BlockedAt = new(unix(*at))
	}
	if p.Limit == 0 {
		shown.Limit = permission.MaxLimit // how the official API shows it
	}
	if a := v.NextAction; a != nil {
		shown.NextAction = showNextAction(a.SignableHash, a.Operation, a.TypedData, a.ExpiresAt)
	}
	return shown, nil
}
