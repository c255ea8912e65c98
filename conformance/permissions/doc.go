// Command permissions shows that every limit a session key can have is kept
// twice: by the server, which refuses in words before anything is sent, and by
// the account, for a key holder who goes around the server.
//
// It starts `latchkey dev`, grants one session for each limit through the
// public API, and makes three operations with each: one inside the limit, one
// at its edge, one past it. The last one is sent once more, built and signed
// here, straight to the EntryPoint. It prints one row a limit, and ends with
// status 1 unless the contract enforced all of them.
package main
