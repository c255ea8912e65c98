//go:build !unix

package main

import "os"

// lockFile opens a file. Systems without flock do not keep a second process
// out of the data folder; the chain's own database lock does.
func lockFile(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
}
