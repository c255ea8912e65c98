// Package web holds the dashboard's static files, embedded: its own style and
// scripts in assets, and in vendor what comes from npm, unchanged, at the
// version that each name tells. It knows nothing of what they are used for.
package web

import "embed"

// Files has the folders assets and vendor.
//
//go:embed assets vendor
var Files embed.FS
