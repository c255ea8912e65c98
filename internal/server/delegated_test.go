package server_test

import (
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/holiman/uint256"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/session"
	"github.com/latchkey-dev/latchkey/internal/signer"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// delegatedWorld is a world whose account is an EOA that delegates to nobody
// yet.
type delegatedWorld struct {
	*world
	rich *signer.Local // has money
}

func newDelegatedWorld(t *testing.T) *delegatedWorld {
	t.Helper()
	w := newWorld(t)
	rich := w.owner
	w.owner = newKey(t)
	w.account = w.delegatedAccount(w.owner)
	return &delegatedWorld{world: w, rich: rich}
}

func (w *world) delegatedAccount(owner *signer.Local) account.Account {
	w.t.Helper()
	acc, err := w.server.Accounts.Create(w.t.Context(), w.project, account.CreateParams{
		ChainID: w.server.ChainID(), Owner: userop.OwnerAt(owner.Address()), Type: account.Delegated,
	})
	w.must(err)
	return acc
}

// eoaNonce is the nonce of the account's next authorization.
func (w *delegatedWorld) eoaNonce() uint64 {
	w.t.Helper()
	nonce, err := ethclient.NewClient(w.node.RPC()).NonceAt(w.t.Context(), w.account.Address, nil)
	w.must(err)
	return nonce
}

// authorization is what the account's key signs to run the implementation.
func (w *delegatedWorld) authorization() []byte {
	return w.authorize(w.owner, w.server.ChainID(), w.account.Implementation, w.eoaNonce())
}

func (w *world) authorize(key *signer.Local, chainID uint64, to common.Address, nonce uint64) []byte {
	a := types.SetCodeAuthorization{ChainID: *uint256.NewInt(chainID), Address: to, Nonce: nonce}
	return w.raw(key, a.SigHash())
}

// delegateTo has the relayer's money carry an authorization past the server.
func (w *delegatedWorld) delegateTo(to common.Address) {
	w.t.Helper()
	nonce, chainID := w.eoaNonce(), w.server.ChainID()
	sig := w.authorize(w.owner, chainID, to, nonce)
	a := types.SetCodeAuthorization{ChainID: *uint256.NewInt(chainID), Address: to, Nonce: nonce, V: sig[64] - 27}
	a.R.SetBytes(sig[:32])
	a.S.SetBytes(sig[32:64])

	client, carrier := ethclient.NewClient(w.node.RPC()), w.rich
	next, err := client.PendingNonceAt(w.t.Context(), carrier.Address())
	w.must(err)
	tx, err := carrier.SignTx(w.t.Context(), types.NewTx(&types.SetCodeTx{
		ChainID: uint256.NewInt(chainID), Nonce: next, To: common.HexToAddress("0xdead"), Gas: 200_000,
		GasFeeCap: uint256.NewInt(100e9), GasTipCap: uint256.NewInt(1e9), AuthList: []types.SetCodeAuthorization{a},
	}), new(big.Int).SetUint64(chainID))
	w.must(err)
	w.must(client.SendTransaction(w.t.Context(), tx))
	w.eventually("authorization is mined", func() bool { return w.eoaNonce() == nonce+1 })
}

func (w *delegatedWorld) active() bool {
	w.t.Helper()
	active, err := w.server.Accounts.Active(w.t.Context(), w.account)
	w.must(err)
	return active[w.account.ID]
}

func (w *delegatedWorld) authorizedMint() intent.CreateParams {
	p := w.mint()
	p.SignedAuthorization = w.authorization()
	return p
}

// The road of the official SDKs: an authorization with the first intent, bare
// hashes signed raw.
func TestDelegated_firstUse(t *testing.T) {
	t.Parallel()
	w := newDelegatedWorld(t)
	if w.account.Address != w.owner.Address() || w.active() {
		t.Fatalf("account %+v, active %t", w.account, w.active())
	}
	_, err := w.server.Intents.Create(t.Context(), w.project, w.mint())
	refused(t, err, "signedAuthorization: is required")
	refused(t, err, w.account.Implementation.Hex())

	first := w.intend(w.authorizedMint())
	done := w.succeed(first, w.raw(w.owner, first.OperationHash))
	if !w.active() {
		t.Fatal("account is not active after its first operation")
	}
	acc, err := w.server.Accounts.Get(t.Context(), w.project, w.account.ID)
	w.must(err)
	if acc.DeployedTx == nil || *acc.DeployedTx != done.Outcome.TxHash {
		t.Errorf("account became active by %v, want %s: no extra transaction", acc.DeployedTx, done.Outcome.TxHash)
	}
	tx, _, err := ethclient.NewClient(w.node.RPC()).TransactionByHash(t.Context(), done.Outcome.TxHash)
	w.must(err)
	receipt, err := ethclient.NewClient(w.node.RPC()).TransactionReceipt(t.Context(), done.Outcome.TxHash)
	w.must(err)
	if tx.Type() != types.SetCodeTxType || done.Outcome.GasUsed.Uint64() < receipt.GasUsed {
		t.Errorf("transaction has type %d and used %d gas, the operation paid for %s", tx.Type(), receipt.GasUsed, done.Outcome.GasUsed)
	}

	second := w.intend(w.mint())
	w.succeed(second, w.personal(w.owner, second.OperationHash))
	late := w.mint()
	late.SignedAuthorization = w.authorize(w.owner, w.server.ChainID(), w.account.Implementation, 0)
	third := w.intend(late) // a client that looked too early
	w.succeed(third, w.raw(w.owner, third.OperationHash))
	if n := w.tokens(); n != 3 {
		t.Errorf("account has %d tokens, want 3", n)
	}
}

func TestDelegated_sessionFirst(t *testing.T) {
	t.Parallel()
	for _, sponsored := range []bool{true, false} {
		w := newDelegatedWorld(t)
		key := newKey(t)
		terms := w.terms(key)
		_, err := w.server.Sessions.Create(t.Context(), w.project, terms)
		refused(t, err, "signedAuthorization: is required")
		mint := w.mint()
		if !sponsored {
			w.payFrom(w.rich, w.account.Address, ether)
			terms.PolicyID, mint.PolicyID, terms.FeeLimit = "", "", big.NewInt(1e16)
		}
		terms.SignedAuthorization = w.authorization()
		v, err := w.server.Sessions.Create(t.Context(), w.project, terms)
		w.must(err)
		// Signed but not included yet: the use waits for it.
		_, err = w.server.Sessions.Sign(t.Context(), w.project, v.Session.ID, session.SignParams{Signature: w.raw(w.owner, v.NextAction.SignableHash), Optimistic: true})
		w.must(err)
		for _, form := range []func(*signer.Local, common.Hash) []byte{w.personal, w.raw} {
			in := w.intend(mint)
			w.succeed(in, form(key, in.OperationHash))
		}
		if got := w.session(v.Session.ID); got.Status != session.StatusActive || w.tokens() != 2 {
			t.Fatalf("session is %s, account has %d tokens", got.Status, w.tokens())
		}

		revoke := session.RevokeParams{AccountID: w.account.ID, ChainID: w.server.ChainID(), Signer: key.Address(), PolicyID: terms.PolicyID}
		v, err = w.server.Sessions.Revoke(t.Context(), w.project, revoke)
		w.must(err)
		v, err = w.server.Sessions.Sign(t.Context(), w.project, v.Session.ID, session.SignParams{Signature: w.raw(w.owner, v.NextAction.SignableHash)})
		w.must(err)
		if v.Status != session.StatusRevoked {
			t.Fatalf("session is %s after its revocation", v.Status)
		}
		in := w.intend(mint)
		_, err = w.sign(in, w.personal(key, in.OperationHash))
		refused(t, err, "is revoked")
	}
}

// Each of several intents may bring the authorization; one installs it.
func TestDelegated_manyFirstUses(t *testing.T) {
	t.Parallel()
	w := newDelegatedWorld(t)
	abandoned, first, second := w.intend(w.authorizedMint()), w.intend(w.authorizedMint()), w.intend(w.authorizedMint())
	_ = abandoned // never signed, and in nobody's way
	without := w.intend(w.mint())
	_, err := w.sign(without, w.raw(w.owner, without.OperationHash))
	refused(t, err, "which must be signed first")
	for _, in := range []intent.Intent{first, second} {
		_, err := w.server.Intents.Sign(t.Context(), w.project, in.ID, intent.SignParams{Signature: w.raw(w.owner, in.OperationHash), Optimistic: true})
		w.must(err)
	}
	w.succeed(without, w.raw(w.owner, without.OperationHash))
	for _, in := range []intent.Intent{first, second} {
		w.succeed(in, w.raw(w.owner, in.OperationHash))
	}
	if n := w.tokens(); n != 3 {
		t.Errorf("account has %d tokens, want 3", n)
	}
}

func TestDelegated_wrongAuthorization(t *testing.T) {
	t.Parallel()
	w := newDelegatedWorld(t)
	chainID, implementation := w.server.ChainID(), w.account.Implementation
	good := w.authorization()
	for name, c := range map[string]struct {
		sig  []byte
		want string
	}{
		"other key":            {w.authorize(newKey(t), chainID, implementation, 0), "is not account"},
		"other implementation": {w.authorize(w.owner, chainID, bindings.DevNFTAddress(), 0), "address " + implementation.Hex()},
		"later nonce":          {w.authorize(w.owner, chainID, implementation, 1), "signed for nonce 1"},
		"other chain":          {w.authorize(w.owner, chainID+1, implementation, 0), "chainId"},
		"wrong v":              {append(append([]byte{}, good[:64]...), 5), "v must be"},
	} {
		p := w.mint()
		p.SignedAuthorization = c.sig
		_, err := w.server.Intents.Create(t.Context(), w.project, p)
		t.Logf("%s: %v", name, err)
		refused(t, err, "signedAuthorization: ")
		refused(t, err, c.want)
		terms := w.terms(newKey(t))
		terms.SignedAuthorization = c.sig
		_, err = w.server.Sessions.Create(t.Context(), w.project, terms)
		refused(t, err, c.want)
	}
	found, err := w.server.Intents.List(t.Context(), w.project, intent.Filter{}, page.Request{Limit: 1})
	w.must(err)
	if found.Total != 0 {
		t.Errorf("refused authorizations left %d intents behind", found.Total)
	}

	// One that was good and became void before the signature came.
	in := w.intend(w.authorizedMint())
	w.delegateTo(bindings.DevNFTAddress())
	_, err = w.sign(in, w.raw(w.owner, in.OperationHash))
	refused(t, err, "signedAuthorization: that of transaction intent")
	stale := w.mint()
	stale.SignedAuthorization = good
	_, err = w.server.Intents.Create(t.Context(), w.project, stale)
	refused(t, err, "signed for nonce 0")

	anywhere := w.mint()
	anywhere.SignedAuthorization = w.authorize(w.owner, 0, implementation, 1)
	in = w.intend(anywhere)
	w.succeed(in, w.raw(w.owner, in.OperationHash))

	smart := w.mint()
	w.account = w.newAccount()
	smart.AccountID, smart.SignedAuthorization = w.account.ID, good
	_, err = w.server.Intents.Create(t.Context(), w.project, smart)
	refused(t, err, "signedAuthorization: is for delegated accounts")
}

// leave registers a session, then delegates to other code.
func (w *delegatedWorld) leave(key *signer.Local) session.View {
	w.t.Helper()
	terms := w.terms(key)
	terms.SignedAuthorization = w.authorization()
	v := w.grant(terms)
	w.delegateTo(bindings.DevNFTAddress())
	return v
}

// Coming back through the server ends every session of before: here by a call
// of the owner, below by a new session.
func TestDelegated_returnRevokesAll(t *testing.T) {
	t.Parallel()
	w := newDelegatedWorld(t)
	key := newKey(t)
	old := w.leave(key)
	if got := w.session(old.Session.ID); got.Status != session.StatusRevoked || w.active() {
		t.Fatalf("session is %s and the account active %t while other code runs", got.Status, w.active())
	}
	in := w.intend(w.authorizedMint())
	_, err := w.sign(in, w.personal(key, in.OperationHash))
	refused(t, err, "revoked")
	w.succeed(in, w.raw(w.owner, in.OperationHash))
	if got := w.session(old.Session.ID); got.Status != session.StatusRevoked || !w.active() || w.tokens() != 1 {
		t.Fatalf("session is %s, active %t, %d tokens", got.Status, w.active(), w.tokens())
	}
	in = w.intend(w.mint())
	_, err = w.sign(in, w.personal(key, in.OperationHash))
	refused(t, err, "revoked")
	// The key is free for a new session.
	if v := w.grant(w.terms(key)); v.Status != session.StatusActive {
		t.Fatalf("new session is %s", v.Status)
	}
}

func TestDelegated_returnWithASession(t *testing.T) {
	t.Parallel()
	w := newDelegatedWorld(t)
	old, key := w.leave(newKey(t)), newKey(t)
	terms := w.terms(key)
	terms.SignedAuthorization = w.authorization()
	other := w.intend(w.authorizedMint()) // begins with revoke all as well
	v := w.grant(terms)
	if v.Status != session.StatusActive || w.session(old.Session.ID).Status != session.StatusRevoked {
		t.Fatalf("new session is %s, old one %s", v.Status, w.session(old.Session.ID).Status)
	}
	in := w.intend(w.mint())
	w.succeed(in, w.personal(key, in.OperationHash))
	_, err := w.sign(other, w.raw(w.owner, other.OperationHash))
	refused(t, err, "would revoke the sessions granted since")
}

// Nothing on chain shows that other code ran in between: who comes back past
// the server finds unexpired sessions as they were.
func TestDelegated_returnPastTheServerRevives(t *testing.T) {
	t.Parallel()
	w := newDelegatedWorld(t)
	key := newKey(t)
	old := w.leave(key)
	w.delegateTo(w.account.Implementation)
	if got := w.session(old.Session.ID); got.Status != session.StatusActive {
		t.Fatalf("session is %s, want active: the account accepts it again", got.Status)
	}
	in := w.intend(w.mint())
	w.succeed(in, w.personal(key, in.OperationHash))
}

// An EOA that has sent transactions, but never kept anything, needs no revoke
// all.
func TestDelegated_usedEOA(t *testing.T) {
	t.Parallel()
	w := newDelegatedWorld(t)
	w.payFrom(w.rich, w.account.Address, ether)
	w.payFrom(w.owner, common.HexToAddress("0xdead"), big.NewInt(1))
	in := w.intend(w.authorizedMint())
	if in.Delegation.Returning || in.Delegation.Authorization.Nonce != 1 {
		t.Fatalf("delegation is %+v", in.Delegation)
	}
	w.succeed(in, w.raw(w.owner, in.OperationHash))
}

func TestDelegated_keptAuthorizationStandsInForAMissingOne(t *testing.T) {
	t.Parallel()
	w := newDelegatedWorld(t)
	_, err := w.server.Sessions.Create(t.Context(), w.project, w.terms(newKey(t)))
	refused(t, err, "signedAuthorization: is required")

	_, err = w.server.Intents.Authorize(t.Context(), w.project, w.account.ID, w.authorize(newKey(t), w.server.ChainID(), w.account.Implementation, 0))
	refused(t, err, "is not account")
	_, err = w.server.Intents.Authorize(t.Context(), w.project, w.account.ID, w.authorize(w.owner, w.server.ChainID(), w.account.Implementation, 1))
	refused(t, err, "nonce 0")
	_, err = w.server.Intents.Authorize(t.Context(), w.project, w.account.ID, w.authorization())
	w.must(err)

	key := newKey(t)
	v, err := w.server.Sessions.Create(t.Context(), w.project, w.terms(key))
	w.must(err)
	v, err = w.server.Sessions.Sign(t.Context(), w.project, v.Session.ID, session.SignParams{Signature: w.raw(w.owner, v.NextAction.SignableHash)})
	w.must(err)
	if v.Status != session.StatusActive {
		t.Fatalf("session is %s, want active", v.Status)
	}
	in := w.intend(w.mint())
	w.succeed(in, w.raw(key, in.OperationHash))
}

func TestDelegated_keptAuthorizationThatIsOverIsNotUsed(t *testing.T) {
	t.Parallel()
	w := newDelegatedWorld(t)
	_, err := w.server.Intents.Authorize(t.Context(), w.project, w.account.ID, w.authorization())
	w.must(err)
	w.delegateTo(common.Address{}) // takes the nonce that the kept one is for
	_, err = w.server.Intents.Create(t.Context(), w.project, w.mint())
	refused(t, err, "nonce: 1")
}
