package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
)

// home holds the figures of one kind of account, in gas.
type home struct {
	A          uint64 `json:"a"`          // register
	AB         uint64 `json:"aPlusB"`     // first use that registers the session
	B          uint64 `json:"b"`          // first use
	C          uint64 `json:"c"`          // second use
	D          uint64 `json:"d"`          // ERC-20 transfer under a total, second use
	E          uint64 `json:"e"`          // revoke
	F          uint64 `json:"f"`          // the owner's own mint
	ATen       uint64 `json:"aTen"`       // register ten functions
	CTen       uint64 `json:"cTen"`       // c with ten functions
	CSponsored uint64 `json:"cSponsored"` // c, paid by our paymaster
	Stateless  uint64 `json:"stateless"`  // mint with the owner's grant in each use, paid by our paymaster
	Batch      uint64 `json:"batch5"`     // five mints in one operation
	EUnused    uint64 `json:"eUnused"`    // revoke a session that was never registered
	RevokeAll  uint64 `json:"revokeAll"`

	Calldata calldata            `json:"calldata"` // of c
	Rules    map[string]ruleCost `json:"rules"`    // by the rule's name
}

// price is what a session costs over the owner's own operation.
func (h home) price() uint64 { return h.C - h.F }

// ruleCost is the second use of a session with one rule that applies.
type ruleCost struct {
	Total uint64 `json:"total"`
	Adds  int64  `json:"adds"` // over the same use without the rule
}

// homeKeys holds the figures of keys on each kind of account.
type homeKeys struct {
	Proxy     keys `json:"proxy"`
	Delegated keys `json:"delegated"`
}

// keys holds c by P-256 keys.
type keys struct {
	P256       uint64 `json:"p256"`
	P256SHA256 uint64 `json:"p256Sha256"`
	WebAuthn   uint64 `json:"webauthn"`
}

type results struct {
	Proxy      home     `json:"proxy"`
	Delegated  home     `json:"delegated"`
	Direct     uint64   `json:"direct"`     // the same mint, sent by an EOA
	Deployment uint64   `json:"deployment"` // the factory's transaction
	Keys       homeKeys `json:"keys"`       // on a chain without the P-256 precompile
	FastKeys   homeKeys `json:"fastKeys"`   // on a chain with Osaka's (EIP-7951, 6,900 gas)
}

func (r *results) print(out io.Writer, p *peers) {
	r.printOurs(out)
	fmt.Fprintln(out)
	r.printPeers(out, p)
}

func (r *results) printOurs(out io.Writer) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(label string, figure func(home) uint64) {
		fmt.Fprintf(table, "%s\t%s\t%s\t\n", label, thousands(figure(r.Proxy)), thousands(figure(r.Delegated)))
	}
	fmt.Fprintln(table, "gas\tproxy\tdelegated\t")
	row("a    register", func(h home) uint64 { return h.A })
	row("b    first use", func(h home) uint64 { return h.B })
	row("a+b  first use that registers", func(h home) uint64 { return h.AB })
	row("c    second use", func(h home) uint64 { return h.C })
	row("d    ERC-20 transfer under a total", func(h home) uint64 { return h.D })
	row("e    revoke", func(h home) uint64 { return h.E })
	row("f    owner's mint", func(h home) uint64 { return h.F })
	row("c-f  price of a session", home.price)
	row("c, 10 functions listed", func(h home) uint64 { return h.CTen })
	row("a, 10 functions listed", func(h home) uint64 { return h.ATen })
	row("c, batch of 5 mints", func(h home) uint64 { return h.Batch })
	row("c, under our paymaster", func(h home) uint64 { return h.CSponsored })
	row("c, stateless, under our paymaster", func(h home) uint64 { return h.Stateless })
	row("e, a session never registered", func(h home) uint64 { return h.EUnused })
	row("revoke all", func(h home) uint64 { return h.RevokeAll })
	row("c, calldata in bytes", func(h home) uint64 { return uint64(h.Calldata.Bytes) })
	row("c, calldata in gas", func(h home) uint64 { return uint64(h.Calldata.Gas) })
	row("c, calldata in bytes after FastLZ", func(h home) uint64 { return uint64(h.Calldata.FastLZ) })
	for _, name := range slices.Sorted(maps.Keys(r.Proxy.Rules)) {
		fmt.Fprintf(table, "rule %s adds\t%+d\t%+d\t\n", name, r.Proxy.Rules[name].Adds, r.Delegated.Rules[name].Adds)
	}
	r.printKeys(table, "c, %s key", r.Keys)
	r.printKeys(table, "c, %s key, with the precompile", r.FastKeys)
	fmt.Fprintf(table, "account deployment\t%s\t-\t\n", thousands(r.Deployment))
	fmt.Fprintf(table, "floor: the mint sent by an EOA\t%s\t%s\t\n", thousands(r.Direct), thousands(r.Direct))
	table.Flush()
}

func (r *results) printKeys(out io.Writer, label string, k homeKeys) {
	row := func(kind string, proxy, delegated uint64) {
		fmt.Fprintf(out, label+"\t%s\t%s\t\n", kind, thousands(proxy), thousands(delegated))
	}
	row("p256", k.Proxy.P256, k.Delegated.P256)
	row("p256-sha256", k.Proxy.P256SHA256, k.Delegated.P256SHA256)
	row("webauthn", k.Proxy.WebAuthn, k.Delegated.WebAuthn)
}

// printPeers prints our figures beside those of other systems.
func (r *results) printPeers(out io.Writer, p *peers) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	group := func(title, group string, first ...peer) {
		fmt.Fprintf(table, "%s\tEP\ta\ta+b\tb\tc\td\te\tf\tc-f\tFLZ\n", title)
		for _, system := range append(first, p.Systems...) {
			if system.Group == group {
				system.print(table)
			}
		}
		fmt.Fprint(table, "\n")
	}
	group("sessions over an EntryPoint", groupSession, r.ours()...)
	group("sessions without one", groupDirect)
	group("owner's operations, no session", groupOwner)
	table.Flush()

	fmt.Fprintf(out, "Others: measured on %s by the same method; a mint by an EOA cost %s there, %s here.\n",
		p.Measured, thousands(p.Direct), thousands(r.Direct))
	fmt.Fprintln(out, "none: the system does not offer it. n.m.: not measured. -: has no meaning there.")
	fmt.Fprintln(out, "FLZ: bytes of the calldata of c after FastLZ; of d where there is no c, of f where there is no session.")
	for _, note := range slices.SortedFunc(maps.Keys(p.Notes), byNumber) {
		fmt.Fprintf(out, "(%s) %s\n", note, p.Notes[note])
	}
	fmt.Fprint(out, "\nVersions\n")
	for _, system := range p.Systems {
		if system.Version != "" {
			fmt.Fprintf(out, "%s: %s\n", system.Name, system.Version)
		}
	}
}

func (p peer) print(out io.Writer) {
	noted := func(name string, text any) string {
		if note := p.Notes[name]; note != "" {
			return fmt.Sprintf("%s (%s)", text, note)
		}
		return fmt.Sprint(text)
	}
	fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\n",
		noted("name", p.Name), cmp.Or(p.EntryPoint, notMeant), p.A, noted("aPlusB", p.AB), p.B, p.C, noted("d", p.D), p.E, p.F,
		p.price(), p.Calldata.FastLZ)
}

// byNumber orders the numbers of notes.
func byNumber(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}

// checkCeilings names every figure that is above its ceiling.
func (r *results) checkCeilings() error {
	var errs []error
	for _, check := range []struct {
		name         string
		gas, ceiling uint64
	}{
		{"proxy c", r.Proxy.C, 122_000},
		{"proxy c-f", r.Proxy.price(), 10_200},
		{"proxy c with 10 functions", r.Proxy.CTen, 126_000},
		{"proxy a+b", r.Proxy.AB, 150_000},
		{"proxy d", r.Proxy.D, 107_500},
		{"proxy e", r.Proxy.E, 80_000},
		{"proxy e, never registered", r.Proxy.EUnused, 96_000},
		{"delegated a", r.Delegated.A, 99_000},
		{"delegated c", r.Delegated.C, 119_000},
		{"delegated c-f", r.Delegated.price(), 10_200},
		{"delegated c with 10 functions", r.Delegated.CTen, 123_500},
		{"delegated a+b", r.Delegated.AB, 147_000},
		{"delegated d", r.Delegated.D, 105_000},
		{"delegated e", r.Delegated.E, 80_000},
		{"delegated e, never registered", r.Delegated.EUnused, 96_000},
	} {
		if check.gas > check.ceiling {
			errs = append(errs, fmt.Errorf("%s is %d, above its ceiling of %d", check.name, check.gas, check.ceiling))
		}
	}
	return errors.Join(errs...)
}
