package session

import (
	"context"
	"math/big"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/permission"
)

// reading is what the chain says about a session at one moment.
type reading struct {
	now   uint64
	epoch uint64 // of the account
	word  permission.Status
}

// status derives what the API shows from what is stored and what the chain
// says. The chain decides, where it has spoken.
func status(s Session, p permission.Permission, r reading) Status {
	revoked := r.word.State == permission.Closed || r.epoch != s.Epoch || s.State == Closed
	switch {
	case revoked:
		return StatusRevoked
	case r.now > p.ValidUntil:
		return StatusExpired
	case r.word.State != permission.Active:
		return StatusPending
	case p.Limit > 0 && r.word.Uses >= p.Limit:
		return StatusExhausted
	case hasFeeLimit(p) && r.word.FeeSpent.Cmp(p.FeeLimit) >= 0:
		return StatusExhausted
	case r.now < p.ValidAfter:
		return StatusScheduled
	}
	return StatusActive
}

func usage(p permission.Permission, w permission.Status) Usage {
	var u Usage
	if p.Limit > 0 {
		u.Limit = used(new(big.Int).SetUint64(p.Limit), new(big.Int).SetUint64(w.Uses))
	}
	if hasFeeLimit(p) {
		u.FeeLimit = used(p.FeeLimit, w.FeeSpent)
	}
	return u
}

func hasFeeLimit(p permission.Permission) bool { return p.FeeLimit != nil && p.FeeLimit.Sign() > 0 }

func used(limit, n *big.Int) *Used {
	left := new(big.Int).Sub(limit, n)
	if left.Sign() < 0 {
		left.SetInt64(0)
	}
	return &Used{Limit: limit, Used: n, Left: left}
}

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
	return View{Session: ses, Permission: p, Status: status(ses, p, r), Usage: usage(p, r.word)}, nil
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
	word := permission.Status{State: permission.None, FeeSpent: new(big.Int)}
	if ses.State == Active {
		word.State = permission.Active
	}
	r := reading{now: uint64(s.now().Unix()), epoch: ses.Epoch, word: word}
	v, err := show(ses, r)
	if err != nil {
		return View{Session: ses, Status: StatusPending}
	}
	return v
}

func (s *Service) nextAction(ctx context.Context, ses Session, now uint64) (*NextAction, error) {
	newest := ses.RevokeIntent
	if newest == "" {
		newest = ses.RegisterIntent
	}
	if newest == "" || !ses.Live() {
		return nil, nil
	}
	a, err := s.Operations.Action(ctx, ses.ProjectID, newest, now)
	return a.Next, err
}

// read asks the chain about sessions, one round of requests for each account.
func (s *Service) read(ctx context.Context, list []Session) ([]reading, error) {
	out := make([]reading, len(list))
	type home struct {
		chainID uint64
		account common.Address
	}
	byHome := make(map[home][]int)
	for i, ses := range list {
		at := home{ses.ChainID, ses.AccountAddress}
		byHome[at] = append(byHome[at], i)
	}
	for at, indexes := range byHome {
		n, err := s.network(at.chainID)
		if err != nil {
			return nil, err
		}
		now, err := n.Chain.Time(ctx)
		if err != nil {
			return nil, err
		}
		epoch, err := n.Chain.Epoch(ctx, at.account)
		if err != nil {
			return nil, err
		}
		ids := make([]common.Hash, len(indexes))
		for j, i := range indexes {
			ids[j] = list[i].Hash
		}
		words, err := n.Chain.SessionWords(ctx, at.account, ids)
		if err != nil {
			return nil, err
		}
		for j, i := range indexes {
			out[i] = reading{now: now, epoch: epoch, word: permission.ParseStatus(words[j])}
		}
	}
	return out, nil
}
