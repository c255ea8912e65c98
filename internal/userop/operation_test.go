package userop

import (
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/common/math"
	"github.com/ethereum/go-ethereum/signer/core/apitypes"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var compareBigInts = cmp.Comparer(func(a, b *big.Int) bool { return orZero(a).Cmp(orZero(b)) == 0 })

func drawAddress(t *rapid.T, label string) common.Address {
	return common.BytesToAddress(rapid.SliceOfN(rapid.Byte(), 20, 20).Draw(t, label))
}

func drawAmount(t *rapid.T, label string, bits int) *big.Int {
	n := rapid.IntRange(0, bits/8).Draw(t, label+" length")
	return new(big.Int).SetBytes(rapid.SliceOfN(rapid.Byte(), n, n).Draw(t, label))
}

func drawBytes(t *rapid.T, label string) []byte {
	if b := rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, label); len(b) > 0 {
		return b
	}
	return nil
}

func drawOperation(t *rapid.T) Operation {
	op := Operation{
		Sender:               drawAddress(t, "sender"),
		Nonce:                drawAmount(t, "nonce", 256),
		CallData:             drawBytes(t, "callData"),
		CallGasLimit:         drawAmount(t, "callGasLimit", maxGasBits),
		VerificationGasLimit: drawAmount(t, "verificationGasLimit", maxGasBits),
		PreVerificationGas:   drawAmount(t, "preVerificationGas", maxGasBits),
		MaxFeePerGas:         drawAmount(t, "maxFeePerGas", maxGasBits),
		MaxPriorityFeePerGas: drawAmount(t, "maxPriorityFeePerGas", maxGasBits),
		Signature:            drawBytes(t, "signature"),
	}
	if op.Factory = drawAddress(t, "factory"); rapid.Bool().Draw(t, "deployed") || op.Factory == (common.Address{}) {
		op.Factory = common.Address{}
	} else {
		op.FactoryData = drawBytes(t, "factoryData")
	}
	if op.Paymaster = drawAddress(t, "paymaster"); rapid.Bool().Draw(t, "self-paid") || op.Paymaster == (common.Address{}) {
		op.Paymaster = common.Address{}
	} else {
		op.PaymasterVerificationGasLimit = drawAmount(t, "paymasterVerificationGasLimit", maxGasBits)
		op.PaymasterPostOpGasLimit = drawAmount(t, "paymasterPostOpGasLimit", maxGasBits)
		op.PaymasterData = drawBytes(t, "paymasterData")
	}
	return op
}

func TestOperationJSONRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		op := drawOperation(t)
		text, err := json.Marshal(op)
		if err != nil {
			t.Fatal(err)
		}
		var back Operation
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if diff := cmp.Diff(op, back, compareBigInts); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestOperationJSONShape(t *testing.T) {
	t.Parallel()
	op := Operation{
		Sender:       common.HexToAddress("0xd8da6bf26964af9d7eed9e03e53415d37aa96045"),
		Nonce:        Nonce(1, 2),
		CallGasLimit: big.NewInt(100_000),
	}
	text, err := json.Marshal(op)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"sender":"0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045","nonce":"0x10000000000000002","callData":"0x","callGasLimit":"0x186a0",` +
		`"verificationGasLimit":"0x0","preVerificationGas":"0x0","maxFeePerGas":"0x0","maxPriorityFeePerGas":"0x0","signature":"0x"}`
	if string(text) != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
}

func TestOperationJSONRefusals(t *testing.T) {
	t.Parallel()
	valid := `{"sender":"0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045","nonce":"0x1","callData":"0x","callGasLimit":"0x1",` +
		`"verificationGasLimit":"0x2","preVerificationGas":"0x3","maxFeePerGas":"0x4","maxPriorityFeePerGas":"0x5","signature":"0x"}`
	for _, c := range []struct{ old, new, want string }{
		{`"nonce":"0x1",`, ``, "nonce is missing"},
		{`"signature":"0x"`, `"factory":null`, "callData or signature is missing"},
		{`0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045`, `d8dA6BF26964aF9D7eEd9e03E53415D37aA96045`, "sender must be an address"},
		{`"callGasLimit":"0x1"`, `"callGasLimit":"0x1000000000000000000000000000000"`, "callGasLimit must be from 0 to 2^120-1"},
		{`"callData":"0x"`, `"callData":"0x","paymasterData":"0x01"`, "paymaster fields are set, but paymaster is not"},
		{`"callData":"0x"`, `"callData":"0x","factoryData":"0x01"`, "factoryData is set, but factory is not"},
	} {
		text := strings.Replace(valid, c.old, c.new, 1)
		var op Operation
		if err := json.Unmarshal([]byte(text), &op); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got error %v, want %q", text, err, c.want)
		}
	}
}

// Whatever reads as an operation prints to what reads as the same operation,
// and can be packed.
func FuzzOperationJSON(f *testing.F) {
	f.Add([]byte(`{"sender":"0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045","nonce":"0x1","callData":"0x01","callGasLimit":"0x1",` +
		`"verificationGasLimit":"0x2","preVerificationGas":"0x3","maxFeePerGas":"0x4","maxPriorityFeePerGas":"0x5","signature":"0x",` +
		`"factory":"0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045","factoryData":"0x02","paymaster":"0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045",` +
		`"paymasterVerificationGasLimit":"0x6","paymasterPostOpGasLimit":"0x7","paymasterData":"0x03"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var op, back Operation
		if json.Unmarshal(text, &op) != nil {
			return
		}
		if _, err := op.Pack(); err != nil {
			t.Fatal(err)
		}
		printed, err := json.Marshal(op)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(printed, &back); err != nil {
			t.Fatalf("%s: %v", printed, err)
		}
		if diff := cmp.Diff(op, back, compareBigInts); diff != "" {
			t.Fatal(diff)
		}
	})
}

// The hash is compared with go-ethereum's general EIP-712 encoder here, and
// with the EntryPoint contract in entrypoint_test.go.
func TestHashIsTypedData(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		op, chainID := drawOperation(t), rapid.Uint64().Draw(t, "chainID")
		got, err := op.Hash(chainID, EntryPoint)
		if err != nil {
			t.Fatal(err)
		}
		want, _, err := apitypes.TypedDataAndHash(typedData(t, op, chainID))
		if err != nil {
			t.Fatal(err)
		}
		if got != common.Hash(want) {
			t.Fatalf("got %s, want %x", got, want)
		}
	})
}

func typedData(t *rapid.T, op Operation, chainID uint64) apitypes.TypedData {
	p, err := op.Pack()
	if err != nil {
		t.Fatal(err)
	}
	chain := new(big.Int).SetUint64(chainID)
	return apitypes.TypedData{
		Types: apitypes.Types{
			"EIP712Domain": {
				{Name: "name", Type: "string"},
				{Name: "version", Type: "string"},
				{Name: "chainId", Type: "uint256"},
				{Name: "verifyingContract", Type: "address"},
			},
			"PackedUserOperation": {
				{Name: "sender", Type: "address"},
				{Name: "nonce", Type: "uint256"},
				{Name: "initCode", Type: "bytes"},
				{Name: "callData", Type: "bytes"},
				{Name: "accountGasLimits", Type: "bytes32"},
				{Name: "preVerificationGas", Type: "uint256"},
				{Name: "gasFees", Type: "bytes32"},
				{Name: "paymasterAndData", Type: "bytes"},
			},
		},
		PrimaryType: "PackedUserOperation",
		Domain: apitypes.TypedDataDomain{
			Name: "ERC4337", Version: "1", ChainId: (*math.HexOrDecimal256)(chain), VerifyingContract: EntryPoint.Hex(),
		},
		Message: apitypes.TypedDataMessage{
			"sender": p.Sender.Hex(), "nonce": p.Nonce.String(),
			"initCode": hexutil.Bytes(p.InitCode), "callData": hexutil.Bytes(p.CallData),
			"accountGasLimits": hexutil.Bytes(p.AccountGasLimits[:]), "preVerificationGas": p.PreVerificationGas.String(),
			"gasFees": hexutil.Bytes(p.GasFees[:]), "paymasterAndData": hexutil.Bytes(p.PaymasterAndData),
		},
	}
}

func TestHashRefusesWhatItCannotHash(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		op   Operation
		want string
	}{
		{Operation{Factory: eip7702Factory}, "EIP-7702 marker"},
		{Operation{Nonce: big.NewInt(-1)}, "nonce must be from 0 to 2^256-1, is -1"},
		{Operation{MaxFeePerGas: new(big.Int).Lsh(big.NewInt(1), 120)}, "maxFeePerGas must be from 0 to 2^120-1"},
	} {
		if _, err := c.op.Hash(1, EntryPoint); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got error %v, want %q", err, c.want)
		}
	}
}

func TestRequiredPrefundCountsEveryLeg(t *testing.T) {
	t.Parallel()
	op := Operation{
		VerificationGasLimit: big.NewInt(1), CallGasLimit: big.NewInt(20), PreVerificationGas: big.NewInt(300),
		PaymasterVerificationGasLimit: big.NewInt(4_000), PaymasterPostOpGasLimit: big.NewInt(50_000),
		MaxFeePerGas: big.NewInt(7), MaxPriorityFeePerGas: big.NewInt(1_000_000),
	}
	if got := op.RequiredPrefund(); got.Int64() != 54_321*7 {
		t.Errorf("got %s, want %d", got, 54_321*7)
	}
	if got := new(Operation).RequiredPrefund(); got.Sign() != 0 {
		t.Errorf("empty operation: got %s, want 0", got)
	}
}

func TestNonceLanes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lane, sequence := rapid.Uint64().Draw(t, "lane"), rapid.Uint64().Draw(t, "sequence")
		op := Operation{Nonce: Nonce(lane, sequence)}
		if op.Lane() != lane || op.Sequence() != sequence {
			t.Fatalf("%s: got lane %d sequence %d", op.Nonce, op.Lane(), op.Sequence())
		}
	})
}
