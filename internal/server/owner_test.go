package server_test

import (
	"testing"

	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/session"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// signSession has the owner sign what a session asks for.
func (w *world) signSession(v session.View) session.View {
	w.t.Helper()
	signed, err := w.server.Sessions.Sign(w.t.Context(), w.project, v.Session.ID, session.SignParams{Signature: w.personal(w.owner, v.NextAction.SignableHash)})
	w.must(err)
	return signed
}

// endSession revokes a session, which the owner signs.
func (w *world) endSession(v session.View) {
	w.t.Helper()
	asked, err := w.server.Sessions.Revoke(w.t.Context(), w.project, session.RevokeParams{SessionID: v.Session.ID, ChainID: w.server.ChainID(), PolicyID: w.policy})
	w.must(err)
	if ended := w.signSession(asked); ended.Status != session.StatusRevoked {
		w.t.Fatalf("session is %s after its revocation", ended.Status)
	}
}

func (w *world) session(id string) session.View {
	w.t.Helper()
	v, err := w.server.Sessions.Get(w.t.Context(), w.project, id)
	w.must(err)
	return v
}

// mayMint reports whether the session key may mint, by trying.
func (w *world) mayMint(sign func(intent.Intent) []byte) error {
	w.t.Helper()
	in := w.intend(w.mint())
	done, err := w.sign(in, sign(in))
	if err == nil && done.Status != intent.Succeeded {
		w.t.Fatalf("mint is %s: %+v", done.Status, done.Failure)
	}
	return err
}

func TestReplace_closesOneAndGrantsAnotherInOneOperation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := newKey(t)
	terms := w.terms(key)
	terms.Limit = 1
	old := w.grant(terms)
	byKey := func(in intent.Intent) []byte { return w.personal(key, in.OperationHash) }
	w.must(w.mayMint(byKey))
	refused(t, w.mayMint(byKey), "limit: 1 of 1 calls are used")

	more := w.terms(key)
	more.Key, more.Limit = session.Key{}, 2
	given, err := w.server.Sessions.Replace(t.Context(), w.project, old.Session.ID, more)
	w.must(err)
	refused(t, w.mayMint(byKey), "limit: 1 of 1 calls are used") // nothing has changed yet
	again, err := w.server.Sessions.Replace(t.Context(), w.project, old.Session.ID, more)
	w.must(err)
	_, err = w.server.Sessions.Sign(t.Context(), w.project, given.Session.ID, session.SignParams{Signature: w.personal(w.owner, given.NextAction.SignableHash)})
	refused(t, err, "withdrawn") // the later request took its place

	next := w.signSession(again)
	if next.Status != session.StatusActive || next.Session.Replaces != old.Session.ID {
		t.Fatalf("the new session is %s and replaces %q", next.Status, next.Session.Replaces)
	}
	if was := w.session(old.Session.ID); was.Status != session.StatusRevoked {
		t.Fatalf("the old session is %s", was.Status)
	}
	w.must(w.mayMint(byKey))
	w.must(w.mayMint(byKey))
	refused(t, w.mayMint(byKey), "limit: 2 of 2 calls are used")
	_, err = w.server.Sessions.Replace(t.Context(), w.project, old.Session.ID, more)
	refused(t, err, "is revoked")
}

func TestRevokeAll_endsEverySession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := newKey(t)
	one, two := w.grant(w.terms(key)), w.grant(w.terms(newKey(t)))
	in, err := w.server.Intents.RevokeAllSessions(t.Context(), w.project, w.account.ID, w.policy)
	w.must(err)
	_, err = w.sign(in, w.personal(key, in.OperationHash))
	refused(t, err, "only the owner")
	w.succeed(in, w.personal(w.owner, in.OperationHash))
	for _, id := range []string{one.Session.ID, two.Session.ID} {
		if v := w.session(id); v.Status != session.StatusRevoked {
			t.Errorf("session %s is %s", id, v.Status)
		}
	}
	refused(t, w.mayMint(func(in intent.Intent) []byte { return w.personal(key, in.OperationHash) }), "all sessions of")
	w.grant(w.terms(key)) // the key is free again
	w.must(w.mayMint(func(in intent.Intent) []byte { return w.personal(key, in.OperationHash) }))
}

func TestChangeOwner_handsOverAndEndsSessions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key, heir := newKey(t), newKey(t)
	v := w.grant(w.terms(key))
	_, err := w.server.Intents.ChangeOwner(t.Context(), w.project, w.account.ID, w.policy, userop.OwnerAt(w.owner.Address()))
	refused(t, err, "is the owner of account")
	in, err := w.server.Intents.ChangeOwner(t.Context(), w.project, w.account.ID, w.policy, userop.OwnerAt(heir.Address()))
	w.must(err)
	w.succeed(in, w.raw(w.owner, in.OperationHash))
	acc, err := w.server.Accounts.Get(t.Context(), w.project, w.account.ID)
	w.must(err)
	if acc.Owner.Address != heir.Address() {
		t.Fatalf("owner is %s, want %s", acc.Owner, heir.Address())
	}
	if now := w.session(v.Session.ID); now.Status != session.StatusRevoked {
		t.Fatalf("session of the former owner is %s", now.Status)
	}
	refused(t, w.mayMint(func(in intent.Intent) []byte { return w.personal(w.owner, in.OperationHash) }), "neither by the owner")
	w.must(w.mayMint(func(in intent.Intent) []byte { return w.personal(heir, in.OperationHash) }))
}
