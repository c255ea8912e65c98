package session

import (
	"context"
	"fmt"
	"slices"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/permission"
)

// Create grants a session key. The session is pending until the owner has
// signed what NextAction asks for: its registration, or the grant itself. While
// it is pending, the same request answers the same session; a key with a live
// session on other terms is a Conflict.
func (s *Service) Create(ctx context.Context, projectID string, p CreateParams) (View, error) {
	n, err := s.network(p.ChainID)
	if err != nil {
		return View{}, err
	}
	now, err := n.Chain.Time(ctx)
	if err != nil {
		return View{}, err
	}
	notice, err := readAbsoluteExpiry(&p, now)
	if err != nil {
		return View{}, err
	}
	if err := checkWindow(p, now); err != nil {
		return View{}, err
	}
	grant, err := s.permission(ctx, projectID, n, p, now)
	if err != nil {
		return View{}, err
	}
	if err := checkRegistration(&p, grant); err != nil {
		return View{}, err
	}
	ses, err := s.start(ctx, projectID, n, p, grant, now)
	for range 2 {
		if !fault.Is(err, fault.Conflict) {
			break
		}
		// The same request at the same moment may have been faster: in making the
		// account, then in making the session.
		ses, err = s.start(ctx, projectID, n, p, grant, now)
	}
	if err != nil {
		return View{}, err
	}
	v, err := s.view(ctx, ses)
	v.Notice = notice
	return v, err
}

// start saves a new session, and its account if that is new, or finds the
// pending session that the request repeats, and makes sure that there is
// something for the owner to sign.
func (s *Service) start(ctx context.Context, projectID string, n Network, p CreateParams, grant permission.Permission, now uint64) (Session, error) {
	acc, err := s.Accounts.Resolve(ctx, projectID, p.AccountID, p.PlayerID, p.ChainID, p.ExternalOwner)
	if err != nil {
		return Session{}, err
	}
	acc, epoch, err := s.observe(ctx, n, acc)
	if err != nil {
		return Session{}, err
	}
	acc.SignedAuthorization = p.SignedAuthorization
	if err := checkKey(p, grant, acc); err != nil {
		return Session{}, err
	}
	ses, known, err := s.begin(ctx, acc, p, grant, epoch, now)
	if err != nil {
		return Session{}, err
	}
	if ses.Registration == OnChain {
		err = s.ensureAction(ctx, acc, ses, p.PolicyID, now)
	} else if !known {
		err = s.Store.CreateSession(ctx, ses, acc)
	}
	if err != nil {
		return Session{}, err
	}
	return s.Store.Session(ctx, ses.ProjectID, ses.ID)
}

// checkRegistration settles how the session will be known to its account.
func checkRegistration(p *CreateParams, grant permission.Permission) error {
	switch p.Registration {
	case "":
		p.Registration = OnChain
	case OnChain, FirstUse:
	case Stateless:
		if grant.HasCounter() {
			return fault.Field("registration", string(Stateless), "a stateless session keeps nothing on chain: it cannot have limits that count (limit, feeLimit, totals, periods, streams, rates); use %q", FirstUse)
		}
		if slices.ContainsFunc(grant.Rules, isTypedData) {
			return fault.Field("registration", string(Stateless), "typed-data is signed by registered sessions only, and a stateless one never is: leave typed-data out, or use %q", FirstUse)
		}
	default:
		return fault.Field("registration", string(p.Registration), "must be %q, %q or %q", OnChain, FirstUse, Stateless)
	}
	return nil
}

// begin answers the pending session that the request repeats (known), or a new
// one that is not saved yet.
func (s *Service) begin(ctx context.Context, acc account.Account, p CreateParams, grant permission.Permission, epoch, now uint64) (ses Session, known bool, err error) {
	live, err := s.Store.LiveSessions(ctx, acc.ID)
	if err != nil {
		return Session{}, false, err
	}
	for _, other := range live {
		if other.Signer != grant.Signer {
			continue
		}
		over, err := s.retire(ctx, other, now)
		if err != nil {
			return Session{}, false, err
		}
		if over {
			continue
		}
		same := other.Registration == p.Registration && other.Epoch == epoch && sameTerms(other.Permission, grant, p, now, other.CreatedAt)
		if other.State == Pending && same {
			return other, true, nil
		}
		return Session{}, false, fault.New(fault.Conflict, "address: key %s has a live session on account %s already, %s (%s): revoke or replace it first, or use another key", grant.Signer, acc.ID, other.ID, other.State)
	}
	ses, err = s.prepare(acc, p, grant, epoch)
	return ses, false, err
}

// retire marks a session ended when it can never act again, so that its key is
// free for a new one.
func (s *Service) retire(ctx context.Context, ses Session, now uint64) (over bool, err error) {
	v, err := s.at(ctx, ses, now)
	if err != nil {
		return false, err
	}
	state := Ended
	switch v.Status {
	case StatusExpired, StatusExhausted:
	case StatusRevoked:
		state = Closed
	default:
		return false, nil
	}
	_, err = s.Store.UpdateSession(ctx, ses.ProjectID, ses.ID, func(old Session) (Session, error) {
		old.State, old.UpdatedAt = state, s.now()
		return old, nil
	})
	return true, err
}

// ensureAction opens the session's registration unless one is open.
func (s *Service) ensureAction(ctx context.Context, acc account.Account, ses Session, policyID string, now uint64) error {
	open, err := s.stillOpen(ctx, ses, ses.RegisterIntent, policyID, now)
	if err != nil || open {
		return err
	}
	_, err = s.Operations.Register(ctx, acc, ses, policyID)
	return err
}

// stillOpen reports whether an action waits for its signature, or is signed
// and under way. One that waits and would be paid by another policy than is
// asked for now is given up, so that a new one can be opened.
func (s *Service) stillOpen(ctx context.Context, ses Session, intentID, policyID string, now uint64) (bool, error) {
	if intentID == "" {
		return false, nil
	}
	a, err := s.Operations.Action(ctx, ses.ProjectID, intentID, now)
	if err != nil {
		return false, err
	}
	if a.Next == nil || a.PolicyID == policyID {
		return a.Next != nil || a.UnderWay, nil
	}
	gone, err := s.Operations.Withdraw(ctx, ses.ProjectID, intentID, false)
	return !gone, err
}

// absoluteExpiry is the length of a validity that no one means: 50 years. The
// official browser SDK adds a relative expiry to now, while its type comment
// and viem's callers mean it absolute, so the sum lands in the far future.
const absoluteExpiry = 1_600_000_000

// milliseconds is from where a number can only be a time in milliseconds.
const milliseconds = 1_000_000_000_000

// readAbsoluteExpiry narrows a validity that was absolute before it was added
// to now, and says so. It never widens one: of a time in milliseconds that may
// or may not contain validAfter it takes the earlier reading, and refuses when
// that is over.
func readAbsoluteExpiry(p *CreateParams, now uint64) (notice string, err error) {
	if p.ValidAfter >= milliseconds {
		return "", fault.Field("validAfter", p.ValidAfter, "is in milliseconds: give unix seconds")
	}
	if p.ValidUntil < p.ValidAfter || p.ValidUntil-p.ValidAfter < absoluteExpiry {
		return "", nil
	}
	meant, unit := p.ValidUntil-p.ValidAfter, "seconds"
	if meant >= milliseconds {
		meant, unit = meant/1000, "milliseconds"
		if meant <= max(now, p.ValidAfter) {
			return "", fault.Field("validUntil", p.ValidUntil, "is in milliseconds: give unix seconds (chain time is %d, validAfter %d)", now, p.ValidAfter)
		}
	}
	if meant >= p.ValidUntil {
		return "", nil
	}
	notice = fmt.Sprintf("validUntil %d lies %d seconds after validAfter, which reads as an absolute time in %s: the session is valid until %d", p.ValidUntil, p.ValidUntil-p.ValidAfter, unit, meant)
	p.ValidUntil = meant
	return notice, nil
}

func checkWindow(p CreateParams, now uint64) error {
	if p.ValidUntil <= p.ValidAfter {
		return fault.Field("validUntil", p.ValidUntil, "must be later than validAfter %d", p.ValidAfter)
	}
	if p.ValidUntil <= now {
		return fault.Field("validUntil", p.ValidUntil, "is in the past: chain time is %d", now)
	}
	return nil
}
