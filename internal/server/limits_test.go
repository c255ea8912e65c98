package server_test

import (
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"

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
