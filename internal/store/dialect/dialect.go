// Package dialect names what the two databases say or do differently. Every
// statement of package store is one text for both; where they cannot agree, the
// text takes a piece from here.
package dialect

// Dialect is what package store must know of one database.
type Dialect struct {
	Name string
	// Lock ends a SELECT whose rows the transaction will change. It is empty
	// where a writing transaction locks the whole database.
	Lock string
	// Now is the expression for database time, in microseconds since 1970 UTC.
	Now string
	// Bytewise follows text that is to be compared byte by byte. It is empty
	// where all text is.
	Bytewise string
	// UniqueViolation answers the unique rule that err says was broken. rule
	// holds the name of the index or of its columns, so callers may only look
	// for a word that both hold.
	UniqueViolation func(err error) (rule string, ok bool)
	// ForeignKeyViolation reports whether err says that a referenced row is
	// missing, or that a row is still referenced.
	ForeignKeyViolation func(err error) bool
	// Retryable reports whether the same transaction may succeed when it is run
	// again from its beginning: deadlock, serialization failure, busy database.
	Retryable func(err error) bool
}
