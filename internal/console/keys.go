package console

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/operator"
)

func (c *Console) keyRoutes() []route {
	return []route{
		view("/keys", func(v *visit) error { return v.showKeys(apiKeysView{}) }),
		change(operator.Admin, "project.origins", "/origins", setOrigins),
		change(operator.Admin, "api-key.create", "/keys", createKey),
		change(operator.Admin, "api-key.rotate", "/keys/{id}/rotate", rotateKey),
		change(operator.Admin, "api-key.revoke", "/keys/{id}/revoke", revokeKey),
	}
}

type apiKeysView struct {
	keys []auth.Key
	used map[string]time.Time
	now  time.Time
	// secret was made just now and is shown once, with what to say about it.
	secret, said string

	// What is in the form of a new key, and what is wrong with it.
	name, rights           string
	scopes                 []string
	problem, scopesProblem string

	allowed        []string // of the project
	origins        auth.Origins
	typedOrigins   *string // nil for those of the project
	originsProblem string
}

func (o apiKeysView) originsText() string {
	if o.typedOrigins != nil {
		return *o.typedOrigins
	}
	return strings.Join(o.allowed, "\n")
}

// Rights that a new key may have.
const (
	scopedKey      = "scoped"
	everythingKey  = "everything"
	publishableKey = "publishable"
)

var rightsOfKeys = []struct{ value, title string }{
	{scopedKey, "Secret, for your back end: only the scopes chosen below"},
	{everythingKey, "Secret, for your back end: everything"},
	{publishableKey, "Publishable, for apps and browsers: it only carries signatures"},
}

type scopeGroup struct {
	resource string
	scopes   []string
}

// scopesByResource answers the scopes in their order.
func scopesByResource() []scopeGroup {
	var groups []scopeGroup
	for _, scope := range auth.Scopes {
		resource, _, _ := strings.Cut(scope, ":")
		if len(groups) == 0 || groups[len(groups)-1].resource != resource {
			groups = append(groups, scopeGroup{resource: resource})
		}
		last := &groups[len(groups)-1]
		last.scopes = append(last.scopes, scope)
	}
	return groups
}

// loggedKey is what the audit log holds of an API key.
type loggedKey struct {
	Name    string       `json:"name"`
	Kind    auth.KeyKind `json:"kind"`
	Scopes  []string     `json:"scopes,omitempty"`
	Hint    string       `json:"hint"`
	Revoked *time.Time   `json:"revokedAt,omitempty"`
}

// loggedOrigins is what the audit log holds of a project's allowed origins.
type loggedOrigins struct {
	AllowedOrigins []string `json:"allowedOrigins"`
}

func logKey(k auth.Key) loggedKey {
	return loggedKey{Name: k.Name, Kind: k.Kind, Scopes: k.Scopes, Hint: k.Hint, Revoked: k.RevokedAt}
}

func (v *visit) fillAPIKeys(shown apiKeysView) (apiKeysView, error) {
	var err error
	if shown.keys, err = v.console.Auth.Keys(v.ctx(), v.project.ID); err != nil {
		return shown, err
	}
	if shown.origins, err = v.console.Auth.Origins(v.ctx(), v.project.ID); err != nil {
		return shown, err
	}
	shown.allowed = v.project.AllowedOrigins
	shown.rights = cmp.Or(shown.rights, scopedKey)
	shown.now = v.console.Now()
	if v.console.Requests != nil {
		shown.used, err = v.console.Requests.KeysUsed(v.ctx(), v.project.ID)
	}
	return shown, err
}

func (v *visit) showKeys(shown apiKeysView) error {
	shown, err := v.fillAPIKeys(shown)
	if err != nil {
		return err
	}
	return v.show(keysPage(shown))
}

func createKey(v *visit) error {
	_ = v.r.ParseForm() // read when the token was checked
	asked := apiKeysView{name: v.form("name"), rights: v.form("rights"), scopes: v.r.PostForm["scope"]}
	kind := auth.Secret
	switch {
	case asked.rights == publishableKey:
		kind = auth.Publishable
	case asked.rights != everythingKey && asked.rights != scopedKey:
		return fault.Field("rights", asked.rights, "must be one of the choices")
	}
	if scoped := asked.rights == scopedKey; scoped != (len(asked.scopes) > 0) {
		asked.scopesProblem = "Scopes are chosen, and the key is not one that has them: take them away, or choose such a key."
		if scoped {
			asked.scopesProblem = "Choose at least one scope, or a key that may do everything."
		}
		return v.refuseKey(fault.Field("scope", strings.Join(asked.scopes, " "), "%s", asked.scopesProblem), asked)
	}
	k, secret, err := v.console.Auth.NewKey(v.ctx(), v.project.ID, asked.name, kind, asked.scopes)
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		asked.problem = reason(err)
		return v.refuseKey(err, asked)
	}
	if err != nil {
		return err
	}
	v.changed(k.ID, nil, logKey(k))
	return v.showKeys(apiKeysView{secret: secret, said: "The key " + k.Name + " is made."})
}

// refuseKey shows the forms again as they were sent.
func (v *visit) refuseKey(because error, sent apiKeysView) error {
	shown, err := v.fillAPIKeys(sent)
	if err != nil {
		return err
	}
	return v.refuse(because, keysPage(shown))
}

// setOrigins takes one origin on each line.
func setOrigins(v *visit) error {
	typed := v.form("origins")
	before := v.project.AllowedOrigins
	after, err := v.console.Auth.SetAllowedOrigins(v.ctx(), v.project.ID, strings.Fields(typed))
	if fault.Is(err, fault.Invalid) {
		return v.refuseKey(err, apiKeysView{typedOrigins: &typed, originsProblem: reason(err)})
	}
	if err != nil {
		return err
	}
	v.changed(v.project.ID, loggedOrigins{before}, loggedOrigins{after.AllowedOrigins})
	return v.redirect("/keys", "The allowed origins are saved.")
}

type grace struct {
	value, title string
	lasts        time.Duration
}

// graces are how long a rotated key may work on.
var graces = []grace{
	{"0", "at once", 0},
	{"1h", "in an hour", time.Hour},
	{"24h", "in a day", 24 * time.Hour},
	{"168h", "in a week", auth.LongestGrace},
}

func rotateKey(v *visit) error {
	at := slices.IndexFunc(graces, func(g grace) bool { return g.value == v.form("grace") })
	if at < 0 {
		return fault.Field("grace", v.form("grace"), "must be one of the choices")
	}
	old, made, secret, err := v.console.Auth.RotateKey(v.ctx(), v.project.ID, v.id(), graces[at].lasts)
	if err != nil {
		return err
	}
	v.changed(v.id(), logKey(old), logKey(made))
	return v.showKeys(apiKeysView{secret: secret, said: "The key " + old.Hint + "… is rotated. The old one ends " + graces[at].title + "."})
}

func revokeKey(v *visit) error {
	k, err := v.console.Auth.RevokeKey(v.ctx(), v.project.ID, v.id())
	if err != nil {
		return err
	}
	before := k
	before.RevokedAt = nil
	v.changed(v.id(), logKey(before), logKey(k))
	return v.redirect("/keys", "The key "+k.Hint+"… works no more.")
}
