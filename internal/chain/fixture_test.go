package chain_test

import (
	"context"
	"math/big"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/params"
	"github.com/holiman/uint256"
	"go.uber.org/goleak"

	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/chain"
	"github.com/latchkey-dev/latchkey/internal/deploy"
	"github.com/latchkey-dev/latchkey/internal/devchain"
	"github.com/latchkey-dev/latchkey/internal/paymaster"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/signer"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		// The embedded node starts these once for the process.
		goleak.IgnoreTopFunction("github.com/ethereum/go-ethereum/core.(*txSenderCacher).cache"),
		// Ends by itself a second after its database was closed.
		goleak.IgnoreTopFunction("github.com/syndtr/goleveldb/leveldb.(*DB).mpoolDrain"),
	)
}

// world is a chain with Latchkey's contracts, and everyone who uses it.
type world struct {
	*testing.T
	node   *devchain.Node
	client *chain.Client

	bundler *signer.Local // rich; sends bundles and everything else
	sponsor *paymaster.Paymaster
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, bundler: key(t, "bundler")}
	node, err := devchain.Start(t.Context(), devchain.Config{Addr: "127.0.0.1:0", Fund: []common.Address{w.bundler.Address()}})
	w.must(err)
	t.Cleanup(func() { node.Close() })
	w.node = node

	sponsorKey := key(t, "sponsor")
	deployed, err := deploy.Run(t.Context(), ethclient.NewClient(node.RPC()), w.bundler, deploy.Options{
		PaymasterSigner: sponsorKey.Address(), Stake: ether(1), Deposit: ether(10), Development: true,
	})
	w.must(err)
	w.client, err = chain.Dial(t.Context(), node.URL())
	w.must(err)
	t.Cleanup(w.client.Close)
	w.sponsor = paymaster.New(w.client.ChainID(), deployed.Paymaster, sponsorKey)
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// key is a key that is the same in every run, so that failures repeat.
func key(t *testing.T, name string) *signer.Local {
	t.Helper()
	k, err := signer.Parse(crypto.Keccak256Hash([]byte("chain test: " + name)).Hex())
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func ether(n int64) *big.Int { return new(big.Int).Mul(big.NewInt(n), big.NewInt(params.Ether)) }

// send mines a transaction of the bundler, which may fail on chain.
func (w *world) send(to common.Address, value *big.Int, data []byte) *types.Receipt {
	w.Helper()
	return w.mine(w.signed(w.bundler, &types.DynamicFeeTx{To: &to, Value: value, Data: data, Gas: 5_000_000}))
}

// signed completes a transaction with nonce, fees and signature.
func (w *world) signed(from *signer.Local, content *types.DynamicFeeTx) *types.Transaction {
	w.Helper()
	ctx := context.WithoutCancel(w.Context())
	nonce, err := w.client.PendingNonce(ctx, from.Address())
	w.must(err)
	content.Nonce = nonce
	content.ChainID = new(big.Int).SetUint64(w.client.ChainID())
	if content.GasFeeCap == nil {
		content.GasFeeCap, content.GasTipCap, err = w.client.Fees(ctx)
		w.must(err)
	}
	tx, err := from.SignTx(ctx, types.NewTx(content), content.ChainID)
	w.must(err)
	return tx
}

func (w *world) mine(tx *types.Transaction) *types.Receipt {
	w.Helper()
	raw, err := tx.MarshalBinary()
	w.must(err)
	w.must(w.client.SendRaw(w.Context(), raw))
	return w.receipt(tx.Hash())
}

func (w *world) receipt(hash common.Hash) *types.Receipt {
	w.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		receipt, err := w.client.Receipt(w.Context(), hash)
		w.must(err)
		if receipt != nil {
			return receipt
		}
	}
	w.Fatalf("transaction %s is not mined", hash)
	return nil
}

// home is an account and who owns it.
type home struct {
	address common.Address
	owner   *signer.Local
	kind    userop.Home
}

// counterfactual is the proxy account of an owner, not deployed.
func (w *world) counterfactual(name string) home {
	owner := key(w.T, name)
	return home{
		address: bindings.AccountAddress(bindings.FactoryAddress(), bindings.AccountImplementation(), owner.Address(), common.Hash{}),
		owner:   owner,
		kind:    userop.Proxy,
	}
}

// proxy is a deployed proxy account with money.
func (w *world) proxy(name string) home {
	w.Helper()
	h := w.counterfactual(name)
	w.succeed(w.send(bindings.FactoryAddress(), nil, userop.CreateAccount(h.owner.Address(), common.Hash{})))
	w.fund(h.address)
	return h
}

// delegated is an EOA that delegates to the account, with money.
func (w *world) delegated(name string) home {
	w.Helper()
	owner := key(w.T, name)
	chainID := uint256.NewInt(w.client.ChainID())
	authorization := types.SetCodeAuthorization{ChainID: *chainID, Address: bindings.AccountImplementation()}
	sig, err := owner.SignHash(w.Context(), authorization.SigHash())
	w.must(err)
	authorization.R.SetBytes(sig[:32])
	authorization.S.SetBytes(sig[32:64])
	authorization.V = sig[64] - 27

	nonce, err := w.client.PendingNonce(w.Context(), w.bundler.Address())
	w.must(err)
	tx, err := w.bundler.SignTx(w.Context(), types.NewTx(&types.SetCodeTx{
		ChainID: chainID, Nonce: nonce, To: owner.Address(), Gas: 100_000,
		GasFeeCap: uint256.NewInt(100e9), GasTipCap: uint256.NewInt(1e9),
		AuthList: []types.SetCodeAuthorization{authorization},
	}), chainID.ToBig())
	w.must(err)
	w.succeed(w.mine(tx))
	w.fund(owner.Address())
	return home{address: owner.Address(), owner: owner, kind: userop.Delegated}
}

func (w *world) fund(account common.Address) {
	w.Helper()
	w.succeed(w.send(account, ether(1), nil))
}

func (w *world) succeed(receipt *types.Receipt) {
	w.Helper()
	if receipt.Status != types.ReceiptStatusSuccessful {
		w.Fatalf("transaction %s failed", receipt.TxHash)
	}
}

// session is a key and what it may do.
type session struct {
	key    *signer.Local
	packed []byte
	id     common.Hash
}

// session makes a session of an account that may mint the development ERC-721
// and spend a little on fees, under any paymaster of the world.
func (w *world) session(h home, name string) session {
	w.Helper()
	k := key(w.T, name)
	packed, err := permission.Permission{
		Signer: k.Address(), ValidUntil: permission.MaxTime, Limit: 100, FeeLimit: ether(1),
		Functions:  []permission.Function{{Target: bindings.DevNFTAddress(), Selector: mintSelector}},
		Paymasters: []common.Address{w.sponsor.Address()},
	}.Encode()
	w.must(err)
	state, err := w.client.Account(w.Context(), h.address)
	w.must(err)
	return session{key: k, packed: packed, id: permission.ID(w.client.ChainID(), h.address, state.Epoch, packed)}
}

// register stores a session, by a transaction of the owner's operation.
func (w *world) register(h home, s session) {
	w.Helper()
	op := w.operation(h, userop.RegisterSession(s.packed))
	w.ownerSign(&op, h)
	w.included(w.handle(op))
}

var mintSelector = userop.Selector(bindings.NewDevNFT().PackMint(common.Address{})[:4])

// mint is the call data of an account that mints an NFT to someone.
func (w *world) mint(to common.Address) []byte {
	w.Helper()
	data, err := userop.ExecuteCall(bindings.DevNFTAddress(), nil, bindings.NewDevNFT().PackMint(to))
	w.must(err)
	return data
}

// operation is an operation in the account's lane 0, with gas to spare. An
// account that is not deployed deploys itself.
func (w *world) operation(h home, callData []byte) userop.Operation {
	w.Helper()
	sequence, err := w.client.Sequence(w.Context(), h.address, 0)
	w.must(err)
	maxFee, maxPriority, err := w.client.Fees(w.Context())
	w.must(err)
	op := userop.Operation{
		Sender: h.address, Nonce: userop.Nonce(0, sequence), CallData: callData,
		CallGasLimit: big.NewInt(400_000), VerificationGasLimit: big.NewInt(800_000), PreVerificationGas: big.NewInt(60_000),
		MaxFeePerGas: maxFee, MaxPriorityFeePerGas: maxPriority,
	}
	state, err := w.client.Account(w.Context(), h.address)
	w.must(err)
	if !state.Deployed {
		op.Factory, op.FactoryData = bindings.FactoryAddress(), userop.CreateAccount(h.owner.Address(), common.Hash{})
	}
	return op
}

func (w *world) hash(op userop.Operation) common.Hash {
	w.Helper()
	hash, err := op.Hash(w.client.ChainID(), userop.EntryPoint)
	w.must(err)
	return hash
}

// sponsored has the paymaster sign the operation.
func (w *world) sponsored(op *userop.Operation) {
	w.Helper()
	now, err := w.client.Time(w.Context())
	w.must(err)
	w.must(w.sponsor.Sponsor(w.Context(), op, now-60, now+3600))
}

// ownerSign signs in the form that needs no mode byte.
func (w *world) ownerSign(op *userop.Operation, h home) {
	w.Helper()
	form := userop.PersonalSign
	if h.kind == userop.Delegated {
		form = userop.Raw
	}
	op.Signature = userop.Owner{}.Field(form, h.kind, w.signature(*op, h.owner, form))
}

func (w *world) sessionSign(op *userop.Operation, s session, form userop.Form) {
	w.Helper()
	op.Signature = userop.Session{Permission: s.packed}.Field(form, w.signature(*op, s.key, form))
}

func (w *world) signature(op userop.Operation, by *signer.Local, form userop.Form) []byte {
	w.Helper()
	sign := by.SignHash
	if form == userop.PersonalSign {
		sign = by.SignPersonal
	}
	sig, err := sign(w.Context(), w.hash(op))
	w.must(err)
	return sig[:]
}

// handleOps is the call data of a bundle.
func (w *world) handleOps(ops ...userop.Operation) []byte {
	w.Helper()
	packed := make([]bindings.PackedUserOperation, len(ops))
	for i, op := range ops {
		p, err := op.Pack()
		w.must(err)
		packed[i] = bindings.PackedUserOperation(p)
	}
	return bindings.NewEntryPoint().PackHandleOps(packed, w.bundler.Address())
}

// handle mines a bundle.
func (w *world) handle(ops ...userop.Operation) *types.Receipt {
	w.Helper()
	return w.send(userop.EntryPoint, nil, w.handleOps(ops...))
}

// included demands that the bundle holds one operation, which succeeded.
func (w *world) included(receipt *types.Receipt) *bindings.EntryPointUserOperationEvent {
	w.Helper()
	w.succeed(receipt)
	for _, log := range receipt.Logs {
		event, err := bindings.NewEntryPoint().UnpackUserOperationEventEvent(log)
		if err != nil {
			continue
		}
		if !event.Success {
			w.Fatalf("operation %x failed", event.UserOpHash)
		}
		return event
	}
	w.Fatal("the bundle holds no operation")
	return nil
}
