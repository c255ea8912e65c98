package share

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// WalletParams is a request for an account that a browser's key owns.
type WalletParams struct {
	SignerID           string // saved before, with its recovery share
	Owner              common.Address
	Proof              []byte // the owner's signature over Claim
	Share              string // the server's
	ChainID            uint64
	Type               account.Type
	ImplementationType string
}

// Wallet is an account with the server share of one device.
type Wallet struct {
	Account account.Account
	Signer  Signer
	Device  Device
	Share   string // "" where it was not asked for
}

// Create makes the account of a signer. The signer must have been saved with its
// recovery share: an account that no other device could recover is not made.
func (s *Service) Create(ctx context.Context, u User, p WalletParams) (Wallet, error) {
	if err := s.ready(); err != nil {
		return Wallet{}, err
	}
	if err := s.Users.CheckWallet(ctx, u.ProjectID, u.PlayerID); err != nil {
		return Wallet{}, err
	}
	if err := checkShare(p.Share); err != nil {
		return Wallet{}, err
	}
	if err := checkProof(u, p); err != nil {
		return Wallet{}, err
	}
	signer, err := s.Store.Signer(ctx, u.ProjectID, u.PlayerID, p.SignerID)
	if fault.Is(err, fault.NotFound) {
		return Wallet{}, fault.Field("signerUuid", p.SignerID, "there is no recovery share for signer %q: save it first, or the account would be lost with its device", p.SignerID)
	}
	if err != nil {
		return Wallet{}, err
	}
	a, err := s.Accounts.New(ctx, u.ProjectID, account.CreateParams{
		PlayerID: u.PlayerID, ChainID: p.ChainID, Owner: userop.OwnerAt(p.Owner), Type: p.Type, ImplementationType: p.ImplementationType, SignerID: signer.ID,
	})
	if err != nil {
		return Wallet{}, err
	}
	device := s.newDevice(signer.ID, p.Share)
	err = s.Store.CreateWallet(ctx, a, device, func(old Signer) (Signer, error) {
		if old.Primary != "" {
			return old, fault.Field("signerUuid", old.ID, "signer %s has an account already: each new key needs an id of its own", old.ID)
		}
		old.Owner, old.Primary, old.UpdatedAt = p.Owner, device.ID, device.CreatedAt
		signer = old
		return old, nil
	})
	a.Unsaved = false
	return Wallet{Account: a, Signer: signer, Device: device}, err
}

// Claim is what an owner key signs to be the key of a user's signer. Without it
// a user could take the address of another's key for a delegated account.
func Claim(u User, signerID string) string {
	return "I am the key " + signerID + " of user " + u.PlayerID + "."
}

func checkProof(u User, p WalletParams) error {
	return checkSigned(p.Owner, Claim(u, p.SignerID), p.Proof)
}

// RegisterClaim is what an owner key signs to have a device with a server share.
// Without it a user's token alone could push out every device of the user. Said
// again it adds the same share once more, and older devices then recover.
func RegisterClaim(u User, signerID, serverShare string) string {
	return "Add a device to the key " + signerID + " of user " + u.PlayerID + " with the server share of SHA-256 " + digest(serverShare) + "."
}

// ReplaceClaim is what an owner key signs to have its recovery share replaced.
// Without it a user's token alone could put junk in its place. It names the
// device, which the next replacement deletes: said again after that, it brings no
// old share back. The passkey's id, which is any text, comes last, so that no two
// requests have the same claim.
func ReplaceClaim(u User, r Recovery, deviceID string) string {
	return "Recover the key " + r.SignerID + " of user " + u.PlayerID + " with device " + deviceID + " by " + string(r.Method) +
		" with the recovery share of SHA-256 " + digest(r.Secret) + " and passkey " + r.PasskeyID + "."
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hexutil.Encode(sum[:])
}

// ClaimHash is what the owner key signs for a claim. Its prefix is that of no
// personal message (EIP-191), typed data (EIP-712), transaction or authorization
// (EIP-7702): no text that an app has the wallet sign is a claim.
func ClaimHash(claim string) common.Hash {
	return crypto.Keccak256Hash(fmt.Appendf(nil, "\x19Latchkey Signed Claim:\n%d%s", len(claim), claim))
}

// checkSigned refuses a proof that is not the owner's signature over the claim.
func checkSigned(owner common.Address, claim string, proof []byte) error {
	refused := fault.Field("signature", nil, "must be the signature of %s over the claim %q", owner, claim)
	if len(proof) != crypto.SignatureLength || proof[64] < 27 {
		return refused
	}
	sig := bytes.Clone(proof)
	sig[64] -= 27
	key, err := crypto.SigToPub(ClaimHash(claim).Bytes(), sig)
	if err != nil || crypto.PubkeyToAddress(*key) != owner {
		return refused
	}
	return nil
}

// maxShare covers any text of a share of 33 bytes, which is what there is.
const maxShare = 200

func checkShare(share string) error {
	if share == "" {
		return fault.Field("share", nil, "is required")
	}
	if len(share) > maxShare {
		return fault.Field("share", nil, "may have %d characters, has %d", maxShare, len(share))
	}
	return nil
}

func (s *Service) newDevice(signerID, share string) Device {
	d := Device{ID: id.New(id.Device), SignerID: signerID, CreatedAt: s.now()}
	d.Share = s.Vault.Seal([]byte(share), placeOfDevice(d.ID))
	return d
}

// ServerShare answers the server share of one of the user's devices, or of the
// one that goes with the recovery share when deviceID is "".
func (s *Service) ServerShare(ctx context.Context, u User, accountID, deviceID string) (Wallet, error) {
	if err := s.ready(); err != nil {
		return Wallet{}, err
	}
	if err := s.reads.allow(u.PlayerID, s.Now()); err != nil {
		return Wallet{}, err
	}
	a, signer, err := s.owned(ctx, u, accountID)
	if err != nil {
		return Wallet{}, err
	}
	if deviceID == "" {
		deviceID = signer.Primary
	}
	device, err := s.Store.Device(ctx, signer.ID, deviceID)
	if err != nil {
		return Wallet{}, err
	}
	share, err := s.Vault.Open(device.Share, placeOfDevice(device.ID))
	return Wallet{Account: a, Signer: signer, Device: device, Share: string(share)}, err
}

// maxDevices of one signer. The oldest makes room for a new one, and recovers
// when it is used again.
const maxDevices = 20

// Register keeps the server share of a new device, which its browser made from
// the recovered key. proof is the owner's signature over RegisterClaim.
func (s *Service) Register(ctx context.Context, u User, accountID, share string, proof []byte) (Wallet, error) {
	if err := s.ready(); err != nil {
		return Wallet{}, err
	}
	if err := checkShare(share); err != nil {
		return Wallet{}, err
	}
	if err := s.reads.allow(u.PlayerID, s.Now()); err != nil {
		return Wallet{}, err
	}
	a, signer, err := s.owned(ctx, u, accountID)
	if err != nil {
		return Wallet{}, err
	}
	if err := checkSigned(signer.Owner, RegisterClaim(u, signer.ID, share), proof); err != nil {
		return Wallet{}, err
	}
	device := s.newDevice(signer.ID, share)
	return Wallet{Account: a, Signer: signer, Device: device, Share: share}, s.Store.CreateDevice(ctx, device, maxDevices)
}

// SwitchChain answers the account of the same owner on another chain, and makes
// it where there is none.
func (s *Service) SwitchChain(ctx context.Context, u User, accountID string, chainID uint64) (account.Account, error) {
	a, err := s.Accounts.Get(ctx, u.ProjectID, accountID)
	if err == nil && a.PlayerID != u.PlayerID {
		err = fault.New(fault.NotFound, "account %s does not exist", accountID)
	}
	if err != nil || a.ChainID == chainID {
		return a, err
	}
	there, err := s.Accounts.List(ctx, u.ProjectID, account.Filter{PlayerID: u.PlayerID, ChainID: chainID, Owner: a.Owner.Address, Type: a.Type}, page.Request{Limit: 1})
	if err != nil {
		return account.Account{}, err
	}
	if len(there.Items) > 0 {
		return there.Items[0], nil
	}
	return s.Accounts.Create(ctx, u.ProjectID, account.CreateParams{
		PlayerID: u.PlayerID, ChainID: chainID, Owner: a.Owner, Type: a.Type, ImplementationType: a.ImplementationType, SignerID: a.SignerID,
	})
}

// Signers answers those of a project with one of the ids, or of one of the
// players, oldest first.
func (s *Service) Signers(ctx context.Context, projectID string, ids, playerIDs []string) ([]Signer, error) {
	if len(ids)+len(playerIDs) == 0 {
		return nil, nil
	}
	return s.Store.Signers(ctx, projectID, ids, playerIDs)
}
