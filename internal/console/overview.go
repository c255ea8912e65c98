package console

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/permission/words"
	"github.com/latchkey-dev/latchkey/internal/session"
)

func (c *Console) overviewRoutes() []route {
	return []route{
		view("/{$}", showOverview),
		view("/overview/part", showOverviewPart),
	}
}

// Fund is money that operations need, and how much of it is little.
type Fund struct {
	Name    string // what it is, such as "Relayer"
	Pays    string // what it is needed for
	Address common.Address
	ChainID uint64
	Wei     *big.Int
	Low     *big.Int // below this, somebody should add some
	Empty   *big.Int // below this, operations may be refused
	Each    *big.Int // what one ordinary operation takes now, 0 when unknown
}

// left says about how many operations the fund is good for.
func (f Fund) left() string {
	if f.Each.Sign() <= 0 {
		return ""
	}
	n := new(big.Int).Div(f.Wei, f.Each)
	if most := big.NewInt(1_000_000); n.Cmp(most) > 0 {
		return "more than " + grouped(most) + " operations"
	}
	return "about " + grouped(n) + " operations"
}

// funds remembers balances for a moment, so that pages do not wait for nodes.
type funds struct {
	ask func(context.Context) ([]Fund, error)
	now func() time.Time

	mu    sync.Mutex
	known []Fund
	err   error
	asked time.Time
}

const fundsLife = 15 * time.Second

// get answers balances that are at most fundsLife old. One caller at a time asks
// the chain, and others wait for its answer.
func (f *funds) get(ctx context.Context) ([]Fund, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ask == nil || f.now().Sub(f.asked) < fundsLife {
		return f.known, f.err
	}
	known, err := f.ask(ctx)
	if ctx.Err() != nil {
		return nil, ctx.Err() // says nothing of the chain
	}
	f.known, f.err, f.asked = known, err, f.now()
	return known, err
}

// overview is the first page.
type overview struct {
	live, ending     int
	next             []endingKey
	minutes          []intent.Minute
	hour             tally
	failures         []intent.FailureCount
	failuresClipped  bool
	feesDay          *big.Int
	operationsDay    int
	fees             []intent.Usage // by hour, all policies together
	funds            []Fund
	fundsProblem     bool
	operations, cost string // data of the charts
	started          bool   // anything has ever happened
}

// tally counts the intents of the last hour.
type tally struct{ all, failed int }

// endingKey is a session key that ends soon.
type endingKey struct {
	session.Session
	until time.Time
}

// Spans of the overview.
const (
	endsSoon     = 24 * time.Hour
	endingShown  = 6
	chartMinutes = 60
	chartHours   = 48
)

func showOverview(v *visit) error {
	o, err := v.overview()
	if err != nil {
		return err
	}
	return v.show(overviewPage(o))
}

func showOverviewPart(v *visit) error {
	o, err := v.overview()
	if err != nil {
		return err
	}
	return v.show(overviewPart(o))
}

func (v *visit) overview() (o overview, err error) {
	now := v.console.Now().UTC()
	for _, fill := range []func(*overview, time.Time) error{v.fillKeys, v.fillOperations, v.fillFees} {
		if err := fill(&o, now); err != nil {
			return o, err
		}
	}
	if o.funds, err = v.console.funds.get(v.ctx()); err != nil {
		v.console.Log.Warn("ask for balances", "error", err)
		o.fundsProblem = true
	}
	return o, nil
}

func (v *visit) fillKeys(o *overview, _ time.Time) error {
	live, ending, next, err := v.console.Sessions.Ending(v.ctx(), v.project.ID, endsSoon, endingShown)
	if err != nil {
		return err
	}
	o.live, o.ending = live, ending
	for _, s := range next {
		o.next = append(o.next, endingKey{Session: s, until: time.Unix(int64(s.ValidUntil()), 0)})
	}
	return nil
}

// counted writes a number of session keys, which are not counted without end.
func counted(keys int) string {
	if keys > session.MostCounted {
		return "more than " + grouped(big.NewInt(session.MostCounted))
	}
	return grouped(big.NewInt(int64(keys)))
}

func (v *visit) fillOperations(o *overview, now time.Time) (err error) {
	from := now.Truncate(time.Minute).Add(-(chartMinutes - 1) * time.Minute)
	if o.minutes, err = v.console.Intents.Minutes(v.ctx(), v.project.ID, from); err != nil {
		return err
	}
	for _, m := range o.minutes {
		o.hour.all += m.Total()
		o.hour.failed += m.Counts[intent.Failed]
	}
	o.operations = operationsChart(o.minutes, from)
	o.failures, o.failuresClipped, err = v.console.Intents.Failures(v.ctx(), v.project.ID, now.Add(-24*time.Hour))
	return err
}

func (v *visit) fillFees(o *overview, now time.Time) error {
	from := now.Truncate(time.Hour).Add(-(chartHours - 1) * time.Hour)
	used, err := v.console.Intents.UsageSince(v.ctx(), v.project.ID, "", from)
	if err != nil {
		return err
	}
	o.fees, o.feesDay = byHour(used), new(big.Int)
	for _, u := range o.fees {
		if u.Hour.After(now.Add(-24 * time.Hour)) {
			o.feesDay.Add(o.feesDay, u.GasFee)
			o.operationsDay += u.Operations
		}
	}
	o.cost = feesChart(o.fees, from, chartHours)
	o.started = len(o.fees) > 0 || len(o.minutes) > 0 || o.live > 0
	return nil
}

// byHour puts what several payers paid in one hour together.
func byHour(used []intent.Usage) []intent.Usage {
	var hours []intent.Usage
	for _, u := range used {
		n := len(hours) - 1
		if n < 0 || !hours[n].Hour.Equal(u.Hour) {
			hours = append(hours, intent.Usage{Hour: u.Hour, Operations: u.Operations, Failed: u.Failed, GasFee: new(big.Int).Set(u.GasFee)})
			continue
		}
		hours[n].Operations += u.Operations
		hours[n].Failed += u.Failed
		hours[n].GasFee.Add(hours[n].GasFee, u.GasFee)
	}
	return hours
}

// chart is what chart.js draws: a column of moments, and one of values for each
// series. Values are text where they are amounts.
type chart struct {
	Times  []int64       `json:"times"`
	Series []chartSeries `json:"series"`
	Unit   string        `json:"unit,omitempty"`
	Bars   bool          `json:"bars,omitempty"`
}

type chartSeries struct {
	Name   string   `json:"name"`
	Tone   string   `json:"tone"`
	Values []string `json:"values"`
}

func (c chart) data() string {
	out, err := json.Marshal(c)
	if err != nil {
		panic(err) // numbers and text
	}
	return string(out)
}

func operationsChart(minutes []intent.Minute, from time.Time) string {
	at := make(map[int64]intent.Minute)
	for _, m := range minutes {
		at[m.At.Unix()] = m
	}
	c := chart{Series: []chartSeries{{Name: "All", Tone: "accent"}, {Name: "Failed", Tone: "bad"}}}
	for i := range chartMinutes {
		t := from.Add(time.Duration(i) * time.Minute).Unix()
		c.Times = append(c.Times, t)
		c.Series[0].Values = append(c.Series[0].Values, fmt.Sprint(at[t].Total()))
		c.Series[1].Values = append(c.Series[1].Values, fmt.Sprint(at[t].Counts[intent.Failed]))
	}
	return c.data()
}

// feesChart draws hours from the first on.
func feesChart(hours []intent.Usage, from time.Time, count int) string {
	return spendChart(hours, from, count, time.Hour)
}

// feeUnit answers the unit in which fees read well: gwei where none is as much
// as a thousandth of an ether.
func feeUnit(spans []intent.Usage) (name string, decimals int) {
	for _, u := range spans {
		if u.GasFee.Cmp(big.NewInt(1e15)) >= 0 {
			return "ETH", 18
		}
	}
	return "gwei", 9
}

func spendChart(spans []intent.Usage, from time.Time, count int, span time.Duration) string {
	at := make(map[int64]*big.Int)
	for _, u := range spans {
		at[u.Hour.Unix()] = u.GasFee
	}
	unit, decimals := feeUnit(spans)
	c := chart{Unit: unit, Bars: true, Series: []chartSeries{{Name: "Fees", Tone: "accent"}}}
	for i := range count {
		t := from.Add(time.Duration(i) * span).Unix()
		fee := at[t]
		if fee == nil {
			fee = new(big.Int)
		}
		c.Times = append(c.Times, t)
		c.Series[0].Values = append(c.Series[0].Values, words.Units(fee, decimals))
	}
	return c.data()
}
