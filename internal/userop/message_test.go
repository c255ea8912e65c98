package userop_test

import (
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/evmtest"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// The digest is right when the account takes the owner's signature under it,
// in both homes and both ways to describe the type.
func TestMessageDigestEqualsContract(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	account := bindings.NewLatchkeyAccount()
	const encodedType = "Order(address maker,uint256 amount)"
	contents := append(crypto.Keccak256([]byte(encodedType)), make([]byte, 64)...)
	for _, description := range []string{encodedType, encodedType + "Order"} {
		m := userop.Message{Domain: common.Hash{7}, Contents: contents, Description: description}
		if m.TypeHash() != crypto.Keccak256Hash([]byte(encodedType)) {
			t.Errorf("type hash is %s", m.TypeHash())
		}
		for home, address := range l.accounts {
			digest, err := m.Digest(evmtest.ChainID, address)
			if err != nil {
				t.Fatal(err)
			}
			sig, err := l.key.SignHash(t.Context(), digest)
			if err != nil {
				t.Fatal(err)
			}
			call := account.PackIsValidSignature(m.Hash(), m.OwnerSignature(sig[:]))
			answer, _, err := l.evm.Call(evmtest.Bundler, address, call)
			if err != nil || common.Bytes2Hex(answer[:4]) != "1626ba7e" {
				t.Errorf("home %d, %s: answer %x, %v", home, description, answer, err)
			}
		}
	}
}

func TestMessageRefusals(t *testing.T) {
	t.Parallel()
	for description, want := range map[string]string{
		"":                       "holds no type",
		"Order":                  "holds no type",
		"(address maker)":        "does not name its type",
		"Or der(uint256 a)":      "does not name its type",
		"Order(uint256 a)Or,der": "does not name its type",
	} {
		if _, err := (userop.Message{Description: description}).Digest(1, common.Address{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got error %v, want %q", description, err, want)
		}
	}
}
