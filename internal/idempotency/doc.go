// Package idempotency carries a request's claim on its idempotency key from
// the transport, which makes it, to the store, which notes under it what the
// request creates: in the transaction that creates, so that a repetition after
// a crash finds the record and makes no second one.
package idempotency
