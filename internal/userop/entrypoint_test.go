package userop_test

import (
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"pgregory.net/rapid"

	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/evmtest"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

func TestHashEqualsEntryPoint(t *testing.T) {
	t.Parallel()
	if userop.EntryPoint != bindings.EntryPointAddress {
		t.Fatalf("EntryPoint is %s, deployed at %s", userop.EntryPoint, bindings.EntryPointAddress)
	}
	evm, entryPoint := evmtest.New(t), bindings.NewEntryPoint()
	rapid.Check(t, func(t *rapid.T) {
		op := userop.DrawOperation(t)
		got, err := op.Hash(evmtest.ChainID, userop.EntryPoint)
		if err != nil {
			t.Fatal(err)
		}
		packed, err := op.Pack()
		if err != nil {
			t.Fatal(err)
		}
		call := entryPoint.PackGetUserOpHash(bindings.PackedUserOperation(packed))
		answer, _, err := evm.Call(evmtest.Bundler, userop.EntryPoint, call)
		if err != nil {
			t.Fatalf("getUserOpHash: %v", err)
		}
		if want := common.Hash(answer); got != want {
			t.Fatalf("got %s, EntryPoint says %s", got, want)
		}
	})
}

func TestSignatureLayoutsAgainstAccount(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	grant := l.session(permission.Permission{Sudo: true, FeeLimit: permission.MaxFeeLimit})
	layouts := map[string]func(form userop.Form, home userop.Home, sig [65]byte) []byte{
		"owner": func(form userop.Form, home userop.Home, sig [65]byte) []byte {
			return userop.Owner{}.Field(form, home, sig[:])
		},
		"session": func(form userop.Form, _ userop.Home, sig [65]byte) []byte {
			return userop.Session{Permission: grant}.Field(form, sig[:])
		},
	}
	for _, home := range []userop.Home{userop.Proxy, userop.Delegated} {
		for _, form := range []userop.Form{userop.Raw, userop.PersonalSign} {
			for name, layout := range layouts {
				if refused := l.refusal(home, form, layout); refused != "" {
					t.Errorf("%s, home %d, form %d: refused: %q", name, home, form, refused)
				}
				other := func(form userop.Form, home userop.Home, sig [65]byte) []byte { return layout(1-form, home, sig) }
				if refused := l.refusal(home, form, other); !strings.Contains(refused, "AA24") {
					t.Errorf("%s, home %d, form %d laid out as the other form: got %q, want AA24", name, home, form, refused)
				}
			}
		}
		// A dummy fails as the last step of validation, after everything that costs.
		for _, dummy := range [][]byte{userop.DummyOwnerSignature(), userop.Session{Permission: grant}.Dummy(common.Hash{})} {
			unsigned := func(userop.Form, userop.Home, [65]byte) []byte { return dummy }
			if refused := l.refusal(home, userop.Raw, unsigned); !strings.Contains(refused, "AA24") {
				t.Errorf("dummy of %d bytes, home %d: got %q, want AA24", len(dummy), home, refused)
			}
		}
	}
}

// refusal is what EntryPoint says to an operation of the account in this home
// that was signed in this form: "" when it was included.
func (l *lab) refusal(home userop.Home, form userop.Form, layout func(userop.Form, userop.Home, [65]byte) []byte) string {
	l.t.Helper()
	op := l.operation(home, nil, false)
	op.Nonce, op.PreVerificationGas = userop.Nonce(1, l.sequences[op.Sender]), big.NewInt(50_000)
	hash, err := op.Hash(evmtest.ChainID, userop.EntryPoint)
	if err != nil {
		l.t.Fatal(err)
	}
	sign := l.key.SignHash
	if form == userop.PersonalSign {
		sign = l.key.SignPersonal
	}
	sig, err := sign(l.t.Context(), hash)
	if err != nil {
		l.t.Fatal(err)
	}
	op.Signature = layout(form, home, sig)
	return l.handle(&op).Refused
}
