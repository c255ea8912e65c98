package frame_test

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/frame"
	page "github.com/latchkey-dev/latchkey/web/frame"
)

// allowed is what each publishable key allows.
type allowed map[string][]string

func (a allowed) AllowedOrigins(_ context.Context, key string) ([]string, error) {
	if key == "pk_broken" {
		return nil, errors.New("no database")
	}
	origins, ok := a[key]
	if !ok {
		return nil, fault.New(fault.Unauthorized, "the API key is unknown here")
	}
	return origins, nil
}

func newPage(t *testing.T) http.Handler {
	t.Helper()
	files, err := fs.Sub(page.Files, "page")
	if err != nil {
		t.Fatal(err)
	}
	origins := allowed{"pk_test_1": {"https://app.example", "http://localhost:*"}, "pk_test_none": nil, "pk_test_</script>": {"https://app.example"}}
	p, err := frame.New(files, origins, "v1", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc(frame.PagePattern, p.ServePage)
	mux.HandleFunc(frame.AssetsPattern, p.ServeAsset)
	return mux
}

func get(h http.Handler, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	if len(header) == 2 {
		r.Header.Set(header[0], header[1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestOnlyAllowedPagesEmbedIt(t *testing.T) {
	t.Parallel()
	h := newPage(t)
	for _, c := range []struct{ path, ancestors string }{
		{"/iframe/pk_test_1", "frame-ancestors https://app.example http://localhost:*"},
		{"/iframe/pk_test_1?debug=true", "frame-ancestors https://app.example http://localhost:*"},
		{"/iframe/pk_test_none", "frame-ancestors 'none'"},
		{"/iframe/pk_test_unknown", "frame-ancestors 'none'"},
		{"/iframe/pk_broken", "frame-ancestors 'none'"},
	} {
		policy := get(h, c.path).Header().Get("Content-Security-Policy")
		if !strings.HasSuffix(policy, "; "+c.ancestors) {
			t.Errorf("%s: policy is %q, want %q at its end", c.path, policy, c.ancestors)
		}
		for _, part := range []string{"default-src 'none'", "script-src 'self'", "connect-src 'self'", "require-trusted-types-for 'script'"} {
			if !strings.Contains(policy, part+";") {
				t.Errorf("%s: policy %q lacks %q", c.path, policy, part)
			}
		}
		if strings.Contains(policy, "unsafe") || strings.Contains(policy, " * ") {
			t.Errorf("%s: policy is %q", c.path, policy)
		}
	}
}

func TestPageTellsItsSettings(t *testing.T) {
	t.Parallel()
	h := newPage(t)
	w := get(h, "/iframe/pk_test_1")
	want := `<script id="settings" type="application/json">{"publishableKey":"pk_test_1","allowedOrigins":["https://app.example","http://localhost:*"],"version":"v1"}</script>`
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
		t.Errorf("%d %s, want %s in it", w.Code, w.Body, want)
	}
	if got := w.Header().Get("Content-Type"); got != "text/html; charset=utf-8" {
		t.Errorf("content type is %s", got)
	}
	if w := get(h, "/iframe/pk_test_%3C%2Fscript%3E"); strings.Count(w.Body.String(), "</script>") != 2 {
		t.Errorf("a key closes the settings: %s", w.Body)
	}
	for path, status := range map[string]int{"/iframe/pk_test_unknown": 404, "/iframe/pk_broken": 500} {
		if w := get(h, path); w.Code != status || strings.Contains(w.Body.String(), "database") || strings.Contains(w.Body.String(), "<script") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

func TestAssets(t *testing.T) {
	t.Parallel()
	h := newPage(t)
	w := get(h, "/iframe/assets/main.mjs")
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/javascript; charset=utf-8" || !strings.Contains(w.Body.String(), "WindowMessenger") {
		t.Errorf("main.mjs: %d %v", w.Code, w.Header())
	}
	if w := get(h, "/iframe/assets/vendor/libraries.mjs"); w.Code != http.StatusOK {
		t.Errorf("libraries.mjs: %d", w.Code)
	}
	if again := get(h, "/iframe/assets/main.mjs", "If-None-Match", w.Header().Get("ETag")); again.Code != http.StatusNotModified || again.Body.Len() != 0 {
		t.Errorf("an unchanged file: %d", again.Code)
	}
	for _, none := range []string{"page.html", "..%2Fvendor.mjs", "vendor", "none.mjs", ""} {
		if w := get(h, "/iframe/assets/"+none); w.Code != http.StatusNotFound {
			t.Errorf("%q: %d, want 404", none, w.Code)
		}
	}
}
