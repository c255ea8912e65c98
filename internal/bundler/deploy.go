package bundler

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/core/types"
)

// deployed reports whether the operation's account exists. When it does not,
// the relayer calls the factory, in a transaction of its own, and the account's
// operations wait until that is mined.
func (p *pass) deployed(ctx context.Context, op Operation) (bool, error) {
	if op.Deploy == nil {
		return true, nil
	}
	under, err := p.deployment(op.Deploy)
	if err != nil || under == TxSigned {
		return false, err
	}
	code, err := p.Chain.Code(ctx, op.Op.Sender)
	if err != nil {
		return false, fmt.Errorf("look for account %s: %w", op.Op.Sender, err)
	}
	if len(code) > 0 {
		return true, nil
	}
	if under == TxMined || !p.room() {
		return false, nil
	}
	return false, p.deploy(ctx, op)
}

// deployment answers the state of the live transaction that makes the factory
// call, "" when there is none.
func (p *pass) deployment(call *FactoryCall) (TxState, error) {
	for _, tx := range slices.Concat(p.live, p.others) {
		if len(tx.Operations) > 0 {
			continue
		}
		signed, err := tx.decode()
		if err != nil {
			return "", err
		}
		if call.madeBy(signed) {
			return tx.State, nil
		}
	}
	return "", nil
}

func (p *pass) deploy(ctx context.Context, op Operation) error {
	to := op.Deploy.Factory
	gas, err := p.Chain.EstimateGas(ctx, ethereum.CallMsg{From: p.relayer(), To: &to, Data: op.Deploy.Data})
	var failure *revertError
	if errors.As(asRevert(err), &failure) {
		return p.drop(ctx, op, fmt.Sprintf("factory %s does not create its account: %s", to, failure.words(p.Explain)))
	}
	if answered(err) {
		p.hold(op, fmt.Sprintf("the node does not estimate the factory call for its account: %v", err))
		return nil
	}
	if err != nil {
		return fmt.Errorf("estimate the factory call for account %s: %w", op.Op.Sender, err)
	}
	_, err = p.transact(ctx, order{to: to, data: op.Deploy.Data, gas: withMargin(gas)})
	return err
}

// withMargin adds a quarter to an estimate: state may change until it is mined.
func withMargin(gas uint64) uint64 { return min(gas+gas/4, maxTransactionGas) }

// finishDeployment settles a final transaction that carried no operation. When
// an account that waits for it does not exist, that counts as an attempt of the
// operations that wait.
func (p *pass) finishDeployment(ctx context.Context, tx Transaction, receipt *types.Receipt) error {
	signed, err := tx.decode()
	if err != nil {
		return err
	}
	queued, err := p.Store.QueuedOperations(ctx, p.ChainID, queueLimit)
	if err != nil {
		return fmt.Errorf("load queued operations: %w", err)
	}
	var failed []Operation
	for _, op := range queued {
		if op.Deploy == nil || !op.Deploy.madeBy(signed) {
			continue
		}
		code, err := p.Chain.Code(ctx, op.Op.Sender)
		if err != nil {
			return fmt.Errorf("look for account %s: %w", op.Op.Sender, err)
		}
		if len(code) == 0 {
			failed = append(failed, p.again(op, fmt.Sprintf("transaction %s called factory %s and left no account at %s", receipt.TxHash, op.Deploy.Factory, op.Op.Sender)))
		}
	}
	return p.settle(ctx, tx, failed)
}

// madeBy reports whether a transaction makes the factory call.
func (f *FactoryCall) madeBy(tx *types.Transaction) bool {
	return tx.To() != nil && *tx.To() == f.Factory && string(tx.Data()) == string(f.Data)
}
