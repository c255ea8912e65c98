package console

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/operator"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/player"
	"github.com/latchkey-dev/latchkey/internal/requestlog"
	"github.com/latchkey-dev/latchkey/internal/session"
	"github.com/latchkey-dev/latchkey/internal/store/storetest"
	"github.com/latchkey-dev/latchkey/web"
)

// world is a dashboard on a database of its own. Pages that read a chain are
// tested against a whole server, in package server and in conformance.
type world struct {
	t         *testing.T
	url       string
	console   *Console
	operators *operator.Service
	players   *player.Service
	project   auth.Project
	clock     *clock
}

// clock is a time that tests set.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func newWorld(t *testing.T, set ...func(*Deps)) *world {
	t.Helper()
	db := storetest.SQLite(t)
	w := &world{t: t, clock: &clock{now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}}
	w.operators = &operator.Service{Store: db, Now: w.clock.Now}
	w.players = &player.Service{Store: db, Now: w.clock.Now}
	d := Deps{
		Operators: w.operators,
		Auth:      &auth.Service{Store: db, Now: w.clock.Now},
		Players:   w.players,
		Accounts:  &account.Service{Store: db, Players: w.players, Now: w.clock.Now},
		Sessions:  &session.Service{Store: db, Now: w.clock.Now},
		Requests:  requestlog.New(db, w.clock.Now, slog.New(slog.DiscardHandler)),
		Files:     web.Files,
		Log:       slog.New(slog.DiscardHandler),
		Now:       w.clock.Now,
	}
	for _, change := range set {
		change(&d)
	}
	var err error
	if w.project, _, _, err = d.Auth.NewProject(t.Context(), "Game"); err != nil {
		t.Fatal(err)
	}
	if w.console, err = New(d); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(w.console)
	t.Cleanup(server.Close)
	w.url = server.URL
	return w
}

// browser is a visitor with cookies, who does not follow redirects.
type browser struct {
	w *world
	http.Client
}

func (w *world) browser() *browser {
	jar, _ := cookiejar.New(nil) // never fails without options
	return &browser{w, http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// as is a browser that an operator with the role has signed in with.
func (w *world) as(role operator.Role) *browser {
	w.t.Helper()
	o, err := w.operators.Create(w.t.Context(), "the-"+string(role), role)
	if err != nil {
		w.t.Fatal(err)
	}
	token, err := w.operators.NewLink(w.t.Context(), o.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	b := w.browser()
	b.get(LinkPath(token))
	if a := b.post("/sign-in/link", url.Values{"token": {token}}); a.status != http.StatusSeeOther {
		w.t.Fatalf("sign in by a link: %d %s", a.status, a.body)
	}
	return b
}

type answer struct {
	status int
	body   string
	header http.Header
}

func (b *browser) do(req *http.Request) answer {
	b.w.t.Helper()
	res, err := b.Do(req)
	if err != nil {
		b.w.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.w.t.Fatal(err)
	}
	return answer{res.StatusCode, string(body), res.Header}
}

func (b *browser) get(path string) answer {
	b.w.t.Helper()
	req, _ := http.NewRequestWithContext(context.Background(), http.MethodGet, b.w.url+path, nil)
	return b.do(req)
}

// csrf is the token that the browser's forms carry.
func (b *browser) csrf() string {
	at, _ := url.Parse(b.w.url)
	for _, c := range b.Jar.Cookies(at) {
		if strings.HasPrefix(c.Name, "latchkey_") && !strings.HasSuffix(c.Name, noticeSuffix) {
			return operator.CSRF(c.Value)
		}
	}
	return ""
}

func (b *browser) post(path string, form url.Values, with ...func(*http.Request)) answer {
	b.w.t.Helper()
	if form == nil {
		form = url.Values{}
	}
	if !form.Has("csrf") {
		form.Set("csrf", b.csrf())
	}
	req, _ := http.NewRequestWithContext(context.Background(), http.MethodPost, b.w.url+path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, set := range with {
		set(req)
	}
	return b.do(req)
}

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

func (w *world) want(a answer, status int, text string) {
	w.t.Helper()
	if a.status != status || !strings.Contains(a.body, text) {
		w.t.Fatalf("answer is %d, want %d with %q in it:\n%s", a.status, status, text, a.body)
	}
}

var wildcards = regexp.MustCompile(`\{[a-z]+\}`)

// path is an address that a route serves.
func (r route) path() string {
	return strings.TrimSuffix(wildcards.ReplaceAllString(r.pattern, "pla_01a203ad-f826-7a7c-8268-1baddf50be3e"), "{$}")
}

// own are changes that an operator makes to nothing but their own visit.
var own = map[string]bool{"/sign-out": true, "/project": true, "/profile/password": true, "/profile/passkeys": true, "/profile/passkeys/{id}/remove": true}

func TestRoutes_viewerChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	viewer := w.as(operator.Viewer)
	tried := 0
	for _, r := range w.console.routes {
		if r.method == http.MethodGet || r.needs == "" || own[r.pattern] {
			continue
		}
		tried++
		a := viewer.post(r.path(), nil)
		if a.status != http.StatusForbidden || !strings.Contains(a.body, "yours is viewer") {
			t.Errorf("%s %s: a viewer gets %d", r.method, r.pattern, a.status)
		}
	}
	if tried == 0 {
		t.Error("no route changes anything")
	}
	entries, err := w.operators.Entries(t.Context(), operator.AuditFilter{}, page.Request{})
	if err != nil || entries.Total != 1 || entries.Items[0].Action != "operator.sign-in" {
		t.Errorf("the audit log has %+v, %v", entries.Items, err)
	}
}

func TestRoutes_needTheBrowsersToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin, other := w.as(operator.Admin), w.as(operator.Viewer)
	for _, r := range w.console.routes {
		if r.method == http.MethodGet {
			continue
		}
		for name, a := range map[string]answer{
			"no token":             admin.post(r.path(), url.Values{"csrf": {""}}),
			"another's token":      admin.post(r.path(), url.Values{"csrf": {other.csrf()}}),
			"another origin":       admin.post(r.path(), nil, header("Origin", "https://evil.example")),
			"no origin at all":     admin.post(r.path(), nil, header("Origin", "null")),
			"a cross-site page":    admin.post(r.path(), nil, header("Sec-Fetch-Site", "cross-site")),
			"a sibling's page":     admin.post(r.path(), nil, header("Sec-Fetch-Site", "same-site")),
			"the token in a query": admin.post(r.path()+"?csrf="+admin.csrf(), url.Values{"csrf": {""}}),
		} {
			if a.status != http.StatusForbidden {
				t.Errorf("%s %s with %s: %d", r.method, r.pattern, name, a.status)
			}
		}
	}
}

func TestRoutes_needASignIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	stranger := w.browser()
	stranger.get("/sign-in")
	for _, r := range w.console.routes {
		switch {
		case r.needs == "":
		case r.method == http.MethodGet:
			if a := stranger.get(r.path()); a.status != http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Location"), "/sign-in") {
				t.Errorf("GET %s: %d to %q", r.pattern, a.status, a.header.Get("Location"))
			}
		default:
			if a := stranger.post(r.path(), nil); a.status != http.StatusUnauthorized {
				t.Errorf("%s %s: %d", r.method, r.pattern, a.status)
			}
		}
	}
}

// A change is made by a form, audited, and by a role; nothing else is a POST.
func TestRoutes_changesAreAudited(t *testing.T) {
	t.Parallel()
	actions := make(map[string]bool)
	for _, r := range newWorld(t).console.routes {
		isChange := r.method != http.MethodGet && r.needs != ""
		if isChange != (r.action != "") {
			t.Errorf("%s %s: action %q", r.method, r.pattern, r.action)
		}
		if r.action != "" && actions[r.action] {
			t.Errorf("two routes are %q in the audit log", r.action)
		}
		actions[r.action] = true
	}
}

func TestSignIn_linkOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token, err := w.operators.FirstLink(t.Context())
	if err != nil || token == "" {
		t.Fatalf("first link %q, %v", token, err)
	}
	b := w.browser()
	w.want(b.get(LinkPath(token)), 200, "This link signs you in once")
	w.want(b.post("/sign-in/link", url.Values{"token": {token}}), 303, "")
	w.want(b.get("/profile"), 200, "Admin: changes everything")

	again := w.browser()
	again.get("/sign-in")
	w.want(again.post("/sign-in/link", url.Values{"token": {token}}), 401, "was used already")
	w.want(again.post("/sign-in/link", url.Values{"token": {"x"}}), 401, "not known")
	if token, err = w.operators.FirstLink(t.Context()); token != "" || err != nil {
		t.Errorf("another first link %q, %v", token, err)
	}
}

func TestSignIn_password(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.as(operator.Admin)
	w.want(admin.post("/profile/password", url.Values{"password": {"short"}}), 400, "10 characters or more")
	w.want(admin.post("/profile/password", url.Values{"password": {"correct horse"}}), 303, "")
	w.want(admin.post("/profile/password", url.Values{"password": {"another horse"}, "current": {"wrong"}}), 400, "The present password is another one")
	w.want(admin.post("/sign-out", nil), 303, "")
	w.want(admin.get("/profile"), 303, "")

	admin.get("/sign-in")
	w.want(admin.post("/sign-in", url.Values{"name": {"the-admin"}, "password": {"wrong"}}), 401, "the name or the password is wrong")
	w.want(admin.post("/sign-in", url.Values{"name": {"nobody"}, "password": {"correct horse"}}), 401, "the name or the password is wrong")
	a := admin.post("/sign-in", url.Values{"name": {"the-admin"}, "password": {"correct horse"}, "next": {"/audit"}})
	if a.status != 303 || a.header.Get("Location") != "/audit" {
		t.Fatalf("signed in with %d to %q", a.status, a.header.Get("Location"))
	}
	w.want(admin.get("/audit"), 200, "operator.set-password")
}

func TestSignIn_slowsDownGuessing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.want(w.as(operator.Admin).post("/profile/password", url.Values{"password": {"correct horse"}}), 303, "")
	b := w.browser()
	b.get("/sign-in")
	try := func(password string) answer {
		return b.post("/sign-in", url.Values{"name": {"the-admin"}, "password": {password}})
	}
	for range 5 {
		w.want(try("wrong"), 401, "is wrong")
	}
	w.want(try("correct horse"), 409, "too many failed tries")
	w.clock.add(3 * time.Second)
	w.want(try("correct horse"), 303, "")
}

func TestSignIn_leadsNowhereElse(t *testing.T) {
	t.Parallel()
	for next, want := range map[string]string{
		"/users?q=a": "/users?q=a", "": "/", "https://evil.example": "/", "//evil.example": "/", `/\evil.example`: "/", "/\t/evil.example": "/",
	} {
		if got := ownPath(next); got != want {
			t.Errorf("%q leads to %q, want %q", next, got, want)
		}
	}
}

func TestVisit_ends(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	viewer := w.as(operator.Viewer)
	for range 15 { // a visit that goes on for nearly seven days
		w.clock.add(11 * time.Hour)
		w.want(viewer.get("/audit"), 200, "Audit log")
	}
	w.clock.add(4 * time.Hour)
	w.want(viewer.get("/audit"), 303, "")

	idle := w.as(operator.Editor)
	w.clock.add(13 * time.Hour)
	w.want(idle.get("/audit"), 303, "")
}

func TestOperators(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin, editor := w.as(operator.Admin), w.as(operator.Editor)
	w.want(admin.post("/operators", url.Values{"name": {"Bob!"}, "role": {"viewer"}}), 400, "must be 1 to 64 of the characters")
	w.want(admin.post("/operators", url.Values{"name": {"the-admin"}, "role": {"viewer"}}), 409, "there is an operator the-admin already")
	w.want(admin.post("/operators", url.Values{"name": {"bob"}, "role": {"viewer"}}), 200, "/sign-in/link?token=")
	w.want(editor.post("/operators", url.Values{"name": {"eve"}, "role": {"admin"}}), 403, "needs the role admin")

	all, err := w.operators.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	byName := make(map[string]operator.Operator)
	for _, o := range all {
		byName[o.Name] = o
	}
	w.want(admin.post("/operators/"+byName["the-admin"].ID+"/role", url.Values{"role": {"viewer"}}), 409, "the only admin")
	w.want(admin.post("/operators/"+byName["the-admin"].ID+"/disable", nil), 409, "the only admin")
	w.want(admin.post("/operators/"+byName["the-operator"].ID+"/role", url.Values{"role": {"boss"}}), 400, "must be one of")
	w.want(editor.get("/users"), 200, "Users")
	w.want(admin.post("/operators/"+byName["the-operator"].ID+"/disable", nil), 303, "")
	w.want(editor.get("/users"), 303, "")
	log := admin.get("/audit?q=" + byName["the-operator"].ID)
	w.want(log, 200, "operator.disable")
	w.want(log, 200, "&#34;disabled&#34;: true")
	w.want(admin.get("/audit"), 200, "the only admin")
}

func TestUsers_pagesAndSearch(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	viewer := w.as(operator.Viewer)
	w.want(viewer.get("/users"), 200, "No users yet")
	var ids []string
	for i := range 60 {
		name := fmt.Sprintf("Player %02d", i)
		p, err := w.players.Create(t.Context(), w.project.ID, player.Params{Name: &name})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, p.ID)
		w.clock.add(time.Microsecond)
	}
	next := regexp.MustCompile(`href="(/users\?after=[^"]+)" rel="next"`)
	seen, path := 0, "/users"
	for range 3 {
		a := viewer.get(path)
		w.want(a, 200, "Player")
		seen += strings.Count(a.body, `class="title" href="/users/pla_`)
		if m := next.FindStringSubmatch(a.body); m != nil {
			path = strings.ReplaceAll(m[1], "&amp;", "&")
		} else {
			path = ""
		}
	}
	if seen != 60 || path != "" {
		t.Errorf("three pages show %d users, then %q follows", seen, path)
	}
	w.want(viewer.get("/users?q=player+4"), 200, "Player 47")
	w.want(viewer.get("/users?q=player"), 200, "type more of the name")
	w.want(viewer.get("/users?q=nobody"), 200, "Nobody found")
	w.want(viewer.get("/users?q=100%25"), 200, "Nobody found")
	if a := viewer.get("/users?q=" + ids[7]); a.header.Get("Location") != "/users/"+ids[7] {
		t.Errorf("an id leads to %q", a.header.Get("Location"))
	}
	w.want(viewer.get("/users?after=x"), 400, "not a place in this list")
	w.want(viewer.get("/users/"+ids[7]), 200, "Player 07")
	w.want(viewer.get("/users/pla_01a203ad-f826-7a7c-8268-1baddf50be3e"), 404, "does not exist")
	w.want(viewer.get("/nothing"), 404, "there is no page /nothing")
}

func TestAutoSignIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, behindLoopback, func(d *Deps) { d.AutoSignIn = true })
	w.want(w.browser().get("/users"), 200, "Users")
	for name, set := range map[string]func(*http.Request){
		"a name that resolves here": func(r *http.Request) { r.Host = "evil.example:8080" },
		"a proxy":                   header("X-Forwarded-For", "203.0.113.7"),
		"a proxy's own visitor":     header("X-Forwarded-For", "127.0.0.1"),
		"a proxy of nobody":         header("X-Forwarded-For", ""),
		"a tunnel":                  header("Via", "1.1 tunnel"),
		"a load balancer":           header("X-Real-Ip", "203.0.113.7"),
	} {
		b := w.browser()
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, w.url+"/users", nil)
		set(req)
		if a := b.do(req); a.status != http.StatusSeeOther {
			t.Errorf("%s: %d", name, a.status)
		}
	}
	b := w.browser()
	if a := b.post("/sign-out", nil); a.status != http.StatusUnauthorized {
		t.Errorf("a form without a visit: %d", a.status)
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	https, _ := url.Parse("https://latchkey.example.com")
	w := newWorld(t, func(d *Deps) { d.URL = https })
	a := w.browser().get("/sign-in")
	for name, want := range map[string]string{
		"Content-Security-Policy":   "default-src 'none'",
		"X-Content-Type-Options":    "nosniff",
		"Cache-Control":             "no-store",
		"Strict-Transport-Security": "max-age",
	} {
		if got := a.header.Get(name); !strings.Contains(got, want) {
			t.Errorf("%s is %q", name, got)
		}
	}
	cookie := a.header.Get("Set-Cookie")
	for _, want := range []string{"__Host-latchkey=", "HttpOnly", "Secure", "SameSite=Lax", "Path=/"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("cookie %q lacks %s", cookie, want)
		}
	}
	for _, inline := range []string{" style=", "<style", " onclick=", "javascript:"} {
		if strings.Contains(a.body, inline) {
			t.Errorf("the page has %q, which its policy forbids", inline)
		}
	}
}

func TestAssets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	a := b.get(w.console.assets.prefix + "/assets/console.css")
	if a.status != 200 || !strings.Contains(a.header.Get("Cache-Control"), "immutable") || !strings.HasPrefix(a.header.Get("Content-Type"), "text/css") {
		t.Errorf("%d %v", a.status, a.header)
	}
	if a := b.get(w.console.assets.prefix + "/assets/"); a.status != 404 {
		t.Errorf("the folder is listed: %d", a.status)
	}
}
