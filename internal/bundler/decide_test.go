package bundler

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/latchkey-dev/latchkey/internal/userop"
)

// queuedOp is an operation in words: who, which lane and sequence, what else.
type queuedOp struct {
	name     string
	sender   byte
	lane     uint64
	sequence uint64
	alone    bool
	attempts int
	gas      int64
}

func candidates(t *testing.T, ops []queuedOp) []candidate {
	t.Helper()
	var out []candidate
	for _, q := range ops {
		op := Operation{Alone: q.alone, Attempts: q.attempts, Op: userop.Operation{
			Sender: common.Address{q.sender}, Nonce: userop.Nonce(q.lane, q.sequence), CallData: []byte(q.name), CallGasLimit: big.NewInt(q.gas),
		}}
		c, err := newCandidate(op)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}

func TestChoose(t *testing.T) {
	wide := size{operations: 10, gas: 10_000_000, bytes: 100_000}
	tests := []struct {
		name  string
		ready []queuedOp
		most  size
		want  string
	}{
		{"nothing", nil, wide, ""},
		{"all that fits, oldest first", []queuedOp{{name: "a", sender: 1}, {name: "b", sender: 2}, {name: "c", sender: 1, lane: 1}}, wide, "a b c"},
		{"lane order before age", []queuedOp{{name: "a2", sender: 1, sequence: 2}, {name: "b", sender: 2}, {name: "a1", sender: 1, sequence: 1}, {name: "a0", sender: 1}}, wide, "a0 b a1 a2"},
		{"count", []queuedOp{{name: "a", sender: 1}, {name: "b", sender: 2}, {name: "c", sender: 3}}, size{operations: 2, gas: 10_000_000, bytes: 100_000}, "a b"},
		{"gas, a smaller one still fits", []queuedOp{{name: "a", sender: 1, gas: 5_000_000}, {name: "b", sender: 2, gas: 5_000_000}, {name: "c", sender: 3, gas: 100_000}}, wide, "a c"},
		{"gas, its lane waits with it", []queuedOp{{name: "a", sender: 1, gas: 5_000_000}, {name: "b", sender: 2, gas: 5_000_000}, {name: "b1", sender: 2, sequence: 1}, {name: "c", sender: 3}}, wide, "a c"},
		{"bytes", []queuedOp{{name: "a", sender: 1}, {name: "b", sender: 2}}, size{operations: 10, gas: 10_000_000, bytes: 1_000}, "a"},
		{"the oldest even when it is too much", []queuedOp{{name: "a", sender: 1, gas: 12_000_000}, {name: "b", sender: 2}}, wide, "a"},
		{"alone first", []queuedOp{{name: "a", sender: 1, alone: true}, {name: "a1", sender: 1, lane: 1}, {name: "b", sender: 2}}, wide, "a b"},
		{"alone later", []queuedOp{{name: "a", sender: 1}, {name: "a1", sender: 1, lane: 1, alone: true}, {name: "a2", sender: 1, lane: 2}, {name: "b", sender: 2, alone: true}}, wide, "a a2 b"},
		{"failed before travels by itself", []queuedOp{{name: "a", sender: 1, attempts: 1}, {name: "b", sender: 2}}, wide, "a"},
		{"failed before waits its turn", []queuedOp{{name: "b", sender: 2}, {name: "a", sender: 1, attempts: 1}, {name: "c", sender: 3}}, wide, "b c"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, c := range choose(candidates(t, tt.ready), tt.most) {
				got = append(got, string(c.Op.CallData))
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("chose %q, want %q", strings.Join(got, " "), tt.want)
			}
		})
	}
}

// Whatever is queued, bundles must empty the queue without breaking a rule.
func TestChoose_emptiesEveryQueue(t *testing.T) {
	var queue []queuedOp
	for i := range 60 {
		queue = append(queue, queuedOp{
			name: fmt.Sprint(i), sender: byte(i % 7), lane: uint64(i % 3), sequence: uint64(60 - i),
			alone: i%5 == 0, attempts: i % 11 / 10, gas: int64(i%4) * 1_000_000,
		})
	}
	most := size{operations: 6, gas: 6_000_000, bytes: 100_000}
	last := make(map[lane]*big.Int)
	for ready := candidates(t, queue); len(ready) > 0; {
		bundle := choose(ready, most)
		if len(bundle) == 0 {
			t.Fatalf("nothing chosen of %d", len(ready))
		}
		checkBundle(t, bundle, most)
		for _, c := range bundle {
			if before := last[c.lane()]; before != nil && before.Cmp(c.packed.Nonce) > 0 {
				t.Errorf("nonce %s is sent after %s of its lane", c.packed.Nonce, before)
			}
			last[c.lane()] = c.packed.Nonce
			ready = slices.DeleteFunc(ready, func(other candidate) bool { return string(other.Op.CallData) == string(c.Op.CallData) })
		}
	}
}

func checkBundle(t *testing.T, bundle []candidate, most size) {
	t.Helper()
	if len(bundle) > most.operations || gasLimit(bundle) > most.gas {
		t.Errorf("bundle of %d operations and %d gas", len(bundle), gasLimit(bundle))
	}
	for i, a := range bundle {
		if a.Attempts > 0 && len(bundle) > 1 {
			t.Errorf("operation %s failed before and shares a bundle", a.Op.CallData)
		}
		for _, b := range bundle[i+1:] {
			if a.Op.Sender == b.Op.Sender && (a.Alone || b.Alone) {
				t.Errorf("operations %s and %s share a bundle, one wants to be alone", a.Op.CallData, b.Op.CallData)
			}
		}
	}
}

func TestClassify(t *testing.T) {
	tests := []struct {
		answer string
		want   reply
	}{
		{"already known", replySent},
		{"send transaction 0x1: AlreadyKnown", replySent},
		{"nonce too low: next nonce 5, tx nonce 4", replyNonceUsed},
		{"nonce too low: another transaction used it (nonce too low)", replyNonceUsed},
		{"replacement transaction underpriced", replyUnderpriced},
		{"transaction underpriced: gas tip cap 1, minimum needed 2", replyUnderpriced},
		{"max fee per gas less than block base fee", replyUnderpriced},
		{"insufficient funds for gas * price + value", replyUnfunded},
		{"exceeds block gas limit", replyRefused},
		{"transaction gas limit too high (cap: 16777216, tx: 20000000)", replyRefused},
		{"context deadline exceeded", replyUnclear},
		{"502 Bad Gateway", replyUnclear},
		{"in-flight transaction limit reached for delegated accounts", replyUnclear},
	}
	for _, tt := range tests {
		if got := classify(errors.New(tt.answer)); got != tt.want {
			t.Errorf("%q counts as %d, want %d", tt.answer, got, tt.want)
		}
	}
	if got := classify(nil); got != replySent {
		t.Errorf("no error counts as %d, want %d", got, replySent)
	}
}

func TestFreeNonce(t *testing.T) {
	tests := []struct {
		latest uint64
		live   []uint64
		want   uint64
	}{
		{5, nil, 5},
		{5, []uint64{5, 6}, 7},
		{5, []uint64{3, 4, 5}, 6},
		{5, []uint64{6, 7}, 5}, // a gap
		{5, []uint64{5, 7}, 6},
		{7, []uint64{5, 6}, 7}, // mined, not final
	}
	for _, tt := range tests {
		var live []Transaction
		for _, nonce := range tt.live {
			live = append(live, Transaction{Nonce: nonce})
		}
		if got := freeNonce(tt.latest, live); got != tt.want {
			t.Errorf("after %d with %v live: %d, want %d", tt.latest, tt.live, got, tt.want)
		}
	}
}

func TestRaised(t *testing.T) {
	tests := []struct {
		now, market, want [2]int64
		ok                bool
	}{
		{[2]int64{800, 80}, [2]int64{100, 10}, [2]int64{900, 90}, false}, // over four times the market
		{[2]int64{200, 80}, [2]int64{100, 10}, [2]int64{225, 90}, true},
		{[2]int64{200, 80}, [2]int64{1000, 100}, [2]int64{1000, 100}, true},
		{[2]int64{1, 0}, [2]int64{1, 0}, [2]int64{2, 0}, true},
		{[2]int64{90, 90}, [2]int64{100, 120}, [2]int64{120, 120}, true}, // the tip never exceeds the whole
		{[2]int64{1000, 1000}, [2]int64{1000, 1000}, [2]int64{1125, 1125}, true},
	}
	for _, tt := range tests {
		got, ok := raised(fees{big.NewInt(tt.now[0]), big.NewInt(tt.now[1])}, fees{big.NewInt(tt.market[0]), big.NewInt(tt.market[1])})
		if got.max.Int64() != tt.want[0] || got.tip.Int64() != tt.want[1] || ok != tt.ok {
			t.Errorf("from %v in a market of %v: %s/%s %v, want %v %v", tt.now, tt.market, got.max, got.tip, ok, tt.want, tt.ok)
		}
	}
}

func TestResults_splitsLogs(t *testing.T) {
	contract := entryPoint.GetABI()
	event := func(name string, operation byte, data []byte) *types.Log {
		topics := []common.Hash{contract.Events[name].ID, {operation}, {1}}
		if name == "UserOperationEvent" {
			topics = append(topics, common.Hash{})
		}
		if name == "BeforeExecution" {
			topics = topics[:1]
		}
		return &types.Log{Address: userop.EntryPoint, Topics: topics, Data: data}
	}
	done := func(operation byte, success bool, cost, gas int64) *types.Log {
		data, err := contract.Events["UserOperationEvent"].Inputs.NonIndexed().Pack(big.NewInt(0), success, big.NewInt(cost), big.NewInt(gas))
		if err != nil {
			t.Fatal(err)
		}
		return event("UserOperationEvent", operation, data)
	}
	threw := func(name string, operation byte, data string) *types.Log {
		packed, err := contract.Events[name].Inputs.NonIndexed().Pack(big.NewInt(0), []byte(data))
		if err != nil {
			t.Fatal(err)
		}
		return event(name, operation, packed)
	}
	of := func(n uint) *types.Log {
		return &types.Log{Address: common.Address{9}, Topics: []common.Hash{{9}}, Index: n}
	}

	receipt := &types.Receipt{BlockNumber: big.NewInt(7), BlockHash: common.Hash{7}, TxHash: common.Hash{8}, Logs: []*types.Log{
		of(1), // of validation: nobody's
		event("BeforeExecution", 0, nil),
		of(2), of(3), done(1, true, 100, 10),
		done(2, true, 200, 20),
		of(4), threw("UserOperationRevertReason", 3, "no"), done(3, false, 300, 30),
		threw("PostOpRevertReason", 4, "unpaid"), done(4, false, 400, 40),
		of(5),
	}}
	got, err := results(receipt, 1234)
	if err != nil {
		t.Fatal(err)
	}
	want := map[byte]struct {
		logs    int
		success bool
		gas     int64
		revert  string
	}{1: {2, true, 10, ""}, 2: {0, true, 20, ""}, 3: {2, false, 30, "no"}, 4: {1, false, 40, "unpaid"}}
	if len(got) != len(want) {
		t.Errorf("%d results, want %d", len(got), len(want))
	}
	for operation, w := range want {
		r := got[common.Hash{operation}]
		if r == nil {
			t.Errorf("no result of operation %d", operation)
			continue
		}
		if len(r.Logs) != w.logs || r.Success != w.success || r.GasUsed.Int64() != w.gas || r.GasFee.Int64() != 10*w.gas || string(r.Revert) != w.revert {
			t.Errorf("operation %d has %d logs, %v, %s gas, %s wei, threw %q; want %+v", operation, len(r.Logs), r.Success, r.GasUsed, r.GasFee, r.Revert, w)
		}
		if r.BlockNumber != 7 || r.BlockHash != (common.Hash{7}) || r.TxHash != (common.Hash{8}) || r.BlockTime != 1234 || r.To != userop.EntryPoint {
			t.Errorf("operation %d is placed at %+v", operation, r)
		}
	}
	if logs := got[common.Hash{1}].Logs; logs[0].Index != 2 || logs[1].Index != 3 {
		t.Errorf("operation 1 has the logs %d and %d, want 2 and 3", logs[0].Index, logs[1].Index)
	}
}

// answer is a node's error with data.
type answer struct {
	text string
	data any
}

func (a answer) Error() string  { return a.text }
func (a answer) ErrorData() any { return a.data }

func TestAsRevert(t *testing.T) {
	tests := []struct {
		err      error
		reverted bool
		data     string
	}{
		{fmt.Errorf("call: %w", answer{"execution reverted", "0x0102"}), true, "\x01\x02"},
		{answer{"execution reverted", "0x"}, true, ""},
		{answer{"VM execution error.", "Reverted 0x0102"}, true, "\x01\x02"},
		{answer{"VM error", map[string]any{"data": "0x0102"}}, true, "\x01\x02"},
		{errors.New("execution reverted"), true, ""},
		{errors.New("out of gas"), true, ""},
		{answer{"rate limited", map[string]any{"see": "https://example.org"}}, false, ""},
		{answer{"limit exceeded", "try again"}, false, ""},
		{errors.New("connection refused"), false, ""},
	}
	for _, tt := range tests {
		var failure *revertError
		reverted := errors.As(asRevert(tt.err), &failure)
		if reverted != tt.reverted || (reverted && string(failure.data) != tt.data) {
			t.Errorf("%v: reverted %v with %+v, want %v with %q", tt.err, reverted, failure, tt.reverted, tt.data)
		}
	}
	if asRevert(nil) != nil {
		t.Error("no error became one")
	}
}

func TestReadRefusal(t *testing.T) {
	contract := entryPoint.GetABI()
	pack := func(name string, args ...any) []byte {
		failed := contract.Errors[name]
		data, err := failed.Inputs.Pack(args...)
		if err != nil {
			t.Fatal(err)
		}
		return append(failed.ID.Bytes()[:4:4], data...)
	}
	got, ok := readRefusal(pack("FailedOpWithRevert", big.NewInt(2), "AA23 reverted", []byte{1, 2}), 3)
	if !ok || got.index != 2 || !got.is("AA23") || string(got.inner) != "\x01\x02" {
		t.Errorf("read %+v %v", got, ok)
	}
	if want := "EntryPoint refused it: AA23 reverted: the account refused it: 0x0102"; got.words(nil) != want {
		t.Errorf("says %q, want %q", got.words(nil), want)
	}
	for name, data := range map[string][]byte{
		"nothing":            nil,
		"another error":      {1, 2, 3, 4},
		"cut off":            pack("FailedOp", big.NewInt(0), "AA24 signature error")[:20],
		"not one of ours":    pack("SignatureValidationFailed", common.Address{1}),
		"outside the bundle": pack("FailedOp", big.NewInt(3), "AA24 signature error"),
		"far outside of it":  pack("FailedOp", new(big.Int).Lsh(big.NewInt(1), 255), "AA24 signature error"),
	} {
		if r, ok := readRefusal(data, 3); ok {
			t.Errorf("%s was read as %+v", name, r)
		}
	}
}

func TestBundlersFault(t *testing.T) {
	contract := entryPoint.GetABI()
	failedOp := func(reason string) []byte {
		failed := contract.Errors["FailedOp"]
		data, err := failed.Inputs.Pack(big.NewInt(0), reason)
		if err != nil {
			t.Fatal(err)
		}
		return append(failed.ID.Bytes()[:4:4], data...)
	}
	text, err := abi.NewType("string", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	plain := func(reason string) []byte {
		data, err := abi.Arguments{{Type: text}}.Pack(reason)
		if err != nil {
			t.Fatal(err)
		}
		return append([]byte{0x08, 0xc3, 0x79, 0xa0}, data...)
	}
	for _, tt := range []struct {
		data []byte
		want bool
	}{
		{failedOp("AA95 out of gas"), true},
		{plain("AA91 failed send to beneficiary"), true},
		{failedOp("AA24 signature error"), false},
		{plain("something else"), false},
		{nil, false},
	} {
		if got := bundlersFault(tt.data); got != tt.want {
			t.Errorf("%x: %v, want %v", tt.data, got, tt.want)
		}
	}
}
