// Package keytest has software keys on P-256 for tests, which sign as real
// clients of their kind do: DER under the hash, DER under its SHA-256 as
// WebCrypto's, or a passkey's assertion. It checks nothing; userop does.
package keytest
