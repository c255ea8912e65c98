// Package vault encrypts what the database keeps of other people's secrets, with
// a key of the environment that is never in the database. Each ciphertext is
// bound to the place that it is kept in, so that a row copied over another is
// not opened. A vault protects against a thief of the database, and of nothing
// more: whoever has the key as well can open everything.
package vault
