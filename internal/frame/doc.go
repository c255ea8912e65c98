// Package frame serves the wallet page, which apps embed from another origin. It
// decides who may embed it, by the project's allowed origins, and what the page
// may do: run its own scripts and talk to this server, nothing else. The files
// are handed over by the command; the wallet itself is in them.
package frame
