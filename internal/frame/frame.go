package frame

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"path"
	"strings"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

// Origins knows which pages may embed the wallet of a project, which is named by
// its publishable key. It answers origins as browsers write them, of which the
// port may be *. A key that is unknown is a fault of kind Unauthorized.
type Origins interface {
	AllowedOrigins(ctx context.Context, publishableKey string) ([]string, error)
}

// Page serves the wallet page at /iframe/{publishableKey} and its files below
// /iframe/assets/.
type Page struct {
	origins Origins
	version string
	log     *slog.Logger
	page    *template.Template
	assets  map[string]asset
}

type asset struct {
	body []byte
	tag  string // changes with the body
}

// New reads the files of the page. files has page.html and modules.
func New(files fs.FS, origins Origins, version string, log *slog.Logger) (*Page, error) {
	p := &Page{origins: origins, version: version, log: log, assets: make(map[string]asset)}
	var err error
	if p.page, err = template.ParseFS(files, "page.html"); err != nil {
		return nil, fmt.Errorf("read wallet page: %w", err)
	}
	err = fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) != ".mjs" {
			return err
		}
		body, err := fs.ReadFile(files, name)
		sum := sha256.Sum256(body)
		p.assets[name] = asset{body: body, tag: `"` + hex.EncodeToString(sum[:16]) + `"`}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read wallet page: %w", err)
	}
	return p, nil
}

// Patterns of what the page serves, for net/http.
const (
	PagePattern   = "GET /iframe/{publishableKey}"
	AssetsPattern = "GET /iframe/assets/{name...}"
)

// ServePage serves the page to browsers. Pages that the project does not allow
// cannot embed it: the browser itself refuses to show it there.
func (p *Page) ServePage(w http.ResponseWriter, r *http.Request) {
	key := r.PathValue("publishableKey")
	origins, err := p.origins.AllowedOrigins(r.Context(), key)
	if err != nil {
		p.refuse(w, r, err)
		return
	}
	var body bytes.Buffer
	settings := struct {
		PublishableKey string   `json:"publishableKey"`
		AllowedOrigins []string `json:"allowedOrigins"`
		Version        string   `json:"version"`
	}{key, origins, p.version}
	if err := p.page.Execute(&body, settings); err != nil {
		p.refuse(w, r, err)
		return
	}
	restrict(w.Header(), origins)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(body.Bytes()) // a client that went away has no use for an error
}

// restrict lets the page run its own scripts and call this server. A script that
// somebody slipped in would find nobody else to talk to.
func restrict(h http.Header, origins []string) {
	ancestors := "'none'"
	if len(origins) > 0 {
		ancestors = strings.Join(origins, " ")
	}
	h.Set("Content-Security-Policy", strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		"connect-src 'self'",
		"base-uri 'none'",
		"form-action 'none'",
		"require-trusted-types-for 'script'",
		"frame-ancestors " + ancestors,
	}, "; "))
	h.Set("Permissions-Policy", "camera=(), clipboard-read=(), clipboard-write=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Origin-Agent-Cluster", "?1")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin") // also in apps that isolate themselves
	h.Set("X-Content-Type-Options", "nosniff")
}

func (p *Page) refuse(w http.ResponseWriter, r *http.Request, err error) {
	restrict(w.Header(), nil)
	if fault.Is(err, fault.Unauthorized) || fault.Is(err, fault.Invalid) {
		http.Error(w, "There is no wallet page here: the address must end with the publishable key of a project, pk_…", http.StatusNotFound)
		return
	}
	p.log.ErrorContext(r.Context(), "serve wallet page", "error", err)
	http.Error(w, "internal error", http.StatusInternalServerError)
}

// ServeAsset serves a module of the page.
func (p *Page) ServeAsset(w http.ResponseWriter, r *http.Request) {
	a, ok := p.assets[r.PathValue("name")]
	if !ok {
		http.Error(w, "There is no such file of the wallet page.", http.StatusNotFound)
		return
	}
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-cache") // asked for again each time, answered by tag
	h.Set("ETag", a.tag)
	if r.Header.Get("If-None-Match") == a.tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	_, _ = w.Write(a.body)
}
