// Package store keeps every record of Latchkey in one SQL database, SQLite or
// PostgreSQL, chosen by URL. DB implements the Store interfaces that the domain
// packages declare; each of its files holds the records of one of them.
//
// The store decides nothing: rules live in the domain, which passes functions
// that change a loaded record. Such a function runs inside a transaction and
// may run again when the transaction is retried, so it must have no effect
// beyond the record, must not call the store, and must not wait for the network.
package store
