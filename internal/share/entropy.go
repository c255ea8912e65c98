package share

import (
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
)

// partSize is the length of each half of a project's entropy, in bytes.
const partSize = 32

// encoding of the half that the project's own server keeps.
var encoding = base64.RawURLEncoding.Strict()

// MakeEntropy makes the entropy of a project and answers the half that the
// project's own server is to keep. It is shown once: here are the other half,
// and a check by which this half is recognised. A project has one entropy for
// ever, since recovery shares depend on it.
func (s *Service) MakeEntropy(ctx context.Context, projectID string) (part string, err error) {
	if err := s.ready(); err != nil {
		return "", err
	}
	var ours, theirs [partSize]byte
	rand.Read(ours[:]) // never fails: the runtime ends the program instead
	rand.Read(theirs[:])
	err = s.Store.CreateEntropy(ctx, Entropy{
		ProjectID: projectID, Part: s.Vault.Seal(ours[:], placeOfEntropy(projectID)), Check: checkOf(theirs[:]), CreatedAt: s.now(),
	})
	if fault.Is(err, fault.Conflict) {
		return "", fault.New(fault.Conflict, "the project has an encryption part already: it was shown when it was made, and a new one would open none of the existing wallets")
	}
	return encoding.EncodeToString(theirs[:]), err
}

// checkOf needs no slowness: a part is 256 random bits.
func checkOf(part []byte) string {
	mac := hmac.New(sha256.New, part)
	mac.Write([]byte("latchkey encryption part"))
	return hex.EncodeToString(mac.Sum(nil))
}

// OpenSession lets one user's browser use the project's entropy for a few
// minutes: playerID, or when that is "" whoever uses the session first. The part
// is kept in memory only, and forgotten when the session ends.
func (s *Service) OpenSession(ctx context.Context, projectID, part, playerID string) (sessionID string, err error) {
	if err := s.ready(); err != nil {
		return "", err
	}
	e, err := s.Store.Entropy(ctx, projectID)
	if fault.Is(err, fault.NotFound) {
		return "", fault.New(fault.Invalid, "the project has no encryption part: make one with POST /shield/project/encryption-key")
	}
	if err != nil {
		return "", err
	}
	theirs, err := encoding.DecodeString(part)
	if err != nil || len(theirs) != partSize || subtle.ConstantTimeCompare([]byte(checkOf(theirs)), []byte(e.Check)) != 1 {
		return "", fault.Field("encryption_part", nil, "is not the encryption part of this project, which was shown when it was made")
	}
	sessionID = "ens_" + strings.ToLower(rand.Text())
	s.sessions.put(sessionID, session{projectID: projectID, playerID: playerID, part: theirs, ends: s.Now().Add(sessionLife)}, s.Now())
	return sessionID, nil
}

// ProjectEntropy answers the entropy for one signer of the user: what the
// browser locks a recovery share with, or opens it. It says nothing about the
// entropy of other signers.
func (s *Service) ProjectEntropy(ctx context.Context, u User, signerID, sessionID string) ([]byte, error) {
	if err := s.ready(); err != nil {
		return nil, err
	}
	if !id.Is(id.Signer, signerID) {
		return nil, fault.Field("reference", nil, "must be sig_ and a UUID")
	}
	if err := s.reads.allow(u.PlayerID, s.Now()); err != nil {
		return nil, err
	}
	theirs, ok := s.sessions.use(sessionID, u, s.Now())
	if !ok {
		f := fault.New(fault.NotFound, "there is no such encryption session for this user: one lasts %s, and serves the first user who uses it", sessionLife)
		f.Code = "EC_MISSING"
		return nil, f
	}
	e, err := s.Store.Entropy(ctx, u.ProjectID)
	if err != nil {
		return nil, err
	}
	ours, err := s.Vault.Open(e.Part, placeOfEntropy(u.ProjectID))
	if err != nil {
		return nil, err
	}
	return derive(ours, theirs, u, signerID)
}

// derive joins the halves. Neither says anything about the result.
func derive(ours, theirs []byte, u User, signerID string) ([]byte, error) {
	info := strings.Join([]string{"latchkey project entropy", u.ProjectID, u.PlayerID, signerID}, "|")
	key, err := hkdf.Key(sha256.New, append(append([]byte{}, ours...), theirs...), nil, info, partSize)
	if err != nil {
		return nil, fmt.Errorf("derive entropy: %w", err)
	}
	return key, nil
}

// sessionLife is enough to load a page and make a wallet.
const sessionLife = 5 * time.Minute
