// Package page describes one page of a list, asked for and answered. A page is
// asked for by its place (Skip), which the API does, or by the record that it
// follows (After), which stays fast in a list of any length.
package page

import "time"

// Limits of the page size.
const (
	DefaultLimit = 100
	MaxLimit     = 100
)

// Order of a list by creation time.
type Order string

const (
	Descending Order = "desc" // newest first, the default
	Ascending  Order = "asc"
)

// Request asks for the records [Skip, Skip+Limit) in Order, or for the Limit
// records that follow After.
type Request struct {
	Limit int
	Skip  int
	Order Order
	// After is the last record of the page before; Skip counts from there.
	After *Mark
	// Uncounted leaves Page.Total zero: counting reads every matching record.
	Uncounted bool
}

// Size is the number of records on the page: Limit, or the default without one,
// or the largest allowed.
func (r Request) Size() int {
	if r.Limit <= 0 {
		return DefaultLimit
	}
	return min(r.Limit, MaxLimit)
}

// Mark is a record's place in a list by creation time.
type Mark struct {
	CreatedAt time.Time
	ID        string
}

// Page is the answer. Total counts the matching records on all pages, More says
// that some follow.
type Page[T any] struct {
	Items []T
	Skip  int
	Total int
	More  bool
}
