package console

import (
	"encoding/json"
	"errors"
	"math/big"
	"reflect"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/session"
)

// rawPermission shows every field of a permission, and its packed bytes.
func rawPermission(s session.View) string {
	p := s.Permission
	functions := make([]string, len(p.Functions))
	for i, f := range p.Functions {
		functions[i] = f.Target.Hex() + " " + f.Selector.String()
	}
	rules := make([]any, len(p.Rules))
	for i, r := range p.Rules {
		rules[i] = rawRule(r)
	}
	fee := p.FeeLimit
	if fee == nil {
		fee = new(big.Int)
	}
	raw, err := json.MarshalIndent(struct {
		SignerType string           `json:"signerType"`
		Signer     common.Address   `json:"signer"`
		ValidAfter uint64           `json:"validAfter"`
		ValidUntil uint64           `json:"validUntil"`
		Limit      uint64           `json:"limit"`
		Salt       hexutil.Bytes    `json:"salt"`
		FeeLimit   string           `json:"feeLimit"`
		Sudo       bool             `json:"sudo"`
		Contracts  []common.Address `json:"contracts"`
		Functions  []string         `json:"functions"`
		Paymasters []common.Address `json:"paymasters"`
		Rules      []any            `json:"rules"`
		Packed     hexutil.Bytes    `json:"packed"`
	}{
		p.SignerType.String(), p.Signer, p.ValidAfter, p.ValidUntil, p.Limit, p.Salt[:], fee.String(), p.Sudo,
		p.Contracts, functions, p.Paymasters, rules, s.Session.Permission,
	}, "", "  ")
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

// rawRule answers a rule's fields by their names, and its kind.
func rawRule(r permission.Rule) map[string]any {
	fields := map[string]any{"rule": r.Name()}
	addFields(fields, reflect.ValueOf(r))
	return fields
}

func addFields(fields map[string]any, v reflect.Value) {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if field.Anonymous {
			addFields(fields, v.Field(i))
			continue
		}
		name := strings.ToLower(field.Name[:1]) + field.Name[1:]
		switch value := v.Field(i).Interface().(type) {
		case *big.Int:
			fields[name] = value.String()
		case []*big.Int:
			texts := make([]string, len(value))
			for j, n := range value {
				texts[j] = n.String()
			}
			fields[name] = texts
		case permission.Function:
			fields[name] = value.Target.Hex() + " " + value.Selector.String()
		case permission.Op:
			fields[name] = value.String()
		default:
			fields[name] = value
		}
	}
}

// typedData is what a wallet shows of a grant, "" when a hash is signed.
func typedData(s session.View) string {
	if s.NextAction == nil {
		return ""
	}
	return string(s.NextAction.TypedData)
}

func parseSignature(text string) ([]byte, error) {
	signature, err := hexutil.Decode(strings.TrimSpace(text))
	if err != nil {
		return nil, fault.Field("signature", nil, "must be 0x hex: %v", err)
	}
	return signature, nil
}

func asFault(err error) (*fault.Fault, bool) { return errors.AsType[*fault.Fault](err) }
