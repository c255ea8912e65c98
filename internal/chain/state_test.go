package chain_test

import (
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/chain"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

func (w *world) account(address common.Address) chain.Account {
	w.Helper()
	state, err := w.client.Account(w.Context(), address)
	w.must(err)
	return state
}

// byOwner mines an operation of the account that its owner has signed.
func (w *world) byOwner(h home, callData []byte) {
	w.Helper()
	op := w.operation(h, callData)
	w.ownerSign(&op, h)
	w.included(w.handle(op))
}

func TestAccountOfAProxy(t *testing.T) {
	w := newWorld(t)
	if got, want := w.account(w.counterfactual("alice").address), (chain.Account{}); got != want {
		t.Errorf("before deployment: %+v", got)
	}
	alice := w.proxy("alice")
	if got, want := w.account(alice.address), (chain.Account{Deployed: true, Owner: userop.OwnerAt(alice.owner.Address())}); got != want {
		t.Errorf("after deployment: %+v, want %+v", got, want)
	}
	newOwner := key(t, "alice's second key")
	w.byOwner(alice, bindings.NewLatchkeyAccount().PackRevokeAllSessions())
	w.byOwner(alice, bindings.NewLatchkeyAccount().PackChangeOwner(newOwner.Address()))
	if got, want := w.account(alice.address), (chain.Account{Deployed: true, Owner: userop.OwnerAt(newOwner.Address()), Epoch: 2}); got != want {
		t.Errorf("after revoke all and a change of owner: %+v, want %+v", got, want)
	}
	if epoch, err := w.client.Epoch(t.Context(), alice.address); err != nil || epoch != 2 {
		t.Errorf("epoch %d, %v", epoch, err)
	}
}

func TestAccountOfADelegatedEOA(t *testing.T) {
	w := newWorld(t)
	bob := w.delegated("bob")
	want := chain.Account{Deployed: true, Delegate: bindings.AccountImplementation(), Owner: userop.OwnerAt(bob.address)}
	if got := w.account(bob.address); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestSessionWords(t *testing.T) {
	w := newWorld(t)
	alice := w.proxy("alice")
	used, revoked, unknown := w.session(alice, "used"), w.session(alice, "revoked"), w.session(alice, "unknown")
	w.register(alice, used)
	w.register(alice, revoked)
	w.byOwner(alice, userop.RevokeSession(revoked.id))
	op := w.operation(alice, w.mint(alice.address))
	w.sessionSign(&op, used, userop.PersonalSign)
	w.included(w.handle(op))

	words, err := w.client.SessionWords(t.Context(), alice.address, []common.Hash{used.id, revoked.id, unknown.id})
	w.must(err)
	const active, closed = 1, 2
	charged := new(big.Int).Lsh(op.RequiredPrefund(), 56)
	want := []*big.Int{charged.Add(charged, big.NewInt(active|1<<8)), big.NewInt(closed), new(big.Int)}
	for i := range want {
		if words[i].Cmp(want[i]) != 0 {
			t.Errorf("word %d: %x, want %x", i, words[i], want[i])
		}
	}
	if words, err := w.client.SessionWords(t.Context(), alice.address, nil); err != nil || len(words) != 0 {
		t.Errorf("no sessions: %v, %v", words, err)
	}
}

func TestSequenceCountsEachLaneByItself(t *testing.T) {
	w := newWorld(t)
	alice := w.proxy("alice")
	w.byOwner(alice, w.mint(alice.address))
	w.byOwner(alice, w.mint(alice.address))
	op := w.operation(alice, w.mint(alice.address))
	op.Nonce = userop.Nonce(7, 0)
	w.ownerSign(&op, alice)
	w.included(w.handle(op))
	for lane, want := range map[uint64]uint64{0: 2, 7: 1, 8: 0} {
		got, err := w.client.Sequence(t.Context(), alice.address, lane)
		if err != nil || got != want {
			t.Errorf("lane %d: %d, %v, want %d", lane, got, err, want)
		}
	}
}

func TestMoney(t *testing.T) {
	w := newWorld(t)
	account := common.HexToAddress("0xacc0")
	w.succeed(w.send(account, big.NewInt(5), nil))
	w.succeed(w.send(userop.EntryPoint, big.NewInt(7), bindings.NewEntryPoint().PackDepositTo(account)))
	for name, c := range map[string]struct {
		got  func() (*big.Int, error)
		want int64
	}{
		"balance": {func() (*big.Int, error) { return w.client.Balance(t.Context(), account) }, 5},
		"deposit": {func() (*big.Int, error) { return w.client.Deposit(t.Context(), account) }, 7},
		"funds":   {func() (*big.Int, error) { return w.client.Funds(t.Context(), account) }, 12},
	} {
		if got, err := c.got(); err != nil || got.Int64() != c.want {
			t.Errorf("%s: %v, %v, want %d", name, got, err, c.want)
		}
	}
}

func TestHeadAndBlocks(t *testing.T) {
	w := newWorld(t)
	receipt := w.send(common.Address{1}, nil, nil)
	head, err := w.client.Head(t.Context())
	w.must(err)
	if head.Number != receipt.BlockNumber.Uint64() || head.Hash != receipt.BlockHash || head.BaseFee.Sign() <= 0 {
		t.Errorf("head %+v, the receipt is of block %d, %s", head, receipt.BlockNumber, receipt.BlockHash)
	}
	hash, err := w.client.BlockHash(t.Context(), head.Number)
	if err != nil || hash != head.Hash {
		t.Errorf("hash of block %d: %s, %v", head.Number, hash, err)
	}
	block, err := w.client.Block(t.Context(), head.Number+1)
	if err != nil || block != nil {
		t.Errorf("a block above the head: %+v, %v", block, err)
	}
	if hash, err := w.client.BlockHash(t.Context(), head.Number+1); err != nil || hash != (common.Hash{}) {
		t.Errorf("hash of a block above the head: %s, %v", hash, err)
	}
}

func TestTimeIsTheLaterOfHeadAndClock(t *testing.T) {
	w := newWorld(t)
	head, err := w.client.Head(t.Context())
	w.must(err)
	for _, c := range []struct{ clock, want uint64 }{
		{head.Time + 500, head.Time + 500}, // no block for a while
		{head.Time - 500, head.Time},       // the chain is ahead
	} {
		w.client.Now = func() time.Time { return time.Unix(int64(c.clock), 0) }
		if got, err := w.client.Time(t.Context()); err != nil || got != c.want {
			t.Errorf("clock at %d, head at %d: time %d, %v, want %d", c.clock, head.Time, got, err, c.want)
		}
	}
}

func TestFeesLeaveRoomForTheBaseFee(t *testing.T) {
	w := newWorld(t)
	head, err := w.client.Head(t.Context())
	w.must(err)
	maxFee, maxPriority, err := w.client.Fees(t.Context())
	w.must(err)
	want := new(big.Int).Add(new(big.Int).Lsh(head.BaseFee, 1), maxPriority)
	if maxFee.Cmp(want) != 0 || maxPriority.Cmp(big.NewInt(1e6)) < 0 {
		t.Errorf("fees %d and %d over a base fee of %d", maxFee, maxPriority, head.BaseFee)
	}
}

func TestReceiptOfAnUnknownTransaction(t *testing.T) {
	w := newWorld(t)
	if receipt, err := w.client.Receipt(t.Context(), common.Hash{1}); err != nil || receipt != nil {
		t.Errorf("got %v, %v, want neither", receipt, err)
	}
}

// A node may show a receipt a moment before the state that reads see. The gate
// makes that moment last.
func TestReceiptCountsOnceItsBlockIsTheHead(t *testing.T) {
	w := newWorld(t)
	mined := w.send(common.Address{1}, nil, nil)
	late := newGate(t, w.node.URL())
	late.rewrite = func(body string) string {
		return strings.ReplaceAll(body, hexutil.EncodeBig(mined.BlockNumber)+`"}]`, hexutil.EncodeUint64(mined.BlockNumber.Uint64()-1)+`"}]`)
	}
	client := dial(t, late.URL)
	if receipt, err := client.Receipt(t.Context(), mined.TxHash); err != nil || receipt != nil {
		t.Errorf("while the head is the block before: %v, %v, want neither", receipt, err)
	}
	late.rewrite = nil
	if receipt, err := client.Receipt(t.Context(), mined.TxHash); err != nil || receipt == nil {
		t.Errorf("after that: %v, %v", receipt, err)
	}
}

func TestNonces(t *testing.T) {
	w := newWorld(t)
	latest, err := w.client.LatestNonce(t.Context(), w.bundler.Address())
	w.must(err)
	waiting := w.signed(w.bundler, &types.DynamicFeeTx{To: &common.Address{1}, Gas: 21_000, GasFeeCap: big.NewInt(1), GasTipCap: big.NewInt(1)})
	raw, err := waiting.MarshalBinary()
	w.must(err)
	w.must(w.client.SendRaw(t.Context(), raw))
	if got, err := w.client.LatestNonce(t.Context(), w.bundler.Address()); err != nil || got != latest {
		t.Errorf("latest nonce %d, %v, want %d", got, err, latest)
	}
	if got, err := w.client.PendingNonce(t.Context(), w.bundler.Address()); err != nil || got != latest+1 {
		t.Errorf("pending nonce %d, %v, want %d", got, err, latest+1)
	}
}
