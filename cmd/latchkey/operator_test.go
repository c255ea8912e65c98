package main

import (
	"slices"
	"testing"
	"time"

	"github.com/latchkey-dev/latchkey/internal/operator"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/store"
)

// The audit log has what the command line changed, and what it was refused.
func TestOperatorCommandsAreAudited(t *testing.T) {
	url := "sqlite:" + t.TempDir() + "/latchkey.db"
	db, err := store.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() // open beside the commands, as by a server
	output(t, "operator", "add", "ada", "--role", "admin", "--database", url)
	if code := run(t.Context(), []string{"operator", "role", "ada", "viewer", "--database", url}); code != 1 {
		t.Errorf("the last admin was demoted, exit status %d", code)
	}
	operators := operator.Service{Store: db, Now: time.Now}
	ada, err := operators.ByName(t.Context(), "ada")
	if err != nil {
		t.Fatal(err)
	}
	log, err := operators.Entries(t.Context(), operator.AuditFilter{Subject: ada.ID}, page.Request{Order: page.Ascending})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range log.Items {
		outcome := e.Outcome
		if outcome != operator.OutcomeDone {
			outcome = "refused"
		}
		got = append(got, e.OperatorName+" "+e.Action+" "+outcome)
		if string(e.After) != `{"name":"ada","role":"admin","disabled":false}` {
			t.Errorf("%s: after is %s", e.Action, e.After)
		}
	}
	want := []string{"command line operator.create done", "command line operator.new-link done", "command line operator.set-role refused"}
	if !slices.Equal(got, want) {
		t.Errorf("audit log is %q, want %q", got, want)
	}
}
