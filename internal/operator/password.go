package operator

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

// minPassword and maxPassword bound passwords, in characters and bytes.
const (
	minPassword = 10
	maxPassword = 256
)

// Cost of argon2id: 19 MiB and two passes, what OWASP names as the least. A
// stored hash says its own cost, so that raising this keeps old passwords good.
const (
	argonMemory  = 19 * 1024 // KiB
	argonPasses  = 2
	argonThreads = 1
	argonKey     = 32
	argonSalt    = 16
)

// hashing bounds how many passwords are hashed at a time: each takes memory.
var hashing = make(chan struct{}, 4)

func argon(password string, salt []byte, memory, passes uint32, threads uint8, size uint32) []byte {
	hashing <- struct{}{}
	defer func() { <-hashing }()
	return argon2.IDKey([]byte(password), salt, passes, memory, threads, size)
}

// hashPassword answers the usual text form: $argon2id$v=19$m=…,t=…,p=…$salt$hash.
func hashPassword(password string) string {
	salt := make([]byte, argonSalt)
	rand.Read(salt) // never fails
	key := argon(password, salt, argonMemory, argonPasses, argonThreads, argonKey)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonPasses, argonThreads, b64.EncodeToString(salt), b64.EncodeToString(key))
}

var errHash = errors.New("stored password hash is damaged")

func checkPassword(stored, password string) (bool, error) {
	parts := strings.Split(stored, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, errHash
	}
	var memory, passes uint32
	var threads uint8
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &threads); err != nil {
		return false, errHash
	}
	salt, saltErr := base64.RawStdEncoding.DecodeString(parts[4])
	want, wantErr := base64.RawStdEncoding.DecodeString(parts[5])
	if saltErr != nil || wantErr != nil || len(want) == 0 {
		return false, errHash
	}
	got := argon(password, salt, memory, passes, threads, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}

// nobody is compared with the passwords of names that do not exist, so that an
// answer takes as long as for one that does.
var nobody = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// SignIn checks a name and a password and answers a new session's cookie. After
// some failures in a row, from is made to wait, and so is the name.
func (s *Service) SignIn(ctx context.Context, name, password, from string) (cookie string, err error) {
	now := s.now()
	name = strings.ToLower(strings.TrimSpace(name))
	tried := []string{nameKey(name), sourceKey(from)}
	if wait := s.attempts.try(now, tried...); wait > 0 {
		return "", tooManyTries(wait)
	}
	o, err := s.Store.OperatorByName(ctx, name)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return "", err
	}
	stored := o.PasswordHash
	if stored == "" {
		stored = nobody
	}
	ok, err := checkPassword(stored, password)
	if err != nil {
		return "", fmt.Errorf("sign in operator %s: %w", name, err)
	}
	if !ok || o.PasswordHash == "" || o.DisabledAt != nil {
		return "", fault.New(fault.Unauthorized, "the name or the password is wrong")
	}
	s.attempts.succeeded(tried...)
	return s.Open(ctx, o.ID)
}

func tooManyTries(wait time.Duration) error {
	return fault.New(fault.Conflict, "too many failed tries: wait %d seconds", int(wait.Seconds())+1)
}

// SetPassword changes the password of a visit's operator, and ends their other
// sessions and the links that they have not used. Who has a password already
// must know it, so that a session that somebody left open does not give it away.
func (s *Service) SetPassword(ctx context.Context, v Visit, current, next string) error {
	if n := utf8.RuneCountInString(next); n < minPassword || len(next) > maxPassword {
		return fault.Field("password", nil, "a password must have %d characters or more, and at most %d bytes; this one has %d", minPassword, maxPassword, n)
	}
	if err := s.Confirm(v, current); err != nil {
		return err
	}
	hash := hashPassword(next)
	_, err := s.Store.UpdateOperator(ctx, v.Operator.ID, func(o Operator, _ []Operator) (Operator, error) {
		o.PasswordHash, o.UpdatedAt = hash, s.now()
		return o, nil
	})
	if err != nil {
		return err
	}
	return errors.Join(
		s.Store.DeleteConsoleSessionsOf(ctx, v.Operator.ID, v.Session.Hash),
		s.Store.DeleteLinksOf(ctx, v.Operator.ID),
	)
}

// Confirm asks a visit's operator for their password before what would outlast
// the visit, if they have one.
func (s *Service) Confirm(v Visit, current string) error {
	o := v.Operator
	if o.PasswordHash == "" {
		return nil
	}
	tried := "present " + o.ID
	if wait := s.attempts.try(s.now(), tried); wait > 0 {
		return tooManyTries(wait)
	}
	ok, err := checkPassword(o.PasswordHash, current)
	if err != nil {
		return err
	}
	if !ok {
		return fault.Field("current", nil, "the present password is another one")
	}
	s.attempts.succeeded(tried)
	return nil
}
