package bundler_test

import "testing"

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
	if result.GasUsed.Sign() <= 0 || result.GasFee.Sign() <= 0 || result.GasUsed.Uint64() < receipt.GasUsed {
		t.Errorf("operation used %s gas for %s wei, its transaction %d gas", result.GasUsed, result.GasFee, receipt.GasUsed)
	}
	if live := e.live(); len(live) != 0 {
		t.Errorf("%d live transactions are left", len(live))
	}
	status := b.Status()
	if !status.Leading || status.InFlight != 0 || status.Queued != 0 || status.Paused != "" || status.Error != "" {
		t.Errorf("status after all is done: %+v", status)
	}
}
