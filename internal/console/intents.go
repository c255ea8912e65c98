package console

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/console/ui"
	"github.com/latchkey-dev/latchkey/internal/contract"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/page"
)

func (c *Console) intentRoutes() []route {
	return []route{
		view("/intents", listIntents),
		view("/intents/{id}", showIntent),
		view("/intents/{id}/part", showIntentPart),
		view("/intents/{id}/trace", showTrace),
	}
}

// intentStates are the tabs of the list.
var intentStates = []struct {
	name, title string
	statuses    []intent.Status
}{
	{"", "All", nil},
	{"open", "Under way", []intent.Status{intent.Waiting, intent.Signed}},
	{"succeeded", "Succeeded", []intent.Status{intent.Succeeded}},
	{"failed", "Failed", []intent.Status{intent.Failed}},
	{"unsigned", "Never signed", []intent.Status{intent.Expired, intent.Withdrawn}},
}

type intentList struct {
	query string
	state string
	rows  []intentRow
	pages ui.Pages
	live  string // address of the list itself while it shows the newest, else ""
}

// intentRow is a line of the list.
type intentRow struct {
	intent.Intent
	what string // with marks
}

func listIntents(v *visit) error {
	list := intentList{query: strings.TrimSpace(v.form("q")), state: v.form("state")}
	f, err := intentFilter(list.state)
	if err != nil {
		return err
	}
	path, found, err := v.narrow(&f, list.query)
	switch {
	case err != nil:
		return err
	case path != "":
		return v.redirect(path, "")
	case found:
		err = v.fillIntents(&list, f)
	}
	if err != nil {
		return err
	}
	if v.partial() {
		return v.show(intentsPart(list))
	}
	return v.show(intentsPage(list))
}

func intentFilter(state string) (intent.Filter, error) {
	for _, s := range intentStates {
		if s.name == state {
			return intent.Filter{Statuses: s.statuses}, nil
		}
	}
	return intent.Filter{}, fault.Field("state", state, "must be open, succeeded, failed, unsigned, or left out")
}

// narrow lets a filter find what a query names. It answers a path when that is
// one intent, and found false when nothing here has such an id.
func (v *visit) narrow(f *intent.Filter, query string) (path string, found bool, err error) {
	switch {
	case query == "":
	case id.Is(id.Intent, query):
		return "/intents/" + query, true, nil
	case id.Is(id.Session, query):
		f.SessionID = query
	case id.Is(id.Player, query):
		f.PlayerIDs = []string{query}
	case id.Is(id.Account, query):
		f.AccountIDs = []string{query}
	case id.Is(id.Policy, query):
		f.PolicyIDs = []string{query}
	case common.IsHexAddress(query):
		return v.narrowTo(f, common.HexToAddress(query))
	case isHash(query):
		return v.byHash(common.HexToHash(query))
	default:
		return "", false, nil
	}
	return "", true, nil
}

func (v *visit) narrowTo(f *intent.Filter, address common.Address) (path string, found bool, err error) {
	accounts, err := v.console.Accounts.List(v.ctx(), v.project.ID, account.Filter{Address: address}, page.Request{Uncounted: true})
	for _, acc := range accounts.Items {
		f.AccountIDs = append(f.AccountIDs, acc.ID)
	}
	return "", len(f.AccountIDs) > 0, err
}

func (v *visit) byHash(hash common.Hash) (path string, found bool, err error) {
	intents, err := v.console.Intents.Find(v.ctx(), v.project.ID, hash)
	if err != nil || len(intents) == 0 {
		return "", false, err
	}
	return "/intents/" + intents[0].ID, true, nil
}

func isHash(s string) bool {
	digits, ok := strings.CutPrefix(s, "0x")
	_, err := hex.DecodeString(digits)
	return ok && len(digits) == 64 && err == nil
}

func (v *visit) fillIntents(list *intentList, f intent.Filter) error {
	req, err := v.pageRequest()
	if err != nil {
		return err
	}
	found, err := v.console.Intents.List(v.ctx(), v.project.ID, f, req)
	if err != nil {
		return err
	}
	if list.rows, err = v.intentRows(found.Items); err != nil {
		return err
	}
	if req.After == nil {
		list.live = withQuery(v.r.URL.Path, v.r.URL.Query())
	}
	if n := len(found.Items); n > 0 {
		last := found.Items[n-1]
		list.pages = v.pages(found.More, page.Mark{CreatedAt: last.CreatedAt, ID: last.ID})
	}
	return nil
}

func (v *visit) intentRows(all []intent.Intent) ([]intentRow, error) {
	rows := make([]intentRow, len(all))
	for i, in := range all {
		n, err := v.names(in.ChainID)
		if err != nil {
			return nil, err
		}
		rows[i] = intentRow{Intent: in, what: n.summary(in)}
	}
	return rows, nil
}

// intentView is an intent's page.
type intentView struct {
	intent.Intent
	what   string // with marks
	steps  []step
	calls  []decodedCall
	logs   []decodedCall
	revert string // revert data of failed calls, "" for none
}

// step is one line of the timeline.
type step struct {
	title string
	tone  ui.Tone
	at    time.Time // zero where nobody noted it
	note  string    // with marks, "" for none
}

func showIntent(v *visit) error {
	in, err := v.intentView()
	if err != nil {
		return err
	}
	return v.show(intentPage(in))
}

// showIntentPart answers what of the page changes on the way to the chain.
func showIntentPart(v *visit) error {
	in, err := v.intentView()
	if err != nil {
		return err
	}
	return v.show(intentPart(in))
}

func (v *visit) intentView() (intentView, error) {
	in, err := v.console.Intents.Get(v.ctx(), v.project.ID, v.id())
	if err != nil {
		return intentView{}, err
	}
	n, err := v.accountNames(in)
	if err != nil {
		return intentView{}, err
	}
	delivery, err := v.console.Intents.Delivery(v.ctx(), in)
	if err != nil {
		return intentView{}, err
	}
	shown := intentView{Intent: in, what: n.summary(in), steps: timeline(in, delivery)}
	for _, call := range in.Interactions {
		shown.calls = append(shown.calls, n.explainCall(call))
	}
	if in.Kind != intent.Call {
		shown.calls = append(shown.calls, n.explainCall(intent.Interaction{To: in.AccountAddress, Data: in.Operation.CallData}))
	}
	if out := in.Outcome; out != nil {
		for _, l := range out.Logs {
			shown.logs = append(shown.logs, n.explainLog(l))
		}
		if len(out.Revert) > 0 {
			shown.revert = hexutil.Encode(out.Revert)
		}
	}
	return shown, nil
}

// accountNames are the names of an intent's chain, and of its account.
func (v *visit) accountNames(in intent.Intent) (names, error) {
	n, err := v.names(in.ChainID)
	if err != nil {
		return n, err
	}
	n.book = v.console.Contracts.WithAccount(n.book, in.AccountAddress)
	return n, nil
}

// timeline tells an intent's story, oldest first, with what is awaited at its
// end.
func timeline(in intent.Intent, d *intent.Delivery) []step {
	steps := []step{{title: "Asked for", at: in.CreatedAt, note: paidBy(in)}}
	if in.SignedBy != "" {
		steps = append(steps, step{title: signedBy(in), at: movedTo(in, "sent")})
	}
	if d != nil && d.Carrier != nil {
		steps = append(steps, carried(*d.Carrier))
	}
	if d != nil && d.Attempts > 0 {
		steps = append(steps, step{title: "Tried again", tone: ui.Warn, note: countOf(d.Attempts, "transaction", "transactions") + " with it failed on chain"})
	}
	if out := in.Outcome; out != nil {
		steps = append(steps, step{
			title: fmt.Sprintf("Included in block %d", out.BlockNumber), at: time.Unix(int64(out.BlockTime), 0),
			note: fmt.Sprintf("%s gas, %s", grouped(out.GasUsed), rounded(out.GasFee)),
		})
	}
	return append(steps, lastStep(in))
}

func paidBy(in intent.Intent) string {
	if in.PolicyID == "" {
		return "The account pays the fee, at most " + rounded(in.MaxCost)
	}
	return "Gas policy " + ui.MarkValue(in.PolicyID) + " pays the fee, at most " + rounded(in.MaxCost)
}

func signedBy(in intent.Intent) string {
	switch in.SignedBy {
	case intent.OwnerSigned:
		return "Signed by the owner"
	case intent.ClientSent:
		return "Sent to the chain by the client itself"
	}
	return "Signed by a session key"
}

func carried(c intent.Carrier) step {
	note := fmt.Sprintf("%s by relayer %s, nonce %d", ui.MarkValue(c.Hash.Hex()), ui.MarkValue(c.Relayer.Hex()), c.Nonce)
	if others := c.Operations - 1; others > 0 {
		note += ", with " + countOf(others, "other operation", "others")
	}
	if raised := len(c.Replaced); raised > 0 {
		note += ", its fees raised " + countOf(raised, "time", "times")
	}
	return step{title: "Put into a transaction", at: c.SignedAt, note: note}
}

func lastStep(in intent.Intent) step {
	last := step{at: in.UpdatedAt}
	switch in.Status {
	case intent.Waiting:
		return step{title: "Waits for a signature", tone: ui.Accent, note: "until " + ui.MarkTime(in.ExpiresAt)}
	case intent.Signed:
		return step{title: "On its way to the chain", tone: ui.Accent}
	case intent.Succeeded:
		last.title, last.tone = "Succeeded", ui.Good
	case intent.Failed:
		last.title, last.tone = "Failed", ui.Bad
		if in.Failure != nil {
			last.note = printable(in.Failure.Reason)
		}
	case intent.Expired:
		last.title, last.note = "Expired", "Nobody signed it in time. Its budget was given back."
	case intent.Withdrawn:
		last.title, last.note = "Withdrawn", "Another one took its place before it was signed."
	}
	return last
}

// movedTo is when an intent went to a state of the API, zero for never.
func movedTo(in intent.Intent, state string) time.Time {
	for _, t := range in.Transitions {
		if t.To == state {
			return t.At
		}
	}
	return time.Time{}
}

// rounded writes wei to four digits that count, rounded up: nothing that was
// paid looks like nothing.
func rounded(amount *big.Int) string {
	const digits = 4
	step := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(0, len(amount.String())-digits))), nil)
	up := new(big.Int).Add(amount, step)
	up.Sub(up, big.NewInt(1))
	return ether(up.Sub(up, new(big.Int).Mod(up, step)))
}

// grouped writes an integer with its thousands apart.
func grouped(n *big.Int) string { return groupedDigits(n.String()) }

func groupedDigits(digits string) string {
	var b strings.Builder
	for i, r := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 && digits[i-1] != '-' {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// traceView is the calls of an operation, or why they cannot be shown.
type traceView struct {
	in      intent.Intent
	frames  []frameView
	clipped bool
	problem string
}

// frameView is one call of a trace.
type frameView struct {
	kind   string
	call   decodedCall
	gas    string
	failed string // why, "" when it succeeded
	calls  []frameView
}

// mostFrames bounds how many calls of a trace are drawn.
const mostFrames = 400

func showTrace(v *visit) error {
	in, err := v.console.Intents.Get(v.ctx(), v.project.ID, v.id())
	if err != nil {
		return err
	}
	shown := traceView{in: in}
	frames, err := v.console.Intents.Trace(v.ctx(), in)
	switch {
	case errors.Is(err, intent.ErrNoTrace):
		shown.problem = "The chain's node does not offer debug_traceTransaction, or has no state of that block any more. Give `latchkey serve --rpc` the endpoint of an archive node with the debug namespace."
	case err != nil:
		return err
	}
	t, err := v.tracer(in)
	if err != nil {
		return err
	}
	shown.frames = t.frames(frames)
	shown.clipped = t.left < 0
	if v.partial() {
		return v.show(tracePart(shown))
	}
	return v.show(tracePage(shown))
}

// tracer puts the calls of a trace into words.
type tracer struct {
	names
	explain func(revert []byte) string
	left    int // calls that may still be drawn; negative when some were left out
}

func (v *visit) tracer(in intent.Intent) (*tracer, error) {
	n, err := v.accountNames(in)
	if err != nil {
		return nil, err
	}
	found, err := v.console.Contracts.List(v.ctx(), v.project.ID, contract.Filter{ChainID: in.ChainID}, page.Request{Limit: page.MaxLimit, Uncounted: true})
	if err != nil {
		return nil, err
	}
	var abis []json.RawMessage
	for _, c := range found.Items {
		if c.ABI != nil {
			abis = append(abis, c.ABI)
		}
	}
	explain := func(revert []byte) string {
		_, text := v.console.Intents.Explain(revert, abis)
		return printable(text)
	}
	return &tracer{names: n, explain: explain, left: mostFrames}, nil
}

func (t *tracer) frames(all []intent.Frame) []frameView {
	var views []frameView
	for _, f := range all {
		if t.left--; t.left < 0 {
			return views
		}
		views = append(views, frameView{
			kind: f.Type, call: t.call(f), gas: grouped(new(big.Int).SetUint64(f.GasUsed)),
			failed: t.reason(f), calls: t.frames(f.Calls),
		})
	}
	return views
}

func (t *tracer) call(f intent.Frame) decodedCall {
	if strings.HasPrefix(f.Type, "CREATE") {
		return decodedCall{on: plainName(t.contract(f.To)), address: f.To.Hex(), name: "is created", known: true}
	}
	return t.explainCall(intent.Interaction{To: f.To, Value: f.Value, Data: f.Input})
}

// reason is why a call failed: what it reverted with, else the node's word.
func (t *tracer) reason(f intent.Frame) string {
	if f.Error == "" || len(f.Output) == 0 {
		return printable(f.Error)
	}
	return t.explain(f.Output)
}
