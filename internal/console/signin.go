package console

import (
	"net/http"
	"strings"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/operator"
)

func (c *Console) signInRoutes() []route {
	return []route{
		open(http.MethodGet, "/sign-in", showSignIn),
		open(http.MethodPost, "/sign-in", signIn),
		open(http.MethodGet, "/sign-in/link", showLink),
		open(http.MethodPost, "/sign-in/link", useLink),
		change(operator.Viewer, "operator.sign-out", "/sign-out", signOut),
		change(operator.Viewer, "operator.choose-project", "/project", chooseProject),
	}
}

type signInForm struct{ Name, Next, Problem string }

func showSignIn(v *visit) error {
	if !v.nobody() {
		return v.redirect(ownPath(v.form("next")), "")
	}
	return v.show(signInPage(signInForm{Next: v.form("next")}))
}

func signIn(v *visit) error {
	form := signInForm{Name: v.form("name"), Next: v.form("next")}
	token, err := v.console.Operators.SignIn(v.ctx(), form.Name, v.form("password"), v.console.remote(v.r))
	if fault.Is(err, fault.Unauthorized) || fault.Is(err, fault.Conflict) {
		form.Problem = reason(err)
		return v.refuse(err, signInPage(form))
	}
	if err != nil {
		return err
	}
	if err := v.signInWith(token, "password"); err != nil {
		return err
	}
	return v.redirect(ownPath(form.Next), "")
}

// showLink asks for a click: programs that look at links before people do must
// not use them up.
func showLink(v *visit) error { return v.show(linkPage(v.form("token"))) }

func useLink(v *visit) error {
	token, err := v.console.Operators.OpenLink(v.ctx(), v.form("token"))
	if err != nil {
		return err
	}
	if err := v.signInWith(token, "link"); err != nil {
		return err
	}
	return v.redirect("/profile", "You are signed in. Set a password to sign in with next time.")
}

func signOut(v *visit) error {
	v.changed(v.operator.ID, nil, nil)
	if err := v.console.Operators.Close(v.ctx(), v.signedIn); err != nil {
		return err
	}
	v.setCookie("", -1)
	return v.redirect("/sign-in", "")
}

func chooseProject(v *visit) error {
	p, err := v.console.Auth.Project(v.ctx(), v.form("project"))
	if err != nil {
		return err
	}
	v.changed(p.ID, nil, nil)
	if err := v.console.Operators.ChooseProject(v.ctx(), v.signedIn, p.ID); err != nil {
		return err
	}
	return v.redirect("/", "")
}

// ownPath answers a path to go to after signing in, and the start for anything
// that could lead elsewhere.
func ownPath(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\n\r\t") {
		return "/"
	}
	return next
}
