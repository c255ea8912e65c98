package bundler_test

import (
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/accounts"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// An operation that waits until the period of its signature is over is sent in
// the period that has begun, and what is in the queue stays as it was signed.
func TestStep_namesTheMomentAnew(t *testing.T) {
	e := newEnv(t)
	w := e.wallet(true)
	head, err := e.eth.HeaderByNumber(t.Context(), nil)
	e.must(err)
	key := e.newECDSA()
	terms := permission.Permission{
		Signer: crypto.PubkeyToAddress(key.PublicKey), ValidUntil: head.Time + 1_000_000, FeeLimit: big.NewInt(1e18),
		Functions: []permission.Function{{Target: e.result.DevNFT, Selector: [4]byte(bindings.NewDevNFT().PackMint(w.address))}},
		Rules:     []permission.Rule{permission.Rate{Count: 1, Interval: 3600}},
	}
	packed, err := terms.Encode()
	e.must(err)
	e.register(w, packed)

	op := w.mint()
	sig, err := crypto.Sign(accounts.TextHash(op.Hash[:]), key)
	e.must(err)
	sig[64] += 27
	op.Operation.Signature = userop.Session{Permission: packed, Moment: head.Time}.Field(userop.PersonalSign, sig)
	hash := e.enqueue(w, op)
	e.must(e.node.RPC().CallContext(t.Context(), nil, "evm_increaseTime", 2*3600))
	e.must(e.node.RPC().CallContext(t.Context(), nil, "evm_mine"))

	got := e.settle(e.bundler("a", e.chain), hash)
	e.wantIncluded(got...)
	if !got[0].Result.Success {
		t.Errorf("operation failed: %x", got[0].Result.Revert)
	}
	if string(got[0].Op.Signature) != string(op.Operation.Signature) {
		t.Error("the queued operation has another signature field than was signed")
	}
}

// register has the owner register a session, by the bundler.
func (e *env) register(w *wallet, permission []byte) {
	e.t.Helper()
	w.lane++
	op := w.call(userop.Nonce(w.lane, 0), w.address, nil, func(op *userop.Operation) {
		op.CallData = bindings.NewLatchkeyAccount().PackRegisterSession(permission)
	})
	e.wantIncluded(e.settle(e.bundler("registrar", e.chain), e.enqueue(w, op))...)
}
