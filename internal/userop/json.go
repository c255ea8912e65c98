package userop

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
)

// operationJSON is the shape of bundler RPC for EntryPoint v0.7 and later, and
// of the API's UserOperationV8. Optional members are absent, not empty.
type operationJSON struct {
	Sender                        *string        `json:"sender"`
	Nonce                         *hexutil.Big   `json:"nonce"`
	Factory                       *string        `json:"factory,omitempty"`
	FactoryData                   *hexutil.Bytes `json:"factoryData,omitempty"`
	CallData                      *hexutil.Bytes `json:"callData"`
	CallGasLimit                  *hexutil.Big   `json:"callGasLimit"`
	VerificationGasLimit          *hexutil.Big   `json:"verificationGasLimit"`
	PreVerificationGas            *hexutil.Big   `json:"preVerificationGas"`
	MaxFeePerGas                  *hexutil.Big   `json:"maxFeePerGas"`
	MaxPriorityFeePerGas          *hexutil.Big   `json:"maxPriorityFeePerGas"`
	Paymaster                     *string        `json:"paymaster,omitempty"`
	PaymasterVerificationGasLimit *hexutil.Big   `json:"paymasterVerificationGasLimit,omitempty"`
	PaymasterPostOpGasLimit       *hexutil.Big   `json:"paymasterPostOpGasLimit,omitempty"`
	PaymasterData                 *hexutil.Bytes `json:"paymasterData,omitempty"`
	Signature                     *hexutil.Bytes `json:"signature"`
}

// MarshalJSON writes every value as a hex string, addresses with checksum. Nil
// amounts are written as 0x0; factory and paymaster members are left out
// together with their contract.
func (op Operation) MarshalJSON() ([]byte, error) {
	if err := op.check(); err != nil {
		return nil, fmt.Errorf("operation of %s: %w", op.Sender, err)
	}
	out := operationJSON{
		Sender:               addressJSON(op.Sender),
		Nonce:                (*hexutil.Big)(orZero(op.Nonce)),
		CallData:             (*hexutil.Bytes)(&op.CallData),
		CallGasLimit:         (*hexutil.Big)(orZero(op.CallGasLimit)),
		VerificationGasLimit: (*hexutil.Big)(orZero(op.VerificationGasLimit)),
		PreVerificationGas:   (*hexutil.Big)(orZero(op.PreVerificationGas)),
		MaxFeePerGas:         (*hexutil.Big)(orZero(op.MaxFeePerGas)),
		MaxPriorityFeePerGas: (*hexutil.Big)(orZero(op.MaxPriorityFeePerGas)),
		Signature:            (*hexutil.Bytes)(&op.Signature),
	}
	if op.Factory != (common.Address{}) {
		out.Factory = addressJSON(op.Factory)
		out.FactoryData = (*hexutil.Bytes)(&op.FactoryData)
	}
	if op.Paymaster != (common.Address{}) {
		out.Paymaster = addressJSON(op.Paymaster)
		out.PaymasterVerificationGasLimit = (*hexutil.Big)(orZero(op.PaymasterVerificationGasLimit))
		out.PaymasterPostOpGasLimit = (*hexutil.Big)(orZero(op.PaymasterPostOpGasLimit))
		out.PaymasterData = (*hexutil.Bytes)(&op.PaymasterData)
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON writes. Absent amounts of a paymaster
// are zero; every other absent member, and amounts beyond what EntryPoint
// takes, are errors.
func (op *Operation) UnmarshalJSON(data []byte) error {
	var in operationJSON
	if err := json.Unmarshal(data, &in); err != nil {
		return fmt.Errorf("read operation: %w", err)
	}
	out, err := in.operation()
	if err == nil {
		err = out.check()
	}
	if err != nil {
		return fmt.Errorf("read operation: %w", err)
	}
	*op = out
	return nil
}

func (in operationJSON) operation() (Operation, error) {
	var out Operation
	if in.CallData == nil || in.Signature == nil {
		return out, errors.New("callData or signature is missing")
	}
	out.CallData, out.Signature = bytesOf(in.CallData), bytesOf(in.Signature)
	out.FactoryData, out.PaymasterData = bytesOf(in.FactoryData), bytesOf(in.PaymasterData)

	if in.Sender == nil {
		return out, errors.New("sender is missing")
	}
	addresses := []struct {
		name string
		from *string
		to   *common.Address
	}{
		{"sender", in.Sender, &out.Sender},
		{"factory", in.Factory, &out.Factory},
		{"paymaster", in.Paymaster, &out.Paymaster},
	}
	for _, a := range addresses {
		if err := parseAddress(a.name, a.from, a.to); err != nil {
			return out, err
		}
	}

	amounts := []struct {
		name     string
		from     *hexutil.Big
		to       **big.Int
		optional bool
	}{
		{"nonce", in.Nonce, &out.Nonce, false},
		{"callGasLimit", in.CallGasLimit, &out.CallGasLimit, false},
		{"verificationGasLimit", in.VerificationGasLimit, &out.VerificationGasLimit, false},
		{"preVerificationGas", in.PreVerificationGas, &out.PreVerificationGas, false},
		{"maxFeePerGas", in.MaxFeePerGas, &out.MaxFeePerGas, false},
		{"maxPriorityFeePerGas", in.MaxPriorityFeePerGas, &out.MaxPriorityFeePerGas, false},
		{"paymasterVerificationGasLimit", in.PaymasterVerificationGasLimit, &out.PaymasterVerificationGasLimit, true},
		{"paymasterPostOpGasLimit", in.PaymasterPostOpGasLimit, &out.PaymasterPostOpGasLimit, true},
	}
	for _, a := range amounts {
		if a.from == nil && !a.optional {
			return out, fmt.Errorf("%s is missing", a.name)
		}
		*a.to = (*big.Int)(a.from)
	}
	return out, nil
}

// parseAddress leaves to as it is when the member is absent.
func parseAddress(name string, from *string, to *common.Address) error {
	if from == nil {
		return nil
	}
	if !common.IsHexAddress(*from) || len(*from) != 42 {
		return fmt.Errorf("%s must be an address of 20 bytes in hex, is %q", name, *from)
	}
	*to = common.HexToAddress(*from)
	return nil
}

func addressJSON(a common.Address) *string {
	s := a.Hex()
	return &s
}

// bytesOf answers nil for absent and for empty bytes.
func bytesOf(b *hexutil.Bytes) []byte {
	if b == nil || len(*b) == 0 {
		return nil
	}
	return *b
}
