package httpapi

import (
	"math/big"
	"net/http"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/google/go-cmp/cmp"

	"github.com/latchkey-dev/latchkey/internal/session"
)

// grant is the session that all ways of writing it below ask for.
var grant = session.CreateParams{
	AccountID:  accountID,
	ChainID:    80002,
	Key:        session.Key{Address: signer},
	ValidAfter: 10,
	ValidUntil: 2_000_000_000,
	Limit:      5,
	Whitelist:  []common.Address{nft},
	FeeLimit:   big.NewInt(1000),
	Optimistic: true,
}

var equalAmounts = cmp.Comparer(func(a, b *big.Int) bool {
	return (a == nil) == (b == nil) && (a == nil || a.Cmp(b) == 0)
})

func TestBodiesMeanTheSameHoweverTheyAreWritten(t *testing.T) {
	t.Parallel()
	form := "address=" + signer.Hex() + "&chainId=80002&validAfter=10&validUntil=2000000000&account=" + accountID + "&limit=5&feeLimit=1000&optimistic=true"
	object := `"address":"` + signer.Hex() + `","account":"` + accountID + `","feeLimit":"1000",`
	cases := map[string]struct{ contentType, body string }{
		"JSON":                      {jsonType, `{` + object + `"chainId":80002,"validAfter":10,"validUntil":2000000000,"limit":5,"whitelist":["` + nft.Hex() + `"],"optimistic":true}`},
		"JSON with charset":         {"application/json; charset=UTF-8", `{` + object + `"chainId":80002,"validAfter":10,"validUntil":2000000000,"limit":5,"whitelist":["` + nft.Hex() + `"],"optimistic":true}`},
		"JSON without content type": {"", `{` + object + `"chainId":80002,"validAfter":10,"validUntil":2000000000,"limit":5,"whitelist":["` + nft.Hex() + `"],"optimistic":true}`},
		"JSON of texts":             {jsonType, `{` + object + `"chainId":"80002","validAfter":"10","validUntil":" 2000000000 ","limit":"5","whitelist":"` + nft.Hex() + `","optimistic":"true"}`},
		"JSON of floats":            {jsonType, `{` + object + `"chainId":80002.0,"validAfter":1e1,"validUntil":2.0e9,"limit":5,"whitelist":["` + nft.Hex() + `"],"optimistic":true}`},
		"JSON with nulls and more":  {jsonType, `{` + object + `"chainId":80002,"validAfter":10,"validUntil":2000000000,"limit":5,"whitelist":["` + nft.Hex() + `"],"optimistic":true,"policy":null,"player":null,"more":{"x":1}}`},
		"form":                      {formType, form + "&whitelist=" + nft.Hex()},
		"form with []":              {formType, form + "&whitelist[]=" + nft.Hex()},
		"form with [0]":             {formType, form + "&whitelist%5B0%5D=" + nft.Hex()},
		"form with charset":         {formType + "; charset=utf-8", form + "&whitelist=" + nft.Hex()},
		"form with spaces":          {formType, strings.Replace(form, "chainId=80002", "chainId= 80002", 1) + "&whitelist=" + nft.Hex()},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t)
			r := a.do("POST", "/v1/sessions", tc.contentType, tc.body)
			if r.Code != http.StatusOK {
				t.Fatalf("got %d: %s", r.Code, r.Body)
			}
			if diff := cmp.Diff(grant, a.asked, equalAmounts); diff != "" {
				t.Errorf("what the domain was asked (-want +got):\n%s", diff)
			}
		})
	}
}

func TestBadBodies(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		contentType, body string
		headers           []string
		status            int
		want              string
	}{
		"broken JSON":              {jsonType, "{\n  \"chainId\": 80002,,\n}", nil, 400, "body: is not JSON at line 2, column 20: invalid character ','"},
		"cut JSON":                 {jsonType, `{"chainId": 8`, nil, 400, "body: is not JSON: ends too early at line 1, column 14"},
		"more after JSON":          {jsonType, "{} {}", nil, 400, "body: goes on after the end of its JSON value at line 1, column 4"},
		"JSON list":                {jsonType, `[1]`, nil, 400, "body: must be a JSON object, is a list of 1"},
		"JSON null":                {jsonType, `null`, nil, 400, "body: must be a JSON object, is null"},
		"JSON text":                {jsonType, `"x"`, nil, 400, `body: must be a JSON object, is "x"`},
		"deep JSON":                {jsonType, strings.Repeat(`{"a":`, 20_000), nil, 400, "body: is not JSON"},
		"empty JSON":               {jsonType, "", nil, 400, "chainId: is required"},
		"empty form":               {formType, "", nil, 400, "chainId: is required"},
		"nothing at all":           {"", "", nil, 400, "chainId: is required"},
		"a form that says nothing": {"", "address=0x1", nil, 415, "Content-Type: is missing and the body is not JSON"},
		"XML":                      {"application/xml", "<a/>", nil, 415, `Content-Type: "application/xml" is not offered`},
		"multipart":                {"multipart/form-data; boundary=x", "--x", nil, 415, "is not offered"},
		"text":                     {"text/plain;charset=UTF-8", "{}", nil, 415, "is not offered"},
		"no content type at all":   {"json", "{}", nil, 415, `Content-Type: "json" is not offered`},
		"latin-1":                  {"application/json; charset=iso-8859-1", "{}", nil, 415, `charset "iso-8859-1" is not offered`},
		"compressed":               {jsonType, "{}", []string{"Content-Encoding: gzip"}, 415, `Content-Encoding: "gzip" is not offered`},
		"too large":                {jsonType, `{"a":"` + strings.Repeat("x", maxBody) + `"}`, nil, 413, "body: is larger than the limit of 1048576 bytes"},
		"NUL":                      {jsonType, `{"address":"\u0000"}`, nil, 400, "address: must be UTF-8 text without NUL"},
		"NUL in a list":            {jsonType, `{"whitelist":["0x1","\u0000"]}`, nil, 400, "whitelist[1]: must be UTF-8 text without NUL"},
		"NUL in a dropped field":   {jsonType, `{"x":{"y":"\u0000"}}`, nil, 400, "x.y: must be UTF-8 text without NUL"},
		"NUL in a key":             {jsonType, `{"\u0000":1}`, nil, 400, "body: must be UTF-8 text without NUL"},
		"form that is not UTF-8":   {formType, "address=%ff", nil, 400, "address: must be UTF-8 text"},
		"type":                     {jsonType, `{"address":["0x1"]}`, nil, 400, "address: must be a string, is a list of 1"},
		"field twice":              {formType, "address=0x1&address=0x2", nil, 400, "address: must be a string, is a list of 2"},
		"integer":                  {jsonType, `{"address":"0x1","chainId":"eighty"}`, nil, 400, `chainId: must be an integer, is "eighty"`},
		"fraction":                 {jsonType, `{"address":"0x1","chainId":1.5}`, nil, 400, "chainId: must be an integer, is 1.5"},
		"huge":                     {jsonType, `{"address":"0x1","chainId":1e999999999}`, nil, 400, "chainId: must be an integer from 0 to 9007199254740991, is 1e999999999"},
		"negative":                 {jsonType, `{"address":"0x1","chainId":-1}`, nil, 400, "chainId: must be an integer from 0 to 9007199254740991, is -1"},
		"hex":                      {formType, "address=0x1&chainId=0x13882", nil, 400, `chainId: must be an integer, is "0x13882"`},
		"not a number":             {formType, "address=0x1&chainId=NaN", nil, 400, `chainId: must be an integer, is "NaN"`},
		"empty integer":            {formType, "address=0x1&chainId=", nil, 400, `chainId: must be an integer, is ""`},
		"boolean":                  {jsonType, `{"address":"0x1","chainId":1,"optimistic":1}`, nil, 400, "optimistic: must be true or false, is 1"},
		"null in a list":           {jsonType, `{"address":"0x1","chainId":1,"whitelist":[null],"validAfter":0,"validUntil":1}`, nil, 400, "whitelist[0]: must not be null"},
		"object":                   {jsonType, `{"address":"0x1","chainId":1,"permissions":["mint"],"validAfter":0,"validUntil":1}`, nil, 400, `permissions[0]: must be an object, is "mint"`},
		"form error":               {formType, "a[=1", nil, 400, `form: the key "a["`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t)
			r := a.do("POST", "/v1/sessions", tc.contentType, tc.body, tc.headers...)
			if r.Code != tc.status || !strings.Contains(r.message(), tc.want) {
				t.Errorf("got %d %q, want %d with %q", r.Code, r.message(), tc.status, tc.want)
			}
			if len(r.message()) > 300 {
				t.Errorf("the message has %d characters", len(r.message()))
			}
			if a.creates != 0 {
				t.Error("something was created")
			}
		})
	}
}

func TestDetailsNameTheFieldAndWhatWasSent(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	r := a.post("/v1/sessions", `{"address":"0x1","chainId":"eighty"}`)
	want := `{"error":{"details":{"chainId":{"message":"chainId: must be an integer, is \"eighty\"","value":"eighty"}},"message":"chainId: must be an integer, is \"eighty\"","type":"invalid_request_error"}}` + "\n"
	if r.Body.String() != want {
		t.Errorf("got  %swant %s", r.Body, want)
	}
}
