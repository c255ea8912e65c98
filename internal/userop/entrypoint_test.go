package userop_test

import (
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"pgregory.net/rapid"

	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/evmtest"
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
