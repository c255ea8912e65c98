package share_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/share"
)

// open makes a session with a part, for a user or for whoever comes first.
func (w *world) open(part, playerID string) string {
	w.Helper()
	session, err := w.wallets.OpenSession(w.ctx, w.project, part, playerID)
	w.must(err)
	return session
}

func (w *world) entropy() string {
	w.Helper()
	part, err := w.wallets.MakeEntropy(w.ctx, w.project)
	w.must(err)
	return part
}

func TestProjectEntropy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	part := w.entropy()
	signer := id.New(id.Signer)
	first, err := w.wallets.ProjectEntropy(w.ctx, w.ann, signer, w.open(part, ""))
	w.must(err)
	again, err := w.wallets.ProjectEntropy(w.ctx, w.ann, signer, w.open(part, w.ann.PlayerID))
	if err != nil || len(first) != 32 || !bytes.Equal(first, again) {
		t.Errorf("%x and %x, %v", first, again, err)
	}
	seen := map[string]string{string(first): "the first"}
	for name, ask := range map[string]func() ([]byte, error){
		"another signer": func() ([]byte, error) {
			return w.wallets.ProjectEntropy(w.ctx, w.ann, id.New(id.Signer), w.open(part, ""))
		},
		"another user": func() ([]byte, error) { return w.wallets.ProjectEntropy(w.ctx, w.bob, signer, w.open(part, "")) },
	} {
		got, err := ask()
		if err != nil || seen[string(got)] != "" {
			t.Errorf("%s: %x, like %s, %v", name, got, seen[string(got)], err)
		}
		seen[string(got)] = name
	}
}

func TestEntropyIsMadeOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.entropy()
	if _, err := w.wallets.MakeEntropy(w.ctx, w.project); !fault.Is(err, fault.Conflict) {
		t.Errorf("a second time: %v, want a conflict", err)
	}
}

// The half that the project's own server holds is nowhere in the database.
func TestTheOtherHalfIsNotStored(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	part := w.entropy()
	e, err := w.db.Entropy(w.ctx, w.project)
	w.must(err)
	ours, err := w.wallets.Vault.Open(e.Part, "entropy of "+w.project)
	w.must(err)
	if len(ours) != 32 || bytes.Contains([]byte(e.Check), []byte(part)) {
		t.Errorf("stored are %x and %s", ours, e.Check)
	}
}

func TestSessionsThatOpenNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	part := w.entropy()
	signer := id.New(id.Signer)
	refused := func(name string, u share.User, session string) {
		t.Helper()
		if _, err := w.wallets.ProjectEntropy(w.ctx, u, signer, session); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v, want not found", name, err)
		}
	}
	refused("none", w.ann, "")
	refused("a guess", w.ann, "ens_guess")
	refused("one for another user", w.ann, w.open(part, w.bob.PlayerID))
	refused("one of another project", share.User{ProjectID: w.newProject(), PlayerID: w.ann.PlayerID}, w.open(part, ""))

	taken := w.open(part, "")
	if _, err := w.wallets.ProjectEntropy(w.ctx, w.ann, signer, taken); err != nil {
		t.Error(err)
	}
	refused("one that another user used first", w.bob, taken)
	if _, err := w.wallets.ProjectEntropy(w.ctx, w.ann, signer, taken); err != nil {
		t.Errorf("the first user again: %v", err)
	}
	w.pass(5 * time.Minute)
	refused("one that has ended", w.ann, taken)
}

func TestWrongPart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if _, err := w.wallets.OpenSession(w.ctx, w.project, "cGFydA", ""); !fault.Is(err, fault.Invalid) {
		t.Errorf("before there is one: %v", err)
	}
	part := w.entropy()
	other := newWorld(t).entropy()
	for _, wrong := range []string{"", "x", part[1:], part + "A", other} {
		if _, err := w.wallets.OpenSession(w.ctx, w.project, wrong, ""); !fault.Is(err, fault.Invalid) {
			t.Errorf("part %q: %v, want a refusal", wrong, err)
		}
	}
}
