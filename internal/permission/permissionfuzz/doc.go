// Package permissionfuzz compares package permission with the account
// contract: on random permissions, states and operations, which it draws near
// their limits, both must give the same answer, name the same rule, and leave
// the same state behind. The contract runs in Go's own EVM in both homes.
package permissionfuzz
