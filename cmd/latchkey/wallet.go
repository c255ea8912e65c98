package main

import (
	"io/fs"

	"github.com/latchkey-dev/latchkey/web/frame"
)

// walletPage answers the files of the wallet page.
func walletPage() fs.FS {
	files, err := fs.Sub(frame.Files, "page")
	if err != nil {
		panic(err) // the name is no path: a mistake in the line above
	}
	return files
}
