package server_test

import (
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/session"
)

func TestLimits_callsLeaveLanesForRevocation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := newKey(t)
	w.grant(w.terms(key))
	const most = intent.MaxLanes - 8
	for range most {
		w.intend(w.mint())
	}
	_, err := w.server.Intents.Create(t.Context(), w.project, w.mint())
	refused(t, err, "248 transaction intents open")

	v, err := w.server.Sessions.Revoke(t.Context(), w.project, session.RevokeParams{AccountID: w.account.ID, ChainID: w.server.ChainID(), Signer: key.Address(), PolicyID: w.policy})
	w.must(err)
	v, err = w.server.Sessions.Sign(t.Context(), w.project, v.Session.ID, session.SignParams{Signature: w.personal(w.owner, v.NextAction.SignableHash)})
	w.must(err)
	if v.Status != session.StatusRevoked {
		t.Fatalf("session is %s beside %d open calls, want revoked", v.Status, most)
	}
}

func TestLimits_longValuesAreNotParsed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	call := func(value string) intent.CreateParams {
		p := w.mint()
		p.Interactions = []intent.CallParams{{To: w.owner.Address().Hex(), Value: value}}
		return p
	}
	for value, text := range map[string]string{
		strings.Repeat("9", 900_000):        "must be from 0 to 2^256-1 wei, is 900000 characters long",
		"0x" + strings.Repeat("f", 900_000): "must be from 0 to 2^256-1 wei, is 900000 characters long",
		"0x1" + strings.Repeat("0", 64):     "must be from 0 to 2^256-1 wei",
		"-1":                                "must be from 0 to 2^256-1 wei",
		"0x":                                "is not a number of wei",
		"+1":                                "is not a number of wei",
		"1_0":                               "is not a number of wei",
	} {
		_, err := w.server.Intents.Create(t.Context(), w.project, call(value))
		refused(t, err, text)
	}
	w.intend(call(strings.Repeat("0", 100)))
}

func TestLimits_refusalsNameTheRequestsField(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	terms := w.terms(newKey(t))
	terms.Permissions = nil
	for i := range 256 {
		terms.Whitelist = append(terms.Whitelist, common.BigToAddress(big.NewInt(int64(1000+i))))
	}
	_, err := w.server.Sessions.Create(t.Context(), w.project, terms)
	refused(t, err, "whitelist: must have at most 255")

	in := w.intend(w.mint())
	sig := w.personal(w.owner, in.OperationHash)
	sig[64] = 30
	_, err = w.sign(in, sig)
	refused(t, err, "signature: v must be 27 or 28 (or 0 or 1), is 30")
	_, err = w.sign(in, append(make([]byte, 64), 27))
	refused(t, err, "signature: recovers to no address")
}

func TestLimits_whatNoTransactionHoldsIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	repeat := func(call intent.CallParams, n int) []intent.CallParams {
		return slices.Repeat([]intent.CallParams{call}, n)
	}
	to := intent.CallParams{To: "0x1000000000000000000000000000000000000001"}
	long := func(bytes int) []intent.CallParams {
		call := to
		call.Data = "0x" + strings.Repeat("11", bytes)
		return repeat(call, 1)
	}
	mints := func(n int) []intent.CallParams {
		calls := repeat(w.mint().Interactions[0], n)
		for i := range calls {
			calls[i].Args = []any{common.BigToAddress(big.NewInt(int64(1000 + i))).Hex()}
		}
		return calls
	}
	for _, c := range []struct {
		calls []intent.CallParams
		text  string
	}{
		{repeat(to, 10_000), "interactions: the 10000 calls need 1600000 bytes of call data or more, and a transaction may have 120000"},
		{repeat(to, 749), "bytes of call data, and a transaction may have 120000"},
		{long(120_000), "interactions: the call needs 120964"},
		{long(400_000), "bytes of call data, and a transaction may have 120000"},
		{mints(400), "interactions: the 400 calls need more than 16000000 gas"},
	} {
		p := w.mint()
		p.Interactions = c.calls
		_, err := w.server.Intents.Create(t.Context(), w.project, p)
		refused(t, err, c.text)
	}
	// What fits is sent.
	for _, calls := range [][]intent.CallParams{mints(250), long(100_000)} {
		p := w.mint()
		p.Interactions = calls
		in := w.intend(p)
		w.succeed(in, w.personal(w.owner, in.OperationHash))
	}
}

func TestLimits_callsThatNeverEndAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.mint()
	p.Interactions = []intent.CallParams{{To: w.endless().Hex()}}
	_, err := w.server.Intents.Create(t.Context(), w.project, p)
	refused(t, err, "interactions: the call needs more than 16000000 gas")
}

// endless deploys a contract that takes all the gas that it gets.
func (w *world) endless() common.Address {
	w.t.Helper()
	deployer := common.HexToAddress("0x4e59b44847b379578588920cA78FbF26c0B4956C")
	create := common.FromHex("625b5f565f526003601df3") // returns the code 5b5f56: a jump to itself
	w.transact(w.owner, deployer, append(make([]byte, 32), create...))
	return crypto.CreateAddress2(deployer, [32]byte{}, crypto.Keccak256(create))
}

func TestRefusal_saysWhichCallRevertsAndWhy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mint := w.mint().Interactions[0]
	bad := mint
	bad.Args = []any{common.Address{}.Hex()}
	send := func(value string) intent.CallParams {
		return intent.CallParams{To: w.owner.Address().Hex(), Value: value}
	}
	w.pay(w.account.Address, big.NewInt(100))
	for _, c := range []struct {
		calls []intent.CallParams
		text  string
	}{
		{[]intent.CallParams{bad}, "interactions: the call reverts: ERC721InvalidReceiver"},
		{[]intent.CallParams{bad, mint}, "interactions[0]: the call reverts: ERC721InvalidReceiver"},
		{[]intent.CallParams{mint, mint, bad, mint}, "interactions[2]: the call reverts: ERC721InvalidReceiver"},
		{[]intent.CallParams{mint, mint, mint, mint, bad}, "interactions[4]: the call reverts: ERC721InvalidReceiver"},
		{[]intent.CallParams{send("101")}, "interactions: the call reverts: the account has 100 wei, and up to here 101 are sent"},
		{[]intent.CallParams{send("60"), mint, send("41"), send("1")}, "interactions[2]: the call reverts: the account has 100 wei, and up to here 101 are sent"},
		{[]intent.CallParams{{To: w.nft.Address.Hex()}}, "interactions: the call reverts: no reason given"},
	} {
		p := w.mint()
		p.Interactions = c.calls
		_, err := w.server.Intents.Create(t.Context(), w.project, p)
		refused(t, err, c.text)
	}
}
