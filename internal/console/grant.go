package console

import (
	"slices"
	"strings"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/contract"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/operator"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/permission/words"
	"github.com/latchkey-dev/latchkey/internal/player"
	"github.com/latchkey-dev/latchkey/internal/sponsor"
)

func (c *Console) grantRoutes() []route {
	return []route{
		view("/accounts/{id}/sessions/new", newSession),
		view("/accounts/{id}/sessions/preview", previewSession),
		change(operator.Editor, "session.create", "/accounts/{id}/sessions", createSession),
	}
}

// grantView is the form for a new session key.
type grantView struct {
	form     grantForm
	account  account.Account
	user     player.Player
	policies []sponsor.Policy
	known    []knownContract
	// limitable are the options of each row of function limits.
	limitable [][]choice
	problem   string // why the key was not prepared, "" when nothing is wrong
	at        string // id of the field that problem is about, "" for none
}

// wrong answers what is wrong with a field.
func (g grantView) wrong(id string) string {
	if id != g.at {
		return ""
	}
	return g.problem
}

// filled reports whether something was entered in one of these fields of any
// row.
func (g grantView) filled(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		return slices.ContainsFunc(g.form.Values[name], func(text string) bool { return strings.TrimSpace(text) != "" })
	})
}

// knownContract is a contract to choose, with its functions.
type knownContract struct{ name, address, functions, arguments string }

// reading is a grant read back.
type reading struct {
	problem string // why it cannot be granted, "" when it can
	grant   words.Grant
	sudo    bool
}

func newSession(v *visit) error {
	acc, err := v.console.Accounts.Get(v.ctx(), v.project.ID, v.id())
	if err != nil {
		return err
	}
	shown, err := v.grantView(acc, grantForm{v.r.URL.Query()})
	if err != nil {
		return err
	}
	return v.show(grantPage(shown))
}

func (v *visit) grantView(acc account.Account, f grantForm) (g grantView, err error) {
	g = grantView{form: f, account: acc}
	if g.user, err = v.console.Players.Get(v.ctx(), v.project.ID, acc.PlayerID); err != nil {
		return g, err
	}
	if g.policies, err = v.policies(acc.ChainID); err != nil {
		return g, err
	}
	found, err := v.knownContracts(contract.Filter{ChainID: acc.ChainID})
	if err != nil {
		return g, err
	}
	for _, c := range found {
		writing := slices.DeleteFunc(contract.Functions(c), func(f contract.Function) bool { return f.ReadOnly })
		g.known = append(g.known, knownContract{c.Name, c.Address.Hex(), signaturesOf(writing), offers(writing)})
	}
	g.limitable, err = v.limitable(f, acc.ChainID)
	return g, err
}

func (v *visit) knownContracts(filter contract.Filter) ([]contract.Contract, error) {
	found, err := v.console.Contracts.List(v.ctx(), v.project.ID, filter, page.Request{Limit: page.MaxLimit, Order: page.Descending, Uncounted: true})
	return found.Items, err
}

// signaturesOf lists functions for scripts.
func signaturesOf(functions []contract.Function) string {
	var all []string
	for _, f := range functions {
		all = append(all, f.Signature)
	}
	return strings.Join(all, ";")
}

// limitable answers the options of each row of function limits, as far as the
// form can be read.
func (v *visit) limitable(f grantForm, chainID uint64) ([][]choice, error) {
	var all [][]choice
	grants, grantsErr := callGrants(f)
	for row := range f.rows("limitOf") {
		var known []argument
		if grantsErr == nil && f.at("limitOf", row) != "" {
			of, err := v.limited(f, chainID, grants, row)
			if _, ok := asFault(err); err != nil && !ok {
				return nil, err
			}
			known = of.arguments
		}
		all = append(all, withChosen(argumentChoices(known), f.at("limitArgument", row)))
	}
	return all, nil
}

// previewSession reads back in words what the form asks for.
func previewSession(v *visit) error {
	acc, err := v.console.Accounts.Get(v.ctx(), v.project.ID, v.id())
	if err != nil {
		return err
	}
	read, err := v.reading(acc, grantForm{v.r.URL.Query()})
	if err != nil {
		return err
	}
	return v.show(grantReading(read))
}

func (v *visit) reading(acc account.Account, f grantForm) (reading, error) {
	p, err := v.params(f, acc)
	var granted permission.Permission
	if err == nil {
		granted, err = v.console.Sessions.Preview(v.ctx(), v.project.ID, p)
	}
	if fault.Is(err, fault.Invalid) {
		return reading{problem: grantProblem(err)}, nil
	}
	if err != nil {
		return reading{}, err
	}
	n, err := v.names(acc.ChainID)
	return reading{grant: words.Describe(granted, n.Names), sudo: granted.Sudo}, err
}

// loggedGrant is what the audit log holds of a new session key.
type loggedGrant struct {
	Account string `json:"account"`
	Signer  string `json:"signer"`
	May     string `json:"may"`
}

func createSession(v *visit) error {
	acc, err := v.console.Accounts.Get(v.ctx(), v.project.ID, v.id())
	if err != nil {
		return err
	}
	if err := v.r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "the form cannot be read: %v", err)
	}
	f := grantForm{without(v.r.PostForm, "csrf")}
	p, err := v.params(f, acc)
	if err == nil {
		p.Key, err = f.key()
	}
	if err == nil && f.get("scope") == scopeEverything && f.get("understood") == "" {
		err = fault.Field("understood", nil, "confirm that the key may do anything, or list what it may do")
	}
	if err != nil {
		return v.refuseGrant(err, acc, f)
	}
	made, err := v.console.Sessions.Create(v.ctx(), v.project.ID, p)
	if err != nil {
		return v.refuseGrant(err, acc, f)
	}
	v.changed(made.Session.ID, nil, loggedGrant{acc.ID, made.Session.Signer.Hex(), words.Describe(made.Permission, words.Names{}).String()})
	return v.redirect("/sessions/"+made.Session.ID, "The key is prepared. It can do nothing until the owner signs.")
}

// refuseGrant shows the form again with what is wrong.
func (v *visit) refuseGrant(err error, acc account.Account, f grantForm) error {
	refused, ok := asFault(err)
	if !ok {
		return err
	}
	shown, viewErr := v.grantView(acc, f)
	if viewErr != nil {
		return viewErr
	}
	shown.problem, shown.at = grantProblem(err), f.place(refused)
	return v.refuse(err, grantPage(shown))
}
