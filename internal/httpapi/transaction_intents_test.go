package httpapi

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/page"
)

func TestInteractionsReachTheDomain(t *testing.T) {
	t.Parallel()
	want := intent.CreateParams{
		AccountID: "acc_1", ChainID: 80002, PolicyID: "pol_1", Optimistic: true,
		Interactions: []intent.CallParams{
			{Contract: "con_1", Function: "mint", Args: []any{"0x1", "10"}},
			{To: nft.Hex(), Value: "0x0", Data: "0x6a", DataSuffix: "0x01"},
		},
	}
	bodies := map[string]string{
		jsonType: `{"account":"acc_1","chainId":80002,"optimistic":true,"policy":"pol_1","interactions":[` +
			`{"contract":"con_1","functionName":"mint","functionArgs":["0x1","10"]},{"to":"` + nft.Hex() + `","value":"0x0","data":"0x6a","dataSuffix":"0x01"}]}`,
		formType: `account=acc_1&chainId=80002&optimistic=true&policy=pol_1` +
			`&interactions[0][contract]=con_1&interactions[0][functionName]=mint&interactions[0][functionArgs][0]=0x1&interactions[0][functionArgs][1]=10` +
			`&interactions[1][to]=` + nft.Hex() + `&interactions[1][value]=0x0&interactions[1][data]=0x6a&interactions[1][dataSuffix]=0x01`,
	}
	for contentType, body := range bodies {
		a := newAPI(t)
		if r := a.do("POST", "/v1/transaction_intents", contentType, body); r.Code != http.StatusOK {
			t.Fatalf("%s: got %d: %s", contentType, r.Code, r.Body)
		}
		if diff := cmp.Diff(want, a.asked); diff != "" {
			t.Errorf("%s (-want +got):\n%s", contentType, diff)
		}
	}
}

func TestCostIsAskedLikeAnIntentAndCreatesNothing(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	r := a.post("/v1/transaction_intents/estimate_gas_cost", `{"chainId":80002,"player":"pla_1","interactions":[{"to":"`+nft.Hex()+`","value":"0x0"}]}`)
	want := map[string]any{"estimatedTXGas": "444793", "estimatedTXGasFee": "1162163748693483", "estimatedTXGasFeeUSD": "", "gasPrice": "2612819331"}
	if diff := cmp.Diff(want, r.json); r.Code != http.StatusOK || diff != "" {
		t.Errorf("got %d (-want +got):\n%s", r.Code, diff)
	}
	asked := intent.CreateParams{PlayerID: "pla_1", ChainID: 80002, Interactions: []intent.CallParams{{To: nft.Hex(), Value: "0x0"}}}
	if diff := cmp.Diff(asked, a.asked); diff != "" || a.creates != 0 {
		t.Errorf("created %d (-want +got):\n%s", a.creates, diff)
	}
}

func TestArgumentsKeepTheirNumbers(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.post("/v1/transaction_intents", `{"chainId":1,"interactions":[{"contract":"con_1","functionName":"f","functionArgs":[115792089237316195423570985008687907853269984665640564039457584007913129639935,true,[1,{"a":"b"}]]}]}`)
	want := []any{
		json.Number("115792089237316195423570985008687907853269984665640564039457584007913129639935"), true,
		[]any{json.Number("1"), map[string]any{"a": "b"}},
	}
	p, _ := a.asked.(intent.CreateParams)
	if len(p.Interactions) != 1 {
		t.Fatalf("asked: %+v", a.asked)
	}
	if diff := cmp.Diff(want, p.Interactions[0].Args); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestRefusedIntents(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ body, want string }{
		"no interactions":    {`{"chainId":1}`, "interactions: is required"},
		"empty interactions": {`{"chainId":1,"interactions":[]}`, "interactions: must have at least one entry"},
		"text":               {`{"chainId":1,"interactions":"mint"}`, `interactions[0]: must be an object, is "mint"`},
		"amount as a number": {`{"chainId":1,"interactions":[{"to":"0x1"},{"to":"0x1","value":1}]}`, "interactions[1].value: must be a string, is 1"},
		"authorization":      {`{"chainId":1,"interactions":[{"to":"0x1"}],"signedAuthorization":"0x00"}`, "signedAuthorization: must be 0x and 130 hex digits"},
		"owner":              {`{"chainId":1,"interactions":[{"to":"0x1"}],"externalOwnerAddress":"me"}`, "externalOwnerAddress: must be an address"},
	}
	for name, tc := range cases {
		a := newAPI(t)
		r := a.post("/v1/transaction_intents", tc.body)
		if r.Code != http.StatusBadRequest || !strings.Contains(r.message(), tc.want) || a.creates != 0 {
			t.Errorf("%s: got %d %q (created %d), want 400 with %q", name, r.Code, r.message(), a.creates, tc.want)
		}
	}
}

// show returns the answer to a get of the intent.
func show(t *testing.T, in intent.Intent) reply {
	t.Helper()
	a := newAPI(t)
	a.intent = in
	r := a.get("/v1/transaction_intents/" + intentID)
	if r.Code != http.StatusOK {
		t.Fatalf("got %d: %s", r.Code, r.Body)
	}
	return r
}

// part returns a field of an answer as JSON, "" when it is not there.
func part(r reply, field string) string {
	v, ok := r.json[field]
	if !ok {
		return ""
	}
	raw, _ := json.Marshal(v)
	return string(raw)
}

func TestWaitingIntentAsksForASignature(t *testing.T) {
	t.Parallel()
	r := show(t, waitingIntent())
	if got := part(r, "response"); got != "" {
		t.Errorf("response is %s: clients would take it for final", got)
	}
	next, _ := r.json["nextAction"].(map[string]any)
	payload, _ := next["payload"].(map[string]any)
	for _, name := range []string{"signableHash", "userOperationHash", "userOpHash"} {
		if payload[name] != opHash.Hex() {
			t.Errorf("%s is %v, want %s", name, payload[name], opHash)
		}
	}
	if diff := cmp.Diff(payload["userOperation"], payload["userOp"]); diff != "" || payload["userOp"] == nil {
		t.Errorf("userOp and userOperation differ: %s", diff)
	}
	wants := map[string]string{
		"abstractionType": `"accountAbstractionV8"`,
		"account":         `{"id":"` + accountID + `"}`,
		"player":          `{"id":"` + playerID + `"}`,
		"policy":          `{"id":"` + policyID + `"}`,
		"interactions":    `[{"contract":"` + contractID + `","data":"0x01","functionArgs":["0x1","10"],"functionName":"mint","to":"` + nft.Hex() + `"}]`,
		"transitions":     `[{"at":1795348800,"fromStatus":"none","toStatus":"new"}]`,
	}
	for field, want := range wants {
		if got := part(r, field); got != want {
			t.Errorf("%s is %s, want %s", field, got, want)
		}
	}
}

func TestIncludedIntentShowsItsReceipt(t *testing.T) {
	t.Parallel()
	r := show(t, includedIntent())
	if got := part(r, "nextAction"); got != "" {
		t.Errorf("nextAction is %s", got)
	}
	zero := `"0x` + strings.Repeat("0", 64) + `"`
	want := `{"blockNumber":12,"createdAt":1800000000,"gasFee":"236000","gasUsed":"118000","logs":[{"address":"` + nft.Hex() + `","blockHash":` + zero +
		`,"blockNumber":12,"data":"0x0102","logIndex":0,"removed":false,"topics":["` + opHash.Hex() + `"],"transactionHash":` + zero + `,"transactionIndex":0}],` +
		`"status":1,"to":"0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108","transactionHash":"0x000000000000000000000000000000000000000000000000000000000000007a"}`
	if diff := cmp.Diff(want, part(r, "response")); diff != "" {
		t.Errorf("response (-want +got):\n%s", diff)
	}
}

func TestUnsuccessfulIntentSaysWhy(t *testing.T) {
	t.Parallel()
	reverted := includedIntent()
	reverted.Status, reverted.Outcome.Success = intent.Failed, false
	reverted.Failure = &intent.Failure{Reason: "the call reverted", Name: "LimitExceeded", Cause: "3 of 3 calls are used.", Solution: "Grant a new session."}
	dropped := waitingIntent()
	dropped.Status, dropped.Failure = intent.Failed, &intent.Failure{Reason: "given up"}
	expired := waitingIntent()
	expired.Status = intent.Expired
	withdrawn := waitingIntent()
	withdrawn.Status = intent.Withdrawn
	cases := map[string]struct {
		intent intent.Intent
		want   string
	}{
		"reverted":  {reverted, `{"explanation":{"cause":"3 of 3 calls are used.","solution":"Grant a new session."},"name":"LimitExceeded","reason":"the call reverted"}`},
		"dropped":   {dropped, `{"reason":"given up"}`},
		"expired":   {expired, `{"explanation":{"cause":"No signature came before nextAction.payload.expiresAt.","solution":"Create it again and sign it in time."},"reason":"not signed in time"}`},
		"withdrawn": {withdrawn, `{"reason":"replaced before it was signed"}`},
	}
	for name, tc := range cases {
		r := show(t, tc.intent)
		response, _ := r.json["response"].(map[string]any)
		got, _ := json.Marshal(response["error"])
		if response["status"] != 0.0 || string(got) != tc.want || part(r, "nextAction") != "" {
			t.Errorf("%s: response is %s, want the error %s", name, part(r, "response"), tc.want)
		}
	}
}

func TestIntentFilters(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.get("/v1/transaction_intents?account=acc_1&account=acc_2&player=pla_1&policy[]=pol_1&session=ses_1&chainId=1")
	want := listed[intent.Filter]{
		intent.Filter{AccountIDs: []string{"acc_1", "acc_2"}, PlayerIDs: []string{"pla_1"}, PolicyIDs: []string{"pol_1"}, SessionID: "ses_1", ChainID: 1},
		page.Request{Limit: 100, Order: page.Descending},
	}
	if diff := cmp.Diff(want, a.asked, cmp.AllowUnexported(want)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
