package main

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// use is one operation of a session: how it signs, and what it does.
type use struct {
	permission permission.Permission
	wayIn      userop.WayIn
	sponsored  bool
	callData   []byte
}

// register lets the owner register the session.
func (l *lab) register(ctx context.Context, s *subject, p permission.Permission) (bundle, error) {
	packed, err := p.Encode()
	if err != nil {
		return bundle{}, err
	}
	return l.ownerOp(ctx, s, account.PackRegisterSession(packed))
}

// use runs one operation as the session.
func (l *lab) use(ctx context.Context, s *subject, u use) (bundle, error) {
	packed, err := u.permission.Encode()
	if err != nil {
		return bundle{}, err
	}
	session := userop.Session{Permission: packed, WayIn: u.wayIn}
	if u.permission.NeedsMoment() {
		session.Moment = moment
	}
	if u.wayIn != userop.Registered {
		if session.Grant, err = l.grant(s, packed); err != nil {
			return bundle{}, fmt.Errorf("sign the grant: %w", err)
		}
	}
	return l.run(ctx, s, draft{u.callData, u.sponsored, func(hash common.Hash) (field, fresh []byte, err error) {
		form, key, err := s.signAsSession(u.permission.SignerType, hash)
		if err != nil {
			return nil, nil, err
		}
		return session.Field(form, key), freshPart(u.permission.SignerType, key), nil
	}})
}

// freshPart is what differs between two signatures of one key: all but the
// public key in front, and the challenge at the end, which is text.
func freshPart(kind userop.SignerType, keySignature []byte) []byte {
	if kind == userop.Secp256k1 {
		return keySignature
	}
	return keySignature[64:128]
}

// twice runs u two times and returns the second bundle.
func (l *lab) twice(ctx context.Context, s *subject, u use) (bundle, error) {
	if _, err := l.use(ctx, s, u); err != nil {
		return bundle{}, err
	}
	return l.use(ctx, s, u)
}

// usedTwice salts the terms of u, registers the session unless each operation
// brings the grant, and returns its second use.
func (l *lab) usedTwice(ctx context.Context, s *subject, u use) (bundle, error) {
	var err error
	if u.permission, err = l.salted(s, u.permission); err != nil {
		return bundle{}, err
	}
	if u.wayIn == userop.Registered {
		if _, err := l.register(ctx, s, u.permission); err != nil {
			return bundle{}, fmt.Errorf("register: %w", err)
		}
	}
	return l.twice(ctx, s, u)
}

// grant signs the permission as the account's owner.
func (l *lab) grant(s *subject, packed []byte) (userop.Grant, error) {
	id := l.sessionID(s, packed)
	digest := userop.GrantDigest(l.chainID.Uint64(), s.address, id)
	signature, err := signDigest(s.owner, digest[:])
	if err != nil {
		return userop.Grant{}, err
	}
	return userop.Grant{Form: userop.Raw, Signature: signature}, nil
}

// sessionID is what the account knows the session by, until all sessions are
// revoked.
func (l *lab) sessionID(s *subject, packed []byte) common.Hash {
	return permission.ID(l.chainID.Uint64(), s.address, 0, packed)
}

// signAsSession signs with the session's key of the given type.
func (s *subject) signAsSession(kind userop.SignerType, hash common.Hash) (userop.Form, []byte, error) {
	if kind == userop.Secp256k1 {
		signature, err := s.sign(s.session, hash)
		if s.delegated {
			return userop.Raw, signature, err
		}
		return userop.PersonalSign, signature, err
	}

	answer, err := p256Answer(kind, hash)
	if err != nil {
		return userop.Raw, nil, err
	}
	key, err := p256PublicKey()
	if err != nil {
		return userop.Raw, nil, err
	}
	signature, err := userop.KeySignature(kind, key, hash, answer)
	return userop.Raw, signature, err
}

// p256Answer is what a client's key of the given type gives for hash. It is
// the same each time, since every byte costs gas.
func p256Answer(kind userop.SignerType, hash common.Hash) ([]byte, error) {
	switch kind {
	case userop.P256:
		return p256Key().Sign(nil, hash[:], crypto.SHA256)
	case userop.P256SHA256:
		digest := sha256.Sum256(hash[:])
		return p256Key().Sign(nil, digest[:], crypto.SHA256)
	case userop.WebAuthn:
		return assertion(hash)
	default:
		return nil, fmt.Errorf("no such key type: %s", kind)
	}
}

// assertion is a passkey's answer, as a browser puts it.
func assertion(hash common.Hash) ([]byte, error) {
	encode := base64.RawURLEncoding.EncodeToString
	party := sha256.Sum256([]byte("app.example.com"))
	authenticatorData := append(party[:], 1, 0, 0, 0, 1) // user present, counter 1
	clientData := `{"type":"webauthn.get","challenge":"` + encode(hash[:]) + `","origin":"https://app.example.com","crossOrigin":false}`
	clientHash := sha256.Sum256([]byte(clientData))
	digest := sha256.Sum256(append(authenticatorData, clientHash[:]...))
	signature, err := p256Key().Sign(nil, digest[:], crypto.SHA256)
	if err != nil {
		return nil, err
	}
	return json.Marshal(map[string]string{
		"authenticatorData": encode(authenticatorData),
		"clientDataJSON":    encode([]byte(clientData)),
		"signature":         encode(signature),
	})
}

// p256Key derives from a name, like keyOf.
func p256Key() *ecdsa.PrivateKey {
	scalar := sha256.Sum256([]byte("latchkey gas bench: p256 session"))
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar[:])
	if err != nil {
		panic(err) // a hash that is no key is as likely as a collision
	}
	return key
}

func p256PublicKey() (userop.P256Key, error) {
	point, err := p256Key().PublicKey.Bytes()
	if err != nil {
		return userop.P256Key{}, err
	}
	return userop.ParseP256Key(point)
}
