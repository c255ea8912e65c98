package permissionfuzz

import (
	"strings"
	"testing"

	"github.com/latchkey-dev/latchkey/internal/permission"
)

func TestEvaluatorEqualsContract(t *testing.T) {
	t.Parallel()
	report, err := Campaign{Cases: 10_000, Seed: 1, Workers: 2, Evaluate: permission.Validate, T: t}.Run()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range report.Mismatches {
		t.Error(m)
	}
	for _, thin := range report.Thin() {
		t.Error(thin)
	}
	var histogram strings.Builder
	if err := report.Write(&histogram); err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + histogram.String())
}

// A mistake of one, in the limit of any one rule, must not stay hidden.
func TestPlantedMistakesAreFound(t *testing.T) {
	t.Parallel()
	for _, name := range Plantable {
		evaluate, err := Planted(name)
		if err != nil {
			t.Fatal(err)
		}
		report, err := Campaign{Cases: 10_000, Seed: 1, Workers: 1, Evaluate: evaluate, T: t}.Run()
		if err != nil {
			t.Fatal(err)
		}
		if len(report.Mismatches) == 0 {
			t.Errorf("%s: a limit wider by one is not found in %d cases", name, report.Cases)
			continue
		}
		t.Logf("%s: found in case %d: %v", name, report.Mismatches[0].Number, report.Mismatches[0].Difference)
	}
}

// A contract that lost something would make the comparison smaller, not red.
func TestContractKnowsEverything(t *testing.T) {
	t.Parallel()
	w, err := newWorld(t)
	if err != nil {
		t.Fatal(err)
	}
	if len(w.can.rules) != len(allRules) || len(w.can.signers) != 4 || !w.can.batch || !w.can.grants || !w.can.messages {
		t.Errorf("rules %d, signer types %v, batches %t, grants %t, messages %t", len(w.can.rules), w.can.signers, w.can.batch, w.can.grants, w.can.messages)
	}
}
