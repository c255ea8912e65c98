package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/latchkey-dev/latchkey/internal/client"
	"github.com/latchkey-dev/latchkey/internal/signer"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// world is what all rows share: a server, and one account with an owner, with
// ether, tokens and NFTs. Each row has a session key of its own.
type world struct {
	info    devInfo
	api     client.Client
	chain   *ethclient.Client
	owner   *signer.Local // also sends what goes past the server
	account common.Address

	token common.Address // a real ERC-20, of which the account has plenty
	nft   common.Address // a real ERC-721
	ids   [2]*big.Int    // of the NFT, both the account's
	// sink and other take any call and any value. They stand for contracts of
	// which only the call data matters here.
	sink, other common.Address
	friend      common.Address // gets what is sent

	start uint64 // chain time when the rows begin
}

// sinkCode deploys a contract whose code is STOP: it accepts every call.
var sinkCode = hexutil.MustDecode("0x6001600c60003960016000f300")

func newWorld(ctx context.Context, info devInfo) (*world, error) {
	w := &world{
		info:    info,
		api:     client.Client{Base: info.API, Secret: info.SecretKey, Publishable: info.PublishableKey},
		account: common.HexToAddress(info.AccountAddress),
		token:   common.HexToAddress(info.ERC20Address),
		nft:     common.HexToAddress(info.ContractAddress),
		friend:  common.HexToAddress("0xf00000000000000000000000000000000000000f"),
	}
	var err error
	if w.owner, err = signer.Parse(info.OwnerPrivateKey); err != nil {
		return nil, err
	}
	if w.chain, err = ethclient.DialContext(ctx, info.RPC); err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context) error{w.deploySinks, w.fund, w.mintNFTs, w.deployAccount} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	w.start, err = w.now(ctx)
	return w, err
}

func (w *world) deploySinks(ctx context.Context) error {
	for _, to := range []*common.Address{&w.sink, &w.other} {
		receipt, err := w.send(ctx, nil, nil, sinkCode)
		if err != nil {
			return err
		}
		*to = receipt.ContractAddress
	}
	return nil
}

func (w *world) fund(ctx context.Context) error {
	if _, err := w.send(ctx, &w.account, ether(50), nil); err != nil {
		return err
	}
	_, err := w.send(ctx, &w.token, nil, encode("mint(address,uint256)", w.account, ether(1000)))
	return err
}

func (w *world) mintNFTs(ctx context.Context) error {
	for i := range w.ids {
		receipt, err := w.send(ctx, &w.nft, nil, encode("mint(address)", w.account))
		if err != nil {
			return err
		}
		if len(receipt.Logs) == 0 || len(receipt.Logs[0].Topics) != 4 {
			return errors.New("minting an NFT logged no transfer")
		}
		w.ids[i] = receipt.Logs[0].Topics[3].Big()
	}
	return nil
}

// deployAccount brings the account on chain, and lets it spend its own tokens
// by transferFrom.
func (w *world) deployAccount(ctx context.Context) error {
	in, err := w.intend(ctx, w.info.Policy, []userop.Call{{Target: w.token, Data: encode("approve(address,uint256)", w.account, ether(1000))}})
	if err != nil {
		return err
	}
	_, err = w.sign(ctx, in, w.owner)
	return err
}

// errReverted is answered for a transaction that was included and failed.
var errReverted = errors.New("reverted")

// send makes a transaction of the owner's EOA and waits for it. A nil to
// deploys data. The error wraps errReverted, with the receipt, when it failed.
func (w *world) send(ctx context.Context, to *common.Address, value *big.Int, data []byte) (*types.Receipt, error) {
	nonce, err := w.chain.PendingNonceAt(ctx, w.owner.Address())
	if err != nil {
		return nil, err
	}
	chainID := new(big.Int).SetUint64(w.info.ChainID)
	tx, err := w.owner.SignTx(ctx, types.NewTx(&types.DynamicFeeTx{
		ChainID: chainID, Nonce: nonce, GasTipCap: big.NewInt(1e9), GasFeeCap: big.NewInt(100e9), Gas: 12_000_000,
		To: to, Value: value, Data: data,
	}), chainID)
	if err != nil {
		return nil, err
	}
	if err := w.chain.SendTransaction(ctx, tx); err != nil {
		return nil, err
	}
	receipt, err := w.receipt(ctx, tx.Hash())
	if err == nil && receipt.Status != types.ReceiptStatusSuccessful {
		err = fmt.Errorf("transaction %s %w", tx.Hash(), errReverted)
	}
	return receipt, err
}

func (w *world) receipt(ctx context.Context, hash common.Hash) (*types.Receipt, error) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		receipt, err := w.chain.TransactionReceipt(ctx, hash)
		if !errors.Is(err, ethereum.NotFound) {
			return receipt, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("transaction %s is not included: %w", hash, ctx.Err())
		case <-tick.C:
		}
	}
}

// now is the chain's time.
func (w *world) now(ctx context.Context) (uint64, error) {
	head, err := w.chain.HeaderByNumber(ctx, nil)
	if err != nil {
		return 0, err
	}
	return head.Time, nil
}

// nextBlockAt makes the next block carry a time. The clock goes on from there.
func (w *world) nextBlockAt(ctx context.Context, unix uint64) error {
	return w.chain.Client().CallContext(ctx, nil, "evm_setNextBlockTimestamp", hexutil.Uint64(unix))
}

// mineAt seals an empty block with that time.
func (w *world) mineAt(ctx context.Context, unix uint64) error {
	return w.chain.Client().CallContext(ctx, nil, "evm_mine", hexutil.Uint64(unix))
}

// intent is what is read of a transaction intent.
type intent struct {
	ID         string `json:"id"`
	NextAction *struct {
		Payload struct {
			SignableHash  common.Hash     `json:"signableHash"`
			UserOperation json.RawMessage `json:"userOperation"`
		} `json:"payload"`
	} `json:"nextAction"`
	Response *client.Response `json:"response"`
}

// intend asks the server for an operation that makes the calls. policy pays,
// or the account when policy is "".
func (w *world) intend(ctx context.Context, policy string, calls []userop.Call) (intent, error) {
	body := map[string]any{"account": w.info.Account, "chainId": w.info.ChainID}
	if policy != "" {
		body["policy"] = policy
	}
	var interactions []any
	for _, c := range calls {
		interaction := map[string]any{"to": c.Target.Hex(), "data": hexutil.Encode(c.Data)}
		if c.Value != nil {
			interaction["value"] = c.Value.String()
		}
		interactions = append(interactions, interaction)
	}
	body["interactions"] = interactions
	var in intent
	if err := w.api.Post(ctx, "/v1/transaction_intents", body, &in); err != nil {
		return in, err
	}
	if in.NextAction == nil {
		return in, fmt.Errorf("%s has nothing to sign", in.ID)
	}
	return in, nil
}

// sign signs an intent and answers the hash of its transaction, which must
// have succeeded.
func (w *world) sign(ctx context.Context, in intent, key *signer.Local) (common.Hash, error) {
	signature, err := key.SignPersonal(ctx, in.NextAction.Payload.SignableHash)
	if err != nil {
		return common.Hash{}, err
	}
	var done intent
	err = w.api.PostPublic(ctx, "/v1/transaction_intents/"+in.ID+"/signature", map[string]any{"signature": hexutil.Encode(signature[:])}, &done)
	if err != nil {
		return common.Hash{}, err
	}
	if done.Response == nil || done.Response.Status != 1 {
		return common.Hash{}, fmt.Errorf("%s did not succeed: %+v", in.ID, done.Response)
	}
	return common.HexToHash(done.Response.TransactionHash), nil
}

// encode makes call data with arguments of one word each.
func encode(signature string, args ...any) []byte {
	data := crypto.Keccak256([]byte(signature))[:4]
	for _, arg := range args {
		switch arg := arg.(type) {
		case common.Address:
			data = append(data, common.LeftPadBytes(arg[:], 32)...)
		case *big.Int:
			data = append(data, arg.FillBytes(make([]byte, 32))...)
		case int:
			data = append(data, big.NewInt(int64(arg)).FillBytes(make([]byte, 32))...)
		default:
			panic(fmt.Sprintf("encode %s: argument of type %T", signature, arg))
		}
	}
	return data
}

func ether(n int64) *big.Int { return new(big.Int).Mul(big.NewInt(n), big.NewInt(1e18)) }

// newLane is a nonce lane that nobody uses.
func newLane() (uint64, error) {
	n, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 63))
	if err != nil {
		return 0, err
	}
	return n.Uint64() | 1<<62, nil
}
