package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var root = filepath.Join("..", "..")

func TestCompareFigures(t *testing.T) {
	t.Parallel()
	kept := map[string]int64{"c": 100, "d": 200, "keys.proxy.p256": 1000}
	for name, c := range map[string]struct {
		change func(map[string]int64)
		lower  int
		want   string // in the error; "" for none
	}{
		"same":            {func(map[string]int64) {}, 0, ""},
		"lower":           {func(now map[string]int64) { now["c"]-- }, 1, ""},
		"grown":           {func(now map[string]int64) { now["c"]++ }, 0, "c grew from 100 to 101"},
		"noise":           {func(now map[string]int64) { now["keys.proxy.p256"] += 30 }, 0, ""},
		"more than noise": {func(now map[string]int64) { now["keys.proxy.p256"] += 31 }, 0, "keys.proxy.p256 grew from 1000 to 1031"},
		"new":             {func(now map[string]int64) { now["e"] = 1 }, 0, "e is not in the snapshot"},
		"missing":         {func(now map[string]int64) { delete(now, "d") }, 0, "d of the snapshot is measured no more"},
	} {
		now := maps.Clone(kept)
		c.change(now)
		lower, err := compareFigures(kept, now)
		if lower != c.lower || (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %d lower, error %v; want %d and %q", name, lower, err, c.lower, c.want)
		}
	}
}

func TestFlatten(t *testing.T) {
	t.Parallel()
	got, err := flatten([]byte(`{"proxy": {"c": 1, "rules": {"rate": {"total": 2, "adds": -3}}}, "direct": 4}`))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int64{"proxy.c": 1, "proxy.rules.rate.total": 2, "direct": 4}
	if !maps.Equal(got, want) {
		t.Fatalf("read %v, want %v", got, want)
	}
	if _, err := flatten([]byte(`{"c": "1"}`)); err == nil {
		t.Fatal("a text was read as a figure")
	}
}

// What the document shows is what the snapshot holds.
func TestDocument_ShowsTheSnapshot(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join(root, snapshotPath))
	if err != nil {
		t.Fatal(err)
	}
	var r results
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, documentPath))
	if err != nil {
		t.Fatal(err)
	}
	_, shown, _, err := splitDocument(string(text))
	if err != nil {
		t.Fatal(err)
	}
	var want bytes.Buffer
	r.print(&want, readPeers(t))
	if shown != want.String() {
		t.Fatalf("%s shows other figures than %s holds: run `make gas-snapshot`", documentPath, snapshotPath)
	}
}

func TestKeep_ReplacesTheTablesOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, documentPath)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("before\n"+documentBegin+"old\n"+documentEnd+"after\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	r := within()
	r.Proxy.Rules, r.Delegated.Rules = map[string]ruleCost{"rate": {Total: 2, Adds: 1}}, map[string]ruleCost{}
	if err := r.keep(dir, "new\n"); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := "before\n" + documentBegin + "new\n" + documentEnd + "after\n"; string(text) != want {
		t.Fatalf("the document is\n%s\nwant\n%s", text, want)
	}
	if lower, err := r.checkSnapshot(dir); err != nil || lower != 0 {
		t.Fatalf("figures differ from those that were just kept: %d lower, %v", lower, err)
	}
	r.Proxy.C++
	if _, err := r.checkSnapshot(dir); err == nil {
		t.Fatal("a figure that grew passes")
	}
}
