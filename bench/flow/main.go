// Command flow measures the main job through the public HTTP API of a server
// that it starts: boot to ready, creating an intent, and signature to receipt,
// beside the time that the embedded chain itself takes from a transaction to
// its receipt in the same run.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/latchkey-dev/latchkey/internal/client"
	"github.com/latchkey-dev/latchkey/internal/signer"
)

func main() {
	n := flag.Int("n", 100, "intents, and transactions, to measure")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *n); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// info is the line that the server prints when it is ready.
type info struct {
	API, RPC, PublishableKey, SecretKey, Policy, Contract, ContractAddress string
	Account, AccountAddress, OwnerPrivateKey                               string
	ChainID                                                                uint64
}

func run(ctx context.Context, n int) error {
	folder, err := os.MkdirTemp("", "latchkey-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	binary := filepath.Join(folder, "latchkey")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", binary, "./cmd/latchkey").CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w\n%s", err, out)
	}
	started := time.Now()
	ready, stop, err := start(ctx, binary)
	if err != nil {
		return err
	}
	defer stop()
	boot := time.Since(started)

	b := bench{info: ready, api: client.Client{Base: ready.API, Secret: ready.SecretKey, Publishable: ready.PublishableKey}}
	if err := b.prepare(ctx); err != nil {
		return err
	}
	create, sign, err := b.mints(ctx, n)
	if err != nil {
		return err
	}
	chain, err := b.transactions(ctx, n)
	if err != nil {
		return err
	}
	report(boot, create, sign, chain)
	return nil
}

// start boots an ephemeral server and returns when it is ready.
func start(ctx context.Context, binary string) (ready info, stop func(), err error) {
	cmd := exec.CommandContext(ctx, binary, "dev", "--ephemeral", "--json", "--addr", "127.0.0.1:0", "--rpc-addr", "127.0.0.1:0", "--log-level", "warn")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return info{}, nil, err
	}
	if err := cmd.Start(); err != nil {
		return info{}, nil, err
	}
	stop = func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &ready)
	}
	if err != nil {
		stop()
		return info{}, nil, fmt.Errorf("server did not become ready: %w", err)
	}
	return ready, stop, nil
}

type bench struct {
	info    info
	api     client.Client
	owner   *signer.Local
	session *signer.Local
}

// prepare registers a session key without a limit of calls and warms the
// account up with one mint.
func (b *bench) prepare(ctx context.Context) (err error) {
	if b.owner, err = signer.Parse(b.info.OwnerPrivateKey); err != nil {
		return err
	}
	if b.session, err = signer.Generate(); err != nil {
		return err
	}
	var session client.Session
	if err := b.api.Post(ctx, "/v1/sessions", map[string]any{
		"account": b.info.Account, "chainId": b.info.ChainID, "policy": b.info.Policy, "address": b.session.Address().Hex(),
		"validAfter": 0, "validUntil": time.Now().Add(24 * time.Hour).Unix(),
		"whitelist": []string{b.info.ContractAddress},
	}, &session); err != nil {
		return err
	}
	if _, err := b.signed(ctx, "/v1/sessions/"+session.ID, b.owner, session.NextAction, &session); err != nil {
		return err
	}
	_, _, err = b.mints(ctx, 1)
	return err
}

// signed sends a signature and returns how long the answer took.
func (b *bench) signed(ctx context.Context, path string, key *signer.Local, next *client.NextAction, out any) (time.Duration, error) {
	if next == nil {
		return 0, fmt.Errorf("%s asks for no signature", path)
	}
	signature, err := key.SignPersonal(ctx, next.Payload.SignableHash)
	if err != nil {
		return 0, err
	}
	began := time.Now()
	err = b.api.PostPublic(ctx, path+"/signature", map[string]any{"signature": hexutil.Encode(signature[:])}, out)
	return time.Since(began), err
}

// mints makes n mints with the session key, one after the other.
func (b *bench) mints(ctx context.Context, n int) (create, sign []time.Duration, err error) {
	for range n {
		var in client.Intent
		began := time.Now()
		if err := b.api.Post(ctx, "/v1/transaction_intents", map[string]any{
			"account": b.info.Account, "chainId": b.info.ChainID, "policy": b.info.Policy,
			"interactions": []any{map[string]any{"contract": b.info.Contract, "functionName": "mint", "functionArgs": []string{b.info.AccountAddress}}},
		}, &in); err != nil {
			return nil, nil, err
		}
		create = append(create, time.Since(began))
		took, err := b.signed(ctx, "/v1/transaction_intents/"+in.ID, b.session, in.NextAction, &in)
		if err != nil {
			return nil, nil, err
		}
		if in.Response == nil || in.Response.Status != 1 {
			return nil, nil, fmt.Errorf("mint %s did not succeed", in.ID)
		}
		sign = append(sign, took)
	}
	return create, sign, nil
}

// transactions sends n plain transactions from the owner's key, one after the
// other, and measures each until its receipt is there.
func (b *bench) transactions(ctx context.Context, n int) ([]time.Duration, error) {
	node, err := ethclient.DialContext(ctx, b.info.RPC)
	if err != nil {
		return nil, err
	}
	defer node.Close()
	var out []time.Duration
	for range n {
		took, err := b.transaction(ctx, node)
		if err != nil {
			return nil, err
		}
		out = append(out, took)
	}
	return out, nil
}

func (b *bench) transaction(ctx context.Context, node *ethclient.Client) (time.Duration, error) {
	nonce, err := node.PendingNonceAt(ctx, b.owner.Address())
	if err != nil {
		return 0, err
	}
	to, chainID := common.HexToAddress(b.info.AccountAddress), new(big.Int).SetUint64(b.info.ChainID)
	tx, err := b.owner.SignTx(ctx, types.NewTx(&types.DynamicFeeTx{
		ChainID: chainID, Nonce: nonce, To: &to, Value: big.NewInt(1), Gas: 60_000,
		GasTipCap: big.NewInt(1e9), GasFeeCap: big.NewInt(100e9),
	}), chainID)
	if err != nil {
		return 0, err
	}
	began := time.Now()
	if err := node.SendTransaction(ctx, tx); err != nil {
		return 0, err
	}
	for {
		if _, err := node.TransactionReceipt(ctx, tx.Hash()); err == nil {
			return time.Since(began), nil
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(200 * time.Microsecond):
		}
	}
}

func report(boot time.Duration, create, sign, chain []time.Duration) {
	floor := quantile(chain, 50)
	fmt.Printf("%-42s %10s %10s %10s\n", "", "p50", "p95", "x floor")
	fmt.Printf("%-42s %10s %10s %10s\n", "boot to ready", round(boot), "", "")
	row := func(name string, all []time.Duration) {
		fmt.Printf("%-42s %10s %10s %10.1f\n", name, round(quantile(all, 50)), round(quantile(all, 95)), float64(quantile(all, 50))/float64(floor))
	}
	row("create intent to signable hash", create)
	row("signature to receipt", sign)
	row("floor: the chain's transaction to receipt", chain)
	fmt.Printf("%d of each, one after the other, one process on this machine\n", len(chain))
}

func quantile(all []time.Duration, percent int) time.Duration {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[(len(sorted)-1)*percent/100]
}

func round(d time.Duration) time.Duration { return d.Round(10 * time.Microsecond) }
