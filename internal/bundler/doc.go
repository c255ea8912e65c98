// Package bundler gets signed user operations on chain from a relayer key of
// our own, through EntryPoint.handleOps. It owns the relayer's transactions
// and nonces: nobody else may send from a relayer key.
//
// A Bundler works in passes, see Step. All that it knows is in rows, every
// transaction is saved before it is sent, and a pass may be cut off at any
// point and repeated by anyone who holds the lease: an operation is included
// once, because its own nonce allows no more, and none is lost.
package bundler
