// Package userop builds, packs and hashes ERC-4337 user operations for
// EntryPoint v0.8. It is pure: no I/O, no clock. It owns the one Go type that
// every other package uses for an operation, and the layout of the signature
// field that LatchkeyAccount accepts.
package userop
