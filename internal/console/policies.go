package console

import (
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/latchkey-dev/latchkey/internal/console/ui"
	"github.com/latchkey-dev/latchkey/internal/contract"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/operator"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/sponsor"
)

func (c *Console) policyRoutes() []route {
	return []route{
		view("/policies", listPolicies),
		view("/policies/{id}", func(v *visit) error { return v.showPolicy() }),
		change(operator.Editor, "policy.create", "/policies", createPolicy),
		change(operator.Editor, "policy.enable", "/policies/{id}/enable", func(v *visit) error { return setPolicyEnabled(v, true) }),
		change(operator.Editor, "policy.disable", "/policies/{id}/disable", func(v *visit) error { return setPolicyEnabled(v, false) }),
		change(operator.Editor, "policy.set-budget", "/policies/{id}/budget", setBudget),
		change(operator.Editor, "policy.add-rule", "/policies/{id}/rules", addRule),
		change(operator.Editor, "policy.delete-rule", "/rules/{id}/delete", deleteRule),
	}
}

type policyList struct {
	rows   []sponsor.Policy
	chains []uint64
	pages  ui.Pages
}

func listPolicies(v *visit) error {
	req, err := v.pageRequest()
	if err != nil {
		return err
	}
	no := false
	found, err := v.console.Sponsor.Policies(v.ctx(), v.project.ID, sponsor.Filter{Deleted: &no}, req)
	if err != nil {
		return err
	}
	list := policyList{rows: found.Items, chains: v.chains()}
	if n := len(found.Items); n > 0 {
		list.pages = v.pages(found.More, page.Mark{CreatedAt: found.Items[n-1].CreatedAt, ID: found.Items[n-1].ID})
	}
	return v.show(policiesPage(list))
}

// chains are those that are served.
func (v *visit) chains() []uint64 {
	var all []uint64
	for id := range v.console.Intents.Networks {
		all = append(all, id)
	}
	slices.Sort(all)
	return all
}

type policyView struct {
	sponsor.Policy
	rules     []sponsor.Rule
	contracts []contract.Contract // of its chain
	days      []intent.Usage
	spend     string // data of the chart
}

// named answers how a rule's contract is called.
func (p policyView) named(contractID string) string {
	for _, c := range p.contracts {
		if c.ID == contractID {
			return c.Name
		}
	}
	return "a contract that is gone"
}

const policyDays = 30

func (v *visit) showPolicy() error {
	p, err := v.console.Sponsor.Policy(v.ctx(), v.project.ID, v.id())
	if err != nil {
		return err
	}
	shown := policyView{Policy: p}
	rules, err := v.console.Sponsor.Rules(v.ctx(), v.project.ID, p.ID, page.Request{Limit: page.MaxLimit, Order: page.Ascending, Uncounted: true})
	if err != nil {
		return err
	}
	shown.rules = rules.Items
	contracts, err := v.console.Contracts.List(v.ctx(), v.project.ID, contract.Filter{ChainID: p.ChainID}, page.Request{Limit: page.MaxLimit, Uncounted: true})
	if err != nil {
		return err
	}
	shown.contracts = contracts.Items
	today := v.console.Now().UTC().Truncate(24 * time.Hour)
	from := today.AddDate(0, 0, 1-policyDays)
	hours, err := v.console.Intents.UsageSince(v.ctx(), v.project.ID, p.ID, from)
	if err != nil {
		return err
	}
	shown.days = byDay(hours)
	shown.spend = daysChart(shown.days, from)
	return v.show(policyPage(shown))
}

// byDay puts the hours of a day together.
func byDay(hours []intent.Usage) []intent.Usage {
	for i := range hours {
		hours[i].Hour = hours[i].Hour.Truncate(24 * time.Hour)
	}
	return byHour(hours)
}

// loggedPolicy is what the audit log holds of a policy.
type loggedPolicy struct {
	Name    string `json:"name"`
	Enabled bool   `json:"enabled"`
	Budget  string `json:"budget,omitempty"` // wei
}

func logPolicy(p sponsor.Policy) loggedPolicy {
	l := loggedPolicy{Name: p.Name, Enabled: p.Enabled}
	if p.Budget != nil {
		l.Budget = p.Budget.String()
	}
	return l
}

func createPolicy(v *visit) error {
	name, schema := strings.TrimSpace(v.form("name")), sponsor.PayForUser
	chain, err := strconv.ParseUint(v.form("chain"), 10, 64)
	if err != nil {
		return fault.Field("chain", v.form("chain"), "must be a chain id")
	}
	p, err := v.console.Sponsor.CreatePolicy(v.ctx(), v.project.ID, sponsor.PolicyParams{Name: &name, ChainID: &chain, Schema: &schema})
	if err != nil {
		return err
	}
	v.changed(p.ID, nil, logPolicy(p))
	return v.redirect("/policies/"+p.ID, "The policy sponsors nothing until it has a rule.")
}

func setPolicyEnabled(v *visit, enabled bool) error {
	before, err := v.console.Sponsor.Policy(v.ctx(), v.project.ID, v.id())
	if err != nil {
		return err
	}
	after, err := v.console.Sponsor.SetPolicyEnabled(v.ctx(), v.project.ID, v.id(), enabled)
	if err != nil {
		return err
	}
	v.changed(v.id(), logPolicy(before), logPolicy(after))
	if enabled {
		return v.redirect("/policies/"+v.id(), "The policy sponsors again.")
	}
	return v.redirect("/policies/"+v.id(), "The policy sponsors nothing more. What it sponsored already goes on.")
}

func setBudget(v *visit) error {
	wei, err := parseEther(v.form("budget"))
	if err != nil {
		return err
	}
	before, err := v.console.Sponsor.Policy(v.ctx(), v.project.ID, v.id())
	if err != nil {
		return err
	}
	after, err := v.console.Sponsor.UpdatePolicy(v.ctx(), v.project.ID, v.id(), sponsor.PolicyParams{Budget: &sponsor.Budget{Wei: wei}})
	if err != nil {
		return err
	}
	v.changed(v.id(), logPolicy(before), logPolicy(after))
	return v.redirect("/policies/"+v.id(), "The budget is set.")
}

// parseEther reads an amount in ether, nil for nothing written.
func parseEther(text string) (*big.Int, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, nil
	}
	whole, fraction, _ := strings.Cut(text, ".")
	digits := whole + fraction + strings.Repeat("0", max(0, 18-len(fraction)))
	wei, ok := new(big.Int).SetString(digits, 10)
	if !ok || len(fraction) > 18 || len(whole) > 12 || strings.ContainsAny(text, "+-_") {
		return nil, fault.Field("budget", text, "must be an amount in ETH, such as 0.25, with at most 18 decimals")
	}
	return wei, nil
}

// loggedRule is what the audit log holds of a rule.
type loggedRule struct {
	Rule   string `json:"rule"` // its id
	Covers string `json:"covers"`
}

func addRule(v *visit) error {
	params := sponsor.RuleParams{PolicyID: v.id(), Type: sponsor.ContractFunctions}
	switch what := v.form("covers"); what {
	case "account":
		params.Type = sponsor.AccountFunctions
	case "any":
		yes := true
		params.Wildcard = &yes
	default:
		function := strings.TrimSpace(v.form("function"))
		params.ContractID, params.FunctionName = &what, &function
	}
	rule, err := v.console.Sponsor.CreateRule(v.ctx(), v.project.ID, params)
	if err != nil {
		return err
	}
	v.changed(v.id(), nil, loggedRule{rule.ID, rule.String()})
	return v.redirect("/policies/"+v.id(), "The rule is added.")
}

func deleteRule(v *visit) error {
	rule, err := v.console.Sponsor.Rule(v.ctx(), v.project.ID, v.id())
	if err != nil {
		return err
	}
	if err := v.console.Sponsor.DeleteRule(v.ctx(), v.project.ID, v.id()); err != nil {
		return err
	}
	v.changed(rule.PolicyID, loggedRule{rule.ID, rule.String()}, nil)
	return v.redirect("/policies/"+rule.PolicyID, "The rule is deleted.")
}

func daysChart(days []intent.Usage, from time.Time) string {
	return spendChart(days, from, policyDays, 24*time.Hour)
}
