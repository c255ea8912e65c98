package chain_test

import (
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/chain"
	"github.com/latchkey-dev/latchkey/internal/signer"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

func (w *world) raw(from *signer.Local, nonce uint64, feeCap, value int64) []byte {
	w.Helper()
	id := new(big.Int).SetUint64(w.client.ChainID())
	tx, err := from.SignTx(w.Context(), types.NewTx(&types.DynamicFeeTx{
		ChainID: id, Nonce: nonce, To: &common.Address{1}, Value: big.NewInt(value), Gas: 21_000,
		GasFeeCap: big.NewInt(feeCap), GasTipCap: big.NewInt(min(feeCap, 1e9)),
	}), id)
	w.must(err)
	raw, err := tx.MarshalBinary()
	w.must(err)
	return raw
}

func TestSendRaw(t *testing.T) {
	w := newWorld(t)
	nonce, err := w.client.LatestNonce(t.Context(), w.bundler.Address())
	w.must(err)

	const belowBaseFee, plenty = 10, 100e9
	waits := w.raw(w.bundler, nonce, belowBaseFee, 0)
	for range 2 { // the second time the node knows it
		w.must(w.client.SendRaw(t.Context(), waits))
	}
	if err := w.client.SendRaw(t.Context(), w.raw(w.bundler, nonce, belowBaseFee, 1)); !errors.Is(err, chain.ErrUnderpriced) {
		t.Errorf("replacement at the same price: %v", err)
	}
	w.must(w.client.SendRaw(t.Context(), w.raw(w.bundler, nonce, plenty, 1)))
	// Until the pool has seen the block, the mined one is still to be replaced.
	for deadline := time.Now().Add(5 * time.Second); ; {
		err := w.client.SendRaw(t.Context(), waits)
		if errors.Is(err, chain.ErrNonceTooLow) {
			break
		}
		if !errors.Is(err, chain.ErrUnderpriced) || time.Now().After(deadline) {
			t.Fatalf("a nonce that is used: %v", err)
		}
	}
	if err := w.client.SendRaw(t.Context(), w.raw(key(t, "poor"), 0, plenty, 1)); !errors.Is(err, chain.ErrInsufficientFunds) {
		t.Errorf("a sender without money: %v", err)
	}
	err = w.client.SendRaw(t.Context(), []byte{1, 2, 3})
	if err == nil || errors.Is(err, chain.ErrUnavailable) || !strings.Contains(err.Error(), "send transaction 0x") {
		t.Errorf("garbage: %v", err)
	}
}

func TestReverts(t *testing.T) {
	w := newWorld(t)
	alice, stranger := w.proxy("alice"), key(t, "stranger").Address()
	revokeAll := bindings.NewLatchkeyAccount().PackRevokeAllSessions()
	for name, attempt := range map[string]func() error{
		"call": func() error {
			_, err := w.client.Call(t.Context(), stranger, alice.address, revokeAll)
			return err
		},
		"gas estimate": func() error {
			_, err := w.client.EstimateGas(t.Context(), ethereum.CallMsg{From: stranger, To: &alice.address, Data: revokeAll})
			return err
		},
	} {
		err := attempt()
		revert, ok := errors.AsType[*chain.RevertError](err)
		if !ok {
			t.Errorf("%s: %v is no revert", name, err)
			continue
		}
		if decoded, _ := chain.DecodeRevert(revert.Data); decoded != "NotAuthorized" {
			t.Errorf("%s: reverted with %q (%v)", name, decoded, err)
		}
		if !strings.Contains(err.Error(), "NotAuthorized(caller "+stranger.Hex()+")") {
			t.Errorf("%s: %v does not say who was refused", name, err)
		}
	}
}

func TestBundleThatEntryPointRefuses(t *testing.T) {
	w := newWorld(t)
	alice := w.proxy("alice")
	s := w.session(alice, "minter")
	w.register(alice, s)
	callData, err := userop.ExecuteCall(bindings.DevTokenAddress(), nil, bindings.NewDevToken().PackMint(alice.address, big.NewInt(1)))
	w.must(err)
	outside := w.operation(alice, callData)
	w.sessionSign(&outside, s, userop.PersonalSign)
	forged := w.operation(alice, w.mint(alice.address))
	w.ownerSign(&forged, alice)
	forged.CallGasLimit = big.NewInt(500_000) // not what was signed
	for _, c := range []struct {
		what, name, text string
		op               userop.Operation
	}{
		{"a call outside the session", "CallNotAllowed", "AA23 reverted: CallNotAllowed(target " + bindings.DevTokenAddress().Hex() + ", selector 0x40c10f19): the session's permission", outside},
		{"a signature over something else", "FailedOp", "AA24 signature error", forged},
	} {
		_, err := w.client.Call(t.Context(), w.bundler.Address(), userop.EntryPoint, w.handleOps(c.op))
		revert, ok := errors.AsType[*chain.RevertError](err)
		if !ok {
			t.Errorf("%s: %v is no revert", c.what, err)
			continue
		}
		name, text := chain.DecodeRevert(revert.Data)
		if name != c.name || !strings.HasPrefix(text, c.text) {
			t.Errorf("%s: %s, %q; want %s, %q", c.what, name, text, c.name, c.text)
		}
	}
}

func TestEstimateGasOfABundle(t *testing.T) {
	w := newWorld(t)
	alice := w.proxy("alice")
	op := w.operation(alice, w.mint(alice.address))
	w.ownerSign(&op, alice)
	to := userop.EntryPoint
	gas, err := w.client.EstimateGas(t.Context(), ethereum.CallMsg{From: w.bundler.Address(), To: &to, Data: w.handleOps(op)})
	w.must(err)
	receipt := w.handle(op)
	w.included(receipt)
	if gas < receipt.GasUsed || gas > 2_000_000 {
		t.Errorf("estimated %d gas, used %d", gas, receipt.GasUsed)
	}
}
