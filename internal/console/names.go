package console

import (
	"fmt"
	"math/big"
	"strings"
	"unicode"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/console/ui"
	"github.com/latchkey-dev/latchkey/internal/contract"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/permission/words"
)

// names calls the contracts and tokens of a chain as the project does. Texts
// made with it hold marks for moments and addresses, which ui.Prose draws.
type names struct {
	words.Names
	book  contract.Book
	token func(common.Address) contract.Token
}

// names are asked for once in a request.
func (v *visit) names(chainID uint64) (names, error) {
	if known, ok := v.named[chainID]; ok {
		return known, nil
	}
	book, err := v.console.Contracts.Book(v.ctx(), v.project.ID, chainID)
	if err != nil {
		return names{}, err
	}
	n := names{book: book, token: func(address common.Address) contract.Token {
		t, err := v.console.Contracts.Token(v.ctx(), chainID, address)
		if err != nil {
			v.console.Log.Warn("ask a token for its symbol", "token", address, "error", err)
		}
		return t
	}}
	n.Names = words.Names{
		Contract: book.Contract,
		Function: func(f permission.Function) string { return book.Function(f.Target, f.Selector) },
		Token: func(address common.Address) (string, int) {
			t := n.token(address)
			return t.Symbol, t.Decimals
		},
		Time:    ui.MarkTime,
		Address: func(address common.Address) string { return ui.MarkValue(address.Hex()) },
		Now:     uint64(v.console.Now().Unix()), //nolint:gosec // after 1970
	}
	if v.named == nil {
		v.named = make(map[uint64]names)
	}
	v.named[chainID] = n
	return n, nil
}

// contract answers the name that the project gave, or the address.
func (n names) contract(address common.Address) string {
	if name := printable(n.book.Contract(address)); name != "" {
		return name
	}
	return ui.MarkValue(address.Hex())
}

// printable keeps names from holding marks, and from turning the direction of
// the words around them.
func printable(name string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) {
			return -1
		}
		return r
	}, name)
}

// amount writes an amount of a token.
func (n names) amount(token common.Address, base *big.Int) string {
	t := n.token(token)
	if t.Symbol == "" {
		return base.String() + " base units"
	}
	return words.Units(base, t.Decimals) + " " + t.Symbol
}

// ether writes wei.
func ether(wei *big.Int) string {
	whole, part, _ := strings.Cut(words.Units(wei, 18), ".")
	if part != "" {
		part = "." + part
	}
	return groupedDigits(whole) + part + " ETH"
}

// summary says what an intent does, in a few words.
func (n names) summary(in intent.Intent) string {
	switch in.Kind {
	case intent.RegisterSession:
		return "Register a session key"
	case intent.RevokeSession:
		return "Revoke a session key"
	case intent.ReplaceSession:
		return "Replace a session key"
	case intent.RevokeAll:
		return "Revoke all session keys"
	case intent.ChangeOwner:
		return "Change the owner"
	}
	if len(in.Interactions) == 0 {
		return "Nothing"
	}
	first := n.interaction(in.Interactions[0])
	if more := len(in.Interactions) - 1; more > 0 {
		return fmt.Sprintf("%s and %s", first, countOf(more, "more call", "more calls"))
	}
	return first
}

func (n names) interaction(call intent.Interaction) string {
	on := n.contract(call.To)
	if len(call.Data) < 4 {
		return "Send " + ether(call.Value) + " to " + on
	}
	selector := [4]byte(call.Data)
	name := printable(n.book.Function(call.To, selector))
	if name == "" {
		name = fmt.Sprintf("0x%x", selector)
	}
	return name + " on " + on
}
