package main

import (
	"bytes"
	"strings"
	"testing"
)

func within() results {
	return results{
		Proxy:     home{A: 101_000, C: 122_500, F: 111_500, CTen: 127_000, E: 80_000, EUnused: 96_000},
		Delegated: home{A: 99_000, C: 120_000, F: 109_000, CTen: 127_000, E: 80_000, EUnused: 96_000},
	}
}

func TestCheckCeilings_AtTheCeilings(t *testing.T) {
	r := within()
	if err := r.checkCeilings(); err != nil {
		t.Fatalf("figures at their ceilings are refused: %v", err)
	}
}

func TestCheckCeilings_NamesWhatIsAbove(t *testing.T) {
	for name, raise := range map[string]func(*results){
		"proxy c is":                     func(r *results) { r.Proxy.C++ },
		"proxy c-f is":                   func(r *results) { r.Proxy.F-- },
		"proxy c with 10 functions is":   func(r *results) { r.Proxy.CTen++ },
		"proxy e is":                     func(r *results) { r.Proxy.E++ },
		"proxy e, never registered is":   func(r *results) { r.Proxy.EUnused++ },
		"delegated a is":                 func(r *results) { r.Delegated.A++ },
		"delegated c is":                 func(r *results) { r.Delegated.C++ },
		"delegated c with 10 functions":  func(r *results) { r.Delegated.CTen++ },
		"delegated e, never registered ": func(r *results) { r.Delegated.EUnused++ },
	} {
		r := within()
		raise(&r)
		err := r.checkCeilings()
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("above the ceiling of %q: got %v", name, err)
		}
	}
}

func TestPrint_ShowsTheFloor(t *testing.T) {
	r := within()
	r.Direct = 56_235
	var out bytes.Buffer
	r.print(&out)
	if !strings.Contains(out.String(), "floor") || !strings.Contains(out.String(), "56235") {
		t.Fatalf("the table does not show the direct transaction:\n%s", out.String())
	}
}
