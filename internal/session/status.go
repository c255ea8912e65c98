package session

import (
	"context"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/permission"
)

// reading is what the chain says about a session at one moment.
type reading struct {
	now   uint64
	epoch uint64 // of the account
	state permission.State
}

// status derives what the API shows from what is stored and what the chain
// says. The chain decides, where it has spoken.
func status(s Session, p permission.Permission, r reading) Status {
	// A row can be closed while the chain says otherwise: its owner has signed the
	// registration all the same, and sent it past this server.
	closed := s.State == Closed && r.state.State != permission.Active
	revoked := r.state.State == permission.Closed || r.epoch != s.Epoch || closed
	switch {
	case revoked:
		return StatusRevoked
	case r.now > p.ValidUntil:
		return StatusExpired
	case r.state.State != permission.Active && !s.rides():
		return StatusPending
	case p.Limit > 0 && r.state.Uses >= p.Limit:
		return StatusExhausted
	case hasFeeLimit(p) && r.state.FeeSpent.Cmp(p.FeeLimit) >= 0:
		return StatusExhausted
	case r.now < p.ValidAfter:
		return StatusScheduled
	}
	return StatusActive
}

func usage(p permission.Permission, state permission.State, now uint64) Usage {
	var u Usage
	for _, use := range permission.Usage(p, state, now) {
		switch use.Rule {
		case permission.RuleLimit:
			u.Limit = &Used{Limit: use.Limit, Used: use.Used, Left: use.Left}
		case permission.RuleFeeLimit:
			u.FeeLimit = &Used{Limit: use.Limit, Used: use.Used, Left: use.Left}
		default:
			u.Rules = append(u.Rules, use)
		}
	}
	return u
}

func hasFeeLimit(p permission.Permission) bool { return p.FeeLimit != nil && p.FeeLimit.Sign() > 0 }

// view shows a session as it stands now.
func (s *Service) view(ctx context.Context, ses Session) (View, error) {
	views, err := s.views(ctx, []Session{ses})
	if err != nil {
		return View{}, err
	}
	return views[0], nil
}

// views shows sessions, reading each account's state once.
func (s *Service) views(ctx context.Context, list []Session) ([]View, error) {
	readings, err := s.read(ctx, list)
	if err != nil {
		return nil, err
	}
	out := make([]View, len(list))
	for i, ses := range list {
		v, err := show(ses, readings[i])
		if err != nil {
			return nil, err
		}
		if v.NextAction, err = s.nextAction(ctx, ses, readings[i].now); err != nil {
			return nil, err
		}
		if v.Intents, err = s.Operations.Recent(ctx, ses); err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

// glances shows sessions as views does, without their actions and intents.
func (s *Service) glances(ctx context.Context, list []Session) ([]View, error) {
	readings, err := s.read(ctx, list)
	if err != nil {
		return nil, err
	}
	out := make([]View, len(list))
	for i, ses := range list {
		if out[i], err = show(ses, readings[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func show(ses Session, r reading) (View, error) {
	p, err := permission.Decode(ses.Permission)
	if err != nil {
		return View{}, err
	}
	return View{
		Session: ses, Permission: p, Status: status(ses, p, r), Usage: usage(p, r.state, r.now),
		Word: r.state.Word(), Epoch: r.epoch,
	}, nil
}

// at shows a session at a known chain time, without its actions.
func (s *Service) at(ctx context.Context, ses Session, now uint64) (View, error) {
	readings, err := s.read(ctx, []Session{ses})
	if err != nil {
		return View{}, err
	}
	readings[0].now = now
	return show(ses, readings[0])
}

// stored shows a session from its row alone, taking the chain as agreeing.
func (s *Service) stored(ses Session) View {
	state := permission.State{Status: permission.Status{State: permission.None, FeeSpent: new(big.Int)}}
	if ses.State == Active {
		state.State = permission.Active
	}
	r := reading{now: uint64(s.now().Unix()), epoch: ses.Epoch, state: state}
	v, err := show(ses, r)
	if err != nil {
		return View{Session: ses, Status: StatusPending}
	}
	return v
}

func (s *Service) nextAction(ctx context.Context, ses Session, now uint64) (*NextAction, error) {
	if ses.Registration != OnChain && ses.RevokeIntent == "" && ses.Live() {
		return grantAction(ses)
	}
	newest := ses.RevokeIntent
	if newest == "" {
		newest = ses.RegisterIntent
	}
	if newest == "" {
		return nil, nil
	}
	a, err := s.Operations.Action(ctx, ses.ProjectID, newest, now)
	return a.Next, err
}

// home is where sessions live.
type home struct {
	chainID uint64
	account common.Address
}

// read asks the chains about sessions, each once about all of its accounts.
func (s *Service) read(ctx context.Context, list []Session) ([]reading, error) {
	byChain := make(map[uint64][]int)
	for i, ses := range list {
		byChain[ses.ChainID] = append(byChain[ses.ChainID], i)
	}
	out := make([]reading, len(list))
	for chainID, places := range byChain {
		if err := s.readChain(ctx, chainID, list, places, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// readChain asks one chain about the sessions at places of list, and puts what
// it reads there in out.
func (s *Service) readChain(ctx context.Context, chainID uint64, list []Session, places []int, out []reading) error {
	n, err := s.network(chainID)
	if err != nil {
		return err
	}
	now, err := n.Chain.Time(ctx)
	if err != nil {
		return err
	}
	queries, homes, err := questions(list, places)
	if err != nil {
		return err
	}
	answers, err := n.Chain.ReadSessions(ctx, queries)
	if err != nil {
		return err
	}
	for k, at := range homes {
		words, counters := answers[k].Sessions, answers[k].Counters
		for j, i := range at.places {
			out[i] = reading{now: now, epoch: answers[k].Epoch, state: permission.State{Status: permission.ParseStatus(words[j]), Counters: counters[:at.counters[j]]}}
			counters = counters[at.counters[j]:]
		}
	}
	return nil
}

// resident is what was asked about one account: sessions by their places in a
// list, and how many counters each has.
type resident struct {
	places   []int
	counters []int
}

// questions gathers what to ask about sessions, by account.
func questions(list []Session, places []int) (queries []Query, homes []resident, err error) {
	known := make(map[home]int)
	for _, i := range places {
		ses := list[i]
		p, err := permission.Decode(ses.Permission)
		if err != nil {
			return nil, nil, fmt.Errorf("session %s: %w", ses.ID, err)
		}
		at := home{ses.ChainID, ses.AccountAddress}
		k, ok := known[at]
		if !ok {
			k = len(queries)
			known[at] = k
			queries, homes = append(queries, Query{Account: ses.AccountAddress}), append(homes, resident{})
		}
		keys := p.CounterKeys(ses.Hash)
		queries[k].Sessions, queries[k].Counters = append(queries[k].Sessions, ses.Hash), append(queries[k].Counters, keys...)
		homes[k].places, homes[k].counters = append(homes[k].places, i), append(homes[k].counters, len(keys))
	}
	return queries, homes, nil
}
