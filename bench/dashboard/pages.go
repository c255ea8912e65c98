package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/latchkey-dev/latchkey/internal/requestlog"
)

// page is an address to ask for, which differs from request to request.
type page struct {
	name string
	path func(w *world) string
}

func fixed(path string) func(*world) string { return func(*world) string { return path } }

// pages are those of the dashboard that read records. New ones are added here.
var pages = []page{
	{"floor: who is signed in", fixed("/profile")},
	{"overview", fixed("/")},
	{"overview, live part", fixed("/overview/part")},
	{"users", fixed("/users")},
	{"users, far down", func(w *world) string { return w.deep["/users"] }},
	{"users, by name", func(w *world) string { return fmt.Sprintf("/users?q=player+%d", rand.IntN(w.size.accounts())) }},
	{"user", func(w *world) string { return "/users/" + w.id("pla", w.size.accounts()) }},
	{"sessions", fixed("/sessions")},
	{"sessions, live", fixed("/sessions?state=live")},
	{"sessions, over", fixed("/sessions?state=over")},
	{"sessions, far down", func(w *world) string { return w.deep["/sessions"] }},
	{"session", func(w *world) string { return "/sessions/" + w.id("ses", w.size.sessions) }},
	{"session, live part", func(w *world) string { return "/sessions/" + w.id("ses", w.size.sessions) + "/part" }},
	{"session, busiest", func(*world) string { return "/sessions/" + copied("ses", 1) }},
	{"user, busiest", func(*world) string { return "/users/" + copied("pla", 1) }},
	{"account, live part", func(w *world) string { return "/accounts/" + w.id("acc", w.size.accounts()) + "/part" }},
	{"transactions", fixed("/intents")},
	{"transactions, under way", fixed("/intents?state=open")},
	{"transactions, succeeded", fixed("/intents?state=succeeded")},
	{"transactions, failed", fixed("/intents?state=failed")},
	{"transactions, never signed", fixed("/intents?state=unsigned")},
	{"transactions, far down", func(w *world) string { return w.deep["/intents"] }},
	{"transactions, by key", func(w *world) string { return "/intents?q=" + w.id("ses", w.size.sessions) }},
	{"transactions, by busiest key", func(*world) string { return "/intents?q=" + copied("ses", 1) }},
	{"transactions, by user", func(w *world) string { return "/intents?q=" + w.id("pla", w.size.accounts()) }},
	{"transactions, failed, by user", func(w *world) string { return "/intents?state=failed&q=" + w.id("pla", w.size.accounts()) }},
	{"transactions, failed, busiest", func(*world) string { return "/intents?state=failed&q=" + copied("pla", 1) }},
	{"transactions, failed, busiest key", func(*world) string { return "/intents?state=failed&q=" + copied("ses", 1) }},
	{"transactions, under way, busiest key", func(*world) string { return "/intents?state=open&q=" + copied("ses", 1) }},
	{"transactions, busiest key, far down", func(w *world) string { return w.deep[busiestKey] }},
	{"transactions, by busiest user", func(*world) string { return "/intents?q=" + copied("pla", 1) }},
	{"transactions, by gas policy", func(w *world) string { return "/intents?q=" + w.policy.ID }},
	{"transactions, under way, gas policy", func(w *world) string { return "/intents?state=open&q=" + w.policy.ID }},
	{"transactions, by address", func(w *world) string { return fmt.Sprintf("/intents?q=0x%040x", 1+rand.IntN(w.size.accounts())) }},
	{"transactions, by hash", func(w *world) string { return fmt.Sprintf("/intents?q=0x%064x", 1+rand.IntN(w.size.intents)) }},
	{"transactions, unknown hash", func(*world) string { return fmt.Sprintf("/intents?q=0x%064x", 1<<62) }},
	{"transaction", func(w *world) string { return "/intents/" + w.id("tin", w.size.intents) }},
	{"transaction, live part", func(w *world) string { return "/intents/" + w.id("tin", w.size.intents) + "/part" }},
	{"new session", func(w *world) string { return "/accounts/" + w.id("acc", w.size.accounts()) + "/sessions/new" }},
	{"gas policies", fixed("/policies")},
	{"gas policy", func(w *world) string { return "/policies/" + w.policy.ID }},
	{"contracts", fixed("/contracts")},
	{"contract", func(w *world) string { return "/contracts/" + w.contract.ID }},
	{"API keys", fixed("/keys")},
	{"requests", fixed("/requests")},
	{"requests, failed", fixed("/requests?state=failed")},
	{"requests, far down", func(w *world) string { return w.deep["/requests"] }},
	{"requests, by request id", func(*world) string { return fmt.Sprintf("/requests?q=bench-%d", 1+rand.IntN(requestlog.Kept-1)) }},
	{"requests, unknown id", fixed("/requests?q=nobody")},
	{"requests, by record", func(w *world) string { return "/requests?q=" + w.id("tin", requestlog.Kept-1) }},
	{"requests, by key", fixed("/requests?q=" + benchKey)},
	{"requests, by path", fixed("/requests?q=/v1/transaction_intents")},
	{"requests, unknown path", fixed("/requests?q=/v1/nowhere")},
	{"audit log", fixed("/audit")},
	{"operators", fixed("/operators")},
}

// busiestKey is the list of the key that has signed most.
var busiestKey = "/intents?q=" + copied("ses", 1)

// lists are those whose pages far down are asked for.
var lists = []string{"/users", "/sessions", "/intents", "/requests", busiestKey}

// deepPages is how many pages down a list "far down" is.
const deepPages = 40

var older = regexp.MustCompile(`href="([^"]+)" rel="next"`)

// dive finds a page far down a list, as people get there.
func (w *world) dive(ctx context.Context, path string) error {
	at := path
	for range deepPages {
		body, _, err := w.get(ctx, at)
		if err != nil {
			return err
		}
		m := older.FindStringSubmatch(body)
		if m == nil {
			break
		}
		at = strings.ReplaceAll(m[1], "&amp;", "&")
	}
	w.deep[path] = at
	return nil
}

// visit asks for a page n times, one after the other, after a few times that
// do not count.
func (w *world) visit(ctx context.Context, p page, n int) ([]time.Duration, error) {
	var all []time.Duration
	const warmUp = 3
	for i := range n + warmUp {
		_, took, err := w.get(ctx, p.path(w))
		if err != nil {
			return nil, err
		}
		if i >= warmUp {
			all = append(all, took)
		}
	}
	return sorted(all), nil
}

func (w *world) get(ctx context.Context, path string) (body string, took time.Duration, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.server.URL()+path, nil)
	if err != nil {
		return "", 0, err
	}
	started := time.Now()
	res, err := w.browser.Do(req)
	if err != nil {
		return "", 0, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	took = time.Since(started)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answers %d", path, res.StatusCode)
	}
	return string(raw), took, err
}
