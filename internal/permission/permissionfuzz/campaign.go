package permissionfuzz

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/latchkey-dev/latchkey/internal/evmtest"
	"github.com/latchkey-dev/latchkey/internal/permission"
)

// groupSize is how many cases share a permission.
const groupSize = 16

// Evaluator decides as permission.Validate does.
type Evaluator func(permission.Permission, permission.State, permission.Operation) (permission.Validation, *permission.Refusal)

// Campaign is a run of random cases.
type Campaign struct {
	Cases   uint64
	Seed    uint64
	Workers int
	// Evaluate is what the contract is compared with, permission.Validate
	// unless a mistake was planted.
	Evaluate Evaluator
	T        evmtest.T // of the worlds that the workers set up
}

// Report is what a campaign has seen.
type Report struct {
	Cases    uint64
	Accepted uint64 // by the contract and at the chain's time
	// Refused counts the refusals by the rule that decided.
	Refused map[permission.RuleName]uint64
	// Near counts the cases that came within one of a limit, and reached it.
	Near map[permission.RuleName]uint64
	// Rules are those that can have decided something with the contract's build.
	Rules []permission.RuleName
	// Mismatches are the cases in which the two differ. The run ends soon after
	// the first.
	Mismatches []Mismatch
}

// Mismatch is a case in which contract and evaluator differ.
type Mismatch struct {
	Number     uint64 // of the case
	Case       fmt.Stringer
	Difference error
}

func (m Mismatch) String() string {
	return fmt.Sprintf("case %d: %v\n%s", m.Number, m.Difference, m.Case)
}

// Run compares until the cases are done, or two workers have each found a
// mismatch.
func (c Campaign) Run() (Report, error) {
	workers := make([]*worker, c.Workers)
	for i := range workers {
		w, err := newWorld(c.T)
		if err != nil {
			return Report{}, err
		}
		workers[i] = &worker{campaign: c, world: w, report: newReport(w.can)}
	}
	var next atomic.Uint64
	var stop atomic.Bool
	var all sync.WaitGroup
	errs := make([]error, c.Workers)
	for i, w := range workers {
		all.Go(func() { errs[i] = w.run(&next, &stop) })
	}
	all.Wait()
	total := newReport(workers[0].world.can)
	for _, w := range workers {
		total.add(w.report)
	}
	return total, errors.Join(errs...)
}

func newReport(can support) Report {
	out := Report{Refused: map[permission.RuleName]uint64{}, Near: map[permission.RuleName]uint64{}}
	for _, rule := range can.rules {
		if rule.name != permission.RuleTypedData || can.messages {
			out.Rules = append(out.Rules, rule.name)
		}
	}
	return out
}

func (r *Report) add(other Report) {
	r.Cases += other.Cases
	r.Accepted += other.Accepted
	for name, n := range other.Refused {
		r.Refused[name] += n
	}
	for name, n := range other.Near {
		r.Near[name] += n
	}
	r.Mismatches = append(r.Mismatches, other.Mismatches...)
}

type worker struct {
	campaign Campaign
	world    *world
	report   Report
}

// run takes groups of cases until none is left or somebody found a mismatch.
func (w *worker) run(next *atomic.Uint64, stop *atomic.Bool) error {
	for !stop.Load() {
		group := next.Add(1) - 1
		first := group * groupSize
		if first >= w.campaign.Cases {
			return nil
		}
		if err := w.group(group, first, min(first+groupSize, w.campaign.Cases)); err != nil {
			stop.Store(true)
			return err
		}
		if len(w.report.Mismatches) > 0 {
			stop.Store(true)
		}
	}
	return nil
}

func (w *worker) group(group, from, to uint64) error {
	s := newSource(w.campaign.Seed, group)
	now := drawNow(s)
	p, packed, err := w.world.drawPermission(s, now)
	if err != nil {
		return fmt.Errorf("draw permission of case %d: %w", from, err)
	}
	if difference := w.compareRegistrations(s, from, packed); difference {
		return nil
	}
	g := grantOf{p, packed, now}
	for n := from; n < to; n++ {
		if w.world.can.messages && len(typedDataRules(p)) > 0 && s.oneIn(6) {
			if err := w.tryMessage(w.world.drawMessage(s, g, n)); err != nil {
				return fmt.Errorf("case %d: %w", n, err)
			}
			continue
		}
		c, err := w.world.drawCase(s, g, n)
		if err != nil {
			return err
		}
		if err := w.try(c); err != nil {
			return fmt.Errorf("case %d: %w\n%s", n, err, c)
		}
	}
	return nil
}

// compareRegistrations compares the permission and some bytes like it, and
// reports whether there is a difference.
func (w *worker) compareRegistrations(s source, n uint64, packed []byte) bool {
	candidates := [][]byte{packed, s.nearly(packed), s.nearly(packed)}
	for _, candidate := range candidates {
		c := packedCase{pick(s, w.world.accounts...), candidate}
		if difference := w.world.compareRegistration(c); difference != nil {
			w.report.Mismatches = append(w.report.Mismatches, Mismatch{n, c, difference})
			return true
		}
	}
	return false
}

// try compares one case. The error is the set-up's, not a mismatch.
func (w *worker) try(c *Case) error {
	slots, words := c.slots()
	got, err := w.world.validate(c.Op, slots, words)
	if err != nil {
		return err
	}
	v, refusal := w.campaign.Evaluate(c.P, c.State, c.facts())
	if difference := c.compare(got, v, refusal); difference != nil {
		w.report.Mismatches = append(w.report.Mismatches, Mismatch{c.Number, c, difference})
		return nil
	}
	final := permission.Evaluate(c.P, c.State, c.facts())
	if refusal == nil && got.takes(c.Time) != (final == nil) {
		difference := fmt.Errorf("EntryPoint takes it at %d: %t, Go says %w", c.Time, got.takes(c.Time), orNothing(final))
		w.report.Mismatches = append(w.report.Mismatches, Mismatch{c.Number, c, difference})
	}
	w.report.count(c, final)
	return nil
}

func (r *Report) count(c *Case, refusal *permission.Refusal) {
	r.Cases++
	if refusal == nil {
		r.Accepted++
	} else {
		r.Refused[refusal.Rule]++
	}
	if c.aim.isNear() && (refusal == nil || refusal.Rule == c.aim.name) {
		r.Near[c.aim.name]++
	}
}

// String shows all that decides a case.
func (c *Case) String() string {
	return fmt.Sprintf("account %s\npermission %x\n%+v\nstate %+v\nway in %d, moment %d, time %d, signed %t, aim %+v\ncalls %+v\ncall data %x\npaymaster %s, fee %s",
		c.Account, c.packed, c.P, c.State, c.WayIn, c.Moment, c.Time, c.Signed, c.aim, c.Calls, c.Op.CallData, c.Op.Paymaster, c.Op.RequiredPrefund())
}
