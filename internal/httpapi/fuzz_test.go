package httpapi

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Whatever is sent, to whichever route: an answer or a refusal, never a 5xx.
func FuzzRequests(f *testing.F) {
	for i, req := range workingRequests {
		f.Add(i, jsonType, req.body, "limit=1&expand=player")
	}
	f.Add(0, formType, "metadata[a][b]=1&metadata[a]=2", "expand[]=accounts")
	f.Add(31, formType, "permissions[][data][calls][]=1&whitelist=&limit=", "order=%ff")
	f.Add(31, jsonType, `{"address":null,"permissions":[[]],"feeLimit":"00","limit":1e18}`, "skip=1e300")
	a := newAPI(f)
	f.Fuzz(func(t *testing.T, n int, contentType, body, query string) {
		req := workingRequests[uint(n)%uint(len(workingRequests))]
		path, _, _ := strings.Cut(req.path, "?")
		r := httptest.NewRequest(req.method, path, strings.NewReader(body))
		r.URL.RawQuery = query
		r.Header.Set("Authorization", "Bearer "+secret)
		r.Header.Set("Content-Type", contentType)
		rec := httptest.NewRecorder()
		a.handler.ServeHTTP(rec, r)
		if rec.Code >= http.StatusInternalServerError {
			t.Errorf("%s %s?%s with %q: got %d %s", req.method, path, query, body, rec.Code, rec.Body)
		}
		a.log.Reset()
	})
}
