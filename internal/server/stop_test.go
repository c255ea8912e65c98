package server_test

import (
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// A signature request that waits for its receipt must not hold up the end: it
// answers the intent as it stands, which the client can look at later.
func TestStop_answersThoseThatWait(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.stop()
	w.config.Confirmations = 1000 // nothing becomes final
	w.start()
	project, _, secret, err := w.server.Auth.NewProject(t.Context(), "with keys")
	w.must(err)
	acc, err := w.server.Accounts.Create(t.Context(), project.ID, account.CreateParams{ChainID: w.server.ChainID(), Owner: userop.OwnerAt(w.owner.Address())})
	w.must(err)
	w.pay(acc.Address, ether)
	in, err := w.server.Intents.Create(t.Context(), project.ID, intent.CreateParams{
		AccountID: acc.ID, ChainID: w.server.ChainID(), Interactions: []intent.CallParams{{To: w.owner.Address().Hex(), Value: "1"}},
	})
	w.must(err)

	type reply struct {
		status int
		body   map[string]any
	}
	answered := make(chan reply, 1)
	go func() {
		status, body := w.post(secret, "/v1/transaction_intents/"+in.ID+"/signature", "", map[string]any{"signature": hexutil.Encode(w.personal(w.owner, in.OperationHash))})
		answered <- reply{status, body}
	}()
	w.eventually("signature is taken", func() bool {
		now, err := w.server.Intents.Get(t.Context(), project.ID, in.ID)
		return err == nil && now.Status == intent.Signed
	})
	began := time.Now()
	w.stop()
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("stopping took %s", took)
	}
	got := <-answered
	if got.status != 200 || got.body["id"] != in.ID || got.body["response"] != nil {
		t.Errorf("the waiting request got %d %v, want the intent without an outcome", got.status, got.body)
	}
}
