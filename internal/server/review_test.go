package server_test

import (
	"math/big"
	"sync"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/session"
	"github.com/latchkey-dev/latchkey/internal/signer"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// handle sends an operation to the EntryPoint past the server, as anybody may.
func (w *world) handle(op userop.Operation) {
	w.t.Helper()
	packed, err := op.Pack()
	w.must(err)
	w.send(w.owner, userop.EntryPoint, bindings.NewEntryPoint().PackHandleOps([]bindings.PackedUserOperation{bindings.PackedUserOperation(packed)}, w.owner.Address()))
}

// send sends a transaction and waits until it has succeeded.
func (w *world) send(from *signer.Local, to common.Address, data []byte) {
	w.t.Helper()
	client, chainID := ethclient.NewClient(w.node.RPC()), new(big.Int).SetUint64(w.server.ChainID())
	nonce, err := client.PendingNonceAt(w.t.Context(), from.Address())
	w.must(err)
	tx, err := from.SignTx(w.t.Context(), types.NewTx(&types.DynamicFeeTx{
		ChainID: chainID, Nonce: nonce, To: &to, Data: data, Gas: 2_000_000, GasTipCap: big.NewInt(1e9), GasFeeCap: big.NewInt(100e9),
	}), chainID)
	w.must(err)
	w.must(client.SendTransaction(w.t.Context(), tx))
	w.eventually("transaction is mined", func() bool {
		receipt, err := client.TransactionReceipt(w.t.Context(), tx.Hash())
		return err == nil && receipt.Status == 1
	})
}

// deployed makes sure that the account exists.
func (w *world) deployed() {
	w.t.Helper()
	in := w.intend(w.mint())
	w.succeed(in, w.personal(w.owner, in.OperationHash))
}

func TestRevoke_sessionThatItsOwnerRegisteredPastTheServer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.deployed()
	key := newKey(t)
	v, err := w.server.Sessions.Create(t.Context(), w.project, w.terms(key))
	w.must(err)
	op := *v.NextAction.Operation
	op.Signature = w.personal(w.owner, v.NextAction.SignableHash)
	w.handle(op)
	if now := w.session(v.Session.ID); now.Status != session.StatusActive {
		t.Fatalf("the chain knows the session, and it is shown as %s", now.Status)
	}
	for _, p := range []session.RevokeParams{
		{AccountID: w.account.ID, ChainID: w.server.ChainID(), Signer: key.Address(), PolicyID: w.policy},
		{SessionID: v.Session.ID, ChainID: w.server.ChainID(), PolicyID: w.policy},
	} {
		asked, err := w.server.Sessions.Revoke(t.Context(), w.project, p)
		w.must(err)
		if asked.Status != session.StatusActive || asked.NextAction == nil {
			t.Fatalf("revoke answers %s with next action %v, but the chain has it active", asked.Status, asked.NextAction)
		}
		v = asked
	}
	if now := w.signSession(v); now.Status != session.StatusRevoked {
		t.Fatalf("session is %s after its revocation", now.Status)
	}
	again, err := w.server.Sessions.Revoke(t.Context(), w.project, session.RevokeParams{SessionID: v.Session.ID, ChainID: w.server.ChainID(), PolicyID: w.policy})
	w.must(err)
	if again.Status != session.StatusRevoked || again.NextAction != nil {
		t.Fatalf("revoking again answers %s with next action %v", again.Status, again.NextAction)
	}
}

func TestRevoke_withdrawnSessionThatWasRegisteredLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.deployed()
	key := newKey(t)
	v, err := w.server.Sessions.Create(t.Context(), w.project, w.terms(key))
	w.must(err)
	op := *v.NextAction.Operation
	op.Signature = w.personal(w.owner, v.NextAction.SignableHash)
	p := session.RevokeParams{AccountID: w.account.ID, ChainID: w.server.ChainID(), Signer: key.Address(), PolicyID: w.policy}
	gone, err := w.server.Sessions.Revoke(t.Context(), w.project, p)
	w.must(err)
	if gone.Status != session.StatusRevoked {
		t.Fatalf("a session that nobody signed is %s after its withdrawal", gone.Status)
	}
	w.handle(op)
	if now := w.session(v.Session.ID); now.Status != session.StatusActive {
		t.Fatalf("the chain has the session active, and it is shown as %s", now.Status)
	}
	asked, err := w.server.Sessions.Revoke(t.Context(), w.project, p)
	w.must(err)
	if now := w.signSession(asked); now.Status != session.StatusRevoked {
		t.Fatalf("session is %s after its revocation", now.Status)
	}
}

func TestSettle_operationThatTheClientSentItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.deployed()
	in := w.intend(w.mint())
	op := in.Operation
	op.Signature = w.personal(w.owner, in.OperationHash)
	w.handle(op)
	w.travel(31 * 60)
	w.must(w.server.Intents.Expire(t.Context(), w.server.ChainID()))
	w.eventually("intent is settled", func() bool {
		now, err := w.server.Intents.Get(t.Context(), w.project, in.ID)
		w.must(err)
		return now.Final()
	})
	now, err := w.server.Intents.Get(t.Context(), w.project, in.ID)
	w.must(err)
	policy, err := w.server.Sponsor.Policy(t.Context(), w.project, w.policy)
	w.must(err)
	if now.Status != intent.Succeeded || now.SignedBy != intent.ClientSent || policy.Reserved.Sign() != 0 {
		t.Fatalf("intent is %s, signed by %q, with %s wei reserved", now.Status, now.SignedBy, policy.Reserved)
	}
}

func TestSign_operationThatAwaitsConfirmationsCountsOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := newKey(t)
	terms := w.terms(key)
	terms.Limit = 2
	w.grant(terms)
	w.config.Confirmations = 50
	w.must(w.server.Close(t.Context()))
	w.start()
	for n := range uint64(2) {
		in := w.intend(w.mint())
		_, err := w.server.Intents.Sign(t.Context(), w.project, in.ID, intent.SignParams{Signature: w.personal(key, in.OperationHash), Optimistic: true})
		w.must(err)
		w.eventually("mint is in a block", func() bool { return w.tokens() == n+1 })
	}
}

func TestSign_manyAtOnceStayWithinTheLimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := newKey(t)
	terms := w.terms(key)
	terms.Limit = 3
	w.grant(terms)
	var intents []intent.Intent
	for range 8 {
		intents = append(intents, w.intend(w.mint()))
	}
	var mu sync.Mutex
	accepted := 0
	var wg sync.WaitGroup
	for _, in := range intents {
		wg.Go(func() {
			done, err := w.sign(in, w.personal(key, in.OperationHash))
			if err != nil {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			accepted++
			if done.Status != intent.Succeeded {
				t.Errorf("an accepted signature ended %s: %+v", done.Status, done.Failure)
			}
		})
	}
	wg.Wait()
	if accepted != 3 {
		t.Fatalf("%d signatures were accepted, want the limit of 3", accepted)
	}
}

func TestSession_parallelEqualCreatesAreOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	terms := w.terms(newKey(t))
	ids := make([]string, 8)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			v, err := w.server.Sessions.Create(t.Context(), w.project, terms)
			if err != nil {
				t.Error(err)
				return
			}
			ids[i] = v.Session.ID
		})
	}
	wg.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Fatalf("equal creates answered %v", ids)
		}
	}
}

func TestSession_createAgainWithAnotherPolicy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pay(w.account.Address, ether)
	terms := w.terms(newKey(t))
	terms.PolicyID = ""
	first, err := w.server.Sessions.Create(t.Context(), w.project, terms)
	w.must(err)
	terms.PolicyID = w.policy
	second, err := w.server.Sessions.Create(t.Context(), w.project, terms)
	w.must(err)
	if second.Session.ID != first.Session.ID || second.NextAction.Operation.Paymaster == (common.Address{}) {
		t.Fatalf("the repeat with a policy answers %s with paymaster %s", second.Session.ID, second.NextAction.Operation.Paymaster)
	}
	if v := w.signSession(second); v.Status != session.StatusActive {
		t.Fatalf("session is %s", v.Status)
	}
}

func TestAccount_ownerThatChangedPastTheServer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.deployed()
	heir := newKey(t)
	w.send(w.owner, w.account.Address, bindings.NewLatchkeyAccount().PackChangeOwner(heir.Address()))

	terms := w.terms(heir)
	_, err := w.server.Sessions.Create(t.Context(), w.project, terms)
	refused(t, err, "is the owner")
	acc, err := w.server.Accounts.Get(t.Context(), w.project, w.account.ID)
	w.must(err)
	if acc.Owner.Address != heir.Address() {
		t.Fatalf("the account is shown with owner %s, the chain says %s", acc.Owner, heir.Address())
	}
	_, err = w.server.Sessions.Create(t.Context(), w.project, w.terms(w.owner)) // a key like any other now
	w.must(err)
}
