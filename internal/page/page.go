// Package page describes one page of a list, asked for and answered.
package page

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

// Request asks for the records [Skip, Skip+Limit) in Order.
type Request struct {
	Limit int
	Skip  int
	Order Order
}

// Page is the answer. Total counts the matching records on all pages.
type Page[T any] struct {
	Items []T
	Skip  int
	Total int
}
