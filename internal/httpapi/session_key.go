package httpapi

import (
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/session"
)

// sessionKey reads the key that a request names by address, by signer, or by
// both. It is zero when the request names none.
func sessionKey(address *string, signer *Signer) (session.Key, error) {
	key, err := namedKey{"address", "signer", address, signer}.read()
	return session.Key{Type: key.Kind, Address: key.Address, X: key.Key.X, Y: key.Key.Y}, err
}

func showSigner(s session.Session, p permission.Permission) Signer {
	return showKey(p.SignerType, s.PublicKey)
}
