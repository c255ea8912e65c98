package deploy

import (
	"context"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum"

	"github.com/latchkey-dev/latchkey/internal/bindings"
)

// unstakeDelay, in seconds, is what bundlers ask of a staked paymaster.
const unstakeDelay = 86_400

// fundPaymaster tops the paymaster's stake and deposit up to what was asked.
func (r *run) fundPaymaster(ctx context.Context) error {
	info, err := r.depositInfo(ctx)
	if err != nil {
		return fmt.Errorf("read the paymaster's stake and deposit: %w", err)
	}
	if err := r.stake(ctx, info); err != nil {
		return fmt.Errorf("stake the paymaster %s: %w", r.result.Paymaster, err)
	}
	if err := r.deposit(ctx, info); err != nil {
		return fmt.Errorf("fund the paymaster %s: %w", r.result.Paymaster, err)
	}
	return nil
}

func (r *run) depositInfo(ctx context.Context) (bindings.IStakeManagerDepositInfo, error) {
	entryPoint := bindings.NewEntryPoint()
	output, err := r.client.CallContract(ctx, ethereum.CallMsg{
		To:   &r.result.EntryPoint,
		Data: entryPoint.PackGetDepositInfo(r.result.Paymaster),
	}, nil)
	if err != nil {
		return bindings.IStakeManagerDepositInfo{}, err
	}
	return entryPoint.UnpackGetDepositInfo(output)
}

func (r *run) stake(ctx context.Context, info bindings.IStakeManagerDepositInfo) error {
	if r.opts.Stake == nil || r.opts.Stake.Sign() == 0 {
		return nil
	}
	missing := missing(r.opts.Stake, info.Stake)
	settled := info.Staked && info.UnstakeDelaySec >= unstakeDelay && missing.Sign() == 0
	// The EntryPoint refuses to shorten a delay.
	delay := max(unstakeDelay, info.UnstakeDelaySec)
	return r.pay(ctx, "paymaster stake", settled, missing, bindings.NewLatchkeyPaymaster().PackAddStake(delay))
}

func (r *run) deposit(ctx context.Context, info bindings.IStakeManagerDepositInfo) error {
	if r.opts.Deposit == nil || r.opts.Deposit.Sign() == 0 {
		return nil
	}
	missing := missing(r.opts.Deposit, info.Deposit)
	return r.pay(ctx, "paymaster deposit", missing.Sign() == 0, missing, bindings.NewLatchkeyPaymaster().PackDeposit())
}

// pay records a step about the paymaster and, unless settled, sends it.
func (r *run) pay(ctx context.Context, name string, settled bool, value *big.Int, data []byte) error {
	step := Step{Name: name, Address: r.result.Paymaster, Existed: settled}
	if !settled {
		receipt, err := r.sender.send(ctx, r.result.Paymaster, value, data)
		if err != nil {
			return err
		}
		step.Tx, step.GasUsed = receipt.TxHash, receipt.GasUsed
	}
	r.done(step)
	return nil
}

// missing is how much less have is than want, at least 0.
func missing(want, have *big.Int) *big.Int {
	if have.Cmp(want) >= 0 {
		return new(big.Int)
	}
	return new(big.Int).Sub(want, have)
}
