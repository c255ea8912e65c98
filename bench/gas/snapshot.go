package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Files below the repository's root.
var (
	outPath      = filepath.Join("bench", "out", "gas.json")
	snapshotPath = filepath.Join("bench", "gas", "snapshot.json")
	documentPath = filepath.Join("docs", "benchmarks.md")
)

// Lines of the document between which the printed tables stand.
const (
	documentBegin = "<!-- what `make gas-snapshot` prints -->\n```\n"
	documentEnd   = "```\n<!-- end -->\n"
)

// output is all that a run has to say.
type output struct {
	*results
	Peers *peers `json:"peers"`
}

func save(path string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, append(data, '\n'), 0o644)
}

// keep makes the figures those that later runs are held against, in the snapshot
// and in the document.
func (r *results) keep(root string, printed string) error {
	if err := save(filepath.Join(root, snapshotPath), r); err != nil {
		return err
	}
	path := filepath.Join(root, documentPath)
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, _, after, err := splitDocument(string(text))
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return os.WriteFile(path, []byte(before+documentBegin+printed+documentEnd+after), 0o644)
}

func splitDocument(text string) (before, printed, after string, err error) {
	before, rest, found := strings.Cut(text, documentBegin)
	if !found {
		return "", "", "", fmt.Errorf("no place for the tables: the line %q is missing", documentBegin)
	}
	printed, after, found = strings.Cut(rest, documentEnd)
	if !found {
		return "", "", "", fmt.Errorf("no end of the tables: the line %q is missing", documentEnd)
	}
	return before, printed, after, nil
}

// reportSnapshot fails as checkSnapshot does, and says how many figures there
// are to keep.
func (r *results) reportSnapshot(out io.Writer, root string) error {
	lower, err := r.checkSnapshot(root)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "\nNo figure is greater than in the snapshot.")
	if lower > 0 {
		fmt.Fprintf(out, "%d are less: keep them by `make gas-snapshot`.\n", lower)
	}
	return nil
}

// checkSnapshot names every figure that is greater than in the snapshot, and
// every one that only one of them has. It returns how many are less.
func (r *results) checkSnapshot(root string) (lower int, err error) {
	path := filepath.Join(root, snapshotPath)
	data, err := os.ReadFile(path)
	if err != nil {
		return 0, fmt.Errorf("read the snapshot: %w", err)
	}
	kept, err := flatten(data)
	if err != nil {
		return 0, fmt.Errorf("read the snapshot %s: %w", path, err)
	}
	data, err = json.Marshal(r)
	if err != nil {
		return 0, err
	}
	now, err := flatten(data)
	if err != nil {
		return 0, err
	}
	return compareFigures(kept, now)
}

func compareFigures(kept, now map[string]int64) (lower int, err error) {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(now)) {
		before, isKept := kept[name]
		switch {
		case !isKept:
			errs = append(errs, fmt.Errorf("%s is not in the snapshot: run `make gas-snapshot`", name))
		case now[name] > before+noise(name, before):
			errs = append(errs, fmt.Errorf("%s grew from %d to %d: make it cheaper, or run `make gas-snapshot` and say why in the commit", name, before, now[name]))
		case now[name] < before:
			lower++
		}
	}
	for _, name := range slices.Sorted(maps.Keys(kept)) {
		if _, isMeasured := now[name]; !isMeasured {
			errs = append(errs, fmt.Errorf("%s of the snapshot is measured no more: run `make gas-snapshot`", name))
		}
	}
	return lower, errors.Join(errs...)
}

// noise is by how much a figure may grow from build to build by luck. A proxy's
// address is another in each build, and with it all that its keys sign. Where
// no precompile verifies P-256, the contract that does works longer on some
// signatures than on others; and some bytes repeat more than others do.
func noise(name string, figure int64) int64 {
	switch {
	case strings.HasPrefix(name, "keys.proxy."):
		return figure * 3 / 100
	case name == "proxy.calldata.fastlz":
		return 4
	}
	return 0
}

// flatten reads figures from JSON by their path, such as "proxy.rules.rate.total".
// What a rule adds is left out: it grows when the base that it is added to
// shrinks, and the total shows all that can get worse.
func flatten(data []byte) (map[string]int64, error) {
	var tree map[string]any
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&tree); err != nil {
		return nil, err
	}
	figures := map[string]int64{}
	if err := flattenInto(figures, "", tree); err != nil {
		return nil, err
	}
	return figures, nil
}

func flattenInto(figures map[string]int64, prefix string, tree map[string]any) error {
	for name, value := range tree {
		path := prefix + name
		switch value := value.(type) {
		case map[string]any:
			if err := flattenInto(figures, path+".", value); err != nil {
				return err
			}
		case json.Number:
			n, err := value.Int64()
			if err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			if name != "adds" {
				figures[path] = n
			}
		default:
			return fmt.Errorf("%s is no number", path)
		}
	}
	return nil
}
