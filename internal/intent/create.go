package intent

import (
	"context"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/sponsor"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// Create opens an intent for the calls that the client asked for. It answers a
// fault, and no intent is made, when a field is wrong, when the policy does not
// cover the calls or the account cannot pay for them, and when the calls would
// revert. A new account is saved together with its intent.
func (s *Service) Create(ctx context.Context, projectID string, p CreateParams) (Intent, error) {
	call, err := s.plan(ctx, projectID, p)
	if err != nil {
		return Intent{}, err
	}
	in, err := s.openFor(ctx, projectID, p, call)
	if p.PlayerID != "" && p.ExternalOwner != nil && fault.Is(err, fault.Conflict) {
		// A request at the same moment may have made the player's account.
		in, err = s.openFor(ctx, projectID, p, call)
	}
	return in, err
}

// plan encodes the calls that the client asked for. Whose they are is not in it
// yet, see of.
func (s *Service) plan(ctx context.Context, projectID string, p CreateParams) (plan, error) {
	if len(p.Interactions) == 0 {
		return plan{}, fault.Field("interactions", nil, "must have at least one call")
	}
	n, err := s.network(p.ChainID)
	if err != nil {
		return plan{}, err
	}
	if least := len(p.Interactions) * callBytes; least > n.Room.CallData {
		return plan{}, fault.Field("interactions", nil, "the %d calls need %d bytes of call data or more, and a transaction may have %d: send fewer at a time", len(p.Interactions), least, n.Room.CallData)
	}
	interactions, err := s.resolve(ctx, projectID, p.ChainID, p.Interactions)
	if err != nil {
		return plan{}, err
	}
	callData, err := encode(interactions)
	if err != nil {
		return plan{}, fault.Field("interactions", nil, "%v", err)
	}
	return plan{kind: Call, policyID: p.PolicyID, callData: callData, interactions: interactions}, nil
}

// openFor opens a plan of the account that p means.
func (s *Service) openFor(ctx context.Context, projectID string, p CreateParams, call plan) (Intent, error) {
	call, err := s.of(ctx, projectID, p, call)
	if err != nil {
		return Intent{}, err
	}
	return s.open(ctx, call)
}

// of completes a plan of calls with the account that p means.
func (s *Service) of(ctx context.Context, projectID string, p CreateParams, call plan) (plan, error) {
	acc, err := s.Accounts.Resolve(ctx, projectID, p.AccountID, p.PlayerID, p.ChainID, p.ExternalOwner)
	if err != nil {
		return plan{}, err
	}
	acc.SignedAuthorization = p.SignedAuthorization
	call.account, call.sponsored = acc, sponsored(acc, call.interactions)
	return call, nil
}

func encode(interactions []Interaction) ([]byte, error) {
	if len(interactions) == 1 {
		in := interactions[0]
		return userop.ExecuteCall(in.To, in.Value, in.Data)
	}
	calls := make([]userop.Call, len(interactions))
	for i, in := range interactions {
		calls[i] = userop.Call{Target: in.To, Value: in.Value, Data: in.Data}
	}
	return userop.ExecuteBatch(calls)
}

// sponsored describes the calls to the gas policy. What an account does to
// itself is an account function, which no rule about contracts covers.
func sponsored(acc account.Account, interactions []Interaction) sponsor.Request {
	req := sponsor.Request{ChainID: acc.ChainID}
	for _, in := range interactions {
		if in.To == acc.Address {
			req.AccountFunction = "execute"
			continue
		}
		call := sponsor.Call{To: in.To}
		if len(in.Data) >= 4 {
			call.Selector, call.HasSelector = [4]byte(in.Data), true
		}
		req.Calls = append(req.Calls, call)
	}
	return req
}

func (s *Service) network(chainID uint64) (Network, error) {
	n, ok := s.Networks[chainID]
	if !ok {
		return Network{}, fault.Field("chainId", chainID, "chain %d is not served here; served are %v", chainID, s.chainIDs())
	}
	return n, nil
}
