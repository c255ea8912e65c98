package bundler_test

import (
	"fmt"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/bundler"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/paymaster"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

func TestStep_includesOperation(t *testing.T) {
	e := newEnv(t)
	b := e.bundler("a", e.chain)
	w := e.wallet(true)
	op := e.enqueue(w, w.mint())

	ops := e.settle(b, op)
	e.wantIncluded(ops...)
	result := ops[0].Result
	receipt, err := e.eth.TransactionReceipt(t.Context(), result.TxHash)
	e.must(err)
	header, err := e.eth.HeaderByHash(t.Context(), receipt.BlockHash)
	e.must(err)
	if result.BlockHash != receipt.BlockHash || result.BlockNumber != receipt.BlockNumber.Uint64() || result.BlockTime != header.Time {
		t.Errorf("result is in block %d %s at %d, receipt in %d %s at %d", result.BlockNumber, result.BlockHash, result.BlockTime, receipt.BlockNumber, receipt.BlockHash, header.Time)
	}
	if len(result.Logs) != 1 || result.Logs[0].Address != e.result.DevNFT {
		t.Errorf("operation has logs %v, want the one Transfer of %s", result.Logs, e.result.DevNFT)
	}
	if result.GasUsed.Uint64() < receipt.GasUsed || result.GasFee.Sign() <= 0 {
		t.Errorf("operation paid for %s gas (%s wei), its transaction used %d: the relayer lost", result.GasUsed, result.GasFee, receipt.GasUsed)
	}
	if live := e.live(); len(live) != 0 {
		t.Errorf("%d live transactions are left", len(live))
	}
	status := b.Status()
	if !status.Leading || status.InFlight != 0 || status.Queued != 0 || status.Paused != "" || status.Error != "" {
		t.Errorf("status after all is done: %+v", status)
	}
}

func TestStep_tellsAfterTheCommit(t *testing.T) {
	e := newEnv(t)
	b := e.bundler("a", e.chain)
	var told []string
	b.OnSettled = func(chainID uint64, op common.Hash) {
		told = append(told, fmt.Sprint(chainID, op, e.operation(op).State))
	}
	w := e.wallet(true)
	good, bad := e.enqueue(w, w.mint()), e.enqueue(w, w.badSignature())
	e.settle(b, good, bad)
	e.must(b.Step(t.Context()))
	want := []string{fmt.Sprint(e.chainID, bad, bundler.Dropped), fmt.Sprint(e.chainID, good, bundler.Included)}
	if strings.Join(told, "\n") != strings.Join(want, "\n") {
		t.Errorf("told\n%v\nwant\n%v", told, want)
	}
}

func TestStep_reportsWhatACallThrew(t *testing.T) {
	e := newEnv(t)
	w := e.wallet(true)
	// A transfer of a token that the account does not hold.
	data := bindings.NewDevToken().PackTransfer(common.HexToAddress("0xb0b"), big.NewInt(5))
	op := e.enqueue(w, w.call(userop.Nonce(1, 0), e.result.DevToken, data, nil))
	got := e.settle(e.bundler("a", e.chain), op)[0]
	if got.State != bundler.Included || got.Result.Success {
		t.Fatalf("operation is %s with %+v, want included without success", got.State, got.Result)
	}
	thrown, err := bindings.NewDevToken().UnpackError(got.Result.Revert)
	if _, ok := thrown.(*bindings.DevTokenERC20InsufficientBalance); err != nil || !ok {
		t.Errorf("operation threw %x (%T, %v), want ERC20InsufficientBalance", got.Result.Revert, thrown, err)
	}
}

func TestStep_bundlesAccountsAndLanes(t *testing.T) {
	e := newEnv(t)
	var hashes []common.Hash
	for range 3 {
		w := e.wallet(true)
		hashes = append(hashes, e.enqueue(w, w.mint()), e.enqueue(w, w.mint()))
	}
	// Two of one lane, the later one queued first.
	w := e.wallet(true)
	data := bindings.NewDevNFT().PackMint(w.address)
	hashes = append(hashes,
		e.enqueue(w, w.call(userop.Nonce(9, 1), e.result.DevNFT, data, nil)),
		e.enqueue(w, w.call(userop.Nonce(9, 0), e.result.DevNFT, data, nil)))

	ops := e.settle(e.bundler("a", e.chain), hashes...)
	e.wantIncluded(ops...)
	if n := e.relayerNonce(); n != 1 {
		t.Errorf("%d transactions for %d operations, want 1", n, len(hashes))
	}
	for _, op := range ops {
		if len(op.Result.Logs) != 1 || op.Result.Logs[0].Topics[2] != common.BytesToHash(op.Op.Sender[:]) {
			t.Errorf("operation of %s has the logs %v, want its own Transfer", op.Op.Sender, op.Result.Logs)
		}
	}
}

func TestStep_keepsBundlesSmall(t *testing.T) {
	e := newEnv(t)
	var hashes []common.Hash
	for range 5 {
		w := e.wallet(true)
		hashes = append(hashes, e.enqueue(w, w.mint()))
	}
	b := e.bundler("a", e.chain)
	b.Limits.Operations = 2
	b.Limits.InFlight = 2
	e.wantIncluded(e.settle(b, hashes...)...)
	if n := e.relayerNonce(); n != 3 {
		t.Errorf("%d transactions for 5 operations of at most 2, want 3", n)
	}
}

func TestStep_dropsWhatFitsNoTransaction(t *testing.T) {
	e := newEnv(t)
	w := e.wallet(true)
	op := e.enqueue(w, w.call(userop.Nonce(1, 0), e.result.DevNFT, nil, func(op *userop.Operation) { op.CallGasLimit = big.NewInt(20_000_000) }))
	long := e.enqueue(w, w.call(userop.Nonce(2, 0), e.result.DevNFT, make([]byte, 130_000), nil))
	e.wantDropped(e.settle(e.bundler("a", e.chain), op, long), "lower its gas limits", "bytes of calldata")
}

func TestStep_aloneSharesNoBundle(t *testing.T) {
	e := newEnv(t)
	w, other := e.wallet(true), e.wallet(true)
	first, second, third := w.mint(), w.mint(), w.mint()
	second.Alone = true
	hashes := []common.Hash{e.enqueue(w, first), e.enqueue(w, second), e.enqueue(w, third), e.enqueue(other, other.mint())}
	ops := e.settle(e.bundler("a", e.chain), hashes...)
	e.wantIncluded(ops...)
	tx := func(i int) common.Hash { return ops[i].Result.TxHash }
	if tx(0) == tx(1) || tx(1) == tx(2) {
		t.Errorf("an operation that wants to be alone is in %s, others of its sender in %s and %s", tx(1), tx(0), tx(2))
	}
	if tx(3) != tx(0) {
		t.Errorf("another account's operation is in %s, want it in the first bundle %s", tx(3), tx(0))
	}
}

func TestStep_deploysFirst(t *testing.T) {
	e := newEnv(t)
	w := e.wallet(false)
	first, second := w.mint(), w.mint()
	first.Deploy, second.Deploy = w.deployment(), w.deployment()
	ops := e.settle(e.bundler("a", e.chain), e.enqueue(w, first), e.enqueue(w, second))
	e.wantIncluded(ops...)
	if n := e.relayerNonce(); n != 2 {
		t.Errorf("%d relayer transactions, want 2: one deployment, one bundle", n)
	}
}

func TestStep_failedDeploymentDropsWithReason(t *testing.T) {
	e := newEnv(t)
	refused := e.wallet(false)
	op := refused.mint()
	op.Deploy = &intent.FactoryCall{Factory: e.result.Factory, Data: bindings.NewLatchkeyAccountFactory().PackCreateAccountWithNonce(e.funder.Address(), [32]byte{}, true)}
	// A factory call that works and makes another account.
	useless := e.wallet(false)
	another := useless.mint()
	another.Deploy = e.wallet(false).deployment()

	b := e.bundler("a", e.chain)
	e.wantDropped(e.settle(b, e.enqueue(refused, op), e.enqueue(useless, another)), "GuardianNotSupported", "left no account")
	if got := e.relayerNonce(); got != uint64(bundler.DefaultLimits.Attempts) {
		t.Errorf("relayer sent %d transactions, want %d: none for the refused call, each attempt of the other", got, bundler.DefaultLimits.Attempts)
	}
}

func TestStep_waitsForPredecessor(t *testing.T) {
	e := newEnv(t)
	w := e.wallet(true)
	first := w.mint()
	second := w.mint()
	second.After = first.Hash
	// Queued in the wrong order: the predecessor's row must exist.
	hashes := []common.Hash{e.enqueue(w, first), e.enqueue(w, second)}
	ops := e.settle(e.bundler("a", e.chain), hashes...)
	e.wantIncluded(ops...)
	if ops[0].Result.BlockNumber >= ops[1].Result.BlockNumber {
		t.Errorf("the first operation is in block %d, the one after it in %d", ops[0].Result.BlockNumber, ops[1].Result.BlockNumber)
	}
}

func TestStep_predecessorFailed(t *testing.T) {
	e := newEnv(t)
	w := e.wallet(true)
	dropped := w.badSignature()
	afterDropped := w.mint()
	afterDropped.After = dropped.Hash
	reverted := w.call(userop.Nonce(77, 0), e.result.DevToken, []byte{1, 2, 3, 4}, nil)
	afterReverted := w.mint()
	afterReverted.After = reverted.Hash
	e.enqueue(w, dropped)
	e.enqueue(w, reverted)
	ops := e.settle(e.bundler("a", e.chain), e.enqueue(w, afterDropped), e.enqueue(w, afterReverted))
	e.wantDropped(ops, "was dropped: EntryPoint refused it: AA24", "failed on chain in transaction")
}

func TestStep_badOperationSparesOthers(t *testing.T) {
	e := newEnv(t)
	w, poor := e.wallet(true), e.wallet(true)
	expensive := poor.call(userop.Nonce(1, 0), e.result.DevNFT, bindings.NewDevNFT().PackMint(poor.address), func(op *userop.Operation) {
		op.PreVerificationGas = new(big.Int).Exp(big.NewInt(10), big.NewInt(17), nil) // far beyond its money
	})
	used := w.call(userop.Nonce(5, 0), e.result.DevNFT, bindings.NewDevNFT().PackMint(w.address), nil)
	usedAgain := w.call(userop.Nonce(5, 0), e.result.DevNFT, bindings.NewDevNFT().PackMint(poor.address), nil)
	good := []common.Hash{e.enqueue(w, w.mint()), e.enqueue(w, used), e.enqueue(poor, poor.mint())}
	bad := []common.Hash{e.enqueue(w, w.badSignature()), e.enqueue(poor, expensive), e.enqueue(w, usedAgain)}
	b := e.bundler("a", e.chain)
	e.wantIncluded(e.settle(b, good...)...)
	e.wantDropped(e.settle(b, bad...), "AA24 signature error: the account does not accept the signature", "AA21", "another operation of the account used its nonce")
	if n := e.relayerNonce(); n != 1 {
		t.Errorf("%d relayer transactions, want 1", n)
	}
}

func TestStep_accountsReasonIsInWords(t *testing.T) {
	e := newEnv(t)
	w := e.wallet(true)
	q := w.mint()
	q.Operation.Signature = []byte{0xff, 1, 2} // an unknown mode: the account throws
	e.wantDropped(e.settle(e.bundler("a", e.chain), e.enqueue(w, q)), "AA23 reverted: the account refused it: SignatureMalformed")
}

func TestStep_unfundedRelayerPauses(t *testing.T) {
	e := newEnv(t)
	balance, err := e.chain.Balance(t.Context(), e.relayer.Address())
	e.must(err)
	w := e.wallet(true)
	op := e.enqueue(w, w.mint())
	e.pay(e.relayer, e.funder.Address(), new(big.Int).Sub(balance, big.NewInt(1e16)))
	rest, err := e.chain.Balance(t.Context(), e.relayer.Address())
	e.must(err)
	e.drain(rest)

	b := e.bundler("a", e.chain)
	e.must(b.Step(t.Context()))
	if paused := b.Status().Paused; !strings.Contains(paused, e.relayer.Address().Hex()) || !strings.Contains(paused, "send it funds") {
		t.Errorf("status says %q, want who needs funds", paused)
	}
	if got := e.operation(op); got.State != bundler.Queued || len(e.live()) != 0 {
		t.Errorf("operation is %s with %d transactions, want it queued with none", got.State, len(e.live()))
	}
	e.pay(e.funder, e.relayer.Address(), big.NewInt(1e18))
	e.wantIncluded(e.settle(b, op)...)
	if paused := b.Status().Paused; paused != "" {
		t.Errorf("still paused after funds came: %s", paused)
	}
}

func TestStep_emptyPaymasterHoldsOperation(t *testing.T) {
	e := newEnv(t)
	w := e.wallet(true)
	sponsor := paymaster.New(e.chainID, e.result.Paymaster, e.funder)
	now, err := e.chain.Time(t.Context())
	e.must(err)
	sponsored := w.call(userop.Nonce(50, 0), e.result.DevNFT, bindings.NewDevNFT().PackMint(w.address), func(op *userop.Operation) {
		e.must(sponsor.Sponsor(t.Context(), op, now-60, now+3600))
	})
	held, paid := e.enqueue(w, sponsored), e.enqueue(w, w.mint())
	b := e.bundler("a", e.chain)
	e.wantIncluded(e.settle(b, paid)...)
	e.must(b.Step(t.Context()))
	if got := e.operation(held); got.State != bundler.Queued || !strings.Contains(b.Status().Held, e.result.Paymaster.Hex()) {
		t.Errorf("operation is %s (%s), status holds %q; want it queued until the paymaster has a deposit", got.State, got.Reason, b.Status().Held)
	}
	e.transact(e.funder, userop.EntryPoint, big.NewInt(1e18), bindings.NewEntryPoint().PackDepositTo(e.result.Paymaster))
	e.wantIncluded(e.settle(b, held)...)
}

func TestStep_waitsForBaseFeeWithPatience(t *testing.T) {
	e := newEnv(t)
	w := e.wallet(true)
	cheap := w.call(userop.Nonce(1, 0), e.result.DevNFT, nil, func(op *userop.Operation) {
		op.MaxFeePerGas, op.MaxPriorityFeePerGas = big.NewInt(1), big.NewInt(1)
	})
	op := e.enqueue(w, cheap)
	b := e.bundler("a", e.chain)
	e.must(b.Step(t.Context()))
	if got := e.operation(op); got.State != bundler.Queued || !strings.Contains(b.Status().Held, "below the base fee") {
		t.Errorf("operation is %s, status holds %q; want it queued for a lower base fee", got.State, b.Status().Held)
	}
	e.clock.advance(bundler.DefaultLimits.Patience + 1)
	e.wantDropped(e.settle(b, op), "given up after 30m0s: its maxFeePerGas 1 is below the base fee")
}

func TestPause_growsWithTheWait(t *testing.T) {
	e := newEnv(t)
	on := &faults{Client: e.chain, send: func([]byte, func() error) error { return nil }}
	b := e.bundler("a", on)
	b.Limits.Poll, b.Limits.Idle = time.Minute, time.Hour
	want := func(what string, pause time.Duration) {
		t.Helper()
		if got := b.Pause().Truncate(time.Minute); got != pause {
			t.Errorf("pause %s is %s, want %s", what, got, pause)
		}
	}
	e.must(b.Step(t.Context()))
	want("without work", time.Hour)
	w := e.wallet(true)
	op := e.enqueue(w, w.mint())
	e.must(b.Step(t.Context()))
	want("after a broadcast", time.Minute)
	e.clock.advance(80 * time.Minute)
	want("80 minutes later", 10*time.Minute)
	e.clock.advance(24 * time.Hour)
	want("a day later", time.Hour)
	on.set(func(f *faults) { f.send = nil })
	e.settle(b, op)
	want("when all is done", time.Hour)
}

func TestStep_manyAtOnce(t *testing.T) {
	e := newEnv(t)
	b := e.bundler("a", e.chain)
	b.Limits.Operations = 4
	wallets := []*wallet{e.wallet(true), e.wallet(true), e.wallet(true)}
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					if err := b.Step(t.Context()); err != nil {
						t.Error(err)
						return
					}
				}
			}
		})
	}
	var hashes []common.Hash
	for range 10 {
		for _, w := range wallets {
			hashes = append(hashes, e.enqueue(w, w.mint()))
		}
	}
	ops := e.settle(b, hashes...)
	close(stop)
	wg.Wait()
	e.wantIncluded(ops...)
}

// badSignature is an operation signed by a stranger.
func (w *wallet) badSignature() intent.Queue {
	w.env.t.Helper()
	stranger := *w
	stranger.owner = w.env.newECDSA()
	w.lane++
	return stranger.call(userop.Nonce(w.lane, 0), w.env.result.DevNFT, bindings.NewDevNFT().PackMint(w.address), nil)
}

// wantDropped fails unless the operations were dropped, each for a reason that
// holds the words given at its place, and none is on chain.
func (e *env) wantDropped(ops []bundler.Operation, reasons ...string) {
	e.t.Helper()
	for i, op := range ops {
		if op.State != bundler.Dropped || !strings.Contains(op.Reason, reasons[i]) {
			e.t.Errorf("operation %d is %s with reason %q, want it dropped: %s", i, op.State, op.Reason, reasons[i])
		}
		if n := e.inclusions(op.Hash); n != 0 {
			e.t.Errorf("dropped operation %d is %d times on chain", i, n)
		}
	}
}

// drain sends the relayer's last money away, all but dust.
func (e *env) drain(rest *big.Int) {
	e.t.Helper()
	ctx := e.t.Context()
	header, err := e.eth.HeaderByNumber(ctx, nil)
	e.must(err)
	price := new(big.Int).Mul(header.BaseFee, big.NewInt(2))
	value := new(big.Int).Sub(rest, new(big.Int).Mul(price, big.NewInt(21_000)))
	nonce, err := e.eth.NonceAt(ctx, e.relayer.Address(), nil)
	e.must(err)
	to := e.funder.Address()
	signed, err := e.relayer.SignTx(ctx, types.NewTx(&types.LegacyTx{Nonce: nonce, GasPrice: price, Gas: 21_000, To: &to, Value: value}), new(big.Int).SetUint64(e.chainID))
	e.must(err)
	e.must(e.eth.SendTransaction(ctx, signed))
	e.eventually("drained relayer", func() bool {
		receipt, err := e.eth.TransactionReceipt(ctx, signed.Hash())
		return err == nil && receipt.Status == types.ReceiptStatusSuccessful
	})
}
