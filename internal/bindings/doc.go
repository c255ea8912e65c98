// Package bindings holds the Go bindings of the contracts, their creation
// codes, and the addresses that follow from them: every contract is deployed
// by CREATE2, so a code and its constructor arguments decide where it is on
// any chain. All files but doc.go, addresses.go and runtime.go are generated
// from contracts/ and are never edited.
package bindings

//go:generate go run ../../contracts/script/generate -contracts ../../contracts -out .
