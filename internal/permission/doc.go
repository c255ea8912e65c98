// Package permission is what a session key may do: the model, its packed
// canonical encoding, its identity on chain, and the decision whether it
// allows an operation. The decision mirrors LatchkeyAccount rule by rule and
// in the same order, so that a refusal can be explained before anything is
// sent; the contract alone enforces. The package is pure: chain state and
// time come in as values. The format is described in docs/permission-format.md.
package permission
