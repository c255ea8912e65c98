package userop_test

import (
	"bytes"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/evmtest"
	"github.com/latchkey-dev/latchkey/internal/keytest"
	"github.com/latchkey-dev/latchkey/internal/signer"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

func TestOwner_callDataIsThatOfTheContracts(t *testing.T) {
	t.Parallel()
	account, factory, salt := bindings.NewLatchkeyAccount(), bindings.NewLatchkeyAccountFactory(), common.Hash{31: 7}
	eoa := userop.OwnerAt(common.HexToAddress("0xa11ce"))
	if want := account.PackChangeOwner(eoa.Address); !bytes.Equal(eoa.TakeOver(), want) {
		t.Errorf("change of owner: %x, want %x", eoa.TakeOver(), want)
	}
	if want := factory.PackCreateAccountWithNonce(eoa.Address, salt, false); !bytes.Equal(eoa.Create(salt), want) {
		t.Errorf("creation: %x, want %x", eoa.Create(salt), want)
	}
	for _, kind := range keytest.Kinds {
		key := keytest.New(t, kind).Owner
		if want := account.PackReplaceOwnerWithKey(byte(kind), key.Key.X, key.Key.Y); !bytes.Equal(key.TakeOver(), want) {
			t.Errorf("change to %s: %x, want %x", kind, key.TakeOver(), want)
		}
		if want := factory.PackCreateAccountWithKey(byte(kind), key.Key.X, key.Key.Y, salt); !bytes.Equal(key.Create(salt), want) {
			t.Errorf("creation for %s: %x, want %x", kind, key.Create(salt), want)
		}
	}
}

func TestNewOwner_readsWhatTakeOverWrites(t *testing.T) {
	t.Parallel()
	owners := []userop.Owner{userop.OwnerAt(common.HexToAddress("0xa11ce"))}
	for _, kind := range keytest.Kinds {
		owners = append(owners, keytest.New(t, kind).Owner)
	}
	for _, o := range owners {
		if got, ok := userop.NewOwner(o.TakeOver()); !ok || got != o {
			t.Errorf("read %+v, %t, want %+v", got, ok, o)
		}
		for _, wrong := range [][]byte{nil, o.TakeOver()[:3], o.TakeOver()[:35], append(o.TakeOver(), 0), userop.RevokeAllSessions()} {
			if got, ok := userop.NewOwner(wrong); ok {
				t.Errorf("read %+v out of %x", got, wrong)
			}
		}
	}
}

func TestOwnerCheck(t *testing.T) {
	t.Parallel()
	hash := common.HexToHash("0x1234")
	for _, kind := range keytest.Kinds {
		key, other := keytest.New(t, kind), keytest.New(t, kind)
		form, signature, err := key.Owner.Check(hash, key.Sign(hash))
		if err != nil || form != userop.Raw {
			t.Fatalf("%s: form %d, %v", kind, form, err)
		}
		if want := append([]byte{0}, signature...); !bytes.Equal(key.Owner.Field(form, userop.Proxy, signature), want) {
			t.Errorf("%s: field %x, want %x", kind, key.Owner.Field(form, userop.Proxy, signature), want)
		}
		if _, _, err := key.Owner.Check(hash, other.Sign(hash)); err == nil || !strings.Contains(err.Error(), "is not by key") {
			t.Errorf("%s, another key: %v", kind, err)
		}
		for _, signedAs := range keytest.Kinds {
			if _, _, err := key.Owner.Check(hash, key.As(signedAs).Sign(hash)); (err == nil) != (signedAs == kind) {
				t.Errorf("%s, signed as %s: %v", kind, signedAs, err)
			}
		}
		unknown := key.Owner
		unknown.Key = userop.P256Key{}
		if _, _, err := unknown.Check(hash, key.Sign(hash)); unknown.IsKnown() || err == nil || !strings.Contains(err.Error(), "was not named") {
			t.Errorf("%s, only its address known: %v", kind, err)
		}
	}
}

func TestOwnerCheck_secp256k1(t *testing.T) {
	t.Parallel()
	hash := common.HexToHash("0x1234")
	key, err := signer.Generate()
	if err != nil {
		t.Fatal(err)
	}
	sig, err := key.SignPersonal(t.Context(), hash)
	if err != nil {
		t.Fatal(err)
	}
	owner := userop.OwnerAt(key.Address())
	form, signature, err := owner.Check(hash, sig[:])
	if err != nil || form != userop.PersonalSign {
		t.Fatalf("form %d, %v", form, err)
	}
	for home, want := range map[userop.Home][]byte{userop.Proxy: sig[:], userop.Delegated: append([]byte{1}, sig[:]...)} {
		if got := owner.Field(form, home, signature); !bytes.Equal(got, want) {
			t.Errorf("home %d: field %x, want %x", home, got, want)
		}
	}
	if _, _, err := userop.OwnerAt(common.Address{1}).Check(hash, sig[:]); err == nil || !strings.Contains(err.Error(), "is not the owner's") {
		t.Errorf("another owner: %v", err)
	}
}

// What a dummy costs is what estimates are made of: no signature of the kind
// may be longer, and the account must find no fault in its layout.
func TestOwnerDummy_isAsLongAsTheLongest(t *testing.T) {
	t.Parallel()
	hash := common.HexToHash("0xabcdef")
	for _, kind := range keytest.Kinds {
		key := keytest.New(t, kind)
		form, signature, err := key.Owner.Check(hash, key.Sign(hash))
		if err != nil {
			t.Fatal(err)
		}
		real, dummy := key.Owner.Field(form, userop.Proxy, signature), key.Owner.Dummy(hash)
		if len(dummy) < len(real) || dummy[0] != 0 {
			t.Errorf("%s: dummy has %d bytes, a signature %d", kind, len(dummy), len(real))
		}
	}
}

// Accounts that keys on P-256 own, without the precompile: everything that the
// account checks in Solidity, it finds right or wrong by itself.
func TestKeyOwnersOnChain(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	for i, kind := range keytest.Kinds {
		key := keytest.New(t, kind)
		op := l.operation(userop.Proxy, nil, false)
		op.Sender = l.evm.CreateFor(key.Owner, common.Hash{byte(i)})
		op.Nonce, op.VerificationGasLimit = userop.Nonce(1, 0), big.NewInt(2_000_000)
		op.PreVerificationGas = userop.PreVerificationGas(&op, key.Owner.Dummy(common.Hash{}))
		hash, err := op.Hash(evmtest.ChainID, userop.EntryPoint)
		if err != nil {
			t.Fatal(err)
		}
		for _, by := range []keytest.Key{keytest.New(t, kind), key} {
			form, signature, err := by.Owner.Check(hash, by.Sign(hash))
			if err != nil {
				t.Fatal(err)
			}
			op.Signature = by.Owner.Field(form, userop.Proxy, signature)
			refused := l.evm.HandleOp(&op).Refused
			if mine := by.Owner == key.Owner; (refused == "") != mine {
				t.Errorf("%s, by the owner %t: refused %q", kind, mine, refused)
			}
		}
	}
}
