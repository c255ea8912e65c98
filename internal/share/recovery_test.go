package share_test

import (
	"strings"
	"testing"
	"time"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/share"
)

func TestRecoveryIsReplaced(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := w.wallet(w.ann)
	got, err := w.wallets.Recovery(w.ctx, w.ann, made.Signer.ID)
	if err != nil || got.Method != share.ByPassword || !strings.Contains(got.Secret, `"password"`) {
		t.Errorf("the recovery share is %+v, %v", got, err)
	}
	next, err := w.register(w.ann, made, "next share")
	w.must(err)
	r := sealed(share.ByPasskey, "next")
	r.SignerID, r.PasskeyID, r.PasskeyEnv = made.Signer.ID, "credential", []byte(`{"os":"x"}`)
	w.must(w.replace(w.ann, r, next.Device.ID))

	got, err = w.wallets.Recovery(w.ctx, w.ann, made.Signer.ID)
	if err != nil || got.Secret != r.Secret || got.Method != share.ByPasskey || got.PasskeyID != "credential" {
		t.Errorf("the new recovery share is %+v, %v", got, err)
	}
	if s, err := w.wallets.ServerShare(w.ctx, w.ann, made.Account.ID, ""); err != nil || s.Share != "next share" {
		t.Errorf("beside it there is %+v, %v", s, err)
	}
	// With the old server share, the old recovery share would still be worth
	// something.
	if _, err := w.wallets.ServerShare(w.ctx, w.ann, made.Account.ID, made.Device.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("the old server share: %v, want not found", err)
	}
	// Said again after a lost answer, it changes nothing.
	w.must(w.replace(w.ann, r, next.Device.ID))
	if s, err := w.wallets.ServerShare(w.ctx, w.ann, made.Account.ID, ""); err != nil || s.Share != "next share" {
		t.Errorf("after a repetition there is %+v, %v", s, err)
	}
}

// Whoever overheard a replacement cannot take the user back to its share.
func TestReplacementIsNotReplayed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := w.wallet(w.ann)
	var replacements []func() error
	for _, word := range []string{"first", "second"} {
		device, err := w.register(w.ann, made, word+" share")
		w.must(err)
		r := sealed(share.ByPassword, word)
		r.SignerID = made.Signer.ID
		replace := func() error { return w.replace(w.ann, r, device.Device.ID) }
		w.must(replace())
		replacements = append(replacements, replace)
	}
	if err := replacements[0](); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "has no device") {
		t.Errorf("the first replacement again, after the second: %v, want a refusal", err)
	}
	if s, err := w.wallets.ServerShare(w.ctx, w.ann, made.Account.ID, ""); err != nil || s.Share != "second share" {
		t.Errorf("what goes with the recovery share is %+v, %v", s, err)
	}
}

func TestRecoveryIsSavedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := w.wallet(w.ann)
	for _, u := range []share.User{w.ann, w.bob} {
		if err := w.wallets.SaveRecovery(w.ctx, u, withID(made.Signer.ID)); !fault.Is(err, fault.Conflict) {
			t.Errorf("over an existing one: %v, want a conflict", err)
		}
	}
}

func TestRecoverySharesThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	good := sealed(share.ByPasskey, "x")
	good.PasskeyID = "credential"
	for name, change := range map[string]func(*share.Recovery){
		"no reference":          func(r *share.Recovery) { r.SignerID = "" },
		"another reference":     func(r *share.Recovery) { r.SignerID = id.New(id.Account) },
		"no lock":               func(r *share.Recovery) { r.Method = "none" },
		"no passkey":            func(r *share.Recovery) { r.PasskeyID = "" },
		"long passkey":          func(r *share.Recovery) { r.PasskeyID = strings.Repeat("x", 1401) },
		"in the clear":          func(r *share.Recovery) { r.Secret = "c2hhcmU" },
		"in the clear, as JSON": func(r *share.Recovery) { r.Secret = `{"share":"c2hhcmU"}` },
		"sealed otherwise":      func(r *share.Recovery) { r.Method = share.ByPassword },
		"another version":       func(r *share.Recovery) { r.Secret = strings.Replace(r.Secret, "1", "2", 1) },
		"more than that":        func(r *share.Recovery) { r.Secret = strings.Replace(r.Secret, "{", `{"share":"c2hhcmU",`, 1) },
		"two of them":           func(r *share.Recovery) { r.Secret += r.Secret },
		"too long":              func(r *share.Recovery) { r.Secret += strings.Repeat(" ", 4096) },
		"nothing sealed":        func(r *share.Recovery) { r.Secret = `{"version":1,"method":"passkey","kdf":"x"}` },
	} {
		r := good
		change(&r)
		err := w.wallets.SaveRecovery(w.ctx, w.ann, r)
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v, want a refusal", name, err)
		} else if strings.Contains(err.Error(), "c2hhcmU") {
			t.Errorf("%s: the refusal repeats the share: %v", name, err)
		}
	}
	w.must(w.wallets.SaveRecovery(w.ctx, w.ann, good))
}

func TestSignersOfAUserAreFew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 50 {
		w.must(w.wallets.SaveRecovery(w.ctx, w.ann, sealed(share.ByPassword, "x")))
		w.pass(time.Minute)
	}
	if err := w.wallets.SaveRecovery(w.ctx, w.ann, sealed(share.ByPassword, "x")); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "50 signers") {
		t.Errorf("the 51st: %v", err)
	}
	w.must(w.wallets.SaveRecovery(w.ctx, w.bob, sealed(share.ByPassword, "x")))
}

// A user's token says who asks, not that the key is there.
func TestTokenAloneDestroysNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := w.wallet(w.ann)
	next, err := w.register(w.ann, made, "next share")
	w.must(err)
	before, err := w.wallets.Recovery(w.ctx, w.ann, made.Signer.ID)
	w.must(err)
	junk := withID(made.Signer.ID)
	other := junk
	other.PasskeyID = "credential"
	for name, proof := range map[string][]byte{
		"none": nil, "of the account's claim": prove(t, w.ann, made.Signer.ID),
		"of a device":              signed(t, share.RegisterClaim(w.ann, made.Signer.ID, "next share")),
		"of another secret":        signed(t, share.ReplaceClaim(w.ann, before, next.Device.ID)),
		"of another device":        signed(t, share.ReplaceClaim(w.ann, junk, made.Device.ID)),
		"of another passkey":       signed(t, share.ReplaceClaim(w.ann, other, next.Device.ID)),
		"of a personal message":    personal(t, share.ReplaceClaim(w.ann, junk, next.Device.ID)),
		"of another's message":     personal(t, share.RegisterClaim(w.ann, made.Signer.ID, "junk")),
		"of another user's signer": signed(t, share.ReplaceClaim(w.bob, junk, next.Device.ID)),
	} {
		if err := w.wallets.ReplaceRecovery(w.ctx, w.ann, junk, next.Device.ID, proof); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "signature") {
			t.Errorf("recovery, signature %s: %v, want a refusal", name, err)
		}
		if _, err := w.wallets.Register(w.ctx, w.ann, made.Account.ID, "junk", proof); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "signature") {
			t.Errorf("device, signature %s: %v, want a refusal", name, err)
		}
	}
	if got, err := w.wallets.Recovery(w.ctx, w.ann, made.Signer.ID); err != nil || got.Secret != before.Secret {
		t.Errorf("the recovery share is %+v, %v", got, err)
	}
	for _, d := range []share.Wallet{made, next} {
		if _, err := w.wallets.ServerShare(w.ctx, w.ann, made.Account.ID, d.Device.ID); err != nil {
			t.Errorf("server share of %s: %v", d.Device.ID, err)
		}
	}
}
