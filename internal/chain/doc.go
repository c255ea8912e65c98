// Package chain is the server's way to an EVM chain: reads of accounts,
// sessions, deposits and fees, simulation of operations, and the sending and
// following of transactions. It speaks plain JSON-RPC to one or several nodes
// of one chain and moves on to the next when one cannot be reached.
//
// Who calls decides what to do about an answer. So errors keep three things
// apart: ErrUnavailable (no node answered, nothing is known), *RevertError
// (the EVM reverted, with its data), and everything else, which a node refused.
package chain
