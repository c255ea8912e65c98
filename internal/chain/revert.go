package chain

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/latchkey-dev/latchkey/internal/bindings"
)

// maxUnwrap bounds how deep reverts inside reverts are followed.
const maxUnwrap = 8

// selector names an error in revert data.
type selector [4]byte

// DecodeRevert puts revert data into words. It knows the errors of our
// contracts and of the EntryPoint, what Solidity itself reverts with, and the
// errors of the given ABIs (JSON; one that cannot be read is passed over).
// Reverts that wrap others are unwrapped. The name is the innermost error's,
// "" when nobody knows it; the text is never empty.
func DecodeRevert(data []byte, abis ...json.RawMessage) (name, text string) {
	return decoder{own: ownErrors(), given: errorsOf(abis)}.decode(data, maxUnwrap)
}

type decoder struct {
	own, given map[selector]abi.Error
}

func (d decoder) decode(data []byte, depth int) (name, text string) {
	if len(data) == 0 {
		return "", "no reason given"
	}
	if len(data) < 4 {
		return "", hexutil.Encode(data)
	}
	definition, ok := d.find(selector(data[:4]))
	if !ok {
		return "", hexutil.Encode(data)
	}
	values, err := definition.Inputs.Unpack(data[4:])
	if err != nil {
		return definition.Name, fmt.Sprintf("%s with unreadable arguments %s", definition.Name, hexutil.Encode(data[4:]))
	}
	if prefix, inner, ok := wrapped(definition.Name, values); ok && depth > 0 {
		name, text = d.decode(inner, depth-1)
		return name, prefix + text
	}
	return definition.Name, describe(definition, values)
}

// find prefers our own meaning of an error: a registered ABI must not be able
// to put words into the mouth of the account or the EntryPoint.
func (d decoder) find(id selector) (abi.Error, bool) {
	if definition, ok := d.own[id]; ok {
		return definition, true
	}
	definition, ok := d.given[id]
	return definition, ok
}

// wrapped tells the revert that an EntryPoint error carries.
func wrapped(name string, values []any) (prefix string, inner []byte, ok bool) {
	switch name {
	case "FailedOpWithRevert": // (opIndex, reason, inner)
		return fmt.Sprintf("%s: ", values[1]), values[2].([]byte), true
	case "PostOpReverted": // (returnData)
		return "the paymaster's postOp: ", values[0].([]byte), true
	}
	return "", nil, false
}

func describe(definition abi.Error, values []any) string {
	switch definition.Name {
	case "Error":
		return values[0].(string)
	case "Panic":
		return fmt.Sprintf("panic 0x%02x: %s", values[0], panicReason(fmt.Sprint(values[0])))
	case "FailedOp": // (opIndex, reason)
		return values[1].(string)
	}
	arguments := make([]string, len(values))
	for i, value := range values {
		arguments[i] = strings.TrimSpace(definition.Inputs[i].Name + " " + formatValue(value))
	}
	call := fmt.Sprintf("%s(%s)", definition.Name, strings.Join(arguments, ", "))
	if meaning, ok := meanings[definition.Name]; ok {
		return call + ": " + meaning
	}
	return call
}

func formatValue(value any) string {
	switch v := value.(type) {
	case common.Address:
		return v.Hex()
	case [4]byte:
		return hexutil.Encode(v[:])
	case [32]byte:
		return hexutil.Encode(v[:])
	case []byte:
		return hexutil.Encode(v)
	case string:
		return fmt.Sprintf("%q", v)
	}
	return fmt.Sprint(value)
}

// meanings say in words what the account's errors are about.
var meanings = map[string]string{
	"NotAuthorized":             "only the owner, the account itself or the EntryPoint may call this",
	"DelegatedAccount":          "a delegated account owns itself: it has no owner to change and nothing to upgrade",
	"InvalidOwner":              "the owner may be neither nobody nor the account itself",
	"InvalidOwnerKey":           "an owner's key is of kind 1, 2 or 3 and a point on P-256",
	"AlreadyInitialized":        "an account gets its first owner while it is created, never later",
	"PermissionMalformed":       "these bytes are not a permission that an account registers",
	"SessionExists":             "the session was registered or revoked before, and a session never comes back",
	"SignatureMalformed":        "the signature field is in no form that the account reads",
	"SessionNotActive":          "the session is not registered (0) or was revoked (2)",
	"CallMalformed":             "the call data is not the canonical encoding of execute",
	"FunctionForbidden":         "a session may use the account only through execute",
	"TargetForbidden":           "a session may call neither the account itself nor the EntryPoint",
	"CallNotAllowed":            "the session's permission holds neither this contract nor this function",
	"ValueNotAllowed":           "the session may not send native value",
	"LimitExceeded":             "the session has no calls left",
	"FeeLimitMissing":           "the account would pay, and the session has no fee limit",
	"FeeLimitExceeded":          "the operation may cost more than is left of the session's fee limit",
	"PaymasterNotAllowed":       "the session does not name this paymaster",
	"TokenCallNotAllowed":       "the session's rules know no limit for this call of the token",
	"TokenIdNotAllowed":         "the session's rules do not name this token id",
	"ValueLimitExceeded":        "the call sends more native value than is left by this rule",
	"AmountLimitExceeded":       "the call moves more than is left by this rule",
	"ArgumentNotAllowed":        "an argument is not one that this rule allows",
	"CountExceeded":             "the session has no calls of this function left",
	"RateExceeded":              "the session has no calls left in this interval",
	"ExecutionModeNotSupported": "the account knows batches only (ERC-7821 mode 0x0100…)",
	"MomentNotAllowed":          "this rule has no answer for the moment that the signature names",
}

// ownErrors are the errors of our contracts, of the EntryPoint and of Solidity.
var ownErrors = sync.OnceValue(func() map[selector]abi.Error {
	found := map[selector]abi.Error{}
	for _, contract := range []abi.ABI{
		bindings.NewLatchkeyAccount().GetABI(),
		bindings.NewLatchkeyAccountFactory().GetABI(),
		bindings.NewLatchkeyPaymaster().GetABI(),
		bindings.NewEntryPoint().GetABI(),
	} {
		addErrors(found, contract)
	}
	addError(found, solidityError("Error", "string"))
	addError(found, solidityError("Panic", "uint256"))
	return found
})

func solidityError(name, argument string) abi.Error {
	kind, err := abi.NewType(argument, "", nil)
	if err != nil {
		panic(err) // the argument is one of two constants
	}
	return abi.NewError(name, abi.Arguments{{Type: kind}})
}

func errorsOf(abis []json.RawMessage) map[selector]abi.Error {
	found := map[selector]abi.Error{}
	for _, text := range abis {
		var contract abi.ABI
		if err := json.Unmarshal(text, &contract); err == nil {
			addErrors(found, contract)
		}
	}
	return found
}

func addErrors(to map[selector]abi.Error, contract abi.ABI) {
	for _, definition := range contract.Errors {
		addError(to, definition)
	}
}

func addError(to map[selector]abi.Error, definition abi.Error) {
	to[selector(definition.ID[:4])] = definition
}

// panicReason names the panics that Solidity documents.
func panicReason(code string) string {
	if reason, ok := panicReasons[code]; ok {
		return reason
	}
	return "unknown kind"
}

var panicReasons = map[string]string{
	"1":  "an assertion failed",
	"17": "arithmetic overflow or underflow",
	"18": "division by zero",
	"33": "value out of range of its enum",
	"34": "storage byte array wrongly encoded",
	"49": "pop from an empty array",
	"50": "array index out of bounds",
	"65": "too much memory allocated",
	"81": "call of an uninitialised function",
}
