package httpapi

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// The API's routes and pages stay its own beside a dashboard that takes the rest.
func TestBeside(t *testing.T) {
	t.Parallel()
	says := func(word string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, word) })
	}
	h := newBeside(says("api"), says("console"),
		[]route{{method: "GET", pattern: "/v1/players/{id}"}, {method: "GET", pattern: "/health"}},
		map[string]http.Handler{"GET /iframe/{publishableKey}": nil, "/.well-known/keys": nil})
	for _, tc := range []struct{ method, path, key, want string }{
		{"GET", "/", "", "console"},
		{"GET", "/sessions/ses_1", "", "console"},
		{"GET", "/iframes", "", "console"},
		{"GET", "/v1/players/pla_1", "", "api"},
		{"GET", "/v9/unknown", "", "api"},
		{"GET", "//v1/players", "", "api"},
		{"GET", "/health", "", "api"},
		{"GET", "/iframe/pk_test_1", "", "api"},
		{"GET", "/iframe/assets/main.mjs", "", "api"},
		{"GET", "/.well-known/keys", "", "api"},
		{"GET", "/misspelt", "Bearer sk_test_1", "api"},
		{"OPTIONS", "/sessions", "", "api"},
	} {
		r := httptest.NewRequest(tc.method, "http://localhost", nil)
		r.URL.Path = tc.path
		r.Header.Set("Authorization", tc.key)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Body.String() != tc.want {
			t.Errorf("%s %s: answered by %s, want %s", tc.method, tc.path, w.Body, tc.want)
		}
	}
}
