// Package intent owns the flow of one request from created to final: it
// resolves what the client asked for, builds the operation and has it
// estimated and sponsored, saves it with its nonce lane and reservation, takes
// the client's signature, queues the signed operation for the bundler, and
// settles what the chain made of it. No other package moves an intent from one
// status to the next.
//
// Every step is one ChangeIntent transaction that looks at the status first,
// so that a step may run twice. The chain, the paymaster and the bundler are
// reached through the small interfaces in service.go.
package intent
