package console

import (
	"math/big"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/console/ui"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/operator"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/permission/words"
	"github.com/latchkey-dev/latchkey/internal/player"
	"github.com/latchkey-dev/latchkey/internal/session"
	"github.com/latchkey-dev/latchkey/internal/sponsor"
)

func (c *Console) sessionRoutes() []route {
	return []route{
		view("/sessions", listSessions),
		view("/sessions/{id}", showSession),
		view("/sessions/{id}/part", showSessionPart),
		change(operator.Editor, "session.revoke", "/sessions/{id}/revoke", revokeSession),
		change(operator.Editor, "session.block", "/sessions/{id}/block", blockSession),
		change(operator.Editor, "session.unblock", "/sessions/{id}/unblock", unblockSession),
		change(operator.Editor, "session.sign", "/sessions/{id}/signature", signSession),
	}
}

// keyView is a session key as lists and pages show it.
type keyView struct {
	session.View
	grant words.Grant // with marks, see names
	bars  []bar
	spent intent.Spending
}

// bar is a limit and how much of it is used.
type bar struct {
	label, text string
	used, limit *big.Int
	resetsAt    uint64 // unix seconds, 0 for never
}

// sudo reports whether the key is unrestricted.
func (k keyView) sudo() bool { return k.Permission.Sudo }

// over reports whether the key can never act again.
func (k keyView) over() bool {
	switch k.Status {
	case session.StatusExpired, session.StatusRevoked, session.StatusExhausted:
		return true
	}
	return false
}

// ends is when the key ends, ok false for never.
func (k keyView) ends() (at time.Time, ok bool) {
	const endless = 4_102_444_800 // the year 2100
	return time.Unix(int64(min(k.Permission.ValidUntil, endless)), 0), k.Permission.ValidUntil < endless
}

func (v *visit) keyViews(views []session.View) ([]keyView, error) {
	ids := make([]string, len(views))
	for i, s := range views {
		ids[i] = s.Session.ID
	}
	spent, err := v.console.Intents.Spent(v.ctx(), ids...)
	if err != nil {
		return nil, err
	}
	keys := make([]keyView, len(views))
	for i, s := range views {
		n, err := v.names(s.Session.ChainID)
		if err != nil {
			return nil, err
		}
		keys[i] = keyView{View: s, grant: words.Describe(s.Permission, n.Names), bars: n.bars(s), spent: spent[ids[i]]}
	}
	return keys, nil
}

// bars shows the use of each limit of a session.
func (n names) bars(s session.View) []bar {
	var all []bar
	if u := s.Usage.Limit; u != nil {
		all = append(all, bar{label: "Calls", text: u.Used.String() + " of " + u.Limit.String(), used: u.Used, limit: u.Limit})
	}
	for _, use := range s.Usage.Rules {
		label, unit := n.rule(s.Permission.Rules[use.Position])
		all = append(all, bar{label: label, text: unit(use.Used) + " of " + unit(use.Limit), used: use.Used, limit: use.Limit, resetsAt: use.ResetsAt})
	}
	if u := s.Usage.FeeLimit; u != nil {
		all = append(all, bar{label: "Fees, at worst", text: ether(u.Used) + " of " + ether(u.Limit), used: u.Used, limit: u.Limit})
	}
	return all
}

// rule answers what a rule's counter counts, and how its numbers are written.
func (n names) rule(r permission.Rule) (label string, unit func(*big.Int) string) {
	count := (*big.Int).String
	token := func(at common.Address) (string, func(*big.Int) string) {
		return plainName(n.contract(at)), func(base *big.Int) string { return n.amount(at, base) }
	}
	switch r := r.(type) {
	case permission.ValueTotal:
		return "Value sent", ether
	case permission.ValuePeriod:
		return "Value sent " + words.Every(uint64(r.Seconds)), ether
	case permission.ValueStream:
		return "Value sent, as it accrues", ether
	case permission.ERC20Total:
		return token(r.Token)
	case permission.ERC20Period:
		label, unit = token(r.Token)
		return label + " " + words.Every(uint64(r.Seconds)), unit
	case permission.ERC20Stream:
		label, unit = token(r.Token)
		return label + ", as it accrues", unit
	case permission.ERC1155:
		return plainName(n.contract(r.Token)) + " number " + r.ID.String(), count
	case permission.Count:
		return "Calls of " + n.function(r.Function), count
	case permission.ArgumentTotal:
		return "Sum of argument " + big.NewInt(int64(r.Word)+1).String() + " of " + n.function(r.Function), count
	case permission.Rate:
		return "Calls " + words.Every(uint64(r.Interval)), count
	}
	return string(r.Name()), count
}

func (n names) function(f permission.Function) string {
	if name := n.Function(f); name != "" {
		return name
	}
	return f.Selector.String()
}

// plainName is a name for places where nothing but text can be drawn.
func plainName(marked string) string { return ui.Plainly(marked) }

type sessionList struct {
	query string
	state string // "live", "over", or "" for all
	keys  []keyView
	users map[string]player.Player // by id
	pages ui.Pages
}

func listSessions(v *visit) error {
	list := sessionList{query: strings.TrimSpace(v.form("q")), state: v.form("state")}
	f, err := sessionFilter(list.state)
	if err != nil {
		return err
	}
	switch {
	case common.IsHexAddress(list.query):
		f.Signer = common.HexToAddress(list.query)
	case list.query != "":
		path, err := v.whereIs(list.query)
		if path == "" && err == nil {
			return v.show(sessionsPage(list)) // nothing found
		}
		if err != nil {
			return err
		}
		return v.redirect(path, "")
	}
	req, err := v.pageRequest()
	if err != nil {
		return err
	}
	found, err := v.console.Sessions.Glance(v.ctx(), v.project.ID, f, req)
	if err != nil {
		return err
	}
	if list.keys, err = v.keyViews(found.Items); err != nil {
		return err
	}
	ids := make([]string, len(found.Items))
	for i, s := range found.Items {
		ids[i] = s.Session.PlayerID
	}
	if list.users, err = v.console.Players.Several(v.ctx(), v.project.ID, ids...); err != nil {
		return err
	}
	if n := len(found.Items); n > 0 {
		last := found.Items[n-1].Session
		list.pages = v.pages(found.More, page.Mark{CreatedAt: last.CreatedAt, ID: last.ID})
	}
	return v.show(sessionsPage(list))
}

func sessionFilter(state string) (f session.Filter, err error) {
	switch state {
	case "live", "over":
		live := state == "live"
		f.Live = &live
	case "":
	default:
		return f, fault.Field("state", state, "must be live, over, or left out")
	}
	return f, nil
}

// sessionView is a session key's page.
type sessionView struct {
	key      keyView
	owner    common.Address
	user     player.Player
	history  []historyRow
	more     bool // of the history
	raw      string
	policies []sponsor.Policy // that may pay for a revocation
	policy   string           // the one that paid for the registration
	proof    proof
	typed    string // typed data to sign, "" for none
}

// signable reports whether a signature of the owner would be taken now: of a
// blocked key, only one that revokes it.
func (s sessionView) signable() bool {
	ses := s.key.Session
	return s.key.NextAction != nil && (ses.BlockedAt == nil || ses.RevokeIntent != "")
}

// historyRow is something that the key signed, or that was done to it.
type historyRow struct {
	intent.Intent
	what  string // with marks
	byKey bool
}

// proof is where the chain says the same.
type proof struct {
	word         string // status word, as the account keeps it
	phase        string
	registration *intent.Outcome // of the operation that registered it, nil for none
}

const historySize = 15

func showSession(v *visit) error {
	s, err := v.sessionView(v.id())
	if err != nil {
		return err
	}
	return v.show(sessionPage(s))
}

// showSessionPart answers what of the page changes as the key is used.
func showSessionPart(v *visit) error {
	s, err := v.sessionView(v.id())
	if err != nil {
		return err
	}
	return v.show(sessionPart(s))
}

func (v *visit) sessionView(sessionID string) (s sessionView, err error) {
	found, err := v.console.Sessions.Look(v.ctx(), v.project.ID, sessionID)
	if err != nil {
		return s, err
	}
	keys, err := v.keyViews([]session.View{found})
	if err != nil {
		return s, err
	}
	s.key, s.raw, s.typed = keys[0], rawPermission(found), typedData(found)
	if s.user, err = v.console.Players.Get(v.ctx(), v.project.ID, found.Session.PlayerID); err != nil {
		return s, err
	}
	acc, err := v.console.Accounts.Get(v.ctx(), v.project.ID, found.Session.AccountID)
	if err != nil {
		return s, err
	}
	s.owner = acc.Owner.Address
	if err := v.history(&s); err != nil {
		return s, err
	}
	if s.proof, s.policy, err = v.proof(s); err != nil {
		return s, err
	}
	s.policies, err = v.policies(found.Session.ChainID)
	return s, err
}

func (v *visit) history(s *sessionView) error {
	n, err := v.names(s.key.Session.ChainID)
	if err != nil {
		return err
	}
	f := intent.Filter{SessionID: s.key.Session.ID}
	found, err := v.console.Intents.List(v.ctx(), v.project.ID, f, page.Request{Limit: historySize, Uncounted: true})
	if err != nil {
		return err
	}
	for _, in := range found.Items {
		s.history = append(s.history, historyRow{Intent: in, what: n.summary(in), byKey: in.SignedBy == s.key.Session.ID})
	}
	s.more = found.More
	return nil
}

// proof answers what the chain keeps, and which policy paid to register it.
func (v *visit) proof(s sessionView) (p proof, policy string, err error) {
	status := permission.ParseStatus(s.key.Word)
	p.word, p.phase = common.BigToHash(s.key.Word).Hex(), status.State.String()
	if s.key.Session.RegisterIntent == "" {
		return p, "", nil
	}
	in, err := v.registered(s)
	if err != nil {
		return p, "", err
	}
	if in.Status == intent.Succeeded {
		p.registration = in.Outcome
	}
	return p, in.PolicyID, nil
}

// registered answers the intent that registers a key, which most keys have among
// their newest.
func (v *visit) registered(s sessionView) (intent.Intent, error) {
	for _, row := range s.history {
		if row.ID == s.key.Session.RegisterIntent {
			return row.Intent, nil
		}
	}
	return v.console.Intents.Get(v.ctx(), v.project.ID, s.key.Session.RegisterIntent)
}

// policies answers the enabled gas policies of a chain.
func (v *visit) policies(chainID uint64) ([]sponsor.Policy, error) {
	yes, no := true, false
	found, err := v.console.Sponsor.Policies(v.ctx(), v.project.ID, sponsor.Filter{ChainID: chainID, Enabled: &yes, Deleted: &no}, page.Request{Limit: page.MaxLimit, Uncounted: true})
	return found.Items, err
}

// loggedSession is what the audit log holds of a session.
type loggedSession struct {
	Status  session.Status `json:"status"`
	Blocked bool           `json:"blocked"`
	Revokes string         `json:"revokeIntent,omitempty"`
}

func logSession(v session.View) loggedSession {
	return loggedSession{Status: v.Status, Blocked: v.Session.BlockedAt != nil, Revokes: v.Session.RevokeIntent}
}

// revokeSession blocks a key, and asks for its owner's signature to revoke it
// on chain. A key that its owner has not signed yet is withdrawn at once.
func revokeSession(v *visit) error {
	before, err := v.console.Sessions.Get(v.ctx(), v.project.ID, v.id())
	if err != nil {
		return err
	}
	if _, err := v.console.Sessions.Block(v.ctx(), v.project.ID, v.id(), v.operator.Name); err != nil {
		return err
	}
	after, err := v.console.Sessions.Revoke(v.ctx(), v.project.ID, session.RevokeParams{
		SessionID: v.id(), ChainID: before.Session.ChainID, PolicyID: v.form("policy"),
	})
	blocked := before
	blocked.Session.BlockedAt = &before.Session.UpdatedAt // for the log: there is a mark now
	if err != nil {
		v.changed(v.id(), logSession(before), logSession(blocked))
		return revocationFailed(err)
	}
	v.changed(v.id(), logSession(before), logSession(after))
	if after.Status == session.StatusRevoked {
		return v.redirect("/sessions/"+v.id(), "The key is revoked.")
	}
	return v.redirect("/sessions/"+v.id(), "The key is blocked here. Now the owner signs, and the chain refuses it too.")
}

// revocationFailed says what holds although the revocation cannot be built.
func revocationFailed(err error) error {
	if f, ok := asFault(err); ok {
		known := *f
		known.Message = "The key is blocked: nothing is sponsored or submitted for it here. But its revocation on chain cannot be prepared: " + f.Message
		return &known
	}
	return err
}

func blockSession(v *visit) error {
	return v.mark(func() error {
		_, err := v.console.Sessions.Block(v.ctx(), v.project.ID, v.id(), v.operator.Name)
		return err
	}, "The key is blocked: nothing is sponsored or submitted for it here.")
}

func unblockSession(v *visit) error {
	return v.mark(func() error {
		_, err := v.console.Sessions.Unblock(v.ctx(), v.project.ID, v.id())
		return err
	}, "The key is no longer blocked here.")
}

// mark changes a session and tells the audit log how it was and is.
func (v *visit) mark(change func() error, done string) error {
	before, err := v.console.Sessions.Get(v.ctx(), v.project.ID, v.id())
	if err != nil {
		return err
	}
	if err := change(); err != nil {
		return err
	}
	after, err := v.console.Sessions.Get(v.ctx(), v.project.ID, v.id())
	if err != nil {
		return err
	}
	v.changed(v.id(), logSession(before), logSession(after))
	return v.redirect("/sessions/"+v.id(), done)
}

// signSession takes the owner's signature, which a wallet made in the browser.
// It answers as soon as the operation is queued; the page is live.
func signSession(v *visit) error {
	signature, err := parseSignature(v.form("signature"))
	if err != nil {
		return err
	}
	before, err := v.console.Sessions.Get(v.ctx(), v.project.ID, v.id())
	if err != nil {
		return err
	}
	after, err := v.console.Sessions.Sign(v.ctx(), v.project.ID, v.id(), session.SignParams{Signature: signature, Optimistic: true})
	if err != nil {
		return err
	}
	v.changed(v.id(), logSession(before), logSession(after))
	return v.redirect("/sessions/"+v.id(), "The owner's signature is taken.")
}
