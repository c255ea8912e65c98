package console

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/latchkey-dev/latchkey/internal/contract"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/session"
)

// choice is an option of a select.
type choice struct{ value, name string }

// What a row of function limits limits, and how, where that is no argument and
// no comparison.
const (
	limitsCalls = "calls"
	inAll       = "total"
)

// comparisons are the ways to limit an argument, "at most" first: the only one
// that numbers of calls have.
var comparisons = []choice{
	{permission.LessOrEqual.String(), "at most"},
	{permission.GreaterOrEqual.String(), "at least"},
	{permission.Equal.String(), "equal to"},
	{permission.NotEqual.String(), "not equal to"},
	{permission.In.String(), "in the list"},
	{inAll, "at most, all calls together"},
}

var operators = map[string]permission.Op{
	"le": permission.LessOrEqual, "ge": permission.GreaterOrEqual, "eq": permission.Equal, "ne": permission.NotEqual, "in": permission.In,
}

// argument is a word of a function's arguments that can be limited.
type argument struct {
	word  int
	label string
	kind  string // ABI type, "" when it is not known
}

// unknownArguments are offered while nothing tells what a function takes.
const unknownArguments = 16

// argumentsOf answers what can be limited of a function. names may be nil, and
// so is the answer when the signature tells nothing.
func argumentsOf(signature string, names []contract.Input) []argument {
	types, err := session.ArgumentTypes(signature)
	if signature == "" || err != nil {
		return nil
	}
	called := wordNames(names)
	all := []argument{}
	for word, kind := range types {
		if kind == "" {
			continue
		}
		label := fmt.Sprintf("word %d (%s)", word+1, kind)
		if word < len(called) && called[word] != "" {
			label = fmt.Sprintf("%s (%s, word %d)", called[word], kind, word+1)
		}
		all = append(all, argument{word, label, kind})
	}
	return all
}

// wordNames answers the name of the argument that each word belongs to.
func wordNames(inputs []contract.Input) []string {
	var names []string
	for _, in := range inputs {
		types, err := session.ArgumentTypes("f(" + in.Type + ")")
		if err != nil {
			return nil
		}
		names = append(names, slices.Repeat([]string{printable(in.Name)}, len(types))...)
	}
	return names
}

// argumentChoices are the options of a row for a function.
func argumentChoices(known []argument) []choice {
	all := []choice{{limitsCalls, "Number of calls"}}
	if known == nil {
		for word := range unknownArguments {
			all = append(all, choice{strconv.Itoa(word), fmt.Sprintf("Word %d of the arguments", word+1)})
		}
	}
	for _, a := range known {
		all = append(all, choice{strconv.Itoa(a.word), "Argument " + a.label})
	}
	return all
}

// withChosen keeps the number of an argument that a form was sent with, though
// the function has none.
func withChosen(all []choice, value string) []choice {
	word, err := strconv.ParseUint(value, 10, 8)
	if err != nil || slices.ContainsFunc(all, func(c choice) bool { return c.value == value }) {
		return all
	}
	return append(all, choice{value, fmt.Sprintf("Word %d of the arguments", word+1)})
}

// offers is what scripts make the options of rows from: of each function, by its
// signature, the values and names.
func offers(functions []contract.Function) string {
	all := make(map[string][][2]string)
	for _, f := range functions {
		for _, c := range argumentChoices(argumentsOf(f.Signature, f.Inputs)) {
			all[f.Signature] = append(all[f.Signature], [2]string{c.value, c.name})
		}
	}
	raw, err := json.Marshal(all)
	if err != nil {
		panic(err) // strings are always written
	}
	return string(raw)
}

// limitedFunction is the function that a row of limits is about.
type limitedFunction struct {
	grant, call int // among the grants of the form
	address     common.Address
	signature   string     // "" when it is granted by its selector
	arguments   []argument // nil when nothing tells them
}

// limitFunctions adds the limits of functions to what a form grants.
func (v *visit) limitFunctions(f grantForm, chainID uint64, grants []session.CallGrant) error {
	for row := range f.Values["limitOf"] {
		if f.at("limitOf", row) == "" && f.at("limitValue", row) == "" {
			continue
		}
		of, err := v.limited(f, chainID, grants, row)
		if err != nil {
			return err
		}
		limit := functionLimit{v, f, chainID, row, of}
		if err := limit.addTo(&grants[of.grant].Calls[of.call]); err != nil {
			return err
		}
	}
	return nil
}

// limited finds the function that a row names: as it is written in a list of
// functions, with the contract's address in front when several have it.
func (v *visit) limited(f grantForm, chainID uint64, grants []session.CallGrant, row int) (of limitedFunction, err error) {
	at, text := rowID("limitOf", row), f.at("limitOf", row)
	wanted, on := text, ""
	if first, rest, ok := strings.Cut(text, " "); ok && common.IsHexAddress(first) {
		on, wanted = first, rest
	}
	found := 0
	for i, g := range grants {
		if on != "" && g.Address != common.HexToAddress(on) {
			continue
		}
		for j, call := range g.Calls {
			if spaceless(call.Call) == spaceless(wanted) {
				of = limitedFunction{grant: i, call: j, address: g.Address}
				found++
			}
		}
	}
	switch {
	case text == "":
		return of, fault.Field(at, nil, "name the function that %q limits", f.at("limitValue", row))
	case found == 0:
		return of, fault.Field(at, text, "%q is not among the functions above: a limit needs a function that is granted by itself", text)
	case found > 1:
		return of, fault.Field(at, text, "%q is granted on %d contracts: write the address of one in front, with a space", text, found)
	}
	named := grants[of.grant].Calls[of.call].Call
	_, of.signature, err = v.console.Contracts.Selector(v.ctx(), v.project.ID, chainID, of.address, named)
	if refused, ok := asFault(err); ok && refused.Kind == fault.Invalid {
		return of, fault.Field(at, text, "%s", strings.TrimPrefix(refused.Message, refused.Field+": "))
	}
	if err != nil || of.signature == "" {
		return of, err
	}
	of.arguments, err = v.arguments(chainID, of)
	return of, err
}

// arguments names the arguments as the project's newest ABI of the contract
// does.
func (v *visit) arguments(chainID uint64, of limitedFunction) ([]argument, error) {
	known, err := v.knownContracts(contract.Filter{ChainID: chainID, Address: of.address})
	if err != nil {
		return nil, err
	}
	for _, c := range known {
		for _, function := range contract.Functions(c) {
			if function.Signature == of.signature {
				return argumentsOf(of.signature, function.Inputs), nil
			}
		}
	}
	return argumentsOf(of.signature, nil), nil
}

func spaceless(s string) string { return strings.Join(strings.Fields(s), "") }

// functionLimit is one row of limits of functions.
type functionLimit struct {
	visit   *visit
	form    grantForm
	chainID uint64
	row     int
	of      limitedFunction
}

func (l functionLimit) id(name string) string   { return rowID(name, l.row) }
func (l functionLimit) text(name string) string { return l.form.at(name, l.row) }

// addTo puts the limit where it belongs.
func (l functionLimit) addTo(g *session.FunctionGrant) error {
	if what := l.text("limitArgument"); what == "" || what == limitsCalls {
		return l.addCalls(g)
	}
	a, err := l.argument()
	if err != nil {
		return err
	}
	limit := session.ArgumentGrant{Word: uint8(a.word)}
	if l.text("limitOp") == inAll {
		limit.Total, err = l.total(a)
	} else {
		limit.Op, limit.Operands, err = l.comparison(a)
	}
	g.Arguments = append(g.Arguments, limit)
	return err
}

func (l functionLimit) addCalls(g *session.FunctionGrant) error {
	if op := l.text("limitOp"); op != "" && op != permission.LessOrEqual.String() && op != inAll {
		return fault.Field(l.id("limitOp"), op, "a number of calls can be limited by at most alone, not by %s", op)
	}
	text := l.text("limitValue")
	n, err := whole(l.id("limitValue"), "Number of calls", text, permission.MaxLimit)
	switch {
	case err != nil:
		return err
	case n == 0:
		return fault.Field(l.id("limitValue"), text, "Number of calls must be from 1 to %d, is %q", permission.MaxLimit, text)
	case g.Limit != 0:
		return fault.Field(l.id("limitValue"), text, "the calls of %s are limited to %d already, and to %d here: leave one of them out", g.Call, g.Limit, n)
	}
	g.Limit = n
	return nil
}

// argument answers which argument a row limits.
func (l functionLimit) argument() (argument, error) {
	at, text := l.id("limitArgument"), l.text("limitArgument")
	word, err := whole(at, "Argument", text, 255)
	if err != nil {
		return argument{}, err
	}
	if l.of.arguments == nil {
		return argument{word: int(word), label: fmt.Sprintf("word %d", word+1)}, nil
	}
	for _, a := range l.of.arguments {
		if a.word == int(word) {
			return a, nil
		}
	}
	return argument{}, fault.Field(at, text, "%s has no argument of fixed size at word %d, and others cannot be limited; it has %s", l.of.signature, word+1, labels(l.of.arguments))
}

func labels(all []argument) string {
	if len(all) == 0 {
		return "none"
	}
	var out []string
	for _, a := range all {
		out = append(out, a.label)
	}
	return strings.Join(out, ", ")
}

// total is the most that an argument may add up to.
func (l functionLimit) total(a argument) (*big.Int, error) {
	if a.kind != "" && !strings.HasPrefix(a.kind, "uint") {
		return nil, fault.Field(l.id("limitOp"), inAll, "argument %s is no amount: only those of uint types add up", a.label)
	}
	at, text := l.id("limitValue"), l.text("limitValue")
	n, err := l.number(a, text)
	if err == nil && (n.Sign() < 0 || n.Cmp(permission.MaxAmount) > 0) {
		err = fault.Field(at, text, "argument %s may add up to at most %s, is %s", a.label, permission.MaxAmount, n)
	}
	return n, err
}

// maxListed is the most values that "in the list" takes.
const maxListed = 7

func (l functionLimit) comparison(a argument) (permission.Op, []*big.Int, error) {
	name := l.text("limitOp")
	op, ok := operators[name]
	if !ok {
		return op, nil, fault.Field(l.id("limitOp"), name, "%q is no way to limit an argument", name)
	}
	signed := strings.HasPrefix(a.kind, "int")
	if signed && (op == permission.GreaterOrEqual || op == permission.LessOrEqual || op == permission.NotEqual && a.kind != "int256") {
		return op, nil, fault.Field(l.id("limitOp"), name, "argument %s may be negative, and the account compares without signs: choose equal to or in the list", a.label)
	}
	values := []string{l.text("limitValue")}
	if op == permission.In {
		values = strings.Split(values[0], ",")
	}
	if len(values) > maxListed {
		return op, nil, fault.Field(l.id("limitValue"), l.text("limitValue"), "the list of argument %s must have at most %d values, has %d", a.label, maxListed, len(values))
	}
	var operands []*big.Int
	for _, text := range values {
		operand, err := l.operand(a, strings.TrimSpace(text))
		if err != nil {
			return op, nil, err
		}
		operands = append(operands, operand)
	}
	return op, operands, nil
}

// operand reads a value as the word that calls hold for it.
func (l functionLimit) operand(a argument, text string) (*big.Int, error) {
	must := func(be string) error {
		return fault.Field(l.id("limitValue"), text, "argument %s must be %s, is %q", a.label, be, text)
	}
	switch {
	case a.kind == "address":
		if !common.IsHexAddress(text) {
			return nil, must("an address, 0x and 40 hex digits")
		}
		return common.HexToAddress(text).Big(), nil
	case a.kind == "bool":
		if text != "true" && text != "false" {
			return nil, must("true or false")
		}
		return new(big.Int).SetUint64(map[string]uint64{"true": 1}[text]), nil
	case strings.HasPrefix(a.kind, "bytes"):
		size, err := strconv.Atoi(a.kind[len("bytes"):])
		raw, badHex := hexutil.Decode(text)
		if err != nil || badHex != nil || len(raw) != size {
			return nil, must("0x and " + strconv.Itoa(2*size) + " hex digits")
		}
		return new(big.Int).SetBytes(common.RightPadBytes(raw, 32)), nil
	}
	n, err := l.number(a, text)
	if err != nil {
		return nil, err
	}
	low, high := bounds(a.kind)
	if n.Cmp(low) < 0 || n.Cmp(high) > 0 {
		return nil, must(fmt.Sprintf("from %s to %s", low, high))
	}
	if n.Sign() < 0 {
		n.Add(n, new(big.Int).Lsh(big.NewInt(1), 256))
	}
	return n, nil
}

// bounds answers the least and the greatest number of a type; a type that is no
// number, or not known, has the numbers of a word.
func bounds(kind string) (low, high *big.Int) {
	unsigned, isUnsigned := strings.CutPrefix(kind, "uint")
	signed, isSigned := strings.CutPrefix(kind, "int")
	one := big.NewInt(1)
	bits, err := strconv.ParseUint(unsigned, 10, 9)
	if isUnsigned && err == nil {
		return new(big.Int), new(big.Int).Sub(new(big.Int).Lsh(one, uint(bits)), one)
	}
	bits, err = strconv.ParseUint(signed, 10, 9)
	if isSigned && err == nil && bits > 0 {
		half := new(big.Int).Lsh(one, uint(bits-1))
		return new(big.Int).Neg(half), new(big.Int).Sub(half, one)
	}
	return new(big.Int), permission.MaxWord
}

// number reads a whole number in digits or hex, or an amount with the symbol of
// a token: "5 DEV" is as many base units as the token's decimals say.
func (l functionLimit) number(a argument, text string) (*big.Int, error) {
	if amount, symbol, ok := strings.Cut(text, " "); ok {
		return l.amount(amount, strings.TrimSpace(symbol))
	}
	if len(text) <= 100 {
		digits, base := text, 10
		if rest, isHex := strings.CutPrefix(text, "0x"); isHex {
			digits, base = rest, 16
		}
		if n, ok := new(big.Int).SetString(digits, base); ok && !strings.HasPrefix(digits, "+") && (base == 10 || n.Sign() >= 0) {
			return n, nil
		}
	}
	return nil, fault.Field(l.id("limitValue"), text, "argument %s must be a whole number, or an amount with its token as in 0.5 ETH, is %q", a.label, text)
}

// amount reads an amount of ETH, of the called token, or of one that the form
// names.
func (l functionLimit) amount(amount, symbol string) (*big.Int, error) {
	at := l.id("limitValue")
	if strings.EqualFold(symbol, "ETH") {
		return units(at, "Amount of ETH", amount, 18)
	}
	tokens := []common.Address{l.of.address}
	for row := range l.form.Values["token"] {
		if text := l.form.at("token", row); common.IsHexAddress(text) {
			tokens = append(tokens, common.HexToAddress(text))
		}
	}
	for _, token := range tokens {
		known, err := l.visit.console.Contracts.Token(l.visit.ctx(), l.chainID, token)
		if err != nil {
			return nil, err
		}
		if known.Symbol != "" && strings.EqualFold(known.Symbol, symbol) {
			return units(at, "Amount of "+known.Symbol, amount, known.Decimals)
		}
	}
	return nil, fault.Field(at, symbol, "%q is neither ETH, nor the token that is called, nor one that is named below: write the amount in base units", symbol)
}
