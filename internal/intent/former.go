package intent

import (
	"context"
	"fmt"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/session"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// former explains why a key that once had a session on the account, or has one
// on another account of the project, may not sign. "" when it never had one.
func (s *Service) former(ctx context.Context, acc account.Account, signer common.Address) (string, error) {
	found, err := s.Sessions.Sessions(ctx, acc.ProjectID, session.Filter{Signer: signer, ChainID: acc.ChainID}, page.Request{Limit: page.MaxLimit, Order: page.Descending})
	if err != nil {
		return "", err
	}
	for _, ses := range found.Items {
		if ses.AccountID != acc.ID {
			continue
		}
		if ses.State == session.Ended {
			return fmt.Sprintf("session %s of key %s is over: it expired or was used up", ses.ID, signer), nil
		}
		return fmt.Sprintf("session %s of key %s is revoked", ses.ID, signer), nil
	}
	if len(found.Items) > 0 {
		return fmt.Sprintf("key %s has session %s on account %s, not on account %s", signer, found.Items[0].ID, found.Items[0].AccountID, acc.ID), nil
	}
	return "", nil
}

// formerOtherKey is former for a key on P-256, which the newest sessions of the
// account are searched for: its signature does not tell whose it is.
func (s *Service) formerOtherKey(ctx context.Context, acc account.Account, hash common.Hash, sig []byte) (string, error) {
	live := false
	found, err := s.Sessions.Sessions(ctx, acc.ProjectID, session.Filter{AccountID: acc.ID, Live: &live}, page.Request{Limit: page.MaxLimit, Order: page.Descending})
	if err != nil {
		return "", err
	}
	for _, ses := range found.Items {
		key, err := userop.ParseP256Key(ses.PublicKey)
		if err != nil {
			continue // a key on another curve
		}
		terms, err := permission.Decode(ses.Permission)
		if err != nil {
			return "", fmt.Errorf("session %s: %w", ses.ID, err)
		}
		if _, err := userop.KeySignature(terms.SignerType, key, hash, sig); err == nil {
			return s.former(ctx, acc, ses.Signer)
		}
	}
	return "", nil
}
