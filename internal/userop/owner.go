package userop

import "github.com/ethereum/go-ethereum/common"

var (
	revokeAllSelector   = selectorOf("revokeAllSessions()")
	changeOwnerSelector = selectorOf("changeOwner(address)")
)

// RevokeAllSessions encodes revokeAllSessions().
func RevokeAllSessions() []byte { return append([]byte(nil), revokeAllSelector[:]...) }

// ChangeOwner encodes changeOwner(newOwner).
func ChangeOwner(newOwner common.Address) []byte {
	return append(changeOwnerSelector[:], common.LeftPadBytes(newOwner[:], wordSize)...)
}

// NewOwner reads the address out of call data of changeOwner; ok is false for
// any other call data.
func NewOwner(callData []byte) (newOwner common.Address, ok bool) {
	if len(callData) != 4+wordSize || Selector(callData[:4]) != changeOwnerSelector {
		return common.Address{}, false
	}
	return common.BytesToAddress(callData[4:]), true
}
