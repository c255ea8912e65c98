// Package account keeps smart accounts: which player owns which address on
// which chain, by which key, and what the address was computed from. It creates
// records only; the contract is deployed together with its first operation.
package account
