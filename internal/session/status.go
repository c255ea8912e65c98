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

// read asks the chain about sessions, one round of requests for each account.
func (s *Service) read(ctx context.Context, list []Session) ([]reading, error) {
	out := make([]reading, len(list))
	byHome := make(map[home][]int)
	for i, ses := range list {
		at := home{ses.ChainID, ses.AccountAddress}
		byHome[at] = append(byHome[at], i)
	}
	for at, places := range byHome {
		of := make([]Session, len(places))
		for j, i := range places {
			of[j] = list[i]
		}
		readings, err := s.readHome(ctx, at, of)
		if err != nil {
			return nil, err
		}
		for j, i := range places {
			out[i] = readings[j]
		}
	}
	return out, nil
}

// readHome asks about sessions of one account.
func (s *Service) readHome(ctx context.Context, at home, list []Session) ([]reading, error) {
	n, err := s.network(at.chainID)
	if err != nil {
		return nil, err
	}
	now, err := n.Chain.Time(ctx)
	if err != nil {
		return nil, err
	}
	_, epoch, err := n.Chain.OwnerAndEpoch(ctx, at.account)
	if err != nil {
		return nil, err
	}
	ids, keys, counted, err := chainKeys(list)
	if err != nil {
		return nil, err
	}
	words, err := n.Chain.SessionWords(ctx, at.account, ids)
	if err != nil {
		return nil, err
	}
	counters, err := n.Chain.CounterWords(ctx, at.account, keys)
	if err != nil {
		return nil, err
	}
	out := make([]reading, len(list))
	for i := range list {
		out[i] = reading{now: now, epoch: epoch, state: permission.State{Status: permission.ParseStatus(words[i]), Counters: counters[:counted[i]]}}
		counters = counters[counted[i]:]
	}
	return out, nil
}

// chainKeys answers where the chain keeps what it knows of sessions: their ids,
// the keys of all their counters, and how many of those each has.
func chainKeys(list []Session) (ids, keys []common.Hash, counted []int, err error) {
	for _, ses := range list {
		p, err := permission.Decode(ses.Permission)
		if err != nil {
			return nil, nil, nil, fmt.Errorf("session %s: %w", ses.ID, err)
		}
		own := p.CounterKeys(ses.Hash)
		ids, keys, counted = append(ids, ses.Hash), append(keys, own...), append(counted, len(own))
	}
	return ids, keys, counted, nil
}
