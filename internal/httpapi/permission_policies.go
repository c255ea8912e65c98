package httpapi

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/permission"
)

// grants notes a permission that is about calls, and reads its policies.
func (t *terms) grants(path string, policies []PermissionPolicy) error {
	allowance, err := t.policies(path, policies)
	if err != nil {
		return err
	}
	if allowance.path != "" {
		return fault.Field(allowance.path, nil, "token-allowance belongs to native-token-transfer and erc20-token-transfer")
	}
	return nil
}

// allowance is grants for a permission whose amount its data or a policy may
// say. It answers nil when neither does.
func (t *terms) allowance(path string, sent *string, policies []PermissionPolicy) (*big.Int, error) {
	allowance, err := t.policies(path, policies)
	if err != nil || sent == nil {
		return allowance.value, err
	}
	at := path + ".data.allowance"
	n, err := parseAmount(at, *sent, permission.MaxAmount)
	if err != nil {
		return nil, err
	}
	if allowance.path == "" {
		return n, nil
	}
	return n, (&said[*big.Int]{value: n, path: at}).say(allowance.path, allowance.value)
}

// policyTypes are the policies of ERC-7715 and the custom one that is known.
var policyTypes = []string{"call-limit", "gas-limit", "rate-limit", "token-allowance"}

// policies reads what ERC-7715 hangs below a permission, and answers the
// token's allowance if one of them says it.
func (t *terms) policies(path string, policies []PermissionPolicy) (allowance said[*big.Int], err error) {
	t.granting = append(t.granting, path)
	for i, p := range policies {
		at := fmt.Sprintf("%s.policies[%d]", path, i)
		kind := policyType(p.Type)
		if !slices.Contains(policyTypes, kind) {
			return allowance, fault.Field(at+".type", echo(p.Type), "must be one of %s, is %s", strings.Join(policyTypes, ", "), describeValue(p.Type))
		}
		data, ok := p.Data.(map[string]any)
		if !ok {
			return allowance, typeFault(at+".data", p.Data, "an object")
		}
		if kind == "token-allowance" {
			err = sayAllowance(&allowance, at+".data", data)
		} else {
			err = t.share(at, kind, data)
		}
		if err != nil {
			return allowance, err
		}
	}
	return allowance, nil
}

// policyType reads "rate-limit" and {"custom": "call-limit"}.
func policyType(v any) string {
	if object, ok := v.(map[string]any); ok && len(object) == 1 {
		v = object["custom"]
	}
	kind, _ := v.(string)
	return kind
}

func sayAllowance(allowance *said[*big.Int], path string, data map[string]any) error {
	d, err := bindClosed[struct {
		Allowance string `json:"allowance"`
	}](data, path)
	if err != nil {
		return err
	}
	n, err := parseAmount(path+".allowance", d.Allowance, permission.MaxAmount)
	if err != nil {
		return err
	}
	return allowance.say(path+".allowance", n)
}

// share reads a policy that limits the session as a whole.
func (t *terms) share(path, kind string, data map[string]any) error {
	t.shared = append(t.shared, path)
	path += ".data"
	switch kind {
	case "rate-limit":
		d, err := bindClosed[RateLimitData](data, path)
		if err != nil {
			return err
		}
		return t.sayRate(path, d)
	case "gas-limit":
		d, err := bindClosed[GasLimitData](data, path)
		if err != nil {
			return err
		}
		return t.sayFee(path+".limit", d.Limit)
	default: // call-limit
		d, err := bindClosed[struct {
			Limit uint64 `json:"limit"`
		}](data, path)
		if err != nil {
			return err
		}
		return t.sayLimit(path+".limit", d.Limit)
	}
}

func noPolicies(path string, policies []PermissionPolicy) error {
	if len(policies) > 0 {
		return fault.Field(path+".policies", nil, "must be left out: this permission is a limit itself")
	}
	return nil
}
