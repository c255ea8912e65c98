package userop

import "github.com/ethereum/go-ethereum/common"

var (
	createAccountSelector        = selectorOf("createAccountWithNonce(address,bytes32,bool)")
	createAccountWithKeySelector = selectorOf("createAccountWithKey(uint8,bytes32,bytes32,bytes32)")
)

// CreateAccount encodes createAccountWithNonce(owner, salt, false): the call
// to the factory that creates an account, as factoryData or by a relayer.
func CreateAccount(owner common.Address, salt common.Hash) []byte {
	out := append(createAccountSelector[:], common.LeftPadBytes(owner[:], wordSize)...)
	out = append(out, salt[:]...)
	return append(out, word(0)...)
}

// Create encodes the call to the factory that creates the owner's account.
func (o Owner) Create(salt common.Hash) []byte {
	if o.Kind == Secp256k1 {
		return CreateAccount(o.Address, salt)
	}
	return append(append(createAccountWithKeySelector[:], o.keyWords()...), salt[:]...)
}
