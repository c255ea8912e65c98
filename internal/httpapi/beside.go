package httpapi

import (
	"net/http"
	"path"
	"regexp"
	"strings"
)

// beside lets another handler serve the paths that the API does not: requests
// go to the API when their path begins as one of its routes or pages does, or
// with a version, and when they carry an API key.
type beside struct {
	api, other http.Handler
	segments   map[string]bool
}

func newBeside(api, other http.Handler, routes []route, pages map[string]http.Handler) http.Handler {
	b := beside{api: api, other: other, segments: make(map[string]bool)}
	for _, r := range routes {
		b.segments[firstSegment(r.pattern)] = true
	}
	for pattern := range pages {
		b.segments[firstSegment(pattern[strings.Index(pattern, "/"):])] = true
	}
	return b
}

var version = regexp.MustCompile(`^v[0-9]+$`)

func (b beside) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	first := firstSegment(r.URL.Path)
	if b.segments[first] || version.MatchString(first) || r.Header.Get("Authorization") != "" || r.Method == http.MethodOptions {
		b.api.ServeHTTP(w, r)
		return
	}
	b.other.ServeHTTP(w, r)
}

func firstSegment(p string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path.Clean("/"+p), "/"), "/")
	return first
}
