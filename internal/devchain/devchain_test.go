package devchain_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"errors"
	"log/slog"
	"math/big"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/holiman/uint256"

	"github.com/latchkey-dev/latchkey/internal/devchain"
)

var (
	rich, _  = crypto.ToECDSA(crypto.Keccak256([]byte("devchain test: rich")))
	richAddr = crypto.PubkeyToAddress(rich.PublicKey)
)

func config(dataDir string) devchain.Config {
	return devchain.Config{DataDir: dataDir, Addr: "127.0.0.1:0", Fund: []common.Address{richAddr}}
}

// chain is a running node and a client that reaches it over HTTP.
type chain struct {
	*devchain.Node
	client *ethclient.Client
	id     *big.Int
}

func start(t *testing.T, cfg devchain.Config) *chain {
	t.Helper()
	node, err := devchain.Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := node.Close(); err != nil {
			t.Error(err)
		}
	})
	return &chain{Node: node, client: dial(t, node.URL()), id: chainID(t, node.URL())}
}

func dial(t *testing.T, url string) *ethclient.Client {
	t.Helper()
	client, err := ethclient.DialContext(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		client.Close()
		http.DefaultClient.CloseIdleConnections()
	})
	return client
}

func chainID(t *testing.T, url string) *big.Int {
	t.Helper()
	id, err := dial(t, url).ChainID(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (c *chain) head(t *testing.T) *types.Header {
	t.Helper()
	head, err := c.client.HeaderByNumber(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return head
}

func (c *chain) nonce(t *testing.T) uint64 {
	t.Helper()
	nonce, err := c.client.PendingNonceAt(t.Context(), richAddr)
	if err != nil {
		t.Fatal(err)
	}
	return nonce
}

// transfer sends 1 wei with the given nonce and fee cap.
func (c *chain) transfer(t *testing.T, nonce uint64, feeCap int64) common.Hash {
	t.Helper()
	to := common.HexToAddress("0xdead")
	return c.send(t, rich, &types.DynamicFeeTx{
		ChainID: c.id, Nonce: nonce, To: &to, Value: big.NewInt(1), Gas: 21_000,
		GasFeeCap: big.NewInt(feeCap), GasTipCap: big.NewInt(min(feeCap, 1e9)),
	})
}

func (c *chain) send(t *testing.T, key *ecdsa.PrivateKey, content types.TxData) common.Hash {
	t.Helper()
	tx := types.MustSignNewTx(key, types.LatestSignerForChainID(c.id), content)
	if err := c.client.SendTransaction(t.Context(), tx); err != nil {
		t.Fatal(err)
	}
	return tx.Hash()
}

// receipt polls until the transaction is mined and its block is the head: the
// node shows receipts a moment earlier.
func (c *chain) receipt(t *testing.T, hash common.Hash) *types.Receipt {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for {
		receipt, err := c.client.TransactionReceipt(t.Context(), hash)
		if err == nil && c.head(t).Number.Cmp(receipt.BlockNumber) >= 0 {
			return receipt
		}
		if err != nil && !errors.Is(err, ethereum.NotFound) || time.Now().After(deadline) {
			t.Fatalf("receipt of %s: %v", hash, err)
		}
		time.Sleep(time.Millisecond)
	}
}

func (c *chain) call(t *testing.T, result any, method string, args ...any) {
	t.Helper()
	if err := c.client.Client().CallContext(t.Context(), result, method, args...); err != nil {
		t.Fatalf("%s: %v", method, err)
	}
}

const plenty = 100e9 // wei a gas: above any base fee in these tests

func TestOneBlockPerLoneTransaction(t *testing.T) {
	c := start(t, config(""))
	first := c.head(t).Number.Uint64()
	for i := range uint64(20) {
		receipt := c.receipt(t, c.transfer(t, i, plenty))
		if receipt.Status != types.ReceiptStatusSuccessful || receipt.BlockNumber.Uint64() != first+i+1 {
			t.Fatalf("transaction %d: status %d in block %d, want block %d", i, receipt.Status, receipt.BlockNumber, first+i+1)
		}
	}
	if head := c.head(t); head.Number.Uint64() != first+20 {
		t.Errorf("20 transactions took the head from %d to %d", first, head.Number)
	}
}

func TestBurstIsMinedWithoutEmptyBlocks(t *testing.T) {
	c := start(t, config(""))
	first := c.head(t).Number.Int64()
	const burst = 300
	var last common.Hash
	for i := range uint64(burst) {
		last = c.transfer(t, i, plenty)
	}
	c.receipt(t, last)
	mined := 0
	for n := first + 1; n <= c.head(t).Number.Int64(); n++ {
		block, err := c.client.BlockByNumber(t.Context(), big.NewInt(n))
		if err != nil {
			t.Fatal(err)
		}
		if len(block.Transactions()) == 0 {
			t.Errorf("block %d is empty", n)
		}
		mined += len(block.Transactions())
	}
	if mined != burst {
		t.Errorf("%d transactions mined, sent %d", mined, burst)
	}
}

func TestUnderpricedTransactionMakesNoBlocks(t *testing.T) {
	c := start(t, config(""))
	first := c.head(t).Number.Uint64()
	c.transfer(t, 0, 1) // 1 wei a gas, below the base fee: waits
	c.call(t, nil, "evm_mine")
	if head := c.head(t); head.Number.Uint64() != first+1 || head.GasUsed != 0 {
		t.Fatalf("head %d with %d gas used, want the one empty block of evm_mine", head.Number, head.GasUsed)
	}
	c.receipt(t, c.transfer(t, 0, plenty)) // replaces it
	if head := c.head(t); head.Number.Uint64() != first+2 {
		t.Errorf("head %d after the replacement, want %d", head.Number, first+2)
	}
}

func TestBlockTimeFollowsTheWallClock(t *testing.T) {
	c := start(t, config(""))
	before := uint64(time.Now().Unix())
	genesis, err := c.client.HeaderByNumber(t.Context(), common.Big0)
	if err != nil {
		t.Fatal(err)
	}
	if genesis.Time > before || genesis.Time+60 < before {
		t.Fatalf("genesis has time %d, the clock says %d", genesis.Time, before)
	}
	var previous uint64
	for i := range uint64(3) {
		c.receipt(t, c.transfer(t, i, plenty))
		head := c.head(t)
		if head.Time < before || head.Time <= previous {
			t.Errorf("block %d has time %d, want at least %d and after %d", head.Number, head.Time, before, previous)
		}
		previous = head.Time
	}
}

func TestTimeTravel(t *testing.T) {
	c := start(t, config(""))
	const day = 24 * 60 * 60
	for i, seconds := range []any{day, "0x15180", "86400"} {
		before := c.head(t).Time
		// Pending on arrival: travel must mine it first, not trip over it.
		hash := c.transfer(t, uint64(2*i), plenty)
		var ahead int64
		c.call(t, &ahead, "evm_increaseTime", seconds)
		if receipt := c.receipt(t, hash); receipt.Status != types.ReceiptStatusSuccessful {
			t.Errorf("round %d: the pending transaction failed", i)
		}
		head := c.head(t).Time
		if head < before+day {
			t.Fatalf("round %d: %v moved the head by %d s", i, seconds, head-before)
		}
		if want := int64(head) - time.Now().Unix(); ahead < want-5 || ahead > want+5 {
			t.Errorf("round %d: evm_increaseTime says %d s ahead, head says %d", i, ahead, want)
		}
		c.receipt(t, c.transfer(t, uint64(2*i+1), plenty))
		if got := c.head(t).Time; got <= head {
			t.Errorf("round %d: time went from %d to %d", i, head, got)
		}
	}
}

func TestTimeTravelWhileTransactionsArrive(t *testing.T) {
	c := start(t, config(""))
	traveled := make(chan error, 1)
	go func() {
		for range 15 {
			if err := c.RPC().CallContext(t.Context(), nil, "evm_increaseTime", 3600); err != nil {
				traveled <- err
				return
			}
		}
		traveled <- nil
	}()
	var last common.Hash
	for i := range uint64(150) {
		last = c.transfer(t, i, plenty)
	}
	if err := <-traveled; err != nil {
		t.Fatal(err)
	}
	c.receipt(t, last)
}

func TestNextBlockTimestamp(t *testing.T) {
	c := start(t, config(""))
	target := uint64(time.Now().Unix()) + 5000
	c.call(t, nil, "evm_setNextBlockTimestamp", hexutil.Uint64(target))
	c.receipt(t, c.transfer(t, 0, plenty))
	if got := c.head(t).Time; got != target {
		t.Errorf("block time %d, want %d", got, target)
	}
	c.call(t, nil, "evm_mine", target+1000)
	if got := c.head(t).Time; got != target+1000 {
		t.Errorf("block time %d, want %d", got, target+1000)
	}
}

func TestTimeTravelRefusals(t *testing.T) {
	c := start(t, config(""))
	before := c.head(t).Number
	for _, test := range []struct {
		method string
		arg    any
		want   string
	}{
		{"evm_increaseTime", 0, "not between 1 and"},
		{"evm_increaseTime", "soon", "not a whole number"},
		{"evm_increaseTime", "0x10000000000000000", "does not fit 64 bits"},
		{"evm_increaseTime", uint64(1) << 40, "not between 1 and"},
		{"evm_mine", 1, "not in the next 100 years"},
		{"evm_setNextBlockTimestamp", 1, "not in the next 100 years"},
	} {
		err := c.client.Client().CallContext(t.Context(), nil, test.method, test.arg)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s(%v): %v, want %q", test.method, test.arg, err, test.want)
		}
	}
	if head := c.head(t); head.Number.Cmp(before) != 0 {
		t.Errorf("refused calls moved the head from %d to %d", before, head.Number)
	}
}

func TestChainID80002(t *testing.T) {
	cfg := config("")
	cfg.ChainID = 80002
	c := start(t, cfg)
	if c.id.Uint64() != 80002 {
		t.Fatalf("chain id %d", c.id)
	}
	var network string
	c.call(t, &network, "net_version")
	if network != "80002" {
		t.Errorf("net_version %q", network)
	}
	c.receipt(t, c.transfer(t, 0, plenty))
}

func TestTracers(t *testing.T) {
	c := start(t, config(""))
	const target = "0x00000000000000000000000000000000000c0de5"
	call := map[string]any{"from": richAddr, "to": target}
	overrides := map[string]any{target: map[string]any{"code": "0x4260005260206000f3"}} // returns TIMESTAMP
	for _, tracer := range []string{"callTracer", "erc7562Tracer", "prestateTracer"} {
		var trace map[string]any
		c.call(t, &trace, "debug_traceCall", call, "latest", map[string]any{"tracer": tracer, "stateOverrides": overrides})
		if len(trace) == 0 {
			t.Errorf("%s: empty trace", tracer)
		}
	}
	var frame struct {
		UsedOpcodes map[hexutil.Uint64]uint64
	}
	c.call(t, &frame, "debug_traceCall", call, "latest", map[string]any{"tracer": "erc7562Tracer", "stateOverrides": overrides})
	if frame.UsedOpcodes[0x42] != 1 {
		t.Errorf("erc7562Tracer saw opcodes %v, want one TIMESTAMP", frame.UsedOpcodes)
	}
	err := c.client.Client().CallContext(t.Context(), nil, "debug_traceCall", call, "latest", map[string]any{"tracer": "{result: function(){}}"})
	if err == nil || !strings.Contains(err.Error(), "native tracers only") {
		t.Errorf("JavaScript tracer: %v", err)
	}
}

func TestCallsWithOverrides(t *testing.T) {
	c := start(t, config(""))
	const target = "0x00000000000000000000000000000000000c0de5"
	var output hexutil.Bytes
	c.call(t, &output, "eth_call", map[string]any{"to": target}, "latest",
		map[string]any{target: map[string]any{"code": "0x60005460005260206000f3", "stateDiff": map[common.Hash]common.Hash{{}: common.HexToHash("0x2a")}}})
	if got := new(big.Int).SetBytes(output); got.Int64() != 42 {
		t.Errorf("overridden code and storage answered %d, want 42", got)
	}
	var blocks []map[string]any
	c.call(t, &blocks, "eth_simulateV1", map[string]any{"blockStateCalls": []any{
		map[string]any{"calls": []any{map[string]any{"from": richAddr, "to": richAddr, "value": "0x1"}}},
	}}, "latest")
	if len(blocks) != 1 {
		t.Errorf("eth_simulateV1 answered %d blocks", len(blocks))
	}
}

// The vector is the first of RIP-7212's, hash | r | s | x | y.
const p256Vector = "0x4cee90eb86eaa050036147a12d49004b6b9c72bd725d39d4785011fe190f0b4d" +
	"a73bd4903f0ce3b639bbbf6e8e80d16931ff4bcf5993d58468e8fb19086e8cac" +
	"36dbcd03009df8c59286b162af3bd7fcc0450c9aa81be5d10d312af6c66b1d60" +
	"4aebd3099c618202fcfe16ae7770b0c49ab5eadf74b754204a3bb6060e44eff3" +
	"7618b065f9832de4ca6ca971a7a1adc826d0f7c00181a5fb2ddf79ae00b4e10e"

func TestP256Verify(t *testing.T) {
	c := start(t, config(""))
	precompile := common.HexToAddress("0x100")
	output, err := c.client.CallContract(t.Context(), ethereum.CallMsg{To: &precompile, Data: hexutil.MustDecode(p256Vector)}, nil)
	if err != nil || new(big.Int).SetBytes(output).Int64() != 1 {
		t.Errorf("valid signature: %x, %v", output, err)
	}
	forged := strings.Replace(p256Vector, "0x4c", "0x4d", 1)
	output, err = c.client.CallContract(t.Context(), ethereum.CallMsg{To: &precompile, Data: hexutil.MustDecode(forged)}, nil)
	if err != nil || len(output) != 0 {
		t.Errorf("signature of another hash: %x, %v", output, err)
	}
}

func TestSetCode(t *testing.T) {
	c := start(t, config(""))
	delegator, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	account, delegate := crypto.PubkeyToAddress(delegator.PublicKey), common.HexToAddress("0xbeef")
	authorization, err := types.SignSetCode(delegator, types.SetCodeAuthorization{ChainID: *uint256.MustFromBig(c.id), Address: delegate})
	if err != nil {
		t.Fatal(err)
	}
	c.receipt(t, c.send(t, rich, &types.SetCodeTx{
		ChainID: uint256.MustFromBig(c.id), To: account, Gas: 100_000,
		GasFeeCap: uint256.NewInt(plenty), GasTipCap: uint256.NewInt(1e9),
		AuthList: []types.SetCodeAuthorization{authorization},
	}))
	code, err := c.client.CodeAt(t.Context(), account, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := types.ParseDelegation(code); !ok || got != delegate {
		t.Errorf("code %x, want a delegation to %s", code, delegate)
	}
}

func TestFeesAboveOneEtherPass(t *testing.T) {
	c := start(t, config(""))
	to := common.HexToAddress("0xdead")
	c.receipt(t, c.send(t, rich, &types.DynamicFeeTx{ChainID: c.id, To: &to, Gas: 15_000_000, GasFeeCap: big.NewInt(1e12), GasTipCap: big.NewInt(1)}))
}

func TestRestartKeepsTheChain(t *testing.T) {
	dir := t.TempDir()
	first := start(t, config(dir))
	hash := first.transfer(t, 0, plenty)
	first.receipt(t, hash)
	first.call(t, nil, "evm_increaseTime", 86400)
	head := first.head(t)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := start(t, config(dir))
	if got := second.head(t); got.Hash() != head.Hash() {
		t.Fatalf("head %d after the restart, want %d", got.Number, head.Number)
	}
	second.receipt(t, hash)
	second.receipt(t, second.transfer(t, 1, plenty))
	if got := second.head(t).Time; got <= head.Time {
		t.Errorf("block time %d after the restart, the chain was at %d", got, head.Time)
	}
}

func TestKillKeepsTheHead(t *testing.T) {
	dir := t.TempDir()
	var mined uint64
	for range 3 {
		child, url := startChild(t, dir)
		c := &chain{client: dial(t, url), id: big.NewInt(devchain.DefaultChainID)}
		if nonce := c.nonce(t); nonce != mined {
			t.Fatalf("%d transactions on the chain after a kill, want %d", nonce, mined)
		}
		for range 25 {
			c.receipt(t, c.transfer(t, mined, plenty))
			mined++
		}
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		child.Wait() // "signal: killed", as asked
	}
	c := start(t, config(dir))
	if head := c.head(t).Number.Uint64(); head != mined+1 { // and the first, empty one
		t.Fatalf("head %d after three kills, want %d", head, mined+1)
	}
	c.receipt(t, c.transfer(t, mined, plenty))
}

// startChild runs a chain on dir in another process and returns its URL.
func startChild(t *testing.T, dir string) (*exec.Cmd, string) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childDataDir+"="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { child.Process.Kill() })
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("child said nothing: %v", err)
	}
	return child, strings.TrimSpace(url)
}

func TestStartRefusals(t *testing.T) {
	dir := t.TempDir()
	open := start(t, config(dir))
	occupied := strings.TrimPrefix(open.URL(), "http://")
	other := t.TempDir()
	if err := start(t, config(other)).Close(); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		cfg  devchain.Config
		want string
	}{
		"directory in use":    {config(dir), "stop the other process"},
		"another chain id":    {devchain.Config{DataDir: other, ChainID: 80002, Addr: "127.0.0.1:0"}, "holds chain 31337, not chain 80002"},
		"another key to fund": {devchain.Config{DataDir: other, Fund: []common.Address{{1}}, Addr: "127.0.0.1:0"}, "does not fund 0x01"},
		"port in use":         {devchain.Config{Addr: occupied}, "choose another port"},
		"public address":      {devchain.Config{Addr: "0.0.0.0:0"}, "not loopback"},
		"no port":             {devchain.Config{Addr: "127.0.0.1"}, "give host:port"},
		"bad port":            {devchain.Config{Addr: "127.0.0.1:http"}, "not a number from 0 to 65535"},
	} {
		node, err := devchain.Start(t.Context(), test.cfg)
		if err == nil {
			node.Close()
		}
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
}

func TestOnlyLocalPagesMayCall(t *testing.T) {
	c := start(t, config(""))
	for origin, allowed := range map[string]bool{
		"http://localhost:5173":     true,
		"http://127.0.0.1:3000":     true,
		"https://evil.example":      false,
		"http://localhost.evil.com": false,
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodOptions, c.URL(), nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Origin", origin)
		request.Header.Set("Access-Control-Request-Method", "POST")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if got := response.Header.Get("Access-Control-Allow-Origin") != ""; got != allowed {
			t.Errorf("origin %s allowed: %t, want %t", origin, got, allowed)
		}
	}
	http.DefaultClient.CloseIdleConnections()
}

func TestLoggerLeavesTheProcessDefaultAlone(t *testing.T) {
	before := slog.Default()
	start(t, config(""))
	if slog.Default() != before {
		t.Error("starting a chain replaced slog's default logger")
	}
}

func TestCloseTwice(t *testing.T) {
	node, err := devchain.Start(t.Context(), config(""))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := node.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestCancelledStart(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := devchain.Start(ctx, config("")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
