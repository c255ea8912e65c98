// Package devchain runs a complete Ethereum chain inside the process: the
// go-ethereum node, its transaction pool and EVM with every current fork, and
// a sealer that answers each transaction with a block at once. It serves
// JSON-RPC (eth, net, web3, debug, evm) on a loopback port of its own.
//
// A chain with a data directory survives kill -9: what a receipt has reported
// is there after the next start. The package knows nothing of Latchkey's
// contracts; deploy puts them on this chain as on any other.
package devchain
