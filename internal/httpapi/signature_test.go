package httpapi

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/session"
)

var signaturePaths = []string{"/v1/sessions/" + sessionID + "/signature", "/v1/transaction_intents/" + intentID + "/signature"}

func (a *api) signature() string {
	switch asked := a.asked.(type) {
	case session.SignParams:
		return string(asked.Signature)
	case intent.SignParams:
		return string(asked.Signature)
	}
	return ""
}

func TestSignature(t *testing.T) {
	t.Parallel()
	form := "must be 0x hex of 65 bytes (r, s, v), or for a P-256 key of 64 bytes (r, s) or DER, is "
	cases := map[string]struct{ contentType, body, want string }{
		"not hex":               {formType, "signature=xyz...", "signature: " + form + "6 characters of something else"},
		"odd":                   {jsonType, `{"signature":"0x` + strings.Repeat("a", 129) + `"}`, "signature: " + form + "131"},
		"without 0x":            {jsonType, `{"signature":"` + strings.Repeat("ab", 65) + `"}`, "signature: " + form + "130"},
		"empty":                 {jsonType, `{"signature":""}`, "signature: " + form + "0"},
		"too short":             {jsonType, `{"signature":"0xabc0"}`, "signature: must be 65 bytes (r, s, v), or for a P-256 key 64 bytes (r, s) or DER, is 2 bytes"},
		"too long":              {jsonType, `{"signature":"0x` + strings.Repeat("ab", 66) + `"}`, "signature: must be 65 bytes"},
		"DER with a tail":       {jsonType, `{"signature":"0x300602010102010200"}`, "signature: must be 65 bytes"},
		"missing":               {jsonType, `{}`, "signature: is required"},
		"a JSON number":         {jsonType, `{"signature":1}`, "signature: must be a string, or an object with a passkey's assertion"},
		"an empty assertion":    {jsonType, `{"signature":{}}`, "signature.authenticatorData: is required as base64url text"},
		"half an assertion":     {jsonType, `{"signature":{"authenticatorData":"AQ","clientDataJSON":"AQ"}}`, "signature.signature: is required as base64url text"},
		"assertion in base64":   {jsonType, `{"signature":{"authenticatorData":"+/8=","clientDataJSON":"AQ","signature":"AQ"}}`, "signature.authenticatorData: is required as base64url text"},
		"assertion of an array": {jsonType, `{"signature":{"authenticatorData":[1],"clientDataJSON":"AQ","signature":"AQ"}}`, "signature.authenticatorData: is required as base64url text"},
		"broken JSON in a form": {formType, `signature={"authenticatorData":`, "signature: must be JSON when it starts with a brace"},
	}
	for _, path := range signaturePaths {
		for name, tc := range cases {
			a := newAPI(t)
			r := a.do("POST", path, tc.contentType, tc.body, "Authorization: Bearer "+publishable)
			if r.Code != http.StatusBadRequest || !strings.Contains(r.message(), tc.want) {
				t.Errorf("%s: got %d %q, want 400 with %q", name, r.Code, r.message(), tc.want)
			}
			if a.asked != nil {
				t.Errorf("%s: the domain was asked", name)
			}
		}
		a := newAPI(t)
		r := a.do("POST", path, formType, "signature="+goodSignature+"&optimistic=true", "Authorization: Bearer "+publishable)
		if r.Code != http.StatusOK {
			t.Errorf("good signature in a form: got %d: %s", r.Code, r.Body)
		}
		// Whatever the domain calls a bad signature: 401 would log the user out.
		a.fail = fault.New(fault.Unauthorized, "a stranger signed this")
		if r := a.post(path, `{"signature":"`+goodSignature+`"}`); r.Code != http.StatusBadRequest || r.message() != "a stranger signed this" {
			t.Errorf("bad signature: got %d %q, want 400", r.Code, r.message())
		}
	}
}

func TestSignatureReachesTheDomain(t *testing.T) {
	t.Parallel()
	assertion := `{"authenticatorData":"SZYN","clientDataJSON":"eyJ0","signature":"MEUC"}`
	cases := map[string]struct{ contentType, body, want string }{
		"secp256k1":           {jsonType, `{"signature":"0x` + strings.Repeat("6b", 65) + `"}`, strings.Repeat("k", 65)},
		"P-256":               {jsonType, `{"signature":"0x` + strings.Repeat("6b", 64) + `"}`, strings.Repeat("k", 64)},
		"P-256 in DER":        {jsonType, `{"signature":"0x3006020101020102"}`, "0\x06\x02\x01\x01\x02\x01\x02"},
		"passkey":             {jsonType, `{"signature":` + assertion + `}`, assertion},
		"padded, with more":   {jsonType, `{"signature":{"authenticatorData":"SZYN","clientDataJSON":"eyJ0","signature":"MEU=","userHandle":null,"type":"x"}}`, strings.Replace(assertion, "MEUC", "MEU", 1)},
		"passkey in a form":   {formType, "signature[authenticatorData]=SZYN&signature[clientDataJSON]=eyJ0&signature[signature]=MEUC", assertion},
		"JSON text in a form": {formType, "signature=" + assertion, assertion},
	}
	for _, path := range signaturePaths {
		for name, tc := range cases {
			a := newAPI(t)
			if r := a.do("POST", path, tc.contentType, tc.body, "Authorization: Bearer "+publishable); r.Code != http.StatusOK {
				t.Errorf("%s: got %d: %s", name, r.Code, r.Body)
			}
			if got := a.signature(); got != tc.want {
				t.Errorf("%s: the domain got %q, want %q", name, got, tc.want)
			}
		}
	}
}

// A grant is signed as typed data: there is no operation to show.
func TestNextActionOfAGrant(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.session.Session.Registration = session.FirstUse
	a.session.NextAction = &session.NextAction{SignableHash: opHash, TypedData: json.RawMessage(`{"primaryType":"Session"}`), ExpiresAt: 5}
	r := a.get("/v1/sessions/" + sessionID)
	want := `"payload":{"expiresAt":5,"signableHash":"` + opHash.Hex() + `","typedData":{"primaryType":"Session"},"userOpHash":"` + opHash.Hex() + `","userOperationHash":"` + opHash.Hex() + `"}`
	if !strings.Contains(r.Body.String(), want) || !strings.Contains(r.Body.String(), `"registration":"first-use"`) {
		t.Errorf("got %s, want %s", r.Body, want)
	}
}
