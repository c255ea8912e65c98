package permissionfuzz

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/permission"
)

// packedCase is bytes that an account is asked to register.
type packedCase struct {
	account common.Address
	packed  []byte
}

func (c packedCase) String() string {
	return fmt.Sprintf("account %s\npermission %x", c.account, c.packed)
}

var errRegistered = errors.New("it is a permission")

// compareRegistration answers in what Decode and the account's registration
// differ about some bytes, nil in nothing.
func (w *world) compareRegistration(c packedCase) error {
	_, err := permission.Decode(c.packed)
	if w.registers(c.account, c.packed) == (err == nil) {
		return nil
	}
	if err == nil {
		err = errRegistered
	}
	return fmt.Errorf("account registers it: %t, Go says: %w", w.registers(c.account, c.packed), err)
}

// nearly draws bytes that are almost a permission, or still one.
func (s source) nearly(packed []byte) []byte {
	out := bytes.Clone(packed)
	for range 1 + s.IntN(2) {
		at := s.IntN(len(out))
		switch s.IntN(8) {
		case 0:
			out = out[:at]
		case 1:
			out = append(out, make([]byte, 1+s.IntN(3))...)
		case 2: // one byte less or more in the middle
			out = append(out[:at:at], out[at+1:]...)
		case 3:
			out = append(out[:at:at], append([]byte{byte(s.Uint32())}, out[at:]...)...)
		default:
			out[at] = pick(s, 0, 1, out[at]+1, out[at]-1, out[at]^byte(1<<s.IntN(8)), 255)
		}
		if len(out) == 0 {
			return out
		}
	}
	return out
}
