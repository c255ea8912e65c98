package httpapi

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"math/big"
	"reflect"
	"slices"
	"strings"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/session"
)

// terms are what the permissions of a request ask for, taken together.
type terms struct {
	calls []session.CallGrant
	rules []permission.Rule
	limit said[uint64]
	fee   said[*big.Int]
	rate  said[permission.Rate]

	granting []string // paths of the permissions that are about calls
	shared   []string // paths of policies that limit the session as a whole
}

// said is a term that a request may say in several places. They must agree.
type said[T any] struct {
	value T
	path  string // where it was said first, "" when nowhere
}

func (s *said[T]) say(path string, v T) error {
	if s.path == "" {
		s.value, s.path = v, path
		return nil
	}
	if fmt.Sprint(s.value) != fmt.Sprint(v) {
		return fault.Field(path, nil, "is %v, but %s says %v, and both mean the one limit that the session has", v, s.path, s.value)
	}
	return nil
}

// permissionTypes are all types of permissions, with how they are read.
var permissionTypes = map[string]func(*terms, string, map[string]any) error{
	"contract-call":          reads((*terms).contractCall),
	"native-token-transfer":  reads((*terms).nativeTransfer),
	"native-token-periodic":  reads((*terms).nativePeriodic),
	"native-token-stream":    reads((*terms).nativeStream),
	"erc20-token-transfer":   reads((*terms).erc20Transfer),
	"erc20-token-periodic":   reads((*terms).erc20Periodic),
	"erc20-token-stream":     reads((*terms).erc20Stream),
	"erc721-token-transfer":  reads((*terms).erc721Transfer),
	"erc1155-token-transfer": reads((*terms).erc1155Transfer),
	"rate-limit":             reads((*terms).rateLimit),
	"call-limit":             reads((*terms).callLimit),
	"gas-limit":              reads((*terms).gasLimit),
	"typed-data":             reads((*terms).typedData),
}

// reads makes a reader of JSON from a reader of the generated type. Unknown
// fields are refused: a limit that is ignored would grant more than was asked.
func reads[P any](read func(t *terms, path string, p P) error) func(*terms, string, map[string]any) error {
	return func(t *terms, path string, tree map[string]any) error {
		p, err := bindClosed[P](tree, path)
		if err != nil {
			return err
		}
		return read(t, path, p)
	}
}

func bindClosed[T any](tree map[string]any, path string) (out T, err error) {
	return out, bindStruct(reflect.ValueOf(&out).Elem(), tree, path, true)
}

func readPermissions(permissions []Permission) (terms, error) {
	var t terms
	if permissions != nil && len(permissions) == 0 {
		return t, fault.Field("permissions", nil, "must not be empty; leave it out for a key that may call anything")
	}
	for i, p := range permissions {
		if err := t.read(fmt.Sprintf("permissions[%d]", i), p); err != nil {
			return t, err
		}
	}
	if len(t.shared) > 0 && len(t.granting) > 1 {
		return t, fault.Field(t.shared[0], nil, "would limit the session as a whole, %s and %s together; make it a permission of its own if that is meant", t.granting[0], t.granting[1])
	}
	return t, nil
}

func (t *terms) read(path string, p Permission) error {
	tree, ok := p.(map[string]any)
	if !ok {
		return typeFault(path, p, "an object")
	}
	kind, _ := tree["type"].(string)
	read := permissionTypes[kind]
	if read == nil {
		return fault.Field(path+".type", echo(tree["type"]), "must be one of %s, is %s", strings.Join(slices.Sorted(maps.Keys(permissionTypes)), ", "), describeValue(tree["type"]))
	}
	return read(t, path, tree)
}

func (t *terms) contractCall(path string, p ContractCallPermission) error {
	target, err := parseAddress(path+".data.address", p.Data.Address)
	if err != nil {
		return err
	}
	grant := session.CallGrant{Path: path, Address: target}
	for i, call := range p.Data.Calls {
		f, err := functionGrant(fmt.Sprintf("%s.data.calls[%d]", path, i), call)
		if err != nil {
			return err
		}
		grant.Calls = append(grant.Calls, f)
	}
	t.calls = append(t.calls, grant)
	return t.grants(path, p.Policies)
}

func (t *terms) nativeTransfer(path string, p NativeTokenTransferPermission) error {
	allowance, err := t.allowance(path, p.Data.Allowance, p.Policies)
	if err != nil {
		return err
	}
	if p.Data.PerCall == nil && allowance == nil {
		return fault.Field(path+".data", nil, "must have perCall or allowance: native token without a limit is not granted")
	}
	if p.Data.PerCall != nil {
		most, err := parseAmount(path+".data.perCall", *p.Data.PerCall, permission.MaxAmount)
		if err != nil {
			return err
		}
		t.rules = append(t.rules, permission.ValuePerCall{Max: most})
	}
	if allowance != nil {
		t.rules = append(t.rules, permission.ValueTotal{Total: permission.Total{Max: allowance}})
	}
	return nil
}

func (t *terms) nativePeriodic(path string, p NativeTokenPeriodicPermission) error {
	d, err := period(path+".data", p.Data)
	if err != nil {
		return err
	}
	t.rules = append(t.rules, permission.ValuePeriod{Period: d})
	return t.grants(path, p.Policies)
}

func (t *terms) nativeStream(path string, p NativeTokenStreamPermission) error {
	s, err := stream(path+".data", p.Data)
	if err != nil {
		return err
	}
	t.rules = append(t.rules, permission.ValueStream{Stream: s})
	return t.grants(path, p.Policies)
}

func (t *terms) erc20Transfer(path string, p Erc20TokenTransferPermission) error {
	token, err := parseAddress(path+".data.address", p.Data.Address)
	if err != nil {
		return err
	}
	allowance, err := t.allowance(path, p.Data.Allowance, p.Policies)
	if err != nil {
		return err
	}
	if allowance == nil {
		return fault.Field(path+".data.allowance", nil, "is required, or a token-allowance policy: a token without a limit is not granted")
	}
	t.rules = append(t.rules, permission.ERC20Total{Token: token, Total: permission.Total{Max: allowance}})
	return nil
}

func (t *terms) erc20Periodic(path string, p Erc20TokenPeriodicPermission) error {
	token, err := parseAddress(path+".data.address", p.Data.Address)
	if err != nil {
		return err
	}
	d, err := period(path+".data", PeriodData{PeriodAmount: p.Data.PeriodAmount, PeriodDuration: p.Data.PeriodDuration, StartTime: p.Data.StartTime})
	if err != nil {
		return err
	}
	t.rules = append(t.rules, permission.ERC20Period{Token: token, Period: d})
	return t.grants(path, p.Policies)
}

func (t *terms) erc20Stream(path string, p Erc20TokenStreamPermission) error {
	token, err := parseAddress(path+".data.address", p.Data.Address)
	if err != nil {
		return err
	}
	s, err := stream(path+".data", StreamData{
		InitialAmount: p.Data.InitialAmount, AmountPerSecond: p.Data.AmountPerSecond, MaxAmount: p.Data.MaxAmount, StartTime: p.Data.StartTime,
	})
	if err != nil {
		return err
	}
	t.rules = append(t.rules, permission.ERC20Stream{Token: token, Stream: s})
	return t.grants(path, p.Policies)
}

func (t *terms) erc721Transfer(path string, p Erc721TokenTransferPermission) error {
	token, err := parseAddress(path+".data.address", p.Data.Address)
	if err != nil {
		return err
	}
	if len(p.Data.TokenIds) == 0 {
		return fault.Field(path+".data.tokenIds", nil, "must have at least one entry")
	}
	for i, id := range p.Data.TokenIds {
		n, err := parseAmount(fmt.Sprintf("%s.data.tokenIds[%d]", path, i), id, permission.MaxWord)
		if err != nil {
			return err
		}
		t.rules = append(t.rules, permission.ERC721{Token: token, ID: n})
	}
	return t.grants(path, p.Policies)
}

func (t *terms) erc1155Transfer(path string, p Erc1155TokenTransferPermission) error {
	token, err := parseAddress(path+".data.address", p.Data.Address)
	if err != nil {
		return err
	}
	if len(p.Data.Allowances) == 0 {
		return fault.Field(path+".data.allowances", nil, "must have at least one entry")
	}
	for i, a := range p.Data.Allowances {
		at := fmt.Sprintf("%s.data.allowances[%d]", path, i)
		id, err := parseAmount(at+".tokenId", a.TokenID, permission.MaxWord)
		if err != nil {
			return err
		}
		most, err := parseAmount(at+".amount", a.Amount, permission.MaxAmount)
		if err != nil {
			return err
		}
		t.rules = append(t.rules, permission.ERC1155{Token: token, ID: id, Total: permission.Total{Max: most}})
	}
	return t.grants(path, p.Policies)
}

func (t *terms) rateLimit(path string, p RateLimitPermission) error {
	return cmp.Or(t.sayRate(path+".data", p.Data), noPolicies(path, p.Policies))
}

func (t *terms) callLimit(path string, p CallLimitPermission) error {
	return cmp.Or(t.sayLimit(path+".data.count", p.Data.Count), noPolicies(path, p.Policies))
}

func (t *terms) gasLimit(path string, p GasLimitPermission) error {
	return cmp.Or(t.sayFee(path+".data.limit", p.Data.Limit), noPolicies(path, p.Policies))
}

func (t *terms) typedData(path string, p TypedDataPermission) error {
	r, err := typedDataRule(path+".data", p.Data)
	if err != nil {
		return err
	}
	t.rules = append(t.rules, r)
	return noPolicies(path, p.Policies)
}

func (t *terms) sayRate(path string, d RateLimitData) error {
	for _, n := range []struct {
		field string
		n     uint64
	}{{"count", d.Count}, {"interval", d.Interval}} {
		if err := within(path+"."+n.field, n.n, 1, math.MaxUint32); err != nil {
			return err
		}
	}
	rate := permission.Rate{Count: uint32(d.Count), Interval: uint32(d.Interval)}
	return t.rate.say(path, rate)
}

func (t *terms) sayLimit(path string, n uint64) error {
	if err := within(path, n, 1, permission.MaxLimit); err != nil {
		return err
	}
	return t.limit.say(path, n)
}

func (t *terms) sayFee(path, wei string) error {
	fee, err := parseAmount(path, wei, permission.MaxFeeLimit)
	if err != nil {
		return err
	}
	return t.fee.say(path, fee)
}

func period(path string, d PeriodData) (permission.Period, error) {
	most, err := parseAmount(path+".periodAmount", d.PeriodAmount, permission.MaxAmount)
	if err != nil {
		return permission.Period{}, err
	}
	if err := within(path+".periodDuration", d.PeriodDuration, 1, math.MaxUint32); err != nil {
		return permission.Period{}, err
	}
	start := value(d.StartTime)
	err = within(path+".startTime", start, 0, permission.MaxTime)
	return permission.Period{Max: most, Start: start, Seconds: uint32(d.PeriodDuration)}, err
}

func stream(path string, d StreamData) (permission.Stream, error) {
	s := permission.Stream{Initial: new(big.Int), Start: value(d.StartTime)}
	var err error
	if s.PerSecond, err = parseAmount(path+".amountPerSecond", d.AmountPerSecond, permission.MaxAmount); err != nil {
		return s, err
	}
	if d.InitialAmount != nil {
		if s.Initial, err = parseAmount(path+".initialAmount", *d.InitialAmount, permission.MaxAmount); err != nil {
			return s, err
		}
	}
	if d.MaxAmount != nil {
		if s.Max, err = parseAmount(path+".maxAmount", *d.MaxAmount, permission.MaxAmount); err != nil {
			return s, err
		}
		if s.Max.Sign() == 0 {
			return s, fault.Field(path+".maxAmount", "0", "must not be 0: the format reads 0 as no maximum; leave it out if that is meant")
		}
	}
	return s, within(path+".startTime", s.Start, 0, permission.MaxTime)
}
