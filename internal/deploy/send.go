package deploy

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/ethclient"
)

const (
	// mineTimeout bounds the wait for one receipt.
	mineTimeout = 3 * time.Minute
	// firstPoll and slowestPoll bound the pause between looks for a receipt:
	// some chains answer in milliseconds, some in half a minute.
	firstPoll   = 2 * time.Millisecond
	slowestPoll = 2 * time.Second
)

// Key signs the deployer's transactions.
type Key interface {
	Address() common.Address
	SignTx(ctx context.Context, tx *types.Transaction, chainID *big.Int) (*types.Transaction, error)
}

// sender sends transactions from one key, one after the other.
type sender struct {
	began   bool // has sent: what is pending since is its own
	client  *ethclient.Client
	key     Key
	address common.Address
	chainID *big.Int
}

func newSender(ctx context.Context, client *ethclient.Client, key Key) (*sender, error) {
	chainID, err := client.ChainID(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask the node for its chain id: %w", err)
	}
	return &sender{client: client, key: key, address: key.Address(), chainID: chainID}, nil
}

// send returns when the transaction is in a block; one that failed there is an
// error. A nil value is zero wei.
func (s *sender) send(ctx context.Context, to common.Address, value *big.Int, data []byte) (*types.Receipt, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	tx, err := s.sign(ctx, to, value, data)
	if err != nil {
		return nil, err
	}
	if err := s.client.SendTransaction(ctx, tx); err != nil {
		return nil, fmt.Errorf("send transaction %s: %w", tx.Hash(), s.explain(err))
	}
	receipt, err := s.await(ctx, tx.Hash())
	if err != nil {
		return nil, err
	}
	if receipt.Status != types.ReceiptStatusSuccessful {
		return nil, fmt.Errorf("transaction %s failed in block %d after %d gas", tx.Hash(), receipt.BlockNumber, receipt.GasUsed)
	}
	return receipt, nil
}

// begin refuses a key with transactions under way before the first one is sent.
// They are a server's, or an earlier run's: with a nonce between them, ours
// would take one that the server has promised to a saved transaction.
func (s *sender) begin(ctx context.Context) error {
	if s.began {
		return nil
	}
	mined, err := s.client.NonceAt(ctx, s.address, nil)
	if err != nil {
		return fmt.Errorf("read the nonce of %s: %w", s.address, err)
	}
	pending, err := s.client.PendingNonceAt(ctx, s.address)
	if err != nil {
		return fmt.Errorf("read the pending nonce of %s: %w", s.address, err)
	}
	if pending > mined {
		return fmt.Errorf("key %s has %d transactions that are not mined: stop the server that sends from it, wait until they are mined, then run deploy again, or deploy with a key of its own", s.address, pending-mined)
	}
	s.began = true
	return nil
}

func (s *sender) sign(ctx context.Context, to common.Address, value *big.Int, data []byte) (*types.Transaction, error) {
	head, err := s.client.HeaderByNumber(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("read the head: %w", err)
	}
	if head.BaseFee == nil {
		return nil, errors.New("the chain has no base fee (EIP-1559), which EntryPoint v0.8 needs")
	}
	tip, err := s.client.SuggestGasTipCap(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask the node for a priority fee: %w", err)
	}
	nonce, err := s.client.PendingNonceAt(ctx, s.address)
	if err != nil {
		return nil, fmt.Errorf("read the nonce of %s: %w", s.address, err)
	}
	gas, err := s.client.EstimateGas(ctx, ethereum.CallMsg{From: s.address, To: &to, Value: value, Data: data})
	if err != nil {
		return nil, fmt.Errorf("estimate gas: %w", s.explain(err))
	}
	// Room for the base fee to double before the transaction is included.
	feeCap := new(big.Int).Add(new(big.Int).Lsh(head.BaseFee, 1), tip)
	return s.key.SignTx(ctx, types.NewTx(&types.DynamicFeeTx{
		ChainID: s.chainID, Nonce: nonce, To: &to, Value: value, Data: data,
		Gas: gas, GasTipCap: tip, GasFeeCap: feeCap,
	}), s.chainID)
}

func (s *sender) await(ctx context.Context, hash common.Hash) (*types.Receipt, error) {
	ctx, cancel := context.WithTimeout(ctx, mineTimeout)
	defer cancel()
	for pause := firstPoll; ; pause = min(2*pause, slowestPoll) {
		receipt, err := s.receipt(ctx, hash)
		if err != nil || receipt != nil {
			return receipt, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("transaction %s is not in a block yet: %w; run deploy again, it continues", hash, ctx.Err())
		case <-time.After(pause):
		}
	}
}

// receipt is nil until the block of the transaction is the node's head: before
// that, reads may still miss what the transaction did.
func (s *sender) receipt(ctx context.Context, hash common.Hash) (*types.Receipt, error) {
	receipt, err := s.client.TransactionReceipt(ctx, hash)
	if isUnmined(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the receipt of %s: %w", hash, err)
	}
	head, err := s.client.BlockNumber(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the head: %w", err)
	}
	if receipt.BlockNumber.Uint64() > head {
		return nil, nil
	}
	return receipt, nil
}

// isUnmined tells "not yet" from real errors. A node that is still indexing
// says so instead of "not found".
func isUnmined(err error) bool {
	return errors.Is(err, ethereum.NotFound) || err != nil && strings.Contains(err.Error(), "indexing is in progress")
}

func (s *sender) explain(err error) error {
	if strings.Contains(err.Error(), "insufficient funds") {
		return fmt.Errorf("%w: send native currency to the deployer %s, then run deploy again", err, s.address)
	}
	return err
}
