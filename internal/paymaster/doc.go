// Package paymaster signs for LatchkeyPaymaster: it fills the paymaster fields
// of an operation and approves the operation for a time window. Whether to
// sponsor is decided elsewhere. The approval covers everything in the
// operation but its signature, so any later change to it voids the approval.
package paymaster
