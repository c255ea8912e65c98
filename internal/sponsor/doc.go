// Package sponsor owns gas policies: who pays the fee of an operation, and
// which operations. It keeps policies and their rules and decides whether a
// policy covers an operation; reserving and settling the money is done by the
// intent's transaction, which alone changes Reserved and Spent.
package sponsor
