// Package sqlite opens SQLite files for package store: connection settings,
// error codes and migrations. One connection writes and a pool reads, because
// SQLite has one writer at a time whatever the pool's size; queueing for it in
// the process is fair and does not poll.
package sqlite
