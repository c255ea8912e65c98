package console

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
)

// assets serves static files under a path that names their content, so that
// browsers may keep them for ever.
type assets struct {
	prefix string
	files  http.Handler
}

func newAssets(files fs.FS) (assets, error) {
	sum := sha256.New()
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, path)
		fmt.Fprintf(sum, "%s %d\n", path, len(content))
		sum.Write(content)
		return err
	})
	if err != nil {
		return assets{}, fmt.Errorf("read the dashboard's files: %w", err)
	}
	prefix := "/static/" + hex.EncodeToString(sum.Sum(nil)[:6])
	return assets{prefix: prefix, files: http.StripPrefix(prefix, http.FileServerFS(files))}, nil
}

func (a assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path[len(r.URL.Path)-1] == '/' { // no lists of files
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	a.files.ServeHTTP(w, r)
}
