package console

import (
	"context"
	"encoding/json"
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/contract"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/operator"
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
		{fields("contract", items.Hex(), "reach", "every", "functions", "mint"), `every function is granted, and "mint" is named besides`},
	} {
		if got := g.reads(c.form); !strings.Contains(strings.ToLower(got), strings.ToLower(c.want)) {
			t.Errorf("%v reads %q, want %q in it", c.form, got, c.want)
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
		{"lasts", "Say how long the key is valid", mint("lasts", "")},
		{"lasts", `Valid for must be a whole number from 0 to 100000, is "100001"`, mint("lasts", "100001")},
		{"limit", `Number of calls must be a whole number from 0 to 281474976710655, is "many"`, mint("limit", "many")},
		{"feeLimit", `Fees must be a number with at most 18 decimals, is "1,5"`, mint("feeLimit", "1,5")},
		{"feeLimit", "must be from 0 to 2^96-1 wei, is 100000000000000000000000000000", mint("feeLimit", "100000000000")},
		{"rate", `Calls in a period must be a whole number from 0 to 4294967295, is "4294967296"`, mint("rate", "4294967296", "rateInterval", "60")},
	} {
		if got := g.refusedAt(c.at, c.form); !strings.Contains(strings.ToLower(got), strings.ToLower(c.want)) {
			t.Errorf("at %s: %q, want %q in it", c.at, got, c.want)
		}
	}
}
