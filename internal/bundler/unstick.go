package bundler

import (
	"context"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
)

// unstick raises the fees of the relayer's next transaction when it waits for
// too long, or when a node asks for more. The others wait for that one, not for
// money. Nonce and content stay, so at most one version is mined.
func (p *pass) unstick(ctx context.Context) error {
	for _, tx := range p.waiting() {
		s := p.sighting(tx)
		stuck := s.underpriced || p.now().Sub(s.priced) >= p.limits.Stuck
		if tx.Nonce != p.latest || s.priced.IsZero() || !stuck {
			continue
		}
		if err := p.raise(ctx, tx); err != nil {
			return fmt.Errorf("raise the fees of transaction %s (nonce %d): %w", tx.Hash, tx.Nonce, err)
		}
	}
	return nil
}

func (p *pass) raise(ctx context.Context, tx Transaction) error {
	market, err := p.market(ctx)
	if err != nil {
		return err
	}
	old, err := tx.decode()
	if err != nil {
		return err
	}
	s := p.sighting(tx)
	bid, ok := raised(fees{max: old.GasFeeCap(), tip: old.GasTipCap()}, market)
	if !ok {
		s.priced, s.underpriced = p.now(), false
		p.log().Warn("a transaction is not mined although it bids enough", "transaction", tx.Hash, "nonce", tx.Nonce, "maxFeePerGas", old.GasFeeCap(), "market", market.max)
		return nil
	}
	signed, err := p.sign(ctx, tx.Nonce, order{to: *old.To(), data: old.Data(), gas: old.Gas(), authorizations: old.SetCodeAuthorizations()}, bid)
	if err != nil {
		return err
	}
	raw, err := signed.MarshalBinary()
	if err != nil {
		return err
	}
	tx.Replaced = append(append([]common.Hash{}, tx.Replaced...), tx.Hash)
	tx.Raw, tx.Hash = raw, signed.Hash()
	if err := p.save(ctx, tx, nil); err != nil {
		return err
	}
	p.log().Info("a stuck transaction is sent with higher fees", "transaction", tx.Hash, "nonce", tx.Nonce, "maxFeePerGas", bid.max)
	s.priced = p.now()
	return p.broadcast(ctx, tx)
}
