package user_test

import (
	"crypto/ecdsa"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/accounts"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/latchkey-dev/latchkey/internal/user"
)

var (
	walletKey = mustKey("59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d")
	wallet    = crypto.PubkeyToAddress(walletKey.PublicKey)
	otherKey  = mustKey("5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a")
)

func mustKey(hex string) *ecdsa.PrivateKey {
	key, err := crypto.HexToECDSA(hex)
	if err != nil {
		panic(err)
	}
	return key
}

func (w *world) nonce(of common.Address) string {
	w.Helper()
	nonce, err := w.users.WalletNonce(w.ctx, w.project, of, nobody)
	if err != nil {
		w.Fatal(err)
	}
	return nonce
}

// message is one as viem writes it; edit changes it before it is signed.
func message(nonce string, edit ...string) string {
	m := "game.example wants you to sign in with your Ethereum account:\n" + wallet.Hex() + "\n\nSign in to the game.\n\n" +
		"URI: https://game.example/login\nVersion: 1\nChain ID: 80002\nNonce: " + nonce + "\nIssued At: 2026-11-22T12:00:00.000Z"
	return strings.NewReplacer(edit...).Replace(m)
}

func signed(t *testing.T, text string, key *ecdsa.PrivateKey) user.WalletParams {
	t.Helper()
	signature, err := crypto.Sign(accounts.TextHash([]byte(text)), key)
	if err != nil {
		t.Fatal(err)
	}
	signature[64] += 27
	return user.WalletParams{Wallet: wallet, Message: text, Signature: hexutil.Encode(signature), Details: user.Details{Client: "metamask"}}
}

func TestSignInWithEthereum(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := signed(t, message(w.nonce(wallet)), walletKey)
	e, err := w.users.LogInWallet(w.ctx, w.project, p, nobody)
	if err != nil || e.Token == "" || e.User.Anonymous {
		t.Fatalf("%+v, %v", e, err)
	}
	_, err = w.users.LogInWallet(w.ctx, w.project, p, nobody)
	w.wantCode(err, "INVALID_SIWE_MESSAGE") // a replay
	first := w.nonce(wallet)
	w.nonce(wallet) // anybody may ask
	if _, err := w.users.LogInWallet(w.ctx, w.project, signed(t, message(first), walletKey), nobody); err != nil {
		t.Errorf("another nonce was asked for: %v", err)
	}
	again, err := w.users.LogInWallet(w.ctx, w.project, signed(t, message(w.nonce(wallet), "\n\nSign in to the game.\n\n", "\n\n\n"), walletKey), nobody)
	if err != nil || again.User.ID != e.User.ID {
		t.Errorf("the second time, without a statement: %+v, %v", again, err)
	}
	ways, err := w.users.Identities(w.ctx, w.project, e.User.ID)
	if err != nil || len(ways[e.User.ID]) != 1 || ways[e.User.ID][0].Details.Client != "metamask" {
		t.Errorf("ways in are %+v, %v", ways, err)
	}
}

// Every message that was not meant for this project, wallet, page and time is
// refused, and uses its nonce up.
func TestWalletMessagesThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, p := range map[string]func(nonce string) user.WalletParams{
		"signed by another": func(n string) user.WalletParams { return signed(t, message(n), otherKey) },
		"for another domain": func(n string) user.WalletParams {
			return signed(t, message(n, "game.example wants", "evil.example wants"), walletKey)
		},
		"for another wallet": func(n string) user.WalletParams {
			return signed(t, message(n, wallet.Hex(), crypto.PubkeyToAddress(otherKey.PublicKey).Hex()), walletKey)
		},
		"of another scheme": func(n string) user.WalletParams {
			return signed(t, message(n, "game.example wants", "ftp://game.example wants"), walletKey)
		},
		"expired": func(n string) user.WalletParams {
			return signed(t, message(n)+"\nExpiration Time: 2026-11-22T12:00:00.000Z", walletKey)
		},
		"not valid yet": func(n string) user.WalletParams {
			return signed(t, message(n)+"\nNot Before: 2026-11-22T12:00:01.000Z", walletKey)
		},
		"another version": func(n string) user.WalletParams { return signed(t, message(n, "Version: 1", "Version: 2"), walletKey) },
		"no URI": func(n string) user.WalletParams {
			return signed(t, message(n, "URI: https://game.example/login\n", ""), walletKey)
		},
		"a nonce of its own": func(string) user.WalletParams { return signed(t, message("abcdefgh12345678"), walletKey) },
		"two nonces":         func(n string) user.WalletParams { return signed(t, message(n)+"\nNonce: "+n, walletKey) },
		"nonce in a statement": func(n string) user.WalletParams {
			return signed(t, message(n, "Sign in to the game.", "Nonce: "+n, "\nNonce: "+n, ""), walletKey)
		},
		"changed after": func(n string) user.WalletParams { p := signed(t, message(n), walletKey); p.Message += " "; return p },
		"no message":    func(string) user.WalletParams { return signed(t, "", walletKey) },
		"plain text":    func(n string) user.WalletParams { return signed(t, "Let me in, "+n, walletKey) },
		"too long": func(n string) user.WalletParams {
			return signed(t, message(n, "Sign in", strings.Repeat("x", 9000)), walletKey)
		},
		"no signature": func(n string) user.WalletParams { p := signed(t, message(n), walletKey); p.Signature = "0x"; return p },
		"bad signature": func(n string) user.WalletParams {
			p := signed(t, message(n), walletKey)
			p.Signature = "0x" + strings.Repeat("ff", 65)
			return p
		},
	} {
		if e, err := w.users.LogInWallet(w.ctx, w.project, p(w.nonce(wallet)), nobody); err == nil {
			t.Errorf("%s: %+v got in", name, e)
		}
	}
	nonce := w.nonce(wallet)
	if _, err := w.users.LogInWallet(w.ctx, w.newProject(), signed(t, message(nonce), walletKey), nobody); err == nil {
		t.Error("a nonce of another project is taken")
	}
	if _, err := w.users.LogInWallet(w.ctx, w.project, signed(t, message(nonce), walletKey), nobody); err == nil {
		t.Error("a nonce is taken that was tried in another project")
	}
	nonce = w.nonce(crypto.PubkeyToAddress(otherKey.PublicKey))
	if _, err := w.users.LogInWallet(w.ctx, w.project, signed(t, message(nonce), walletKey), nobody); err == nil {
		t.Error("a nonce of another wallet is taken")
	}
	nonce = w.nonce(wallet)
	w.pass(10 * time.Minute)
	if _, err := w.users.LogInWallet(w.ctx, w.project, signed(t, message(nonce), walletKey), nobody); err == nil {
		t.Error("an old nonce is taken")
	}
}

func TestLinkWallet(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	guest, other := w.guest(), w.guest()
	for range 2 {
		if err := w.users.LinkWallet(w.ctx, w.project, guest.User.ID, signed(t, message(w.nonce(wallet)), walletKey), nobody); err != nil {
			t.Fatal(err)
		}
	}
	e, err := w.users.LogInWallet(w.ctx, w.project, signed(t, message(w.nonce(wallet)), walletKey), nobody)
	if err != nil || e.User.ID != guest.User.ID || e.User.Anonymous {
		t.Errorf("the guest comes back by the wallet: %+v, %v", e, err)
	}
	err = w.users.LinkWallet(w.ctx, w.project, other.User.ID, signed(t, message(w.nonce(wallet)), walletKey), nobody)
	w.wantCode(err, "SOCIAL_ACCOUNT_ALREADY_LINKED")
}
