package userop_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/signer/core/apitypes"

	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// Wallets hash the typed data by themselves: both ways must agree.
func TestGrant_typedDataHashesToTheDigest(t *testing.T) {
	const chainID, epoch = 80002, 7
	account, packed := common.HexToAddress("0xAcc0000000000000000000000000000000000001"), []byte("any bytes")
	raw, err := userop.GrantTypedData(chainID, account, epoch, packed)
	if err != nil {
		t.Fatal(err)
	}
	var data apitypes.TypedData
	if err := json.Unmarshal(raw, &data); err != nil {
		t.Fatal(err)
	}
	hash, _, err := apitypes.TypedDataAndHash(data)
	if err != nil {
		t.Fatal(err)
	}
	want := userop.GrantDigest(chainID, account, permission.ID(chainID, account, epoch, packed))
	if common.BytesToHash(hash) != want {
		t.Fatalf("typed data hashes to %x, the digest is %s", hash, want)
	}
}

func TestGrant_storedAndReadBack(t *testing.T) {
	dummy := userop.DummySignature()
	grant := userop.Grant{Form: userop.PersonalSign, Signature: dummy[:]}
	again, err := userop.ParseGrant(grant.Bytes())
	if err != nil || again.Form != grant.Form || !bytes.Equal(again.Signature, grant.Signature) {
		t.Fatalf("read back %v, %v", again, err)
	}
	if _, err := userop.ParseGrant(grant.Bytes()[1:]); err == nil {
		t.Fatal("a grant without its form was read")
	}
}
