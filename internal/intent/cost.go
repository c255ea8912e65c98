package intent

import (
	"context"
	"math/big"
)

// Cost is the most that an execution may cost whoever pays for it. What is not
// used is not charged.
type Cost struct {
	Gas      *big.Int // of every leg of the operation, and of creating the account
	GasPrice *big.Int // wei a unit of gas: the operation's fee cap
}

// Fee is the cost in wei.
func (c Cost) Fee() *big.Int { return new(big.Int).Mul(c.Gas, c.GasPrice) }

// What the relayer's transaction that creates an account costs beside the
// factory's work: its intrinsic gas, and at most so much for each byte of data.
const (
	transactionGas = 21_000
	dataByteGas    = 16
)

// Cost answers what Create would open an intent for, and refuses what Create
// would refuse, but saves nothing. It asks for no funds, and a delegated account
// that does not delegate yet needs no authorization for it.
func (s *Service) Cost(ctx context.Context, projectID string, p CreateParams) (Cost, error) {
	call, err := s.plan(ctx, projectID, p)
	if err != nil {
		return Cost{}, err
	}
	if call, err = s.of(ctx, projectID, p, call); err != nil {
		return Cost{}, err
	}
	call.priceOnly = true
	d, err := s.draft(ctx, call)
	if err != nil {
		return Cost{}, err
	}
	gas := d.op.GasLimit()
	if d.deployFirst {
		gas.Add(gas, d.creation)
		gas.Add(gas, big.NewInt(int64(transactionGas+dataByteGas*len(d.factoryCall().Data))))
	}
	return Cost{Gas: gas, GasPrice: d.op.MaxFeePerGas}, nil
}
