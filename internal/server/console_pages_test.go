package server_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/operator"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/session"
)

// reader is an admin's browser on the dashboard.
type reader struct {
	w *world
	http.Client
}

// reader signs the first admin in by the one-time link.
func (w *world) reader() *reader {
	w.t.Helper()
	jar, err := cookiejar.New(nil)
	w.must(err)
	r := &reader{w: w, Client: http.Client{Jar: jar}}
	w.t.Cleanup(r.CloseIdleConnections)
	link, err := w.server.FirstLink(w.t.Context())
	w.must(err)
	r.page(strings.TrimPrefix(link, w.server.URL()))
	at, err := url.Parse(link)
	w.must(err)
	r.send("/sign-in/link", url.Values{"token": {at.Query().Get("token")}})
	return r
}

// page loads a page and answers its text.
func (r *reader) page(path string) string {
	r.w.t.Helper()
	status, text := r.get(path)
	return r.fine(path, status, text)
}

// send sends a form, follows where it leads, and answers the text there.
func (r *reader) send(path string, form url.Values) string {
	r.w.t.Helper()
	status, text := r.post(path, form)
	return r.fine(path, status, text)
}

func (r *reader) fine(path string, status int, text string) string {
	r.w.t.Helper()
	if status != http.StatusOK {
		r.w.t.Fatalf("%s answers %d:\n%s", path, status, text)
	}
	return text
}

func (r *reader) get(path string) (status int, text string) {
	r.w.t.Helper()
	res, err := r.Get(r.w.server.URL() + path)
	r.w.must(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	r.w.must(err)
	return res.StatusCode, string(body)
}

func (r *reader) post(path string, form url.Values) (status int, text string) {
	r.w.t.Helper()
	at, err := url.Parse(r.w.server.URL())
	r.w.must(err)
	for _, c := range r.Jar.Cookies(at) {
		if strings.HasPrefix(c.Name, "latchkey_") && !strings.HasSuffix(c.Name, "_notice") {
			form.Set("csrf", operator.CSRF(c.Value))
		}
	}
	res, err := r.PostForm(r.w.server.URL()+path, form)
	r.w.must(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	r.w.must(err)
	return res.StatusCode, string(body)
}

func (r *reader) wants(path string, texts ...string) {
	r.w.t.Helper()
	r.w.has(path, r.page(path), texts...)
}

func (w *world) has(path, body string, texts ...string) {
	w.t.Helper()
	for _, text := range texts {
		if !strings.Contains(body, text) {
			w.t.Errorf("%s lacks %q", path, text)
		}
	}
}

func TestConsole_transactions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.reader()
	r.wants("/intents", "No transactions yet", "curl $LATCHKEY/v1/transaction_intents")

	first := w.intend(w.mint())
	r.wants("/intents", "mint on nft", "Waits for a signature")
	first = w.succeed(first, w.personal(w.owner, first.OperationHash))
	r.wants("/intents/"+first.ID,
		"Asked for", "Signed by the owner", "Put into a transaction", "Included in block", "Succeeded",
		"Transfer", "tokenId", "The account", first.Outcome.TxHash.Hex())
	r.wants("/intents/"+first.ID+"/trace", "validateUserOp", "validatePaymasterUserOp", "innerHandleOp", "nft · mint", "gas")
	for _, q := range []string{first.ID, first.OperationHash.Hex(), first.Outcome.TxHash.Hex()} {
		r.wants("/intents?q="+q, "Included in block") // leads to its page
	}
	for _, q := range []string{w.account.Address.Hex(), w.account.ID, w.account.PlayerID, w.policy} {
		r.wants("/intents?q="+q, "mint on nft")
	}
	r.wants("/intents?q=0x"+strings.Repeat("ab", 32), "Nothing found")
	r.wants("/intents?state=failed", "None in this state")

	failed := w.failing()
	r.wants("/intents?state=failed", "transferFrom on nft", "ERC721InsufficientApproval")
	r.wants("/intents/"+failed.ID, "ERC721InsufficientApproval", "The called contract reverted", "Revert data")
	r.wants("/intents/"+failed.ID+"/trace", "ERC721InsufficientApproval(operator "+w.account.Address.Hex()+", tokenId 1)")
}

// failing makes an intent that fails on chain: it and another one give the same
// token away.
func (w *world) failing() intent.Intent {
	w.t.Helper()
	give := w.mint()
	give.Interactions = []intent.CallParams{{Contract: w.nft.ID, Function: "transferFrom", Args: []any{w.account.Address.Hex(), w.owner.Address().Hex(), "1"}}}
	first, second := w.intend(give), w.intend(give)
	w.succeed(first, w.personal(w.owner, first.OperationHash))
	failed, err := w.sign(second, w.personal(w.owner, second.OperationHash))
	w.must(err)
	if failed.Status != intent.Failed {
		w.t.Fatalf("giving a token away twice ended %s", failed.Status)
	}
	return failed
}

// Without an ABI, a token's calls and events are read by its standard.
func TestConsole_guessesTokens(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in := w.intend(w.mint())
	in = w.succeed(in, w.personal(w.owner, in.OperationHash))
	w.must(w.server.Contracts.Delete(t.Context(), w.project, w.nft.ID))
	w.reader().wants("/intents/"+in.ID, "No ABI here tells what this means", "Read as a token's standard says", "tokenId")
}

func TestConsole_apiKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.reader()
	for typed, form := range map[string]url.Values{
		"Choose at least one scope":                        {"name": {"game server"}, "rights": {"scoped"}},
		"Scopes are chosen, and the key is not one":        {"name": {"game server"}, "rights": {"everything"}, "scope": {"wallets:read"}},
		"take them away, or choose such a key":             {"name": {"game server"}, "rights": {"publishable"}, "scope": {"wallets:read"}},
		"must be 1 to 64 bytes: say what will use the key": {"name": {""}, "rights": {"everything"}},
	} {
		if status, page := r.post("/keys", form); status != http.StatusUnprocessableEntity && status != http.StatusBadRequest || !strings.Contains(page, typed) {
			t.Errorf("a key with %v: %d, and %q is not on the page", form, status, typed)
		}
	}
	made := r.send("/keys", url.Values{"name": {"game server"}, "rights": {"scoped"}, "scope": {"wallets:read"}})
	w.has("/keys", made, "game server", "wallets:read", "shown only this once")
	secret := secretKey.FindString(made)
	ask := func(key string) int {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.server.URL()+"/v1/players", nil)
		w.must(err)
		req.Header.Set("Authorization", "Bearer "+key)
		res, err := r.Do(req)
		w.must(err)
		res.Body.Close()
		return res.StatusCode
	}
	if got := ask(secret); got != http.StatusOK {
		t.Fatalf("the new key gets %d", got)
	}
	if strings.Contains(r.page("/keys"), secret) || strings.Contains(r.page("/audit"), secret) {
		t.Error("the key is shown again")
	}
	keys, err := w.server.Auth.Keys(t.Context(), w.project)
	w.must(err)
	rotated := secretKey.FindString(r.send("/keys/"+keys[0].ID+"/rotate", url.Values{"grace": {"1h"}}))
	if a, b := ask(secret), ask(rotated); a != http.StatusOK || b != http.StatusOK || rotated == secret {
		t.Errorf("after rotating, the old key gets %d and the new one %d", a, b)
	}
	r.send("/keys/"+keys[0].ID+"/revoke", url.Values{})
	if got := ask(secret); got != http.StatusUnauthorized {
		t.Errorf("a revoked key gets %d", got)
	}
	w.eventually("requests are logged", func() bool { return strings.Contains(r.page("/requests"), "/v1/players") })
}

func TestConsole_origins(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.reader()
	r.wants("/keys", "Allowed origins", "None is named")
	page := r.send("/origins", url.Values{"origins": {"https://Game.example/\r\nhttp://game.example:8080\n"}})
	w.has("/keys", page, "https://game.example\nhttp://game.example:8080", "The allowed origins are saved.")
	status, page := r.post("/origins", url.Values{"origins": {"https://game.example\nhttps://game.example/path"}})
	if status != http.StatusBadRequest && status != http.StatusUnprocessableEntity {
		t.Errorf("a path is answered %d", status)
	}
	w.has("/origins", page, "one is &#34;https://game.example/path&#34;", "https://game.example\nhttps://game.example/path")
	if allowed, err := w.server.Auth.OriginAllowed(t.Context(), w.project, "http://game.example:8080"); err != nil || !allowed {
		t.Errorf("after a refused change the origin is allowed %v, %v", allowed, err)
	}
	w.has("/audit", r.page("/audit"), "project.origins", "http://game.example:8080")
	r.send("/origins", url.Values{"origins": {" \n"}})
	if allowed, err := w.server.Auth.OriginAllowed(t.Context(), w.project, "https://game.example"); err != nil || allowed {
		t.Errorf("after all were taken away the origin is allowed %v, %v", allowed, err)
	}
}

var secretKey = regexp.MustCompile(`sk_test_[0-9a-f-]{36}`)

func TestConsole_policies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.reader()
	in := w.intend(w.mint())
	w.succeed(in, w.personal(w.owner, in.OperationHash))
	r.wants("/policies", "all", "Enabled")
	r.wants("/policies/"+w.policy, "Any call of any contract", "What accounts do to themselves", "data-chart")

	w.has("budget", r.send("/policies/"+w.policy+"/budget", url.Values{"budget": {"0.000000001"}}), "Spent and reserved")
	_, err := w.server.Intents.Create(t.Context(), w.project, w.mint())
	refused(t, err, "has a budget of 1000000000 wei")
	r.send("/policies/"+w.policy+"/budget", url.Values{"budget": {""}})
	w.intend(w.mint())

	w.has("rules", r.send("/policies/"+w.policy+"/rules", url.Values{"covers": {w.nft.ID}, "function": {"mint"}}), "of nft")
	w.has("disable", r.send("/policies/"+w.policy+"/disable", url.Values{}), "Disabled")
	_, err = w.server.Intents.Create(t.Context(), w.project, w.mint())
	refused(t, err, "is disabled")
	r.wants("/audit", "policy.set-budget", "policy.add-rule", "policy.disable")
	// What the audit log says of a rule is not the form's to say.
	rules, err := w.server.Sponsor.Rules(t.Context(), w.project, w.policy, page.Request{})
	w.must(err)
	for _, rule := range rules.Items {
		if rule.Wildcard {
			r.send("/rules/"+rule.ID+"/delete", url.Values{"covers": {"nothing much"}, "policy": {"../audit"}})
		}
	}
	r.wants("/audit", "policy.delete-rule", "any contract")
	if strings.Contains(r.page("/audit"), "nothing much") {
		t.Error("the audit log says what the form said")
	}
}

// A page asks for no signature that would be refused.
func TestConsole_blockedKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.reader()
	v, err := w.server.Sessions.Create(t.Context(), w.project, w.terms(newKey(t)))
	w.must(err)
	active := w.grant(w.terms(newKey(t)))
	at, activeAt := "/sessions/"+v.Session.ID, "/sessions/"+active.Session.ID
	r.wants(at, "data-owner=")
	if text := r.send(at+"/block", url.Values{}); strings.Contains(text, "data-owner=") {
		t.Errorf("a blocked key's registration is asked for:\n%s", text)
	}
	w.has("unblock", r.send(at+"/unblock", url.Values{}), "data-owner=")
	w.has("revoke", r.send(activeAt+"/revoke", url.Values{"policy": {w.policy}}), "Blocked here", "data-owner=")
}

// Ids of another project lead nowhere, whatever is done with them.
func TestConsole_otherProjects(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ses := w.grant(w.terms(newKey(t)))
	in := w.intend(w.mint())
	rules, err := w.server.Sponsor.Rules(t.Context(), w.project, w.policy, page.Request{})
	w.must(err)
	keys, err := w.server.Auth.Keys(t.Context(), w.project)
	w.must(err)
	other, _, _, err := w.server.Auth.NewProject(t.Context(), "Other")
	w.must(err)
	r := w.reader()
	r.send("/project", url.Values{"project": {other.ID}})
	missing := func(what string, status int) {
		t.Helper()
		if status != http.StatusNotFound {
			t.Errorf("%s of another project answers %d", what, status)
		}
	}
	sent := func(path string, form url.Values) int {
		t.Helper()
		status, _ := r.post(path, form)
		return status
	}
	for _, path := range []string{
		"/users/" + w.account.PlayerID, "/accounts/" + w.account.ID + "/part", "/accounts/" + w.account.ID + "/sessions/new",
		"/accounts/" + w.account.ID + "/sessions/preview", "/sessions/" + ses.Session.ID, "/sessions/" + ses.Session.ID + "/part",
		"/intents/" + in.ID, "/intents/" + in.ID + "/part", "/intents/" + in.ID + "/trace",
		"/policies/" + w.policy, "/contracts/" + w.nft.ID,
	} {
		status, _ := r.get(path)
		missing("GET "+path, status)
	}
	for _, path := range []string{
		"/accounts/" + w.account.ID + "/sessions", "/sessions/" + ses.Session.ID + "/block", "/sessions/" + ses.Session.ID + "/revoke",
		"/sessions/" + ses.Session.ID + "/unblock", "/policies/" + w.policy + "/disable", "/policies/" + w.policy + "/budget",
		"/rules/" + rules.Items[0].ID + "/delete", "/contracts/" + w.nft.ID, "/contracts/" + w.nft.ID + "/delete",
		"/keys/" + keys[0].ID + "/revoke",
	} {
		missing("POST "+path, sent(path, url.Values{}))
	}
	missing("rotate", sent("/keys/"+keys[0].ID+"/rotate", url.Values{"grace": {"0"}}))
	missing("sign", sent("/sessions/"+ses.Session.ID+"/signature", url.Values{"signature": {"0x" + strings.Repeat("11", 65)}}))
	if v := w.session(ses.Session.ID); v.Session.BlockedAt != nil || v.Status != session.StatusActive {
		t.Errorf("the session is %s, blocked %v", v.Status, v.Session.BlockedAt)
	}
}

var abiLogged = regexp.MustCompile(`sha256:[0-9a-f]{64}`)

func TestConsole_contracts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.reader()
	r.wants("/contracts", "nft", "Known")
	at := "/contracts/" + w.nft.ID
	r.wants(at, "mint(address)", "balanceOf(address)")
	query := func(do, function string, args ...string) string {
		return at + "?" + url.Values{"do": {do}, "function": {function}, "arg": args}.Encode()
	}
	r.wants(query("read", "balanceOf(address)", w.account.Address.Hex()), "balanceOf(address)</b> answers", "&#34;0&#34;")
	r.wants(query("encode", "mint(address)", w.account.Address.Hex()), "0x6a627842")
	r.wants(query("read", "balanceOf(address)", "me"), "must be an address")
	r.wants(query("read", "ownerOf(uint256)", "77"), "failed")
	w.has("update", r.send(at, url.Values{"name": {"Game Items"}}), "Game Items", "mint(address)")
	r.send(at, url.Values{"name": {"Game Items"}, "abi": {`[{"type":"function","name":"play","inputs":[],"outputs":[]}]`}})
	log := abiLogged.FindAllString(r.page("/audit"), -1)
	if len(log) < 2 || log[0] == log[1] {
		t.Errorf("the audit log has the ABIs %q", log)
	}
	w.has("delete", r.send(at+"/delete", url.Values{}), "No contract yet")
}

func TestConsole_overview(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.reader()
	r.wants("/", "Nothing has happened yet", "Relayer", "Paymaster deposit")
	w.grant(w.terms(newKey(t)))
	w.mintAndFail()
	r.wants("/", "Active keys", "ERC721InsufficientApproval", "data-chart", "Keys that end next")
}

// mintAndFail has a token to give away first.
func (w *world) mintAndFail() {
	w.t.Helper()
	in := w.intend(w.mint())
	w.succeed(in, w.personal(w.owner, in.OperationHash))
	w.failing()
}
