package words

import (
	"regexp"
	"strings"
	"unicode"
)

// Names come from whoever wrote a contract or its ABI. None may read like words
// of this package, so each is cleaned, cut and quoted, or is one plain word.

// longestName is how much of a name is shown, in characters.
const longestName = 40

var (
	plainFunction = regexp.MustCompile(`^[A-Za-z_$][A-Za-z0-9_$]{0,59}(\([a-z0-9,()\[\]]{0,120}\))?$`)
	plainSymbol   = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9.]{0,10}$`)
)

// quote answers a name in quotation marks, "" when nothing of it can be shown.
func quote(name string) string {
	name = clean(name)
	if name == "" {
		return ""
	}
	return "“" + name + "”"
}

// clean drops what cannot be seen, what turns the direction of the words around
// it, and what would end a quotation, and cuts what is too long.
func clean(name string) string {
	var out []rune
	marks := 0
	for _, r := range name {
		switch {
		case isRightToLeft(r):
			return "" // it would reorder the address and the limits behind it
		case unicode.In(r, unicode.M):
			if marks++; marks > 2 || isInvisible(r) {
				continue
			}
		case unicode.IsSpace(r) || unicode.Is(unicode.Zs, r):
			r, marks = ' ', 0
		case unicode.In(r, unicode.Pi, unicode.Pf) || strings.ContainsRune("\"`´＂„‚〝〞〟", r):
			r, marks = '\'', 0
		case !unicode.IsGraphic(r) || isInvisible(r):
			continue
		default:
			marks = 0
		}
		if r == ' ' && (len(out) == 0 || out[len(out)-1] == ' ') {
			continue
		}
		if len(out) == longestName {
			return strings.TrimSpace(string(out)) + "…"
		}
		out = append(out, r)
	}
	return strings.TrimSpace(string(out))
}

// isRightToLeft reports whether a letter is of a script that is written from
// right to left.
func isRightToLeft(r rune) bool {
	for _, block := range [][2]rune{{0x0590, 0x08ff}, {0xfb1d, 0xfdff}, {0xfe70, 0xfefe}, {0x10800, 0x10fff}, {0x1e800, 0x1efff}} {
		if block[0] <= r && r <= block[1] {
			return true
		}
	}
	return false
}

// isInvisible reports letters and symbols that are drawn as nothing.
func isInvisible(r rune) bool {
	switch r {
	case 0x034f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x2800, 0x3164, 0xffa0, unicode.ReplacementChar:
		return true
	}
	return unicode.Is(unicode.Variation_Selector, r)
}
