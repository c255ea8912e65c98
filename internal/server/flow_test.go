package server_test

import (
	"math/big"
	"slices"
	"sync"
	"testing"

	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/session"
	"github.com/latchkey-dev/latchkey/internal/sponsor"
)

func TestFlow_registerUseRevoke(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := newKey(t)
	terms := w.terms(key)
	terms.Limit = 2

	v := w.grant(terms)
	if v.Status != session.StatusActive || v.NextAction != nil {
		t.Fatalf("after the owner signed the session is %s with next action %v, want active with none", v.Status, v.NextAction)
	}

	in := w.intend(w.mint())
	sig := w.personal(key, in.OperationHash)
	done := w.succeed(in, sig)
	if done.SignedBy != v.Session.ID || done.Outcome.GasUsed.Sign() <= 0 || len(done.Outcome.Logs) == 0 {
		t.Fatalf("mint was signed by %q and used %s gas with %d logs, want the session's and some of both", done.SignedBy, done.Outcome.GasUsed, len(done.Outcome.Logs))
	}
	again, err := w.sign(in, sig)
	if err != nil || again.Outcome.TxHash != done.Outcome.TxHash {
		t.Fatalf("the same signature again answered %v, %v; want the same outcome", again.Outcome, err)
	}
	_, err = w.sign(in, w.raw(key, in.OperationHash))
	refused(t, err, "is signed already, with another signature")

	in = w.intend(w.mint())
	w.succeed(in, w.raw(key, in.OperationHash)) // the bare hash counts as well
	in = w.intend(w.mint())
	_, err = w.sign(in, w.personal(key, in.OperationHash))
	refused(t, err, "limit: 2 of 2 calls are used")

	v, err = w.server.Sessions.Get(t.Context(), w.project, v.Session.ID)
	w.must(err)
	if v.Status != session.StatusExhausted || v.Usage.Limit.Left.Sign() != 0 {
		t.Fatalf("session is %s with %s calls left, want exhausted with none", v.Status, v.Usage.Limit.Left)
	}

	v, err = w.server.Sessions.Revoke(t.Context(), w.project, session.RevokeParams{AccountID: w.account.ID, ChainID: w.server.ChainID(), Signer: key.Address(), PolicyID: w.policy})
	w.must(err)
	v, err = w.server.Sessions.Sign(t.Context(), w.project, v.Session.ID, session.SignParams{Signature: w.personal(w.owner, v.NextAction.SignableHash)})
	w.must(err)
	if v.Status != session.StatusRevoked {
		t.Fatalf("after the revoke the session is %s", v.Status)
	}
	_, err = w.sign(in, w.personal(key, in.OperationHash))
	refused(t, err, "is revoked")
	if n := w.tokens(); n != 2 {
		t.Fatalf("account has %d tokens, want 2", n)
	}

	policy, err := w.server.Sponsor.Policy(t.Context(), w.project, w.policy)
	w.must(err)
	if policy.Reserved.Cmp(in.MaxCost) != 0 || policy.Spent.Sign() <= 0 {
		t.Fatalf("policy has %s wei reserved and %s spent, want only the open intent's %s reserved", policy.Reserved, policy.Spent, in.MaxCost)
	}
}

func TestFlow_policyPaysForTheDeployment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in := w.intend(w.mint())
	done := w.succeed(in, w.personal(w.owner, in.OperationHash))
	acc, err := w.server.Accounts.Get(t.Context(), w.project, w.account.ID)
	w.must(err)
	if acc.DeployedTx == nil || *acc.DeployedTx == done.Outcome.TxHash {
		t.Fatalf("account was deployed by %v, want a transaction before the operation's %s", acc.DeployedTx, done.Outcome.TxHash)
	}
	receipt, err := ethclient.NewClient(w.node.RPC()).TransactionReceipt(t.Context(), *acc.DeployedTx)
	w.must(err)
	deployment := new(big.Int).Mul(new(big.Int).SetUint64(receipt.GasUsed), receipt.EffectiveGasPrice)
	policy, err := w.server.Sponsor.Policy(t.Context(), w.project, w.policy)
	w.must(err)
	if want := new(big.Int).Add(deployment, done.Outcome.GasFee); policy.Spent.Cmp(want) != 0 {
		t.Fatalf("policy has spent %s wei, want %s for the deployment and %s for the operation", policy.Spent, deployment, done.Outcome.GasFee)
	}
}

func TestFlow_useWaitsForItsRegistration(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := newKey(t)
	v, err := w.server.Sessions.Create(t.Context(), w.project, w.terms(key))
	w.must(err)
	in := w.intend(w.mint())
	_, err = w.sign(in, w.personal(key, in.OperationHash))
	refused(t, err, "not registered yet")

	_, err = w.server.Sessions.Sign(t.Context(), w.project, v.Session.ID, session.SignParams{Signature: w.personal(w.owner, v.NextAction.SignableHash), Optimistic: true})
	w.must(err)
	use := w.intend(w.mint())
	w.succeed(use, w.personal(key, use.OperationHash))
}

func TestFlow_manyLanesAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := newKey(t)
	w.grant(w.terms(key))
	const n = 20
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			in, err := w.server.Intents.Create(t.Context(), w.project, w.mint())
			if err != nil {
				t.Error(err)
				return
			}
			done, err := w.sign(in, w.personal(key, in.OperationHash))
			if err != nil || done.Status != intent.Succeeded {
				t.Errorf("mint is %s, %v: %+v", done.Status, err, done.Failure)
			}
		})
	}
	wg.Wait()
	if got := w.tokens(); got != n {
		t.Fatalf("account has %d tokens, want %d", got, n)
	}
}

func TestFlow_expires(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := newKey(t)
	w.grant(w.terms(key))
	in := w.intend(w.mint())
	w.travel(31 * 60)
	_, err := w.sign(in, w.personal(key, in.OperationHash))
	if !fault.Is(err, fault.Conflict) {
		t.Fatalf("a signature after expiresAt answered %v, want a conflict", err)
	}
	refused(t, err, "expired")
	in, err = w.server.Intents.Get(t.Context(), w.project, in.ID)
	w.must(err)
	policy, err := w.server.Sponsor.Policy(t.Context(), w.project, w.policy)
	w.must(err)
	if in.Status != intent.Expired || policy.Reserved.Sign() != 0 {
		t.Fatalf("intent is %s with %s wei reserved, want expired with none", in.Status, policy.Reserved)
	}

	w.travel(3600)
	in = w.intend(w.mint())
	_, err = w.sign(in, w.personal(key, in.OperationHash))
	refused(t, err, "validUntil")
	// The key is free again once its session is over.
	v := w.grant(w.terms(key))
	if v.Status != session.StatusActive {
		t.Fatalf("a new session of the same key is %s", v.Status)
	}
}

func TestFlow_accountPays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := newKey(t)
	terms := w.terms(key)
	terms.PolicyID = ""
	terms.FeeLimit = big.NewInt(1e16)
	_, err := w.server.Sessions.Create(t.Context(), w.project, terms)
	refused(t, err, "has 0 wei for fees")

	w.pay(w.account.Address, ether)
	v := w.grant(terms) // carries the deployment
	mint := w.mint()
	mint.PolicyID = ""
	in := w.intend(mint)
	w.succeed(in, w.personal(key, in.OperationHash))
	v, err = w.server.Sessions.Get(t.Context(), w.project, v.Session.ID)
	w.must(err)
	if v.Usage.FeeLimit.Used.Cmp(in.MaxCost) != 0 {
		t.Fatalf("fee limit used is %s wei, want the worst case of the operation, %s", v.Usage.FeeLimit.Used, in.MaxCost)
	}
	acc, err := w.server.Accounts.Get(t.Context(), w.project, w.account.ID)
	w.must(err)
	if !acc.Deployed() || acc.DeployedTx == nil {
		t.Fatalf("account %+v is not marked as deployed by its first operation", acc)
	}
}

func TestFlow_withoutFeeLimitTheAccountMayNotPay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pay(w.account.Address, ether)
	key := newKey(t)
	w.grant(w.terms(key))
	mint := w.mint()
	mint.PolicyID = ""
	in := w.intend(mint)
	_, err := w.sign(in, w.personal(key, in.OperationHash))
	refused(t, err, "feeLimit")
}

func TestFlow_laterOperationsWaitForTheOneThatDeploys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pay(w.account.Address, ether)
	mint := w.mint()
	mint.PolicyID = ""
	first, second := w.intend(mint), w.intend(mint)
	_, err := w.sign(second, w.personal(w.owner, second.OperationHash))
	refused(t, err, "must be signed first")
	_, err = w.server.Intents.Sign(t.Context(), w.project, first.ID, intent.SignParams{Signature: w.personal(w.owner, first.OperationHash), Optimistic: true})
	w.must(err)
	w.succeed(second, w.personal(w.owner, second.OperationHash))
	if n := w.tokens(); n != 2 {
		t.Fatalf("account has %d tokens, want 2", n)
	}
}

func TestFlow_restartGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := newKey(t)
	w.grant(w.terms(key))
	var signed []intent.Intent
	for range 5 {
		in := w.intend(w.mint())
		in, err := w.server.Intents.Sign(t.Context(), w.project, in.ID, intent.SignParams{Signature: w.personal(key, in.OperationHash), Optimistic: true})
		w.must(err)
		signed = append(signed, in)
	}
	w.must(w.server.Close(t.Context()))
	w.start()
	for _, in := range signed {
		w.eventually("intent is final", func() bool {
			now, err := w.server.Intents.Get(t.Context(), w.project, in.ID)
			w.must(err)
			return now.Final()
		})
	}
	if n := w.tokens(); n != 5 {
		t.Fatalf("account has %d tokens, want 5", n)
	}
	open, err := w.server.Intents.List(t.Context(), w.project, intent.Filter{Final: ptr(false)}, page.Request{Limit: 10})
	w.must(err)
	if open.Total != 0 {
		t.Fatalf("%d intents are still open", open.Total)
	}
}

func TestSession_sameTermsWhilePendingAreTheSameSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := newKey(t)
	terms := w.terms(key)
	first, err := w.server.Sessions.Create(t.Context(), w.project, terms)
	w.must(err)
	second, err := w.server.Sessions.Create(t.Context(), w.project, terms)
	w.must(err)
	if first.Session.ID != second.Session.ID || first.NextAction.SignableHash != second.NextAction.SignableHash {
		t.Fatalf("a repeated create answered %s, want %s", second.Session.ID, first.Session.ID)
	}
	terms.Limit = 5
	_, err = w.server.Sessions.Create(t.Context(), w.project, terms)
	refused(t, err, "has a live session")
}

func TestSession_listByActivity(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	active := w.grant(w.terms(newKey(t)))
	short := w.terms(newKey(t))
	short.ValidUntil = w.now() + 100
	over := w.grant(short)
	later := w.terms(newKey(t))
	later.ValidAfter = w.now() + 1000
	scheduled := w.grant(later)
	w.travel(200)
	for _, c := range []struct {
		active bool
		want   []string
	}{{true, []string{active.Session.ID}}, {false, []string{over.Session.ID, scheduled.Session.ID}}} {
		got, err := w.server.Sessions.List(t.Context(), w.project, session.Filter{Active: &c.active}, page.Request{Limit: 10, Order: page.Ascending})
		w.must(err)
		var ids []string
		for _, v := range got.Items {
			ids = append(ids, v.Session.ID)
		}
		if !slices.Equal(ids, c.want) || got.Total != len(c.want) {
			t.Errorf("active=%t answered %v of %d, want %v", c.active, ids, got.Total, c.want)
		}
	}
}

func TestSession_withdrawnBeforeItIsSigned(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := newKey(t)
	v, err := w.server.Sessions.Create(t.Context(), w.project, w.terms(key))
	w.must(err)
	gone, err := w.server.Sessions.Revoke(t.Context(), w.project, session.RevokeParams{ChainID: w.server.ChainID(), SessionID: v.Session.ID})
	w.must(err)
	if gone.Status != session.StatusRevoked || gone.NextAction != nil {
		t.Fatalf("a withdrawn session is %s with next action %v", gone.Status, gone.NextAction)
	}
	_, err = w.server.Sessions.Sign(t.Context(), w.project, v.Session.ID, session.SignParams{Signature: w.personal(w.owner, v.NextAction.SignableHash)})
	refused(t, err, "withdrawn")
	w.grant(w.terms(key)) // the key is free again
}

func TestSession_absoluteExpiryIsNarrowed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	now := w.now()
	for name, sent := range map[string]uint64{"seconds": now + 3600, "milliseconds": (now + 3600) * 1000} {
		terms := w.terms(newKey(t))
		terms.ValidAfter = now - 5
		terms.ValidUntil = terms.ValidAfter + sent
		v, err := w.server.Sessions.Create(t.Context(), w.project, terms)
		w.must(err)
		if v.Permission.ValidUntil != now+3600 || v.Notice == "" {
			t.Errorf("%s: validUntil is %d with notice %q, want %d and a notice", name, v.Permission.ValidUntil, v.Notice, now+3600)
		}
	}
}

func TestFlow_wildcardDoesNotCoverTheAccountItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	chainID := w.server.ChainID()
	policy, err := w.server.Sponsor.CreatePolicy(t.Context(), w.project, sponsor.PolicyParams{Name: ptr("any contract"), ChainID: &chainID, Schema: ptr(sponsor.PayForUser)})
	w.must(err)
	_, err = w.server.Sponsor.CreateRule(t.Context(), w.project, sponsor.RuleParams{PolicyID: policy.ID, Type: sponsor.ContractFunctions, Wildcard: ptr(true)})
	w.must(err)
	w.grant(w.terms(newKey(t))) // deploys the account
	p := w.mint()
	p.PolicyID = policy.ID
	w.intend(p)
	p.Interactions = append(p.Interactions, intent.CallParams{To: w.account.Address.Hex(), Data: "0x"})
	_, err = w.server.Intents.Create(t.Context(), w.project, p)
	refused(t, err, "account_functions")
}
