package server_test

import (
	"testing"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

func TestRead_whatTheContractRefusesIsTheClientsBusiness(t *testing.T) {
	w := newWorld(t)
	_, err := w.server.Contracts.Read(t.Context(), w.project, w.nft.ID, "ownerOf", []any{"7"})
	if !fault.Is(err, fault.Invalid) {
		t.Fatalf("ownerOf a token that nobody has answered %v, want a refusal", err)
	}
	refused(t, err, "reverted")
}
