package httpapi

import (
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/latchkey-dev/latchkey/internal/clientaddr"
)

// Deps are the parts that the API calls. All are required, but Checks and
// Chains may be empty, and Console and Requests nil.
type Deps struct {
	Auth        AuthService
	Players     PlayerService
	Users       UserService
	Accounts    AccountService
	Contracts   ContractService
	Sponsor     SponsorService
	Sessions    SessionService
	Intents     IntentService
	Wallets     WalletService
	Idempotency IdempotencyStore

	Version string  // of the binary, shown by /health
	Chains  []Chain // shown by /health
	Checks  []Check // asked by /ready

	// Proxies are believed about a client's address. May be empty.
	Proxies clientaddr.Proxies

	// Pages are what browsers load, by pattern of net/http. May be empty.
	Pages map[string]http.Handler

	// Requests keeps requests for people to look up, nil for nobody.
	Requests RequestLog
	// Console serves what is not the API's: the dashboard.
	Console http.Handler

	Log *slog.Logger
	Now func() time.Time
}

// AuthService knows API keys and the projects that own them.
type AuthService interface {
	Authenticator
	ProjectService
}

// New returns the whole API. It is safe for use by many goroutines.
func New(d Deps) http.Handler {
	refs := records{players: d.Players, accounts: d.Accounts, contracts: d.Contracts, sponsor: d.Sponsor, intents: d.Intents, wallets: d.Wallets, now: d.Now}
	routes := slices.Concat(
		players{d.Players, refs}.routes(),
		accounts{d.Accounts, refs}.routes(),
		accountsV2{d.Accounts, refs}.routes(),
		accountOperations{d.Intents, refs}.routes(),
		contracts{d.Contracts, d.Now}.routes(),
		policies{d.Sponsor, refs}.routes(),
		policyRules{d.Sponsor, refs}.routes(),
		sessions{d.Sessions, refs}.routes(),
		intents{d.Intents, refs}.routes(),
		projects{d.Auth}.routes(),
		signIn{d.Users}.routes(),
		devices{d.Wallets, refs}.routes(),
		shield{d.Wallets, d.Auth}.routes(),
		emailSignIn{d.Users}.routes(),
		walletSignIn{d.Users}.routes(),
		socialSignIn{d.Users}.routes(),
		users{d.Users, d.Players, d.Auth}.routes(),
		authConfigs{d.Users}.routes(),
		health{d.Version, d.Chains, d.Checks}.routes(),
	)
	answers := newAnswers(d.Idempotency, d.Log, routes)
	mux := http.NewServeMux()
	for pattern, methods := range byPattern(routes) {
		endpoints := make(map[string]http.Handler, len(methods))
		for method, r := range methods {
			endpoints[method] = endpoint{route: r, auth: d.Auth, answers: answers, proxies: d.Proxies}
		}
		mux.Handle(pattern, methodTable(endpoints))
	}
	for pattern, page := range d.Pages {
		mux.Handle(pattern, page)
	}
	mux.HandleFunc("/", noRoute)
	api := observe{log: d.Log, now: d.Now, next: cors(tidyPath(shieldHeaders(mux))), kept: d.Requests}
	if d.Console == nil {
		return api
	}
	return newBeside(api, d.Console, routes, d.Pages)
}
