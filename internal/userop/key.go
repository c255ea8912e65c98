package userop

import (
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
)

// SignerType is the kind of a key, as permissions and accounts number it.
type SignerType byte

const (
	Secp256k1 SignerType = 0
	// P256 signs the 32 bytes of the hash as the digest.
	P256 SignerType = 1
	// P256SHA256 signs SHA-256 of the hash: what WebCrypto signs when it is
	// given the hash as message.
	P256SHA256 SignerType = 2
	// WebAuthn is a passkey, whose challenge is the hash.
	WebAuthn SignerType = 3
)

func (s SignerType) String() string {
	switch s {
	case Secp256k1:
		return "secp256k1"
	case P256:
		return "p256"
	case P256SHA256:
		return "p256-sha256"
	case WebAuthn:
		return "webauthn"
	}
	return "unknown"
}

// P256Key is a public key on the curve P-256.
type P256Key struct{ X, Y [32]byte }

// Address stands for the key where an address is wanted: the last 20 bytes of
// keccak256(x‖y).
func (k P256Key) Address() common.Address {
	return common.BytesToAddress(crypto.Keccak256(k.X[:], k.Y[:]))
}

// WayIn says how a session's permission is known to the account.
type WayIn byte

const (
	Registered WayIn = 0 // the account's status word says so
	FirstUse   WayIn = 1 // the owner's grant rides along and registers the session
	Stateless  WayIn = 2 // the owner's grant rides along each time, nothing is stored
)
