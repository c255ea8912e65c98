package userop

import "github.com/ethereum/go-ethereum/common"

var createAccountSelector = selectorOf("createAccountWithNonce(address,bytes32,bool)")

// CreateAccount encodes createAccountWithNonce(owner, salt, false): the call
// to the factory that creates an account, as factoryData or by a relayer.
func CreateAccount(owner common.Address, salt common.Hash) []byte {
	out := append(createAccountSelector[:], common.LeftPadBytes(owner[:], wordSize)...)
	out = append(out, salt[:]...)
	return append(out, word(0)...)
}
