package httpapi

import (
	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// parseAuthorization answers r, s and v of an EIP-7702 authorization, nil when
// it is left out or empty. It never repeats what was sent.
func parseAuthorization(s *string) ([]byte, error) {
	if value(s) == "" {
		return nil, nil
	}
	raw, err := hexutil.Decode(*s)
	if err != nil || len(raw) != userop.SignatureLength {
		return nil, fault.Field("signedAuthorization", nil, "must be 0x and %d hex digits (r, s, yParity), is %d characters of something else", 2*userop.SignatureLength, len(*s))
	}
	return raw, nil
}
