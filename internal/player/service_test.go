package player_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/player"
	"github.com/latchkey-dev/latchkey/internal/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type fixture struct {
	service *player.Service
	ctx     context.Context
	project string
}

func setUp(t *testing.T) fixture {
	t.Helper()
	db, ctx := storetest.SQLite(t), context.Background()
	projects := auth.Service{Store: db, Now: time.Now}
	p, _, _, err := projects.NewProject(ctx, "test")
	if err != nil {
		t.Fatal(err)
	}
	return fixture{service: &player.Service{Store: db, Now: time.Now}, ctx: ctx, project: p.ID}
}

func ptr[T any](v T) *T { return &v }

func TestCreateGetUpdateDelete(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	created, err := f.service.Create(f.ctx, f.project, player.Params{Name: ptr("Ann"), Metadata: json.RawMessage(`{"level":1}`)})
	if err != nil {
		t.Fatal(err)
	}
	got, err := f.service.Get(f.ctx, f.project, created.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(created, got); diff != "" {
		t.Errorf("create and get differ:\n%s", diff)
	}
	updated, err := f.service.Update(f.ctx, f.project, created.ID, player.Params{Description: ptr("plays")})
	if err != nil || updated.Name != "Ann" || updated.Description != "plays" || updated.UpdatedAt.Before(updated.CreatedAt) {
		t.Errorf("after the update: %+v, %v", updated, err)
	}
	if list, err := f.service.List(f.ctx, f.project, page.Request{}); err != nil || list.Total != 1 {
		t.Errorf("list: %+v, %v", list, err)
	}
	if err := f.service.Delete(f.ctx, f.project, created.ID); err != nil {
		t.Error(err)
	}
	if _, err := f.service.Get(f.ctx, f.project, created.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("after the delete: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	for _, c := range []struct {
		field string
		p     player.Params
	}{
		{"name", player.Params{Name: ptr(strings.Repeat("é", 257))}},
		{"metadata", player.Params{Metadata: json.RawMessage(`[1]`)}},
		{"metadata", player.Params{Metadata: json.RawMessage(`"text"`)}},
		{"metadata.a", player.Params{Metadata: json.RawMessage(`{"a":{"b":1}}`)}},
	} {
		_, err := f.service.Create(f.ctx, f.project, c.p)
		var refused *fault.Fault
		if !errors.As(err, &refused) || refused.Kind != fault.Invalid || refused.Field != c.field {
			t.Errorf("error is %v, want a fault about %s", err, c.field)
		}
	}
	if _, err := f.service.Create(f.ctx, f.project, player.Params{Name: ptr(strings.Repeat("é", 256))}); err != nil {
		t.Errorf("a name of 256 characters: %v", err)
	}
}

func TestMetadataMerges(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	p, err := f.service.Create(f.ctx, f.project, player.Params{})
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ sent, want string }{
		{`{"a":"1","b":2.50}`, `{"a":"1","b":2.50}`},
		{`{"c":12345678901234567890}`, `{"a":"1","b":2.50,"c":12345678901234567890}`},
		{`{"a":"","b":null}`, `{"c":12345678901234567890}`},
		{`{"gone":""}`, `{"c":12345678901234567890}`},
		{`{}`, ``},
		{`{"a":"1"}`, `{"a":"1"}`},
		{`{"a":""}`, ``},
		{`{"a":"1"}`, `{"a":"1"}`},
		{`""`, ``},
	} {
		got, err := f.service.Update(f.ctx, f.project, p.ID, player.Params{Metadata: json.RawMessage(step.sent)})
		if err != nil || string(got.Metadata) != step.want {
			t.Errorf("%s: metadata is %s, %v, want %s", step.sent, got.Metadata, err, step.want)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	unsaved := f.service.New(f.project)
	if err := f.service.Check(f.ctx, f.project, unsaved.ID); !fault.Is(err, fault.Invalid) {
		t.Errorf("a player that is not saved: %v", err)
	}
	made, err := f.service.Create(f.ctx, f.project, player.Params{})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.service.Check(f.ctx, f.project, made.ID); err != nil {
		t.Errorf("a player: %v", err)
	}
}
