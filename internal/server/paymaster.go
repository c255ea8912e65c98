package server

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/chain"
)

// choosePaymaster answers the paymaster that sponsors operations: the one that
// the configuration names, else the one of earlier starts, else the one that
// `latchkey deploy` makes for the present keys. Sessions list their paymaster
// on chain, so it must not change because a key was replaced: the database
// remembers it.
func (s *Server) choosePaymaster(ctx context.Context, cfg Config) (common.Address, error) {
	chainID, none := s.client.ChainID(), common.Address{}
	before, err := s.store.Paymaster(ctx, chainID)
	if err != nil {
		return none, err
	}
	chosen := cfg.Paymaster
	if chosen == none {
		chosen = before
	}
	if chosen == none {
		chosen = bindings.PaymasterAddress(cfg.Relayer.Address(), cfg.PaymasterSigner.Address())
	}
	if err := s.checkPaymaster(ctx, chosen, cfg.PaymasterSigner.Address()); err != nil {
		return none, err
	}
	if chosen == before {
		return chosen, nil
	}
	if before != none {
		cfg.Log.Warn("the paymaster is another one than before: sessions that name the old one cannot be sponsored any more", "chain", chainID, "before", before, "now", chosen)
	}
	return chosen, s.store.SetPaymaster(ctx, chainID, chosen)
}

// checkPaymaster makes sure that the contract accepts signatures of our key.
func (s *Server) checkPaymaster(ctx context.Context, paymaster, key common.Address) error {
	code, err := s.client.Code(ctx, paymaster)
	if err != nil {
		return err
	}
	if len(code) == 0 {
		return fmt.Errorf("chain %d has no paymaster at %s: run `latchkey deploy` with the same RPC endpoint and keys first, or name the paymaster that it printed with --paymaster", s.client.ChainID(), paymaster)
	}
	signers, err := s.paymasterSigners(ctx, paymaster)
	if err != nil {
		return err
	}
	if slices.Contains(signers[:], key) {
		return nil
	}
	free := 1 // the slot to put the key into: an empty one, else the second
	if signers[0] == (common.Address{}) {
		free = 0
	}
	return fmt.Errorf("paymaster %s of chain %d does not accept signatures of %s, its signers are %s and %s: give the key of one of them as --paymaster-key-file, "+
		"or have the paymaster's owner call setSigner(%d, %s), or name another paymaster with --paymaster", paymaster, s.client.ChainID(), key, signers[0], signers[1], free, key)
}

// paymasterSigners reads both slots; an empty one is the zero address.
func (s *Server) paymasterSigners(ctx context.Context, paymaster common.Address) (signers [2]common.Address, err error) {
	contract := bindings.NewLatchkeyPaymaster()
	for slot := range signers {
		out, err := s.client.Call(ctx, common.Address{}, paymaster, contract.PackSigner(big.NewInt(int64(slot))))
		if errors.Is(err, chain.ErrUnavailable) {
			return signers, err
		}
		if err == nil {
			signers[slot], err = contract.UnpackSigner(out)
		}
		if err != nil {
			return signers, fmt.Errorf("read the signers of paymaster %s: is it a paymaster that `latchkey deploy` made? %w", paymaster, err)
		}
	}
	return signers, nil
}
