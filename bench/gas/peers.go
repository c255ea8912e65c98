package main

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// peersJSON holds other systems' figures, measured on the day that it names, by
// the method of this program. They are data: this program does not measure them.
//
//go:embed peers.json
var peersJSON []byte

// Words for a cell without a figure.
const (
	notMeasured = "n.m."
	notOffered  = "none"
	notMeant    = "-"
)

// cell is a figure in gas, or the word that says why there is none.
type cell struct {
	gas  uint64 // 0 without a figure
	word string
}

func figure(gas uint64) cell { return cell{gas: gas} }

func (c cell) String() string {
	if c.gas == 0 {
		return c.word
	}
	return thousands(c.gas)
}

// MarshalJSON writes what UnmarshalJSON reads.
func (c cell) MarshalJSON() ([]byte, error) {
	if c.gas == 0 {
		return json.Marshal(c.word)
	}
	return json.Marshal(c.gas)
}

// UnmarshalJSON reads a number or one of the words.
func (c *cell) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, &c.gas) == nil && c.gas > 0 {
		return nil
	}
	c.gas = 0
	if err := json.Unmarshal(data, &c.word); err != nil {
		return fmt.Errorf("%s is neither gas nor a word", data)
	}
	switch c.word {
	case notMeasured, notOffered, notMeant:
		return nil
	}
	return fmt.Errorf("%q is none of %q, %q and %q", c.word, notMeasured, notOffered, notMeant)
}

// peer is one system of the table that compares.
type peer struct {
	Name       string            `json:"name"`
	Version    string            `json:"version"`
	EntryPoint string            `json:"entryPoint"` // "" when its sessions go without one
	Group      string            `json:"group"`
	A          cell              `json:"a"`
	AB         cell              `json:"aPlusB"`
	B          cell              `json:"b"`
	C          cell              `json:"c"`
	D          cell              `json:"d"`
	E          cell              `json:"e"`
	F          cell              `json:"f"`
	Calldata   calldata          `json:"calldata"`
	Notes      map[string]string `json:"notes"` // the number of the note, by the name of the cell or "name"
}

// The groups of systems.
const (
	groupSession = "session" // sessions over an EntryPoint: what we are held against
	groupDirect  = "direct"  // sessions without an EntryPoint
	groupOwner   = "owner"   // the owner's own operations, no session
)

type peers struct {
	Measured string            `json:"measured"` // day
	Direct   uint64            `json:"direct"`   // the mint of the day, sent by an EOA
	Notes    map[string]string `json:"notes"`
	Systems  []peer            `json:"systems"`
}

func loadPeers() (*peers, error) {
	var p peers
	if err := json.Unmarshal(peersJSON, &p); err != nil {
		return nil, fmt.Errorf("read peers.json: %w", err)
	}
	return &p, nil
}

// price is c-f, what a session costs over the owner's own operation.
func (p peer) price() cell {
	if p.C.gas == 0 || p.F.gas == 0 || p.C.gas <= p.F.gas {
		return cell{word: notMeant}
	}
	return figure(p.C.gas - p.F.gas)
}

// ours are our rows of the table.
func (r *results) ours() []peer {
	row := func(name string, h home) peer {
		return peer{
			Name: name, EntryPoint: "0.8", Group: groupSession, Calldata: h.Calldata,
			A: figure(h.A), AB: figure(h.AB), B: figure(h.B), C: figure(h.C), D: figure(h.D), E: figure(h.E), F: figure(h.F),
		}
	}
	return []peer{row("Latchkey, proxy", r.Proxy), row("Latchkey, delegated EOA", r.Delegated)}
}

// checkPeers names every figure of ours that is not below that of a session
// over an EntryPoint. The peers' mint was another build of the same contract:
// what it cost more than ours is added to ours first.
func (r *results) checkPeers(p *peers) error {
	var errs []error
	for _, own := range r.ours() {
		own.AB.gas += p.Direct - min(p.Direct, r.Direct)
		own.C.gas += p.Direct - min(p.Direct, r.Direct)
		for _, other := range p.Systems {
			if other.Group == groupSession {
				errs = append(errs, own.checkBelow(other))
			}
		}
	}
	return errors.Join(errs...)
}

func (p peer) checkBelow(other peer) error {
	var errs []error
	for _, column := range []struct {
		name         string
		ours, theirs cell
	}{
		{"a", p.A, other.A}, {"a+b", p.AB, other.AB}, {"c", p.C, other.C}, {"d", p.D, other.D}, {"e", p.E, other.E},
	} {
		if column.theirs.gas > 0 && column.ours.gas >= column.theirs.gas {
			errs = append(errs, fmt.Errorf("%s of %s is %s, not below %s of %s", column.name, p.Name, column.ours, column.theirs, other.Name))
		}
	}
	return errors.Join(errs...)
}

// thousands writes a number with commas.
func thousands(n uint64) string {
	text := strconv.FormatUint(n, 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
