package console

import (
	"slices"
	"time"

	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/operator"
)

func (c *Console) keyRoutes() []route {
	return []route{
		view("/keys", func(v *visit) error { return v.showKeys(apiKeysView{}) }),
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
	secret, said  string
	name, problem string // of the form
}

// loggedKey is what the audit log holds of an API key.
type loggedKey struct {
	Name    string       `json:"name"`
	Kind    auth.KeyKind `json:"kind"`
	Scopes  []string     `json:"scopes,omitempty"`
	Hint    string       `json:"hint"`
	Revoked *time.Time   `json:"revokedAt,omitempty"`
}

func logKey(k auth.Key) loggedKey {
	return loggedKey{Name: k.Name, Kind: k.Kind, Scopes: k.Scopes, Hint: k.Hint, Revoked: k.RevokedAt}
}

func (v *visit) fillAPIKeys(shown apiKeysView) (apiKeysView, error) {
	var err error
	if shown.keys, err = v.console.Auth.Keys(v.ctx(), v.project.ID); err != nil {
		return shown, err
	}
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
	k, secret, err := v.console.Auth.NewKey(v.ctx(), v.project.ID, v.form("name"), auth.KeyKind(v.form("kind")), v.r.PostForm["scope"])
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		shown, listErr := v.fillAPIKeys(apiKeysView{name: v.form("name"), problem: reason(err)})
		if listErr != nil {
			return listErr
		}
		return v.refuse(err, keysPage(shown))
	}
	if err != nil {
		return err
	}
	v.changed(k.ID, nil, logKey(k))
	return v.showKeys(apiKeysView{secret: secret, said: "The key " + k.Name + " is made."})
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
