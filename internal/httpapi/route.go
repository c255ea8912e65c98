package httpapi

import (
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/clientaddr"
	"github.com/latchkey-dev/latchkey/internal/fault"
)

// route is one method of one path. Handlers answer the body of a 200, or an
// error; a body with a status method chooses another status.
type route struct {
	method  string
	pattern string // of net/http, without the method
	access  access
	create  bool // honours X-Idempotency-Key
	plain   bool // errors are answered as the official sign-in routes do
	coded   bool // of plain errors, every one has a code
	serve   func(*call) (any, error)
}

// access says who may call a route.
type access struct {
	scope       string // that a secret key needs, "" when none will do
	publishable bool   // publishable keys are enough
	user        bool   // a user is enough; the handler keeps it to what is its own
	open        bool   // no key at all
}

func secretKey(scope string) access { return access{scope: scope} }

// keyOrUser is for routes that users may call for what is their own.
func keyOrUser(scope string) access { return access{scope: scope, user: true} }

// anyKey is for routes where something in the request, not the key, is the
// authority.
func anyKey(scope string) access { return access{scope: scope, publishable: true, user: true} }

// anyPage is for routes by which users come in: whoever shows the project's
// page may try.
func anyPage() access { return access{publishable: true, user: true} }

func onlyUser() access { return access{user: true} }

func (a access) check(caller auth.Caller) error {
	switch {
	case a.publishable && caller.Kind == auth.Publishable, a.user && caller.Kind == auth.User:
		return nil
	case a.scope == "" && a.publishable:
		return fault.New(fault.Unauthorized, "this is for the project's page: send the publishable key (pk_…) in the header x-project-key")
	case a.scope == "":
		return fault.New(fault.Unauthorized, "this needs a user's token: send it as Authorization: Bearer, and the publishable key in the header x-project-key")
	}
	return caller.Require(a.scope)
}

func byPattern(routes []route) map[string]map[string]route {
	patterns := make(map[string]map[string]route)
	for _, r := range routes {
		if patterns[r.pattern] == nil {
			patterns[r.pattern] = make(map[string]route)
		}
		patterns[r.pattern][r.method] = r
	}
	return patterns
}

// methodTable serves the methods of one path. net/http's own table would
// answer a wrong method in plain text.
type methodTable map[string]http.Handler

func (t methodTable) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if h, ok := t[method]; ok {
		h.ServeHTTP(w, r)
		return
	}
	allowed := strings.Join(slices.Sorted(maps.Keys(t)), ", ")
	w.Header().Set("Allow", allowed)
	writeError(w, r, &methodError{method: r.Method, path: r.URL.Path, allowed: allowed})
}

func noRoute(w http.ResponseWriter, r *http.Request) {
	writeError(w, r, fault.New(fault.NotFound, "no route %s %s: see the API reference", r.Method, r.URL.Path))
}

// tidyPath makes /v1/policies/ and //v1/policies mean /v1/policies. A redirect
// would make clients drop their body.
func tidyPath(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tidy := keysPath(path.Clean("/" + r.URL.Path))
		if tidy == r.URL.Path {
			next.ServeHTTP(w, r)
			return
		}
		tidied := r.Clone(r.Context())
		tidied.URL.Path, tidied.URL.RawPath = tidy, ""
		next.ServeHTTP(w, tidied)
	})
}

// keysPath moves /iam/v1/pk_…/jwks.json to where a pattern can name it beside
// those of the other routes below /iam/v1.
func keysPath(p string) string {
	if key, ok := strings.CutSuffix(p, "/jwks.json"); ok && path.Dir(key) == "/iam/v1" {
		return "/iam/keys/" + path.Base(key)
	}
	return p
}

// endpoint serves one route: authenticate, answer, encode.
type endpoint struct {
	route
	auth    Authenticator
	answers answers
	proxies clientaddr.Proxies
}

func (e endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	note(r).route = e.pattern
	a, err := e.answer(&call{Request: r, w: w, proxies: e.proxies})
	if err != nil && e.plain {
		writePlainError(w, r, err, e.coded)
		return
	}
	if err != nil {
		writeError(w, r, err)
		return
	}
	a.write(w)
}

func (e endpoint) answer(c *call) (answer, error) {
	if !e.access.open {
		if err := e.authenticate(c); err != nil {
			return answer{}, err
		}
	}
	if e.create {
		return e.answers.once(c, e.pattern, e.run)
	}
	return e.run(c)
}

func (e endpoint) authenticate(c *call) error {
	sent := credentials(c.Request)
	sent.Address = c.address()
	caller, err := e.auth.Authenticate(c.Context(), sent)
	if err != nil {
		return err
	}
	c.caller = caller
	note(c.Request).caller(caller)
	if err := e.checkOrigin(c); err != nil {
		return err
	}
	if err := e.access.check(caller); err != nil {
		return err
	}
	return checkBehalf(c.Request, caller.ProjectID)
}

func (e endpoint) run(c *call) (answer, error) {
	body, err := e.serve(c)
	if err != nil {
		return answer{}, err
	}
	return encode(body)
}
