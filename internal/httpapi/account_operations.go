package httpapi

import (
	"context"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// AccountOperations open operations of an account's owner about the account
// itself. An empty policyID lets the account pay.
type AccountOperations interface {
	RevokeAllSessions(ctx context.Context, projectID, accountID, policyID string) (intent.Intent, error)
	ChangeOwner(ctx context.Context, projectID, accountID, policyID string, newOwner userop.Owner) (intent.Intent, error)
	// Authorize keeps an EIP-7702 authorization for a later operation.
	Authorize(ctx context.Context, projectID, accountID string, signed []byte) (account.Account, error)
}

type accountOperations struct {
	service AccountOperations
	records records
}

func (h accountOperations) routes() []route {
	return []route{
		{method: "POST", pattern: "/v1/accounts/{id}/revoke_sessions", access: secretKey("sessions:write"), create: true, serve: h.revokeSessions},
		{method: "POST", pattern: "/v1/accounts/{id}/transfer_ownership", access: secretKey("accounts:write"), create: true, serve: h.transferOwnership},
		{method: "POST", pattern: "/v2/accounts/{id}/authorization", access: keyOrUser("accounts:write"), serve: h.authorize},
	}
}

func (h accountOperations) revokeSessions(c *call) (any, error) {
	accountID, err := c.id(id.Account, "account")
	if err != nil {
		return nil, err
	}
	var req RevokeAccountSessionsRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	in, err := h.service.RevokeAllSessions(c.Context(), c.project(), accountID, value(req.Policy))
	if err != nil {
		return nil, err
	}
	return h.records.showIntent(c, in, nil)
}

func (h accountOperations) transferOwnership(c *call) (any, error) {
	accountID, err := c.id(id.Account, "account")
	if err != nil {
		return nil, err
	}
	var req TransferOwnershipRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	newOwner, err := ownerKey("newOwnerAddress", req.NewOwnerAddress, req.Owner, ", or owner")
	if err != nil {
		return nil, err
	}
	in, err := h.service.ChangeOwner(c.Context(), c.project(), accountID, value(req.Policy), newOwner)
	if err != nil {
		return nil, err
	}
	return h.records.showIntent(c, in, nil)
}

func (h accountOperations) authorize(c *call) (any, error) {
	accountID, err := c.id(id.Account, "account")
	if err != nil {
		return nil, err
	}
	if err := h.records.ownAccount(c, accountID); err != nil {
		return nil, err
	}
	var req AuthorizeAccountRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	signed, err := parseAuthorization(&req.SignedAuthorization)
	if err != nil {
		return nil, err
	}
	if signed == nil {
		return nil, fault.Field("signedAuthorization", nil, "is required")
	}
	a, err := h.service.Authorize(c.Context(), c.project(), accountID, signed)
	if err != nil {
		return nil, err
	}
	active, err := h.records.accounts.Active(c.Context(), a)
	if err != nil {
		return nil, err
	}
	signers, err := h.records.embedded(c, a)
	if err != nil {
		return nil, err
	}
	return showAccountV2(a, active[a.ID], signers), nil
}
