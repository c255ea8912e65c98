package console

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/operator"
)

var errSignIn = fault.New(fault.Unauthorized, "sign in first")

// identify finds out who makes the request, and which project it is about.
func (v *visit) identify() error {
	if c, err := v.r.Cookie(v.console.cookieName(v.r)); err == nil {
		v.cookie = c.Value
	}
	visitOf := v.console.Operators.Visit
	if v.byItself() {
		visitOf = v.console.Operators.Look
	}
	signedIn, err := visitOf(v.ctx(), v.cookie)
	if fault.Is(err, fault.Unauthorized) {
		return v.stranger()
	}
	if err != nil {
		return err
	}
	v.signedIn, v.operator = signedIn, signedIn.Operator
	note(v.r).operator = v.operator.Name
	return v.chooseProject()
}

// byItself reports whether an open page asks without anybody there: for news, and
// for the parts that news are about.
func (v *visit) byItself() bool {
	return v.r.URL.Path == eventsPath || v.partial() && v.r.Method == http.MethodGet
}

// stranger signs visitors of a development server in. Others get a cookie that
// only ties forms to their browser.
func (v *visit) stranger() error {
	if v.console.AutoSignIn && v.r.Method == http.MethodGet && isLocal(v.r) {
		return v.autoSignIn()
	}
	if v.cookie == "" {
		v.setCookie(operator.NewCookie(), 0)
	}
	return nil
}

func (v *visit) autoSignIn() error {
	first, err := v.console.Operators.First(v.ctx())
	if err != nil {
		return err
	}
	token, err := v.console.Operators.Open(v.ctx(), first.ID)
	if err != nil {
		return err
	}
	v.keep(token)
	return v.identifyAs(token)
}

func (v *visit) identifyAs(token string) (err error) {
	if v.signedIn, err = v.console.Operators.Visit(v.ctx(), token); err != nil {
		return err
	}
	v.operator = v.signedIn.Operator
	note(v.r).operator = v.operator.Name
	return v.chooseProject()
}

func (v *visit) chooseProject() (err error) {
	if v.projects, err = v.console.Auth.Projects(v.ctx()); err != nil {
		return err
	}
	for i, p := range v.projects {
		if i == 0 || p.ID == v.signedIn.Session.ProjectID {
			v.project = p
		}
	}
	return nil
}

// signInWith gives the browser the cookie of a new session in the place of what
// it had, and writes the sign-in down. by is how the operator proved who they
// are.
func (v *visit) signInWith(token, by string) error {
	former := v.signedIn
	if err := v.identifyAs(token); err != nil {
		return err
	}
	entry, err := v.console.Operators.Begin(v.ctx(), v.entry("operator.sign-in"))
	if err != nil {
		return err
	}
	if former.Session.Hash != "" {
		if err := v.console.Operators.Close(v.ctx(), former); err != nil {
			return err
		}
	}
	v.keep(token)
	entry.Subject = v.operator.ID
	return v.console.Operators.Finish(context.WithoutCancel(v.ctx()), entry, nil, loggedSignIn{by}, operator.OutcomeDone)
}

// loggedSignIn is what the audit log holds of a sign-in.
type loggedSignIn struct {
	By string `json:"by"`
}

// keep gives the browser the cookie of a session.
func (v *visit) keep(token string) {
	v.setCookie(token, int(v.console.Operators.SessionLife().Seconds()))
}

func (v *visit) setCookie(value string, maxAge int) {
	v.cookie = value
	http.SetCookie(v.w, &http.Cookie{
		Name: v.console.cookieName(v.r), Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: v.console.secure(),
	})
}

func (c *Console) secure() bool { return c.URL != nil && c.URL.Scheme == "https" }

// cookieName has the port of a plain address: browsers share cookies between
// the ports of one machine.
func (c *Console) cookieName(r *http.Request) string {
	if c.secure() {
		return "__Host-latchkey"
	}
	if _, port, err := net.SplitHostPort(r.Host); err == nil {
		return "latchkey_" + port
	}
	return "latchkey"
}

// checkForm refuses what a page of another origin made the browser send.
func (v *visit) checkForm() error {
	if site := v.r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" {
		return fault.New(fault.Forbidden, "this form was sent by a page of another origin")
	}
	if origin := v.r.Header.Get("Origin"); origin != "" && !v.console.isOwn(origin, v.r) {
		return fault.New(fault.Forbidden, "this form was sent by a page of another origin, %s", origin)
	}
	sent := v.r.Header.Get("X-CSRF-Token")
	if sent == "" {
		sent = v.r.PostFormValue("csrf")
	}
	if v.cookie == "" || !operator.SameToken(sent, operator.CSRF(v.cookie)) {
		return fault.New(fault.Forbidden, "this form is not from a page that you have open now: load the page anew and send it again")
	}
	return nil
}

func (c *Console) isOwn(origin string, r *http.Request) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return false // "null", too
	}
	if c.URL != nil {
		return u.Scheme == c.URL.Scheme && u.Host == c.URL.Host || u.Host == r.Host && isLocal(r)
	}
	return u.Host == r.Host
}

// ofProxies are headers that say that somebody else made the request. A proxy
// that sends none of them cannot be told from a browser here.
var ofProxies = []string{"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "Via", "X-Real-Ip", "Cf-Connecting-Ip", "Cf-Ray", "True-Client-Ip"}

// isLocal reports whether a request comes from this machine and names it: a
// page that has its own name resolve to this machine does not.
func isLocal(r *http.Request) bool {
	for _, name := range ofProxies {
		if len(r.Header.Values(name)) > 0 { // also an empty one, which may hide another line
			return false
		}
	}
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	named := host == "localhost" || strings.HasSuffix(host, ".localhost") || isLoopback(strings.Trim(host, "[]"))
	peer, _, err := net.SplitHostPort(r.RemoteAddr)
	return named && err == nil && isLoopback(peer)
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// remote is where a request comes from, "unknown" when the peer has no address.
func (c *Console) remote(r *http.Request) string {
	if at := c.Proxies.Client(r); at.IsValid() {
		return at.String()
	}
	return "unknown"
}

// policy lets pages load their own files only, and nobody frame them.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func (c *Console) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if c.secure() {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}
