package contract_test

import (
	"encoding/json"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/latchkey-dev/latchkey/internal/contract"
)

func selectorOf(signature string) [4]byte { return [4]byte(crypto.Keccak256([]byte(signature))) }

func TestBook(t *testing.T) {
	t.Parallel()
	items, other := common.Address{1}, common.Address{2}
	book := contract.NewBook([]contract.Contract{
		{Name: "Items", Address: items, ABI: json.RawMessage(`[
			{"type":"function","name":"mint","inputs":[{"name":"to","type":"address"}]},
			{"type":"function","name":"burn","inputs":[{"name":"id","type":"uint256"}]},
			{"type":"function","name":"burn","inputs":[{"name":"from","type":"address"},{"name":"id","type":"uint256"}]}]`)},
		{Name: "Items, older", Address: items, ABI: json.RawMessage(`[{"type":"function","name":"pause","inputs":[]}]`)},
		{Name: "Other", Address: other},
	})
	for _, c := range []struct{ got, want string }{
		{book.Contract(items), "Items"},
		{book.Contract(other), "Other"},
		{book.Contract(common.Address{3}), ""},
		{book.Function(items, selectorOf("mint(address)")), "mint"},
		{book.Function(items, selectorOf("burn(uint256)")), "burn(uint256)"},
		{book.Function(items, selectorOf("burn(address,uint256)")), "burn(address,uint256)"},
		{book.Function(items, selectorOf("pause()")), "pause"},
		{book.Function(items, selectorOf("unknown()")), ""},
		{book.Function(other, selectorOf("mint(address)")), ""},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
