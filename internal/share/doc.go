// Package share keeps the server's parts of embedded wallets: of each owner key
// that a user's browser made, a server share for each of the user's devices, and
// the recovery share as the browser sealed it. It never sees a key, and what it
// keeps is not enough to make one. A project's automatic recovery needs entropy
// of which the project's own server holds the other half; that half is only ever
// in memory, while an encryption session is open.
package share
