package console

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/latchkey-dev/latchkey/internal/clientaddr"
	"github.com/latchkey-dev/latchkey/internal/operator"
	"github.com/latchkey-dev/latchkey/internal/page"
)

// Guesses at the same moment count, although none of them has failed yet when
// the last begins.
func TestSignIn_countsGuessesAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.as(operator.Admin)
	var wait sync.WaitGroup
	var mu sync.Mutex
	judged := 0
	for i := range 40 {
		wait.Go(func() {
			_, err := w.operators.SignIn(t.Context(), "the-admin", "guess", fmt.Sprintf("203.0.113.%d", i))
			if strings.Contains(fmt.Sprint(err), "is wrong") {
				mu.Lock()
				defer mu.Unlock()
				judged++
			}
		})
	}
	wait.Wait()
	if judged != 5 {
		t.Errorf("%d of 40 guesses at once were judged, want 5", judged)
	}
}

func TestSignIn_countsANetwork(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	try := func(i int, from string) string {
		_, err := w.operators.SignIn(t.Context(), fmt.Sprintf("name%d", i), "guess", from)
		return fmt.Sprint(err)
	}
	for i := range 5 {
		if got := try(i, fmt.Sprintf("2001:db8:1:2:%x::1", i)); !strings.Contains(got, "is wrong") {
			t.Fatalf("try %d: %s", i, got)
		}
	}
	if got := try(6, "2001:db8:1:2:ffff::9"); !strings.Contains(got, "too many") {
		t.Errorf("another address of the network: %s", got)
	}
	if got := try(7, "2001:db8:1:3::1"); !strings.Contains(got, "is wrong") {
		t.Errorf("another network: %s", got)
	}
}

// Who finds a browser open cannot try out passwords in it without end.
func TestSetPassword_slowsDownGuessing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.as(operator.Admin)
	w.want(admin.post("/profile/password", url.Values{"password": {"correct horse"}}), 303, "")
	guess := func(current string) answer {
		return admin.post("/profile/password", url.Values{"password": {"another horse"}, "current": {current}})
	}
	for range 5 {
		w.want(guess("wrong"), 400, "is another one")
	}
	w.want(guess("correct horse"), 409, "too many failed tries")
	w.clock.add(3 * time.Second)
	w.want(guess("correct horse"), 303, "")
}

// A passkey would let who finds a browser open come back.
func TestAddPasskey_asksForThePassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.as(operator.Admin)
	w.want(admin.post("/profile/passkeys", url.Values{"name": {"x"}}), 409, "passkeys need a name") // no password is set
	w.want(admin.post("/profile/password", url.Values{"password": {"correct horse"}}), 303, "")
	w.want(admin.post("/profile/passkeys", url.Values{"name": {"x"}}), 400, "the present password is another one")
	w.want(admin.post("/profile/passkeys", url.Values{"name": {"x"}, "confirm": {"correct horse"}}), 409, "passkeys need a name")
}

// Links that are not used end with a newer one, with the use of another, with a
// password, and with the operator's access.
func TestLinks_void(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.as(operator.Admin)
	o, err := w.operators.Create(t.Context(), "bob", operator.Viewer)
	if err != nil {
		t.Fatal(err)
	}
	link := func() string {
		t.Helper()
		token, err := w.operators.NewLink(t.Context(), o.ID)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	void := func(token, after string) {
		t.Helper()
		if _, err := w.operators.OpenLink(t.Context(), token); !strings.Contains(fmt.Sprint(err), "not known") {
			t.Errorf("a link after %s: %v", after, err)
		}
	}
	first, second := link(), link()
	void(first, "a newer one")
	bob := w.browser()
	bob.get("/sign-in")
	w.want(bob.post("/sign-in/link", url.Values{"token": {second}}), 303, "")
	third := link()
	w.want(bob.post("/profile/password", url.Values{"password": {"correct horse"}}), 303, "")
	void(third, "a password")
	fourth := link()
	for _, disabled := range []bool{true, false} {
		if _, err := w.operators.SetDisabled(t.Context(), o.ID, disabled); err != nil {
			t.Fatal(err)
		}
	}
	void(fourth, "the end of access")
}

// Every start prints a link until somebody has signed in; then all of them end,
// which logs still hold.
func TestLinks_firstOnesEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var tokens []string
	for range 2 {
		token, err := w.operators.FirstLink(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		tokens = append(tokens, token)
	}
	if _, err := w.operators.OpenLink(t.Context(), tokens[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := w.operators.OpenLink(t.Context(), tokens[1]); err == nil {
		t.Error("the second of two first links signs in after the first did")
	}
}

// A link is the way back for who has lost the password.
func TestLinks_recover(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.as(operator.Admin)
	w.want(admin.post("/profile/password", url.Values{"password": {"correct horse"}}), 303, "")
	all, err := w.operators.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	token, err := w.operators.NewLink(t.Context(), all[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	b := w.browser()
	b.get("/sign-in")
	w.want(b.post("/sign-in/link", url.Values{"token": {token}}), 303, "")
	w.want(b.post("/profile/password", url.Values{"password": {"another horse"}}), 303, "")
	w.want(admin.get("/users"), 303, "") // the other browser is signed out
	w.want(admin.get("/sign-in"), 200, "")
	w.want(admin.post("/sign-in", url.Values{"name": {"the-admin"}, "password": {"correct horse"}}), 401, "is wrong")
	w.want(admin.post("/sign-in", url.Values{"name": {"the-admin"}, "password": {"another horse"}}), 303, "")
}

// Signing in is written down, and ends what the browser was signed in with.
func TestSignIn_audited(t *testing.T) {
	t.Parallel()
	w := newWorld(t, behindLoopback)
	b := w.as(operator.Admin)
	w.want(b.post("/profile/password", url.Values{"password": {"correct horse"}}), 303, "")
	at, _ := url.Parse(w.url)
	former := b.Jar.Cookies(at)
	w.want(b.post("/sign-in", url.Values{"name": {"the-admin"}, "password": {"correct horse"}}, header("X-Forwarded-For", "203.0.113.9")), 303, "")
	w.want(b.get("/audit"), 200, "operator.sign-in")
	found, err := w.operators.Entries(t.Context(), operator.AuditFilter{}, page.Request{Order: page.Descending})
	if err != nil {
		t.Fatal(err)
	}
	e := found.Items[0]
	if e.Action != "operator.sign-in" || e.OperatorName != "the-admin" || e.Subject != e.OperatorID || e.Outcome != operator.OutcomeDone || e.Remote != "203.0.113.9" || string(e.After) != `{"by":"password"}` {
		t.Errorf("the entry is %+v, after %s", e, e.After)
	}
	thief := w.browser()
	thief.Jar.SetCookies(at, former)
	w.want(thief.get("/audit"), 303, "")
}

// Without a trusted proxy, nobody says in a header that they are somebody else.
func TestSignIn_forwardedByNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.as(operator.Admin)
	w.want(admin.post("/profile/password", url.Values{"password": {"correct horse"}}), 303, "")
	guess := func(i int, from string) answer {
		b := w.browser()
		b.get("/sign-in")
		return b.post("/sign-in", url.Values{"name": {fmt.Sprintf("name-%d", i)}, "password": {"wrong"}}, header("X-Forwarded-For", from))
	}
	for i := range 5 {
		w.want(guess(i, fmt.Sprintf("203.0.113.%d", i)), 401, "is wrong")
	}
	w.want(guess(5, "203.0.113.5"), 409, "too many failed tries")
}

// Guessers behind a trusted proxy wait, others behind it do not.
func TestSignIn_forwardedByAProxy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, behindLoopback)
	guess := func(i int, from string) answer {
		b := w.browser()
		b.get("/sign-in")
		return b.post("/sign-in", url.Values{"name": {fmt.Sprintf("name-%d", i)}, "password": {"wrong"}}, header("X-Forwarded-For", from))
	}
	for i := range 5 {
		w.want(guess(i, fmt.Sprintf("198.51.100.%d, 203.0.113.7", i)), 401, "is wrong")
	}
	w.want(guess(5, "198.51.100.5, 203.0.113.7"), 409, "too many failed tries")
	w.want(guess(6, "203.0.113.8"), 401, "is wrong")
}

// behindLoopback trusts proxies on this machine, where the tests' browsers are.
func behindLoopback(d *Deps) {
	d.Proxies = clientaddr.Proxies{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
}

// A page that is left open does not keep its reader signed in.
func TestVisit_endsBesideAnOpenPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.as(operator.Viewer)
	part := func() answer {
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, w.url+"/audit", nil)
		req.Header.Set("HX-Request", "true")
		return b.do(req)
	}
	for range 5 {
		w.clock.add(2 * time.Hour)
		w.want(part(), 200, "Audit log")
	}
	w.clock.add(3 * time.Hour)
	w.want(part(), 204, "")
	w.want(b.get("/audit"), 303, "")
}

// A notice is what this server said, not what a neighbour of its host did.
func TestNotice(t *testing.T) {
	t.Parallel()
	https, _ := url.Parse("https://latchkey.example.com")
	w := newWorld(t, func(d *Deps) { d.URL = https })
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, w.url+"/nothing", nil)
	req.AddCookie(&http.Cookie{Name: "latchkey_notice", Value: "call+0900"})
	if a := w.browser().do(req); strings.Contains(a.body, "0900") {
		t.Errorf("the page says what a cookie of another name holds:\n%s", a.body)
	}
	v := &visit{console: w.console, r: req}
	if got := v.noticeCookie(); got != "__Host-latchkey_notice" {
		t.Errorf("notices travel in the cookie %s", got)
	}
}
