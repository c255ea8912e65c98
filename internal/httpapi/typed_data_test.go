package httpapi

import (
	"encoding/json"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/math"
	"github.com/ethereum/go-ethereum/signer/core/apitypes"

	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/session"
)

const mailTypes = `{
	"EIP712Domain":[{"name":"name","type":"string"}],
	"Person":[{"name":"name","type":"string"},{"name":"wallets","type":"address[]"}],
	"Group":[{"name":"members","type":"Person[]"}],
	"Attachment":[{"name":"data","type":"bytes32[2][]"}],
	"Mail":[{"name":"to","type":"Person[]"},{"name":"by","type":"Group"},{"name":"files","type":"Attachment[]"},{"name":"at","type":"uint48"}]}`

// The hashes are those that another implementation finds.
func TestTypedDataHashes(t *testing.T) {
	t.Parallel()
	salt := "0x" + common.Bytes2Hex(opHash[:])
	domains := map[string]apitypes.TypedDataDomain{
		`{"name":"App"}`: {Name: "App"},
		`{"name":"App","version":"1","chainId":80002,"verifyingContract":"` + nft.Hex() + `"}`: {Name: "App", Version: "1", ChainId: math.NewHexOrDecimal256(80002), VerifyingContract: nft.Hex()},
		`{"salt":"` + salt + `","version":"2"}`:                                                {Version: "2", Salt: salt},
	}
	kinds := map[string][]apitypes.Type{
		`{"name":"App"}`: {{Name: "name", Type: "string"}},
		`{"name":"App","version":"1","chainId":80002,"verifyingContract":"` + nft.Hex() + `"}`: {{Name: "name", Type: "string"}, {Name: "version", Type: "string"}, {Name: "chainId", Type: "uint256"}, {Name: "verifyingContract", Type: "address"}},
		`{"salt":"` + salt + `","version":"2"}`:                                                {{Name: "version", Type: "string"}, {Name: "salt", Type: "bytes32"}},
	}
	var types apitypes.Types
	if err := json.Unmarshal([]byte(mailTypes), &types); err != nil {
		t.Fatal(err)
	}
	for text, domain := range domains {
		for primary := range types {
			if primary == domainType {
				continue
			}
			types[domainType] = kinds[text]
			theirs := apitypes.TypedData{Types: types, PrimaryType: primary, Domain: domain}
			separator, err := theirs.HashStruct(domainType, domain.Map())
			if err != nil {
				t.Fatal(err)
			}
			want := permission.TypedData{DomainSeparator: common.Hash(separator), TypeHash: common.Hash(theirs.TypeHash(primary))}
			a := newAPI(t)
			r := a.post("/v1/sessions", someTerms+`,"permissions":[{"type":"typed-data","data":{"domain":`+text+`,"primaryType":"`+primary+`","types":`+mailTypes+`}}]}`)
			asked, _ := a.asked.(session.CreateParams)
			if len(asked.Rules) != 1 || asked.Rules[0] != want {
				t.Errorf("%s in %s: got %v (%s), want %v", primary, text, asked.Rules, r.Body, want)
			}
		}
	}
}
