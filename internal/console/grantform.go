package console

import (
	"crypto/ecdh"
	"fmt"
	"math/big"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/permission/words"
	"github.com/latchkey-dev/latchkey/internal/session"
)

// grantForm is what an operator has entered for a new session key.
type grantForm struct{ url.Values }

// rows is how many rows a repeated part of the form has, at least one.
func (f grantForm) rows(name string) int { return max(1, len(f.Values[name])) }

// at answers a field of one row.
func (f grantForm) at(name string, row int) string {
	if all := f.Values[name]; row < len(all) {
		return strings.TrimSpace(all[row])
	}
	return ""
}

// get answers a field, or what the form starts with.
func (f grantForm) get(name string) string {
	if !f.Has(name) {
		return defaults[name]
	}
	return f.at(name, 0)
}

var defaults = map[string]string{"scope": "listed", "keyType": "secp256k1", "lasts": "7", "unit": "86400", "registration": "onchain"}

// span is a length of time to choose from.
type span struct {
	seconds uint32
	name    string
}

// Spans of limits; 0 is the whole life of the key.
var spans = []span{{0, "in all"}, {3600, "an hour"}, {86_400, "a day"}, {604_800, "a week"}, {2_592_000, "every 30 days"}}

// lengths of a key's life.
var lengths = []span{{3600, "hours"}, {86_400, "days"}, {604_800, "weeks"}}

// scopeEverything is the choice of an unrestricted key.
const scopeEverything = "everything"

// params reads the form. Everything that it grants was entered: an empty part
// grants nothing, and only an explicit choice makes a key that may do anything.
func (v *visit) params(f grantForm, acc account.Account) (p session.CreateParams, err error) {
	p = session.CreateParams{
		AccountID: acc.ID, ChainID: acc.ChainID, PolicyID: f.get("policy"),
		Registration: session.Registration(f.get("registration")), Optimistic: true,
	}
	if p.ValidAfter, p.ValidUntil, err = v.window(f, acc.ChainID); err != nil {
		return p, err
	}
	if p.Limit, err = whole("limit", "Number of calls", f.get("limit"), permission.MaxLimit); err != nil {
		return p, err
	}
	if text := f.get("feeLimit"); text != "" {
		if p.FeeLimit, err = units("feeLimit", "Fees", text, 18); err != nil {
			return p, err
		}
	}
	if p.Rules, err = rateRule(f); err != nil {
		return p, err
	}
	if f.get("scope") == scopeEverything {
		return p, nil
	}
	if p.Permissions, err = callGrants(f); err != nil {
		return p, err
	}
	if err = v.limitFunctions(f, acc.ChainID, p.Permissions); err != nil {
		return p, err
	}
	limits, err := v.assetRules(f, acc.ChainID)
	p.Rules = append(p.Rules, limits...)
	if err == nil && len(p.Permissions) == 0 && len(limits) == 0 {
		err = fault.Field(rowID("contract", 0), nil, "name a contract or a token that the key may use")
	}
	return p, err
}

// startForm is how browsers send a moment; in this form it is in UTC.
const startForm = "2006-01-02T15:04"

// window reads when the key is valid; after is 0 for a key without a start. The
// length counts from the start.
func (v *visit) window(f grantForm, chainID uint64) (after, until uint64, err error) {
	n, err := whole("lasts", "Valid for", f.get("lasts"), 100_000)
	if err != nil {
		return 0, 0, err
	}
	unit, err := whole("unit", "Valid for", f.get("unit"), 604_800)
	if err != nil {
		return 0, 0, err
	}
	if n == 0 || unit == 0 {
		return 0, 0, fault.Field("lasts", nil, "say how long the key is valid: a whole number from 1 to 100000")
	}
	now, err := v.console.Sessions.Time(v.ctx(), chainID)
	if err != nil {
		return 0, 0, err
	}
	text := f.get("starts")
	if text == "" {
		return 0, now + n*unit, nil
	}
	start, err := time.Parse(startForm, text)
	if err != nil {
		return 0, 0, fault.Field("starts", text, "Starts must be a day and a time of UTC as in 2030-01-31T18:00, is %q", text)
	}
	if start.Unix() <= int64(now) {
		return 0, 0, fault.Field("starts", text, "Starts must be later than now, %s UTC, is %s: leave it empty to start at once", time.Unix(int64(now), 0).UTC().Format(startForm), text)
	}
	return uint64(start.Unix()), uint64(start.Unix()) + n*unit, nil
}

func rateRule(f grantForm) ([]permission.Rule, error) {
	count, err := whole("rate", "Calls in a period", f.get("rate"), 1<<32-1)
	if err != nil || count == 0 {
		return nil, err
	}
	interval, err := whole("rateInterval", "Calls in a period", f.get("rateInterval"), 1<<32-1)
	if err != nil {
		return nil, err
	}
	if interval == 0 {
		return nil, fault.Field("rateInterval", nil, "choose the period that the calls are counted in")
	}
	return []permission.Rule{permission.Rate{Count: uint32(count), Interval: uint32(interval)}}, nil
}

func callGrants(f grantForm) ([]session.CallGrant, error) {
	var grants []session.CallGrant
	for i := range f.Values["contract"] {
		text := f.at("contract", i)
		if text == "" {
			continue
		}
		grant, err := f.callGrant(i, text)
		if err != nil {
			return nil, err
		}
		grants = append(grants, grant)
	}
	return grants, nil
}

// reachEvery is the choice of all functions of a contract.
const reachEvery = "every"

var reaches = []choice{{"listed", "Only these functions"}, {reachEvery, "Every function"}}

func (f grantForm) callGrant(row int, text string) (session.CallGrant, error) {
	at := rowID("contract", row)
	grant := session.CallGrant{Path: at}
	var err error
	if grant.Address, err = readAddress(at, text); err != nil {
		return grant, err
	}
	named, every := f.at("functions", row), f.at("reach", row) == reachEvery
	for _, name := range splitFunctions(named) {
		grant.Calls = append(grant.Calls, session.FunctionGrant{Call: name})
	}
	switch {
	case every && len(grant.Calls) > 0:
		return grant, fault.Field(rowID("functions", row), named, "every function is granted, and %q is named besides: leave it out, or choose Only these functions", named)
	case !every && len(grant.Calls) == 0:
		return grant, fault.Field(rowID("functions", row), nil, "no function of %s is named: name what the key may call, or choose Every function", grant.Address)
	}
	return grant, nil
}

// splitFunctions splits at commas that are not inside parentheses.
func splitFunctions(text string) []string {
	var all []string
	depth, from := 0, 0
	add := func(to int) {
		if name := strings.TrimSpace(text[from:to]); name != "" {
			all = append(all, name)
		}
	}
	for i, r := range text {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
		case ',', ';', '\n':
			if depth <= 0 {
				add(i)
				from = i + 1
			}
		}
	}
	add(len(text))
	return all
}

// assetRules reads the limits of native value and of tokens.
func (v *visit) assetRules(f grantForm, chainID uint64) ([]permission.Rule, error) {
	var rules []permission.Rule
	if text := f.get("value"); text != "" {
		wei, err := units("value", "Native value", text, 18)
		if err != nil {
			return nil, err
		}
		period, err := whole("valuePeriod", "Native value", f.get("valuePeriod"), 1<<32-1)
		if err != nil {
			return nil, err
		}
		rules = append(rules, valueRule(wei, uint32(period)))
	}
	for i := range f.Values["token"] {
		rule, err := v.tokenRule(f, chainID, i)
		if err != nil {
			return nil, err
		}
		if rule != nil {
			rules = append(rules, rule)
		}
	}
	pieces, err := collectibleRules(f)
	return append(rules, pieces...), err
}

// The standards of tokens that have numbers.
const (
	standardERC721  = "erc721"
	standardERC1155 = "erc1155"
)

var standards = []choice{{standardERC721, "ERC-721: this one token"}, {standardERC1155, "ERC-1155: pieces of it"}}

// collectibleRules reads the tokens that are granted by their number.
func collectibleRules(f grantForm) ([]permission.Rule, error) {
	var rules []permission.Rule
	for row := range f.Values["nft"] {
		if f.at("nft", row)+f.at("nftID", row)+f.at("nftAmount", row) == "" {
			continue
		}
		rule, err := collectibleRule(f, row)
		if err != nil {
			return nil, err
		}
		rules = append(rules, rule)
	}
	return rules, nil
}

func collectibleRule(f grantForm, row int) (permission.Rule, error) {
	token, err := readAddress(rowID("nft", row), f.at("nft", row))
	if err != nil {
		return nil, err
	}
	number, err := natural(rowID("nftID", row), "Number of the token", f.at("nftID", row), permission.MaxWord)
	if err != nil {
		return nil, err
	}
	atAmount, amount := rowID("nftAmount", row), f.at("nftAmount", row)
	switch kind := f.at("nftKind", row); {
	case kind == standardERC1155:
		most, err := natural(atAmount, "Pieces", amount, permission.MaxAmount)
		return permission.ERC1155{Token: token, ID: number, Total: permission.Total{Max: most}}, err
	case kind != "" && kind != standardERC721:
		return nil, fault.Field(rowID("nftKind", row), kind, "%q is no standard of tokens: choose %s or %s", kind, standardERC721, standardERC1155)
	case amount != "":
		return nil, fault.Field(atAmount, amount, "an ERC-721 token is one piece, and %q pieces are named: leave it empty", amount)
	}
	return permission.ERC721{Token: token, ID: number}, nil
}

// natural reads a whole number in digits.
func natural(field, label, text string, most *big.Int) (*big.Int, error) {
	n, ok := new(big.Int).SetString(text, 10)
	if !ok || len(text) > 100 || strings.HasPrefix(text, "+") || n.Sign() < 0 || n.Cmp(most) > 0 {
		return nil, fault.Field(field, text, "%s must be a whole number from 0 to %s, is %q", label, most, text)
	}
	return n, nil
}

func valueRule(most *big.Int, period uint32) permission.Rule {
	if period == 0 {
		return permission.ValueTotal{Total: permission.Total{Max: most}}
	}
	return permission.ValuePeriod{Period: permission.Period{Max: most, Seconds: period}}
}

func (v *visit) tokenRule(f grantForm, chainID uint64, row int) (permission.Rule, error) {
	text, amount := f.at("token", row), f.at("tokenAmount", row)
	if text == "" && amount == "" {
		return nil, nil
	}
	atToken, atAmount, atPeriod := rowID("token", row), rowID("tokenAmount", row), rowID("tokenPeriod", row)
	token, err := readAddress(atToken, text)
	if err != nil {
		return nil, err
	}
	if amount == "" {
		return nil, fault.Field(atAmount, nil, "say how much of %s the key may move", token)
	}
	known, err := v.console.Contracts.Token(v.ctx(), chainID, token)
	if err != nil {
		return nil, err
	}
	if known.Symbol == "" {
		return nil, fault.Field(atToken, text, "no ERC-20 token answers at %s: it tells neither symbol nor decimals", token)
	}
	most, err := units(atAmount, "Amount of "+known.Symbol, amount, known.Decimals)
	if err != nil {
		return nil, err
	}
	period, err := whole(atPeriod, "Amount of "+known.Symbol, f.at("tokenPeriod", row), 1<<32-1)
	if err != nil {
		return nil, err
	}
	if period == 0 {
		return permission.ERC20Total{Token: token, Total: permission.Total{Max: most}}, nil
	}
	return permission.ERC20Period{Token: token, Period: permission.Period{Max: most, Seconds: uint32(period)}}, nil
}

// key reads the session key's public half.
func (f grantForm) key() (k session.Key, err error) {
	text := f.get("key")
	for k.Type = permission.Secp256k1; k.Type.String() != f.get("keyType"); k.Type++ {
		if k.Type > permission.WebAuthn {
			return k, fault.Field("keyType", f.get("keyType"), "is no kind of key")
		}
	}
	if k.Type == permission.Secp256k1 {
		k.Address, err = readAddress("key", text)
		return k, err
	}
	raw, err := hexutil.Decode(text)
	if err == nil && len(raw) == 64 {
		raw = append([]byte{4}, raw...)
	}
	if err == nil {
		_, err = ecdh.P256().NewPublicKey(raw)
	}
	if err != nil {
		return k, fault.Field("key", text, "must be the public key as 0x hex: x and y, 64 bytes, or 65 with 04 in front")
	}
	k.X, k.Y = [32]byte(raw[1:33]), [32]byte(raw[33:])
	k.Address = permission.SignerAddress(k.X, k.Y)
	return k, nil
}

// rowID is the id of a field in one row of a repeated part, which faults name.
func rowID(name string, row int) string { return fmt.Sprint(name, "-", row) }

func readAddress(field, text string) (common.Address, error) {
	if !common.IsHexAddress(text) {
		return common.Address{}, fault.Field(field, text, "%q is not an address: it must be 0x and 40 hex digits", text)
	}
	return common.HexToAddress(text), nil
}

// whole reads a number; "" is 0.
func whole(field, label, text string, most uint64) (uint64, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || n > most {
		return 0, fault.Field(field, text, "%s must be a whole number from 0 to %d, is %q", label, most, text)
	}
	return n, nil
}

// units reads a decimal number of a currency with so many decimals, exactly.
func units(field, label, text string, decimals int) (*big.Int, error) {
	before, after, _ := strings.Cut(text, ".")
	wrong := fault.Field(field, text, "%s must be a number with at most %d decimals, is %q", label, decimals, text)
	if len(after) > decimals || before+after == "" || len(text) > 100 {
		return nil, wrong
	}
	for _, r := range before + after {
		if r < '0' || r > '9' {
			return nil, wrong
		}
	}
	n, ok := new(big.Int).SetString(before+after+strings.Repeat("0", decimals-len(after)), 10)
	if !ok {
		return nil, wrong
	}
	if n.Cmp(permission.MaxAmount) > 0 {
		return nil, fault.Field(field, text, "%s must be at most %s, which is all that a limit can hold, is %s", label, words.Units(permission.MaxAmount, decimals), text)
	}
	return n, nil
}
