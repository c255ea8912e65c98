package server_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"math/big"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/ethclient"
	"go.uber.org/goleak"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/contract"
	"github.com/latchkey-dev/latchkey/internal/deploy"
	"github.com/latchkey-dev/latchkey/internal/devchain"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/server"
	"github.com/latchkey-dev/latchkey/internal/session"
	"github.com/latchkey-dev/latchkey/internal/signer"
	"github.com/latchkey-dev/latchkey/internal/sponsor"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		// The chain keeps these for the life of the process.
		goleak.IgnoreTopFunction("github.com/syndtr/goleveldb/leveldb.(*DB).mpoolDrain"),
		goleak.IgnoreTopFunction("github.com/ethereum/go-ethereum/core.(*txSenderCacher).cache"),
		goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"),
		goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"),
	)
}

var ether = big.NewInt(1e18)

// world is a chain with contracts, a server on it, and a project with a player.
type world struct {
	t       *testing.T
	node    *devchain.Node
	server  *server.Server
	config  server.Config
	relayer *signer.Local
	owner   *signer.Local
	project string
	policy  string

	publishable string // key of the project
	nft         contract.Contract
	account     account.Account
}

// newWorld starts everything; nothing is shared between tests. changes are made
// to the server's configuration.
func newWorld(t *testing.T, changes ...func(*server.Config)) *world {
	t.Helper()
	w := &world{t: t, relayer: newKey(t), owner: newKey(t)}
	var err error
	w.node, err = devchain.Start(t.Context(), devchain.Config{Addr: "127.0.0.1:0", Fund: []common.Address{w.relayer.Address(), w.owner.Address()}})
	w.must(err)
	t.Cleanup(func() { w.node.Close() })
	_, err = deploy.Run(t.Context(), ethclient.NewClient(w.node.RPC()), w.relayer, deploy.Options{
		PaymasterSigner: w.relayer.Address(), Stake: ether, Deposit: new(big.Int).Mul(ether, big.NewInt(100)), Development: true,
	})
	w.must(err)
	w.config = server.Config{
		Addr: "127.0.0.1:0", Database: "sqlite:" + filepath.Join(t.TempDir(), "test.db"), RPC: []string{w.node.URL()},
		Relayer: w.relayer, Sole: true, Poll: 5 * time.Millisecond, Log: slog.New(slog.DiscardHandler),
	}
	for _, change := range changes {
		change(&w.config)
	}
	w.start()
	w.seed()
	return w
}

func (w *world) start() {
	w.t.Helper()
	var err error
	w.server, err = server.Start(w.t.Context(), w.config)
	w.must(err)
	running := w.server
	w.t.Cleanup(func() {
		if err := running.Close(context.Background()); err != nil {
			w.t.Errorf("stop server: %v", err)
		}
	})
}

func (w *world) seed() {
	w.t.Helper()
	ctx, chainID := w.t.Context(), w.server.ChainID()
	project, publishable, _, err := w.server.Auth.NewProject(ctx, "test")
	w.must(err)
	w.project, w.publishable = project.ID, publishable
	policy, err := w.server.Sponsor.CreatePolicy(ctx, w.project, sponsor.PolicyParams{Name: ptr("all"), ChainID: &chainID, Schema: ptr(sponsor.PayForUser)})
	w.must(err)
	w.policy = policy.ID
	for _, rule := range []sponsor.RuleParams{
		{PolicyID: policy.ID, Type: sponsor.ContractFunctions, Wildcard: ptr(true)},
		{PolicyID: policy.ID, Type: sponsor.AccountFunctions},
	} {
		_, err := w.server.Sponsor.CreateRule(ctx, w.project, rule)
		w.must(err)
	}
	w.nft, err = w.server.Contracts.Create(ctx, w.project, contract.Params{
		Name: ptr("nft"), ChainID: &chainID, Address: ptr(bindings.DevNFTAddress()), ABI: json.RawMessage(bindings.DevNFTMetaData.ABI),
	})
	w.must(err)
	w.account = w.newAccount()
}

func (w *world) newAccount() account.Account {
	w.t.Helper()
	acc, err := w.server.Accounts.Create(w.t.Context(), w.project, account.CreateParams{ChainID: w.server.ChainID(), Owner: userop.OwnerAt(w.owner.Address())})
	w.must(err)
	return acc
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
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

func ptr[T any](v T) *T { return &v }

// now is the chain's time.
func (w *world) now() uint64 {
	w.t.Helper()
	head, err := ethclient.NewClient(w.node.RPC()).HeaderByNumber(w.t.Context(), nil)
	w.must(err)
	return max(head.Time, uint64(time.Now().Unix()))
}

func (w *world) travel(seconds uint64) {
	w.t.Helper()
	w.must(w.node.RPC().CallContext(w.t.Context(), nil, "evm_increaseTime", seconds))
	w.must(w.node.RPC().CallContext(w.t.Context(), nil, "evm_mine"))
}

// terms are those of a session that may mint.
func (w *world) terms(key *signer.Local) session.CreateParams {
	return session.CreateParams{
		AccountID: w.account.ID, ChainID: w.server.ChainID(), Key: session.Key{Address: key.Address()}, PolicyID: w.policy,
		ValidUntil: w.now() + 3600, Permissions: []session.CallGrant{{Address: w.nft.Address, Calls: []session.FunctionGrant{{Call: "mint(address)"}}}},
	}
}

// grant registers a session and has the owner sign.
func (w *world) grant(p session.CreateParams) session.View {
	w.t.Helper()
	v, err := w.server.Sessions.Create(w.t.Context(), w.project, p)
	w.must(err)
	return w.signSession(v)
}

func (w *world) personal(key *signer.Local, hash common.Hash) []byte {
	w.t.Helper()
	sig, err := key.SignPersonal(w.t.Context(), hash)
	w.must(err)
	return sig[:]
}

func (w *world) raw(key *signer.Local, hash common.Hash) []byte {
	w.t.Helper()
	sig, err := key.SignHash(w.t.Context(), hash)
	w.must(err)
	return sig[:]
}

// mint is a request that mints one NFT to the account itself.
func (w *world) mint() intent.CreateParams {
	return intent.CreateParams{
		AccountID: w.account.ID, ChainID: w.server.ChainID(), PolicyID: w.policy,
		Interactions: []intent.CallParams{{Contract: w.nft.ID, Function: "mint", Args: []any{w.account.Address.Hex()}}},
	}
}

func (w *world) intend(p intent.CreateParams) intent.Intent {
	w.t.Helper()
	in, err := w.server.Intents.Create(w.t.Context(), w.project, p)
	w.must(err)
	return in
}

func (w *world) sign(in intent.Intent, sig []byte) (intent.Intent, error) {
	w.t.Helper()
	return w.server.Intents.Sign(w.t.Context(), w.project, in.ID, intent.SignParams{Signature: sig})
}

// succeed signs an intent and fails the test unless it is included.
func (w *world) succeed(in intent.Intent, sig []byte) intent.Intent {
	w.t.Helper()
	done, err := w.sign(in, sig)
	w.must(err)
	if done.Status != intent.Succeeded {
		w.t.Fatalf("intent is %s, want succeeded: %+v", done.Status, done.Failure)
	}
	return done
}

// tokens counts the account's NFTs.
func (w *world) tokens() uint64 {
	w.t.Helper()
	n, err := w.server.Contracts.Read(w.t.Context(), w.project, w.nft.ID, "balanceOf", []any{w.account.Address.Hex()})
	w.must(err)
	count, ok := new(big.Int).SetString(n.(string), 10)
	if !ok {
		w.t.Fatalf("balanceOf answered %v", n)
	}
	return count.Uint64()
}

// pay sends wei from the owner to an address.
func (w *world) pay(to common.Address, wei *big.Int) {
	w.t.Helper()
	w.payFrom(w.owner, to, wei)
}

func (w *world) payFrom(from *signer.Local, to common.Address, wei *big.Int) {
	w.t.Helper()
	client, chainID := ethclient.NewClient(w.node.RPC()), new(big.Int).SetUint64(w.server.ChainID())
	nonce, err := client.PendingNonceAt(w.t.Context(), from.Address())
	w.must(err)
	tx, err := from.SignTx(w.t.Context(), types.NewTx(&types.DynamicFeeTx{
		ChainID: chainID, Nonce: nonce, To: &to, Value: wei, Gas: 100_000, GasTipCap: big.NewInt(1e9), GasFeeCap: big.NewInt(100e9),
	}), chainID)
	w.must(err)
	w.must(client.SendTransaction(w.t.Context(), tx))
	w.eventually("transfer is mined", func() bool {
		receipt, err := client.TransactionReceipt(w.t.Context(), tx.Hash())
		return err == nil && receipt.Status == 1
	})
}

// eventually polls until ok, with a deadline.
func (w *world) eventually(what string, ok func() bool) {
	w.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			w.t.Fatalf("did not come true: %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// refused fails the test unless err is a refusal that says text.
func refused(t *testing.T, err error, text string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), text) {
		t.Fatalf("answered %v, want a refusal with %q", err, text)
	}
}
