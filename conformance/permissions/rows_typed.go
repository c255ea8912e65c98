package main

import (
	"context"
	"encoding/binary"
	"math/big"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"
)

// What isValidSignature answers, and what it stands for in the table.
const (
	validSignature   = "1626ba7e"
	invalidSignature = "ffffffff"

	// A server that signs nothing has nothing to refuse: apps ask the account.
	notAsked = "(asked on chain only)"
)

// message is EIP-712 typed data whose fields are words.
type message struct {
	domain    string // the app's name; version 1, on this chain
	name, def string // such as Order and Order(address maker,uint256 amount)
	fields    [][]byte
}

// typedDataRows are about what the key may sign for the account. There is no
// operation: an app asks the account whether a signature is good.
func (w *world) typedDataRows() []row {
	order := message{domain: "Market", name: "Order", def: "Order(address maker,uint256 amount)", fields: [][]byte{w.account[:], {1}}}
	large := order
	large.fields = [][]byte{w.account[:], w.account[:]}
	permit := message{domain: "Market", name: "Permit", def: "Permit(address owner,uint256 value)", fields: order.fields}
	elsewhere := order
	elsewhere.domain = "Bazaar"
	// The type's name is the signer's own word, so it must not be believed.
	disguised := permit
	disguised.name, disguised.def = order.name, order.def

	grant := permissions(w.calls("ping()"), typed("typed-data", map[string]any{
		"domainSeparator": order.separator(w).Hex(), "typeHash": order.typeHash().Hex(),
	}))
	rowOf := func(rule string, past message, contents []byte) row {
		return row{rule: rule, grant: grant, refusal: notAsked, revert: invalidSignature, try: func(ctx context.Context, s *session, seen *sight) (err error) {
			seen.server = notAsked
			for _, shown := range []struct {
				to       *string
				message  message
				contents []byte
			}{{&seen.inside, order, order.contents()}, {&seen.edge, large, large.contents()}, {&seen.contract, past, contents}} {
				if *shown.to, err = s.asksAccount(ctx, shown.message, shown.contents); err != nil {
					return err
				}
			}
			if seen.inside != validSignature || seen.edge != validSignature {
				return wrap("signed as granted", errNotValid)
			}
			return nil
		}}
	}
	return []row{
		rowOf("typedData, another type", permit, permit.contents()),
		rowOf("typedData, another domain", elsewhere, elsewhere.contents()),
		rowOf("typedData, another type by its name", disguised, permit.contents()),
	}
}

func (m message) typeHash() common.Hash { return crypto.Keccak256Hash([]byte(m.def)) }

// contents are what the struct's hash covers.
func (m message) contents() []byte {
	out := m.typeHash().Bytes()
	for _, field := range m.fields {
		out = append(out, common.LeftPadBytes(field, 32)...)
	}
	return out
}

func (m message) separator(w *world) common.Hash {
	return crypto.Keccak256Hash(
		crypto.Keccak256([]byte("EIP712Domain(string name,string version,uint256 chainId)")),
		crypto.Keccak256([]byte(m.domain)), crypto.Keccak256([]byte("1")), word(w.info.ChainID),
	)
}

// asksAccount signs a message for the account, nested in the account's domain
// as ERC-7739 says, and answers what the account thinks of it.
func (s *session) asksAccount(ctx context.Context, m message, contents []byte) (string, error) {
	w, separator, hash := s.w, m.separator(s.w), crypto.Keccak256Hash(contents)
	nested := "TypedDataSign(" + m.name + " contents,string name,string version,uint256 chainId,address verifyingContract,bytes32 salt)" + m.def
	signed := typedData(separator, crypto.Keccak256Hash(
		crypto.Keccak256([]byte(nested)), hash[:],
		crypto.Keccak256([]byte("Latchkey")), crypto.Keccak256([]byte("1")), word(w.info.ChainID),
		common.LeftPadBytes(w.account[:], 32), make([]byte, 32),
	))
	signature, err := s.key.SignHash(ctx, signed)
	if err != nil {
		return "", err
	}
	const sessionRaw = 0x02
	field := append([]byte{sessionRaw}, s.packed...)
	field = binary.BigEndian.AppendUint16(field, uint16(len(contents)))
	field = append(append(field, contents...), signature[:]...)
	field = append(append(field, separator[:]...), hash[:]...)
	field = append(field, m.def...)
	field = binary.BigEndian.AppendUint16(field, uint16(len(m.def)))

	call := accountContract.PackIsValidSignature(typedData(separator, hash), field)
	answer, err := w.chain.CallContract(ctx, ethereum.CallMsg{To: &w.account, Data: call}, nil)
	if err != nil || len(answer) < 4 {
		return "", err
	}
	return hexutil.Encode(answer[:4])[2:], nil
}

func typedData(separator, structHash common.Hash) common.Hash {
	return crypto.Keccak256Hash([]byte("\x19\x01"), separator[:], structHash[:])
}

func word(n uint64) []byte { return new(big.Int).SetUint64(n).FillBytes(make([]byte, 32)) }
