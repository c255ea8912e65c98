package userop

import (
	"encoding/binary"
	"fmt"
	"math/big"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/math"
	"github.com/ethereum/go-ethereum/crypto"
)

// Message is EIP-712 typed data that an account signs for an application, by
// ERC-1271. Its signers sign it nested in the account's own domain (ERC-7739),
// so that a signature for one account says nothing for another.
type Message struct {
	// Domain is the separator of the application's domain.
	Domain common.Hash
	// Contents is what the message's struct hash is the hash of: its type hash
	// and its encoded data.
	Contents []byte
	// Description names the type, as ERC-7739 wants it: all of encodeType,
	// which begins with the primary type's name, or else followed by it.
	Description string
}

// TypeHash is the hash of the message's type; zero when Contents are too
// short to have one.
func (m Message) TypeHash() common.Hash {
	if len(m.Contents) < common.HashLength {
		return common.Hash{}
	}
	return common.Hash(m.Contents[:common.HashLength])
}

// Hash is what the application asks the account about.
func (m Message) Hash() common.Hash { return typedDataHash(m.Domain, m.contentsHash()) }

func (m Message) contentsHash() common.Hash { return crypto.Keccak256Hash(m.Contents) }

// Digest is what a key signs for the account.
func (m Message) Digest(chainID uint64, account common.Address) (common.Hash, error) {
	name, encodedType, err := m.split()
	if err != nil {
		return common.Hash{}, err
	}
	typeHash := crypto.Keccak256([]byte("TypedDataSign(" + name +
		" contents,string name,string version,uint256 chainId,address verifyingContract,bytes32 salt)" + encodedType))
	contents := m.contentsHash()
	nested := crypto.Keccak256Hash(
		typeHash,
		contents[:],
		crypto.Keccak256([]byte(accountDomainName)),
		crypto.Keccak256([]byte(accountDomainVersion)),
		math.U256Bytes(new(big.Int).SetUint64(chainID)),
		common.LeftPadBytes(account[:], wordSize),
		make([]byte, wordSize), // no salt
	)
	return typedDataHash(m.Domain, nested), nil
}

// split answers the primary type's name and encodeType.
func (m Message) split() (name, encodedType string, err error) {
	open, closing := strings.Index(m.Description, "("), strings.LastIndex(m.Description, ")")
	if open < 0 || closing < open {
		return "", "", fmt.Errorf("describe message: %q holds no type", m.Description)
	}
	name, encodedType = m.Description[closing+1:], m.Description[:closing+1]
	if name == "" {
		name = m.Description[:open]
	}
	if name == "" || strings.ContainsAny(name, " ,()\x00") {
		return "", "", fmt.Errorf("describe message: %q does not name its type", m.Description)
	}
	return name, encodedType, nil
}

// SessionSignature lays out what isValidSignature takes for the message from
// a session: keySignature is its key's under Digest, raw.
func (m Message) SessionSignature(permission, keySignature []byte) []byte {
	out := append([]byte{modeSession}, permission...)
	out = binary.BigEndian.AppendUint16(out, uint16(len(m.Contents)))
	out = append(out, m.Contents...)
	return append(out, m.nested(keySignature)...)
}

// nested is the layout of ERC-7739, behind a signature.
func (m Message) nested(signature []byte) []byte {
	contents := m.contentsHash()
	out := append([]byte(nil), signature...)
	out = append(out, m.Domain[:]...)
	out = append(out, contents[:]...)
	out = append(out, m.Description...)
	return binary.BigEndian.AppendUint16(out, uint16(len(m.Description)))
}

// OwnerSignature lays out what isValidSignature takes for the message from
// the owner, whose signature under Digest it is.
func (m Message) OwnerSignature(signature []byte) []byte {
	return m.nested(signature)
}
