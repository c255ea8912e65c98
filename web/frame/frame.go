// Package frame holds the wallet page: what a browser loads into the frame in
// which a user's owner key lives. The page's own files are served as they are;
// page/vendor is made by vendor.mjs.
package frame

import "embed"

//go:generate node vendor.mjs

// Files are the files of the page, under page/.
//
//go:embed page
var Files embed.FS
