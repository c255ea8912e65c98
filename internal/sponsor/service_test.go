package sponsor_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/contract"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/sponsor"
	"github.com/latchkey-dev/latchkey/internal/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const chainID = 80002

var (
	nft      = common.HexToAddress("0x11")
	other    = common.HexToAddress("0x22")
	mint     = [4]byte{0x6a, 0x62, 0x78, 0x42} // mint(address)
	mintMany = [4]byte{0x40, 0xc1, 0x0f, 0x19} // mint(address,uint256)
	burn     = [4]byte{0x42, 0x96, 0x6c, 0x68} // burn(uint256)
)

type fixture struct {
	*testing.T
	service   *sponsor.Service
	contracts *contract.Service
	ctx       context.Context
	project   string
	policy    sponsor.Policy
	contract  contract.Contract
}

func setUp(t *testing.T) fixture {
	t.Helper()
	db, ctx := storetest.SQLite(t), context.Background()
	projects := auth.Service{Store: db, Now: time.Now}
	p, _, _, err := projects.NewProject(ctx, "test")
	if err != nil {
		t.Fatal(err)
	}
	contracts := &contract.Service{Store: db, Now: time.Now}
	f := fixture{
		T: t, service: &sponsor.Service{Store: db, Contracts: contracts, Now: time.Now},
		contracts: contracts, ctx: ctx, project: p.ID,
	}
	f.policy = f.newPolicy()
	f.contract = f.newContract(nft)
	return f
}

func ptr[T any](v T) *T { return &v }

func policyParams() sponsor.PolicyParams {
	return sponsor.PolicyParams{Name: ptr("policy"), ChainID: ptr(uint64(chainID)), Schema: ptr(sponsor.PayForUser)}
}

func (f fixture) newPolicy() sponsor.Policy {
	f.Helper()
	p, err := f.service.CreatePolicy(f.ctx, f.project, policyParams())
	if err != nil {
		f.Fatal(err)
	}
	return p
}

func (f fixture) newContract(at common.Address) contract.Contract {
	f.Helper()
	c, err := f.contracts.Create(f.ctx, f.project, contract.Params{Name: ptr("nft"), ChainID: ptr(uint64(chainID)), Address: &at, ABI: json.RawMessage(`[
		{"type":"function","name":"mint","inputs":[{"name":"to","type":"address"}]},
		{"type":"function","name":"mint","inputs":[{"name":"to","type":"address"},{"name":"n","type":"uint256"}]},
		{"type":"function","name":"burn","inputs":[{"name":"id","type":"uint256"}]}
	]`)})
	if err != nil {
		f.Fatal(err)
	}
	return c
}

func (f fixture) rule(p sponsor.RuleParams) sponsor.Rule {
	f.Helper()
	if p.PolicyID == "" {
		p.PolicyID = f.policy.ID
	}
	r, err := f.service.CreateRule(f.ctx, f.project, p)
	if err != nil {
		f.Fatal(err)
	}
	return r
}

func contractRule(contractID string, function *string) sponsor.RuleParams {
	return sponsor.RuleParams{Type: sponsor.ContractFunctions, ContractID: &contractID, FunctionName: function}
}

func (f fixture) wantField(err error, field string, says ...string) {
	f.Helper()
	var refused *fault.Fault
	if !errors.As(err, &refused) || refused.Kind != fault.Invalid || refused.Field != field {
		f.Errorf("error is %v, want a fault about %s", err, field)
		return
	}
	for _, part := range says {
		if !strings.Contains(refused.Message, part) {
			f.Errorf("message lacks %q: %s", part, refused.Message)
		}
	}
}

func TestPolicies(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	got, err := f.service.Policy(f.ctx, f.project, f.policy.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(f.policy, got, cmp.Comparer(func(a, b *big.Int) bool { return a.Cmp(b) == 0 })); diff != "" {
		t.Errorf("create and get differ:\n%s", diff)
	}
	if !got.Enabled || got.Deleted {
		t.Errorf("a new policy is %+v", got)
	}
	renamed, err := f.service.UpdatePolicy(f.ctx, f.project, got.ID, sponsor.PolicyParams{Name: ptr("renamed"), ChainID: ptr(uint64(chainID))})
	if err != nil || renamed.Name != "renamed" {
		t.Errorf("renamed to %q, %v", renamed.Name, err)
	}
	if off, err := f.service.SetPolicyEnabled(f.ctx, f.project, got.ID, false); err != nil || off.Enabled {
		t.Errorf("disabled: %+v, %v", off, err)
	}
	for range 2 {
		if err := f.service.DeletePolicy(f.ctx, f.project, got.ID); err != nil {
			t.Error(err)
		}
	}
	list, err := f.service.Policies(f.ctx, f.project, sponsor.Filter{Deleted: ptr(true)}, page.Request{})
	if err != nil || list.Total != 1 || list.Items[0].ID != got.ID {
		t.Errorf("deleted policies: %+v, %v", list, err)
	}
	if _, err := f.service.Policy(f.ctx, "pro_other", got.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("from another project: %v", err)
	}
}

func TestPolicyRefusals(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	for _, c := range []struct {
		field, says string
		change      func(*sponsor.PolicyParams)
	}{
		{"name", "required", func(p *sponsor.PolicyParams) { p.Name = nil }},
		{"chainId", "required", func(p *sponsor.PolicyParams) { p.ChainID = nil }},
		{"strategy.sponsorSchema", "required", func(p *sponsor.PolicyParams) { p.Schema = nil }},
		{"strategy.sponsorSchema", "use pay_for_user", func(p *sponsor.PolicyParams) { p.Schema = ptr("fixed_rate") }},
		{"strategy.sponsorSchema", "use pay_for_user", func(p *sponsor.PolicyParams) { p.Schema = ptr("charge_custom_tokens") }},
		{"strategy.sponsorSchema", "must be pay_for_user", func(p *sponsor.PolicyParams) { p.Schema = ptr("free") }},
	} {
		p := policyParams()
		c.change(&p)
		_, err := f.service.CreatePolicy(f.ctx, f.project, p)
		f.wantField(err, c.field, c.says)
	}
	_, err := f.service.UpdatePolicy(f.ctx, f.project, f.policy.ID, sponsor.PolicyParams{ChainID: ptr(uint64(1))})
	f.wantField(err, "chainId", "stays there")
	_, err = f.service.UpdatePolicy(f.ctx, f.project, f.policy.ID, sponsor.PolicyParams{Name: ptr("")})
	f.wantField(err, "name")
	_, err = f.service.UpdatePolicy(f.ctx, f.project, f.policy.ID, sponsor.PolicyParams{Schema: ptr("fixed_rate")})
	f.wantField(err, "strategy.sponsorSchema")
}

func TestRules(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	r := f.rule(contractRule(f.contract.ID, nil))
	if r.FunctionName != sponsor.AllFunctions {
		t.Errorf("a rule without a function covers %q", r.FunctionName)
	}
	r, err := f.service.UpdateRule(f.ctx, f.project, r.ID, sponsor.RuleParams{FunctionName: ptr("burn")})
	if err != nil || r.FunctionName != "burn" || r.ContractID != f.contract.ID {
		t.Errorf("after the update: %+v, %v", r, err)
	}
	r, err = f.service.UpdateRule(f.ctx, f.project, r.ID, sponsor.RuleParams{Type: sponsor.AccountFunctions})
	if err != nil || r.FunctionName != "" || r.ContractID != "" {
		t.Errorf("as an account rule: %+v, %v", r, err)
	}
	list, err := f.service.Rules(f.ctx, f.project, f.policy.ID, page.Request{})
	if err != nil || list.Total != 1 {
		t.Errorf("rules: %+v, %v", list, err)
	}
	if diff := cmp.Diff(r, list.Items[0]); diff != "" {
		t.Errorf("updated and listed rule differ:\n%s", diff)
	}
	if err := f.service.DeleteRule(f.ctx, f.project, r.ID); err != nil {
		t.Error(err)
	}
	_, err = f.service.Rules(f.ctx, f.project, "pol_x", page.Request{})
	f.wantField(err, "policy")
}

func TestRuleRefusals(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	elsewhere, err := f.contracts.Create(f.ctx, f.project, contract.Params{Name: ptr("x"), ChainID: ptr(uint64(1)), Address: &nft})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		field, says string
		p           sponsor.RuleParams
	}{
		{"type", "required", sponsor.RuleParams{}},
		{"type", "rate_limit is not offered", sponsor.RuleParams{Type: "rate_limit"}},
		{"policy", "no policy", sponsor.RuleParams{PolicyID: "pol_x", Type: sponsor.AccountFunctions}},
		{"contract", "required", sponsor.RuleParams{Type: sponsor.ContractFunctions}},
		{"contract", "no contract", contractRule("con_x", nil)},
		{"contract", "on chain 1", contractRule(elsewhere.ID, nil)},
		{"functionName", "no such function", contractRule(f.contract.ID, ptr("fly"))},
		{"functionName", "mint(address,uint256)", contractRule(f.contract.ID, ptr("mint"))},
		{"wildcard", "leave one out", sponsor.RuleParams{Type: sponsor.ContractFunctions, ContractID: &f.contract.ID, Wildcard: ptr(true)}},
		{"functionName", "all functions", sponsor.RuleParams{Type: sponsor.ContractFunctions, FunctionName: ptr("mint"), Wildcard: ptr(true)}},
	} {
		if c.p.PolicyID == "" {
			c.p.PolicyID = f.policy.ID
		}
		_, err := f.service.CreateRule(f.ctx, f.project, c.p)
		f.wantField(err, c.field, c.says)
	}
	_, err = f.service.CreateRule(f.ctx, f.project, sponsor.RuleParams{Type: sponsor.AccountFunctions})
	f.wantField(err, "policy", "required")

	r := f.rule(sponsor.RuleParams{Type: sponsor.AccountFunctions})
	_, err = f.service.UpdateRule(f.ctx, f.project, r.ID, sponsor.RuleParams{PolicyID: f.newPolicy().ID})
	f.wantField(err, "policy", "stays there")
}

func TestDecide(t *testing.T) {
	t.Parallel()
	to := func(a common.Address, selector [4]byte) sponsor.Call {
		return sponsor.Call{To: a, Selector: selector, HasSelector: true}
	}
	plain := sponsor.Call{To: nft}
	account := sponsor.RuleParams{Type: sponsor.AccountFunctions}
	wildcard := sponsor.RuleParams{Type: sponsor.ContractFunctions, Wildcard: ptr(true)}
	all := func(f fixture) sponsor.RuleParams { return contractRule(f.contract.ID, ptr(sponsor.AllFunctions)) }
	one := func(f fixture) sponsor.RuleParams { return contractRule(f.contract.ID, ptr("mint(address)")) }
	fixed := func(p sponsor.RuleParams) func(fixture) sponsor.RuleParams {
		return func(fixture) sponsor.RuleParams { return p }
	}

	for _, c := range []struct {
		name  string
		rules []func(fixture) sponsor.RuleParams
		req   sponsor.Request
		says  string // of the refusal, "" when it is sponsored
	}{
		{"no rules", nil, sponsor.Request{Calls: []sponsor.Call{to(nft, mint)}}, "it has no rules yet"},
		{"its function", rulesOf(one), sponsor.Request{Calls: []sponsor.Call{to(nft, mint)}}, ""},
		{"the overload", rulesOf(one), sponsor.Request{Calls: []sponsor.Call{to(nft, mintMany)}}, "0x40c10f19"},
		{"another function", rulesOf(one), sponsor.Request{Calls: []sponsor.Call{to(nft, burn)}}, "mint(address)"},
		{"a plain transfer", rulesOf(one), sponsor.Request{Calls: []sponsor.Call{plain}}, "without a function"},
		{"any function", rulesOf(all), sponsor.Request{Calls: []sponsor.Call{to(nft, mint), to(nft, burn), plain}}, ""},
		{"another contract", rulesOf(all), sponsor.Request{Calls: []sponsor.Call{to(other, mint)}}, other.Hex()},
		{"one call too many", rulesOf(all), sponsor.Request{Calls: []sponsor.Call{to(nft, mint), to(other, mint)}}, "call 1 to"},
		{"wildcard", rulesOf(fixed(wildcard)), sponsor.Request{Calls: []sponsor.Call{to(other, burn), plain}}, ""},
		{"two rules", rulesOf(one, fixed(wildcard)), sponsor.Request{Calls: []sponsor.Call{to(other, burn)}}, ""},

		{"account function", rulesOf(fixed(account)), sponsor.Request{AccountFunction: "registerSession"}, ""},
		{"account function under a wildcard", rulesOf(fixed(wildcard)), sponsor.Request{AccountFunction: "revokeSession"}, "account function revokeSession"},
		{"deployment", rulesOf(fixed(account), all), sponsor.Request{Deploys: true, Calls: []sponsor.Call{to(nft, mint)}}, ""},
		{"deployment without its rule", rulesOf(fixed(wildcard)), sponsor.Request{Deploys: true, Calls: []sponsor.Call{to(nft, mint)}}, "deploying the account"},
		{"calls under an account rule", rulesOf(fixed(account)), sponsor.Request{Calls: []sponsor.Call{to(nft, mint)}}, "account_functions"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := setUp(t)
			for _, r := range c.rules {
				f.rule(r(f))
			}
			c.req.ChainID = chainID
			got, err := f.service.Decide(f.ctx, f.project, f.policy.ID, c.req)
			if c.says != "" {
				f.wantField(err, "policy", f.policy.ID, c.says)
				return
			}
			if err != nil || got.ID != f.policy.ID {
				t.Errorf("refused: %v", err)
			}
		})
	}
}

func rulesOf(rules ...func(fixture) sponsor.RuleParams) []func(fixture) sponsor.RuleParams {
	return rules
}

func TestDecideByThePolicyItself(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	f.rule(sponsor.RuleParams{Type: sponsor.ContractFunctions, Wildcard: ptr(true)})
	call := []sponsor.Call{{To: nft}}
	decide := func(policyID string, chain uint64) error {
		_, err := f.service.Decide(f.ctx, f.project, policyID, sponsor.Request{ChainID: chain, Calls: call})
		return err
	}
	if err := decide(f.policy.ID, chainID); err != nil {
		t.Error(err)
	}
	f.wantField(decide("pol_x", chainID), "policy", "no policy")
	f.wantField(decide(f.policy.ID, 1), "policy", "on chain 80002", "on chain 1")
	if _, err := f.service.SetPolicyEnabled(f.ctx, f.project, f.policy.ID, false); err != nil {
		t.Fatal(err)
	}
	f.wantField(decide(f.policy.ID, chainID), "policy", "disabled")
	if err := f.service.DeletePolicy(f.ctx, f.project, f.policy.ID); err != nil {
		t.Fatal(err)
	}
	f.wantField(decide(f.policy.ID, chainID), "policy", "deleted")
}

// Rules follow the contract as it is now, and fail closed when it is gone.
func TestDecideFollowsTheContract(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	f.rule(contractRule(f.contract.ID, ptr("burn")))
	decide := func(to common.Address) error {
		_, err := f.service.Decide(f.ctx, f.project, f.policy.ID, sponsor.Request{ChainID: chainID, Calls: []sponsor.Call{{To: to, Selector: burn, HasSelector: true}}})
		return err
	}
	if _, err := f.contracts.Update(f.ctx, f.project, f.contract.ID, contract.Params{Address: &other}); err != nil {
		t.Fatal(err)
	}
	if err := decide(other); err != nil {
		t.Error(err)
	}
	f.wantField(decide(nft), "policy", nft.Hex())

	if _, err := f.contracts.Update(f.ctx, f.project, f.contract.ID, contract.Params{ABI: json.RawMessage(`[]`)}); err != nil {
		t.Fatal(err)
	}
	f.wantField(decide(other), "policy", "does not cover")
	if err := f.contracts.Delete(f.ctx, f.project, f.contract.ID); err != nil {
		t.Fatal(err)
	}
	f.wantField(decide(other), "policy", "does not cover")
}

// A policy may have more rules than a page holds.
func TestDecideReadsEveryRule(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	for i := range page.MaxLimit + 5 {
		f.rule(contractRule(f.contract.ID, ptr(fmt.Sprintf("0x%08x", i))))
	}
	f.rule(contractRule(f.contract.ID, ptr("burn")))
	for selector, covered := range map[[4]byte]bool{{0, 0, 0, 104}: true, burn: true, mint: false} {
		_, err := f.service.Decide(f.ctx, f.project, f.policy.ID, sponsor.Request{
			ChainID: chainID, Calls: []sponsor.Call{{To: nft, Selector: selector, HasSelector: true}},
		})
		if (err == nil) != covered {
			t.Errorf("%x: %v", selector, err)
		}
	}
}
