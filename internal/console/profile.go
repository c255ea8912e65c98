package console

import (
	"net"
	"net/http"
	"net/url"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/operator"
)

func (c *Console) profileRoutes() []route {
	return []route{
		view("/profile", func(v *visit) error { return v.showProfile(nil) }),
		change(operator.Viewer, "operator.set-password", "/profile/password", setPassword),
		view("/profile/passkeys/options", passkeyOptions),
		change(operator.Viewer, "operator.add-passkey", "/profile/passkeys", addPasskey),
		change(operator.Viewer, "operator.remove-passkey", "/profile/passkeys/{id}/remove", removePasskey),
		open(http.MethodGet, "/sign-in/passkey/options", passkeySignInOptions),
		open(http.MethodPost, "/sign-in/passkey", passkeySignIn),
	}
}

func setPassword(v *visit) error {
	v.changed(v.operator.ID, nil, nil)
	err := v.console.Operators.SetPassword(v.ctx(), v.signedIn, v.form("current"), v.form("password"))
	if fault.Is(err, fault.Invalid) {
		return v.showProfile(err)
	}
	if err != nil {
		return err
	}
	return v.redirect("/profile", "Your password is set. Your other browsers are signed out.")
}

// profileView is an operator's own page.
type profileView struct {
	operator operator.Operator
	passkeys []operator.Passkey
	named    bool // the dashboard is open under a name, which passkeys need
	problem  string
}

// showProfile answers the operator's own page, with why a change was refused if
// it was.
func (v *visit) showProfile(refused error) error {
	shown := profileView{operator: v.operator}
	_, shown.named = v.site()
	var err error
	if shown.passkeys, err = v.console.Operators.Passkeys(v.ctx(), v.operator.ID); err != nil {
		return err
	}
	if refused == nil {
		return v.show(profilePage(shown))
	}
	shown.problem = problem(refused)
	return v.refuse(refused, profilePage(shown))
}

// site is what passkeys belong to. ok is false when the dashboard is open by a
// number, which cannot have any.
func (v *visit) site() (site operator.Site, ok bool) {
	u, err := url.Parse(v.address(""))
	if err != nil || net.ParseIP(u.Hostname()) != nil {
		return operator.Site{}, false
	}
	return operator.Site{Host: u.Hostname(), Origin: u.Scheme + "://" + u.Host}, true
}

var errNoName = fault.New(fault.Conflict, "passkeys need a name: open the dashboard by one, such as localhost, or set --console-url")

func passkeyOptions(v *visit) error {
	site, ok := v.site()
	if !ok {
		return errNoName
	}
	options, err := v.console.Operators.BeginPasskey(v.ctx(), v.signedIn, site)
	if err != nil {
		return err
	}
	return v.answer(options)
}

// loggedPasskey is what the audit log holds of a passkey.
type loggedPasskey struct {
	Name string `json:"name"`
}

func addPasskey(v *visit) error {
	if err := v.console.Operators.Confirm(v.signedIn, v.form("confirm")); err != nil {
		return err
	}
	site, ok := v.site()
	if !ok {
		return errNoName
	}
	made, err := v.console.Operators.AddPasskey(v.ctx(), v.signedIn, site, v.form("name"), []byte(v.form("credential")))
	if err != nil {
		return err
	}
	v.changed(made.ID, nil, loggedPasskey{made.Name})
	return v.redirect("/profile", "The passkey is added. Sign in with it next time.")
}

func removePasskey(v *visit) error {
	if err := v.console.Operators.RemovePasskey(v.ctx(), v.signedIn, v.id()); err != nil {
		return err
	}
	v.changed(v.id(), nil, nil)
	return v.redirect("/profile", "The passkey is removed.")
}

func passkeySignInOptions(v *visit) error {
	site, ok := v.site()
	if !ok {
		return errNoName
	}
	options, err := v.console.Operators.BeginPasskeySignIn(v.ctx(), v.cookie, site)
	if err != nil {
		return err
	}
	return v.answer(options)
}

func passkeySignIn(v *visit) error {
	site, ok := v.site()
	if !ok {
		return errNoName
	}
	token, err := v.console.Operators.PasskeySignIn(v.ctx(), v.cookie, site, []byte(v.form("credential")))
	if err != nil {
		return err
	}
	if err := v.signInWith(token, "passkey"); err != nil {
		return err
	}
	return v.answer(map[string]string{"to": ownPath(v.form("next"))})
}
