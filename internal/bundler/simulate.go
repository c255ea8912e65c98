package bundler

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum"

	"github.com/latchkey-dev/latchkey/internal/userop"
)

// simulate runs the bundle against the chain, as the relayer would send it,
// and answers what of it EntryPoint takes. Operations that it refuses are
// dropped or wait; an operation in neither list may go with another bundle. A
// node that cannot be asked is an error and drops nothing.
func (p *pass) simulate(ctx context.Context, bundle []candidate) ([]candidate, error) {
	for len(bundle) > 0 {
		failure, err := p.tryBundle(ctx, bundle)
		if err != nil || failure == nil {
			return bundle, err
		}
		refused, known := readRefusal(failure.data, len(bundle))
		switch {
		case known && refused.is(codeBundlerFault):
			return nil, fmt.Errorf("EntryPoint refuses the bundle itself, not an operation of it: %s", refused.reason)
		case known:
			err = p.refuse(ctx, bundle[refused.index].Operation, refused)
			bundle = slices.Delete(slices.Clone(bundle), refused.index, refused.index+1)
		case len(bundle) == 1:
			err = p.drop(ctx, bundle[0].Operation, "EntryPoint's handleOps fails with it: "+failure.words(p.Explain))
			bundle = nil
		default:
			// No operation is named: halves find the one.
			bundle = bundle[:len(bundle)/2]
		}
		if err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// tryBundle answers how the bundle fails, nil when it does not.
func (p *pass) tryBundle(ctx context.Context, bundle []candidate) (*revertError, error) {
	_, err := p.Chain.Simulate(ctx, ethereum.CallMsg{
		From: p.relayer(),
		To:   &userop.EntryPoint,
		Gas:  gasLimit(bundle),
		Data: handleOps(bundle, p.relayer()),
	})
	err = asRevert(err)
	var failure *revertError
	if errors.As(err, &failure) {
		return failure, nil
	}
	if err != nil {
		return nil, fmt.Errorf("simulate a bundle of %d operations: %w", len(bundle), err)
	}
	return nil, nil
}

// refuse does what a refusal in simulation asks for.
func (p *pass) refuse(ctx context.Context, op Operation, r refusal) error {
	reason := r.words(p.Explain)
	switch {
	case r.is(codePoorSponsor):
		return p.wait(ctx, op, fmt.Sprintf("%s: fund the deposit of paymaster %s at EntryPoint", reason, op.Op.Paymaster))
	case r.is(codeNotDeployed) && op.Deploy != nil:
		return p.wait(ctx, op, reason+": its deployment is not visible yet")
	case r.is(codeNonce):
		return p.outOfTurn(ctx, op, reason)
	}
	return p.drop(ctx, op, reason)
}

// outOfTurn handles an operation whose nonce was not the lane's next when its
// turn in the bundle came.
func (p *pass) outOfTurn(ctx context.Context, op Operation, reason string) error {
	next, err := p.nextNonce(ctx, op)
	if err != nil {
		return err
	}
	switch next.Cmp(orZero(op.Op.Nonce)) {
	case -1:
		return p.wait(ctx, op, fmt.Sprintf("%s: the lane's next nonce is %s, its own is %s", reason, next, op.Op.Nonce))
	case 0:
		// Another operation of the bundle has the same nonce: whichever is
		// mined first decides.
		p.passed[op.Hash] = true
		return nil
	}
	return p.drop(ctx, op, reason)
}
