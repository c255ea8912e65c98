// Package server puts the parts together: it opens the database, connects to
// the chain, checks the contracts, builds each service by a plain constructor,
// and runs the HTTP API beside the background jobs. Commands and tests start
// the same server. No other package imports it but the commands.
package server
