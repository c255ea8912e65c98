package chain

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

var (
	// ErrUnavailable means that no node gave an answer. It is a fault, so that
	// API clients learn that the chain is away; which node failed how is said by
	// the error that wraps it. A write may have happened all the same.
	ErrUnavailable error = fault.New(fault.Unavailable, "no RPC node of the chain answers: try again later")

	// ErrNonceTooLow means that another transaction used the nonce, or this one
	// did and is mined.
	ErrNonceTooLow = errors.New("nonce too low: another transaction used it")
	// ErrUnderpriced means that the fees are too low for the node, or too low to
	// replace what waits with the same nonce.
	ErrUnderpriced = errors.New("fees too low for the node, or to replace the transaction that waits with this nonce")
	// ErrOutOfGas means that a call needs more gas than the node gives to one.
	ErrOutOfGas = errors.New("the call needs more gas than the node gives to one")
	// ErrInsufficientFunds means that the sender cannot pay.
	ErrInsufficientFunds = errors.New("sender cannot pay for the transaction")
)

// RevertError says that the EVM reverted.
type RevertError struct {
	Data    []byte // revert data, possibly empty; see DecodeRevert
	Message string // the node's words
}

func (e *RevertError) Error() string {
	if len(e.Data) == 0 {
		return e.Message
	}
	_, text := DecodeRevert(e.Data)
	return "execution reverted: " + text
}

type wrongChainError struct{ want, got uint64 }

func (e *wrongChainError) Error() string {
	return fmt.Sprintf("the node is on chain %d, not on chain %d", e.got, e.want)
}

// Codes of JSON-RPC errors.
const (
	codeReverted       = 3 // by geth and those who follow it
	codeMethodNotFound = -32601
	codeLimitExceeded  = -32005 // the provider's, not the chain's
)

// isAway tells whether another node should be asked: this one did not answer,
// or answered about itself rather than about the request.
func isAway(err error) bool {
	if err == nil {
		return false
	}
	if answer, ok := errors.AsType[rpc.Error](err); ok {
		return answer.ErrorCode() == codeLimitExceeded || answer.ErrorCode() == http.StatusTooManyRequests
	}
	return true
}

// classify gives a node's refusal the type that callers look for.
func classify(err error) error {
	answer, ok := errors.AsType[rpc.Error](err)
	if !ok {
		return err
	}
	message := answer.Error()
	if answer.ErrorCode() == codeReverted || strings.HasPrefix(message, "execution reverted") {
		return &RevertError{Data: revertData(err), Message: message}
	}
	if known := refusal(message); known != nil {
		return fmt.Errorf("%w (%s)", known, message)
	}
	return err
}

// withoutURL drops the address that the HTTP client puts before its errors:
// providers' addresses hold API keys.
func withoutURL(err error) error {
	if failed, ok := errors.AsType[*url.Error](err); ok {
		return failed.Err
	}
	return err
}

// revertData reads the data member of a JSON-RPC error; nodes leave it out
// when it is empty.
func revertData(err error) []byte {
	carrier, ok := errors.AsType[rpc.DataError](err)
	if !ok {
		return nil
	}
	text, ok := carrier.ErrorData().(string)
	if !ok {
		return nil
	}
	data, err := hexutil.Decode(text)
	if err != nil {
		return nil
	}
	return data
}

// refusal recognises why a transaction was not taken. Nodes agree on no code,
// only nearly on words.
func refusal(message string) error {
	message = strings.ToLower(message)
	switch {
	case strings.Contains(message, "nonce too low"), strings.Contains(message, "nonce is too low"):
		return ErrNonceTooLow
	case strings.Contains(message, "underpriced"), strings.Contains(message, "max fee per gas less than block base fee"):
		return ErrUnderpriced
	case strings.Contains(message, "insufficient funds"):
		return ErrInsufficientFunds
	}
	return nil
}

// outOfGas recognises the refusal of a call for want of gas. Other errors stay
// as they are.
func outOfGas(err error) error {
	for _, words := range []string{"out of gas", "insufficient gas", "intrinsic gas too low", "gas required exceeds"} {
		if strings.Contains(strings.ToLower(err.Error()), words) {
			return fmt.Errorf("%w (%w)", ErrOutOfGas, err)
		}
	}
	return err
}

func hasCode(err error, code int) bool {
	answer, ok := errors.AsType[rpc.Error](err)
	return ok && answer.ErrorCode() == code
}
