package bindings_test

import (
	"bytes"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/latchkey-dev/latchkey/internal/bindings"
)

// The EntryPoint that we deploy on an empty chain is the one that everybody
// else deploys.
func TestCreate2_EntryPointIsTheCanonicalOne(t *testing.T) {
	got := bindings.Create2(bindings.EntryPointSalt, bindings.EntryPointCreationCode())
	if got != bindings.EntryPointAddress {
		t.Fatalf("CREATE2 of the EntryPoint artefact gives %s, want %s", got, bindings.EntryPointAddress)
	}
}

func TestContractsPointAtTheCanonicalEntryPoint(t *testing.T) {
	for name, code := range map[string][]byte{
		"account":   bindings.AccountCreationCode(),
		"paymaster": common.FromHex(bindings.LatchkeyPaymasterMetaData.Bin),
	} {
		if !bytes.Contains(code, bindings.EntryPointAddress[:]) {
			t.Errorf("the %s's code does not contain %s", name, bindings.EntryPointAddress)
		}
	}
}

// Probe and server must agree on where the real EntryPoint's code is put.
func TestProbeRuntime_DelegatesToRealEntryPoint(t *testing.T) {
	if !bytes.Contains(bindings.ProbeRuntime(), bindings.RealEntryPoint[:]) {
		t.Fatalf("the probe's code does not contain %s", bindings.RealEntryPoint)
	}
}

func TestDelegationCode(t *testing.T) {
	implementation := bindings.AccountImplementation()
	got, ok := types.ParseDelegation(bindings.DelegationCode(implementation))
	if !ok || got != implementation {
		t.Fatalf("ParseDelegation = %s, %t; want %s", got, ok, implementation)
	}
}

func TestPaymasterAddress_DependsOnInstallation(t *testing.T) {
	a, b := common.HexToAddress("0xa"), common.HexToAddress("0xb")
	if bindings.PaymasterAddress(a, b) == bindings.PaymasterAddress(b, a) {
		t.Fatal("two installations share a paymaster address")
	}
}

func TestAccountStorage_IsInTheCode(t *testing.T) {
	if !bytes.Contains(bindings.AccountCreationCode(), bindings.AccountStorage[:]) {
		t.Fatalf("the account's code does not contain the slot %s", bindings.AccountStorage)
	}
}
