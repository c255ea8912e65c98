package share

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
)

// Recovery is a recovery share as the browser sealed it.
type Recovery struct {
	SignerID   string
	Method     Method
	Secret     string
	PasskeyID  string
	PasskeyEnv json.RawMessage
}

// SaveRecovery keeps the recovery share of a new signer.
func (s *Service) SaveRecovery(ctx context.Context, u User, r Recovery) error {
	if err := s.ready(); err != nil {
		return err
	}
	if err := r.check(); err != nil {
		return err
	}
	if err := s.reads.allow(u.PlayerID, s.Now()); err != nil {
		return err
	}
	if err := s.checkRoom(ctx, u); err != nil {
		return err
	}
	now := s.now()
	signer := s.locked(Signer{ID: r.SignerID, ProjectID: u.ProjectID, PlayerID: u.PlayerID, CreatedAt: now, UpdatedAt: now}, r)
	err := s.Store.CreateSigner(ctx, signer)
	if fault.Is(err, fault.Conflict) {
		return fault.New(fault.Conflict, "there is a recovery share with reference %s already; replace it with PUT", r.SignerID)
	}
	return err
}

// maxSigners of one user, most of which would be tries that ended half-way.
const maxSigners = 50

func (s *Service) checkRoom(ctx context.Context, u User) error {
	have, err := s.Store.Signers(ctx, u.ProjectID, nil, []string{u.PlayerID})
	if err != nil {
		return err
	}
	if len(have) >= maxSigners {
		return fault.New(fault.Invalid, "user %s has %d signers, and that is the limit", u.PlayerID, len(have))
	}
	return nil
}

// locked answers signer with another recovery share.
func (s *Service) locked(signer Signer, r Recovery) Signer {
	signer.Method = r.Method
	signer.Secret = s.Vault.Seal([]byte(r.Secret), placeOfRecovery(signer.ID))
	signer.PasskeyID, signer.PasskeyEnv = r.PasskeyID, r.PasskeyEnv
	return signer
}

// ReplaceRecovery keeps a recovery share that goes with the server share of a
// device in the place of the old one. The server share that went with the old
// one is deleted: whoever kept the old recovery share can do nothing with it.
// proof is the owner's signature over ReplaceClaim.
func (s *Service) ReplaceRecovery(ctx context.Context, u User, r Recovery, deviceID string, proof []byte) error {
	if err := s.ready(); err != nil {
		return err
	}
	if err := r.check(); err != nil {
		return err
	}
	if err := s.reads.allow(u.PlayerID, s.Now()); err != nil {
		return err
	}
	signer, err := s.Store.Signer(ctx, u.ProjectID, u.PlayerID, r.SignerID)
	if err != nil {
		return err
	}
	if _, err := s.Store.Device(ctx, r.SignerID, deviceID); err != nil {
		if fault.Is(err, fault.NotFound) {
			return fault.Field("keychain_id", deviceID, "signer %s has no device %q: register the device whose server share goes with this recovery share first", r.SignerID, deviceID)
		}
		return err
	}
	// A signer with a device has an owner: both are saved with its account.
	if err := checkSigned(signer.Owner, ReplaceClaim(u, r, deviceID), proof); err != nil {
		return err
	}
	return s.Store.UpdateSigner(ctx, u.ProjectID, u.PlayerID, r.SignerID, func(old Signer) (Signer, []string, error) {
		var drop []string
		if old.Primary != deviceID {
			drop = append(drop, old.Primary)
		}
		changed := s.locked(old, r)
		changed.Primary, changed.UpdatedAt = deviceID, s.now()
		return changed, drop, nil
	})
}

// Recovery answers a recovery share of the user, sealed as the browser sealed it.
func (s *Service) Recovery(ctx context.Context, u User, signerID string) (Recovery, error) {
	if err := s.ready(); err != nil {
		return Recovery{}, err
	}
	if err := s.reads.allow(u.PlayerID, s.Now()); err != nil {
		return Recovery{}, err
	}
	signer, err := s.Store.Signer(ctx, u.ProjectID, u.PlayerID, signerID)
	if err != nil {
		return Recovery{}, err
	}
	secret, err := s.Vault.Open(signer.Secret, placeOfRecovery(signer.ID))
	return Recovery{SignerID: signer.ID, Method: signer.Method, Secret: string(secret), PasskeyID: signer.PasskeyID, PasskeyEnv: signer.PasskeyEnv}, err
}

const (
	maxSecret    = 4096
	maxPasskeyID = 1400 // a credential id has at most 1023 bytes
)

func (r Recovery) check() error {
	switch {
	case !id.Is(id.Signer, r.SignerID):
		return fault.Field("reference", nil, "must be sig_ and a UUID, the id of the key that the share is of")
	case r.Method != ByPassword && r.Method != ByPasskey && r.Method != ByProject:
		return fault.Field("entropy", string(r.Method), "must be %s, %s or %s: a share that nothing locks is not kept here", ByPassword, ByPasskey, ByProject)
	case len(r.Secret) > maxSecret:
		return fault.Field("secret", nil, "may have %d characters, has %d", maxSecret, len(r.Secret))
	case len(r.PasskeyID) > maxPasskeyID || len(r.PasskeyEnv) > maxSecret:
		return fault.Field("passkey_reference", nil, "is too long: an id has at most %d characters", maxPasskeyID)
	case r.Method == ByPasskey && r.PasskeyID == "":
		return fault.Field("passkey_reference.passkey_id", nil, "is required: without it no device would know which passkey to ask for")
	}
	return r.checkSealed()
}

// lengths of what a sealed share consists of, in bytes.
const (
	saltSize  = 16
	nonceSize = 12
	tagSize   = 16
	leastKept = 33 + tagSize // a share and its tag
)

// methodNames are the page's words for the methods.
var methodNames = map[Method]string{ByPassword: "password", ByPasskey: "passkey", ByProject: "project"}

// checkSealed refuses a share that does not even look sealed. The server cannot
// tell whether it is; but a client that would send it in the clear by mistake is
// told.
func (r Recovery) checkSealed() error {
	var form struct {
		Version int    `json:"version"`
		Method  string `json:"method"`
		KDF     string `json:"kdf"`
		Salt    string `json:"salt"`
		Nonce   string `json:"nonce"`
		Sealed  string `json:"sealed"`
	}
	d := json.NewDecoder(strings.NewReader(r.Secret))
	d.DisallowUnknownFields()
	ok := d.Decode(&form) == nil && !d.More() && form.Version == 1 && form.KDF != "" && form.Method == methodNames[r.Method] &&
		size(form.Salt) == saltSize && size(form.Nonce) == nonceSize && size(form.Sealed) >= leastKept
	if !ok {
		return fault.Field("secret", nil, "must be a share that the browser sealed by %s, as the wallet page does: this server takes no share in the clear", methodNames[r.Method])
	}
	return nil
}

func size(base64url string) int {
	raw, err := base64.RawURLEncoding.DecodeString(base64url)
	if err != nil {
		return 0
	}
	return len(raw)
}
