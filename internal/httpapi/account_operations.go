package httpapi

import (
	"context"

	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// AccountOperations open operations of an account's owner about the account
// itself. An empty policyID lets the account pay.
type AccountOperations interface {
	RevokeAllSessions(ctx context.Context, projectID, accountID, policyID string) (intent.Intent, error)
	ChangeOwner(ctx context.Context, projectID, accountID, policyID string, newOwner userop.Owner) (intent.Intent, error)
}

type accountOperations struct {
	service AccountOperations
	records records
}

func (h accountOperations) routes() []route {
	return []route{
		{method: "POST", pattern: "/v1/accounts/{id}/revoke_sessions", access: secretKey("sessions:write"), create: true, serve: h.revokeSessions},
		{method: "POST", pattern: "/v1/accounts/{id}/transfer_ownership", access: secretKey("accounts:write"), create: true, serve: h.transferOwnership},
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
