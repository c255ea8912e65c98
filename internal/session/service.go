package session

import (
	"context"
	"crypto/rand"
	"log/slog"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// Action is the operation that registers or revokes a session.
type Action struct {
	IntentID string
	PolicyID string      // who pays for it, "" for the account
	Next     *NextAction // nil unless it waits for a signature
	UnderWay bool        // signed, not settled yet
}

// Operations builds, saves and sends the operations of sessions.
type Operations interface {
	Register(ctx context.Context, acc account.Account, s Session, policyID string) (Action, error)
	Revoke(ctx context.Context, acc account.Account, s Session, policyID string) (Action, error)
	Replace(ctx context.Context, acc account.Account, old, s Session, policyID string) (Action, error)
	Action(ctx context.Context, projectID, intentID string, now uint64) (Action, error)
	Sign(ctx context.Context, projectID, intentID string, p SignParams) error
	SignedWith(ctx context.Context, projectID, intentID string, sig []byte) (bool, error)
	Withdraw(ctx context.Context, projectID, intentID string, closing bool) (ok bool, err error)
	Recent(ctx context.Context, s Session) ([]string, error)
}

// Chain is what a session needs to know of its chain.
type Chain interface {
	Time(ctx context.Context) (uint64, error)
	// OwnerAndEpoch reads an account; its owner is zero before deployment.
	OwnerAndEpoch(ctx context.Context, account common.Address) (owner userop.Owner, epoch uint64, err error)
	// ReadSessions answers each query, in their order.
	ReadSessions(ctx context.Context, queries []Query) ([]Answer, error)
}

// Query names what to read of one account: status words of sessions by their
// hash, and counters by their keys.
type Query struct {
	Account            common.Address
	Sessions, Counters []common.Hash
}

// Answer is what the chain keeps of that; words that it does not have are zero.
type Answer struct {
	Epoch              uint64 // as OwnerAndEpoch answers it
	Sessions, Counters []*big.Int
}

// Accounts finds the account that a request names.
type Accounts interface {
	// Observe notes the owner that the chain names, and answers the account with
	// it.
	Observe(ctx context.Context, acc account.Account, owner userop.Owner) (account.Account, error)
	Get(ctx context.Context, projectID, id string) (account.Account, error)
	Resolve(ctx context.Context, projectID, accountID, playerID string, chainID uint64, owner *common.Address) (account.Account, error)
}

// Selectors finds the function that a grant names on a contract of the
// project: a bare name, a full signature, or a selector. The signature that it
// answers is "" for a selector.
type Selectors interface {
	Selector(ctx context.Context, projectID string, chainID uint64, address common.Address, call string) (selector [4]byte, signature string, err error)
}

// Defaults are a project's settings for new sessions.
type Defaults interface {
	DefaultFeeLimit(ctx context.Context, projectID string) (*big.Int, error)
}

// Network is one chain as sessions see it.
type Network struct {
	Chain     Chain
	Paymaster common.Address // named in every permission
}

// Service creates, shows, signs and revokes sessions. Its fields are set once,
// before the first call; all are required.
type Service struct {
	Store      Store
	Operations Operations
	Accounts   Accounts
	Selectors  Selectors
	Defaults   Defaults
	Networks   map[uint64]Network // by chain id
	Now        func() time.Time
	Log        *slog.Logger
}

// now is the time to store, cut to what the store keeps.
func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// Get returns a session of the project.
func (s *Service) Get(ctx context.Context, projectID, id string) (View, error) {
	ses, err := s.Store.Session(ctx, projectID, id)
	if err != nil {
		return View{}, err
	}
	return s.view(ctx, ses)
}

// Look is Get for those who only look: the view has no Intents.
func (s *Service) Look(ctx context.Context, projectID, id string) (View, error) {
	ses, err := s.Store.Session(ctx, projectID, id)
	if err != nil {
		return View{}, err
	}
	readings, err := s.read(ctx, []Session{ses})
	if err != nil {
		return View{}, err
	}
	v, err := show(ses, readings[0])
	if err != nil {
		return View{}, err
	}
	v.NextAction, err = s.nextAction(ctx, ses, readings[0].now)
	return v, err
}

// List returns a page of the project's sessions.
func (s *Service) List(ctx context.Context, projectID string, f Filter, req page.Request) (page.Page[View], error) {
	if f.Active != nil {
		return s.listByActivity(ctx, projectID, f, req)
	}
	found, err := s.Store.Sessions(ctx, projectID, f, req)
	if err != nil {
		return page.Page[View]{}, err
	}
	views, err := s.views(ctx, found.Items)
	return page.Page[View]{Items: views, Skip: found.Skip, Total: found.Total, More: found.More}, err
}

// Glance is List for those who only look: views have neither NextAction nor
// Intents, which take a query each. It does not look at f.Active.
func (s *Service) Glance(ctx context.Context, projectID string, f Filter, req page.Request) (page.Page[View], error) {
	found, err := s.Store.Sessions(ctx, projectID, f, req)
	if err != nil {
		return page.Page[View]{}, err
	}
	views, err := s.glances(ctx, found.Items)
	return page.Page[View]{Items: views, Skip: found.Skip, Total: found.Total, More: found.More}, err
}

// CountLive answers how many sessions each of the players has that are not over,
// as far as is stored; players with none are left out.
func (s *Service) CountLive(ctx context.Context, projectID string, playerIDs []string) (map[string]int, error) {
	return s.Store.CountLive(ctx, projectID, playerIDs)
}

// listByActivity looks at every session that the filter's other fields leave,
// since only the chain knows which of them may act.
func (s *Service) listByActivity(ctx context.Context, projectID string, f Filter, req page.Request) (page.Page[View], error) {
	if *f.Active {
		f.Live = f.Active // others are over for good
	}
	out := page.Page[View]{Skip: req.Skip}
	for next := (page.Request{Limit: page.MaxLimit, Order: req.Order}); ; next.Skip += next.Limit {
		found, err := s.Store.Sessions(ctx, projectID, f, next)
		if err != nil {
			return page.Page[View]{}, err
		}
		views, err := s.views(ctx, found.Items)
		if err != nil {
			return page.Page[View]{}, err
		}
		for _, v := range views {
			if v.IsActive() != *f.Active {
				continue
			}
			if out.Total >= req.Skip && len(out.Items) < req.Limit {
				out.Items = append(out.Items, v)
			}
			out.Total++
		}
		if next.Skip+next.Limit >= found.Total {
			return out, nil
		}
	}
}

// observe reads an account's owner and epoch from the chain.
func (s *Service) observe(ctx context.Context, n Network, acc account.Account) (account.Account, uint64, error) {
	owner, epoch, err := n.Chain.OwnerAndEpoch(ctx, acc.Address)
	if err != nil {
		return acc, 0, err
	}
	acc, err = s.Accounts.Observe(ctx, acc, owner)
	return acc, epoch, err
}

func (s *Service) network(chainID uint64) (Network, error) {
	n, ok := s.Networks[chainID]
	if !ok {
		return Network{}, fault.Field("chainId", chainID, "chain %d is not served here", chainID)
	}
	return n, nil
}

func newSalt() (salt [8]byte) {
	rand.Read(salt[:]) // never fails
	return salt
}

// MostCounted is how many live sessions Ending counts: a first page must not
// take longer the more there are.
const MostCounted = 10_000

// Ending answers how many sessions are live, by the server's books, how many of
// them end within soon of chain time now, and the first of those, at most limit.
// A number above MostCounted stands for any.
func (s *Service) Ending(ctx context.Context, projectID string, soon time.Duration, limit int) (live, ending int, next []Session, err error) {
	now := uint64(s.now().Unix())
	until := now + uint64(soon/time.Second)
	if live, ending, err = s.Store.CountEnding(ctx, projectID, now, until, MostCounted+1); err != nil || ending == 0 {
		return live, ending, nil, err
	}
	next, err = s.Store.Ending(ctx, projectID, now, until, limit)
	return live, ending, next, err
}
