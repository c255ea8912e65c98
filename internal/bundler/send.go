package bundler

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"

	"github.com/latchkey-dev/latchkey/internal/userop"
)

// send makes bundles of what is queued until nothing is left that could go.
func (p *pass) send(ctx context.Context) error {
	ready, err := p.triage(ctx)
	if err != nil {
		return err
	}
	for len(ready) > 0 && p.room() {
		bundle, err := p.simulate(ctx, choose(ready, p.bundleSize()))
		if err != nil {
			return err
		}
		if len(bundle) > 0 {
			sent, err := p.sendBundle(ctx, bundle)
			if err != nil || !sent {
				return err
			}
		}
		busy := senders(bundle)
		ready = slices.DeleteFunc(ready, func(c candidate) bool { return p.passed[c.Hash] || busy[c.Op.Sender] })
	}
	return p.closeGap(ctx)
}

// room reports whether one more transaction may be under way, and whether
// anything should be sent at all.
func (p *pass) room() bool {
	return p.status.Paused == "" && len(p.waiting()) < p.limits.InFlight
}

func (p *pass) bundleSize() size {
	return size{operations: p.limits.Operations, gas: p.mostGas(), bytes: maxCalldata}
}

// mostGas is what one transaction may use here.
func (p *pass) mostGas() uint64 { return min(p.limits.Gas, p.head.GasLimit) }

func (p *pass) sendBundle(ctx context.Context, bundle []candidate) (sent bool, err error) {
	hashes := make([]common.Hash, len(bundle))
	for i, c := range bundle {
		hashes[i] = c.Hash
	}
	sent, err = p.transact(ctx, order{
		to:         userop.EntryPoint,
		data:       handleOps(bundle, p.relayer()),
		gas:        gasLimit(bundle),
		operations: hashes,

		authorizations: authorizations(bundle),
	})
	if sent {
		p.queued -= len(bundle)
	}
	return sent, err
}

// order is a transaction to be made.
type order struct {
	to         common.Address
	data       []byte
	gas        uint64
	operations []common.Hash

	authorizations []types.SetCodeAuthorization // EIP-7702; a transaction without any is an ordinary one
}

// transact signs, saves, and only then broadcasts. It answers false when the
// relayer cannot pay: then nothing was signed and sending is paused.
func (p *pass) transact(ctx context.Context, o order) (sent bool, err error) {
	bid, err := p.market(ctx)
	if err != nil {
		return false, err
	}
	if ok, err := p.affordable(ctx, o.gas, bid); err != nil || !ok {
		return false, err
	}
	nonce := freeNonce(p.latest, p.live)
	signed, err := p.sign(ctx, nonce, o, bid)
	if err != nil {
		return false, err
	}
	raw, err := signed.MarshalBinary()
	if err != nil {
		return false, fmt.Errorf("encode transaction %d of relayer %s: %w", nonce, p.relayer(), err)
	}
	now := p.now()
	tx, err := p.Store.SaveTransaction(ctx, p.lease, Transaction{
		ChainID:    p.ChainID,
		Relayer:    p.relayer(),
		Nonce:      nonce,
		Raw:        raw,
		Hash:       signed.Hash(),
		State:      TxSigned,
		Operations: o.operations,
		CreatedAt:  now,
		UpdatedAt:  now,
	})
	if err != nil {
		return false, fmt.Errorf("save transaction %s (nonce %d): %w", signed.Hash(), nonce, err)
	}
	p.live = append(p.live, tx)
	slices.SortFunc(p.live, func(a, b Transaction) int { return cmp.Compare(a.Nonce, b.Nonce) })
	return true, p.broadcast(ctx, tx)
}

func (p *pass) sign(ctx context.Context, nonce uint64, o order, bid fees) (*types.Transaction, error) {
	chainID := new(big.Int).SetUint64(p.ChainID)
	signed, err := p.Signer.SignTx(ctx, types.NewTx(o.unsigned(chainID, nonce, bid)), chainID)
	if err != nil {
		return nil, fmt.Errorf("sign transaction %d of relayer %s: %w", nonce, p.relayer(), err)
	}
	return signed, nil
}

func (o order) unsigned(chainID *big.Int, nonce uint64, bid fees) types.TxData {
	if len(o.authorizations) > 0 {
		return &types.SetCodeTx{
			ChainID:   uint256.MustFromBig(chainID),
			Nonce:     nonce,
			GasTipCap: uint256.MustFromBig(bid.tip),
			GasFeeCap: uint256.MustFromBig(bid.max),
			Gas:       o.gas,
			To:        o.to,
			Data:      o.data,
			AuthList:  o.authorizations,
		}
	}
	return &types.DynamicFeeTx{
		ChainID:   chainID,
		Nonce:     nonce,
		GasTipCap: bid.tip,
		GasFeeCap: bid.max,
		Gas:       o.gas,
		To:        &o.to,
		Data:      o.data,
	}
}

// freeNonce answers the lowest nonce that neither the chain nor a live
// transaction has used. live is in nonce order.
func freeNonce(latest uint64, live []Transaction) uint64 {
	next := latest
	for _, tx := range live {
		if tx.Nonce == next {
			next++
		}
	}
	return next
}

// market answers what the chain asks for now.
func (p *pass) market(ctx context.Context) (fees, error) {
	most, tip, err := p.Chain.Fees(ctx)
	if err != nil {
		return fees{}, fmt.Errorf("read the fees of chain %d: %w", p.ChainID, err)
	}
	return fees{max: most, tip: tip}, nil
}

// affordable reports whether the relayer can pay for one more transaction on
// top of those that are not mined. If not, sending is paused: nothing is
// dropped, and the next pass looks again.
func (p *pass) affordable(ctx context.Context, gas uint64, bid fees) (bool, error) {
	balance, err := p.Chain.Balance(ctx, p.relayer())
	if err != nil {
		return false, fmt.Errorf("read the balance of relayer %s: %w", p.relayer(), err)
	}
	need := new(big.Int).Mul(new(big.Int).SetUint64(gas), bid.max)
	for _, tx := range p.waiting() {
		signed, err := tx.decode()
		if err != nil {
			return false, err
		}
		need.Add(need, signed.Cost())
	}
	if balance.Cmp(need) >= 0 {
		return true, nil
	}
	p.status.Paused = fmt.Sprintf("relayer %s holds %s wei and needs %s for its next transaction: send it funds", p.relayer(), balance, need)
	return false, nil
}

// closeGap fills a nonce below a live transaction that nothing uses: without
// it, the ones above could never be mined. Gaps come from reorganisations
// deeper than what counts as final.
func (p *pass) closeGap(ctx context.Context) error {
	for len(p.live) > 0 && freeNonce(p.latest, p.live) < p.live[len(p.live)-1].Nonce {
		p.log().Warn("an empty transaction fills a gap in the relayer's nonces", "nonce", freeNonce(p.latest, p.live))
		sent, err := p.transact(ctx, order{to: p.relayer(), gas: transactionGas})
		if err != nil || !sent {
			return err
		}
	}
	return nil
}
