package contract

import (
	"context"
	"math/big"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

// Token is how an ERC-20 token shows its amounts.
type Token struct {
	Symbol   string // "" when the contract does not tell, or is no token
	Decimals int
}

// tokens remembers what contracts say of themselves. It never changes on honest
// tokens; what a dishonest one says is looked at again after a while.
type tokens struct {
	mu    sync.Mutex
	known map[tokenAt]knownToken
}

type tokenAt struct {
	chainID uint64
	address common.Address
}

type knownToken struct {
	token Token
	asked time.Time
}

const (
	tokenLife  = time.Hour
	mostTokens = 10_000
)

// Selectors of symbol() and decimals().
var (
	symbolCall   = []byte{0x95, 0xd8, 0x9b, 0x41}
	decimalsCall = []byte{0x31, 0x3c, 0xe5, 0x67}
)

// Token asks a contract for its symbol and decimals. One that does not tell both
// is answered without a symbol: its amounts are shown in base units.
func (s *Service) Token(ctx context.Context, chainID uint64, address common.Address) (Token, error) {
	at := tokenAt{chainID, address}
	s.tokens.mu.Lock()
	known, ok := s.tokens.known[at]
	s.tokens.mu.Unlock()
	if ok && s.Now().Sub(known.asked) < tokenLife {
		return known.token, nil
	}
	t, err := s.askToken(ctx, chainID, address)
	if err != nil {
		return Token{}, err
	}
	s.tokens.mu.Lock()
	defer s.tokens.mu.Unlock()
	if s.tokens.known == nil || len(s.tokens.known) >= mostTokens {
		s.tokens.known = make(map[tokenAt]knownToken)
	}
	s.tokens.known[at] = knownToken{t, s.Now()}
	return t, nil
}

func (s *Service) askToken(ctx context.Context, chainID uint64, address common.Address) (Token, error) {
	raw, err := s.Caller.Call(ctx, chainID, address, symbolCall)
	if err != nil {
		return Token{}, unlessRefused(err)
	}
	symbol := readSymbol(raw)
	if symbol == "" {
		return Token{}, nil
	}
	raw, err = s.Caller.Call(ctx, chainID, address, decimalsCall)
	if err != nil {
		return Token{}, unlessRefused(err)
	}
	decimals := new(big.Int).SetBytes(raw)
	if len(raw) != 32 || !decimals.IsInt64() || decimals.Int64() > 77 { // 2^256 has 78 digits
		return Token{}, nil
	}
	return Token{Symbol: symbol, Decimals: int(decimals.Int64())}, nil
}

// unlessRefused drops the error of a contract that refuses the call: it is no
// token.
func unlessRefused(err error) error {
	if fault.Is(err, fault.Invalid) {
		return nil
	}
	return err
}

// maxSymbol bounds symbols, in bytes. Anybody may write a token.
const maxSymbol = 24

var oneString = abi.Arguments{{Type: mustType("string")}}

func mustType(name string) abi.Type {
	t, err := abi.NewType(name, "", nil)
	if err != nil {
		panic(err) // a name of this file
	}
	return t
}

// readSymbol reads a string, or the bytes32 that old tokens answer.
func readSymbol(raw []byte) string {
	symbol := ""
	if values, err := oneString.Unpack(raw); err == nil {
		symbol = values[0].(string)
	} else if len(raw) == 32 {
		symbol = strings.TrimRight(string(raw), "\x00")
	}
	odd := func(r rune) bool { return !unicode.IsGraphic(r) || unicode.IsSpace(r) || r == unicode.ReplacementChar }
	if len(symbol) > maxSymbol || strings.ContainsFunc(symbol, odd) {
		return ""
	}
	return symbol
}
