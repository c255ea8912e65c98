package userop

import (
	"bytes"
	"testing"

	"github.com/ethereum/go-ethereum/common"
)

func TestSessionLayouts(t *testing.T) {
	t.Parallel()
	permission, key := []byte("\x01\x00permission"), []byte("key signature")
	grant := Grant{PersonalSign, bytes.Repeat([]byte{9}, 65)}
	raw := Grant{Raw, grant.Signature}
	cat := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	moment := []byte{0, 0, 1, 2, 3, 4}
	for _, c := range []struct {
		name    string
		session Session
		form    Form
		want    []byte
	}{
		{"registered", Session{Permission: permission}, Raw, cat([]byte{2}, permission, key)},
		{"registered, EIP-191", Session{Permission: permission}, PersonalSign, cat([]byte{3}, permission, key)},
		{"a grant that is not needed", Session{Permission: permission, Grant: grant}, Raw, cat([]byte{2}, permission, key)},
		{"with a moment", Session{Permission: permission, Moment: 0x01020304}, Raw, cat([]byte{0x12}, moment, permission, key)},
		{"first use", Session{Permission: permission, WayIn: FirstUse, Grant: raw}, Raw, cat([]byte{0x06}, permission, grant.Signature[:], key)},
		{"first use, EIP-191 grant", Session{Permission: permission, WayIn: FirstUse, Grant: grant}, PersonalSign, cat([]byte{0x27}, permission, grant.Signature[:], key)},
		{"stateless, with a moment", Session{Permission: permission, WayIn: Stateless, Moment: 0x01020304, Grant: grant}, Raw, cat([]byte{0x3a}, moment, permission, grant.Signature[:], key)},
	} {
		if got := c.session.Field(c.form, key); !bytes.Equal(got, c.want) {
			t.Errorf("%s: got %x, want %x", c.name, got, c.want)
		}
	}
}

func TestAtMoment(t *testing.T) {
	t.Parallel()
	key := bytes.Repeat([]byte{7}, SignatureLength)
	at := func(moment uint64) []byte {
		return Session{Permission: []byte("\x01\x00permission"), Moment: moment}.Field(Raw, key)
	}
	bare := append([]byte{modeSession | modeMoment}, key[1:]...) // an owner's, whose r begins like a mode
	for _, c := range []struct {
		name  string
		field []byte
		t     uint64
		want  []byte
	}{
		{"later", at(1000), 2000, at(2000)},
		{"never earlier", at(2000), 1000, at(2000)},
		{"none named", at(0), 2000, at(0)},
		{"owner's", bare, 2000, bare},
		{"empty", nil, 2000, nil},
	} {
		before := bytes.Clone(c.field)
		if got := AtMoment(c.field, c.t); !bytes.Equal(got, c.want) {
			t.Errorf("%s: got %x, want %x", c.name, got, c.want)
		}
		if !bytes.Equal(c.field, before) {
			t.Errorf("%s: the field that was given has changed", c.name)
		}
	}
}

// A dummy must pass every check that a real signature passes before the
// curve's own, and must cost no less calldata.
func TestDummiesOfEverySignerType(t *testing.T) {
	t.Parallel()
	pair, hash := newP256(t), common.HexToHash("0x1234")
	for kind, want := range map[SignerType]int{Secp256k1: 65, P256: 128, P256SHA256: 128} {
		permission := []byte{1, byte(kind)}
		field := Session{Permission: permission, Key: pair.public}.Dummy(hash)
		if len(field) != 1+len(permission)+want {
			t.Errorf("%s: dummy has %d bytes", kind, len(field))
		}
	}
	permission := []byte{1, byte(WebAuthn)}
	tail := Session{Permission: permission, Key: pair.public, Moment: 5, WayIn: Stateless}.Dummy(hash)[1+6+len(permission)+65:]
	a := dummyAssertion(hash)
	if err := a.check(hash); err != nil {
		t.Error(err)
	}
	checkTail(t, tail, a, hash)
	real := pair.assert(t, authenticatorDataOf(flagUserPresent), clientDataOf(hash))
	if signed := real.encodeFor(pair.public, hash, dummyHalf, dummyHalf); len(signed) > len(tail) {
		t.Errorf("a real answer has %d bytes, the dummy only %d", len(signed), len(tail))
	}
}
