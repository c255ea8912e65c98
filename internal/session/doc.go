// Package session owns session keys: it turns a request into a permission,
// decides whether a key may be granted, and says what a session's status and
// usage are, from its stored state, the chain's status word and chain time.
//
// Registering and revoking are operations of the account; the Operations
// interface, which package intent implements, builds, saves and sends them.
// What a session may do is decided by package permission and, on chain, by the
// account contract; never here.
package session
