package httpapi

import (
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/session"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

func total(n int64) permission.Total { return permission.Total{Max: big.NewInt(n)} }

func numbers(list ...int64) []*big.Int {
	var out []*big.Int
	for _, n := range list {
		out = append(out, big.NewInt(n))
	}
	return out
}

// Every type of permission, as it reaches the domain.
func TestPermissionTypes(t *testing.T) {
	t.Parallel()
	period := permission.Period{Max: big.NewInt(100), Seconds: 3600}
	later := permission.Period{Max: big.NewInt(100), Seconds: 3600, Start: 1_900_000_000}
	stream := permission.Stream{Initial: new(big.Int), PerSecond: big.NewInt(2)}
	full := permission.Stream{Initial: big.NewInt(1), PerSecond: big.NewInt(2), Max: big.NewInt(9), Start: 5}
	erc20 := func(kind, data string) string {
		return `{"type":"erc20-token-` + kind + `","data":{"address":"` + token.Hex() + `",` + data + `}}`
	}
	mint := func(calls string) string {
		return `{"type":"contract-call","data":{"address":"` + nft.Hex() + `","calls":[` + calls + `]}}`
	}
	grant := func(f session.FunctionGrant) session.CreateParams {
		return session.CreateParams{Permissions: []session.CallGrant{{Path: "permissions[0]", Address: nft, Calls: []session.FunctionGrant{f}}}}
	}
	args := func(list ...session.ArgumentGrant) session.CreateParams {
		return grant(session.FunctionGrant{Call: "f(uint256)", Arguments: list})
	}
	rules := func(list ...permission.Rule) session.CreateParams { return session.CreateParams{Rules: list} }
	cases := map[string]struct {
		permissions string
		want        session.CreateParams
	}{
		"per call":            {`{"type":"native-token-transfer","data":{"perCall":"5"}}`, rules(permission.ValuePerCall{Max: big.NewInt(5)})},
		"allowance in hex":    {`{"type":"native-token-transfer","data":{"allowance":"0x10"}}`, rules(permission.ValueTotal{Total: total(16)})},
		"both":                {`{"type":"native-token-transfer","required":false,"data":{"perCall":"5","allowance":"16"}}`, rules(permission.ValuePerCall{Max: big.NewInt(5)}, permission.ValueTotal{Total: total(16)})},
		"nothing at all":      {`{"type":"native-token-transfer","data":{"allowance":"0"}}`, rules(permission.ValueTotal{Total: total(0)})},
		"native allowance":    {`{"type":"native-token-transfer","data":{},"policies":[{"type":"token-allowance","data":{"allowance":"7"}}]}`, rules(permission.ValueTotal{Total: total(7)})},
		"native period":       {`{"type":"native-token-periodic","data":{"periodAmount":"100","periodDuration":3600}}`, rules(permission.ValuePeriod{Period: period})},
		"native stream":       {`{"type":"native-token-stream","data":{"amountPerSecond":"2"}}`, rules(permission.ValueStream{Stream: stream})},
		"token":               {erc20("transfer", `"allowance":"340282366920938463463374607431768211455"`), rules(permission.ERC20Total{Token: token, Total: permission.Total{Max: permission.MaxAmount}})},
		"token, said twice":   {`{"type":"erc20-token-transfer","data":{"address":"` + token.Hex() + `","allowance":"7"},"policies":[{"type":"token-allowance","data":{"allowance":"0x7"}}]}`, rules(permission.ERC20Total{Token: token, Total: total(7)})},
		"token, period":       {erc20("periodic", `"periodAmount":"100","periodDuration":"3600","startTime":1900000000`), rules(permission.ERC20Period{Token: token, Period: later})},
		"token, stream":       {erc20("stream", `"initialAmount":"1","amountPerSecond":"2","maxAmount":"9","startTime":5`), rules(permission.ERC20Stream{Token: token, Stream: full})},
		"ids":                 {`{"type":"erc721-token-transfer","data":{"address":"` + nft.Hex() + `","tokenIds":["1","0x2"]}}`, rules(permission.ERC721{Token: nft, ID: big.NewInt(1)}, permission.ERC721{Token: nft, ID: big.NewInt(2)})},
		"allowances":          {`{"type":"erc1155-token-transfer","data":{"address":"` + nft.Hex() + `","allowances":[{"tokenId":"1","amount":"10"}]}}`, rules(permission.ERC1155{Token: nft, ID: big.NewInt(1), Total: total(10)})},
		"rate":                {`{"type":"rate-limit","data":{"count":5,"interval":60}}`, rules(permission.Rate{Count: 5, Interval: 60})},
		"calls":               {`{"type":"call-limit","data":{"count":5}}`, session.CreateParams{Limit: 5}},
		"fees":                {`{"type":"gas-limit","data":{"limit":"0x5"}}`, session.CreateParams{FeeLimit: big.NewInt(5)}},
		"hashes":              {`{"type":"typed-data","data":{"domainSeparator":"` + opHash.Hex() + `","typeHash":"0x` + strings.Repeat("07", 32) + `"}}`, rules(permission.TypedData{DomainSeparator: opHash, TypeHash: common.HexToHash("0x" + strings.Repeat("07", 32))})},
		"function with limit": {mint(`{"function":"mint","limit":5}`), grant(session.FunctionGrant{Call: "mint", Limit: 5})},
		"function alone":      {mint(`{"function":"mint"}`), grant(session.FunctionGrant{Call: "mint"})},
		"one call is no list": {`{"type":"contract-call","data":{"address":"` + nft.Hex() + `","calls":"mint"}}`, grant(session.FunctionGrant{Call: "mint"})},
		"equal to an address": {mint(`{"function":"f(uint256)","args":[{"index":0,"eq":"` + nft.Hex() + `"}]}`), args(session.ArgumentGrant{Operands: []*big.Int{nft.Big()}})},
		"integers":            {mint(`{"function":"f(uint256)","args":[{"index":1,"ne":7},{"index":255,"lt":"8"}]}`), args(session.ArgumentGrant{Word: 1, Op: permission.NotEqual, Operands: numbers(7)}, session.ArgumentGrant{Word: 255, Op: permission.Less, Operands: numbers(8)})},
		"booleans":            {mint(`{"function":"f(uint256)","args":[{"index":0,"eq":true},{"index":1,"eq":"false"}]}`), args(session.ArgumentGrant{Operands: numbers(1)}, session.ArgumentGrant{Word: 1, Operands: numbers(0)})},
		"a word":              {mint(`{"function":"f(uint256)","args":[{"index":0,"gt":"0x` + strings.Repeat("f", 64) + `"}]}`), args(session.ArgumentGrant{Op: permission.Greater, Operands: []*big.Int{permission.MaxWord}})},
		"one of":              {mint(`{"function":"f(uint256)","args":[{"index":2,"in":["1",2]}]}`), args(session.ArgumentGrant{Word: 2, Op: permission.In, Operands: numbers(1, 2)})},
		"mask":                {mint(`{"function":"f(uint256)","args":[{"index":3,"mask":{"mask":"0xff","value":"0x01"}}]}`), args(session.ArgumentGrant{Word: 3, Op: permission.Mask, Operands: numbers(255, 1)})},
		"range and total":     {mint(`{"function":"f(uint256)","args":[{"index":1,"ge":"1","le":"100","total":"1000"}]}`), args(session.ArgumentGrant{Word: 1, Op: permission.LessOrEqual, Operands: numbers(100)}, session.ArgumentGrant{Word: 1, Op: permission.GreaterOrEqual, Operands: numbers(1)}, session.ArgumentGrant{Word: 1, Total: big.NewInt(1000)})},
		"total alone":         {mint(`{"function":"f(uint256)","args":[{"index":1,"total":"0x3e8"}]}`), args(session.ArgumentGrant{Word: 1, Total: big.NewInt(1000)})},
		"policies of one call": {`{"type":"contract-call","data":{"address":"` + nft.Hex() + `","calls":["mint"]},"policies":[{"type":"rate-limit","data":{"count":1,"interval":2}},{"type":"gas-limit","data":{"limit":"3"}},{"type":{"custom":"call-limit"},"data":{"limit":4}}]}`, session.CreateParams{
			Permissions: []session.CallGrant{{Path: "permissions[0]", Address: nft, Calls: []session.FunctionGrant{{Call: "mint"}}}},
			Rules:       []permission.Rule{permission.Rate{Count: 1, Interval: 2}}, FeeLimit: big.NewInt(3), Limit: 4,
		}},
		"paths count all": {`{"type":"rate-limit","data":{"count":1,"interval":2}},{"type":"contract-call","data":{"address":"` + nft.Hex() + `"}}`, session.CreateParams{
			Permissions: []session.CallGrant{{Path: "permissions[1]", Address: nft}}, Rules: []permission.Rule{permission.Rate{Count: 1, Interval: 2}},
		}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t)
			if r := a.post("/v1/sessions", someTerms+`,"permissions":[`+tc.permissions+`]}`); r.Code != http.StatusOK {
				t.Fatalf("got %d: %s", r.Code, r.Body)
			}
			tc.want.ChainID, tc.want.Key, tc.want.ValidUntil = 80002, session.Key{Address: signer}, 2_000_000_000
			if diff := cmp.Diff(tc.want, a.asked, equalAmounts); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// A limit may be said in several places, once they say the same.
func TestLimitsSaidTwice(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ body, want string }{
		"calls":      {`"limit":5,"permissions":[{"type":"call-limit","data":{"count":%d}}]`, "limit: is 5, but permissions[0].data.count says 6"},
		"rates":      {`"rateLimit":{"count":5,"interval":1},"permissions":[{"type":"rate-limit","data":{"count":%d,"interval":1}}]`, "rateLimit: is {5 1}, but permissions[0].data says {6 1}"},
		"fees":       {`"feeLimit":"5","permissions":[{"type":"gas-limit","data":{"limit":"%d"}}]`, "feeLimit: is 5, but permissions[0].data.limit says 6"},
		"allowances": {`"permissions":[{"type":"erc20-token-transfer","data":{"address":"` + token.Hex() + `","allowance":"%d"},"policies":[{"type":"token-allowance","data":{"allowance":"5"}}]}]`, "permissions[0].policies[0].data.allowance: is 5, but permissions[0].data.allowance says 6"},
	}
	for name, tc := range cases {
		for n, status := range map[int]int{5: http.StatusOK, 6: http.StatusBadRequest} {
			a := newAPI(t)
			r := a.post("/v1/sessions", someTerms+","+fmt.Sprintf(tc.body, n)+"}")
			if r.Code != status || (status != http.StatusOK && !strings.Contains(r.message(), tc.want)) {
				t.Errorf("%s, 5 and %d: got %d %q, want %d with %q", name, n, r.Code, r.message(), status, tc.want)
			}
		}
	}
	a := newAPI(t)
	r := a.post("/v1/sessions", someTerms+`,"limit":281474976710655,"permissions":[{"type":"call-limit","data":{"count":5}}]}`)
	if p, _ := a.asked.(session.CreateParams); r.Code != http.StatusOK || p.Limit != 5 {
		t.Errorf("next to the limit that means none: got %d %s and limit %d, want 5", r.Code, r.Body, p.Limit)
	}
}

// Every refusal names the path, and nothing reaches the domain.
func TestRefusedPermissions(t *testing.T) {
	t.Parallel()
	const ignored = ": is not offered here; a limit that is ignored would grant more than was asked"
	of := func(kind, data string) string { return `{"type":"` + kind + `","data":{` + data + `}}` }
	onToken := func(kind, data string) string { return of(kind, `"address":"`+token.Hex()+`",`+data) }
	call := func(data string) string { return of("contract-call", `"address":"`+nft.Hex()+`",`+data) }
	arg := func(limit string) string { return call(`"calls":[{"function":"f(uint256)","args":[` + limit + `]}]`) }
	policy := func(policies string) string {
		return `{"type":"contract-call","data":{"address":"` + nft.Hex() + `"},"policies":[` + policies + `]}`
	}
	typed := func(data string) string { return of("typed-data", data) }
	tooMuch := `"340282366920938463463374607431768211456"`
	cases := map[string]struct{ permissions, want string }{
		"no object":              {`"contract-call"`, "permissions[0]: must be an object"},
		"no type":                {`{"data":{}}`, "permissions[0].type: must be one of call-limit, contract-call, erc1155-token-transfer,"},
		"unknown type":           {of("sudo", ""), `permissions[0].type: must be one of call-limit,`},
		"a custom type":          {`{"type":{"custom":"x"},"data":{}}`, "permissions[0].type: must be one of"},
		"the second":             {call(`"calls":[]`) + "," + of("gas-limit", ""), "permissions[1].data.limit: is required"},
		"unknown key":            {`{"type":"rate-limit","data":{"count":1,"interval":1},"expiry":5}`, "permissions[0].expiry" + ignored},
		"unknown key in data":    {onToken("erc20-token-transfer", `"allowance":"1","ticker":"DAI"`), "permissions[0].data.ticker" + ignored},
		"unknown key of a call":  {call(`"calls":[{"function":"f","maxValue":1}]`), "permissions[0].data.calls[0].maxValue" + ignored},
		"unknown operator":       {arg(`{"index":0,"notIn":[1]}`), "permissions[0].data.calls[0].args[0].notIn" + ignored},
		"unknown key of a mask":  {arg(`{"index":0,"mask":{"mask":1,"value":1,"shift":1}}`), "permissions[0].data.calls[0].args[0].mask.shift" + ignored},
		"no limit":               {of("native-token-transfer", ""), "permissions[0].data: must have perCall or allowance"},
		"an address for native":  {of("native-token-transfer", `"address":"0x1"`), "permissions[0].data.address" + ignored},
		"no allowance":           {of("erc20-token-transfer", `"address":"`+token.Hex()+`"`), "permissions[0].data.allowance: is required, or a token-allowance policy"},
		"allowance as a number":  {onToken("erc20-token-transfer", `"allowance":5`), "permissions[0].data.allowance: must be a string, is 5"},
		"allowance with a point": {onToken("erc20-token-transfer", `"allowance":"1.5"`), `permissions[0].data.allowance: must be an amount in base units (wei), decimal or 0x hex, is "1.5"`},
		"allowance negative":     {onToken("erc20-token-transfer", `"allowance":"-1"`), "permissions[0].data.allowance: must be an amount in base units"},
		"allowance of 0x":        {onToken("erc20-token-transfer", `"allowance":"0x"`), "permissions[0].data.allowance: must be an amount in base units"},
		"allowance too great":    {onToken("erc20-token-transfer", `"allowance":`+tooMuch), "permissions[0].data.allowance: must be at most 340282366920938463463374607431768211455"},
		"bad token":              {of("erc20-token-transfer", `"address":"dai","allowance":"1"`), "permissions[0].data.address: must be an address"},
		"period of 0 s":          {of("native-token-periodic", `"periodAmount":"1","periodDuration":0`), "permissions[0].data.periodDuration: must be from 1 to 4294967295, is 0"},
		"period too long":        {of("native-token-periodic", `"periodAmount":"1","periodDuration":4294967296`), "permissions[0].data.periodDuration: must be from 1 to 4294967295, is 4294967296"},
		"period too great":       {of("native-token-periodic", `"periodAmount":`+tooMuch+`,"periodDuration":1`), "permissions[0].data.periodAmount: must be at most"},
		"start too late":         {onToken("erc20-token-periodic", `"periodAmount":"1","periodDuration":1,"startTime":281474976710656`), "permissions[0].data.startTime: must be from 0 to 281474976710655"},
		"stream without a speed": {of("native-token-stream", `"initialAmount":"1"`), "permissions[0].data.amountPerSecond: is required"},
		"stream up to 0":         {onToken("erc20-token-stream", `"amountPerSecond":"1","maxAmount":"0"`), "permissions[0].data.maxAmount: must not be 0: the format reads 0 as no maximum"},
		"stream too great":       {onToken("erc20-token-stream", `"amountPerSecond":"1","initialAmount":`+tooMuch), "permissions[0].data.initialAmount: must be at most"},
		"no ids":                 {onToken("erc721-token-transfer", `"tokenIds":[]`), "permissions[0].data.tokenIds: must have at least one entry"},
		"bad id":                 {onToken("erc721-token-transfer", `"tokenIds":["1","two"]`), "permissions[0].data.tokenIds[1]: must be an amount"},
		"id too great":           {onToken("erc721-token-transfer", `"tokenIds":["0x1`+strings.Repeat("0", 64)+`"]`), "permissions[0].data.tokenIds[0]: must be at most 1157920892"},
		"no allowances":          {onToken("erc1155-token-transfer", `"allowances":[]`), "permissions[0].data.allowances: must have at least one entry"},
		"allowance of no amount": {onToken("erc1155-token-transfer", `"allowances":[{"tokenId":"1"}]`), "permissions[0].data.allowances[0].amount: is required"},
		"rate of 0":              {of("rate-limit", `"count":0,"interval":1`), "permissions[0].data.count: must be from 1 to 4294967295, is 0"},
		"interval of 0":          {of("rate-limit", `"count":1,"interval":0`), "permissions[0].data.interval: must be from 1 to 4294967295, is 0"},
		"two rates":              {of("rate-limit", `"count":1,"interval":1`) + "," + of("rate-limit", `"count":2,"interval":1`), "permissions[1].data: is {2 1}, but permissions[0].data says {1 1}, and both mean the one limit that the session has"},
		"call limit of 0":        {of("call-limit", `"count":0`), "permissions[0].data.count: must be from 1"},
		"fee limit too great":    {of("gas-limit", `"limit":"79228162514264337593543950336"`), "permissions[0].data.limit: must be at most"},
		"function's limit":       {call(`"calls":[{"function":"f","limit":0}]`), "permissions[0].data.calls[0].limit: must be from 1 to 281474976710655, is 0"},
		"call by number":         {call(`"calls":["f",5]`), "permissions[0].data.calls[1]: must be a function's name, signature or selector, or an object with its limits, is 5"},
		"call of no function":    {call(`"calls":[{"limit":5}]`), "permissions[0].data.calls[0].function: is required"},
		"index too great":        {arg(`{"index":256,"eq":1}`), "permissions[0].data.calls[0].args[0].index: must be from 0 to 255, is 256"},
		"no index":               {arg(`{"eq":1}`), "permissions[0].data.calls[0].args[0].index: is required"},
		"no operator":            {arg(`{"index":0}`), "permissions[0].data.calls[0].args[0]: must say what is allowed: eq, ne,"},
		"operand negative":       {arg(`{"index":0,"lt":-1}`), "permissions[0].data.calls[0].args[0].lt: must be an integer from 0"},
		"operand a fraction":     {arg(`{"index":0,"lt":1.5}`), "permissions[0].data.calls[0].args[0].lt: must be an integer"},
		"operand not exact":      {arg(`{"index":0,"lt":9007199254740993}`), "permissions[0].data.calls[0].args[0].lt: must be an integer from 0 to 9007199254740991"},
		"operand a text":         {arg(`{"index":0,"eq":"red"}`), `permissions[0].data.calls[0].args[0].eq: must be an address, an unsigned integer, true or false, or a number as 0x hex, is "red"`},
		"operand an object":      {arg(`{"index":0,"eq":{}}`), "permissions[0].data.calls[0].args[0].eq: must be an address"},
		"operand 33 bytes":       {arg(`{"index":0,"eq":"0x1` + strings.Repeat("0", 64) + `"}`), "permissions[0].data.calls[0].args[0].eq: must fit into 32 bytes"},
		"operand mistyped":       {arg(`{"index":0,"eq":"0x5FbDB2315678afecb367f032d93F642f64180AA3"}`), "permissions[0].data.calls[0].args[0].eq: has a wrong checksum"},
		"in of nothing":          {arg(`{"index":0,"in":[]}`), "permissions[0].data.calls[0].args[0].in: must have 1 to 7 entries, has 0"},
		"in of eight":            {arg(`{"index":0,"in":[1,2,3,4,5,6,7,8]}`), "permissions[0].data.calls[0].args[0].in: must have 1 to 7 entries, has 8"},
		"bad entry of in":        {arg(`{"index":0,"in":[1,"x"]}`), "permissions[0].data.calls[0].args[0].in[1]: must be an address"},
		"mask without value":     {arg(`{"index":0,"mask":{"mask":"0xff"}}`), "permissions[0].data.calls[0].args[0].mask.value: is required"},
		"mask that never holds":  {arg(`{"index":0,"mask":{"mask":"0x0f","value":"0x10"}}`), "permissions[0].data.calls[0].args[0].mask: mask 0xf never gives value 0x10"},
		"total too great":        {arg(`{"index":0,"total":` + tooMuch + `}`), "permissions[0].data.calls[0].args[0].total: must be at most"},
		"unknown policy":         {policy(`{"type":"token-approval","data":{}}`), `permissions[0].policies[0].type: must be one of call-limit, gas-limit, rate-limit, token-allowance, is "token-approval"`},
		"unknown custom policy":  {policy(`{"type":{"custom":"usage-limit"},"data":{"limit":1}}`), "permissions[0].policies[0].type: must be one of"},
		"policy without data":    {policy(`{"type":"rate-limit"}`), "permissions[0].policies[0].data: is required"},
		"policy of another kind": {policy(`{"type":"rate-limit","data":{"count":1,"interval":1,"limit":1}}`), "permissions[0].policies[0].data.limit" + ignored},
		"custom call count":      {policy(`{"type":{"custom":"call-limit"},"data":{"count":1}}`), "permissions[0].policies[0].data.limit: is required"},
		"allowance of a call":    {policy(`{"type":"token-allowance","data":{"allowance":"1"}}`), "permissions[0].policies[0].data.allowance: token-allowance belongs to native-token-transfer and erc20-token-transfer"},
		"policy of a limit":      {`{"type":"rate-limit","data":{"count":1,"interval":1},"policies":[{"type":"gas-limit","data":{"limit":"1"}}]}`, "permissions[0].policies: must be left out"},
		"policy for two":         {call(`"calls":["f"]`) + "," + `{"type":"contract-call","data":{"address":"` + token.Hex() + `"},"policies":[{"type":{"custom":"call-limit"},"data":{"limit":1}}]}`, "permissions[1].policies[0]: would limit the session as a whole, permissions[0] and permissions[1] together"},
		"no domain":              {typed(`"typeHash":"` + opHash.Hex() + `"`), "permissions[0].data: must have domain or domainSeparator"},
		"two domains":            {typed(`"domain":{"name":"x"},"domainSeparator":"` + opHash.Hex() + `","typeHash":"` + opHash.Hex() + `"`), "permissions[0].data.domainSeparator: must be left out next to domain"},
		"empty domain":           {typed(`"domain":{},"typeHash":"` + opHash.Hex() + `"`), "permissions[0].data.domain: must have name, version,"},
		"unknown domain field":   {typed(`"domain":{"chain":1},"typeHash":"` + opHash.Hex() + `"`), "permissions[0].data.domain.chain" + ignored},
		"no message type":        {typed(`"domain":{"name":"x"}`), "permissions[0].data: must have primaryType and types, or typeHash"},
		"types of nothing":       {typed(`"domain":{"name":"x"},"types":{}`), "permissions[0].data: must have primaryType and types, or typeHash"},
		"type and hash":          {typed(`"domain":{"name":"x"},"primaryType":"M","types":{"M":[]},"typeHash":"` + opHash.Hex() + `"`), "permissions[0].data.typeHash: must be left out next to primaryType and types"},
		"short hash":             {typed(`"domain":{"name":"x"},"typeHash":"0x01"`), "permissions[0].data.typeHash: must be 0x hex of 32 bytes"},
		"unknown primary type":   {typed(`"domain":{"name":"x"},"primaryType":"N","types":{"M":[]}`), "permissions[0].data.primaryType: must be one of types"},
		"unknown member type":    {typed(`"domain":{"name":"x"},"primaryType":"M","types":{"M":[{"name":"a","type":"Foo"}]}`), "permissions[0].data.types.M[0].type: must be a type of EIP-712"},
		"member without size":    {typed(`"domain":{"name":"x"},"primaryType":"M","types":{"M":[{"name":"a","type":"uint"}]}`), "permissions[0].data.types.M[0].type: must be a type of EIP-712, with its size"},
		"member with a comma":    {typed(`"domain":{"name":"x"},"primaryType":"M","types":{"M":[{"name":"a,address b","type":"uint8"}]}`), "permissions[0].data.types.M[0].name: must be a name"},
		"members of no list":     {typed(`"domain":{"name":"x"},"primaryType":"M","types":{"M":"uint8 a"}`), "permissions[0].data.types.M: must be a list of name and type"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t)
			r := a.post("/v1/sessions", someTerms+`,"permissions":[`+tc.permissions+`]}`)
			if r.Code != http.StatusBadRequest || !strings.Contains(r.message(), tc.want) {
				t.Errorf("got %d %q, want 400 with %q", r.Code, r.message(), tc.want)
			}
			if a.asked != nil {
				t.Error("the domain was asked")
			}
		})
	}
}

// everything is a permission with a rule of each kind, packed and read back.
func everything(t *testing.T) permission.Permission {
	t.Helper()
	period := permission.Period{Max: big.NewInt(100), Start: 1000, Seconds: 60}
	stream := permission.Stream{Initial: big.NewInt(1), PerSecond: big.NewInt(2), Max: big.NewInt(9), Start: 1000}
	mint := permission.Function{Target: nft, Selector: mintOnly}
	swap := permission.Function{Target: nft, Selector: [4]byte{1, 2, 3, 4}}
	dai, usd, art, kit := common.HexToAddress("0xda1"), common.HexToAddress("0x05d"), common.HexToAddress("0xa47"), common.HexToAddress("0x1155")
	p := permission.Permission{
		Signer: signer, ValidUntil: 2_000_000_000, Limit: 7, FeeLimit: big.NewInt(8),
		Contracts: []common.Address{token}, Functions: []permission.Function{mint, swap},
		Rules: []permission.Rule{
			permission.ValuePerCall{Max: big.NewInt(3)},
			permission.ValueTotal{Total: total(4)},
			permission.ValuePeriod{Period: period},
			permission.ValueStream{Stream: stream},
			permission.ERC20Total{Token: dai, Total: total(5)},
			permission.ERC20Period{Token: dai, Period: period},
			permission.ERC20Stream{Token: usd, Stream: stream},
			permission.ERC721{Token: art, ID: big.NewInt(1)},
			permission.ERC721{Token: art, ID: permission.MaxWord},
			permission.ERC1155{Token: kit, ID: big.NewInt(1), Total: total(10)},
			permission.ERC1155{Token: kit, ID: big.NewInt(2), Total: total(20)},
			permission.Argument{Function: mint, Op: permission.Equal, Operands: []*big.Int{owner.Big()}},
			permission.Argument{Function: mint, Word: 1, Op: permission.Less, Operands: numbers(10)},
			permission.Argument{Function: mint, Word: 1, Op: permission.Greater, Operands: numbers(2)},
			permission.Argument{Function: mint, Word: 1, Op: permission.NotEqual, Operands: numbers(4)},
			permission.Argument{Function: mint, Word: 1, Op: permission.NotEqual, Operands: numbers(5)},
			permission.Argument{Function: mint, Word: 2, Op: permission.LessOrEqual, Operands: []*big.Int{permission.MaxWord}},
			permission.Argument{Function: mint, Word: 3, Op: permission.GreaterOrEqual, Operands: numbers(0)},
			permission.Argument{Function: swap, Op: permission.In, Operands: numbers(1, 2, 3)},
			permission.Argument{Function: swap, Word: 1, Op: permission.Mask, Operands: numbers(255, 1)},
			permission.ArgumentTotal{Function: mint, Word: 1, Total: total(1000)},
			permission.Count{Function: mint, Limit: 5},
			permission.Rate{Count: 5, Interval: 60},
			permission.TypedData{DomainSeparator: opHash, TypeHash: opHash},
		},
	}
	packed, err := p.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if p, err = permission.Decode(packed); err != nil {
		t.Fatal(err)
	}
	return p
}

func rulesOf(f permission.Function, call session.FunctionGrant) []permission.Rule {
	var rules []permission.Rule
	if call.Limit > 0 {
		rules = append(rules, permission.Count{Function: f, Limit: call.Limit})
	}
	for _, arg := range call.Arguments {
		if arg.Total != nil {
			rules = append(rules, permission.ArgumentTotal{Function: f, Word: arg.Word, Total: permission.Total{Max: arg.Total}})
		} else {
			rules = append(rules, permission.Argument{Function: f, Word: arg.Word, Op: arg.Op, Operands: arg.Operands})
		}
	}
	return rules
}

// What is shown of a permission asks for the same permission.
func TestPermissionsCanBeSentAgain(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	p := everything(t)
	a.session.Permission, a.session.Usage = p, session.Usage{}
	shown := a.get("/v1/sessions/" + sessionID)
	permissions, err := json.Marshal(shown.json["permissions"])
	if err != nil {
		t.Fatal(err)
	}
	if r := a.post("/v1/sessions", someTerms+`,"limit":7,"feeLimit":"8","permissions":`+string(permissions)+`}`); r.Code != http.StatusOK {
		t.Fatalf("got %d: %s", r.Code, r.Body)
	}
	asked := a.asked.(session.CreateParams)
	got := permission.Permission{Signer: asked.Key.Address, ValidUntil: asked.ValidUntil, Limit: asked.Limit, FeeLimit: asked.FeeLimit, Rules: asked.Rules}
	for _, grant := range asked.Permissions {
		if len(grant.Calls) == 0 {
			got.Contracts = append(got.Contracts, grant.Address)
		}
		for _, call := range grant.Calls {
			f := permission.Function{Target: grant.Address, Selector: [4]byte(common.FromHex(call.Call))}
			got.Functions = append(got.Functions, f)
			got.Rules = append(got.Rules, rulesOf(f, call)...)
		}
	}
	if diff := cmp.Diff(p, got.Normalize(), equalAmounts, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("-shown +asked:\n%s\n%s", diff, permissions)
	}
	whitelist, _ := shown.json["whitelist"].([]any)
	if len(whitelist) != 6 {
		t.Errorf("whitelist is %v, want token, nft and the four limited tokens", whitelist)
	}
}

func TestUsageOfRules(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	p := everything(t)
	state := permission.State{Status: permission.Status{State: permission.Active, Interval: 20, IntervalUses: 2}}
	for range 12 {
		state.Counters = append(state.Counters, big.NewInt(1))
	}
	a.session.Permission = p
	a.session.Usage = session.Usage{}
	for _, use := range permission.Usage(p, state, 1200) {
		if use.Position != permission.NoPosition {
			a.session.Usage.Rules = append(a.session.Usage.Rules, use)
		}
	}
	body := a.get("/v1/sessions/" + sessionID).Body.String()
	for _, want := range []string{
		`{"index":1,"left":"3","limit":"4","rule":"valueTotal","used":"1"}`,
		`"resetsAt":1240,"rule":"valuePeriod"`,
		`"rule":"valueStream"`,
		`"rule":"erc20Total","token":"0x0000000000000000000000000000000000000Da1","used":"1"}`,
		`"rule":"erc1155","token":"0x0000000000000000000000000000000000001155","tokenId":"2","used":"1"}`,
		`{"argument":1,"function":"0x6a627842","index":20,"left":"999","limit":"1000","rule":"argumentTotal","target":"` + nft.Hex() + `","used":"1"}`,
		`{"function":"0x6a627842","index":21,"left":"4","limit":"5","rule":"count","target":"` + nft.Hex() + `","used":"1"}`,
		`{"index":22,"left":"3","limit":"5","resetsAt":1260,"rule":"rate","used":"2"}`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("lacks %s: %s", want, body)
		}
	}
}

func TestReplace(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	path := "/v1/sessions/" + sessionID + "/replace"
	if r := a.post(path, `{"validAfter":0,"validUntil":5,"limit":3,"policy":"pol_1"}`); r.Code != http.StatusOK {
		t.Fatalf("got %d: %s", r.Code, r.Body)
	}
	want := replaced{sessionID, session.CreateParams{ValidUntil: 5, Limit: 3, PolicyID: "pol_1"}}
	if diff := cmp.Diff(want, a.asked, cmp.AllowUnexported(replaced{}), equalAmounts); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, field := range []string{"account", "player", "externalOwnerAddress", "chainId"} {
		a := newAPI(t)
		r := a.post(path, `{"validAfter":0,"validUntil":5,"`+field+`":"1"}`)
		if r.Code != http.StatusBadRequest || r.message() != field+": is that of the session that is replaced; leave it out" || a.asked != nil {
			t.Errorf("%s: got %d %q", field, r.Code, r.message())
		}
	}
}

func TestAccountOperations(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.post("/v1/accounts/"+accountID+"/revoke_sessions", `{"policy":"pol_1"}`)
	if a.asked != (accountOperation{account: accountID, policy: "pol_1"}) {
		t.Errorf("revoke all asked for %+v", a.asked)
	}
	a.post("/v1/accounts/"+accountID+"/transfer_ownership", `{"newOwnerAddress":"`+signer.Hex()+`"}`)
	if a.asked != (accountOperation{account: accountID, newOwner: userop.OwnerAt(signer)}) {
		t.Errorf("change of owner asked for %+v", a.asked)
	}
	if r := a.post("/v1/accounts/"+accountID+"/transfer_ownership", `{"newOwnerAddress":"0x12"}`); r.Code != 400 || !strings.Contains(r.message(), "newOwnerAddress: must be an address") {
		t.Errorf("bad owner: got %d %q", r.Code, r.message())
	}
	if r := a.post("/v1/accounts/"+sessionID+"/revoke_sessions", ""); r.Code != 404 {
		t.Errorf("id of a session: got %d", r.Code)
	}
}
