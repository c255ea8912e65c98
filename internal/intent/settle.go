package intent

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/session"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// Settle looks up what became of a chain's signed intents and saves the final
// ones. It may run at any time, any number of times, on any replica. One that
// cannot be settled now does not keep others from it.
func (s *Service) Settle(ctx context.Context, chainID uint64) error {
	if err := s.Store.DropBlockedOperations(ctx, chainID, session.BlockedReason, s.now()); err != nil {
		return err
	}
	decided, err := s.Store.DecidedIntents(ctx, chainID, batch)
	if err != nil {
		return err
	}
	var failed []error
	for _, in := range decided {
		if err := s.settle(ctx, in); err != nil {
			failed = append(failed, fmt.Errorf("settle %s: %w", in.ID, err))
		}
	}
	return errors.Join(failed...)
}

// batch is how many intents one pass of a background job looks at.
const batch = 500

func (s *Service) settle(ctx context.Context, in Intent) error {
	out, failure, _, err := s.Store.OperationOutcome(ctx, in.ChainID, in.OperationHash)
	if err != nil || (out == nil && failure == nil) {
		return err
	}
	if out != nil && !out.Success {
		failure = s.explain(ctx, in, out.Revert)
		if in.Delegation != nil && in.Delegation.Returning {
			failure.Solution = "The account delegates now, but its earlier sessions are not revoked, because that was undone with the call: revoke those that you do not want. " + failure.Solution
		}
	}
	created := s.creation(ctx, in, out)
	settled, err := s.Store.ChangeIntent(ctx, in.ID, func(c *Change) error {
		if c.Intent.Final() {
			return nil
		}
		s.conclude(c, out, failure)
		s.deployed(c, out, created)
		return nil
	})
	if err != nil {
		return err
	}
	s.waiters.tell(settled.ID)
	return nil
}

// conclude writes the outcome to the intent and to all that it touched.
func (s *Service) conclude(c *Change, out *Outcome, failure *Failure) {
	in, now := c.Intent, s.now()
	in.Outcome, in.Failure, in.UpdatedAt = out, failure, now
	switch {
	case out == nil:
		in.Status = Failed
		in.move("dropped", now)
	case !out.Success:
		in.Status = Failed
		in.move("reverted", now)
	default:
		in.Status = Succeeded
		in.move("confirmed", now)
	}
	if out != nil {
		c.Usage = in.usage(now)
	}
	release(c, out)
	if newOwner, ok := userop.NewOwner(in.Operation.CallData); ok && in.Status == Succeeded {
		c.Account.HandOver(newOwner)
		c.Account.UpdatedAt = now
	}
	if in.Status == Succeeded && c.Session != nil {
		advance(c.Session, in.Kind)
		c.Session.UpdatedAt = now
	}
	if in.Status == Succeeded && c.Replaced != nil {
		c.Replaced.State, c.Replaced.UpdatedAt = session.Closed, now
	}
}

// creation looks up who created the account, when the intent had it created.
// Nothing hangs on it but a note and the books, so a node that cannot tell is
// no reason to hold the intent.
func (s *Service) creation(ctx context.Context, in Intent, out *Outcome) Creation {
	if out != nil && in.Delegation != nil {
		return Creation{Tx: &out.TxHash} // its transaction carried the authorization
	}
	creates := in.DeployFirst || in.Operation.Factory != (common.Address{})
	if out == nil || !creates {
		return Creation{}
	}
	found, err := s.lookUpCreation(ctx, in, out.BlockNumber)
	if err != nil {
		s.Log.Warn("look for the transaction that created an account", "account", in.AccountID, "error", err)
	}
	return found
}

func (s *Service) lookUpCreation(ctx context.Context, in Intent, block uint64) (Creation, error) {
	n, err := s.network(in.ChainID)
	if err != nil {
		return Creation{}, err
	}
	acc, err := s.Accounts.Get(ctx, in.ProjectID, in.AccountID)
	if err != nil {
		return Creation{}, err
	}
	return n.Chain.Creation(ctx, acc.Factory, acc.Address, block)
}

// deployed notes on the account that an operation of it was included, which
// proves that it is on chain, and books what creating it has cost the relayer
// on the policy. Only the first intent to get here does either.
func (s *Service) deployed(c *Change, out *Outcome, created Creation) {
	if out == nil || c.Account == nil || c.Account.Deployed() {
		return
	}
	now := s.now()
	c.Account.DeployedAt, c.Account.DeployedTx, c.Account.UpdatedAt = &now, created.Tx, now
	if c.Policy != nil && created.Fee != nil {
		c.Policy.Spent = new(big.Int).Add(c.Policy.Spent, created.Fee)
	}
}

// advance moves a session along when the operation on it succeeded. A session
// that was closed stays closed.
func advance(ses *session.Session, kind Kind) {
	switch {
	case kind == RevokeSession:
		ses.State = session.Closed
	case ses.State == session.Pending, ses.State == session.Prepared:
		ses.State = session.Active
	}
}

// release gives the policy's reservation back and books what was spent.
func release(c *Change, out *Outcome) {
	if c.Policy == nil {
		return
	}
	c.Policy.Reserved = new(big.Int).Sub(c.Policy.Reserved, c.Intent.MaxCost)
	if out != nil {
		c.Policy.Spent = new(big.Int).Add(c.Policy.Spent, out.GasFee)
	}
}

func (s *Service) explain(ctx context.Context, in Intent, revert []byte) *Failure {
	if len(revert) == 0 {
		return &Failure{Reason: "the call reverted without a reason", Cause: "The called contract gave no revert data; it may have run out of gas.", Solution: "Check the arguments and the state that the call depends on, then create the intent again."}
	}
	name, text := s.Explain(revert, s.abis(ctx, in.ProjectID, in.ChainID, in.Interactions))
	return &Failure{Reason: text, Name: name, Cause: "The called contract reverted.", Solution: "Check the arguments and the state that the call depends on, then create the intent again."}
}

// Expire ends a chain's intents that were not signed in time, and releases
// their lanes and reservations.
func (s *Service) Expire(ctx context.Context, chainID uint64) error {
	n, err := s.network(chainID)
	if err != nil {
		return err
	}
	now, err := n.Chain.Time(ctx)
	if err != nil {
		return err
	}
	overdue, err := s.Store.OverdueIntents(ctx, chainID, now, batch)
	if err != nil {
		return err
	}
	var failed []error
	for _, in := range overdue {
		if err := s.expire(ctx, in); err != nil {
			failed = append(failed, fmt.Errorf("expire %s: %w", in.ID, err))
		}
	}
	return errors.Join(failed...)
}

// expire ends an intent that nobody signed here. When its nonce is used, the
// client may have sent the operation past this server: then the bundler looks
// for it on chain, as for any operation that is queued.
func (s *Service) expire(ctx context.Context, in Intent) error {
	sent, err := s.nonceUsed(ctx, in)
	if err != nil {
		return err
	}
	if sent {
		return s.adopt(ctx, in)
	}
	_, err = s.Store.ChangeIntent(ctx, in.ID, func(c *Change) error {
		if c.Intent.Status == Waiting {
			s.end(c, Expired, "expired")
		}
		return nil
	})
	return err
}

// end closes an intent that nobody signed.
func (s *Service) end(c *Change, status Status, word string) {
	now := s.now()
	c.Intent.Status, c.Intent.UpdatedAt = status, now
	c.Intent.move(word, now)
	release(c, nil)
}

// nonceUsed reports whether the chain has taken an operation with the intent's
// nonce.
func (s *Service) nonceUsed(ctx context.Context, in Intent) (bool, error) {
	n, err := s.network(in.ChainID)
	if err != nil {
		return false, err
	}
	next, err := n.Chain.Sequence(ctx, in.AccountAddress, in.Lane)
	return next > in.Operation.Sequence(), err
}

// adopt queues an operation that somebody else has sent. It has no signature
// here and is never sent: its nonce is used. The bundler finds it on chain, or
// gives it up with a reason when another operation took the nonce.
func (s *Service) adopt(ctx context.Context, in Intent) error {
	_, err := s.Store.ChangeIntent(ctx, in.ID, func(c *Change) error {
		if c.Intent.Status != Waiting {
			return nil
		}
		c.Intent.Status, c.Intent.SignedBy, c.Intent.UpdatedAt = Signed, ClientSent, s.now()
		c.Intent.move("sent", s.now())
		c.Queue = &Queue{Operation: c.Intent.Operation, Hash: c.Intent.OperationHash, ChainID: c.Intent.ChainID, Alone: true}
		return nil
	})
	if err == nil {
		s.WakeBundler(in.ChainID)
	}
	return err
}
