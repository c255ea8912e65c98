// Package words says in plain English what a permission lets a session key do,
// and which of it an owner should think about twice. It leaves nothing out: what
// it has no name for it shows as the permission holds it. Pure, no I/O.
package words
