package userop

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/ethereum/go-ethereum/common"
)

// Assertion is a passkey's answer to a challenge, as navigator.credentials.get
// gives it. In JSON its parts are base64url or 0x-hex; clientDataJSON may also
// be the text itself, and everything may stand below "response", as
// PublicKeyCredential.toJSON puts it.
type Assertion struct {
	AuthenticatorData []byte
	ClientDataJSON    []byte
	Signature         []byte // DER or r‖s
}

// UnmarshalJSON refuses an answer that lacks a part.
func (a *Assertion) UnmarshalJSON(text []byte) error {
	type parts struct {
		AuthenticatorData string `json:"authenticatorData"`
		ClientDataJSON    string `json:"clientDataJSON"`
		Signature         string `json:"signature"`
	}
	var outer struct {
		parts
		Response *parts `json:"response"`
	}
	if err := json.Unmarshal(text, &outer); err != nil {
		return err
	}
	read := outer.parts
	if outer.Response != nil {
		read = *outer.Response
	}
	var err error
	if a.AuthenticatorData, err = readPart("authenticatorData", read.AuthenticatorData); err != nil {
		return err
	}
	if a.Signature, err = readPart("signature", read.Signature); err != nil {
		return err
	}
	if strings.HasPrefix(read.ClientDataJSON, "{") {
		a.ClientDataJSON = []byte(read.ClientDataJSON)
		return nil
	}
	a.ClientDataJSON, err = readPart("clientDataJSON", read.ClientDataJSON)
	return err
}

func readPart(name, text string) (part []byte, err error) {
	if digits, isHex := strings.CutPrefix(text, "0x"); isHex {
		part, err = hex.DecodeString(digits)
	} else {
		part, err = base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
	}
	if err != nil {
		return nil, fmt.Errorf("%s must be base64url or 0x-hex: %w", name, err)
	}
	if len(part) == 0 {
		return nil, fmt.Errorf("%s is missing: send authenticatorData, clientDataJSON and signature", name)
	}
	return part, nil
}

// Where the account finds what it checks. Authenticator data is the hash of
// the relying party's id (32), flags (1) and a counter (4), then extensions.
const (
	authenticatorDataLength = 37
	flagsPlace              = 32

	flagUserPresent    = 1 << 0
	flagBackupEligible = 1 << 3
	flagBackedUp       = 1 << 4

	clientDataType = `"type":"webauthn.get"`
)

// webauthnSignature checks what the account checks, and lays the answer out
// as the account takes it.
func webauthnSignature(key P256Key, hash common.Hash, text []byte) ([]byte, error) {
	var a Assertion
	if err := json.Unmarshal(text, &a); err != nil {
		return nil, fmt.Errorf("read webauthn signature: %w", err)
	}
	if err := a.check(hash); err != nil {
		return nil, err
	}
	r, s, err := key.verify(sha256Of(a.AuthenticatorData, sha256Of(a.ClientDataJSON)), a.Signature)
	if err != nil {
		return nil, err
	}
	return a.encodeFor(key, hash, r, s), nil
}

func (a Assertion) check(hash common.Hash) error {
	if len(a.AuthenticatorData) < authenticatorDataLength {
		return fmt.Errorf("webauthn signature's authenticatorData must have at least %d bytes, has %d", authenticatorDataLength, len(a.AuthenticatorData))
	}
	if !bytes.Contains(a.ClientDataJSON, []byte(clientDataType)) {
		return fmt.Errorf("webauthn signature's clientDataJSON must contain %s", clientDataType)
	}
	if challenge := clientDataChallenge(hash); !bytes.Contains(a.ClientDataJSON, challenge) {
		return fmt.Errorf("webauthn signature's clientDataJSON must contain %s: the challenge is the 32 bytes of the signable hash", challenge)
	}
	flags := a.AuthenticatorData[flagsPlace]
	if flags&flagUserPresent == 0 {
		return errors.New("webauthn signature's authenticatorData says that no user was present")
	}
	if flags&flagBackedUp != 0 && flags&flagBackupEligible == 0 {
		return errors.New("webauthn signature's authenticatorData says that the key is backed up, but may not be")
	}
	return nil
}

// clientDataChallenge is how a hash stands in client data as the challenge.
func clientDataChallenge(hash common.Hash) []byte {
	return []byte(`"challenge":"` + base64.RawURLEncoding.EncodeToString(hash[:]) + `"`)
}

// encodeFor lays out x|y and the ABI encoding of (r, s, challengeIndex,
// typeIndex, authenticatorData, clientDataJSON). The client data must contain
// the type and the challenge.
func (a Assertion) encodeFor(key P256Key, hash common.Hash, r, s [32]byte) []byte {
	challengeIndex := bytes.Index(a.ClientDataJSON, clientDataChallenge(hash))
	typeIndex := bytes.Index(a.ClientDataJSON, []byte(clientDataType))
	const head = 6 * wordSize
	authenticatorData := lengthAndBytes(a.AuthenticatorData)

	out := key.signature(r, s)
	out = append(out, word(uint64(challengeIndex))...)
	out = append(out, word(uint64(typeIndex))...)
	out = append(out, word(head)...)
	out = append(out, word(uint64(head+len(authenticatorData)))...)
	out = append(out, authenticatorData...)
	return append(out, lengthAndBytes(a.ClientDataJSON)...)
}

// dummyOrigin is longer than the origins that real client data names.
var dummyOrigin = "https://" + strings.Repeat("x", 88)

// dummyAssertion is an answer without a zero byte that passes every check but
// the signature's.
func dummyAssertion(hash common.Hash) Assertion {
	data := bytes.Repeat([]byte{0xff}, authenticatorDataLength)
	data[flagsPlace] = flagUserPresent | flagBackupEligible | flagBackedUp
	clientData := `{` + clientDataType + `,` + string(clientDataChallenge(hash)) + `,"origin":"` + dummyOrigin +
		`","crossOrigin":false,"other_keys_can_be_added_here":"do not compare clientDataJSON against a template. See https://goo.gl/yabPex"}`
	return Assertion{AuthenticatorData: data, ClientDataJSON: []byte(clientData)}
}
