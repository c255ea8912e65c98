package user

import (
	"net/mail"
	"strings"
	"unicode/utf8"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

// maxEmail is the longest address that mail knows, in bytes.
const maxEmail = 254

// readEmail answers an email as it is kept and looked for.
func readEmail(field, sent string) (string, error) {
	email := strings.ToLower(strings.TrimSpace(sent))
	a, err := mail.ParseAddress(email)
	if err != nil || a.Address != email || a.Name != "" || len(email) > maxEmail || strings.ContainsAny(email, "\"\\ ()<>[]") || !utf8.ValidString(email) {
		return "", &fault.Fault{Kind: fault.Invalid, Code: "INVALID_EMAIL", Field: field, Message: field + ": must be an email address such as ann@game.example"}
	}
	return email, nil
}

// Bounds of a password, in characters. The upper one keeps hashing cheap.
const (
	minPassword = 8
	maxPassword = 128
)

func checkPassword(field, password string) error {
	switch n := utf8.RuneCountInString(password); {
	case n < minPassword:
		return &fault.Fault{Kind: fault.Invalid, Code: "PASSWORD_TOO_SHORT", Field: field, Message: field + ": must have at least 8 characters"}
	case n > maxPassword:
		return &fault.Fault{Kind: fault.Invalid, Code: "PASSWORD_TOO_LONG", Field: field, Message: field + ": may have 128 characters"}
	}
	return nil
}

// maxName is the official API's limit of names, in characters.
const maxName = 256

func checkName(name string) error {
	if n := utf8.RuneCountInString(name); n > maxName {
		return fault.Field("name", nil, "may have %d characters, has %d", maxName, n)
	}
	return nil
}
