package permissionfuzz

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/accounts"
	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/evmtest"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// world is the account contract in both homes, and the keys that sign. It is
// not safe for concurrent use.
type world struct {
	evm      *evmtest.EVM
	contract *bindings.LatchkeyAccount
	errors   map[[4]byte]abi.Error
	accounts []common.Address // a proxy and a delegated EOA, of one owner
	owner    *ecdsa.PrivateKey

	session     *ecdsa.PrivateKey // of secp256k1
	p256Private *ecdsa.PrivateKey // of the other kinds
	p256        userop.P256Key
	signers     map[permission.SignerType]common.Address
	signatures  map[permission.SignerType]keySignature
	can         support
}

// keySignature is a session key's genuine signature under opHash.
type keySignature struct {
	form userop.Form
	tail []byte
}

// opHash is what every operation is validated under: the account takes the
// hash from EntryPoint, so one is as good as another.
var opHash = crypto.Keccak256Hash([]byte("operation"))

func newWorld(t evmtest.T) (*world, error) {
	w := &world{evm: evmtest.New(t), contract: bindings.NewLatchkeyAccount(), errors: map[[4]byte]abi.Error{}}
	for _, e := range w.contract.GetABI().Errors {
		w.errors[[4]byte(e.ID[:4])] = e
	}
	if err := w.makeKeys(); err != nil {
		return nil, err
	}
	eoa := crypto.PubkeyToAddress(w.owner.PublicKey)
	w.evm.Delegate(eoa)
	w.accounts = []common.Address{w.evm.CreateProxy(eoa, common.Hash{}), eoa}
	w.can = w.probe()
	return w, nil
}

// makeKeys makes the same keys each time, so that a seed draws the same cases.
func (w *world) makeKeys() (err error) {
	scalar := func(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }
	if w.owner, err = crypto.ToECDSA(scalar(1)); err != nil {
		return err
	}
	if w.session, err = crypto.ToECDSA(scalar(2)); err != nil {
		return err
	}
	if w.p256Private, err = ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar(3)); err != nil {
		return err
	}
	point, err := w.p256Private.PublicKey.Bytes()
	if err != nil {
		return err
	}
	if w.p256, err = userop.ParseP256Key(point); err != nil {
		return err
	}
	personal, err := sign(accounts.TextHash(opHash[:]), w.session)
	if err != nil {
		return err
	}
	w.signers = map[permission.SignerType]common.Address{permission.Secp256k1: crypto.PubkeyToAddress(w.session.PublicKey)}
	w.signatures = map[permission.SignerType]keySignature{permission.Secp256k1: {userop.PersonalSign, personal[:]}}
	for _, kind := range []permission.SignerType{permission.P256, permission.P256SHA256, permission.WebAuthn} {
		tail, err := w.signDigest(kind, opHash)
		if err != nil {
			return err
		}
		w.signers[kind] = permission.SignerAddress(w.p256.X, w.p256.Y)
		w.signatures[kind] = keySignature{userop.Raw, tail}
	}
	return nil
}

// signDigest signs with the session's key of a kind, in no form but the bare
// one.
func (w *world) signDigest(kind permission.SignerType, hash common.Hash) ([]byte, error) {
	if kind == permission.Secp256k1 {
		signature, err := sign(hash[:], w.session)
		return signature[:], err
	}
	answer, err := answerOf(kind, w.p256Private, hash)
	if err != nil {
		return nil, err
	}
	return userop.KeySignature(kind, w.p256, hash, answer)
}

// answerOf is what a client with a P-256 key sends for a hash.
func answerOf(kind permission.SignerType, private *ecdsa.PrivateKey, hash common.Hash) ([]byte, error) {
	switch kind {
	case permission.P256:
		return ecdsa.SignASN1(rand.Reader, private, hash[:])
	case permission.P256SHA256:
		digest := sha256.Sum256(hash[:])
		return ecdsa.SignASN1(rand.Reader, private, digest[:])
	}
	clientData := []byte(`{"type":"webauthn.get","challenge":"` + base64.RawURLEncoding.EncodeToString(hash[:]) + `","origin":"https://app.example"}`)
	authenticatorData := append(make([]byte, 32), 1, 0, 0, 0, 1)
	inner := sha256.Sum256(clientData)
	digest := sha256.Sum256(append(authenticatorData, inner[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, private, digest[:])
	if err != nil {
		return nil, err
	}
	return json.Marshal(map[string]hexutil.Bytes{"authenticatorData": authenticatorData, "clientDataJSON": clientData, "signature": signature})
}

// sign answers r|s|v with v 27 or 28.
func sign(digest []byte, key *ecdsa.PrivateKey) (out [userop.SignatureLength]byte, err error) {
	signature, err := crypto.Sign(digest, key)
	if err != nil {
		return out, err
	}
	copy(out[:], signature)
	out[64] += 27
	return out, nil
}

// grant is the owner's genuine grant.
func (w *world) grant(form userop.Form, account common.Address, id common.Hash) (userop.Grant, error) {
	digest := userop.GrantDigest(evmtest.ChainID, account, id).Bytes()
	if form == userop.PersonalSign {
		digest = accounts.TextHash(digest)
	}
	signature, err := sign(digest, w.owner)
	return userop.Grant{Form: form, Signature: signature[:]}, err
}

// registers reports whether the account takes the permission.
func (w *world) registers(account common.Address, packed []byte) bool {
	_, _, err := w.evm.Try(account, account, w.contract.PackRegisterSession(packed), nil)
	return err == nil
}

// answer is what the account makes of an operation, and the words that it
// leaves behind.
type answer struct {
	revert    string // the error's name, "" when it did not revert
	arguments []any  // of the error
	signed    bool   // the signature was taken
	after     uint64 // EntryPoint refuses until then, inclusive
	until     uint64 // and from then on, exclusive; 0 = no end
	words     []*big.Int
}

// validate asks the account as EntryPoint does, on storage that holds words at
// the session's status and counters.
func (w *world) validate(op userop.Operation, slots []common.Hash, words []*big.Int) (answer, error) {
	packed, err := op.Pack()
	if err != nil {
		return answer{}, err
	}
	before := make([]evmtest.Slot, len(slots))
	for i, key := range slots {
		before[i] = evmtest.Slot{Key: key, Word: common.BigToHash(words[i])}
	}
	call := w.contract.PackValidateUserOp(bindings.PackedUserOperation(packed), opHash, new(big.Int))
	output, left, reverted := w.evm.Try(userop.EntryPoint, op.Sender, call, before)
	if reverted != nil {
		return w.readRevert(output, reverted)
	}
	out := readValidationData(output)
	for _, slot := range left {
		out.words = append(out.words, slot.Word.Big())
	}
	return out, nil
}

func (w *world) readRevert(output []byte, reverted error) (answer, error) {
	if len(output) < 4 {
		return answer{}, fmt.Errorf("validation reverts without a reason: %w", reverted)
	}
	e, known := w.errors[[4]byte(output[:4])]
	if !known {
		return answer{}, fmt.Errorf("validation reverts with %x, which is no error of the account", output)
	}
	arguments, err := e.Inputs.Unpack(output[4:])
	return answer{revert: e.Name, arguments: arguments}, err
}

// readValidationData reads the signature's failure in the low 160 bits, then
// validUntil and validAfter of 48 bits each.
func readValidationData(output []byte) answer {
	data := new(big.Int).SetBytes(output)
	return answer{
		signed: new(big.Int).Mod(data, new(big.Int).Lsh(one, 160)).Sign() == 0,
		until:  new(big.Int).Rsh(data, 160).Uint64() & permission.MaxTime,
		after:  new(big.Int).Rsh(data, 208).Uint64(),
	}
}

// takes reports whether EntryPoint takes the operation at a time.
func (a answer) takes(now uint64) bool {
	return a.revert == "" && now > a.after && (a.until == 0 || now <= a.until)
}
