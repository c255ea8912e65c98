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
		err := p.tryBundle(ctx, bundle)
		var failure *revertError
		switch {
		case err == nil:
			return bundle, nil
		case errors.As(err, &failure):
			bundle, err = p.withoutCulprit(ctx, bundle, failure)
		case !answered(err):
			return nil, fmt.Errorf("simulate a bundle of %d operations: %w", len(bundle), err)
		case len(bundle) == 1:
			// The node is there and cannot say: that must not stop the others.
			p.hold(bundle[0].Operation, fmt.Sprintf("the node does not simulate it: %v", err))
			return nil, nil
		default:
			bundle, err = bundle[:len(bundle)/2], nil
		}
		if err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// withoutCulprit deals with the operation that makes a bundle fail and answers
// the bundle without it; where none is to blame, half of the bundle.
func (p *pass) withoutCulprit(ctx context.Context, bundle []candidate, failure *revertError) ([]candidate, error) {
	refused, named := readRefusal(failure.data, len(bundle))
	ours := bundlersFault(failure.data)
	switch {
	case named && !ours:
		rest := slices.Delete(slices.Clone(bundle), refused.index, refused.index+1)
		return rest, p.refuse(ctx, bundle[refused.index].Operation, refused)
	case len(bundle) > 1:
		return bundle[:len(bundle)/2], nil
	case ours:
		p.hold(bundle[0].Operation, "EntryPoint refuses the transaction around it: "+failure.words(p.Explain))
		return nil, nil
	}
	return nil, p.drop(ctx, bundle[0].Operation, "EntryPoint's handleOps fails with it: "+failure.words(p.Explain))
}

// tryBundle simulates the bundle. A *revertError says that it fails on chain.
func (p *pass) tryBundle(ctx context.Context, bundle []candidate) error {
	_, err := p.Chain.Simulate(ctx, ethereum.CallMsg{
		From: p.relayer(),
		To:   &userop.EntryPoint,
		Gas:  gasLimit(bundle),
		Data: handleOps(bundle, p.relayer()),

		AuthorizationList: authorizations(bundle),
	})
	return asRevert(err)
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
