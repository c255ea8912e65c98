package httpapi

import (
	"math/big"
	"net/http"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/google/go-cmp/cmp"

	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/session"
)

// The shape that the official SDKs read, and our additions.
func TestSessionAnswer(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.session.Notice = "validUntil was read as absolute"
	op := `{"callData":"0xb61d","callGasLimit":"0x186a0","maxFeePerGas":"0x77359400","maxPriorityFeePerGas":"0x1","nonce":"0x5",` +
		`"paymaster":"0x0000000000000000000000000000000000000BA1","paymasterData":"0x","paymasterPostOpGasLimit":"0x0","paymasterVerificationGasLimit":"0x7530",` +
		`"preVerificationGas":"0xc350","sender":"0x000000000000000000000000000000000000abC1","signature":"","verificationGasLimit":"0x30d40"}`
	hash := `"0x25d3b1c0a0e8ffb5a7a4a4c0dd0a1f0c9f6e5d4c3b2a19181716151413120f0e"`
	want := `{"account":{"id":"` + accountID + `"},"address":"` + signer.Hex() + `","createdAt":1795348800,` +
		`"description":"may call anything on ` + token.Hex() + ` and call 0x6a627842 on “nft” (` + nft.Hex() + `), 3 times, with at most 0.000000000000001 ETH of fees, until 2033-05-18 03:33:20 UTC",` +
		`"feeLimit":"1000","id":"` + sessionID + `","isActive":false,"limit":3,` +
		`"nextAction":{"payload":{"expiresAt":1900000000,"signableHash":` + hash + `,"userOp":` + op + `,"userOpHash":` + hash + `,"userOperation":` + op + `,"userOperationHash":` + hash + `},"type":"sign_with_wallet"},` +
		`"notice":"validUntil was read as absolute","object":"session",` +
		`"permissions":[{"data":{"address":"` + token.Hex() + `"},"type":"contract-call"},{"data":{"address":"` + nft.Hex() + `","calls":["0x6a627842"]},"type":"contract-call"}],` +
		`"registration":"onchain","signer":{"type":"secp256k1"},"status":"pending","sudo":false,"transactionIntents":[{"id":"` + intentID + `"}],"updatedAt":1795348800,` +
		`"usage":{"feeLimit":{"left":"600","limit":"1000","used":"400"},"limit":{"left":2,"limit":3,"used":1}},` +
		`"validAfter":"0","validUntil":"2000000000",` +
		`"warnings":["every function of ` + token.Hex() + ` may be called, also those that move or approve assets","it lasts longer than a year"],"whitelist":["` + token.Hex() + `","` + nft.Hex() + `"]}` + "\n"
	if diff := cmp.Diff(want, a.get("/v1/sessions/"+sessionID).Body.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestSessionAnswerOfASudoKey(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.session = session.View{
		Session:    a.session.Session,
		Permission: permission.Permission{Signer: signer, ValidUntil: permission.MaxTime, Sudo: true},
		Status:     session.StatusActive,
	}
	a.session.Session.BlockedAt = &when
	r := a.get("/v1/sessions/" + sessionID)
	for _, want := range []string{
		`"sudo":true`, `"isActive":true`, `"limit":281474976710655`, `"whitelist":[]`, `"permissions":[]`, `"usage":{}`,
		`"feeLimit":"0"`, `"transactionIntents":[]`, `"validUntil":"281474976710655"`, `"blockedAt":1795348800`,
	} {
		if !strings.Contains(r.Body.String(), want) {
			t.Errorf("lacks %s: %s", want, r.Body)
		}
	}
	for _, unwanted := range []string{"nextAction", "notice"} {
		if strings.Contains(r.Body.String(), unwanted) {
			t.Errorf("has %s: %s", unwanted, r.Body)
		}
	}
}

// someTerms are the required fields of a create, for more to follow.
var someTerms = `{"address":"` + signer.Hex() + `","chainId":80002,"validAfter":0,"validUntil":2000000000`

func TestSessionTerms(t *testing.T) {
	t.Parallel()
	base := session.CreateParams{ChainID: 80002, Key: session.Key{Address: signer}, ValidUntil: 2_000_000_000}
	with := func(change func(*session.CreateParams)) session.CreateParams {
		p := base
		change(&p)
		return p
	}
	cases := map[string]struct {
		body string
		want session.CreateParams
	}{
		"none":                      {`}`, base},
		"empty whitelist":           {`,"whitelist":[]}`, base},
		"empty texts":               {`,"account":"","policy":"","externalOwnerAddress":""}`, base},
		"the limit that means none": {`,"limit":281474976710655}`, base},
		"limit":                     {`,"limit":281474976710654}`, with(func(p *session.CreateParams) { p.Limit = 281474976710654 })},
		"fee limit 0":               {`,"feeLimit":"0"}`, with(func(p *session.CreateParams) { p.FeeLimit = new(big.Int) })},
		"on-chain registration":     {`,"registration":"onchain"}`, with(func(p *session.CreateParams) { p.Registration = session.OnChain })},
		"owner of a new account":    {`,"player":"pla_1","externalOwnerAddress":"` + strings.ToLower(owner.Hex()) + `"}`, with(func(p *session.CreateParams) { p.PlayerID, p.ExternalOwner = "pla_1", &owner })},
		"functions": {
			`,"permissions":[{"type":"contract-call","data":{"address":"` + nft.Hex() + `","calls":["mint(address)","0x6a627842"]}},{"type":"contract-call","data":{"address":"` + token.Hex() + `"}}]}`,
			with(func(p *session.CreateParams) {
				p.Permissions = []session.CallGrant{{Path: "permissions[0]", Address: nft, Calls: []session.FunctionGrant{{Call: "mint(address)"}, {Call: "0x6a627842"}}}, {Path: "permissions[1]", Address: token}}
			}),
		},
		"two contracts": {
			`,"whitelist":["` + nft.Hex() + `","` + strings.ToLower(token.Hex()) + `"]}`,
			with(func(p *session.CreateParams) { p.Whitelist = []common.Address{nft, token} }),
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t)
			if r := a.post("/v1/sessions", someTerms+tc.body); r.Code != http.StatusOK {
				t.Fatalf("got %d: %s", r.Code, r.Body)
			}
			if diff := cmp.Diff(tc.want, a.asked, equalAmounts); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestPermissionsInAForm(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	r := a.do("POST", "/v1/sessions", formType, "address="+signer.Hex()+"&chainId=80002&validAfter=0&validUntil=2000000000"+
		"&permissions[0][type]=contract-call&permissions[0][data][address]="+nft.Hex()+"&permissions[0][data][calls][]=mint")
	if r.Code != http.StatusOK {
		t.Fatalf("got %d: %s", r.Code, r.Body)
	}
	want := session.CreateParams{
		ChainID: 80002, Key: session.Key{Address: signer}, ValidUntil: 2_000_000_000,
		Permissions: []session.CallGrant{{Path: "permissions[0]", Address: nft, Calls: []session.FunctionGrant{{Call: "mint"}}}},
	}
	if diff := cmp.Diff(want, a.asked, equalAmounts); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Terms that cannot be kept are refused, never dropped.
func TestRefusedTerms(t *testing.T) {
	t.Parallel()
	call := func(data string) string {
		return `,"permissions":[{"type":"contract-call","data":{"address":"` + nft.Hex() + `"` + data + `}}]}`
	}
	cases := map[string]struct{ body, want string }{
		"limit 0":                   {`,"limit":0}`, "limit: must be from 1 to 281474976710655, is 0"},
		"limit too great":           {`,"limit":281474976710656}`, "limit: must be from 1 to 281474976710655, is 281474976710656"},
		"limit negative":            {`,"limit":-3}`, "limit: must be an integer from 0"},
		"end too late":              {`,"validUntil":281474976710656}`, "validUntil: must be from 0 to 281474976710655"},
		"start too late":            {`,"validAfter":281474976710656}`, "validAfter: must be from 0 to 281474976710655"},
		"start before time":         {`,"validAfter":-1}`, "validAfter: must be an integer from 0"},
		"fee limit negative":        {`,"feeLimit":"-1"}`, "feeLimit: must be an amount in base units (wei), decimal or 0x hex"},
		"fee limit too long":        {`,"feeLimit":"` + strings.Repeat("9", 500_000) + `"}`, "feeLimit: must be at most 79228162514264337593543950335, is 9999"},
		"whitelist by id":           {`,"whitelist":["` + nft.Hex() + `","con_1"]}`, `whitelist[1]: must be an address (0x and 40 hex digits), is "con_1"`},
		"whitelist checksum":        {`,"whitelist":["0x5FbDB2315678afecb367f032d93F642f64180AA3"]}`, "whitelist[0]: has a wrong checksum"},
		"no permissions":            {`,"permissions":[]}`, "permissions: must not be empty"},
		"permission of no contract": {`,"permissions":[{"type":"contract-call","data":{}}]}`, "permissions[0].data.address: is required"},
		"permission without data":   {`,"permissions":[{"type":"contract-call"}]}`, "permissions[0].data: is required"},
		"permission by id":          {`,"permissions":[{"type":"contract-call","data":{"address":"con_1"}}]}`, "permissions[0].data.address: must be an address"},
		"amounts in a permission":   {call(`,"maxValue":"1"`), "permissions[0].data.maxValue: is not offered here; a limit that is ignored would grant more than was asked"},
		"policies":                  {`,"policies":[{"type":"call-limit"}]}`, "policies: must be inside a permission"},
		"bad owner":                 {`,"externalOwnerAddress":"0x"}`, "externalOwnerAddress: must be an address"},
		"policy of the wrong type":  {`,"policy":{"id":"pol_1"}}`, "policy: must be a string, is an object"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t)
			r := a.post("/v1/sessions", someTerms+tc.body)
			if r.Code != http.StatusBadRequest || !strings.Contains(r.message(), tc.want) {
				t.Errorf("got %d %q, want 400 with %q", r.Code, r.message(), tc.want)
			}
			if a.creates != 0 {
				t.Error("a session was created")
			}
		})
	}
}

func TestBadSessionKeyAddress(t *testing.T) {
	t.Parallel()
	cases := map[string]string{
		"0x76e6...9341": "address: must be an address",
		"3C44CdDdB6a900fa2b585dd299e03d12FA4293BC":   "address: must be an address",
		"0X3C44CdDdB6a900fa2b585dd299e03d12FA4293BC": "address: must be an address",
		"0x3c44CdDdB6a900fa2b585dd299e03d12FA4293BC": "address: has a wrong checksum: 0x3c44CdDdB6a900fa2b585dd299e03d12FA4293BC should be written 0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
		"0x" + strings.Repeat("a", 42):               "address: must be an address",
	}
	for sent, want := range cases {
		a := newAPI(t)
		r := a.post("/v1/sessions", `{"address":"`+sent+`","chainId":1,"validAfter":0,"validUntil":1}`)
		if r.Code != http.StatusBadRequest || !strings.Contains(r.message(), want) {
			t.Errorf("%s: got %d %q, want %q", sent, r.Code, r.message(), want)
		}
	}
	for _, sent := range []string{strings.ToLower(signer.Hex()), "0x" + strings.ToUpper(signer.Hex()[2:])} {
		a := newAPI(t)
		if r := a.post("/v1/sessions", `{"address":"`+sent+`","chainId":1,"validAfter":0,"validUntil":1}`); r.Code != http.StatusOK {
			t.Errorf("%s: got %d %q", sent, r.Code, r.message())
		}
	}
}

func TestRevoke(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		contentType, body string
		want              session.RevokeParams
	}{
		"by address, in a form": {
			formType, "account=acc_1&address=" + signer.Hex() + "&chainId=80002&policy=pol_1",
			session.RevokeParams{AccountID: "acc_1", ChainID: 80002, Signer: signer, PolicyID: "pol_1"},
		},
		"by session id": {
			jsonType, `{"account":"acc_1","address":"ses_1","chainId":80002,"optimistic":true}`,
			session.RevokeParams{AccountID: "acc_1", ChainID: 80002, SessionID: "ses_1", Optimistic: true},
		},
		"by player": {
			jsonType, `{"player":"pla_1","address":"` + signer.Hex() + `","chainId":80002}`,
			session.RevokeParams{PlayerID: "pla_1", ChainID: 80002, Signer: signer},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t)
			if r := a.do("POST", "/v1/sessions/revoke", tc.contentType, tc.body); r.Code != http.StatusOK {
				t.Fatalf("got %d: %s", r.Code, r.Body)
			}
			if diff := cmp.Diff(tc.want, a.asked); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	a := newAPI(t)
	if r := a.post("/v1/sessions/revoke", `{"address":"acc_1","chainId":1}`); r.Code != 400 || !strings.Contains(r.message(), "address: must be an address") {
		t.Errorf("an account's id: got %d %q", r.Code, r.message())
	}
}

func TestSessionFilters(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	r := a.get("/v1/sessions?player=pla_1&account=acc_1&address=" + signer.Hex() + "&chainId=80002&active=true&limit=5")
	if r.Code != http.StatusOK {
		t.Fatalf("got %d: %s", r.Code, r.Body)
	}
	yes := true
	want := listed[session.Filter]{
		session.Filter{PlayerID: "pla_1", AccountID: "acc_1", Signer: signer, ChainID: 80002, Active: &yes},
		page.Request{Limit: 5, Order: page.Descending},
	}
	if diff := cmp.Diff(want, a.asked, cmp.AllowUnexported(want)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if r.json["start"] != 0.0 || r.json["end"] != 1.0 || r.json["total"] != 1.0 || r.json["url"] != "/v1/sessions" {
		t.Errorf("envelope: %s", r.Body)
	}
}

// A misspelt field must not make the key unrestricted.
func TestSessionRefusesMisspeltLimits(t *testing.T) {
	t.Parallel()
	for _, field := range []string{`"whiteList":["` + nft.Hex() + `"]`, `"permission":[]`, `"limits":3`} {
		a := newAPI(t)
		r := a.post("/v1/sessions", someTerms+`,`+field+`}`)
		name, _, _ := strings.Cut(field[1:], `"`)
		if r.Code != http.StatusBadRequest || !strings.Contains(r.Body.String(), name+": is not offered here") {
			t.Errorf("%s: got %d: %s", field, r.Code, r.Body)
		}
		if r := a.post("/v1/sessions", someTerms+`,"whitelist":["`+nft.Hex()+`"],`+field+`}`); r.Code != http.StatusOK {
			t.Errorf("%s beside a whitelist: got %d: %s", field, r.Code, r.Body)
		}
	}
	if r := newAPI(t).post("/v1/sessions", someTerms+`}`); r.Code != http.StatusOK {
		t.Errorf("a key that is meant to be unrestricted: got %d: %s", r.Code, r.Body)
	}
}
