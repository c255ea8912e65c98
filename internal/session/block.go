package session

import (
	"context"
	"time"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

// BlockedReason is why operations are given up, in words for whoever asked for them.
const BlockedReason = "the session key was blocked by an operator of this server before the operation was sent"

// Block makes the server refuse to sponsor and to submit anything for a session
// key, at once and without its owner. What the key has signed and was not sent
// yet is given up. The chain knows nothing of it: whoever has the key can still
// use it past this server, until the owner revokes it. Blocking again changes
// nothing.
func (s *Service) Block(ctx context.Context, projectID, id, by string) (Session, error) {
	return s.Store.BlockSession(ctx, projectID, id, BlockedReason, func(old Session) (Session, error) {
		if old.BlockedAt != nil {
			return old, nil
		}
		now := s.now()
		old.BlockedAt, old.BlockedBy, old.UpdatedAt = &now, by, now
		return old, nil
	})
}

// Unblock ends that refusal.
func (s *Service) Unblock(ctx context.Context, projectID, id string) (Session, error) {
	return s.Store.UpdateSession(ctx, projectID, id, func(old Session) (Session, error) {
		if old.BlockedAt == nil {
			return old, fault.New(fault.Conflict, "session %s is not blocked", old.ID)
		}
		old.BlockedAt, old.BlockedBy, old.UpdatedAt = nil, "", s.now()
		return old, nil
	})
}

// Changed answers traces of sessions that changed lately, see Store.
func (s *Service) Changed(ctx context.Context, since time.Time, limit int) ([]Trace, error) {
	return s.Store.SessionsChanged(ctx, since, limit)
}
