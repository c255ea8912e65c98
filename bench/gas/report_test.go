package main

import (
	"bytes"
	"strings"
	"testing"
)

func within() results {
	return results{
		Proxy:     home{A: 101_000, AB: 150_000, C: 122_000, D: 107_500, E: 80_000, F: 111_800, CTen: 126_000, EUnused: 96_000},
		Delegated: home{A: 99_000, AB: 147_000, C: 119_000, D: 105_000, E: 80_000, F: 108_800, CTen: 123_500, EUnused: 96_000},
	}
}

func TestCheckCeilings_AtTheCeilings(t *testing.T) {
	t.Parallel()
	r := within()
	if err := r.checkCeilings(); err != nil {
		t.Fatalf("figures at their ceilings are refused: %v", err)
	}
}

func TestCheckCeilings_NamesWhatIsAbove(t *testing.T) {
	t.Parallel()
	for name, raise := range map[string]func(*results){
		"proxy c is":                       func(r *results) { r.Proxy.C++ },
		"proxy c-f is":                     func(r *results) { r.Proxy.F-- },
		"proxy c with 10 functions is":     func(r *results) { r.Proxy.CTen++ },
		"proxy a+b is":                     func(r *results) { r.Proxy.AB++ },
		"proxy d is":                       func(r *results) { r.Proxy.D++ },
		"proxy e is":                       func(r *results) { r.Proxy.E++ },
		"proxy e, never registered is":     func(r *results) { r.Proxy.EUnused++ },
		"delegated a is":                   func(r *results) { r.Delegated.A++ },
		"delegated c is":                   func(r *results) { r.Delegated.C++ },
		"delegated c-f is":                 func(r *results) { r.Delegated.F-- },
		"delegated c with 10 functions is": func(r *results) { r.Delegated.CTen++ },
		"delegated a+b is":                 func(r *results) { r.Delegated.AB++ },
		"delegated d is":                   func(r *results) { r.Delegated.D++ },
		"delegated e is":                   func(r *results) { r.Delegated.E++ },
		"delegated e, never registered is": func(r *results) { r.Delegated.EUnused++ },
	} {
		r := within()
		raise(&r)
		err := r.checkCeilings()
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("above the ceiling of %q: got %v", name, err)
		}
	}
}

func TestPrint_ShowsFloorAndPeers(t *testing.T) {
	t.Parallel()
	r, p := within(), readPeers(t)
	r.Direct = 56_235
	var out bytes.Buffer
	r.print(&out, p)
	for _, want := range []string{
		"floor: the mint sent by an EOA   56,235", "Latchkey, delegated EOA", "136,083 (3)", "(3) limited per day",
		"Alchemy MAv2: modular-account 14afcd8",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the tables do not show %q:\n%s", want, out.String())
		}
	}
}
