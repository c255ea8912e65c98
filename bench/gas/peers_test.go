package main

import (
	"strings"
	"testing"
)

func readPeers(t *testing.T) *peers {
	t.Helper()
	p, err := loadPeers()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The price of a session was noted on the day of the measurement, too: c and f
// were copied right if their difference is that.
func TestPeers_PricesAsNoted(t *testing.T) {
	t.Parallel()
	want := map[string]uint64{
		"Openfort V6": 12_900, "Openfort V9": 12_875, "Openfort 7702": 31_267, "Openfort 7702, custodial key with gas policy": 46_761,
		"ZKsync SSO": 24_332, "Alchemy MAv2": 24_016, "SmartSessions on Nexus": 57_354, "Kernel 3.1": 55_763,
		"MetaMask, session of a SimpleAccount": 145_203, "Ithaca, relayed": 23_969,
	}
	for _, system := range readPeers(t).Systems {
		if got := system.price().gas; got != want[system.Name] {
			t.Errorf("%s: c-f is %d, want %d", system.Name, got, want[system.Name])
		}
	}
}

func TestPeers_AreComplete(t *testing.T) {
	t.Parallel()
	p := readPeers(t)
	for _, system := range p.Systems {
		switch system.Group {
		case groupSession, groupOwner:
			if system.EntryPoint == "" {
				t.Errorf("%s goes over an EntryPoint, of which the version is missing", system.Name)
			}
		case groupDirect:
			if system.EntryPoint != "" {
				t.Errorf("%s goes without an EntryPoint, but names %s", system.Name, system.EntryPoint)
			}
		default:
			t.Errorf("%s is in no group: %q", system.Name, system.Group)
		}
		for cell, note := range system.Notes {
			if p.Notes[note] == "" {
				t.Errorf("%s: the note %q of %s is missing", system.Name, note, cell)
			}
		}
	}
}

// below is cheaper than every peer, by one where it is closest.
func below(p *peers) *results {
	h := home{A: 152_162, AB: 665_681, C: 132_851, D: 111_091, E: 87_872}
	return &results{Proxy: h, Delegated: h, Direct: p.Direct}
}

func TestCheckPeers_JustBelow(t *testing.T) {
	t.Parallel()
	p := readPeers(t)
	if err := below(p).checkPeers(p); err != nil {
		t.Fatalf("figures below every peer's are refused: %v", err)
	}
}

func TestCheckPeers_NamesWhatIsNotBelow(t *testing.T) {
	t.Parallel()
	p := readPeers(t)
	for want, raise := range map[string]func(*results){
		"a of Latchkey, proxy is 152,163, not below 152,163 of Openfort V9":          func(r *results) { r.Proxy.A++ },
		"a+b of Latchkey, delegated EOA is 665,682, not below 665,682 of Kernel 3.1": func(r *results) { r.Delegated.AB++ },
		"c of Latchkey, proxy is 132,852, not below 132,852 of Openfort V9":          func(r *results) { r.Proxy.C++ },
		"d of Latchkey, delegated EOA is 111,092, not below 111,092 of Openfort V9":  func(r *results) { r.Delegated.D++ },
		"e of Latchkey, proxy is 87,873, not below 87,873 of Openfort V9":            func(r *results) { r.Proxy.E++ },
		"c of Latchkey, delegated EOA is 132,852, not below 132,852 of Openfort V9":  func(r *results) { r.Direct-- },
	} {
		r := below(p)
		raise(r)
		if err := r.checkPeers(p); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

func TestCell_RefusesOtherWords(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`"maybe"`, `0`, `-1`, `null`, `{}`} {
		var c cell
		if err := c.UnmarshalJSON([]byte(text)); err == nil {
			t.Errorf("%s was read as %v", text, c)
		}
	}
}
