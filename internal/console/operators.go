package console

import (
	"net/url"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/operator"
)

func (c *Console) operatorRoutes() []route {
	return []route{
		view("/operators", func(v *visit) error { return v.showOperators(operatorsView{}) }),
		change(operator.Admin, "operator.create", "/operators", createOperator),
		change(operator.Admin, "operator.set-role", "/operators/{id}/role", setRole),
		change(operator.Admin, "operator.disable", "/operators/{id}/disable", func(v *visit) error { return setDisabled(v, true) }),
		change(operator.Admin, "operator.enable", "/operators/{id}/enable", func(v *visit) error { return setDisabled(v, false) }),
		change(operator.Admin, "operator.new-link", "/operators/{id}/link", newLink),
	}
}

type operatorsView struct {
	all  []operator.Operator
	self string // id of the reader
	// link was made just now, for the operator linkFor; it is shown once.
	link, linkFor string
	name, problem string // of the form
}

func (v *visit) fillOperators(shown operatorsView) (operatorsView, error) {
	var err error
	shown.all, err = v.console.Operators.List(v.ctx())
	shown.self = v.operator.ID
	return shown, err
}

func (v *visit) showOperators(shown operatorsView) error {
	shown, err := v.fillOperators(shown)
	if err != nil {
		return err
	}
	return v.show(operatorsPage(shown))
}

func createOperator(v *visit) error {
	made, err := v.console.Operators.Create(v.ctx(), v.form("name"), operator.Role(v.form("role")))
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		shown, listErr := v.fillOperators(operatorsView{name: v.form("name"), problem: reason(err)})
		if listErr != nil {
			return listErr
		}
		return v.refuse(err, operatorsPage(shown))
	}
	if err != nil {
		return err
	}
	v.changed(made.ID, nil, made.Logged())
	return v.showOperatorLink(made)
}

func setRole(v *visit) error {
	before, err := v.console.Operators.Get(v.ctx(), v.id())
	if err != nil {
		return err
	}
	after, err := v.console.Operators.SetRole(v.ctx(), v.id(), operator.Role(v.form("role")))
	if err != nil {
		return err
	}
	v.changed(v.id(), before.Logged(), after.Logged())
	return v.redirect("/operators", after.Name+" is "+string(after.Role)+" now.")
}

func setDisabled(v *visit, disabled bool) error {
	before, err := v.console.Operators.Get(v.ctx(), v.id())
	if err != nil {
		return err
	}
	after, err := v.console.Operators.SetDisabled(v.ctx(), v.id(), disabled)
	if err != nil {
		return err
	}
	v.changed(v.id(), before.Logged(), after.Logged())
	if disabled {
		return v.redirect("/operators", after.Name+" can no longer sign in.")
	}
	return v.redirect("/operators", after.Name+" can sign in again.")
}

func newLink(v *visit) error {
	o, err := v.console.Operators.Get(v.ctx(), v.id())
	if err != nil {
		return err
	}
	return v.showOperatorLink(o)
}

// showOperatorLink makes a one-time link and shows it, this once.
func (v *visit) showOperatorLink(o operator.Operator) error {
	token, err := v.console.Operators.NewLink(v.ctx(), o.ID)
	if err != nil {
		return err
	}
	return v.showOperators(operatorsView{link: v.address(LinkPath(token)), linkFor: o.Name})
}

// LinkPath is where a one-time link leads.
func LinkPath(token string) string {
	return "/sign-in/link?" + url.Values{"token": {token}}.Encode()
}

// address answers a path with the address at which the reader sees us.
func (v *visit) address(path string) string {
	if v.console.URL != nil {
		return v.console.URL.Scheme + "://" + v.console.URL.Host + path
	}
	return "http://" + v.r.Host + path
}
