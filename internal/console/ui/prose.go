package ui

import (
	"strconv"
	"strings"
	"time"
)

// Marks stand in a text for what is drawn in another way than as text. They are
// control characters, which no name may hold.
const (
	markTime  = '\x01'
	markValue = '\x02'
	markEnd   = "\x03"
)

// MarkTime marks a moment in unix seconds.
func MarkTime(seconds uint64) string {
	return string(markTime) + strconv.FormatUint(seconds, 10) + markEnd
}

// MarkValue marks an address, a hash or an id.
func MarkValue(s string) string { return string(markValue) + s + markEnd }

// segment is a piece of a text: words, a moment, or a value.
type segment struct {
	mark rune // 0 for words
	text string
}

func (s segment) seconds() uint64 {
	n, _ := strconv.ParseUint(s.text, 10, 64) // made by MarkTime
	return n
}

// Plainly is a text with its marks written out, for places where nothing but
// text can stand.
func Plainly(text string) string {
	var b strings.Builder
	for _, s := range segments(text) {
		switch s.mark {
		case markTime:
			b.WriteString(plain(time.Unix(int64(s.seconds()), 0)))
		case markValue:
			b.WriteString(short(s.text))
		default:
			b.WriteString(s.text)
		}
	}
	return b.String()
}

func segments(text string) []segment {
	var all []segment
	for text != "" {
		at := strings.IndexAny(text, string(markTime)+string(markValue))
		if at < 0 {
			return append(all, segment{text: text})
		}
		if at > 0 {
			all = append(all, segment{text: text[:at]})
		}
		inside, rest, _ := strings.Cut(text[at+1:], markEnd)
		all = append(all, segment{mark: rune(text[at]), text: inside})
		text = rest
	}
	return all
}
