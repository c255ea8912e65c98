package httpapi

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"

	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/share"
)

// shield serves the storage of recovery shares under /shield, which is the
// official clients' shieldUrl. Its errors are a message and a code.
type shield struct {
	wallets  WalletService
	projects ProjectService
}

func (h shield) routes() []route {
	routes := []route{
		{method: "POST", pattern: "/shield/shares", access: onlyUser(), serve: h.save},
		{method: "PUT", pattern: "/shield/shares", access: onlyUser(), serve: h.replace},
		{method: "GET", pattern: "/shield/shares/{reference}", access: onlyUser(), serve: h.get},
		{method: "GET", pattern: "/shield/keychain", access: onlyUser(), serve: h.keychain},
		{method: "POST", pattern: "/shield/shares/encryption/reference/bulk", access: secretKey("accounts:read"), serve: h.methodsOfSigners},
		{method: "POST", pattern: "/shield/shares/encryption/user/bulk", access: secretKey("accounts:read"), serve: h.methodsOfUsers},
		{method: "GET", pattern: "/shield/project", access: secretKey("settings:read"), serve: h.project},
		{method: "POST", pattern: "/shield/project/encryption-key", access: secretKey("settings:write"), serve: h.makeEntropy},
		{method: "POST", pattern: "/shield/project/encryption-session", access: secretKey("accounts:write"), serve: h.openSession},
		{method: "POST", pattern: "/shield/project/entropy", access: onlyUser(), serve: h.entropy},
	}
	for i := range routes {
		routes[i].plain, routes[i].coded = true, true
	}
	return routes
}

// shieldHeaders lets the official clients of the share storage log in with the
// headers that they have for it: the project's keys are its API key and secret.
func shieldHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := r.Header.Get("X-Api-Key")
		if key == "" || !strings.HasPrefix(r.URL.Path, "/shield/") {
			next.ServeHTTP(w, r)
			return
		}
		r = r.Clone(r.Context())
		h := r.Header
		switch {
		case h.Get("X-Api-Secret") != "":
			h.Set("Authorization", "Bearer "+h.Get("X-Api-Secret"))
		case h.Get("X-Openfort-Provider") != "":
			h.Set("X-Player-Token", auth.TokenOf(credentials(r)))
			h.Set("X-Auth-Provider", h.Get("X-Openfort-Provider"))
			h.Set("X-Token-Type", h.Get("X-Openfort-Token-Type"))
			h.Set("Authorization", "Bearer "+key)
		}
		if h.Get("X-Project-Key") == "" {
			h.Set("X-Project-Key", key)
		}
		next.ServeHTTP(w, r)
	})
}

func (h shield) save(c *call) (any, error) {
	r, _, err := readShare(c)
	if err != nil {
		return nil, err
	}
	if err := h.wallets.SaveRecovery(c.Context(), c.owner(), r); err != nil {
		return nil, err
	}
	return ShieldReference{Reference: r.SignerID}, nil
}

func (h shield) replace(c *call) (any, error) {
	r, req, err := readShare(c)
	if err != nil {
		return nil, err
	}
	proof, err := parseProof(value(req.Signature))
	if err != nil {
		return nil, err
	}
	if err := h.wallets.ReplaceRecovery(c.Context(), c.owner(), r, value(req.KeychainID), proof); err != nil {
		return nil, err
	}
	return ShieldReference{Reference: r.SignerID}, nil
}

// readShare answers the share in the body, and the body.
func readShare(c *call) (share.Recovery, ShieldShareRequest, error) {
	var req ShieldShareRequest
	if err := c.decode(&req); err != nil {
		return share.Recovery{}, req, err
	}
	r := share.Recovery{SignerID: req.Reference, Method: share.Method(req.Entropy), Secret: req.Secret}
	if p := req.PasskeyReference; p != nil {
		r.PasskeyID = p.PasskeyID
		if bytes.HasPrefix(p.PasskeyEnv, []byte("{")) { // some clients send text
			r.PasskeyEnv = p.PasskeyEnv
		}
	}
	return r, req, nil
}

func (h shield) get(c *call) (any, error) {
	r, err := h.wallets.Recovery(c.Context(), c.owner(), c.PathValue("reference"))
	if err != nil {
		return nil, err
	}
	return showRecovery(r), nil
}

func showRecovery(r share.Recovery) ShieldShare {
	return ShieldShare{Reference: r.SignerID, Entropy: string(r.Method), Secret: r.Secret}
}

// keychain answers every recovery share of the user, or the one named.
func (h shield) keychain(c *call) (any, error) {
	var q GetKeychainParams
	if err := c.query(&q); err != nil {
		return nil, err
	}
	mine, err := h.wallets.Signers(c.Context(), c.project(), nil, []string{c.user()})
	if err != nil {
		return nil, err
	}
	shares := []ShieldShare{}
	for _, s := range mine {
		if q.Reference != nil && *q.Reference != s.ID {
			continue
		}
		r, err := h.wallets.Recovery(c.Context(), c.owner(), s.ID)
		if err != nil {
			return nil, err
		}
		shares = append(shares, showRecovery(r))
	}
	return ShieldKeychain{Shares: shares}, nil
}

func (h shield) methodsOfSigners(c *call) (any, error) {
	var req ShieldReferencesRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	if err := checkBulk("references", req.References); err != nil {
		return nil, err
	}
	found, err := h.wallets.Signers(c.Context(), c.project(), req.References, nil)
	if err != nil {
		return nil, err
	}
	return showMethods(req.References, found, func(s share.Signer) string { return s.ID }), nil
}

func (h shield) methodsOfUsers(c *call) (any, error) {
	var req ShieldUsersRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	if err := checkBulk("user_ids", req.UserIDs); err != nil {
		return nil, err
	}
	found, err := h.wallets.Signers(c.Context(), c.project(), nil, req.UserIDs)
	if err != nil {
		return nil, err
	}
	if reference := value(req.Reference); reference != "" {
		found = slices.DeleteFunc(found, func(s share.Signer) bool { return s.ID != reference })
	}
	return showMethods(req.UserIDs, found, func(s share.Signer) string { return s.PlayerID }), nil
}

// maxBulk is how many recovery methods one request may ask for.
const maxBulk = 100

func checkBulk(field string, keys []string) error {
	if len(keys) == 0 || len(keys) > maxBulk {
		return fault.Field(field, nil, "must be a list of 1 to %d, has %d", maxBulk, len(keys))
	}
	return nil
}

// showMethods says how what each key names is recovered. Of several signers the
// newest counts.
func showMethods(keys []string, found []share.Signer, keyOf func(share.Signer) string) ShieldMethods {
	methods := make(map[string]ShieldMethod, len(keys))
	for _, key := range keys {
		methods[key] = ShieldMethod{Status: "not_found"}
	}
	for _, s := range found {
		methods[keyOf(s)] = ShieldMethod{Status: "found", EncryptionType: optional(string(s.Method)), PasskeyID: optional(s.PasskeyID), PasskeyEnv: s.PasskeyEnv}
	}
	return ShieldMethods{EncryptionTypes: methods}
}

func (h shield) project(c *call) (any, error) {
	p, err := h.projects.Project(c.Context(), c.project())
	if err != nil {
		return nil, err
	}
	return ShieldProject{ID: p.ID, Name: p.Name}, nil
}

func (h shield) makeEntropy(c *call) (any, error) {
	part, err := h.wallets.MakeEntropy(c.Context(), c.project())
	if err != nil {
		return nil, err
	}
	return ShieldEncryptionPart{EncryptionPart: part}, nil
}

func (h shield) openSession(c *call) (any, error) {
	var req ShieldSessionRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	sessionID, err := h.wallets.OpenSession(c.Context(), c.project(), req.EncryptionPart, value(req.UserID))
	if err != nil {
		return nil, err
	}
	return ShieldSession{SessionID: sessionID}, nil
}

func (h shield) entropy(c *call) (any, error) {
	var req ShieldEntropyRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	entropy, err := h.wallets.ProjectEntropy(c.Context(), c.owner(), req.Reference, req.EncryptionSession)
	if err != nil {
		return nil, err
	}
	return ShieldEntropy{Entropy: base64.RawURLEncoding.EncodeToString(entropy)}, nil
}
