package httpapi

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// Whatever is sent, to whichever route: an answer or a refusal, never a 5xx.
func FuzzRequests(f *testing.F) {
	for i, req := range workingRequests {
		f.Add(i, jsonType, req.body, "limit=1&expand=player")
	}
	f.Add(0, formType, "metadata[a][b]=1&metadata[a]=2", "expand[]=accounts")
	create := slices.IndexFunc(workingRequests, func(req workingRequest) bool { return req.path == "/v1/sessions" })
	f.Add(create, formType, "permissions[][data][calls][]=1&whitelist=&limit=", "order=%ff")
	f.Add(create, jsonType, `{"address":null,"permissions":[[]],"feeLimit":"00","limit":1e18}`, "skip=1e300")
	for _, permission := range somePermissions {
		f.Add(create, jsonType, someTerms+`,"permissions":[`+permission+`]}`, "")
	}
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

// somePermissions are for the fuzzer to start from.
var somePermissions = []string{
	`{"type":"contract-call","data":{"address":"0x5fbdb2315678afecb367f032d93f642f64180aa3","calls":["a",{"function":"b","limit":1,"args":[{"index":1,"eq":"0x1","in":[1,true],"mask":{"mask":"0xff","value":1},"total":"9"}]}]}}`,
	`{"type":"native-token-transfer","data":{"perCall":"1"},"policies":[{"type":"token-allowance","data":{"allowance":"0x5"}}]}`,
	`{"type":"erc20-token-stream","data":{"address":"0x5fbdb2315678afecb367f032d93f642f64180aa3","amountPerSecond":"1","startTime":5}}`,
	`{"type":"erc1155-token-transfer","data":{"address":"0x5fbdb2315678afecb367f032d93f642f64180aa3","allowances":[{"tokenId":"1","amount":"2"}]},"policies":[{"type":{"custom":"call-limit"},"data":{"limit":1}}]}`,
	`{"type":"typed-data","data":{"domain":{"name":"x","chainId":1},"primaryType":"M","types":{"M":[{"name":"a","type":"N[2]"}],"N":[{"name":"b","type":"bytes32[]"}]}}}`,
}
