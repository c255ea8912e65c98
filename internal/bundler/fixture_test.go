package bundler_test

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/accounts"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"
	"go.uber.org/goleak"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/bundler"
	"github.com/latchkey-dev/latchkey/internal/chain"
	"github.com/latchkey-dev/latchkey/internal/deploy"
	"github.com/latchkey-dev/latchkey/internal/devchain"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/player"
	"github.com/latchkey-dev/latchkey/internal/signer"
	"github.com/latchkey-dev/latchkey/internal/store"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		// The node starts these once for the process.
		goleak.IgnoreTopFunction("github.com/ethereum/go-ethereum/core.(*txSenderCacher).cache"),
		// Ends by itself a second after its database was closed.
		goleak.IgnoreTopFunction("github.com/syndtr/goleveldb/leveldb.(*DB).mpoolDrain"),
	)
}

// env is a chain with our contracts, a database, and the account rows that
// operations need. The deployer's key is not the relayer's. Tests with an env
// run in parallel.
type env struct {
	t       *testing.T
	node    *devchain.Node
	chain   *chain.Client
	eth     *ethclient.Client
	db      *store.DB
	result  deploy.Result
	funder  *signer.Local
	relayer *signer.Local
	chainID uint64
	clock   clock
}

// clock is a wall clock that tests move forward.
type clock struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

func newEnv(t *testing.T) *env {
	t.Helper()
	t.Parallel()
	ctx := t.Context()
	e := &env{t: t, funder: newKey(t), relayer: newKey(t)}
	var err error
	if e.node, err = devchain.Start(ctx, devchain.Config{Addr: "127.0.0.1:0", Fund: []common.Address{e.funder.Address(), e.relayer.Address()}}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closing(t, e.node.Close) })
	if e.chain, err = chain.Dial(ctx, e.node.URL()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.chain.Close)
	e.chainID = e.chain.ChainID()
	e.eth = ethclient.NewClient(e.node.RPC())
	if e.result, err = deploy.Run(ctx, e.eth, e.funder, deploy.Options{PaymasterSigner: e.funder.Address(), Development: true}); err != nil {
		t.Fatal(err)
	}
	if e.db, err = store.Open(ctx, "sqlite::memory:"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closing(t, e.db.Close) })
	e.must(e.db.CreateProject(ctx, auth.Project{ID: "pro_1", DefaultFeeLimit: new(big.Int), CreatedAt: time.Now()}, nil))
	return e
}

func closing(t *testing.T, close func() error) {
	if err := close(); err != nil {
		t.Errorf("close: %v", err)
	}
}

func (e *env) must(err error) {
	e.t.Helper()
	if err != nil {
		e.t.Fatal(err)
	}
}

func newKey(t *testing.T) *signer.Local {
	t.Helper()
	key, err := signer.Generate()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// bundler makes a bundler as a fresh process would. It polls without pauses:
// tests call Step themselves.
func (e *env) bundler(owner string, on bundler.Chain) *bundler.Bundler {
	return &bundler.Bundler{
		ChainID: e.chainID,
		Owner:   owner,
		Store:   e.db,
		Chain:   on,
		Signer:  e.relayer,
		Now:     e.clock.now,
		Log:     slog.New(slog.NewTextHandler(e.t.Output(), nil)),
		Explain: func(revert []byte) string {
			_, text := chain.DecodeRevert(revert)
			return text
		},
	}
}

// wallet is a smart account whose owner's key the test holds.
type wallet struct {
	env     *env
	id      string
	owner   *ecdsa.PrivateKey
	salt    common.Hash
	address common.Address
	lane    uint64
	fresh   bool // not deployed by the test
}

// wallet makes an account row. The account has money at once, and code only
// when deployed is asked for.
func (e *env) wallet(deployed bool) *wallet {
	e.t.Helper()
	key := e.newECDSA()
	owner := crypto.PubkeyToAddress(key.PublicKey)
	w := &wallet{env: e, owner: key, fresh: !deployed, salt: common.BytesToHash(owner[:])}
	w.address = bindings.AccountAddress(e.result.Factory, e.result.Account, owner, w.salt)
	w.id = "acc_" + w.address.Hex()
	e.must(e.db.CreatePlayer(e.t.Context(), player.Player{ID: "pla_" + w.id, ProjectID: "pro_1", CreatedAt: time.Now(), UpdatedAt: time.Now()}))
	e.must(e.db.CreateAccount(e.t.Context(), account.Account{
		ID: w.id, ProjectID: "pro_1", PlayerID: "pla_" + w.id, ChainID: e.chainID, Address: w.address, Owner: userop.OwnerAt(owner),
		Type: account.Smart, Factory: e.result.Factory, Implementation: e.result.Account, Salt: w.salt,
		CreatedAt: time.Now(), UpdatedAt: time.Now(),
	}))
	e.pay(e.funder, w.address, big.NewInt(1e18))
	if deployed {
		e.transact(e.funder, e.result.Factory, nil, userop.CreateAccount(owner, w.salt))
	}
	return w
}

func (e *env) newECDSA() *ecdsa.PrivateKey {
	e.t.Helper()
	key, err := crypto.GenerateKey()
	e.must(err)
	return key
}

func (w *wallet) deployment() *intent.FactoryCall {
	owner := crypto.PubkeyToAddress(w.owner.PublicKey)
	return &intent.FactoryCall{Factory: w.env.result.Factory, Data: userop.CreateAccount(owner, w.salt)}
}

// mint is a signed operation that mints a token to the account, in a lane of
// its own.
func (w *wallet) mint() intent.Queue {
	data := bindings.NewDevNFT().PackMint(w.address)
	w.lane++
	return w.call(userop.Nonce(w.lane, 0), w.env.result.DevNFT, data, nil)
}

// call is a signed operation; change may alter it before it is signed.
func (w *wallet) call(nonce *big.Int, to common.Address, data []byte, change func(*userop.Operation)) intent.Queue {
	w.env.t.Helper()
	callData, err := userop.ExecuteCall(to, nil, data)
	w.env.must(err)
	maxFee, tip, err := w.env.chain.Fees(w.env.t.Context())
	w.env.must(err)
	op := userop.Operation{
		Sender: w.address, Nonce: nonce, CallData: callData,
		CallGasLimit: big.NewInt(600_000), VerificationGasLimit: big.NewInt(200_000), PreVerificationGas: big.NewInt(60_000),
		MaxFeePerGas: maxFee, MaxPriorityFeePerGas: tip,
	}
	if change != nil {
		change(&op)
	}
	return w.sign(op)
}

func (w *wallet) sign(op userop.Operation) intent.Queue {
	w.env.t.Helper()
	hash, err := op.Hash(w.env.chainID, userop.EntryPoint)
	w.env.must(err)
	sig, err := crypto.Sign(accounts.TextHash(hash[:]), w.owner)
	w.env.must(err)
	sig[64] += 27
	op.Signature = userop.Owner{}.Field(userop.PersonalSign, userop.Proxy, sig)
	return intent.Queue{Operation: op, Hash: hash, ChainID: w.env.chainID}
}

// enqueue saves a signed intent, which queues its operation.
func (e *env) enqueue(w *wallet, q intent.Queue) common.Hash {
	e.t.Helper()
	ctx := e.t.Context()
	now := e.clock.now()
	in := intent.Intent{
		ID: "tin_" + q.Hash.Hex(), ProjectID: "pro_1", PlayerID: "pla_" + w.id, AccountID: w.id, AccountAddress: w.address,
		ChainID: e.chainID, Kind: intent.Call, Status: intent.Waiting, Operation: q.Operation, OperationHash: q.Hash,
		Lane: q.Operation.Nonce.Uint64() ^ new(big.Int).SetBytes(q.Hash[:4]).Uint64(), MaxCost: new(big.Int), CreatedAt: now, UpdatedAt: now,
	}
	e.must(e.db.OpenIntent(ctx, in, account.Account{}, nil, nil))
	_, err := e.db.ChangeIntent(ctx, in.ID, func(c *intent.Change) error {
		c.Intent.Status = intent.Signed
		c.Queue = &q
		return nil
	})
	e.must(err)
	return q.Hash
}

// pay sends money and waits until it has arrived.
func (e *env) pay(from *signer.Local, to common.Address, wei *big.Int) {
	e.t.Helper()
	e.transact(from, to, wei, nil)
}

// transact sends a transaction outside the bundler and waits for its receipt.
func (e *env) transact(from *signer.Local, to common.Address, value *big.Int, data []byte) *types.Receipt {
	e.t.Helper()
	ctx := e.t.Context()
	nonce, err := e.eth.PendingNonceAt(ctx, from.Address())
	e.must(err)
	return e.transactAt(from, nonce, to, value, data)
}

func (e *env) transactAt(from *signer.Local, nonce uint64, to common.Address, value *big.Int, data []byte) *types.Receipt {
	e.t.Helper()
	ctx := e.t.Context()
	maxFee, tip, err := e.chain.Fees(ctx)
	e.must(err)
	signed, err := from.SignTx(ctx, types.NewTx(&types.DynamicFeeTx{
		ChainID: new(big.Int).SetUint64(e.chainID), Nonce: nonce, GasTipCap: tip, GasFeeCap: maxFee, Gas: 3_000_000, To: &to, Value: value, Data: data,
	}), new(big.Int).SetUint64(e.chainID))
	e.must(err)
	e.must(e.eth.SendTransaction(ctx, signed))
	var receipt *types.Receipt
	e.eventually("receipt of "+signed.Hash().Hex(), func() bool {
		receipt, err = e.eth.TransactionReceipt(ctx, signed.Hash())
		return err == nil
	})
	return receipt
}

// eventually looks until ok says yes. The pauses are for the other side to
// work, not for time to pass.
func (e *env) eventually(what string, ok func() bool) {
	e.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		if time.Now().After(deadline) {
			e.t.Fatalf("no %s after 20 s", what)
		}
		<-tick.C
	}
}

// settle steps until the operations are included or dropped.
func (e *env) settle(b *bundler.Bundler, hashes ...common.Hash) []bundler.Operation {
	e.t.Helper()
	e.eventually(fmt.Sprintf("end of operations %v", hashes), func() bool {
		e.must(b.Step(e.t.Context()))
		for _, hash := range hashes {
			if op := e.operation(hash); op.State != bundler.Included && op.State != bundler.Dropped {
				return false
			}
		}
		return true
	})
	ops := make([]bundler.Operation, len(hashes))
	for i, hash := range hashes {
		ops[i] = e.operation(hash)
	}
	return ops
}

func (e *env) operation(hash common.Hash) bundler.Operation {
	e.t.Helper()
	op, err := e.db.Operation(e.t.Context(), e.chainID, hash)
	e.must(err)
	return op
}

// wantIncluded fails unless each operation succeeded on chain, exactly once.
func (e *env) wantIncluded(ops ...bundler.Operation) {
	e.t.Helper()
	for _, op := range ops {
		if op.State != bundler.Included || op.Result == nil || !op.Result.Success {
			e.t.Fatalf("operation %s is %s (%s) with %+v, want included with success", op.Hash, op.State, op.Reason, op.Result)
		}
		if n := e.inclusions(op.Hash); n != 1 {
			e.t.Errorf("operation %s is %d times on chain", op.Hash, n)
		}
	}
}

// inclusions counts the operation's events on chain.
func (e *env) inclusions(op common.Hash) int {
	e.t.Helper()
	entryPoint := bindings.NewEntryPoint().GetABI()
	logs, err := e.eth.FilterLogs(e.t.Context(), ethereum.FilterQuery{
		FromBlock: new(big.Int),
		Addresses: []common.Address{userop.EntryPoint},
		Topics:    [][]common.Hash{{entryPoint.Events["UserOperationEvent"].ID}, {op}},
	})
	e.must(err)
	return len(logs)
}

func (e *env) relayerNonce() uint64 {
	e.t.Helper()
	nonce, err := e.chain.LatestNonce(e.t.Context(), e.relayer.Address())
	e.must(err)
	return nonce
}

func (e *env) live() []bundler.Transaction {
	e.t.Helper()
	live, err := e.db.LiveTransactions(e.t.Context(), e.chainID)
	e.must(err)
	return live
}

// faults is the chain with failures on demand. Nil functions do nothing.
type faults struct {
	*chain.Client
	mu sync.Mutex
	// send stands in front of SendRaw; it may call deliver or not.
	send     func(raw []byte, deliver func() error) error
	simulate func(ethereum.CallMsg) error
	fees     func(maxFee, tip *big.Int) (*big.Int, *big.Int)
	sends    int
}

var (
	errNodeAway = errors.New("connection reset by peer")
	errRefused  = errors.New("exceeds block gas limit")
)

func (f *faults) SendRaw(ctx context.Context, raw []byte) error {
	f.mu.Lock()
	f.sends++
	send := f.send
	f.mu.Unlock()
	deliver := func() error { return f.Client.SendRaw(ctx, raw) }
	if send != nil {
		return send(raw, deliver)
	}
	return deliver()
}

func (f *faults) Simulate(ctx context.Context, tx ethereum.CallMsg) ([]byte, error) {
	f.mu.Lock()
	simulate := f.simulate
	f.mu.Unlock()
	if simulate != nil {
		if err := simulate(tx); err != nil {
			return nil, err
		}
	}
	return f.Client.Simulate(ctx, tx)
}

func (f *faults) Fees(ctx context.Context) (maxFee, tip *big.Int, err error) {
	maxFee, tip, err = f.Client.Fees(ctx)
	if err == nil && f.fees != nil {
		maxFee, tip = f.fees(maxFee, tip)
	}
	return maxFee, tip, err
}

// set changes a fault while a bundler may use the chain.
func (f *faults) set(change func(*faults)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(f)
}
