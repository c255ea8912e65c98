package userop_test

import (
	"crypto/ecdsa"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/accounts"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/holiman/uint256"

	"github.com/latchkey-dev/latchkey/internal/userop"
)

// authorize signs as go-ethereum does and answers r|s|yParity.
func authorize(t *testing.T, key *ecdsa.PrivateKey, chainID uint64, implementation common.Address, nonce uint64) []byte {
	t.Helper()
	a, err := types.SignSetCode(key, types.SetCodeAuthorization{ChainID: *uint256.NewInt(chainID), Address: implementation, Nonce: nonce})
	if err != nil {
		t.Fatal(err)
	}
	r, s := a.R.Bytes32(), a.S.Bytes32()
	return append(append(r[:], s[:]...), a.V)
}

func TestAuthorization(t *testing.T) {
	t.Parallel()
	key, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	d := userop.Delegation{ChainID: 80002, Account: crypto.PubkeyToAddress(key.PublicKey), Implementation: common.HexToAddress("0x1a"), Nonce: 3}
	for _, chainID := range []uint64{d.ChainID, 0} {
		sig := authorize(t, key, chainID, d.Implementation, d.Nonce)
		for _, shift := range []byte{0, 27} {
			sent := append([]byte{}, sig...)
			sent[64] += shift
			a, err := d.Authorization(sent)
			if err != nil {
				t.Fatalf("chain %d, v %d: %v", chainID, sent[64], err)
			}
			if who, err := a.Authority(); err != nil || who != d.Account || a.Nonce != d.Nonce || a.Address != d.Implementation || a.ChainID.Uint64() != chainID {
				t.Errorf("chain %d: authorization %+v by %s, %v", chainID, a, who, err)
			}
		}
	}
	if hash := d.SigningHash(); !verifies(key, hash, authorize(t, key, d.ChainID, d.Implementation, d.Nonce)) {
		t.Errorf("%s is not what the key signs", hash)
	}
}

func verifies(key *ecdsa.PrivateKey, hash common.Hash, sig []byte) bool {
	return crypto.VerifySignature(crypto.FromECDSAPub(&key.PublicKey), hash[:], sig[:64])
}

func TestAuthorizationRefusals(t *testing.T) {
	t.Parallel()
	key, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	other, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	d := userop.Delegation{ChainID: 80002, Account: crypto.PubkeyToAddress(key.PublicKey), Implementation: common.HexToAddress("0x1a"), Nonce: 3}
	good := authorize(t, key, d.ChainID, d.Implementation, d.Nonce)
	hash := d.SigningHash()
	message, err := crypto.Sign(accounts.TextHash(hash[:]), key)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		sig  []byte
		want string
	}{
		"short":                  {good[:64], "65 bytes"},
		"v":                      {append(append([]byte{}, good[:64]...), 2), "v must be"},
		"high s":                 {highS(good), "upper half"},
		"another key":            {authorize(t, other, d.ChainID, d.Implementation, d.Nonce), "is not account " + d.Account.Hex()},
		"another implementation": {authorize(t, key, d.ChainID, common.HexToAddress("0x2a"), d.Nonce), "address " + d.Implementation.Hex()},
		"another chain":          {authorize(t, key, 1, d.Implementation, d.Nonce), "chainId 80002"},
		"old nonce":              {authorize(t, key, d.ChainID, d.Implementation, 2), "it was signed for nonce 2"},
		"later nonce, any chain": {authorize(t, key, 0, d.Implementation, 4), "it was signed for nonce 4"},
		"as a message":           {message, "as a message"},
	} {
		if _, err := d.Authorization(c.sig); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want a refusal with %q", name, err, c.want)
		}
	}
}

// highS is the other signature of the same key over the same hash.
func highS(sig []byte) []byte {
	out := append([]byte{}, sig...)
	s := new(big.Int).SetBytes(sig[32:64])
	s.Sub(crypto.S256().Params().N, s).FillBytes(out[32:64])
	out[64] ^= 1
	return out
}
