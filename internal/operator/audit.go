package operator

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/page"
)

// Logged is what the audit log holds of an operator.
type Logged struct {
	Name     string `json:"name"`
	Role     Role   `json:"role"`
	Disabled bool   `json:"disabled"`
}

// Logged answers what the audit log may hold of the operator.
func (o Operator) Logged() Logged {
	return Logged{Name: o.Name, Role: o.Role, Disabled: o.DisabledAt != nil}
}

// Begin writes down that a change is about to be made: a change whose entry
// cannot be written must not happen.
func (s *Service) Begin(ctx context.Context, e Entry) (Entry, error) {
	e.ID, e.CreatedAt, e.Outcome = id.New(id.Audit), s.now(), ""
	return e, s.Store.CreateEntry(ctx, e)
}

// Finish writes down how a change ended, and what it changed. before and after
// are encoded as JSON; nil means that there was nothing.
func (s *Service) Finish(ctx context.Context, e Entry, before, after any, outcome string) error {
	var err error
	if e.Before, err = document(before); err != nil {
		return err
	}
	if e.After, err = document(after); err != nil {
		return err
	}
	e.Outcome = outcome
	return s.Store.FinishEntry(ctx, e)
}

func document(v any) (json.RawMessage, error) {
	if v == nil {
		return nil, nil
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("write audit entry: %w", err)
	}
	return raw, nil
}

// Entries answers one page of the audit log.
func (s *Service) Entries(ctx context.Context, f AuditFilter, req page.Request) (page.Page[Entry], error) {
	return s.Store.Entries(ctx, f, req)
}
