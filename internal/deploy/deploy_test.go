package deploy_test

import (
	"context"
	"errors"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/params"
	"github.com/ethereum/go-ethereum/rpc"
	"go.uber.org/goleak"

	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/deploy"
	"github.com/latchkey-dev/latchkey/internal/devchain"
	"github.com/latchkey-dev/latchkey/internal/signer"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreTopFunction("github.com/ethereum/go-ethereum/core.(*txSenderCacher).cache"),
		goleak.IgnoreTopFunction("github.com/syndtr/goleveldb/leveldb.(*DB).mpoolDrain"),
	)
}

var (
	deployer, _  = signer.Parse(hexutil.Encode(crypto.Keccak256([]byte("deploy test: deployer"))))
	deployerAddr = deployer.Address()
	sponsor      = common.HexToAddress("0x5160000000000000000000000000000000000000")
)

func ether(n int64) *big.Int { return new(big.Int).Mul(big.NewInt(n), big.NewInt(params.Ether)) }

func options() deploy.Options {
	return deploy.Options{PaymasterSigner: sponsor, Stake: ether(1), Deposit: ether(10), Development: true}
}

func startChain(t *testing.T) *ethclient.Client {
	t.Helper()
	node, err := devchain.Start(t.Context(), devchain.Config{Addr: "127.0.0.1:0", Fund: []common.Address{deployerAddr}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { node.Close() })
	client, err := ethclient.DialContext(t.Context(), node.URL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		client.Close()
		http.DefaultClient.CloseIdleConnections()
	})
	return client
}

func nonce(t *testing.T, client *ethclient.Client) uint64 {
	t.Helper()
	n, err := client.PendingNonceAt(t.Context(), deployerAddr)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func depositInfo(t *testing.T, client *ethclient.Client, account common.Address) bindings.IStakeManagerDepositInfo {
	t.Helper()
	entryPoint := bindings.NewEntryPoint()
	to := bindings.EntryPointAddress
	output, err := client.CallContract(t.Context(), ethereum.CallMsg{To: &to, Data: entryPoint.PackGetDepositInfo(account)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	info, err := entryPoint.UnpackGetDepositInfo(output)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func TestSecondRunSendsNothing(t *testing.T) {
	client := startChain(t)
	var told []string
	opts := options()
	opts.Progress = func(s deploy.Step) { told = append(told, s.Name) }

	first, err := deploy.Run(t.Context(), client, deployer, opts)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"EntryPoint", "account implementation", "account factory", "paymaster",
		"development ERC-721", "development ERC-20", "paymaster stake", "paymaster deposit",
	}
	if !slices.Equal(told, want) {
		t.Errorf("steps told: %q, want %q", told, want)
	}
	if first.Sent() != len(want) || nonce(t, client) != uint64(len(want)) {
		t.Errorf("first run says it sent %d transactions, the nonce says %d, want %d", first.Sent(), nonce(t, client), len(want))
	}
	for _, step := range first.Steps {
		if step.Existed || step.Tx == (common.Hash{}) || step.GasUsed == 0 {
			t.Errorf("step on an empty chain: %+v", step)
		}
	}
	checkAddresses(t, first)
	info := depositInfo(t, client, first.Paymaster)
	if info.Stake.Cmp(ether(1)) != 0 || info.UnstakeDelaySec != 86400 || !info.Staked || info.Deposit.Cmp(ether(10)) != 0 {
		t.Errorf("paymaster at the EntryPoint: %+v", info)
	}

	second, err := deploy.Run(t.Context(), client, deployer, options())
	if err != nil {
		t.Fatal(err)
	}
	if second.Sent() != 0 || nonce(t, client) != uint64(len(want)) {
		t.Errorf("second run says it sent %d transactions, the nonce moved to %d", second.Sent(), nonce(t, client))
	}
	checkAddresses(t, second)
	for _, step := range second.Steps {
		if !step.Existed || step.Tx != (common.Hash{}) {
			t.Errorf("step of the second run: %+v", step)
		}
	}
}

func checkAddresses(t *testing.T, r deploy.Result) {
	t.Helper()
	for _, c := range []struct {
		name      string
		got, want common.Address
	}{
		{"EntryPoint", r.EntryPoint, bindings.EntryPointAddress},
		{"account", r.Account, bindings.AccountImplementation()},
		{"factory", r.Factory, bindings.FactoryAddress()},
		{"paymaster", r.Paymaster, bindings.PaymasterAddress(deployerAddr, sponsor)},
		{"ERC-721", r.DevNFT, bindings.DevNFTAddress()},
		{"ERC-20", r.DevToken, bindings.DevTokenAddress()},
	} {
		if c.got != c.want {
			t.Errorf("%s at %s, want %s", c.name, c.got, c.want)
		}
	}
}

func TestTopUp(t *testing.T) {
	client := startChain(t)
	opts := deploy.Options{PaymasterSigner: sponsor, Deposit: ether(1)}
	first, err := deploy.Run(t.Context(), client, deployer, opts)
	if err != nil {
		t.Fatal(err)
	}
	if first.DevNFT != (common.Address{}) || first.DevToken != (common.Address{}) {
		t.Errorf("development contracts were not asked for: %+v", first)
	}
	opts.Deposit, opts.Stake = ether(3), ether(2)
	second, err := deploy.Run(t.Context(), client, deployer, opts)
	if err != nil {
		t.Fatal(err)
	}
	info := depositInfo(t, client, first.Paymaster)
	if second.Sent() != 2 || info.Deposit.Cmp(ether(3)) != 0 || info.Stake.Cmp(ether(2)) != 0 {
		t.Errorf("%d transactions, paymaster at the EntryPoint: %+v", second.Sent(), info)
	}
	opts.Deposit = ether(2) // less than is there: nothing to do, nothing taken back
	third, err := deploy.Run(t.Context(), client, deployer, opts)
	if err != nil {
		t.Fatal(err)
	}
	if third.Sent() != 0 {
		t.Errorf("%d transactions for less than is there", third.Sent())
	}
}

// showCode is a client that is told another code of one address by a node that
// is real in everything else.
func showCode(t *testing.T, node *ethclient.Client, address common.Address, code string) *ethclient.Client {
	t.Helper()
	return lie(t, &lyingNode{node: node.Client(), address: address, code: code})
}

// busyKey is a client that is told of so many more pending transactions.
func busyKey(t *testing.T, node *ethclient.Client, pending uint64) *ethclient.Client {
	t.Helper()
	return lie(t, &lyingNode{node: node.Client(), pending: pending})
}

func lie(t *testing.T, node *lyingNode) *ethclient.Client {
	t.Helper()
	server := rpc.NewServer()
	t.Cleanup(server.Stop)
	if err := server.RegisterName("eth", node); err != nil {
		t.Fatal(err)
	}
	client := ethclient.NewClient(rpc.DialInProc(server))
	t.Cleanup(client.Close)
	return client
}

type lyingNode struct {
	node    *rpc.Client
	address common.Address
	code    string
	pending uint64
}

func (l *lyingNode) GetCode(ctx context.Context, address common.Address, block string) (result any, err error) {
	if l.code != "" && address == l.address {
		return l.code, nil
	}
	return result, l.node.CallContext(ctx, &result, "eth_getCode", address, block)
}

func (l *lyingNode) GetBlockByNumber(ctx context.Context, block string, full bool) (result any, err error) {
	return result, l.node.CallContext(ctx, &result, "eth_getBlockByNumber", block, full)
}

func (l *lyingNode) MaxPriorityFeePerGas(ctx context.Context) (result any, err error) {
	return result, l.node.CallContext(ctx, &result, "eth_maxPriorityFeePerGas")
}

func (l *lyingNode) EstimateGas(ctx context.Context, call any) (result any, err error) {
	return result, l.node.CallContext(ctx, &result, "eth_estimateGas", call)
}

func (l *lyingNode) SendRawTransaction(ctx context.Context, raw string) (result any, err error) {
	return result, l.node.CallContext(ctx, &result, "eth_sendRawTransaction", raw)
}

func (l *lyingNode) ChainId(ctx context.Context) (result any, err error) {
	return result, l.node.CallContext(ctx, &result, "eth_chainId")
}

func (l *lyingNode) Call(ctx context.Context, call, block any, overrides *any) (result any, err error) {
	if overrides == nil {
		return result, l.node.CallContext(ctx, &result, "eth_call", call, block)
	}
	return result, l.node.CallContext(ctx, &result, "eth_call", call, block, *overrides)
}

func TestWrongCodeIsAnError(t *testing.T) {
	client := startChain(t)
	result, err := deploy.Run(t.Context(), client, deployer, options())
	if err != nil {
		t.Fatal(err)
	}
	sent := nonce(t, client)
	for name, address := range map[string]common.Address{
		"EntryPoint": result.EntryPoint, "account implementation": result.Account,
		"account factory": result.Factory, "paymaster": result.Paymaster, "development ERC-20": result.DevToken,
	} {
		code, err := client.CodeAt(t.Context(), address, nil)
		if err != nil {
			t.Fatal(err)
		}
		code[len(code)/2] ^= 1
		_, err = deploy.Run(t.Context(), showCode(t, client, address, hexutil.Encode(code)), deployer, options())
		if err == nil || !strings.Contains(err.Error(), name+" at "+address.Hex()+": its code") {
			t.Errorf("%s with one bit changed: %v", name, err)
		}
	}
	if nonce(t, client) != sent {
		t.Error("a run that found wrong code sent transactions")
	}
}

func (l *lyingNode) GetTransactionCount(ctx context.Context, address common.Address, block string) (result hexutil.Uint64, err error) {
	err = l.node.CallContext(ctx, &result, "eth_getTransactionCount", address, block)
	if block == "pending" {
		result += hexutil.Uint64(l.pending)
	}
	return result, err
}

// Another program sends from the key: its nonces are not ours to take.
func TestKeyWithPendingTransactions(t *testing.T) {
	client := startChain(t)
	opts := deploy.Options{PaymasterSigner: sponsor, Deposit: ether(1)}
	if _, err := deploy.Run(t.Context(), client, deployer, opts); err != nil {
		t.Fatal(err)
	}
	busy, sent := busyKey(t, client, 2), nonce(t, client)
	if _, err := deploy.Run(t.Context(), busy, deployer, opts); err != nil {
		t.Errorf("a run with nothing to send: %v", err)
	}
	opts.Deposit = ether(2)
	_, err := deploy.Run(t.Context(), busy, deployer, opts)
	if err == nil || !strings.Contains(err.Error(), "has 2 transactions that are not mined") {
		t.Errorf("got %v", err)
	}
	if n := nonce(t, client); n != sent {
		t.Errorf("the refused run moved the nonce from %d to %d", sent, n)
	}
}

func TestMissingDeployer(t *testing.T) {
	client := startChain(t)
	_, err := deploy.Run(t.Context(), showCode(t, client, bindings.DeterministicDeployer, "0x"), deployer, options())
	if err == nil || !strings.Contains(err.Error(), "publish it first") {
		t.Errorf("got %v", err)
	}
}

func TestRefusals(t *testing.T) {
	client := startChain(t)
	for _, c := range []struct {
		name string
		run  func() error
		want string
	}{
		{"no paymaster signer", func() error {
			_, err := deploy.Run(t.Context(), client, deployer, deploy.Options{})
			return err
		}, "no paymaster signer"},
		{"poor deployer", func() error {
			poor, err := signer.Generate()
			if err != nil {
				t.Fatal(err)
			}
			_, err = deploy.Run(t.Context(), client, poor, options())
			return err
		}, "send native currency to the deployer"},
		{"cancelled", func() error {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			_, err := deploy.Run(ctx, client, deployer, options())
			if !errors.Is(err, context.Canceled) {
				t.Errorf("cancelled run: %v", err)
			}
			return err
		}, "context canceled"},
	} {
		if err := c.run(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	if n := nonce(t, client); n != 0 {
		t.Errorf("refused runs sent %d transactions", n)
	}
}
