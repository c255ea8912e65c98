package httpapi

import (
	"net/http"
	"strings"
)

// allowedHeaders are those that browsers may send: what the official SDKs
// send, and our own.
var allowedHeaders = strings.Join([]string{
	"Authorization", "Content-Type", "X-Project-Key", "X-Player-Token", "X-Auth-Provider", "X-Token-Type",
	"X-Native-App-Identifier", "X-Request-Id", "X-Idempotency-Key", "X-Behalf-Of-Project", "X-Game",
	// Of the client for the share storage, which sends a header with a name that
	// belongs in answers.
	"X-Api-Key", "X-Openfort-Provider", "X-Openfort-Token-Type", "X-Encryption-Session", "X-User-Id", "Access-Control-Allow-Origin",
}, ", ")

// cors lets pages of any origin ask, and read why they are refused: a preflight
// does not say for which project it is. What a page may do is decided when the
// project is known, by its origins, and by the request's headers, never by
// cookies.
func cors(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Expose-Headers", "X-Request-Id, X-Idempotent-Replayed")
		if r.Method != http.MethodOptions {
			next.ServeHTTP(w, r)
			return
		}
		h.Set("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE, OPTIONS")
		h.Set("Access-Control-Allow-Headers", allowedHeaders)
		h.Set("Access-Control-Max-Age", "7200")
		w.WriteHeader(http.StatusNoContent)
	})
}
