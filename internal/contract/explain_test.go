package contract_test

import (
	"encoding/json"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/google/go-cmp/cmp"

	"github.com/latchkey-dev/latchkey/internal/contract"
)

var (
	itemsAt = common.Address{1}
	alice   = common.HexToAddress("0x1111111111111111111111111111111111111111")
	bob     = common.HexToAddress("0x2222222222222222222222222222222222222222")
)

func itemsBook(t *testing.T) (contract.Book, contract.Contract) {
	t.Helper()
	items := contract.Contract{Name: "Items", Address: itemsAt, ABI: json.RawMessage(`[
		{"type":"function","name":"mint","inputs":[{"name":"to","type":"address"},{"name":"ids","type":"uint256[]"}]},
		{"type":"event","name":"Minted","inputs":[{"name":"to","type":"address","indexed":true},{"name":"note","type":"string","indexed":true},{"name":"ids","type":"uint256[]"}]}]`)}
	return contract.NewBook([]contract.Contract{items}), items
}

func TestBook_readsCalls(t *testing.T) {
	t.Parallel()
	book, items := itemsBook(t)
	data, err := contract.Encode(items, "mint", []any{alice.Hex(), []any{"7", "8"}})
	if err != nil {
		t.Fatal(err)
	}
	got, ok := book.Call(itemsAt, data)
	want := contract.Decoded{Name: "mint", Args: []contract.Argument{
		{Name: "to", Type: "address", Value: alice.Hex()},
		{Name: "ids", Type: "uint256[]", Value: []any{"7", "8"}},
	}}
	if diff := cmp.Diff(want, got); !ok || diff != "" {
		t.Errorf("%v (-want +got):\n%s", ok, diff)
	}
	for name, data := range map[string][]byte{"cut short": data[:40], "another function": {1, 2, 3, 4}, "no function": {1, 2}} {
		if got, ok := book.Call(itemsAt, data); ok {
			t.Errorf("%s reads as %+v", name, got)
		}
	}
}

// A contract without an ABI is read as a token, and that is said.
func TestBook_guessesTokens(t *testing.T) {
	t.Parallel()
	book := contract.NewBook(nil)
	transfer := append([]byte{0xa9, 0x05, 0x9c, 0xbb}, append(common.LeftPadBytes(bob[:], 32), common.LeftPadBytes([]byte{5}, 32)...)...)
	got, ok := book.Call(common.Address{9}, transfer)
	if !ok || !got.Guessed || got.Name != "transfer" || got.Args[1].Value != "5" {
		t.Errorf("%+v, %v", got, ok)
	}
}

func TestBook_readsLogs(t *testing.T) {
	t.Parallel()
	book, _ := itemsBook(t)
	noteHash := crypto.Keccak256Hash([]byte("gift"))
	ids := append(common.LeftPadBytes([]byte{32}, 32), append(common.LeftPadBytes([]byte{1}, 32), common.LeftPadBytes([]byte{7}, 32)...)...)
	minted := &types.Log{Address: itemsAt, Data: ids, Topics: []common.Hash{
		crypto.Keccak256Hash([]byte("Minted(address,string,uint256[])")), common.BytesToHash(alice[:]), noteHash,
	}}
	got, ok := book.Log(minted)
	want := contract.Decoded{Name: "Minted", Args: []contract.Argument{
		{Name: "to", Type: "address", Value: alice.Hex()},
		{Name: "note", Type: "string", Value: noteHash.Hex(), Hashed: true},
		{Name: "ids", Type: "uint256[]", Value: []any{"7"}},
	}}
	if diff := cmp.Diff(want, got); !ok || diff != "" {
		t.Errorf("%v (-want +got):\n%s", ok, diff)
	}

	transfer := crypto.Keccak256Hash([]byte("Transfer(address,address,uint256)"))
	word := common.BigToHash(big.NewInt(12))
	erc721 := &types.Log{Address: bob, Topics: []common.Hash{transfer, {}, common.BytesToHash(alice[:]), word}}
	erc20 := &types.Log{Address: bob, Topics: erc721.Topics[:3], Data: word[:]}
	for last, l := range map[string]*types.Log{"tokenId": erc721, "value": erc20} {
		got, ok := book.Log(l)
		if !ok || !got.Guessed || got.Args[2].Name != last || got.Args[2].Value != "12" {
			t.Errorf("%s: %+v, %v", last, got, ok)
		}
	}
	for name, l := range map[string]*types.Log{"no topic": {Address: itemsAt}, "unknown": {Address: itemsAt, Topics: []common.Hash{{1}}}, "no data": {Address: bob, Topics: erc721.Topics[:3]}} {
		if got, ok := book.Log(l); ok {
			t.Errorf("%s reads as %+v", name, got)
		}
	}
}

func TestBook_withAnother(t *testing.T) {
	t.Parallel()
	book, items := itemsBook(t)
	more := book.With(contract.Contract{Name: "The account", Address: bob, ABI: items.ABI})
	if more.Contract(bob) != "The account" || more.Contract(itemsAt) != "Items" || book.Contract(bob) != "" {
		t.Errorf("%q, %q, %q", more.Contract(bob), more.Contract(itemsAt), book.Contract(bob))
	}
}
