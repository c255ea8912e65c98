package share_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/share"
	"github.com/latchkey-dev/latchkey/internal/user"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

func TestWallet(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := w.wallet(w.ann)
	if made.Account.Owner.Address != key || made.Account.PlayerID != w.ann.PlayerID || made.Account.SignerID != made.Signer.ID || made.Signer.Primary != made.Device.ID {
		t.Errorf("made %+v", made)
	}
	got, err := w.wallets.ServerShare(w.ctx, w.ann, made.Account.ID, "")
	if err != nil || got.Share != "server share" || got.Device.ID != made.Device.ID || got.Signer.Owner != key {
		t.Errorf("the share is %+v, %v", got, err)
	}
	second, err := w.register(w.ann, made, "second share")
	w.must(err)
	got, err = w.wallets.ServerShare(w.ctx, w.ann, made.Account.ID, second.Device.ID)
	if err != nil || got.Share != "second share" || got.Signer.Primary == second.Device.ID {
		t.Errorf("the second device's share is %+v, %v", got, err)
	}
	if got, err = w.wallets.ServerShare(w.ctx, w.ann, made.Account.ID, ""); err != nil || got.Share != "server share" {
		t.Errorf("beside the recovery share there is %+v, %v", got, err)
	}
}

func TestNothingIsKeptInTheClear(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := w.wallet(w.ann)
	d, err := w.db.Device(w.ctx, made.Signer.ID, made.Device.ID)
	w.must(err)
	s, err := w.db.Signer(w.ctx, w.project, w.ann.PlayerID, made.Signer.ID)
	w.must(err)
	if bytes.Contains(d.Share, []byte("server share")) || bytes.Contains(s.Secret, []byte("sealed")) {
		t.Errorf("the database holds %q and %q", d.Share, s.Secret)
	}
}

// A row copied over another in the database is not given out.
func TestSwappedRows(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ann, bob := w.wallet(w.ann), w.wallet(w.bob)
	anns, err := w.db.Device(w.ctx, ann.Signer.ID, ann.Device.ID)
	w.must(err)
	annsSigner, err := w.db.Signer(w.ctx, w.project, w.ann.PlayerID, ann.Signer.ID)
	w.must(err)
	w.must(w.db.UpdateSigner(w.ctx, w.project, w.bob.PlayerID, bob.Signer.ID, func(old share.Signer) (share.Signer, []string, error) {
		old.Secret = annsSigner.Secret
		return old, nil, nil
	}))
	copied := share.Device{ID: id.New(id.Device), SignerID: bob.Signer.ID, Share: anns.Share, CreatedAt: w.now()}
	w.must(w.db.CreateDevice(w.ctx, copied, 9))
	if got, err := w.wallets.ServerShare(w.ctx, w.bob, bob.Account.ID, copied.ID); err == nil {
		t.Errorf("ann's server share was given to bob: %+v", got)
	}
	if got, err := w.wallets.Recovery(w.ctx, w.bob, bob.Signer.ID); err == nil {
		t.Errorf("ann's recovery share was given to bob: %+v", got)
	}
}

func TestWalletsOfOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anns := w.wallet(w.ann)
	stranger := share.User{ProjectID: w.newProject(), PlayerID: w.ann.PlayerID}
	for name, u := range map[string]share.User{"another user": w.bob, "another project": stranger, "nobody": {ProjectID: w.project}} {
		for what, try := range map[string]func() error{
			"server share":  func() error { _, err := w.wallets.ServerShare(w.ctx, u, anns.Account.ID, ""); return err },
			"device share":  func() error { _, err := w.wallets.ServerShare(w.ctx, u, anns.Account.ID, anns.Device.ID); return err },
			"register":      func() error { _, err := w.register(u, anns, "share"); return err },
			"recovery":      func() error { _, err := w.wallets.Recovery(w.ctx, u, anns.Signer.ID); return err },
			"other chain":   func() error { _, err := w.wallets.SwitchChain(w.ctx, u, anns.Account.ID, 2); return err },
			"same chain":    func() error { _, err := w.wallets.SwitchChain(w.ctx, u, anns.Account.ID, 1); return err },
			"new recovery":  func() error { return w.replace(u, withID(anns.Signer.ID), anns.Device.ID) },
			"second wallet": func() error { _, err := w.wallets.Create(w.ctx, u, w.params(u, anns.Signer.ID)); return err },
		} {
			if err := try(); !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Invalid) {
				t.Errorf("%s asks for the %s: %v, want a refusal", name, what, err)
			}
		}
	}
	// A device of one's own does not open the way to another's shares.
	bobs := w.wallet(w.bob)
	if _, err := w.wallets.ServerShare(w.ctx, w.bob, bobs.Account.ID, anns.Device.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("ann's device with bob's account: %v, want not found", err)
	}
	if err := w.replace(w.bob, withID(bobs.Signer.ID), anns.Device.ID); !fault.Is(err, fault.Invalid) {
		t.Errorf("bob's recovery share with ann's device: %v, want a refusal", err)
	}
}

func withID(signerID string) share.Recovery {
	r := sealed(share.ByPassword, "other")
	r.SignerID = signerID
	return r
}

func (w *world) params(u share.User, signerID string) share.WalletParams {
	w.Helper()
	return share.WalletParams{SignerID: signerID, Owner: key, Proof: prove(w.T, u, signerID), Share: "server share", ChainID: 2, Type: account.Smart}
}

// No account is made that its owner could lose with one browser.
func TestAccountNeedsARecoveryShare(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if _, err := w.wallets.Create(w.ctx, w.ann, w.params(w.ann, id.New(id.Signer))); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "recovery share") {
		t.Errorf("without one: %v", err)
	}
	made := w.wallet(w.ann)
	if _, err := w.wallets.Create(w.ctx, w.ann, w.params(w.ann, made.Signer.ID)); !fault.Is(err, fault.Invalid) {
		t.Errorf("a second account of the same signer: %v", err)
	}
	// A refused account leaves its signer as it was.
	r := sealed(share.ByPassword, "x")
	w.must(w.wallets.SaveRecovery(w.ctx, w.ann, r))
	p := w.params(w.ann, r.SignerID)
	p.ChainID = 1
	if _, err := w.wallets.Create(w.ctx, w.ann, p); !fault.Is(err, fault.Conflict) {
		t.Errorf("a second account on the chain: %v", err)
	}
	if s, err := w.db.Signer(w.ctx, w.project, w.ann.PlayerID, r.SignerID); err != nil || s.Primary != "" {
		t.Errorf("the signer is %+v, %v", s, err)
	}
	for _, bad := range []string{"", strings.Repeat("x", 201)} {
		p.Share = bad
		if _, err := w.wallets.Create(w.ctx, w.ann, p); !fault.Is(err, fault.Invalid) {
			t.Errorf("a share of %d characters: %v", len(bad), err)
		}
	}
}

// Nobody has an account made for a key that somebody else holds.
// Whoever signs up with somebody else's email makes no wallet for them.
func TestWalletNeedsAVerifiedEmail(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	verify := func(email string, verified bool) {
		_, err := w.db.UpdateUser(w.ctx, w.project, w.ann.PlayerID, func(old user.User) (user.User, error) {
			old.Email, old.EmailVerified = email, verified
			return old, nil
		})
		w.must(err)
	}
	verify("ann@game.example", false)
	r := sealed(share.ByPassword, "first")
	w.must(w.wallets.SaveRecovery(w.ctx, w.ann, r))
	_, err := w.wallets.Create(w.ctx, w.ann, w.params(w.ann, r.SignerID))
	var f *fault.Fault
	if !errors.As(err, &f) || f.Kind != fault.Invalid || f.Code != "EMAIL_NOT_VERIFIED" || !strings.Contains(f.Message, "follow the link") {
		t.Fatalf("with an email that is not verified: %v, want a refusal that says what to do", err)
	}
	verify("ann@game.example", true)
	if _, err := w.wallets.Create(w.ctx, w.ann, w.params(w.ann, r.SignerID)); err != nil {
		t.Errorf("with a verified email: %v", err)
	}
}

func TestOwnerMustSign(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := sealed(share.ByPassword, "x")
	w.must(w.wallets.SaveRecovery(w.ctx, w.bob, r))
	good := prove(t, w.bob, r.SignerID)
	short, raw := good[:64], bytes.Clone(good)
	raw[64] -= 27
	for name, proof := range map[string][]byte{
		"none": nil, "short": short, "of another form": raw,
		"of another user":   prove(t, w.ann, r.SignerID),
		"of another signer": prove(t, w.bob, id.New(id.Signer)),
	} {
		p := w.params(w.bob, r.SignerID)
		p.Proof, p.Type = proof, account.Delegated
		if _, err := w.wallets.Create(w.ctx, w.bob, p); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "signature") {
			t.Errorf("signature %s: %v, want a refusal", name, err)
		}
	}
	p := w.params(w.bob, r.SignerID)
	p.Owner[0] ^= 1
	if _, err := w.wallets.Create(w.ctx, w.bob, p); !fault.Is(err, fault.Invalid) {
		t.Errorf("another owner: %v, want a refusal", err)
	}
	if _, err := w.wallets.Create(w.ctx, w.bob, w.params(w.bob, r.SignerID)); err != nil {
		t.Error(err)
	}
}

// An account whose owner's key was made elsewhere has no shares.
func TestOtherAccountsHaveNoShares(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, err := w.wallets.Accounts.Create(w.ctx, w.project, account.CreateParams{PlayerID: w.ann.PlayerID, ChainID: 1, Owner: userop.OwnerAt(key)})
	w.must(err)
	if _, err := w.wallets.ServerShare(w.ctx, w.ann, a.ID, ""); !fault.Is(err, fault.NotFound) || !strings.Contains(err.Error(), "not an embedded wallet") {
		t.Error(err)
	}
}

func TestSwitchChain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := w.wallet(w.ann)
	same, err := w.wallets.SwitchChain(w.ctx, w.ann, made.Account.ID, 1)
	if err != nil || same.ID != made.Account.ID {
		t.Errorf("the same chain: %+v, %v", same, err)
	}
	there, err := w.wallets.SwitchChain(w.ctx, w.ann, made.Account.ID, 2)
	if err != nil || there.ChainID != 2 || there.Address != made.Account.Address || there.SignerID != made.Signer.ID {
		t.Errorf("another chain: %+v, %v", there, err)
	}
	if again, err := w.wallets.SwitchChain(w.ctx, w.ann, made.Account.ID, 2); err != nil || again.ID != there.ID {
		t.Errorf("asked again: %+v, %v", again, err)
	}
	if got, err := w.wallets.ServerShare(w.ctx, w.ann, there.ID, made.Device.ID); err != nil || got.Share != "server share" {
		t.Errorf("the device's share there: %+v, %v", got, err)
	}
}

// The digest is that of the wallet page's tests, and of viem.
func TestClaimHash(t *testing.T) {
	t.Parallel()
	sig := common.FromHex("0x92feec7a5971a21fb8a2f684a98ab25825a93a5d95dd7e642156902cfef45b78629853c22fc46cd84b3debea846dedc99e06cb47a726e3320088e61b1c1ff2781c")
	sig[64] -= 27
	key, err := crypto.SigToPub(share.ClaimHash("I am the key sig_1 of user pla_1.").Bytes(), sig)
	if err != nil || crypto.PubkeyToAddress(*key) != common.HexToAddress("0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266") {
		t.Errorf("the page's signature is by %v, %v", key, err)
	}
}

func TestOldDevicesMakeRoom(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := w.wallet(w.ann)
	var first share.Wallet
	for n := range 20 {
		w.pass(time.Minute)
		got, err := w.register(w.ann, made, "share")
		w.must(err)
		if n == 0 {
			first = got
		}
	}
	if _, err := w.wallets.ServerShare(w.ctx, w.ann, made.Account.ID, first.Device.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("the oldest device: %v, want not found", err)
	}
	if _, err := w.wallets.ServerShare(w.ctx, w.ann, made.Account.ID, ""); err != nil {
		t.Errorf("the share that goes with the recovery share: %v", err)
	}
}

func TestSharesAreGivenOutSlowly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := w.wallet(w.ann)
	var err error
	for range 200 {
		if _, err = w.wallets.ServerShare(w.ctx, w.ann, made.Account.ID, ""); err != nil {
			break
		}
	}
	if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "try again in") {
		t.Fatalf("200 requests at once: %v, want a refusal that is no 429", err)
	}
	if _, err := w.wallets.Recovery(w.ctx, w.ann, made.Signer.ID); !fault.Is(err, fault.Invalid) {
		t.Errorf("recovery shares count as well: %v", err)
	}
	w.wallet(w.bob) // others are not held up
	w.pass(10 * time.Second)
	if _, err := w.wallets.ServerShare(w.ctx, w.ann, made.Account.ID, ""); err != nil {
		t.Errorf("after a while: %v", err)
	}
}

func TestWithoutAVault(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.wallets.Vault = nil
	_, share1 := w.wallets.ServerShare(w.ctx, w.ann, "acc_1", "")
	_, entropy := w.wallets.MakeEntropy(w.ctx, w.project)
	for _, err := range []error{share1, entropy, w.wallets.SaveRecovery(w.ctx, w.ann, sealed(share.ByPassword, "x"))} {
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "--encryption-key-file") {
			t.Error(err)
		}
	}
}
