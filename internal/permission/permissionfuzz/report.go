package permissionfuzz

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"github.com/latchkey-dev/latchkey/internal/permission"
)

// What a campaign must have seen to mean anything: shares in percent, and
// cases near each limit in a million.
const (
	leastAccepted = 30
	leastRefusals = 1
	leastNear     = 1_000
)

// deciding are the rules that refuse operations of every contract's build.
var deciding = []permission.RuleName{
	permission.RuleStatus, permission.RuleTarget, permission.RuleContracts, permission.RuleFunctions, permission.RuleValue,
	permission.RuleLimit, permission.RulePaymasters, permission.RuleFeeLimit, permission.RuleValidAfter, permission.RuleValidUntil,
}

// limits are the rules among them that have a limit to come near to.
var limits = []permission.RuleName{
	permission.RuleLimit, permission.RuleFeeLimit, permission.RuleValidAfter, permission.RuleValidUntil,
}

// deciders are the rules that can have refused something.
func (r Report) deciders() []permission.RuleName {
	out := append(slices.Clone(deciding), r.Rules...)
	if len(r.Rules) > 0 {
		out = append(out, permission.RuleToken, permission.RuleMoment)
	}
	return out
}

func (r Report) hasLimit(name permission.RuleName) bool {
	return slices.Contains(limits, name) || slices.Contains(r.Rules, name) && name != permission.RuleTypedData
}

// Write prints the histogram.
func (r Report) Write(to io.Writer) error {
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "accepted\t%d\t%.1f %% of the cases\t\t\n", r.Accepted, percent(r.Accepted, r.Cases))
	fmt.Fprint(table, "rule\trefusals\tof the refusals\twithin 1 of the limit\t\n")
	for _, name := range r.deciders() {
		near := "-"
		if r.hasLimit(name) {
			near = fmt.Sprint(r.Near[name])
		}
		fmt.Fprintf(table, "%s\t%d\t%.1f %%\t%s\t\n", name, r.Refused[name], percent(r.Refused[name], r.Cases-r.Accepted), near)
	}
	return table.Flush()
}

// Thin answers what the campaign has seen too little of.
func (r Report) Thin() (out []string) {
	if percent(r.Accepted, r.Cases) < leastAccepted {
		out = append(out, fmt.Sprintf("%d of %d cases are accepted, less than %d %%", r.Accepted, r.Cases, leastAccepted))
	}
	for _, name := range r.deciders() {
		if percent(r.Refused[name], r.Cases-r.Accepted) < leastRefusals {
			out = append(out, fmt.Sprintf("%s decides %d of %d refusals, less than %d %%", name, r.Refused[name], r.Cases-r.Accepted, leastRefusals))
		}
		if r.hasLimit(name) && r.Near[name]*1_000_000 < leastNear*r.Cases {
			out = append(out, fmt.Sprintf("%d of %d cases are within 1 of %s, less than %d in a million", r.Near[name], r.Cases, name, leastNear))
		}
	}
	return out
}

func percent(n, of uint64) float64 { return 100 * float64(n) / float64(max(of, 1)) }
