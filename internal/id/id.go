// Package id makes and checks the identifiers that the API shows: a prefix
// that names the kind of record, an underscore, a UUID.
package id

import (
	"strings"

	"github.com/google/uuid"
)

// Kind is the prefix of an identifier.
type Kind string

const (
	Project    Kind = "pro"
	APIKey     Kind = "key"
	Player     Kind = "pla"
	Account    Kind = "acc"
	Contract   Kind = "con"
	Policy     Kind = "pol"
	PolicyRule Kind = "afu"
	Session    Kind = "ses"
	Intent     Kind = "tin"
	Operator   Kind = "opr"
	Audit      Kind = "aud"
	Request    Kind = "req"
	Passkey    Kind = "psk"
	Login      Kind = "log"
	Identity   Kind = "idn"
	Signer     Kind = "sig"
	Device     Kind = "dev"
	Challenge  Kind = "cha"
	AuthConfig Kind = "apr"
)

// New returns a fresh identifier. Its UUID is version 7, so that identifiers
// sort by the time they were made.
func New(k Kind) string { return string(k) + "_" + uuid.Must(uuid.NewV7()).String() }

// Is reports whether s is a well-formed identifier of kind k.
func Is(k Kind, s string) bool {
	rest, ok := strings.CutPrefix(s, string(k)+"_")
	return ok && uuid.Validate(rest) == nil && len(rest) == 36
}

// Names reports whether s carries the prefix of kind k, well-formed or not.
func Names(k Kind, s string) bool { return strings.HasPrefix(s, string(k)+"_") }
