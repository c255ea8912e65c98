package userop

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
)

// Grant is an owner's signature under a session's grant digest. It rides in
// the session's operations instead of a registration.
type Grant struct {
	Form      Form
	Signature []byte // as Owner.Check gives it
}

// Bytes is the grant for keeping: form and signature. ParseGrant reads it.
func (g Grant) Bytes() []byte { return append([]byte{byte(g.Form)}, g.Signature...) }

// ParseGrant reads what Bytes gave.
func ParseGrant(stored []byte) (Grant, error) {
	if len(stored) < 1+SignatureLength || stored[0] > byte(PersonalSign) {
		return Grant{}, fmt.Errorf("read grant: must be its form and %d bytes of signature or more, has %d bytes", SignatureLength, len(stored))
	}
	return Grant{Form(stored[0]), stored[1:]}, nil
}

// The domain of an account, in which its owner signs grants.
const (
	accountDomainName    = "Latchkey"
	accountDomainVersion = "1"
)

// GrantDigest is what an owner signs to grant a session without registering
// it: EIP-712 over the session in the account's own domain. The session's id
// is its struct hash. As with operations, both forms of signature are taken.
func GrantDigest(chainID uint64, account common.Address, sessionID common.Hash) common.Hash {
	domain := domainSeparator(accountDomainName, accountDomainVersion, chainID, account)
	return typedDataHash(domain, sessionID)
}

// typedMessage is a message of EIP-712 in the JSON form of eth_signTypedData_v4.
type typedMessage struct {
	Types       map[string][]typedField `json:"types"`
	PrimaryType string                  `json:"primaryType"`
	Domain      typedDomain             `json:"domain"`
	Message     grantMessage            `json:"message"`
}

type typedField struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

type typedDomain struct {
	Name              string         `json:"name"`
	Version           string         `json:"version"`
	ChainID           uint64         `json:"chainId"`
	VerifyingContract common.Address `json:"verifyingContract"`
}

type grantMessage struct {
	ChainID    string         `json:"chainId"`
	Account    common.Address `json:"account"`
	Epoch      string         `json:"epoch"`
	Permission hexutil.Bytes  `json:"permission"`
}

// GrantTypedData is the grant in JSON as eth_signTypedData_v4 takes it. Its
// hash is the GrantDigest of the session with this packed permission.
func GrantTypedData(chainID uint64, account common.Address, epoch uint64, permission []byte) (json.RawMessage, error) {
	text, err := json.Marshal(typedMessage{
		Types: map[string][]typedField{
			"EIP712Domain": {{"name", "string"}, {"version", "string"}, {"chainId", "uint256"}, {"verifyingContract", "address"}},
			"Session":      {{"chainId", "uint256"}, {"account", "address"}, {"epoch", "uint64"}, {"permission", "bytes"}},
		},
		PrimaryType: "Session",
		Domain:      typedDomain{accountDomainName, accountDomainVersion, chainID, account},
		Message: grantMessage{
			strconv.FormatUint(chainID, 10), account, strconv.FormatUint(epoch, 10), permission,
		},
	})
	if err != nil {
		return nil, fmt.Errorf("encode the grant as typed data: %w", err)
	}
	return text, nil
}
