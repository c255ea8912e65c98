package storetest

import (
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/bundler"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/intent"
)

const chainID = 80002

// queue queues n operations of a new account and answers them in order.
func (s suite) queue(n int) []bundler.Operation {
	s.Helper()
	a := s.newAccount(50)
	for lane := range uint64(n) {
		in := s.intentOf(a, lane)
		s.must(s.db.OpenIntent(s.ctx, in, account.Account{}, nil, nil))
		value(s.db.ChangeIntent(s.ctx, in.ID, func(c *intent.Change) error {
			c.Intent.Status = intent.Signed
			c.Queue = &intent.Queue{Operation: in.Operation, Hash: in.OperationHash, ChainID: in.ChainID}
			return nil
		}))(s)
	}
	ops := value(s.db.QueuedOperations(s.ctx, chainID, n+1))(s)
	if len(ops) != n {
		s.Fatalf("%d operations are queued, want %d", len(ops), n)
	}
	return ops
}

func (s suite) lease(owner string, ttl time.Duration) bundler.Lease {
	s.Helper()
	l, ok, err := s.db.AcquireLease(s.ctx, chainID, address(1), owner, ttl)
	s.must(err)
	if !ok {
		s.Fatalf("%s does not get the lease", owner)
	}
	return l
}

func operationRoundTrip(s suite) {
	ops := s.queue(3)
	for i, op := range ops { // in order of arrival
		if op.Hash != hash(byte(i)) || op.State != bundler.Queued {
			s.Errorf("operation %d is %s in state %s", i, op.Hash, op.State)
		}
	}
	same(s, value(s.db.QueuedOperations(s.ctx, chainID, 2))(s), ops[:2])
	same(s, value(s.db.QueuedOperations(s.ctx, 1, 2))(s), nil)
	same(s, value(s.db.Operation(s.ctx, chainID, hash(1)))(s), ops[1])
	_, err := s.db.Operation(s.ctx, 1, hash(1))
	s.wantFault(err, fault.NotFound)

	result := bundler.Result(outcomeOf())
	op := ops[1]
	op.State, op.Result, op.Reason, op.Attempts, op.UpdatedAt = bundler.Included, &result, "by another bundler", 3, moment(41)
	s.must(s.db.SettleOperation(s.ctx, s.lease("a", time.Minute), op))
	same(s, value(s.db.Operation(s.ctx, chainID, hash(1)))(s), op)
	same(s, value(s.db.QueuedOperations(s.ctx, chainID, 9))(s), []bundler.Operation{ops[0], ops[2]})
}

func operationOutcome(s suite) {
	ops, l := s.queue(3), s.lease("a", time.Minute)
	check := func(op bundler.Operation, wantOut *intent.Outcome, wantFailure *intent.Failure, wantSent bool) {
		s.Helper()
		out, failure, sent, err := s.db.OperationOutcome(s.ctx, chainID, op.Hash)
		s.must(err)
		same(s, out, wantOut)
		same(s, failure, wantFailure)
		if sent != wantSent {
			s.Errorf("sent is %t, want %t", sent, wantSent)
		}
	}
	check(ops[0], nil, nil, false)
	tx := value(s.db.SaveTransaction(s.ctx, l, s.transactionOf(1, ops[0])))(s)
	check(ops[0], nil, nil, true)

	out := outcomeOf()
	result := bundler.Result(out)
	ops[0].State, ops[0].Result = bundler.Included, &result
	tx.State = bundler.TxMined
	s.must(s.db.FinishTransaction(s.ctx, l, tx, ops[:1]))
	check(ops[0], &out, nil, true)

	ops[1].State, ops[1].Reason = bundler.Dropped, "AA23 reverted"
	s.must(s.db.SettleOperation(s.ctx, l, ops[1]))
	check(ops[1], nil, &intent.Failure{Reason: "AA23 reverted"}, false)

	_, _, _, err := s.db.OperationOutcome(s.ctx, chainID, hash(99))
	s.wantFault(err, fault.NotFound)
}

func operationsSettle(s suite) {
	ops, l := s.queue(2), s.lease("a", time.Minute)
	value(s.db.SaveTransaction(s.ctx, l, s.transactionOf(1, ops[0])))(s)
	for i, want := range []bundler.State{bundler.Bundled, bundler.Dropped} {
		ops[i].State, ops[i].Reason = bundler.Dropped, "no"
		err := s.db.SettleOperation(s.ctx, l, ops[i])
		if want == bundler.Bundled {
			s.wantFault(err, fault.Conflict) // it is in a transaction that may be mined
		} else {
			s.must(err)
		}
		if got := value(s.db.Operation(s.ctx, chainID, ops[i].Hash))(s); got.State != want {
			s.Errorf("operation %d is %s, want %s", i, got.State, want)
		}
	}
	ops[0].Hash = hash(99)
	s.wantFault(s.db.SettleOperation(s.ctx, l, ops[0]), fault.NotFound)
}

func lease(s suite) {
	first := s.lease("a", time.Minute)
	if first.Epoch != 1 || first.Owner != "a" || first.Relayer != address(1) || first.ChainID != chainID {
		s.Errorf("lease is %+v", first)
	}
	if left := time.Until(first.ExpiresAt); left < 50*time.Second || left > 70*time.Second {
		s.Errorf("lease of a minute ends in %s", left)
	}
	if _, ok, err := s.db.AcquireLease(s.ctx, chainID, address(1), "b", time.Minute); ok || err != nil {
		s.Errorf("b gets a's lease: %t, %v", ok, err)
	}
	renewed := s.lease("a", 2*time.Minute)
	if renewed.Epoch != 1 || !renewed.ExpiresAt.After(first.ExpiresAt) {
		s.Errorf("renewed lease is %+v", renewed)
	}
	// Other keys and chains are other leases.
	for _, l := range []bundler.Lease{{ChainID: chainID, Relayer: address(2)}, {ChainID: 1, Relayer: address(1)}} {
		if _, ok, err := s.db.AcquireLease(s.ctx, l.ChainID, l.Relayer, "b", time.Minute); !ok || err != nil {
			s.Errorf("b does not get %+v: %v", l, err)
		}
	}

	s.lease("a", -time.Second) // expired at once
	taken := s.lease("b", time.Minute)
	if taken.Epoch != 2 {
		s.Errorf("epoch is %d after a new owner, want 2", taken.Epoch)
	}
	s.must(s.db.ReleaseLease(s.ctx, first)) // lost already: changes nothing
	if _, ok, err := s.db.AcquireLease(s.ctx, chainID, address(1), "c", time.Minute); ok || err != nil {
		s.Errorf("c gets b's lease: %t, %v", ok, err)
	}
	s.must(s.db.ReleaseLease(s.ctx, taken))
	if again := s.lease("b", time.Minute); again.Epoch != 3 {
		s.Errorf("epoch is %d after a release, want 3", again.Epoch)
	}
}

func leaseRace(s suite) {
	s.lease("before", -time.Second)
	var won atomic.Int32
	race(func(i int) {
		l, ok, err := s.db.AcquireLease(s.ctx, chainID, address(1), string(rune('a'+i)), time.Minute)
		if err != nil {
			s.Error(err)
		}
		if ok {
			won.Add(1)
			if l.Epoch != 2 {
				s.Errorf("epoch is %d, want 2", l.Epoch)
			}
		}
	})
	if won.Load() != 1 {
		s.Errorf("%d processes got the lease", won.Load())
	}
}

func leaseFences(s suite) {
	ops := s.queue(2)
	old := s.lease("a", time.Minute)
	tx := value(s.db.SaveTransaction(s.ctx, old, s.transactionOf(1, ops[0])))(s)
	s.lease("a", -time.Second)
	value(s.db.SaveTransaction(s.ctx, old, s.transactionOf(2)))(s) // expired, but nobody took it
	s.lease("b", -time.Second)
	s.lease("a", time.Minute) // the same name, but another epoch

	_, err := s.db.SaveTransaction(s.ctx, old, s.transactionOf(3, ops[1]))
	s.wantError(err, bundler.ErrLeaseLost)
	tx.State = bundler.TxFinal
	s.wantError(s.db.FinishTransaction(s.ctx, old, tx, nil), bundler.ErrLeaseLost)
	ops[1].State = bundler.Dropped
	s.wantError(s.db.SettleOperation(s.ctx, old, ops[1]), bundler.ErrLeaseLost)
	s.wantError(s.db.SettleOperation(s.ctx, bundler.Lease{ChainID: chainID, Relayer: address(9)}, ops[1]), bundler.ErrLeaseLost)

	if got := value(s.db.LiveTransactions(s.ctx, chainID))(s); len(got) != 2 {
		s.Errorf("%d live transactions, want 2", len(got))
	}
	if got := value(s.db.Operation(s.ctx, chainID, ops[1].Hash))(s); got.State != bundler.Queued {
		s.Errorf("operation is %s, want queued", got.State)
	}
}

func (s suite) transactionOf(nonce uint64, ops ...bundler.Operation) bundler.Transaction {
	t := bundler.Transaction{
		ChainID: chainID, Relayer: address(1), Nonce: nonce, Raw: []byte{2, 0, byte(nonce)}, Hash: hash(byte(100 + nonce)),
		State: bundler.TxSigned, CreatedAt: moment(45), UpdatedAt: moment(46),
	}
	for _, op := range ops {
		t.Operations = append(t.Operations, op.Hash)
	}
	return t
}

func transactionRoundTrip(s suite) {
	ops, l := s.queue(2), s.lease("a", time.Minute)
	want := s.transactionOf(1<<62, ops...)
	want.Replaced, want.BlockNumber, want.BlockHash = []common.Hash{hash(7), hash(8)}, 1<<62, hash(9)
	got := value(s.db.SaveTransaction(s.ctx, l, want))(s)
	if got.ID == 0 {
		s.Error("the store gives no id")
	}
	want.ID = got.ID
	same(s, got, want)
	zero := bundler.Transaction{ChainID: chainID, Relayer: address(1), State: bundler.TxMined}
	zero.ID = value(s.db.SaveTransaction(s.ctx, l, zero))(s).ID
	if zero.ID <= want.ID {
		s.Errorf("ids do not grow: %d after %d", zero.ID, want.ID)
	}
	same(s, value(s.db.LiveTransactions(s.ctx, chainID))(s), []bundler.Transaction{zero, want})
	same(s, value(s.db.LiveTransactions(s.ctx, chainID+1))(s), nil)
	for _, op := range ops {
		if got := value(s.db.Operation(s.ctx, chainID, op.Hash))(s); got.State != bundler.Bundled || got.TxID != want.ID {
			s.Errorf("operation is %s in transaction %d", got.State, got.TxID)
		}
	}
}

func transactionNonce(s suite) {
	l := s.lease("a", time.Minute)
	first := value(s.db.SaveTransaction(s.ctx, l, s.transactionOf(1)))(s)
	_, err := s.db.SaveTransaction(s.ctx, l, s.transactionOf(1))
	s.wantFault(err, fault.Conflict)

	first.State = bundler.TxAbandoned
	s.must(s.db.FinishTransaction(s.ctx, l, first, nil))
	second := value(s.db.SaveTransaction(s.ctx, l, s.transactionOf(1)))(s)
	same(s, value(s.db.LiveTransactions(s.ctx, chainID))(s), []bundler.Transaction{second})
	first.State = bundler.TxMined // a reorg cannot bring it back while the other lives
	s.wantFault(s.db.FinishTransaction(s.ctx, l, first, nil), fault.Conflict)

	var won atomic.Int32
	race(func(int) {
		_, err := s.db.SaveTransaction(s.ctx, l, s.transactionOf(2))
		switch {
		case err == nil:
			won.Add(1)
		case !fault.Is(err, fault.Conflict):
			s.Error(err)
		}
	})
	if won.Load() != 1 {
		s.Errorf("%d transactions have nonce 2", won.Load())
	}
}

func transactionTakesQueued(s suite) {
	ops, l := s.queue(2), s.lease("a", time.Minute)
	value(s.db.SaveTransaction(s.ctx, l, s.transactionOf(1, ops[0])))(s)
	_, err := s.db.SaveTransaction(s.ctx, l, s.transactionOf(2, ops[1], ops[0]))
	s.wantFault(err, fault.Conflict)
	if got := value(s.db.LiveTransactions(s.ctx, chainID))(s); len(got) != 1 {
		s.Errorf("%d live transactions, want 1", len(got))
	}
	same(s, value(s.db.QueuedOperations(s.ctx, chainID, 9))(s), ops[1:])
	_, err = s.db.SaveTransaction(s.ctx, l, s.transactionOf(2, bundler.Operation{Hash: hash(99)}))
	s.wantFault(err, fault.Conflict)
}

func transactionFinish(s suite) {
	ops, l := s.queue(3), s.lease("a", time.Minute)
	tx := value(s.db.SaveTransaction(s.ctx, l, s.transactionOf(1, ops[:2]...)))(s)

	// Signed anew with higher fees, then mined: one operation included, one
	// queued again, and one that was not carried dropped.
	tx.Replaced, tx.Raw, tx.Hash = []common.Hash{tx.Hash}, []byte{2, 9}, hash(111)
	s.must(s.db.FinishTransaction(s.ctx, l, tx, nil))
	result := bundler.Result(outcomeOf())
	tx.State, tx.BlockNumber, tx.BlockHash, tx.UpdatedAt = bundler.TxMined, 12, hash(12), moment(50)
	ops[0].State, ops[0].TxID, ops[0].Result = bundler.Included, tx.ID, &result
	ops[1].State, ops[1].TxID, ops[1].Attempts = bundler.Queued, 0, 1
	ops[2].State, ops[2].Reason = bundler.Dropped, "unknown account"
	s.must(s.db.FinishTransaction(s.ctx, l, tx, ops))

	same(s, value(s.db.LiveTransactions(s.ctx, chainID))(s), []bundler.Transaction{tx})
	for _, op := range ops {
		same(s, value(s.db.Operation(s.ctx, chainID, op.Hash))(s), op)
	}
	same(s, value(s.db.QueuedOperations(s.ctx, chainID, 9))(s), ops[1:2])

	// A reorg takes it back: the result is gone.
	tx.State, tx.BlockNumber, tx.BlockHash = bundler.TxSigned, 0, common.Hash{}
	ops[0].State, ops[0].Result = bundler.Bundled, nil
	s.must(s.db.FinishTransaction(s.ctx, l, tx, ops[:1]))
	same(s, value(s.db.Operation(s.ctx, chainID, ops[0].Hash))(s), ops[0])

	// Nothing is saved when one of the operations is unknown.
	tx.State = bundler.TxFinal
	err := s.db.FinishTransaction(s.ctx, l, tx, slices.Concat(ops[:1], []bundler.Operation{{Hash: hash(99), ChainID: chainID}}))
	s.wantFault(err, fault.NotFound)
	if got := value(s.db.LiveTransactions(s.ctx, chainID))(s); len(got) != 1 || got[0].State != bundler.TxSigned {
		s.Errorf("transactions after a failed finish: %+v", got)
	}
	tx.ID += 1000
	s.wantFault(s.db.FinishTransaction(s.ctx, l, tx, nil), fault.NotFound)
	if errors.Is(err, bundler.ErrLeaseLost) {
		s.Error("an unknown operation is not a lost lease")
	}
}
