package console

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/latchkey-dev/latchkey/internal/account"
	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/clientaddr"
	"github.com/latchkey-dev/latchkey/internal/contract"
	"github.com/latchkey-dev/latchkey/internal/intent"
	"github.com/latchkey-dev/latchkey/internal/operator"
	"github.com/latchkey-dev/latchkey/internal/player"
	"github.com/latchkey-dev/latchkey/internal/requestlog"
	"github.com/latchkey-dev/latchkey/internal/session"
	"github.com/latchkey-dev/latchkey/internal/sponsor"
)

// Deps are the parts that the pages ask. All are required but URL, AutoSignIn,
// Proxies and Funds.
type Deps struct {
	Operators *operator.Service
	Auth      *auth.Service
	Players   *player.Service
	Accounts  *account.Service
	Contracts *contract.Service
	Sponsor   *sponsor.Service
	Sessions  *session.Service
	Intents   *intent.Service
	Requests  *requestlog.Log

	Files fs.FS // static files, with the folders assets and vendor

	// URL is where operators reach the dashboard, nil for wherever requests say.
	// With https, cookies are secure.
	URL *url.URL
	// AutoSignIn signs every visitor from this machine in as an admin. For
	// development only.
	AutoSignIn bool

	// Proxies are believed about a client's address, which the audit log and the
	// limits of sign-in use. May be empty.
	Proxies clientaddr.Proxies

	// Funds answers the money that operations need; nil for none to show.
	Funds func(context.Context) ([]Fund, error)

	Version string
	Log     *slog.Logger
	Now     func() time.Time
}

// Console serves the dashboard. It is safe for use by many goroutines.
type Console struct {
	Deps
	routes  []route
	assets  assets
	feed    *feed
	funds   *funds
	handler http.Handler
}

// New returns the dashboard. It fails only when Files cannot be read.
func New(d Deps) (*Console, error) {
	c := &Console{Deps: d}
	var err error
	if c.assets, err = newAssets(d.Files); err != nil {
		return nil, err
	}
	c.feed = newFeed(c.recentChanges, d.Now, func(err error) { d.Log.Error("look for changes to show", "error", err) })
	c.funds = &funds{ask: d.Funds, now: d.Now}
	c.routes = slices.Concat(
		c.overviewRoutes(),
		c.signInRoutes(),
		c.profileRoutes(),
		c.liveRoutes(),
		c.userRoutes(),
		c.sessionRoutes(),
		c.grantRoutes(),
		c.intentRoutes(),
		c.policyRoutes(),
		c.contractRoutes(),
		c.keyRoutes(),
		c.requestRoutes(),
		c.auditRoutes(),
		c.operatorRoutes(),
	)
	c.handler = c.observe(c.headers(c.mux()))
	return c, nil
}

func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) { c.handler.ServeHTTP(w, r) }

func (c *Console) mux() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET "+c.assets.prefix+"/", c.assets)
	for _, r := range c.routes {
		mux.Handle(r.method+" "+r.pattern, endpoint{c, r})
	}
	mux.Handle("/", endpoint{c, route{method: http.MethodGet, serve: noPage}})
	return mux
}
