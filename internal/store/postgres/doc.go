// Package postgres opens PostgreSQL databases for package store: connection
// settings, error codes and migrations. Any number of processes may open the
// same database; the first to come migrates it while the others wait.
package postgres
