package chain

import (
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
)

// erc7201 is the slot of a namespace, as the standard defines it.
func erc7201(namespace string) common.Hash {
	inner := new(big.Int).SetBytes(crypto.Keccak256([]byte(namespace)))
	slot := crypto.Keccak256Hash(common.BigToHash(inner.Sub(inner, common.Big1)).Bytes())
	slot[31] = 0
	return slot
}

func TestAccountSlotIsTheNamespaces(t *testing.T) {
	t.Parallel()
	example := common.HexToHash("0x183a6125c38840424c4a85fa12bab2ab606c4b6d0e7cc73c0c06ba5300eab500")
	if got := erc7201("example.main"); got != example {
		t.Fatalf("the standard's own example gives %s, want %s", got, example)
	}
	if want := erc7201("latchkey.storage.Account"); accountSlot != want {
		t.Errorf("account slot %s, want %s", accountSlot, want)
	}
}
