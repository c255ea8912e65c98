package bundler_test

import (
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/holiman/uint256"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/bundler"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/player"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// eoa makes an account row for an EOA that delegates to nobody, and gives it
// money, nil for none.
func (e *env) eoa(wei *big.Int) *wallet {
	e.t.Helper()
	key := e.newECDSA()
	w := &wallet{env: e, owner: key, address: crypto.PubkeyToAddress(key.PublicKey)}
	w.id = "acc_" + w.address.Hex()
	e.must(e.db.CreatePlayer(e.t.Context(), player.Player{ID: "pla_" + w.id, ProjectID: "pro_1", CreatedAt: time.Now(), UpdatedAt: time.Now()}))
	e.must(e.db.CreateAccount(e.t.Context(), account.Account{
		ID: w.id, ProjectID: "pro_1", PlayerID: "pla_" + w.id, ChainID: e.chainID, Address: w.address, Owner: userop.OwnerAt(w.address),
		Type: account.Delegated, Implementation: e.result.Account, CreatedAt: time.Now(), UpdatedAt: time.Now(),
	}))
	if wei != nil {
		e.pay(e.funder, w.address, wei)
	}
	return w
}

var ether = big.NewInt(1e18)

func (w *wallet) authorize(to common.Address, nonce uint64) types.SetCodeAuthorization {
	w.env.t.Helper()
	a, err := types.SignSetCode(w.owner, types.SetCodeAuthorization{ChainID: *uint256.NewInt(w.env.chainID), Address: to, Nonce: nonce})
	w.env.must(err)
	return a
}

// delegating is a mint whose operation brings the delegation.
func (w *wallet) delegating(nonce uint64, returning bool) intent.Queue {
	w.env.t.Helper()
	q := w.mint()
	hash, err := q.Operation.Hash(w.env.chainID, userop.EntryPoint)
	w.env.must(err)
	sig, err := crypto.Sign(hash[:], w.owner)
	w.env.must(err)
	sig[64] += 27
	q.Operation.Signature = sig
	q.Delegation = &intent.Delegation{Authorization: w.authorize(w.env.result.Account, nonce), Returning: returning}
	return q
}

// sendSetCode has the funder carry an authorization, outside the bundler.
func (e *env) sendSetCode(a types.SetCodeAuthorization) {
	e.t.Helper()
	nonce, err := e.eth.PendingNonceAt(e.t.Context(), e.funder.Address())
	e.must(err)
	tx, err := e.funder.SignTx(e.t.Context(), types.NewTx(&types.SetCodeTx{
		ChainID: uint256.NewInt(e.chainID), Nonce: nonce, To: common.HexToAddress("0xdead"), Gas: 100_000,
		GasFeeCap: uint256.NewInt(100e9), GasTipCap: uint256.NewInt(1e9), AuthList: []types.SetCodeAuthorization{a},
	}), new(big.Int).SetUint64(e.chainID))
	e.must(err)
	e.must(e.eth.SendTransaction(e.t.Context(), tx))
	e.eventually("receipt of the authorization", func() bool {
		receipt, err := e.eth.TransactionReceipt(e.t.Context(), tx.Hash())
		return err == nil && receipt.Status == types.ReceiptStatusSuccessful
	})
}

func (e *env) delegateOf(w *wallet) common.Address {
	e.t.Helper()
	delegates, err := e.chain.Delegates(e.t.Context(), []common.Address{w.address})
	e.must(err)
	return delegates[0]
}

func TestDelegate_withTheFirstOperation(t *testing.T) {
	e := newEnv(t)
	w, other := e.eoa(ether), e.wallet(true)
	first, second := e.enqueue(w, w.delegating(0, false)), e.enqueue(w, w.delegating(0, false))
	plain := e.enqueue(other, other.mint())
	ops := e.settle(e.bundler("a", e.chain), first, second, plain)
	e.wantIncluded(ops...)
	if to := e.delegateOf(w); to != e.result.Account {
		t.Errorf("the account delegates to %s, want %s", to, e.result.Account)
	}
	kinds := make([]uint8, len(ops))
	for i, op := range ops {
		tx, _, err := e.eth.TransactionByHash(t.Context(), op.Result.TxHash)
		e.must(err)
		kinds[i] = tx.Type()
	}
	if kinds[0] != types.SetCodeTxType || kinds[1] != types.DynamicFeeTxType || kinds[2] != types.DynamicFeeTxType {
		t.Errorf("transactions have types %v, want the first alone to carry the authorization", kinds)
	}
}

// The relayer is killed between saving and sending: the same bytes go out.
func TestDelegate_survivesACrash(t *testing.T) {
	e := newEnv(t)
	w := e.eoa(ether)
	op := e.enqueue(w, w.delegating(0, false))
	away := &faults{Client: e.chain, send: func([]byte, func() error) error { return errNodeAway }}
	e.must(e.bundler("a", away).Step(t.Context()))
	saved := e.live()
	if len(saved) != 1 {
		t.Fatalf("%d transactions are saved", len(saved))
	}
	e.clock.advance(time.Minute) // the lease of a has ended
	got := e.settle(e.bundler("a", e.chain), op)
	e.wantIncluded(got...)
	if got[0].Result.TxHash != saved[0].Hash {
		t.Errorf("included by %s, saved was %s", got[0].Result.TxHash, saved[0].Hash)
	}
}

// Higher fees do not lose the authorization.
func TestDelegate_stuck(t *testing.T) {
	e := newEnv(t)
	w := e.eoa(ether)
	op := e.enqueue(w, w.delegating(0, false))
	var first common.Hash // never arrives
	lossy := &faults{Client: e.chain, send: func(raw []byte, deliver func() error) error {
		hash := crypto.Keccak256Hash(raw)
		if first == (common.Hash{}) {
			first = hash
		}
		if hash == first {
			return nil
		}
		return deliver()
	}}
	b := e.bundler("a", lossy)
	e.must(b.Step(t.Context()))
	e.clock.advance(bundler.DefaultLimits.Stuck)
	got := e.settle(b, op)
	e.wantIncluded(got...)
	if got[0].Result.TxHash == first || e.delegateOf(w) != e.result.Account {
		t.Errorf("included by the first version %s, the account delegates to %s", first, e.delegateOf(w))
	}
}

func TestDelegate_void(t *testing.T) {
	for name, c := range map[string]struct {
		nonce     uint64
		returning bool
		before    func(*env, *wallet)
		want      string
	}{
		"nonce moved on":    {0, false, func(e *env, w *wallet) { e.sendSetCode(w.authorize(common.HexToAddress("0x1a"), 0)) }, "signedAuthorization is void: it is for nonce 0"},
		"delegates already": {1, true, func(e *env, w *wallet) { e.sendSetCode(w.authorize(e.result.Account, 0)) }, "delegates to"},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEnv(t)
			w := e.eoa(ether)
			op := e.enqueue(w, w.delegating(c.nonce, c.returning))
			c.before(e, w)
			got := e.settle(e.bundler("a", e.chain), op)[0]
			if got.State != bundler.Dropped || !strings.Contains(got.Reason, c.want) {
				t.Errorf("operation is %s: %q, want dropped with %q", got.State, got.Reason, c.want)
			}
			if e.relayerNonce() != 0 {
				t.Error("the relayer has sent something")
			}
		})
	}
}

// A failed transaction has installed its authorization nevertheless: the
// operation goes out again, without one.
func TestDelegate_afterAFailure(t *testing.T) {
	e := newEnv(t)
	w := e.eoa(nil)
	op := e.enqueue(w, w.delegating(0, true))
	b := e.bundler("a", &blind{faults{Client: e.chain}})
	e.eventually("failed attempt", func() bool {
		e.must(b.Step(t.Context()))
		return e.operation(op).Attempts == 1
	})
	if to := e.delegateOf(w); to != e.result.Account {
		t.Fatalf("the account delegates to %s", to)
	}
	e.pay(e.funder, w.address, ether)
	got := e.settle(e.bundler("a", e.chain), op)
	e.wantIncluded(got...)
	tx, _, err := e.eth.TransactionByHash(t.Context(), got[0].Result.TxHash)
	e.must(err)
	if tx.Type() != types.DynamicFeeTxType {
		t.Errorf("transaction has type %d", tx.Type())
	}
}
