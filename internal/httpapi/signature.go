package httpapi

import (
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"

	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

// Lengths of signatures: r, s and v of a secp256k1 key, r and s of a P-256 one.
const (
	recoverableLength = 65
	compactLength     = 64
)

func decodeSignature(c *call) (signature []byte, optimistic bool, err error) {
	var req SignatureRequest
	if err := c.decode(&req); err != nil {
		return nil, false, err
	}
	signature, err = parseSignature(req.Signature)
	return signature, value(req.Optimistic), err
}

// parseSignature answers the bytes of a signature, or the JSON of a passkey's.
// It never repeats what was sent.
func parseSignature(sent any) ([]byte, error) {
	switch sent := sent.(type) {
	case string:
		if strings.HasPrefix(strings.TrimSpace(sent), "{") { // what a form sends
			tree, err := parseJSON([]byte(sent))
			if err != nil {
				return nil, fault.Field("signature", nil, "must be JSON when it starts with a brace")
			}
			return parseAssertion(tree)
		}
		return parseSignatureText(sent)
	case map[string]any:
		return parseAssertion(sent)
	}
	return nil, fault.Field("signature", nil, "must be a string, or an object with a passkey's assertion")
}

func parseSignatureText(s string) ([]byte, error) {
	raw, err := hexutil.Decode(s)
	if err != nil {
		return nil, fault.Field("signature", nil, "must be 0x hex of 65 bytes (r, s, v), or for a P-256 key of 64 bytes (r, s) or DER, is %d characters of something else", len(s))
	}
	if len(raw) == recoverableLength || len(raw) == compactLength || isDER(raw) {
		return raw, nil
	}
	return nil, fault.Field("signature", nil, "must be 65 bytes (r, s, v), or for a P-256 key 64 bytes (r, s) or DER, is %d bytes of something else", len(raw))
}

func isDER(raw []byte) bool {
	var point struct{ R, S *big.Int }
	rest, err := asn1.Unmarshal(raw, &point)
	return err == nil && len(rest) == 0
}

// parseAssertion answers the three parts of a passkey's assertion as JSON, in
// base64url without padding. What else the browser gave is left out.
func parseAssertion(tree map[string]any) ([]byte, error) {
	parts := make(map[string]string, 3)
	for _, name := range []string{"authenticatorData", "clientDataJSON", "signature"} {
		text, _ := tree[name].(string)
		raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
		if err != nil || len(raw) == 0 {
			return nil, fault.Field("signature."+name, nil, "is required as base64url text")
		}
		parts[name] = base64.RawURLEncoding.EncodeToString(raw)
	}
	return json.Marshal(parts)
}
