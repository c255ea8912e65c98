// Package auth owns projects and their API keys: it makes keys, tells who sent
// a request by the key it carries, and says whether a key may do something. Keys
// are kept only as hashes; the one moment to read them is when they are made.
package auth
