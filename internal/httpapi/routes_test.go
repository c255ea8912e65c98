package httpapi

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/contract"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/player"
	"github.com/latchkey-dev/latchkey/internal/sponsor"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

type workingRequest struct {
	method, path, body string
	object             string // "object" of the answer
}

// Every route with a request that works. do validates each answer.
var workingRequests = []workingRequest{
	{"POST", "/v1/players", `{"name":"ann"}`, "player"},
	{"GET", "/v1/players", "", "list"},
	{"GET", "/v1/players?expand=accounts&expand=transactionIntents", "", "list"},
	{"GET", "/v1/players/" + playerID, "", "player"},
	{"POST", "/v1/players/" + playerID, `{"metadata":{"a":"b"}}`, "player"},
	{"DELETE", "/v1/players/" + playerID, "", "player"},

	{"POST", "/v1/accounts", `{"chainId":80002,"externalOwnerAddress":"` + owner.Hex() + `"}`, "account"},
	{"GET", "/v1/accounts", "", "list"},
	{"GET", "/v1/accounts/" + accountID, "", "account"},
	{"GET", "/v1/accounts/" + accountID + "?expand=player&expand=transactionIntents", "", "account"},
	{"POST", "/v1/accounts/" + accountID + "/revoke_sessions", "", "transactionIntent"},
	{"POST", "/v1/accounts/" + accountID + "/transfer_ownership", `{"newOwnerAddress":"` + signer.Hex() + `"}`, "transactionIntent"},

	{"POST", "/v2/accounts", `{"accountType":"Smart Account","chainType":"EVM","chainId":80002,"user":"` + playerID + `","account":"` + accountID + `"}`, ""},
	{"GET", "/v2/accounts?chainType=EVM&accountType=Smart+Account", "", "list"},
	{"GET", "/v2/accounts/" + accountID, "", ""},
	{"POST", "/v2/accounts/" + accountID + "/authorization", `{"signedAuthorization":"` + goodSignature + `"}`, ""},

	{"POST", "/v1/contracts", `{"name":"nft","chainId":80002,"address":"` + nft.Hex() + `","abi":[{"type":"function"}]}`, "contract"},
	{"GET", "/v1/contracts", "", "list"},
	{"GET", "/v1/contracts/" + contractID, "", "contract"},
	{"POST", "/v1/contracts/" + contractID, `{"name":"x"}`, "contract"},
	{"DELETE", "/v1/contracts/" + contractID, "", "contract"},
	{"GET", "/v1/contracts/" + contractID + "/read?functionName=ownerOf&functionArgs=1", "", "readContract"},

	{"POST", "/v1/policies", `{"name":"all","chainId":80002,"strategy":{"sponsorSchema":"pay_for_user"}}`, "policy"},
	{"GET", "/v1/policies", "", "list"},
	{"GET", "/v1/policies/" + policyID, "", "policy"},
	{"GET", "/v1/policies/" + policyID + "?expand=policyRules&expand=transactionIntents", "", "policy"},
	{"POST", "/v1/policies/" + policyID, `{"name":"y"}`, "policy"},
	{"PUT", "/v1/policies/" + policyID + "/enable", "", "policy"},
	{"PUT", "/v1/policies/" + policyID + "/disable", "", "policy"},
	{"DELETE", "/v1/policies/" + policyID, "", "policy"},

	{"POST", "/v1/policy_rules", `{"type":"contract_functions","policy":"` + policyID + `","contract":"` + contractID + `"}`, "policyRule"},
	{"GET", "/v1/policy_rules?policy=" + policyID + "&expand=contract", "", "list"},
	{"POST", "/v1/policy_rules/" + ruleID, `{"type":"account_functions"}`, "policyRule"},
	{"DELETE", "/v1/policy_rules/" + ruleID, "", "policyRule"},

	{"POST", "/v1/sessions", `{"address":"` + signer.Hex() + `","chainId":80002,"validAfter":0,"validUntil":2000000000,"account":"` + accountID + `"}`, "session"},
	{"GET", "/v1/sessions", "", "list"},
	{"GET", "/v1/sessions/" + sessionID, "", "session"},
	{"GET", "/v1/sessions/" + sessionID + "?expand=transactionIntents", "", "session"},
	{"POST", "/v1/sessions/revoke", `{"address":"` + sessionID + `","chainId":80002}`, "session"},
	{"POST", "/v1/sessions/" + sessionID + "/replace", `{"validAfter":0,"validUntil":2000000000}`, "session"},
	{"POST", "/v1/sessions/" + sessionID + "/signature", `{"signature":"` + goodSignature + `"}`, "session"},

	{"POST", "/v1/transaction_intents", `{"chainId":80002,"account":"` + accountID + `","interactions":[{"contract":"` + contractID + `","functionName":"mint","functionArgs":["0x1","10"]}]}`, "transactionIntent"},
	{"POST", "/v1/transaction_intents/estimate_gas_cost", `{"chainId":80002,"account":"` + accountID + `","interactions":[{"to":"` + nft.Hex() + `"}]}`, ""},
	{"GET", "/v1/transaction_intents", "", "list"},
	{"GET", "/v1/transaction_intents/" + intentID, "", "transactionIntent"},
	{"GET", "/v1/transaction_intents/" + intentID + "?expand=policy&expand=player&expand=account", "", "transactionIntent"},
	{"POST", "/v1/transaction_intents/" + intentID + "/signature", `{"signature":"` + goodSignature + `"}`, "transactionIntent"},

	{"POST", "/iam/v2/auth/sign-in/anonymous", "", ""},
	{"GET", "/iam/v2/auth/get-session?disableCookieCache=true", "", ""},
	{"POST", "/iam/v2/auth/sign-out", "{}", ""},
	{"POST", "/iam/v2/auth/revoke-sessions", "{}", ""},
	{"POST", "/iam/v2/auth/sign-up/email", `{"email":"ann@game.example","password":"correct horse","name":"ann"}`, ""},
	{"POST", "/iam/v2/auth/sign-in/email", `{"email":"ann@game.example","password":"correct horse"}`, ""},
	{"POST", "/iam/v2/auth/request-password-reset", `{"email":"ann@game.example"}`, ""},
	{"POST", "/iam/v2/auth/forget-password", `{"email":"ann@game.example"}`, ""},
	{"POST", "/iam/v2/auth/reset-password", `{"newPassword":"correct horse","token":"` + annsToken + `"}`, ""},
	{"POST", "/iam/v2/auth/send-verification-email", `{"email":"ann@game.example"}`, ""},
	{"GET", "/iam/v2/auth/verify-email?token=" + annsToken, "", ""},
	{"POST", "/iam/v2/auth/email-otp/send-verification-otp", `{"email":"ann@game.example","type":"sign-in"}`, ""},
	{"POST", "/iam/v2/auth/sign-in/email-otp", `{"email":"ann@game.example","otp":"123456"}`, ""},
	{"POST", "/iam/v2/auth/email-otp/verify-email", `{"email":"ann@game.example","otp":"123456"}`, ""},
	{"POST", "/iam/v2/auth/email-otp/reset-password", `{"email":"ann@game.example","otp":"123456","password":"correct horse"}`, ""},
	{"POST", "/iam/v2/auth/siwe/nonce", `{"walletAddress":"` + owner.Hex() + `"}`, ""},
	{"POST", "/iam/v2/auth/siwe/verify", `{"walletAddress":"` + owner.Hex() + `","message":"m","signature":"0x"}`, ""},
	{"POST", "/iam/v2/auth/link-siwe/nonce", `{"walletAddress":"` + owner.Hex() + `"}`, ""},
	{"POST", "/iam/v2/auth/link-siwe/verify", `{"walletAddress":"` + owner.Hex() + `","message":"m","signature":"0x"}`, ""},
	{"POST", "/iam/v2/auth/sign-in/social", `{"provider":"google","callbackURL":"https://game.example/"}`, ""},
	{"POST", "/iam/v2/auth/link-social", `{"provider":"google","idToken":{"token":"t"}}`, ""},
	{"GET", "/iam/v2/me", "", ""},
	{"POST", "/iam/v2/user/third_party", `{"provider":"custom","token":"t"}`, ""},
	{"GET", "/iam/v1/verify?token=" + annsToken, "", ""},
	{"GET", "/iam/v1/" + publishable + "/jwks.json", "", ""},
	{"GET", "/iam/v1/oauth", "", ""},
	{"POST", "/iam/v1/oauth", `{"provider":"custom","enabled":true,"authenticationUrl":"https://auth.example","headers":"{}"}`, ""},
	{"GET", "/iam/v1/oauth/custom", "", ""},
	{"DELETE", "/iam/v1/oauth/custom", "", "authConfig"},
	{"GET", "/v2/users?email=ann@game.example&authProviderId=siwe", "", "list"},
	{"GET", "/v2/users/" + playerID, "", ""},
	{"DELETE", "/v2/users/" + playerID, "", "player"},

	{"POST", "/v2/devices/create", `{"accountType":"Smart Account","chainType":"EVM","chainId":80002,"address":"` + owner.Hex() + `","share":"c2hhcmU","signerUuid":"` + signerID + `","signature":"` + goodSignature + `"}`, ""},
	{"POST", "/v2/devices/recover", `{"account":"` + accountID + `"}`, ""},
	{"POST", "/v2/devices/register", `{"account":"` + accountID + `","share":"c2hhcmU","signature":"` + goodSignature + `"}`, ""},
	{"POST", "/v2/accounts/switch-chain", `{"account":"` + accountID + `","chainId":80002}`, ""},
	{"GET", "/v2/accounts/signer?address=" + owner.Hex(), "", ""},
	{"POST", "/shield/shares", goodShare, ""},
	{"PUT", "/shield/shares", strings.Replace(goodShare, "{", `{"signature":"`+goodSignature+`",`, 1), ""},
	{"GET", "/shield/shares/" + signerID, "", ""},
	{"GET", "/shield/keychain?reference=" + signerID, "", ""},
	{"POST", "/shield/shares/encryption/reference/bulk", `{"references":["` + signerID + `"]}`, ""},
	{"POST", "/shield/shares/encryption/user/bulk", `{"user_ids":["` + playerID + `","pla_1"]}`, ""},
	{"GET", "/shield/project", "", ""},
	{"POST", "/shield/project/encryption-key", "", ""},
	{"POST", "/shield/project/encryption-session", `{"encryption_part":"cGFydA"}`, ""},
	{"POST", "/shield/project/entropy", `{"reference":"` + signerID + `","encryption_session":"ens_1"}`, ""},

	{"GET", "/v1/project", "", "project"},
	{"POST", "/v1/project", `{"defaultFeeLimit":"1000"}`, "project"},
	{"GET", "/health", "", ""},
	{"GET", "/ready", "", ""},
}

const goodShare = `{"reference":"` + signerID + `","entropy":"passkey","secret":"{}","keychain_id":"` + deviceID + `","passkey_reference":{"passkey_id":"cGFzc2tleQ","passkey_env":{"name":"laptop"}}}`

var goodSignature = "0x" + strings.Repeat("ab", 65)

func TestEveryRouteAnswersWhatItsDescriptionSays(t *testing.T) {
	t.Parallel()
	for _, req := range workingRequests {
		a := newAPI(t)
		var as []string
		if forUsers(req.path) {
			as = asAnn
		}
		r := a.do(req.method, req.path, jsonType, req.body, as...)
		if r.Code != http.StatusOK {
			t.Errorf("%s %s: got %d, want 200: %s", req.method, req.path, r.Code, r.Body)
		}
		if got, _ := r.json["object"].(string); got != req.object {
			t.Errorf("%s %s: object is %q, want %q", req.method, req.path, got, req.object)
		}
	}
}

// forUsers reports whether only users may ask at a path.
func forUsers(path string) bool {
	path, _, _ = strings.Cut(path, "?")
	switch path {
	case "/v2/accounts/switch-chain", "/v2/accounts/signer", "/shield/shares", "/shield/shares/" + signerID, "/shield/keychain", "/shield/project/entropy":
		return true
	}
	return strings.HasPrefix(path, "/iam/v2/") || strings.HasPrefix(path, "/v2/devices/")
}

func TestEveryDescribedOperationIsServedAndTheOtherWayRound(t *testing.T) {
	t.Parallel()
	doc, err := openapi3.NewLoader().LoadFromFile("../../api/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Errorf("api/openapi.yaml is not valid: %v", err)
	}
	described := map[string]bool{}
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			described[method+" "+path] = true
		}
	}
	tried := map[string]bool{}
	router, err := spec()
	if err != nil {
		t.Fatal(err)
	}
	for _, req := range workingRequests {
		r, _ := http.NewRequest(req.method, req.path, nil)
		route, _, err := router.FindRoute(r)
		if err != nil {
			t.Errorf("%s %s is served and not described", req.method, req.path)
			continue
		}
		tried[req.method+" "+route.Path] = true
	}
	// These never answer 200, see TestLinksLeadOn.
	tried["GET /iam/v2/auth/reset-password/{token}"] = true
	tried["GET /iam/v2/auth/callback/{provider}"] = true
	if diff := cmp.Diff(described, tried); diff != "" {
		t.Errorf("operations described (-) and tried (+) differ:\n%s", diff)
	}
}

// What reaches the domain.
func TestRequestsReachTheDomain(t *testing.T) {
	t.Parallel()
	name, chain := "all", uint64(80002)
	schema, no := sponsor.PayForUser, false
	address := nft
	firstPage := page.Request{Limit: 100, Order: page.Descending}
	cases := map[string]struct {
		method, path, contentType, body string
		want                            any
	}{
		"player": {
			"POST", "/v1/players", formType, "metadata[level]=3&metadata[rank]=a b",
			player.Params{Metadata: []byte(`{"level":"3","rank":"a b"}`)},
		},
		"list of accounts": {
			"GET", "/v1/accounts?player=" + playerID + "&chainId=80002&limit=2&skip=4&order=asc&address=" + nft.Hex(), "", "",
			listed[account.Filter]{account.Filter{PlayerID: playerID, ChainID: 80002, Address: nft}, page.Request{Limit: 2, Skip: 4, Order: page.Ascending}},
		},
		"list of v2 accounts": {
			"GET", "/v2/accounts?user=" + playerID + "&accountType=Smart+Account", "", "",
			listed[account.Filter]{account.Filter{PlayerID: playerID, Type: account.Smart}, firstPage},
		},
		"account owned like another": {
			"POST", "/v2/accounts", jsonType, `{"accountType":"Smart Account","chainType":"EVM","chainId":1,"user":"` + playerID + `","account":"` + accountID + `"}`,
			account.CreateParams{PlayerID: playerID, ChainID: 1, Owner: userop.OwnerAt(owner), Type: account.Smart},
		},
		"contract with its ABI in a form": {
			"POST", "/v1/contracts", formType, `name=all&chainId=80002&address=` + nft.Hex() + `&abi=[{"type":"function"}]`,
			contract.Params{Name: &name, ChainID: &chain, Address: &address, ABI: []byte(`[{"type":"function"}]`)},
		},
		"contract read": {
			"GET", "/v1/contracts/" + contractID + "/read?functionName=f(address,uint256[])&functionArgs[0]=pla_1&functionArgs[1][]=7&functionArgs[1][]=8", "", "",
			read{"f(address,uint256[])", []any{"pla_1", []any{"7", "8"}}},
		},
		"policy in a form": {
			"POST", "/v1/policies/", formType, "name=all&chainId=80002&strategy[sponsorSchema]=pay_for_user",
			sponsor.PolicyParams{Name: &name, ChainID: &chain, Schema: &schema},
		},
		"list of policies leaves deleted ones out": {
			"GET", "/v1/policies", "", "",
			listed[sponsor.Filter]{sponsor.Filter{Deleted: &no}, firstPage},
		},
		"list of policies with deleted ones": {
			"GET", "/v1/policies?deleted=true&enabled=false", "", "",
			listed[sponsor.Filter]{sponsor.Filter{Enabled: &no}, firstPage},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t)
			r := a.do(tc.method, tc.path, tc.contentType, tc.body)
			if r.Code != http.StatusOK {
				t.Fatalf("got %d: %s", r.Code, r.Body)
			}
			// Policies look for rules and intents of each one afterwards.
			if strings.HasPrefix(name, "list of policies") {
				a.policyFilter(t, tc.want)
				return
			}
			if diff := cmp.Diff(tc.want, a.asked, cmp.AllowUnexported(read{}, listed[account.Filter]{})); diff != "" {
				t.Errorf("what the domain was asked (-want +got):\n%s", diff)
			}
			if a.projectOf != projectID {
				t.Errorf("the domain was asked about project %q, want %q", a.projectOf, projectID)
			}
		})
	}
}

func (a *api) policyFilter(t *testing.T, want any) {
	t.Helper()
	if diff := cmp.Diff(want, a.policies, cmp.AllowUnexported(listed[sponsor.Filter]{})); diff != "" {
		t.Errorf("what the domain was asked (-want +got):\n%s", diff)
	}
}

func TestAccountsThatDoNotExistHereAreNotLookedFor(t *testing.T) {
	t.Parallel()
	for _, query := range []string{"chainType=SVM", "custody=Developer"} {
		a := newAPI(t)
		r := a.get("/v2/accounts?" + query)
		if data, _ := r.json["data"].([]any); r.Code != http.StatusOK || len(data) != 0 || r.json["total"] != 0.0 {
			t.Errorf("%s: got %d %s, want an empty list", query, r.Code, r.Body)
		}
	}
}

func TestRefusedRequests(t *testing.T) {
	t.Parallel()
	addressOf := `"` + owner.Hex() + `"`
	cases := map[string]struct {
		method, path, body string
		status             int
		want               string // in the message
	}{
		"unknown route":           {"GET", "/v1/nothing", "", 404, "no route GET /v1/nothing"},
		"wrong method":            {"PUT", "/v1/players", "", 405, "/v1/players has no method PUT, only GET, POST"},
		"malformed id":            {"GET", "/v1/players/pla_1", "", 404, `no player "pla_1": its id is pla_ and a UUID`},
		"id of another kind":      {"GET", "/v1/sessions/" + intentID, "", 404, "its id is ses_ and a UUID"},
		"id with a NUL":           {"GET", "/v1/sessions/%00", "", 404, "no session"},
		"unknown id":              {"GET", "/v1/sessions/ses_0190c5a4-0000-7000-8000-0000000000ff", "", 404, "is not known"},
		"limit 0":                 {"GET", "/v1/players?limit=0", "", 400, "limit: must be from 1 to 100, is 0"},
		"limit too great":         {"GET", "/v1/players?limit=101", "", 400, "limit: must be from 1 to 100, is 101"},
		"limit no number":         {"GET", "/v1/players?limit=ten", "", 400, `limit: must be an integer, is "ten"`},
		"skip negative":           {"GET", "/v1/players?skip=-1", "", 400, "skip: must be from 0 to"},
		"order":                   {"GET", "/v1/players?order=up", "", 400, `order: must be asc or desc, is "up"`},
		"expand":                  {"GET", "/v1/players?expand=wallets", "", 400, `expand: must be one of accounts, transactionIntents, is "wallets"`},
		"filter by bad address":   {"GET", "/v1/accounts?address=0x12", "", 400, "address: must be an address"},
		"filter by outcome":       {"GET", "/v1/transaction_intents?status=1", "", 400, "status: is not offered yet"},
		"chain type":              {"GET", "/v2/accounts?chainType=BTC", "", 400, `chainType: must be EVM or SVM, is "BTC"`},
		"policy_rules of nothing": {"GET", "/v1/policy_rules", "", 400, "policy: is required"},
		"no owner":                {"POST", "/v1/accounts", `{"chainId":80002}`, 400, "externalOwnerAddress: is required: this server holds no owner keys"},
		"bad checksum":            {"POST", "/v1/accounts", `{"chainId":1,"externalOwnerAddress":"0x70997970C51812dc3A010C7d01b50e0d17dc79c8"}`, 400, "externalOwnerAddress: has a wrong checksum"},
		"other implementation":    {"POST", "/v1/accounts", `{"chainId":1,"accountType":"UpgradeableV5","externalOwnerAddress":` + addressOf + `}`, 400, "accountType: must be UpgradeableV6"},
		"guardian":                {"POST", "/v1/accounts", `{"chainId":1,"defaultGuardian":"true","externalOwnerAddress":` + addressOf + `}`, 400, "defaultGuardian: guardians are not offered"},
		"chain id of no chain":    {"POST", "/v1/accounts", `{"chainId":18446744073709551615,"externalOwnerAddress":` + addressOf + `}`, 400, "chainId: must be an integer from 0 to 9007199254740991, is 18446744073709551615"},
		"v2 EOA":                  {"POST", "/v2/accounts", `{"accountType":"Externally Owned Account","chainType":"EVM","user":"pla_1"}`, 400, `accountType: must be "Smart Account" or "Delegated Account"`},
		"v2 Solana":               {"POST", "/v2/accounts", `{"accountType":"Smart Account","chainType":"SVM","user":"pla_1"}`, 400, "chainType: must be EVM"},
		"v2 without a chain":      {"POST", "/v2/accounts", `{"accountType":"Smart Account","chainType":"EVM","user":"pla_1"}`, 400, "chainId: is required"},
		"v2 without an owner":     {"POST", "/v2/accounts", `{"accountType":"Smart Account","chainType":"EVM","chainId":1,"user":"pla_1"}`, 400, "externalOwnerAddress: is required, or account"},
		"v2 with an address":      {"POST", "/v2/accounts", `{"accountType":"Smart Account","chainType":"EVM","chainId":1,"user":"pla_1","address":"0x1"}`, 400, "address: cannot be chosen"},
		"v2 like an unknown one":  {"POST", "/v2/accounts", `{"accountType":"Smart Account","chainType":"EVM","chainId":1,"user":"pla_1","account":"acc_x"}`, 400, `account: there is no account "acc_x"`},
		"contract deleted":        {"POST", "/v1/contracts/" + contractID, `{"deleted":true}`, 400, "deleted: use DELETE /v1/contracts/" + contractID},
		"policy with a paymaster": {"POST", "/v1/policies", `{"paymaster":"pay_1"}`, 400, "paymaster: is not offered"},
		"policy without strategy": {"POST", "/v1/policies", `{"name":"x","chainId":1}`, 400, "strategy: is required"},
		"strategy of no schema":   {"POST", "/v1/policies", `{"name":"x","chainId":1,"strategy":{}}`, 400, "strategy.sponsorSchema: is required"},
		"rule with a cap":         {"POST", "/v1/policy_rules", `{"type":"rate_limit","policy":"pol_1","gasLimit":"1"}`, 400, "gasLimit: rate_limit rules are not offered"},
		"metadata too great":      {"POST", "/v1/players", `{"metadata":{"a":1e400}}`, 400, "metadata: has a number that is too great"},
		"fee limit as a number":   {"POST", "/v1/project", `{"defaultFeeLimit":5}`, 400, "defaultFeeLimit: must be a string, is 5"},
		"fee limit in words":      {"POST", "/v1/project", `{"defaultFeeLimit":"five"}`, 400, `defaultFeeLimit: must be an amount in base units (wei), decimal or 0x hex, is "five"`},
		"fee limit too great":     {"POST", "/v1/project", `{"defaultFeeLimit":"79228162514264337593543950336"}`, 400, "defaultFeeLimit: must be at most 79228162514264337593543950335"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t)
			r := a.do(tc.method, tc.path, jsonType, tc.body)
			if r.Code != tc.status || !strings.Contains(r.message(), tc.want) {
				t.Errorf("got %d %q, want %d with %q", r.Code, r.message(), tc.status, tc.want)
			}
			if a.creates != 0 {
				t.Error("something was created")
			}
		})
	}
}

func TestHealthNamesVersionAndChains(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	r := a.get("/health", "Authorization: ")
	chains, _ := r.json["chains"].([]any)
	if r.json["status"] != "ok" || r.json["version"] != "v0.1.0" || len(chains) != 1 {
		t.Fatalf("got %s", r.Body)
	}
	if got := chains[0].(map[string]any)["entryPoint"]; got != "0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108" {
		t.Errorf("entryPoint is %v", got)
	}
}

func TestReadySaysWhyNot(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.fail = errors.New("no connection to the database")
	r := a.get("/ready", "Authorization: ")
	if r.Code != http.StatusServiceUnavailable || !strings.Contains(r.Body.String(), `{"check":"database","error":"no connection to the database"}`) {
		t.Errorf("got %d %s", r.Code, r.Body)
	}
}
