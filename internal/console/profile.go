package console

import (
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/operator"
)

func (c *Console) profileRoutes() []route {
	return []route{
		view("/profile", func(v *visit) error { return v.show(profilePage(v.operator, "")) }),
		change(operator.Viewer, "operator.set-password", "/profile/password", setPassword),
	}
}

func setPassword(v *visit) error {
	v.changed(v.operator.ID, nil, nil)
	err := v.console.Operators.SetPassword(v.ctx(), v.signedIn, v.form("current"), v.form("password"))
	if fault.Is(err, fault.Invalid) {
		return v.refuse(err, profilePage(v.operator, reason(err)))
	}
	if err != nil {
		return err
	}
	return v.redirect("/profile", "Your password is set. Your other browsers are signed out.")
}
