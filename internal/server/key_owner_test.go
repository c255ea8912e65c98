package server_test

import (
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/keytest"
	"github.com/latchkey-dev/latchkey/internal/session"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// ownedBy makes the world's account one that the key owns.
func (w *world) ownedBy(key keytest.Key) {
	w.t.Helper()
	acc, err := w.server.Accounts.Create(w.t.Context(), w.project, account.CreateParams{ChainID: w.server.ChainID(), Owner: key.Owner})
	w.must(err)
	w.account = acc
}

// signedBy has a key sign what a session asks for.
func (w *world) signedBy(key keytest.Key, v session.View) session.View {
	w.t.Helper()
	signed, err := w.server.Sessions.Sign(w.t.Context(), w.project, v.Session.ID, session.SignParams{Signature: key.Sign(v.NextAction.SignableHash)})
	w.must(err)
	return signed
}

func (w *world) stored() account.Account {
	w.t.Helper()
	acc, err := w.server.Accounts.Get(w.t.Context(), w.project, w.account.ID)
	w.must(err)
	return acc
}

// An account's whole life under an owner on P-256.
func TestKeyOwner(t *testing.T) {
	t.Parallel()
	for _, kind := range keytest.Kinds {
		t.Run(kind.String(), func(t *testing.T) {
			t.Parallel()
			w, owner, thief := newWorld(t), keytest.New(t, kind), keytest.New(t, kind)
			w.ownedBy(owner)

			// The owner acts, and creates the account with it.
			in := w.intend(w.mint())
			_, err := w.sign(in, thief.Sign(in.OperationHash))
			refused(t, err, "is not by key "+owner.Owner.Address.Hex())
			_, err = w.sign(in, w.raw(w.owner, in.OperationHash))
			refused(t, err, "is neither by the owner "+owner.Owner.Address.Hex())
			w.succeed(in, owner.Sign(in.OperationHash))

			// It grants, its key of a session mints, and it revokes.
			key := newKey(t)
			v, err := w.server.Sessions.Create(t.Context(), w.project, w.terms(key))
			w.must(err)
			_, err = w.server.Sessions.Sign(t.Context(), w.project, v.Session.ID, session.SignParams{Signature: thief.Sign(v.NextAction.SignableHash)})
			refused(t, err, "only the owner")
			if v = w.signedBy(owner, v); v.Status != session.StatusActive {
				t.Fatalf("the session is %s", v.Status)
			}
			byKey := func(in intent.Intent) []byte { return w.personal(key, in.OperationHash) }
			w.must(w.mayMint(byKey))
			if n := w.tokens(); n != 2 {
				t.Fatalf("%d tokens were minted, want one by the owner and one by the session", n)
			}
			v, err = w.server.Sessions.Revoke(t.Context(), w.project, session.RevokeParams{AccountID: w.account.ID, SessionID: v.Session.ID, ChainID: w.server.ChainID(), PolicyID: w.policy})
			w.must(err)
			if v = w.signedBy(owner, v); v.Status != session.StatusRevoked {
				t.Fatalf("the session is %s", v.Status)
			}
			refused(t, w.mayMint(byKey), "is revoked")
		})
	}
}

// Grants that ride in operations, of keys of every kind.
func TestKeyOwner_grants(t *testing.T) {
	t.Parallel()
	for _, kind := range keytest.Kinds {
		t.Run(kind.String(), func(t *testing.T) {
			t.Parallel()
			w, owner := newWorld(t), keytest.New(t, kind)
			w.ownedBy(owner)
			for _, way := range []session.Registration{session.FirstUse, session.Stateless} {
				for _, keyKind := range keytest.Kinds {
					key := keytest.New(t, keyKind)
					terms := w.terms(w.owner)
					terms.Registration = way
					terms.Key = session.Key{Type: keyKind, Address: key.Owner.Address, X: key.Owner.Key.X, Y: key.Owner.Key.Y}
					v, err := w.server.Sessions.Create(t.Context(), w.project, terms)
					w.must(err)
					if v = w.signedBy(owner, v); v.Status != session.StatusActive {
						t.Fatalf("%s, %s key: the session is %s", way, keyKind, v.Status)
					}
					for range 2 {
						w.must(w.mayMint(func(in intent.Intent) []byte { return key.Sign(in.OperationHash) }))
					}
				}
			}
			if n := w.tokens(); n != 12 {
				t.Fatalf("%d tokens were minted, want 12", n)
			}
		})
	}
}

// From an EOA to a key, to another kind of key, and back.
func TestKeyOwner_handsOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, two := keytest.New(t, userop.WebAuthn), keytest.New(t, userop.P256SHA256)
	session := w.grant(w.terms(newKey(t)))
	for _, step := range []struct {
		to   userop.Owner
		sign func(common.Hash) []byte // by the owner before
	}{
		{one.Owner, func(hash common.Hash) []byte { return w.personal(w.owner, hash) }},
		{two.Owner, one.Sign},
		{userop.OwnerAt(w.owner.Address()), two.Sign},
	} {
		in, err := w.server.Intents.ChangeOwner(t.Context(), w.project, w.account.ID, w.policy, step.to)
		w.must(err)
		w.succeed(in, step.sign(in.OperationHash))
		if got := w.stored().Owner; got != step.to {
			t.Fatalf("the owner is %+v, want %+v", got, step.to)
		}
		_, err = w.server.Intents.ChangeOwner(t.Context(), w.project, w.account.ID, w.policy, step.to)
		refused(t, err, "is the owner of account")
		refused(t, w.mayMint(func(in intent.Intent) []byte { return step.sign(in.OperationHash) }), "signature")
	}
	if status := w.session(session.Session.ID).Status; status != "revoked" {
		t.Errorf("the session of the first owner is %s", status)
	}
	w.must(w.mayMint(func(in intent.Intent) []byte { return w.personal(w.owner, in.OperationHash) }))
}

// The chain names an owner's address only: a key that was named here before is
// found again, another one is not.
func TestKeyOwner_changedPastTheServer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mine, foreign := keytest.New(t, userop.P256), keytest.New(t, userop.P256)
	in, err := w.server.Intents.ChangeOwner(t.Context(), w.project, w.account.ID, w.policy, mine.Owner)
	w.must(err)
	w.succeed(in, w.raw(w.owner, in.OperationHash))
	in, err = w.server.Intents.ChangeOwner(t.Context(), w.project, w.account.ID, w.policy, userop.OwnerAt(w.owner.Address()))
	w.must(err)
	w.succeed(in, mine.Sign(in.OperationHash))

	replace := func(o userop.Owner) {
		w.send(w.owner, w.account.Address, bindings.NewLatchkeyAccount().PackReplaceOwnerWithKey(byte(o.Kind), o.Key.X, o.Key.Y))
	}
	replace(mine.Owner)
	w.must(w.mayMint(func(in intent.Intent) []byte { return mine.Sign(in.OperationHash) }))
	in, err = w.server.Intents.ChangeOwner(t.Context(), w.project, w.account.ID, w.policy, userop.OwnerAt(w.owner.Address()))
	w.must(err)
	w.succeed(in, mine.Sign(in.OperationHash))

	replace(foreign.Owner)
	err = w.mayMint(func(in intent.Intent) []byte { return foreign.Sign(in.OperationHash) })
	refused(t, err, "was not named to this server")
	if got := w.stored().Owner; !got.Same(foreign.Owner) || got.IsKnown() {
		t.Errorf("the owner is %+v", got)
	}
}

// One key owns accounts by each kind, at addresses of their own.
func TestKeyOwner_kindsAreOtherAccounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := keytest.New(t, userop.P256)
	seen := map[common.Address]bool{}
	for _, kind := range keytest.Kinds {
		w.ownedBy(key.As(kind))
		seen[w.account.Address] = true
		if got := w.stored().Owner; got.Kind != kind || got.Key != key.Owner.Key {
			t.Errorf("the owner is %+v, want the key as %s", got, kind)
		}
	}
	if len(seen) != len(keytest.Kinds) {
		t.Errorf("%d addresses of %d kinds", len(seen), len(keytest.Kinds))
	}
	_, err := w.server.Accounts.Create(t.Context(), w.project, account.CreateParams{ChainID: w.server.ChainID(), Owner: key.Owner, Type: account.Delegated})
	refused(t, err, "must be secp256k1")
}
