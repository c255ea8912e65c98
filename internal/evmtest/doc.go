// Package evmtest is a bare EVM to compare the pure packages with: the contracts
// as they are deployed everywhere, in memory, without node, blocks or network.
// It runs thousands of operations a second. Tests that need a chain's
// behaviour use package devchain.
package evmtest
