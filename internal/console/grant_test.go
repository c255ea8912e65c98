package console

import (
	"context"
	"encoding/json"
	"html"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/contract"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/operator"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/permission/words"
	"github.com/latchkey-dev/latchkey/internal/session"
	"github.com/latchkey-dev/latchkey/internal/sponsor"
	"github.com/latchkey-dev/latchkey/internal/store/storetest"
	"github.com/latchkey-dev/latchkey/internal/userop"
)

const grantChain = 31337

var (
	items    = common.HexToAddress("0x00000000000000000000000000000000000175e5")
	coin     = common.HexToAddress("0x000000000000000000000000000000000000c019")
	stranger = common.HexToAddress("0x00000000000000000000000000000000005742a9")
)

const itemsABI = `[
	{"type":"function","name":"mint","stateMutability":"nonpayable","inputs":[{"name":"to","type":"address"},{"name":"amount","type":"uint8"}],"outputs":[]},
	{"type":"function","name":"name","stateMutability":"view","inputs":[],"outputs":[{"name":"","type":"string"}]},
	{"type":"function","name":"tell","stateMutability":"nonpayable","inputs":[{"name":"note","type":"string"},{"name":"by","type":"int64"},{"name":"at","type":"tuple","components":[{"name":"x","type":"uint16"},{"name":"tag","type":"bytes4"}]}],"outputs":[]}]`

// grantChainOf is a chain on which nothing is deployed but coin.
type grantChainOf struct{ now uint64 }

func (c grantChainOf) Time(context.Context) (uint64, error) { return c.now, nil }

func (grantChainOf) OwnerAndEpoch(context.Context, common.Address) (owner userop.Owner, epoch uint64, err error) {
	return owner, 0, nil
}

func (grantChainOf) ReadSessions(_ context.Context, queries []session.Query) ([]session.Answer, error) {
	return make([]session.Answer, len(queries)), nil
}

// Call answers symbol() and decimals() of coin.
func (grantChainOf) Call(_ context.Context, _ uint64, to common.Address, data []byte) ([]byte, error) {
	if to != coin {
		return nil, fault.New(fault.Invalid, "the call reverted")
	}
	if data[0] == 0x31 {
		return common.LeftPadBytes([]byte{6}, 32), nil
	}
	return common.RightPadBytes([]byte("COIN"), 32), nil
}

func (grantChainOf) AccountAddress(uint64, userop.Owner, common.Hash) (address, factory, implementation common.Address, err error) {
	return common.HexToAddress("0xacc0"), factory, implementation, nil
}

// granting is a dashboard with an account, and a contract that the project
// knows.
type granting struct {
	*world
	*browser
	account account.Account
	now     uint64
}

func newGranting(t *testing.T) *granting {
	t.Helper()
	var accounts *account.Service
	now := uint64(1_800_000_000)
	w := newWorld(t, func(d *Deps) {
		db, chain := storetest.SQLite(t), grantChainOf{now}
		d.Auth.Store, d.Operators.Store = db, db
		d.Players.Store = db
		accounts = &account.Service{Store: db, Players: d.Players, Addresses: chain, Now: d.Now}
		d.Accounts = accounts
		d.Contracts = &contract.Service{Store: db, Caller: chain, Now: d.Now}
		d.Sponsor = &sponsor.Service{Store: db, Now: d.Now}
		d.Sessions = &session.Service{
			Store: db, Accounts: accounts, Selectors: d.Contracts, Defaults: d.Auth, Now: d.Now,
			Networks: map[uint64]session.Network{grantChain: {Chain: chain, Paymaster: common.HexToAddress("0x9a75")}},
		}
	})
	owner := userop.Owner{Address: common.HexToAddress("0x0e4e")}
	acc, err := accounts.Create(t.Context(), w.project.ID, account.CreateParams{ChainID: grantChain, Owner: owner})
	if err != nil {
		t.Fatal(err)
	}
	name, chain := "Items", uint64(grantChain)
	_, err = w.console.Contracts.Create(t.Context(), w.project.ID, contract.Params{Name: &name, ChainID: &chain, Address: &items, ABI: json.RawMessage(itemsABI)})
	if err != nil {
		t.Fatal(err)
	}
	return &granting{w, w.as(operator.Admin), acc, now}
}

// fields of a form, by name and value in turn; names may be repeated.
func fields(pairs ...string) url.Values {
	out := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		out.Add(pairs[i], pairs[i+1])
	}
	return out
}

var (
	tags  = regexp.MustCompile(`<[^>]*>`)
	space = regexp.MustCompile(`\s+`)
)

// text is what a page says, on one line.
func text(page string) string {
	return strings.TrimSpace(space.ReplaceAllString(html.UnescapeString(tags.ReplaceAllString(page, "")), " "))
}

// reads answers how a form is read back.
func (g *granting) reads(form url.Values) string {
	g.t.Helper()
	a := g.get("/accounts/" + g.account.ID + "/sessions/preview?" + form.Encode())
	g.want(a, 200, "")
	return text(a.body)
}

// refusedAt sends a form, and answers what is said at the field with the id.
func (g *granting) refusedAt(id string, form url.Values) string {
	g.t.Helper()
	a := g.post("/accounts/"+g.account.ID+"/sessions", form)
	if a.status != 400 {
		g.t.Fatalf("answer is %d, want 400:\n%s", a.status, text(a.body))
	}
	for name, values := range form {
		for _, value := range values {
			if name != "csrf" && name != "scope" && name != "understood" && !keeps(a.body, name, value) {
				g.t.Errorf("the form does not keep %s %q", name, value)
			}
		}
	}
	message := regexp.MustCompile(`<p class="error" id="` + id + `-error">([^<]*)</p>`).FindStringSubmatch(a.body)
	described := regexp.MustCompile(`<(?:input|select)[^>]* id="` + id + `"[^>]*aria-describedby="` + id + `-error"`).MatchString(a.body)
	if message == nil || !described || !strings.Contains(a.body, `href="#`+id+`"`) {
		errors := regexp.MustCompile(`<p class="error"[^>]*>[^<]*`).FindAllString(a.body, -1)
		g.t.Errorf("nothing is said at %s (described %v), but %q, and above the form %q", id, described, errors, text(regexp.MustCompile(`(?s)<div class="notice bad" role.*?</div>`).FindString(a.body)))
		return ""
	}
	return html.UnescapeString(message[1])
}

// keeps reports whether a form still has a value in one of its fields.
func keeps(page, name, value string) bool {
	value = regexp.QuoteMeta(html.EscapeString(value))
	typed := regexp.MustCompile(`<input[^>]* name="` + name + `"[^>]* value="` + value + `"`)
	chosen := regexp.MustCompile(`(?s)<select[^>]* name="` + name + `"[^>]*>[^§]*?<option value="` + value + `" selected`)
	return value == "" || typed.MatchString(page) || chosen.MatchString(page)
}

func TestGrant_reach(t *testing.T) {
	t.Parallel()
	g := newGranting(t)
	for _, c := range []struct {
		form url.Values
		want string
	}{
		{fields("contract", items.Hex(), "reach", "listed", "functions", "mint"), "may call mint on “Items” (0x000000…0175E5"},
		{fields("contract", items.Hex(), "reach", "every", "functions", ""), "may call anything on “Items” (0x000000…0175E5"},
		{fields("contract", items.Hex(), "reach", "listed", "functions", ""), "is named: name what the key may call, or choose Every function"},
		{fields("contract", items.Hex()), "is named: name what the key may call, or choose Every function"},
		{fields("contract", g.account.Address.Hex(), "reach", "every"), "names the account itself, which no session may call"},
		{fields("contract", userop.EntryPoint.Hex(), "reach", "every"), "names the EntryPoint"},
		{fields("contract", items.Hex(), "reach", "every", "functions", "mint"), `every function is granted, and "mint" is named besides`},
	} {
		if got := g.reads(c.form); !strings.Contains(strings.ToLower(got), strings.ToLower(c.want)) {
			t.Errorf("%v reads %q, want %q in it", c.form, got, c.want)
		}
	}
}

// limits is a form with rows of limits: function, what, how, value.
func limits(functions string, rows ...string) url.Values {
	form := fields("contract", items.Hex(), "reach", "listed", "functions", functions)
	for i := 0; i < len(rows); i += 4 {
		form.Add("limitOf", rows[i])
		form.Add("limitArgument", rows[i+1])
		form.Add("limitOp", rows[i+2])
		form.Add("limitValue", rows[i+3])
	}
	return form
}

func TestGrant_limitsOfFunctions(t *testing.T) {
	t.Parallel()
	g := newGranting(t)
	to := stranger.Hex()
	transfer := "transfer(address,uint256)"
	coins := limits(transfer, transfer, "1", "le", "5 COIN")
	coins.Set("contract", coin.Hex())
	selector := limits("0x6a627842", "0x6a627842", "2", "ge", "0x10")
	for _, c := range []struct {
		form  url.Values
		wants []permission.Rule
	}{
		{limits("mint", "mint", "calls", "le", "3"), []permission.Rule{permission.Count{Limit: 3}}},
		{limits("mint", "", "calls", "le", ""), nil},
		{limits("mint", "mint", "0", "eq", to), []permission.Rule{argumentRule(0, permission.Equal, stranger.Big())}},
		{limits("mint(address, uint8)", "mint(address,uint8)", "1", "le", "5"), []permission.Rule{argumentRule(1, permission.LessOrEqual, big.NewInt(5))}},
		{limits("mint", items.Hex()+" mint", "1", "in", "7, 3,5"), []permission.Rule{argumentRule(1, permission.In, big.NewInt(3), big.NewInt(5), big.NewInt(7))}},
		{limits("mint", "mint", "1", "total", "20"), []permission.Rule{permission.ArgumentTotal{Word: 1, Total: permission.Total{Max: big.NewInt(20)}}}},
		// A narrow argument's unused bits are kept 0 beside what they would pass.
		{limits("mint", "mint", "1", "ge", "2"), []permission.Rule{argumentRule(1, permission.LessOrEqual, big.NewInt(255)), argumentRule(1, permission.GreaterOrEqual, big.NewInt(2))}},
		{limits("tell", "tell", "1", "eq", "-1"), []permission.Rule{argumentRule(1, permission.Equal, permission.MaxWord)}},
		{limits("tell", "tell", "3", "eq", "0x01020304"), []permission.Rule{argumentRule(3, permission.Equal, new(big.Int).Lsh(big.NewInt(0x01020304), 224))}},
		{limits("tell", "tell", "2", "ne", "65535", "tell", "calls", "le", "1"), []permission.Rule{
			argumentRule(2, permission.NotEqual, big.NewInt(65535)), argumentRule(2, permission.LessOrEqual, big.NewInt(65535)), permission.Count{Limit: 1},
		}},
		{coins, []permission.Rule{argumentRule(1, permission.LessOrEqual, big.NewInt(5_000_000))}},
		{selector, []permission.Rule{argumentRule(2, permission.GreaterOrEqual, big.NewInt(16))}},
	} {
		got := g.granted(c.form)
		if len(got.Contracts) != 0 || len(got.Functions) != 1 || len(got.Rules) != len(c.wants) {
			t.Errorf("%v grants %+v, want the rules %+v of one function", c.form, got, c.wants)
			continue
		}
		for _, want := range c.wants {
			want = of(want, got.Functions[0])
			if !slices.ContainsFunc(got.Rules, func(r permission.Rule) bool { return reflect.DeepEqual(r, want) }) {
				t.Errorf("%v grants the rules %+v, which lack %+v", c.form, got.Rules, want)
			}
		}
	}
	// What is read back is said of the permission.
	if got := g.reads(limits("mint", "mint", "1", "le", "5", "mint", "calls", "le", "3")); !strings.Contains(got, "at most 3 times") || !strings.Contains(got, "at most 5") {
		t.Errorf("read back: %q", got)
	}
	page := g.get("/accounts/" + g.account.ID + "/sessions/new?" + limits("mint", "mint", "1", "le", "5").Encode())
	g.want(page, 200, `<option value="1" selected>Argument amount (uint8, word 2)</option>`)
}

func argumentRule(word uint8, op permission.Op, operands ...*big.Int) permission.Rule {
	return permission.Argument{Word: word, Op: op, Operands: operands}
}

// of is a rule about a function.
func of(r permission.Rule, f permission.Function) permission.Rule {
	switch r := r.(type) {
	case permission.Argument:
		r.Function = f
		return r
	case permission.ArgumentTotal:
		r.Function = f
		return r
	case permission.Count:
		r.Function = f
		return r
	}
	return r
}

// granted answers the permission that a form asks for.
func (g *granting) granted(form url.Values) permission.Permission {
	g.t.Helper()
	r := httptest.NewRequestWithContext(g.t.Context(), http.MethodGet, "/", nil)
	v := &visit{console: g.console, r: r, project: g.project}
	p, err := v.params(grantForm{form}, g.account)
	if err != nil {
		g.t.Fatalf("%v: %v", form, err)
	}
	granted, err := g.console.Sessions.Preview(g.t.Context(), g.project.ID, p)
	if err != nil {
		g.t.Fatalf("%v: %v", form, err)
	}
	return granted
}

// What is wrong with a field that has no place for it is said above the form.
func TestGrant_refusalsAbove(t *testing.T) {
	t.Parallel()
	g := newGranting(t)
	for want, form := range map[string]url.Values{
		"Is no kind of key": fields("keyType", "rsa"),
		"Native value must be a whole number from 0 to 4294967295, is \"-1\"":  fields("value", "1", "valuePeriod", "-1"),
		"Choose the period that the calls are counted in":                      fields("rate", "1", "rateInterval", "0"),
		"Must be \"onchain\", \"first-use\" or \"stateless\"":                  fields("registration", "never"),
		"Amount of COIN must be a whole number from 0 to 4294967295, is \"x\"": fields("token", coin.Hex(), "tokenAmount", "1", "tokenPeriod", "x"),
	} {
		for name, value := range map[string]string{"contract": items.Hex(), "functions": "mint", "key": aKey} {
			form.Set(name, value)
		}
		a := g.post("/accounts/"+g.account.ID+"/sessions", form)
		if above := text(regexp.MustCompile(`(?s)<div class="notice bad" role.*?</div>`).FindString(a.body)); a.status != 400 || !strings.HasPrefix(above, want) {
			t.Errorf("%v answers %d and says %q, want %q", form, a.status, above, want)
		}
	}
}

func TestGrant_startAndCollectibles(t *testing.T) {
	t.Parallel()
	g := newGranting(t)
	got := g.granted(fields("starts", "2027-01-16T08:00", "lasts", "2", "unit", "3600",
		"nft", stranger.Hex(), "nftKind", "erc721", "nftID", "7", "nftAmount", "",
		"nft", items.Hex(), "nftKind", "erc1155", "nftID", "8", "nftAmount", "20", "nft", "", "nftKind", "erc721"))
	if start := g.now + 86_400; got.ValidAfter != start || got.ValidUntil != start+7200 {
		t.Errorf("valid from %d to %d, want %d to %d", got.ValidAfter, got.ValidUntil, start, start+7200)
	}
	want := []permission.Rule{
		permission.ERC721{Token: stranger, ID: big.NewInt(7)},
		permission.ERC1155{Token: items, ID: big.NewInt(8), Total: permission.Total{Max: big.NewInt(20)}},
	}
	if !reflect.DeepEqual(got.Rules, want) || len(got.Contracts)+len(got.Functions) > 0 {
		t.Errorf("grants %+v, want the rules %+v alone", got, want)
	}
	if got := g.granted(fields("contract", items.Hex(), "functions", "mint")); got.ValidAfter != 0 || got.ValidUntil != g.now+7*86_400 {
		t.Errorf("without a start, valid from %d to %d", got.ValidAfter, got.ValidUntil)
	}
}

// What is seldom needed is closed until it is used.
func TestGrant_closedParts(t *testing.T) {
	t.Parallel()
	g := newGranting(t)
	at := "/accounts/" + g.account.ID + "/sessions/new"
	opened := func(query string) int {
		return strings.Count(g.get(at+query).body, `data-rows open`) + strings.Count(g.get(at+query).body, `class="card" open`)
	}
	for query, want := range map[string]int{"": 0, "?limitOf=mint": 1, "?nftID=1": 1, "?starts=2030-01-01T00:00": 1, "?nft=&limitValue=&starts=": 0} {
		if got := opened(query); got != want {
			t.Errorf("%q opens %d parts, want %d", query, got, want)
		}
	}
}

const (
	aKey   = "0x00000000000000000000000000000000000004e4"
	tooBig = "340282366920938463463374607431768211456" // 2^128
)

// Every refusal that a form can cause stands at its field, and names the limit
// and what was sent; nothing that was typed is lost.
func TestGrant_refusals(t *testing.T) {
	t.Parallel()
	g := newGranting(t)
	with := func(pairs ...string) url.Values {
		form := fields(pairs...)
		for name, value := range map[string]string{"key": aKey, "keyType": "secp256k1", "scope": "listed", "lasts": "7", "unit": "86400"} {
			if !form.Has(name) {
				form.Set(name, value)
			}
		}
		return form
	}
	mint := func(pairs ...string) url.Values {
		return with(append([]string{"contract", items.Hex(), "reach", "listed", "functions", "mint"}, pairs...)...)
	}
	limited := func(functions string, row ...string) url.Values {
		form := mint()
		maps.Copy(form, limits(functions, row...))
		return form
	}
	twice := limited("mint", "mint", "calls", "le", "3")
	twice.Add("limitOf", "mint")
	twice.Add("limitArgument", "calls")
	twice.Add("limitOp", "le")
	twice.Add("limitValue", "4")
	both := limited("mint", "mint", "calls", "le", "3")
	both.Add("contract", stranger.Hex())
	both.Add("reach", "listed")
	both.Add("functions", "mint")
	everyBeside := limited("mint", "mint", "calls", "le", "3")
	everyBeside.Add("contract", items.Hex())
	everyBeside.Add("reach", "every")
	limitedTwice := limited("mint", items.Hex()+" mint", "calls", "le", "3")
	limitedTwice.Add("contract", items.Hex())
	limitedTwice.Add("reach", "listed")
	limitedTwice.Add("functions", "mint(address,uint8)")
	list := "1,2,3,4,5,6,7,8"
	coins := words.Units(common.HexToHash("0xffffffffffffffffffffffffffffffff").Big(), 6)
	for _, c := range []struct {
		at, want string
		form     url.Values
	}{
		{"key", `"0x12" is not an address: it must be 0x and 40 hex digits`, mint("key", "0x12")},
		{"key", "must be the public key as 0x hex", mint("key", "0x12", "keyType", "p256")},
		{"key", "must not be the zero address", mint("key", common.Address{}.Hex())},
		{"understood", "Confirm that the key may do anything", with("scope", "everything")},
		{"contract-0", `"items" is not an address`, with("contract", "items", "reach", "listed", "functions", "mint")},
		{"contract-0", "Name a contract or a token", with()},
		{"contract-1", `"0x" is not an address`, with("contract", items.Hex(), "reach", "listed", "functions", "mint", "contract", "0x", "reach", "listed", "functions", "")},
		{"contract-0", "names the account itself", with("contract", g.account.Address.Hex(), "reach", "every")},
		{"contract-0", "names the EntryPoint", with("contract", userop.EntryPoint.Hex(), "reach", "every")},
		{"functions-0", "No function of " + items.Hex() + " is named", with("contract", items.Hex(), "reach", "listed", "functions", "")},
		{"functions-0", `"mint" is named besides`, with("contract", items.Hex(), "reach", "every", "functions", "mint")},
		{"functions-0", "has no such function; it has mint(address,uint8)", with("contract", items.Hex(), "reach", "listed", "functions", "burn")},
		{"functions-0", "register one, or give a full signature or selector", with("contract", stranger.Hex(), "reach", "listed", "functions", "mint")},
		{"token-0", `"COIN" is not an address`, with("token", "COIN", "tokenAmount", "5", "tokenPeriod", "0")},
		{"token-0", "no ERC-20 token answers at " + items.Hex(), with("token", items.Hex(), "tokenAmount", "5", "tokenPeriod", "0")},
		{"tokenAmount-0", "Say how much of " + coin.Hex(), with("token", coin.Hex(), "tokenAmount", "", "tokenPeriod", "0")},
		{"tokenAmount-0", `Amount of COIN must be a number with at most 6 decimals, is "0.1234567"`, with("token", coin.Hex(), "tokenAmount", "0.1234567", "tokenPeriod", "0")},
		{"tokenAmount-0", "must be at most " + coins + ", which is all that a limit can hold, is " + tooBig, with("token", coin.Hex(), "tokenAmount", tooBig, "tokenPeriod", "0")},
		{"contract-0", "grants every function of " + coin.Hex(), with("contract", coin.Hex(), "reach", "every", "token", coin.Hex(), "tokenAmount", "5", "tokenPeriod", "86400")},
		{"value", `Native value must be a number with at most 18 decimals, is "-1"`, mint("value", "-1", "valuePeriod", "0")},
		{"nft-0", `"cats" is not an address`, with("nft", "cats", "nftKind", "erc721", "nftID", "1", "nftAmount", "")},
		{"nftID-0", "Number of the token must be a whole number from 0 to " + permission.MaxWord.String() + `, is "-1"`, with("nft", stranger.Hex(), "nftKind", "erc721", "nftID", "-1", "nftAmount", "")},
		{"nftAmount-0", `an ERC-721 token is one piece, and "2" pieces are named`, with("nft", stranger.Hex(), "nftKind", "erc721", "nftID", "1", "nftAmount", "2")},
		{"nftAmount-0", "Pieces must be a whole number from 0 to " + permission.MaxAmount.String() + `, is ""`, with("nft", stranger.Hex(), "nftKind", "erc1155", "nftID", "1", "nftAmount", "")},
		{"nft-0", "names the account itself", with("nft", g.account.Address.Hex(), "nftKind", "erc721", "nftID", "1")},
		{"starts", `Starts must be a day and a time of UTC as in 2030-01-31T18:00, is "soon"`, mint("starts", "soon")},
		{"starts", "Starts must be later than now, 2027-01-15T08:00 UTC, is 2027-01-15T08:00", mint("starts", "2027-01-15T08:00")},
		{"lasts", "Say how long the key is valid", mint("lasts", "")},
		{"lasts", `Valid for must be a whole number from 0 to 100000, is "100001"`, mint("lasts", "100001")},
		{"limit", `Number of calls must be a whole number from 0 to 281474976710655, is "many"`, mint("limit", "many")},
		{"feeLimit", `Fees must be a number with at most 18 decimals, is "1,5"`, mint("feeLimit", "1,5")},
		{"feeLimit", "must be from 0 to 2^96-1 wei, is 100000000000000000000000000000", mint("feeLimit", "100000000000")},
		{"limitOf-0", `Name the function that "3" limits`, limited("mint", "", "calls", "le", "3")},
		{"limitOf-0", `"burn" is not among the functions above`, limited("mint", "burn", "calls", "le", "3")},
		{"limitOf-0", "is granted on 2 contracts", both},
		{"limitOf-0", "has no such function; it has mint(address,uint8)", limited("burn", "burn", "calls", "le", "3")},
		{"functions-0", "of which contract 2 grants every function", everyBeside},
		{"functions-1", "is granted with other limits in contract 1", limitedTwice},
		{"limitArgument-0", "mint(address,uint8) has no argument of fixed size at word 3, and others cannot be limited; it has to (address, word 1), amount (uint8, word 2)", limited("mint", "mint", "2", "le", "3")},
		{"limitArgument-0", "has no argument of fixed size at word 1", limited("tell", "tell", "0", "eq", "3")},
		{"limitOp-0", "may be negative", limited("tell", "tell", "1", "ge", "3")},
		{"limitOp-0", "by at most alone, not by eq", limited("mint", "mint", "calls", "eq", "3")},
		{"limitOp-0", "argument to (address, word 1) is no amount", limited("mint", "mint", "0", "total", "3")},
		{"limitValue-0", "Number of calls must be from 1 to 281474976710655, is", limited("mint", "mint", "calls", "le", "0")},
		{"limitValue-0", `Number of calls must be a whole number from 0 to 281474976710655, is "-1"`, limited("mint", "mint", "calls", "le", "-1")},
		{"limitValue-1", "limited to 3 already, and to 4 here", twice},
		{"limitValue-0", `argument to (address, word 1) must be an address, 0x and 40 hex digits, is "me"`, limited("mint", "mint", "0", "eq", "me")},
		{"limitValue-0", "argument amount (uint8, word 2) must be from 0 to 255, is \"256\"", limited("mint", "mint", "1", "le", "256")},
		{"limitValue-0", "must have at most 7 values, has 8", limited("mint", "mint", "1", "in", list)},
		{"limitValue-0", `must be a whole number, or an amount with its token as in 0.5 ETH, is "0.5"`, limited("mint", "mint", "1", "le", "0.5")},
		{"limitValue-0", `must be a whole number, or an amount with its token as in 0.5 ETH, is ""`, limited("mint", "mint", "1", "in", "1,,2")},
		{"limitValue-0", `"COIN" is neither ETH, nor the token that is called`, limited("mint", "mint", "1", "le", "5 COIN")},
		{"limitValue-0", `must be 0x and 8 hex digits, is "0x01"`, limited("tell", "tell", "3", "eq", "0x01")},
		{"limitValue-0", "may add up to at most 340282366920938463463374607431768211455, is " + tooBig, limited("mint", "mint", "1", "total", tooBig)},
		{"rate", `Calls in a period must be a whole number from 0 to 4294967295, is "4294967296"`, mint("rate", "4294967296", "rateInterval", "60")},
	} {
		if got := g.refusedAt(c.at, c.form); !strings.Contains(strings.ToLower(got), strings.ToLower(c.want)) {
			t.Errorf("at %s: %q, want %q in it", c.at, got, c.want)
		}
	}
}
