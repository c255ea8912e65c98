package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// table writes rows in aligned columns. Colours do not count as width.
type table struct {
	paint paint
	rows  [][]cell
}

type cell struct {
	text   string
	colour func(paint, string) string // nil for none
}

func plain(text string) cell { return cell{text: text} }

func (t *table) add(cells ...cell) { t.rows = append(t.rows, cells) }

func (t *table) write(out io.Writer) error {
	var widths []int
	for _, row := range t.rows {
		for i, c := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(c.text))
		}
	}
	for _, row := range t.rows {
		var line strings.Builder
		for i, c := range row {
			text := c.text
			if c.colour != nil {
				text = c.colour(t.paint, text)
			}
			line.WriteString(text)
			if i < len(row)-1 {
				line.WriteString(strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c.text)+2))
			}
		}
		if _, err := fmt.Fprintln(out, strings.TrimRight(line.String(), " ")); err != nil {
			return err
		}
	}
	return nil
}

// header is a column's name.
func header(text string) cell { return cell{text, paint.bold} }

// state is a status, coloured by what it means for the one who reads it.
func state(text string) cell {
	switch text {
	case "active", "succeeded":
		return cell{text, paint.green}
	case "revoked", "exhausted", "expired", "reverted", "dropped", "failed":
		return cell{text, paint.red}
	}
	return plain(text)
}
