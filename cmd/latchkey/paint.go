package main

import (
	"io"
	"os"
)

// paint colours text on a terminal and leaves it alone elsewhere.
type paint bool

// painter answers whether w is a terminal whose user has not asked for plain
// text by NO_COLOR.
func painter(w io.Writer) paint {
	file, ok := w.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" {
		return false
	}
	info, err := file.Stat()
	return paint(err == nil && info.Mode()&os.ModeCharDevice != 0)
}

func (p paint) green(s string) string { return p.wrap("32", s) }
func (p paint) red(s string) string   { return p.wrap("31", s) }
func (p paint) bold(s string) string  { return p.wrap("1", s) }

func (p paint) wrap(code, s string) string {
	if !p {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}
