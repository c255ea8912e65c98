package main

import (
	"context"
	"math/big"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/bundler"
	"github.com/latchkey-dev/latchkey/internal/signer"
	"github.com/latchkey-dev/latchkey/internal/store"
)

func start(t *testing.T, data string) *devServer {
	t.Helper()
	dev, err := startDev(t.Context(), devCommand{Addr: "127.0.0.1:0", RPCAddr: "127.0.0.1:0", Data: data, ChainID: 31337, logFlags: logFlags{LogLevel: "error"}})
	if err != nil {
		t.Fatal(err)
	}
	return dev
}

func signed(t *testing.T, key *signer.Local, nonce uint64, to common.Address, data []byte) *types.Transaction {
	t.Helper()
	chainID := big.NewInt(31337)
	tx, err := key.SignTx(t.Context(), types.NewTx(&types.DynamicFeeTx{
		ChainID: chainID, Nonce: nonce, To: &to, Data: data, Gas: 300_000, GasTipCap: big.NewInt(1e9), GasFeeCap: big.NewInt(100e9),
	}), chainID)
	if err != nil {
		t.Fatal(err)
	}
	return tx
}

func mined(t *testing.T, client *ethclient.Client, tx common.Hash) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if receipt, err := client.TransactionReceipt(t.Context(), tx); err == nil {
			if receipt.Status != types.ReceiptStatusSuccessful {
				t.Fatalf("transaction %s failed", tx)
			}
			return
		}
	}
	t.Fatalf("transaction %s is not mined", tx)
}

// A restart tops the paymaster up, and must not take the nonce of a transaction
// that the bundler saved and could not send before it died.
func TestDev_restartLeavesTheRelayersNonces(t *testing.T) {
	data := t.TempDir()
	dev := start(t, data)
	keys, client := dev.folder.keys, ethclient.NewClient(dev.chain.RPC())
	nonce, err := client.NonceAt(t.Context(), keys.deployer.Address(), nil)
	if err != nil {
		t.Fatal(err)
	}
	paymaster := bindings.PaymasterAddress(keys.deployer.Address(), keys.relayer.Address())
	withdraw := signed(t, keys.deployer, nonce, paymaster, bindings.NewLatchkeyPaymaster().PackWithdraw(common.Address{1}, big.NewInt(1e18)))
	if err := client.SendTransaction(t.Context(), withdraw); err != nil {
		t.Fatal(err)
	}
	mined(t, client, withdraw.Hash())
	relayerNonce, err := client.NonceAt(t.Context(), keys.relayer.Address(), nil)
	if err != nil {
		t.Fatal(err)
	}
	dev.close()

	saved := signed(t, keys.relayer, relayerNonce, bindings.DevNFTAddress(), bindings.NewDevNFT().PackMint(common.Address{2}))
	save(t, "sqlite:"+data+"/latchkey.db", saved, keys.relayer.Address())
	dev = start(t, data)
	defer dev.close()
	client = ethclient.NewClient(dev.chain.RPC())
	mined(t, client, saved.Hash())
	out, err := dev.server.Contracts.Read(t.Context(), project(t, dev), dev.info.Contract, "balanceOf", []any{common.Address{2}.Hex()})
	if err != nil || out != "1" {
		t.Errorf("the saved transaction minted %v, %v", out, err)
	}
}

// save is what the bundler does before it sends.
func save(t *testing.T, database string, tx *types.Transaction, relayer common.Address) {
	t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	lease, ok, err := db.AcquireLease(ctx, 31337, relayer, "sole", time.Minute)
	if err != nil || !ok {
		t.Fatalf("lease: %t, %v", ok, err)
	}
	raw, err := tx.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.SaveTransaction(ctx, lease, bundler.Transaction{
		ChainID: 31337, Relayer: relayer, Nonce: tx.Nonce(), Raw: raw, Hash: tx.Hash(), State: bundler.TxSigned, CreatedAt: time.Now(), UpdatedAt: time.Now(),
	})
	if err != nil {
		t.Fatal(err)
	}
}

func project(t *testing.T, dev *devServer) string {
	t.Helper()
	all, err := dev.server.Auth.Projects(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatalf("projects: %+v, %v", all, err)
	}
	return all[0].ID
}
