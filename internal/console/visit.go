package console

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/console/ui"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/operator"
	"github.com/latchkey-dev/latchkey/internal/page"
)

// visit is one request: who makes it, which project it is about, and how it is
// answered. It belongs to the request's goroutine.
type visit struct {
	console *Console
	w       http.ResponseWriter
	r       *http.Request

	signedIn operator.Visit
	operator operator.Operator // zero for nobody
	cookie   string            // that the browser's CSRF token comes from
	projects []auth.Project
	project  auth.Project     // zero while there is none
	named    map[uint64]names // by chain, as far as asked for

	subject       string // what was changed, for the audit log
	before, after any
	refusal       error // why nothing was changed although a page is answered
}

func (v *visit) ctx() context.Context { return v.r.Context() }
func (v *visit) nobody() bool         { return v.operator.ID == "" }

// id is the identifier in the path.
func (v *visit) id() string { return v.r.PathValue("id") }

// form answers a field of the form, or of the query.
func (v *visit) form(name string) string { return v.r.FormValue(name) }

// changed tells the audit log what a change was about. before is nil for what
// is new, after for what is gone.
func (v *visit) changed(subject string, before, after any) {
	v.subject, v.before, v.after = subject, before, after
}

// answer sends JSON, to scripts.
func (v *visit) answer(value any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "application/json")
	_, _ = v.w.Write(raw) // a reader that has gone needs no answer
	return nil
}

// refuse answers a change that was refused with c, usually the form again with
// the reason.
func (v *visit) refuse(err error, c templ.Component) error {
	v.refusal, note(v.r).err = err, err
	status := http.StatusBadRequest
	if f, ok := errors.AsType[*fault.Fault](err); ok {
		status = statusOf[f.Kind]
	}
	return v.showAs(status, c)
}

// show answers a page, or a part of one.
func (v *visit) show(c templ.Component) error { return v.showAs(http.StatusOK, c) }

// showAs draws everything before it sends anything, so that a template which
// fails leaves no half page.
func (v *visit) showAs(status int, c templ.Component) error {
	var drawn bytes.Buffer
	if err := c.Render(ui.With(v.ctx(), v.chrome()), &drawn); err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.WriteHeader(status)
	_, _ = v.w.Write(drawn.Bytes()) // a reader that has gone needs no answer
	return nil
}

// redirect answers a change: the browser then loads path, which says notice
// once.
func (v *visit) redirect(path, notice string) error {
	if notice != "" {
		http.SetCookie(v.w, &http.Cookie{
			Name: v.noticeCookie(), Value: url.QueryEscape(notice), Path: "/", MaxAge: 60,
			HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: v.console.secure(),
		})
	}
	http.Redirect(v.w, v.r, path, http.StatusSeeOther)
	return nil
}

// noticeCookie is as hard to set from outside as the one of the session.
func (v *visit) noticeCookie() string { return v.console.cookieName(v.r) + noticeSuffix }

const noticeSuffix = "_notice"

// notice takes what a redirect wanted to be said.
func (v *visit) notice() string {
	c, err := v.r.Cookie(v.noticeCookie())
	if err != nil {
		return ""
	}
	http.SetCookie(v.w, &http.Cookie{Name: c.Name, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: v.console.secure()})
	text, _ := url.QueryUnescape(c.Value) // of our own making, else ""
	return text
}

// partial reports whether only a part of a page is asked for, by htmx.
func (v *visit) partial() bool { return v.r.Header.Get("HX-Request") == "true" }

func (v *visit) chrome() ui.Chrome {
	c := ui.Chrome{
		Assets:   v.console.assets.prefix,
		Operator: v.operator.Name,
		Role:     string(v.operator.Role),
		CanEdit:  v.operator.Role.Covers(operator.Editor),
		IsAdmin:  v.operator.Role.Covers(operator.Admin),
		CSRF:     operator.CSRF(v.cookie),
		Project:  v.project.ID,
		Version:  v.console.Version,
	}
	if theme, err := v.r.Cookie("latchkey_theme"); err == nil && (theme.Value == "light" || theme.Value == "dark") {
		c.Theme = theme.Value
	}
	for _, p := range v.projects {
		c.Projects = append(c.Projects, ui.Project{ID: p.ID, Name: p.Name})
	}
	if !v.partial() {
		c.Notice = v.notice()
	}
	return c
}

// pageSize is how many records a list shows at a time.
const pageSize = 25

// pageRequest asks for the page of a list that the query names, by the last
// record of the page before.
func (v *visit) pageRequest() (page.Request, error) {
	req := page.Request{Limit: pageSize, Order: page.Descending, Uncounted: true}
	after := v.r.URL.Query().Get("after")
	if after == "" {
		return req, nil
	}
	micros, id, ok := cutMark(after)
	if !ok {
		return req, fault.Field("after", after, "is not a place in this list")
	}
	req.After = &page.Mark{CreatedAt: time.UnixMicro(micros), ID: id}
	return req, nil
}

// pages answers where a list's pager leads. last is the last record shown.
func (v *visit) pages(more bool, last page.Mark) ui.Pages {
	var p ui.Pages
	query := v.r.URL.Query()
	if query.Get("after") != "" {
		p.First = withQuery(v.r.URL.Path, without(query, "after"))
	}
	if more {
		query = without(query, "after")
		query.Set("after", strconv.FormatInt(last.CreatedAt.UnixMicro(), 36)+"."+last.ID)
		p.Next = withQuery(v.r.URL.Path, query)
	}
	return p
}

func cutMark(s string) (micros int64, id string, ok bool) {
	for i := range s {
		if s[i] == '.' {
			micros, err := strconv.ParseInt(s[:i], 36, 64)
			return micros, s[i+1:], err == nil
		}
	}
	return 0, "", false
}

func without(query url.Values, name string) url.Values {
	rest := url.Values{}
	for k, values := range query {
		if k != name {
			rest[k] = values
		}
	}
	return rest
}

func withQuery(path string, query url.Values) string {
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}
