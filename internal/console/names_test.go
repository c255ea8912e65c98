package console

import (
	"testing"

	"github.com/latchkey-dev/latchkey/internal/console/ui"
)

// A name of somebody else's choosing cannot pass for a moment or an address, nor
// turn a grant's words around.
func TestPrintable(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Game Items":                           "Game Items",
		"Café № 5":                             "Café № 5",
		ui.MarkTime(0) + "x":                   "0x",
		ui.MarkValue("0xAb"):                   "0xAb",
		"pay \u202e001 tsom ta":                "pay 001 tsom ta",
		"\u2066Game\u2069\u200b Items\x1b[31m": "Game Items[31m",
	} {
		if got := printable(name); got != want {
			t.Errorf("%q is shown as %q, want %q", name, got, want)
		}
	}
}
