package server_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/contract"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/session"
	"github.com/latchkey-dev/latchkey/internal/signer"
)

// token registers the development ERC-20 and gives the account some of it.
func (w *world) token(amount int64) contract.Contract {
	w.t.Helper()
	chainID := w.server.ChainID()
	c, err := w.server.Contracts.Create(w.t.Context(), w.project, contract.Params{
		Name: ptr("token"), ChainID: &chainID, Address: ptr(bindings.DevTokenAddress()), ABI: json.RawMessage(bindings.DevTokenMetaData.ABI),
	})
	w.must(err)
	w.send(w.owner, c.Address, bindings.NewDevToken().PackMint(w.account.Address, big.NewInt(amount)))
	return c
}

// calls asks for calls of the development token.
func (w *world) calls(c contract.Contract, calls ...[]any) intent.CreateParams {
	p := intent.CreateParams{AccountID: w.account.ID, ChainID: w.server.ChainID(), PolicyID: w.policy}
	for _, call := range calls {
		p.Interactions = append(p.Interactions, intent.CallParams{Contract: c.ID, Function: call[0].(string), Args: call[1:]})
	}
	return p
}

// tries has the key sign what is asked for and answers the refusal, if any.
func (w *world) tries(key *signer.Local, p intent.CreateParams) error {
	w.t.Helper()
	in := w.intend(p)
	done, err := w.sign(in, w.personal(key, in.OperationHash))
	if err == nil && done.Status != intent.Succeeded {
		w.t.Fatalf("an accepted operation is %s: %+v", done.Status, done.Failure)
	}
	return err
}

var stranger = common.HexToAddress("0x5750000000000000000000000000000000000001").Hex()

func TestRules_tokenTotalCountsTransfersAndApprovals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token, key := w.token(1000), newKey(t)
	terms := w.terms(key)
	terms.Permissions = nil
	terms.Rules = []permission.Rule{permission.ERC20Total{Token: token.Address, Total: permission.Total{Max: big.NewInt(100)}}}
	v := w.grant(terms)

	w.must(w.tries(key, w.calls(token, []any{"transfer", stranger, "60"})))
	refused(t, w.tries(key, w.calls(token, []any{"transfer", stranger, "41"})), "erc20Total")
	w.must(w.tries(key, w.calls(token, []any{"approve", stranger, "40"})))
	refused(t, w.tries(key, w.calls(token, []any{"approve", stranger, "1"})), "erc20Total")
	refused(t, w.tries(key, w.calls(token, []any{"mint", stranger, "1"})), "token")

	v = w.session(v.Session.ID)
	if len(v.Usage.Rules) != 1 || v.Usage.Rules[0].Left.Sign() != 0 {
		t.Fatalf("usage is %+v, want nothing left", v.Usage.Rules)
	}
}

func TestRules_batchIsCheckedAsASum(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token, key := w.token(1000), newKey(t)
	terms := w.terms(key)
	terms.Permissions, terms.Limit = nil, 5
	terms.Rules = []permission.Rule{permission.ERC20Total{Token: token.Address, Total: permission.Total{Max: big.NewInt(100)}}}
	v := w.grant(terms)
	refused(t, w.tries(key, w.calls(token, []any{"transfer", stranger, "60"}, []any{"transfer", stranger, "41"})), "erc20Total")
	w.must(w.tries(key, w.calls(token, []any{"transfer", stranger, "60"}, []any{"transfer", stranger, "40"})))
	if v = w.session(v.Session.ID); v.Usage.Limit.Used.Int64() != 2 {
		t.Fatalf("a batch of two used %s calls", v.Usage.Limit.Used)
	}
}

func TestRules_periodBeginsAnew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token, key := w.token(1000), newKey(t)
	terms := w.terms(key)
	terms.Permissions = nil
	terms.ValidUntil = w.now() + 10*86_400
	terms.Rules = []permission.Rule{permission.ERC20Period{Token: token.Address, Period: permission.Period{Max: big.NewInt(10), Start: w.now() - 10, Seconds: 86_400}}}
	w.grant(terms)
	w.must(w.tries(key, w.calls(token, []any{"transfer", stranger, "10"})))
	refused(t, w.tries(key, w.calls(token, []any{"transfer", stranger, "1"})), "erc20Period")
	w.travel(86_400)
	w.must(w.tries(key, w.calls(token, []any{"transfer", stranger, "10"})))
}

func TestRules_arguments(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := newKey(t)
	terms := w.terms(key)
	terms.Permissions[0].Calls[0].Arguments = []session.ArgumentGrant{{Word: 0, Op: permission.Equal, Operands: []*big.Int{new(big.Int).SetBytes(w.account.Address[:])}}}
	terms.Permissions[0].Calls[0].Limit = 2
	w.grant(terms)
	w.must(w.tries(key, w.mint()))
	elsewhere := w.mint()
	elsewhere.Interactions[0].Args = []any{stranger}
	refused(t, w.tries(key, elsewhere), "argument")
	w.must(w.tries(key, w.mint()))
	refused(t, w.tries(key, w.mint()), "count")
}

func TestRules_nativeValue(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pay(w.account.Address, ether)
	key := newKey(t)
	terms := w.terms(key)
	to := common.HexToAddress(stranger)
	terms.Permissions = []session.CallGrant{{Address: to}}
	terms.Rules = []permission.Rule{
		permission.ValuePerCall{Max: big.NewInt(60)},
		permission.ValueTotal{Total: permission.Total{Max: big.NewInt(100)}},
	}
	w.grant(terms)
	give := func(wei string) intent.CreateParams {
		return intent.CreateParams{AccountID: w.account.ID, ChainID: w.server.ChainID(), PolicyID: w.policy, Interactions: []intent.CallParams{{To: stranger, Value: wei}}}
	}
	refused(t, w.tries(key, give("61")), "valuePerCall")
	w.must(w.tries(key, give("60")))
	refused(t, w.tries(key, give("41")), "valueTotal")
	w.must(w.tries(key, give("40")))
}

func TestRules_rate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := newKey(t)
	terms := w.terms(key)
	terms.ValidUntil = w.now() + 10*86_400
	terms.Rules = []permission.Rule{permission.Rate{Count: 2, Interval: 86_400}}
	w.grant(terms)
	w.must(w.tries(key, w.mint()))
	w.must(w.tries(key, w.mint()))
	refused(t, w.tries(key, w.mint()), "rate")
	w.travel(86_400)
	w.must(w.tries(key, w.mint()))
}

func TestFirstUse_grantRidesInTheFirstOperation(t *testing.T) {
	t.Parallel()
	w := newWorld(t) // the account is not deployed yet
	key := newKey(t)
	terms := w.terms(key)
	terms.Registration, terms.Limit = session.FirstUse, 3
	v, err := w.server.Sessions.Create(t.Context(), w.project, terms)
	w.must(err)
	if v.NextAction == nil || v.NextAction.Operation != nil || v.NextAction.TypedData == nil {
		t.Fatalf("a grant asks for %+v, want the signature of typed data", v.NextAction)
	}
	if v = w.signSession(v); v.Status != session.StatusActive || v.Session.RegisterIntent != "" {
		t.Fatalf("after the owner signed the session is %s, registered by %q", v.Status, v.Session.RegisterIntent)
	}
	w.must(w.tries(key, w.mint()))
	w.must(w.tries(key, w.mint()))
	if v = w.session(v.Session.ID); v.Usage.Limit.Used.Int64() != 2 {
		t.Fatalf("%s calls are used, want 2", v.Usage.Limit.Used)
	}
	w.endSession(v)
	refused(t, w.tries(key, w.mint()), "revoked")
}

func TestFirstUse_twoAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := newKey(t)
	terms := w.terms(key)
	terms.Registration = session.FirstUse
	w.grant(terms)
	var under []intent.Intent
	for range 3 {
		in := w.intend(w.mint())
		_, err := w.server.Intents.Sign(t.Context(), w.project, in.ID, intent.SignParams{Signature: w.personal(key, in.OperationHash), Optimistic: true})
		w.must(err)
		under = append(under, in)
	}
	for _, in := range under {
		w.eventually("mint is final", func() bool {
			now, err := w.server.Intents.Get(t.Context(), w.project, in.ID)
			w.must(err)
			return now.Final()
		})
	}
	if n := w.tokens(); n != 3 {
		t.Fatalf("account has %d tokens, want 3", n)
	}
}

func TestFirstUse_revokedBeforeAnyUse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := newKey(t)
	terms := w.terms(key)
	terms.Registration = session.FirstUse
	v := w.grant(terms)
	w.endSession(v)
	refused(t, w.tries(key, w.mint()), "revoked")
}

func TestStateless_nothingIsStored(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := newKey(t)
	terms := w.terms(key)
	terms.Registration = session.Stateless
	terms.Limit = 1
	_, err := w.server.Sessions.Create(t.Context(), w.project, terms)
	refused(t, err, "stateless")
	terms.Limit = 0
	v := w.grant(terms)
	w.must(w.tries(key, w.mint()))
	w.must(w.tries(key, w.mint()))
	if v = w.session(v.Session.ID); v.Status != session.StatusActive {
		t.Fatalf("session is %s", v.Status)
	}
	w.endSession(v)
}

func TestSigner_p256Keys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, kind := range []permission.SignerType{permission.P256, permission.P256SHA256} {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		w.must(err)
		terms := w.terms(newKey(t))
		terms.Key = session.Key{Type: kind}
		key.X.FillBytes(terms.Key.X[:])
		key.Y.FillBytes(terms.Key.Y[:])
		terms.Key.Address = permission.SignerAddress(terms.Key.X, terms.Key.Y)
		v := w.grant(terms)
		in := w.intend(w.mint())
		digest := in.OperationHash[:]
		if kind == permission.P256SHA256 {
			sum := sha256.Sum256(digest)
			digest = sum[:]
		}
		sig, err := ecdsa.SignASN1(rand.Reader, key, digest)
		w.must(err)
		done := w.succeed(in, sig)
		if done.SignedBy != v.Session.ID {
			t.Errorf("%s: signed by %q", kind, done.SignedBy)
		}
		other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		w.must(err)
		in = w.intend(w.mint())
		sig, err = ecdsa.SignASN1(rand.Reader, other, in.OperationHash[:])
		w.must(err)
		_, err = w.sign(in, sig)
		refused(t, err, "signature")
	}
}
