package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"
)

// home holds the figures of one kind of account, in gas.
type home struct {
	A          uint64 `json:"a"`          // register
	B          uint64 `json:"b"`          // first use
	C          uint64 `json:"c"`          // second use
	E          uint64 `json:"e"`          // revoke
	F          uint64 `json:"f"`          // the owner's own mint
	CSponsored uint64 `json:"cSponsored"` // c, paid by our paymaster
	ATen       uint64 `json:"aTen"`       // register ten functions
	CTen       uint64 `json:"cTen"`       // c with ten functions
	EUnused    uint64 `json:"eUnused"`    // revoke a session that was never registered
	RevokeAll  uint64 `json:"revokeAll"`
}

type results struct {
	Proxy      home   `json:"proxy"`
	Delegated  home   `json:"delegated"`
	Direct     uint64 `json:"direct"`     // the same mint, sent by an EOA
	Deployment uint64 `json:"deployment"` // the factory's transaction
}

func (r *results) print(out io.Writer) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(label string, figure func(home) uint64) {
		fmt.Fprintf(table, "%s\t%d\t%d\t\n", label, figure(r.Proxy), figure(r.Delegated))
	}
	fmt.Fprintln(table, "gas\tproxy\tdelegated\t")
	row("a  register", func(h home) uint64 { return h.A })
	row("b  first use", func(h home) uint64 { return h.B })
	row("c  second use", func(h home) uint64 { return h.C })
	row("c  under our paymaster", func(h home) uint64 { return h.CSponsored })
	row("c  with 10 functions", func(h home) uint64 { return h.CTen })
	row("a  with 10 functions", func(h home) uint64 { return h.ATen })
	row("e  revoke", func(h home) uint64 { return h.E })
	row("e  revoke, never registered", func(h home) uint64 { return h.EUnused })
	row("revoke all", func(h home) uint64 { return h.RevokeAll })
	row("f  owner's mint", func(h home) uint64 { return h.F })
	row("c-f  price of a session", func(h home) uint64 { return h.C - h.F })
	fmt.Fprintf(table, "account deployment\t%d\t-\t\n", r.Deployment)
	fmt.Fprintf(table, "floor: the mint sent by an EOA\t%d\t%d\t\n", r.Direct, r.Direct)
	table.Flush()
}

func (r *results) save(path string) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, append(data, '\n'), 0o644)
}

// checkCeilings names every figure that is above its ceiling.
func (r *results) checkCeilings() error {
	var errs []error
	for _, check := range []struct {
		name         string
		gas, ceiling uint64
	}{
		{"proxy c", r.Proxy.C, 122_500},
		{"proxy c-f", r.Proxy.C - r.Proxy.F, 11_000},
		{"proxy c with 10 functions", r.Proxy.CTen, 127_000},
		{"proxy e", r.Proxy.E, 80_000},
		{"proxy e, never registered", r.Proxy.EUnused, 96_000},
		{"delegated a", r.Delegated.A, 99_000},
		{"delegated c", r.Delegated.C, 120_000},
		{"delegated c-f", r.Delegated.C - r.Delegated.F, 11_000},
		{"delegated c with 10 functions", r.Delegated.CTen, 127_000},
		{"delegated e", r.Delegated.E, 80_000},
		{"delegated e, never registered", r.Delegated.EUnused, 96_000},
	} {
		if check.gas > check.ceiling {
			errs = append(errs, fmt.Errorf("%s is %d, above its ceiling of %d", check.name, check.gas, check.ceiling))
		}
	}
	return errors.Join(errs...)
}
