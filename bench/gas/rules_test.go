package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// Every kind of rule that the format has is measured.
func TestRuleCases_HaveEveryKind(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(root, "docs", "permission-format.md"))
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, row := range regexp.MustCompile("(?m)^\\| `0x[0-9a-f]{2}` \\| `(\\w+)` \\|").FindAllStringSubmatch(string(text), -1) {
		want = append(want, row[1])
	}
	var got []string
	for _, c := range (&lab{}).ruleCases(&subject{}) {
		got = append(got, string(c.rule.Name()))
	}
	slices.Sort(want)
	slices.Sort(got)
	if len(want) == 0 || !slices.Equal(got, want) {
		t.Fatalf("measured are\n%q\nthe format has\n%q", got, want)
	}
}
