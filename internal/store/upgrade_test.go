package store_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/pressly/goose/v3"

	"github.com/latchkey-dev/latchkey/internal/bundler"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/session"
	"github.com/latchkey-dev/latchkey/internal/store"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

// Records of the first version are read by this one. What lies in the columns
// is the same on both databases, so one stands for both.
func TestReadsRecordsOfVersion1(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db := open(t, writeVersion1(t))

	if p, err := db.Project(ctx, "pro_1"); err != nil || p.DefaultFeeLimit.BitLen() != 96 || p.CreatedAt != time.UnixMicro(1795348800123456).UTC() {
		t.Errorf("project %+v, %v", p, err)
	}
	if k, err := db.KeyByHash(ctx, "aa11"); err != nil || k.Scopes[0] != "sessions:read" || k.RevokedAt != nil {
		t.Errorf("key %+v, %v", k, err)
	}
	if p, err := db.Player(ctx, "pro_1", "pla_1"); err != nil || string(p.Metadata) != `{"level":3}` {
		t.Errorf("player %+v, %v", p, err)
	}
	owner := common.HexToAddress("0x2222222222222222222222222222222222222222")
	if a, err := db.Account(ctx, "pro_1", "acc_1"); err != nil || a.Owner != userop.OwnerAt(owner) || !a.Deployed() || a.DeployedTx == nil {
		t.Errorf("account %+v, %v", a, err)
	}
	if c, err := db.Contract(ctx, "pro_1", "con_1"); err != nil || string(c.ABI) != "[]" {
		t.Errorf("contract %+v, %v", c, err)
	}
	if p, err := db.Policy(ctx, "pro_1", "pol_1"); err != nil || !p.Enabled || p.Deleted || p.Reserved.Int64() != 5 || p.Spent.Int64() != 6 {
		t.Errorf("policy %+v, %v", p, err)
	}
	if r, err := db.Rules(ctx, "pro_1", "pol_1", page.Request{}); err != nil || r.Total != 1 || r.Items[0].ContractID != "con_1" {
		t.Errorf("rules %+v, %v", r, err)
	}
	if s, err := db.LiveSessions(ctx, "acc_1"); err != nil || len(s) != 1 || s[0].State != session.Active || s[0].Epoch != 2 || len(s[0].Permission) != 2 {
		t.Errorf("sessions %+v, %v", s, err)
	}
	checkIntentOfVersion1(t, db)
	if _, earlier, err := db.Begin(ctx, "pro_1", "k", "POST /v1/players", "h"); err != nil || earlier.Status != 200 || string(earlier.Body) != "{}" {
		t.Errorf("stored answer %d %s, %v", earlier.Status, earlier.Body, err)
	}
}

func checkIntentOfVersion1(t *testing.T, db *store.DB) {
	t.Helper()
	ctx := context.Background()
	in, err := db.Intent(ctx, "pro_1", "tin_1")
	if err != nil {
		t.Fatal(err)
	}
	call := in.Interactions[0]
	if call.Value.String() != "1000000000000000000000" || len(call.Data) != 2 || len(call.Args) != 3 || call.Function != "mint" {
		t.Errorf("interaction %+v", call)
	}
	if in.Operation.Lane() != 3 || in.Operation.Sequence() != 5 || in.Operation.Paymaster == (common.Address{}) || len(in.Operation.Signature) != 1 {
		t.Errorf("operation %+v", in.Operation)
	}
	if out := in.Outcome; !out.Success || out.GasFee.Int64() != 700 || len(out.Logs) != 1 || len(out.Revert) != 1 {
		t.Errorf("outcome %+v", out)
	}
	if in.Failure.Reason != "none" || in.Transitions[0].To != "new" || in.Status != intent.Succeeded {
		t.Errorf("intent %+v", in)
	}

	op, err := db.Operation(ctx, 80002, in.OperationHash)
	if err != nil || op.Deploy == nil || len(op.Deploy.Data) != 1 || op.State != bundler.Bundled || op.Attempts != 2 {
		t.Errorf("operation %+v, %v", op, err)
	}
	relayer := common.HexToAddress("0xcccccccccccccccccccccccccccccccccccccccc")
	txs, err := db.LiveTransactions(ctx, 80002)
	if err != nil || len(txs) != 1 || txs[0].Operations[0] != op.Hash || len(txs[0].Replaced) != 1 || txs[0].ID != op.TxID {
		t.Errorf("transactions %+v, %v", txs, err)
	}
	if l, ok, err := db.AcquireLease(ctx, 80002, relayer, "b", time.Minute); err != nil || !ok || l.Epoch != 5 {
		t.Errorf("lease %+v, %v", l, err)
	}
}

// When sessions end is written at the first start of this version for all that
// were granted before, in more than one batch; a permission that cannot be read
// is left alone.
func TestFillsWhenSessionsEnd(t *testing.T) {
	t.Parallel()
	const sessions, until = 1001, 2_000_000_000
	path := writeVersion1(t) // has one whose permission is not readable
	packed, err := permission.Permission{Signer: common.HexToAddress("0x88"), ValidUntil: until, Sudo: true}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	addSessions(t, path, sessions, packed)
	for range 2 { // the second start has nothing left to do
		db := open(t, path)
		live, ending, err := db.CountEnding(t.Context(), "pro_1", until-10, until, 2*sessions)
		if err != nil || live != sessions || ending != sessions {
			t.Errorf("%d are live and %d end in time, want %d of both: %v", live, ending, sessions, err)
		}
		live, ending, err = db.CountEnding(t.Context(), "pro_1", until+1, until+10, 2*sessions)
		if err != nil || live != 0 || ending != 0 {
			t.Errorf("%d are live and %d end after they have ended: %v", live, ending, err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// addSessions copies the session of version 1.
func addSessions(t *testing.T, path string, n int, packed []byte) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	for i := range n {
		_, err := tx.ExecContext(t.Context(), `INSERT INTO sessions SELECT 'ses_' || $1, project_id, player_id, account_id, chain_id, account_address, printf('0x%040x', $1),
			$2, epoch, printf('0x%064x', $1), state, register_intent, revoke_intent, created_at, updated_at FROM sessions WHERE id = 'ses_1'`, 1000+i, packed)
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// writeVersion1 answers a database with the first schema and its records.
func writeVersion1(t *testing.T) string {
	t.Helper()
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "x.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, os.DirFS("sqlite/migrations"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(ctx, 1); err != nil {
		t.Fatal(err)
	}
	records, err := os.ReadFile("testdata/version1.sql")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(ctx, string(records)); err != nil {
		t.Fatal(err)
	}
	return path
}
