package server_test

import (
	"context"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/deploy"
	"github.com/latchkey-dev/latchkey/internal/server"
	"github.com/latchkey-dev/latchkey/internal/signer"
)

// stop ends the running server, so that another can have its database.
func (w *world) stop() {
	w.t.Helper()
	w.must(w.server.Close(context.Background()))
}

// refusesToStart fails the test unless the configuration is refused with text.
func (w *world) refusesToStart(text string) {
	w.t.Helper()
	s, err := server.Start(w.t.Context(), w.config)
	if err == nil {
		w.must(s.Close(context.Background()))
	}
	refused(w.t, err, text)
}

// transact has a key call a contract.
func (w *world) transact(key *signer.Local, to common.Address, data []byte) {
	w.t.Helper()
	client, chainID := ethclient.NewClient(w.node.RPC()), new(big.Int).SetUint64(w.server.ChainID())
	nonce, err := client.PendingNonceAt(w.t.Context(), key.Address())
	w.must(err)
	tx, err := key.SignTx(w.t.Context(), types.NewTx(&types.DynamicFeeTx{
		ChainID: chainID, Nonce: nonce, To: &to, Data: data, Gas: 200_000, GasTipCap: big.NewInt(1e9), GasFeeCap: big.NewInt(100e9),
	}), chainID)
	w.must(err)
	w.must(client.SendTransaction(w.t.Context(), tx))
	w.eventually("call is mined", func() bool {
		receipt, err := client.TransactionReceipt(w.t.Context(), tx.Hash())
		return err == nil && receipt.Status == 1
	})
}

// A session outlives the keys of the server: it names its paymaster on chain.
func TestKeys_areReplaced(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	paymaster := bindings.PaymasterAddress(w.relayer.Address(), w.relayer.Address())
	key := newKey(t)
	w.grant(w.terms(key))
	mint := func() {
		t.Helper()
		in := w.intend(w.mint())
		if in.Operation.Paymaster != paymaster {
			t.Fatalf("operation is sponsored by %s, the session names %s", in.Operation.Paymaster, paymaster)
		}
		w.succeed(in, w.personal(key, in.OperationHash))
	}
	mint()

	// Another relayer, and the signer that the paymaster knows.
	w.stop()
	w.config.Relayer, w.config.PaymasterSigner = newKey(t), w.relayer
	w.pay(w.config.Relayer.Address(), ether)
	w.start()
	mint()

	// Another signer: first on chain, then here.
	w.stop()
	w.config.PaymasterSigner = newKey(t)
	w.refusesToStart("setSigner(1, " + w.config.PaymasterSigner.Address().Hex() + ")")
	w.transact(w.relayer, paymaster, bindings.NewLatchkeyPaymaster().PackSetSigner(big.NewInt(1), w.config.PaymasterSigner.Address()))
	w.start()
	mint()
	if n := w.tokens(); n != 3 {
		t.Fatalf("account has %d tokens, want 3", n)
	}
}

func TestPaymaster_isNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin, sign := newKey(t), newKey(t)
	w.pay(admin.Address(), new(big.Int).Mul(ether, big.NewInt(10)))
	made, err := deploy.Run(t.Context(), ethclient.NewClient(w.node.RPC()), admin, deploy.Options{PaymasterSigner: sign.Address(), Deposit: ether})
	w.must(err)
	w.stop()

	w.config.PaymasterSigner, w.config.Paymaster = sign, made.Paymaster
	w.start()
	if in := w.intend(w.mint()); in.Operation.Paymaster != made.Paymaster {
		t.Fatalf("operation is sponsored by %s, want the one that was named, %s", in.Operation.Paymaster, made.Paymaster)
	}
	w.stop()
	w.config.Paymaster = common.Address{} // known by now
	w.start()
	in := w.intend(w.mint())
	w.succeed(in, w.personal(w.owner, in.OperationHash))
	if in.Operation.Paymaster != made.Paymaster {
		t.Fatalf("after a restart operations are sponsored by %s, want %s", in.Operation.Paymaster, made.Paymaster)
	}
	w.stop()

	w.config.Paymaster = common.HexToAddress("0xdead")
	w.refusesToStart("has no paymaster at " + w.config.Paymaster.Hex())
	w.config.Paymaster = made.EntryPoint
	w.refusesToStart("is it a paymaster that `latchkey deploy` made?")
	w.config.Paymaster, w.config.PaymasterSigner = made.Paymaster, w.relayer
	w.refusesToStart("its signers are " + sign.Address().Hex())
}
