package main

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/holiman/uint256"

	"github.com/latchkey-dev/latchkey/internal/bindings"
)

var (
	// anvilKey is the first key of anvil's public test mnemonic.
	anvilKey, _ = crypto.HexToECDSA("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")

	ether = big.NewInt(1e18)
)

const transactionGas = 10_000_000

// lab is a chain with every contract deployed, and the one account that sends
// all transactions.
type lab struct {
	client  *ethclient.Client
	chainID *big.Int
	bundler *ecdsa.PrivateKey

	nft, token      common.Address
	paymaster       common.Address
	paymasterSigner *ecdsa.PrivateKey
}

func newLab(ctx context.Context, url string) (*lab, error) {
	client, err := ethclient.DialContext(ctx, url)
	if err != nil {
		return nil, err
	}
	l := &lab{client: client, bundler: anvilKey, nft: bindings.DevNFTAddress(), token: bindings.DevTokenAddress()}
	if l.chainID, err = client.ChainID(ctx); err != nil {
		return nil, err
	}
	admin := crypto.PubkeyToAddress(l.bundler.PublicKey)
	signer := l.choosePaymaster(admin)

	for _, deployment := range []struct {
		salt common.Hash
		code []byte
	}{
		{bindings.EntryPointSalt, bindings.EntryPointCreationCode()},
		{common.Hash{}, bindings.AccountCreationCode()},
		{common.Hash{}, bindings.FactoryCreationCode()},
		{common.Hash{}, bindings.PaymasterCreationCode(admin, signer)},
		{common.Hash{}, bindings.DevNFTCreationCode()},
		{common.Hash{}, bindings.DevTokenCreationCode()},
	} {
		if _, err := l.send(ctx, bindings.DeterministicDeployer, nil, append(deployment.salt[:], deployment.code...)); err != nil {
			return nil, err
		}
	}
	paymaster := bindings.NewLatchkeyPaymaster()
	if _, err := l.send(ctx, l.paymaster, tenEther(), paymaster.PackDeposit()); err != nil {
		return nil, err
	}
	_, err = l.send(ctx, l.paymaster, ether, paymaster.PackAddStake(86_400))
	return l, err
}

// choosePaymaster takes the first signer under which the paymaster's address has
// no zero byte.
func (l *lab) choosePaymaster(admin common.Address) (signer common.Address) {
	for i := 1; hasZero(l.paymaster[:]); i++ { // as it is at first
		l.paymasterSigner = keyOf(fmt.Sprintf("paymaster signer %d", i))
		signer = crypto.PubkeyToAddress(l.paymasterSigner.PublicKey)
		l.paymaster = bindings.PaymasterAddress(admin, signer)
	}
	return signer
}

// keyOf derives a key from a name, so that every run signs the same bytes.
func keyOf(name string) *ecdsa.PrivateKey {
	key, err := crypto.ToECDSA(crypto.Keccak256([]byte("latchkey gas bench: " + name)))
	if err != nil {
		panic(err) // a hash that is no key is as likely as a collision
	}
	return key
}

func tenEther() *big.Int { return new(big.Int).Mul(ether, big.NewInt(10)) }

// send sends one transaction from the bundler and waits for its receipt. A
// reverted transaction is an error.
func (l *lab) send(ctx context.Context, to common.Address, value *big.Int, data []byte) (*types.Receipt, error) {
	return l.submit(ctx, &types.DynamicFeeTx{To: &to, Value: value, Data: data, Gas: transactionGas})
}

// delegate makes the EOA of key an account by EIP-7702.
func (l *lab) delegate(ctx context.Context, key *ecdsa.PrivateKey) error {
	authorization, err := types.SignSetCode(key, types.SetCodeAuthorization{
		ChainID: *uint256.MustFromBig(l.chainID),
		Address: bindings.AccountImplementation(),
	})
	if err != nil {
		return err
	}
	_, err = l.submit(ctx, &types.SetCodeTx{
		To: crypto.PubkeyToAddress(key.PublicKey), Gas: transactionGas, AuthList: []types.SetCodeAuthorization{authorization},
	})
	return err
}

func (l *lab) submit(ctx context.Context, data types.TxData) (*types.Receipt, error) {
	nonce, err := l.client.PendingNonceAt(ctx, crypto.PubkeyToAddress(l.bundler.PublicKey))
	if err != nil {
		return nil, err
	}
	tip, feeCap := big.NewInt(1e9), big.NewInt(3e9)
	switch tx := data.(type) {
	case *types.DynamicFeeTx:
		tx.ChainID, tx.Nonce, tx.GasTipCap, tx.GasFeeCap = l.chainID, nonce, tip, feeCap
	case *types.SetCodeTx:
		tx.ChainID, tx.Nonce = uint256.MustFromBig(l.chainID), nonce
		tx.GasTipCap, tx.GasFeeCap = uint256.MustFromBig(tip), uint256.MustFromBig(feeCap)
	}
	tx, err := types.SignNewTx(l.bundler, types.LatestSignerForChainID(l.chainID), data)
	if err != nil {
		return nil, err
	}
	if err := l.client.SendTransaction(ctx, tx); err != nil {
		return nil, fmt.Errorf("send a transaction to %s: %w", tx.To(), err)
	}
	return l.mined(ctx, tx)
}

// mined waits for the receipt, which is there at once on a chain that makes a
// block of each transaction.
func (l *lab) mined(ctx context.Context, tx *types.Transaction) (*types.Receipt, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		receipt, err := l.client.TransactionReceipt(ctx, tx.Hash())
		if err == nil && receipt.Status != types.ReceiptStatusSuccessful {
			return nil, errors.New("transaction " + tx.Hash().Hex() + " reverted")
		}
		if err == nil {
			return receipt, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for transaction %s: %w", tx.Hash(), errors.Join(ctx.Err(), err))
		case <-tick.C:
		}
	}
}
