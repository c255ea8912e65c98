package userop

import (
	"bytes"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/accounts"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"pgregory.net/rapid"
)

func TestRecoverFindsTheSignerInItsForm(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		scalar := rapid.SliceOfN(rapid.ByteRange(1, 0x7f), 32, 32).Draw(t, "key")
		key, err := crypto.ToECDSA(scalar)
		if err != nil {
			t.Fatal(err)
		}
		hash := common.Hash(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "hash"))
		form := Form(rapid.IntRange(0, 1).Draw(t, "form"))
		digest := hash[:]
		if form == PersonalSign {
			digest = accounts.TextHash(digest)
		}
		sig, err := crypto.Sign(digest, key)
		if err != nil {
			t.Fatal(err)
		}
		normal := bytes.Clone(sig)
		normal[64] += 27
		if rapid.Bool().Draw(t, "v from 27") {
			sig = normal
		}

		signers, err := Recover(hash, sig)
		if err != nil {
			t.Fatal(err)
		}
		address := crypto.PubkeyToAddress(key.PublicKey)
		if got, ok := signers.By(address); !ok || got != form {
			t.Fatalf("got form %d %t, want %d; signers %+v", got, ok, form, signers)
		}
		if !bytes.Equal(signers.Signature[:], normal) {
			t.Fatalf("signature is %x, want %x", signers.Signature, normal)
		}
		if _, ok := signers.By(common.Address{1}); ok {
			t.Fatal("a stranger has signed")
		}
	})
}

func TestRecoverRefusals(t *testing.T) {
	t.Parallel()
	key, err := crypto.ToECDSA(bytes.Repeat([]byte{3}, 32))
	if err != nil {
		t.Fatal(err)
	}
	hash := common.HexToHash("0x01")
	sig, err := crypto.Sign(hash[:], key)
	if err != nil {
		t.Fatal(err)
	}
	high := bytes.Clone(sig)
	s := new(big.Int).Sub(crypto.S256().Params().N, new(big.Int).SetBytes(sig[32:64]))
	s.FillBytes(high[32:64])
	high[64] ^= 1
	withV := func(v byte) []byte { return append(bytes.Clone(sig[:64]), v) }

	for _, c := range []struct {
		name string
		sig  []byte
		want string
	}{
		{"empty", nil, "must have 65 bytes (r, s, v), has 0"},
		{"compact", sig[:64], "has 64"},
		{"long", append(bytes.Clone(sig), 0), "has 66"},
		{"v 2", withV(2), "is 2"},
		{"v 26", withV(26), "is 26"},
		{"v 29", withV(29), "is 29"},
		{"v 255", withV(255), "is 255"},
		{"high s", high, "upper half"},
		{"zeros", make([]byte, 65), "recovers to no address"},
	} {
		if _, err := Recover(hash, c.sig); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got error %v, want %q", c.name, err, c.want)
		}
	}
}

func TestSignatureLayouts(t *testing.T) {
	t.Parallel()
	sig := bytes.Repeat([]byte{9}, 65)
	owner, session := Owner{}, Session{Permission: []byte("permission")}
	for _, c := range []struct {
		name string
		got  []byte
		want []byte
	}{
		{"owner, EIP-191, proxy", owner.Field(PersonalSign, Proxy, sig), sig},
		{"owner, raw, proxy", owner.Field(Raw, Proxy, sig), append([]byte{0}, sig...)},
		{"owner, raw, delegated", owner.Field(Raw, Delegated, sig), sig},
		{"owner, EIP-191, delegated", owner.Field(PersonalSign, Delegated, sig), append([]byte{1}, sig...)},
		{"session, raw", session.Field(Raw, sig), append([]byte("\x02permission"), sig...)},
		{"session, EIP-191", session.Field(PersonalSign, sig), append([]byte("\x03permission"), sig...)},
	} {
		if !bytes.Equal(c.got, c.want) {
			t.Errorf("%s: got %x, want %x", c.name, c.got, c.want)
		}
	}
}

// Estimation walks the account's whole path only if the dummy is well formed,
// and bounds the cost only if no real signature is dearer.
func TestDummySignaturesRecoverAndHaveNoZeroByte(t *testing.T) {
	t.Parallel()
	if bytes.IndexByte(dummy[:], 0) >= 0 {
		t.Errorf("dummy %x has a zero byte", dummy)
	}
	if got := len(DummyOwnerSignature()); got != 66 {
		t.Errorf("dummy owner signature has %d bytes, want 66", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		hash := common.Hash(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "hash"))
		if _, err := Recover(hash, dummy[:]); err != nil {
			t.Fatal(err)
		}
	})
}
