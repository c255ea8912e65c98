package bundler

import (
	"encoding/hex"
	"errors"
	"math"
	"math/big"
	"strings"

	"github.com/ethereum/go-ethereum/accounts/abi"

	"github.com/latchkey-dev/latchkey/internal/bindings"
)

// refusal is EntryPoint's answer to a bundle with an operation that it would
// not run.
type refusal struct {
	index  int    // in the bundle
	reason string // as EntryPoint says it: "AA23 reverted"
	inner  []byte // what the account or paymaster threw, nil when nothing
}

// Codes that say something else than that the operation is wrong.
const (
	codeNotDeployed   = "AA20" // account not deployed
	codeNonce         = "AA25" // invalid account nonce
	codePoorSponsor   = "AA31" // paymaster deposit too low
	codesOfTheBundler = "AA9"  // AA90 to AA96: the transaction around the operations is wrong
)

func (r refusal) is(code string) bool { return strings.HasPrefix(r.reason, code) }

// meanings says in words what EntryPoint's codes mean.
var meanings = map[string]string{
	"AA10": "the account exists already, so the operation must not carry its factory",
	"AA13": "the factory failed, or ran out of verification gas",
	"AA14": "the factory made another account than the sender",
	"AA15": "the factory made no account",
	"AA20": "the account is not deployed",
	"AA21": "the account holds too little to pay the operation's largest possible fee: fund it, or name a policy",
	"AA22": "the signature's time window has passed or not begun by the chain's clock",
	"AA23": "the account refused it",
	"AA24": "the account does not accept the signature",
	"AA25": "its nonce is not the next one of its lane",
	"AA26": "validation used more than verificationGasLimit",
	"AA30": "the paymaster is not deployed",
	"AA31": "the paymaster's deposit is too low",
	"AA32": "the sponsorship's time window has passed or not begun by the chain's clock",
	"AA33": "the paymaster refused it",
	"AA34": "the paymaster does not accept its signature",
	"AA36": "the paymaster's validation used more than paymasterVerificationGasLimit",
}

// words explains the refusal. explain may be nil.
func (r refusal) words(explain func(revert []byte) string) string {
	text := "EntryPoint refused it: " + r.reason
	code, _, _ := strings.Cut(r.reason, " ")
	if meaning, ok := meanings[code]; ok {
		text += ": " + meaning
	}
	if len(r.inner) > 0 {
		text += ": " + explainRevert(r.inner, explain)
	}
	return text
}

func explainRevert(data []byte, explain func(revert []byte) string) string {
	if explain == nil {
		return "0x" + hex.EncodeToString(data)
	}
	return explain(data)
}

// readRefusal decodes FailedOp and FailedOpWithRevert; ok is false for
// anything else.
func readRefusal(data []byte, operations int) (r refusal, ok bool) {
	if len(data) < 4 {
		return refusal{}, false
	}
	thrown, err := entryPoint.UnpackError(data)
	if err != nil {
		return refusal{}, false
	}
	var index *big.Int
	switch e := thrown.(type) {
	case *bindings.EntryPointFailedOp:
		index, r.reason = e.OpIndex, e.Reason
	case *bindings.EntryPointFailedOpWithRevert:
		index, r.reason, r.inner = e.OpIndex, e.Reason, e.Inner
	default:
		return refusal{}, false
	}
	if index.Cmp(big.NewInt(int64(operations))) >= 0 {
		return refusal{}, false
	}
	r.index = int(index.Int64())
	return r, true
}

// bundlersFault reports whether EntryPoint blames the transaction and not an
// operation, by FailedOp or by a plain reason.
func bundlersFault(data []byte) bool {
	if r, ok := readRefusal(data, math.MaxInt32); ok {
		return r.is(codesOfTheBundler)
	}
	reason, err := abi.UnpackRevert(data)
	return err == nil && strings.HasPrefix(reason, codesOfTheBundler)
}

// revertError is a call that the chain ran and that failed. Every other error
// of a call says nothing about the call.
type revertError struct {
	data []byte // nil when nothing was thrown
	err  error
}

func (e *revertError) Error() string { return e.err.Error() }
func (e *revertError) Unwrap() error { return e.err }

// words explains the failure. explain may be nil.
func (e *revertError) words(explain func(revert []byte) string) string {
	if len(e.data) == 0 {
		return e.Error()
	}
	return explainRevert(e.data, explain)
}

// failuresOfCalls are the messages by which nodes say that a call itself
// failed, where they give no data with it.
var failuresOfCalls = []string{
	"execution reverted", "out of gas", "invalid opcode", "stack underflow", "stack limit", "invalid jump", "gas required exceeds allowance",
}

// asRevert makes a revertError of the error of a call that failed on chain and
// leaves all others as they are.
func asRevert(err error) error {
	if err == nil {
		return nil
	}
	if data, ok := revertData(err); ok {
		return &revertError{data: data, err: err}
	}
	for _, part := range failuresOfCalls {
		if strings.Contains(strings.ToLower(err.Error()), part) {
			return &revertError{err: err}
		}
	}
	return err
}

// revertData finds revert data in an error. Nodes put it in the error's data,
// some of them inside an object, or behind a word.
func revertData(err error) ([]byte, bool) {
	var carrier interface{ ErrorData() any }
	if !errors.As(err, &carrier) {
		return nil, false
	}
	data := carrier.ErrorData()
	if object, ok := data.(map[string]any); ok {
		data = object["data"]
	}
	text, ok := data.(string)
	if !ok {
		return nil, false
	}
	text = strings.TrimPrefix(text, "Reverted ")
	if !strings.HasPrefix(text, "0x") {
		return nil, false
	}
	bytesOf, err := hex.DecodeString(text[2:])
	return bytesOf, err == nil
}

// answered reports whether an error is a node's answer about the request. The
// failure to get one is not, nor is the advice to ask less often.
func answered(err error) bool {
	const limitExceeded, tooManyRequests = -32005, 429
	var answer interface{ ErrorCode() int }
	if !errors.As(err, &answer) {
		return false
	}
	return answer.ErrorCode() != limitExceeded && answer.ErrorCode() != tooManyRequests
}
