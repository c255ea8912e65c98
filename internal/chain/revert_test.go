package chain_test

import (
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/chain"
)

// revert encodes an error of a contract.
func revert(t *testing.T, contract abi.ABI, name string, args ...any) []byte {
	t.Helper()
	definition, ok := contract.Errors[name]
	if !ok {
		t.Fatalf("no error %s", name)
	}
	data, err := definition.Inputs.Pack(args...)
	if err != nil {
		t.Fatal(err)
	}
	return append(definition.ID.Bytes()[:4], data...)
}

const shopABI = `[{"type":"error","name":"SoldOut","inputs":[{"name":"item","type":"string"},{"name":"asked","type":"uint256"}]},
	{"type":"error","name":"NotAuthorized","inputs":[{"name":"caller","type":"address"}]}]`

func TestDecodeRevert(t *testing.T) {
	t.Parallel()
	account, entryPoint := bindings.NewLatchkeyAccount().GetABI(), bindings.NewEntryPoint().GetABI()
	shop, err := abi.JSON(strings.NewReader(shopABI))
	if err != nil {
		t.Fatal(err)
	}
	errorString := hexutil.MustDecode("0x08c379a0" + strings.Repeat("0", 62) + "20" + strings.Repeat("0", 62) + "05" + "68656c6c6f" + strings.Repeat("0", 54))
	panicOf := func(code byte) []byte {
		return append(crypto.Keccak256([]byte("Panic(uint256)"))[:4], common.LeftPadBytes([]byte{code}, 32)...)
	}
	limit := revert(t, account, "LimitExceeded", big.NewInt(3), big.NewInt(3), big.NewInt(1))
	id := common.HexToHash("0x1d")

	for _, c := range []struct {
		what, name, text string
		data             []byte
	}{
		{"own error", "LimitExceeded", "LimitExceeded(limit 3, used 3, asked 1): the session has no calls left", limit},
		{"own error without arguments", "FeeLimitMissing", "FeeLimitMissing(): the account would pay, and the session has no fee limit", revert(t, account, "FeeLimitMissing")},
		{"bytes32", "SessionNotActive", "SessionNotActive(sessionId " + id.Hex() + ", status 2): ", revert(t, account, "SessionNotActive", id, uint8(2))},
		{"EntryPoint's reason", "FailedOp", "AA25 invalid account nonce", revert(t, entryPoint, "FailedOp", big.NewInt(0), "AA25 invalid account nonce")},
		{"wrapped", "LimitExceeded", "AA23 reverted: LimitExceeded(limit 3, ", revert(t, entryPoint, "FailedOpWithRevert", big.NewInt(0), "AA23 reverted", limit)},
		{"wrapped twice", "Error", "AA33 reverted: AA23 reverted: hello", revert(t, entryPoint, "FailedOpWithRevert", big.NewInt(0), "AA33 reverted",
			revert(t, entryPoint, "FailedOpWithRevert", big.NewInt(0), "AA23 reverted", errorString))},
		{"wrapped nothing", "", "AA23 reverted: no reason given", revert(t, entryPoint, "FailedOpWithRevert", big.NewInt(0), "AA23 reverted", []byte{})},
		{"postOp", "Error", "the paymaster's postOp: hello", revert(t, entryPoint, "PostOpReverted", errorString)},
		{"require", "Error", "hello", errorString},
		{"panic", "Panic", "panic 0x11: arithmetic overflow or underflow", panicOf(0x11)},
		{"panic that nobody knows", "Panic", "panic 0xff: unknown kind", panicOf(0xff)},
		{"given ABI", "SoldOut", `SoldOut(item "hat", asked 7)`, revert(t, shop, "SoldOut", "hat", big.NewInt(7))},
		{"unknown", "", "0xdeadbeef01", hexutil.MustDecode("0xdeadbeef01")},
		{"empty", "", "no reason given", nil},
		{"short", "", "0x0102", []byte{1, 2}},
		{"cut off", "LimitExceeded", "LimitExceeded with unreadable arguments 0x", limit[:40]},
	} {
		name, text := chain.DecodeRevert(c.data, json.RawMessage(`not an ABI`), json.RawMessage(shopABI))
		if name != c.name || !strings.HasPrefix(text, c.text) {
			t.Errorf("%s: %q, %q; want %q, %q", c.what, name, text, c.name, c.text)
		}
	}
}

func TestEveryErrorOfTheAccountHasAMeaning(t *testing.T) {
	t.Parallel()
	for name, definition := range bindings.NewLatchkeyAccount().GetABI().Errors {
		if fromOpenZeppelin[name] {
			continue
		}
		data := append(definition.ID.Bytes()[:4], make([]byte, 32*len(definition.Inputs))...)
		if got, text := chain.DecodeRevert(data); got != name || !strings.Contains(text, "): ") {
			t.Errorf("%s is told as %q", name, text)
		}
	}
}

// fromOpenZeppelin are errors whose names have to say enough.
var fromOpenZeppelin = map[string]bool{
	"AccountUnauthorized": true, "ERC7579DecodingError": true, "AddressEmptyCode": true, "FailedCall": true,
	"ERC1967InvalidImplementation": true, "ERC1967NonPayable": true,
	"UUPSUnauthorizedCallContext": true, "UUPSUnsupportedProxiableUUID": true,
	"InvalidShortString": true, "StringTooLong": true,
}

func FuzzDecodeRevert(f *testing.F) {
	f.Add([]byte{})
	f.Add(hexutil.MustDecode("0x08c379a0"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, text := chain.DecodeRevert(data, json.RawMessage(shopABI)); text == "" && len(data) != 0 {
			// Only a contract that reverts with require(false, "") says nothing.
			if !strings.HasPrefix(hexutil.Encode(data), "0x08c379a0") && !strings.HasPrefix(hexutil.Encode(data), "0x220266b6") {
				t.Errorf("no text for %x", data)
			}
		}
	})
}
