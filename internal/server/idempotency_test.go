package server_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// post sends a request, with an idempotency key unless key is "".
func (w *world) post(secret, path, key string, body any) (int, map[string]any) {
	w.t.Helper()
	raw, err := json.Marshal(body)
	w.must(err)
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.server.URL()+path, bytes.NewReader(raw))
	w.must(err)
	req.Header.Set("Authorization", "Bearer "+secret)
	req.Header.Set("Content-Type", "application/json")
	if key != "" {
		req.Header.Set("X-Idempotency-Key", key)
	}
	answer, err := http.DefaultClient.Do(req)
	w.must(err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	w.must(err)
	var out map[string]any
	w.must(json.Unmarshal(text, &out))
	return answer.StatusCode, out
}

// forgetAnswers does to the stopped server's database what a kill does that
// comes after the create and before its answer is kept.
func (w *world) forgetAnswers() {
	w.t.Helper()
	db, err := sql.Open("sqlite", strings.TrimPrefix(w.config.Database, "sqlite:"))
	w.must(err)
	defer db.Close()
	_, err = db.ExecContext(w.t.Context(), "UPDATE idempotency_keys SET status = NULL, body = NULL")
	w.must(err)
}

func TestCrash_betweenCreateAndAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	project, _, secret, err := w.server.Auth.NewProject(t.Context(), "with keys")
	w.must(err)
	acc, err := w.server.Accounts.Create(t.Context(), project.ID, account.CreateParams{ChainID: w.server.ChainID(), Owner: userop.OwnerAt(w.owner.Address())})
	w.must(err)
	w.pay(acc.Address, ether) // it pays for itself
	body := map[string]any{
		"account": acc.ID, "chainId": w.server.ChainID(),
		"interactions": []any{map[string]any{"to": w.owner.Address().Hex(), "value": "1"}},
	}
	status, first := w.post(secret, "/v1/transaction_intents", "once", body)
	if status != 200 {
		t.Fatalf("create: %d %v", status, first)
	}
	w.stop()
	w.forgetAnswers()
	w.start()
	status, again := w.post(secret, "/v1/transaction_intents", "once", body)
	if status != 200 || again["id"] != first["id"] || fmt.Sprint(again["nextAction"]) != fmt.Sprint(first["nextAction"]) {
		t.Fatalf("the same key after the crash: %d %v, want %v", status, again, first)
	}
	all, err := w.server.Intents.List(t.Context(), project.ID, intent.Filter{}, page.Request{})
	w.must(err)
	if all.Total != 1 {
		t.Fatalf("%d intents, want 1", all.Total)
	}
}
