package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/clientaddr"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
)

// call is one request on its way through a handler.
type call struct {
	*http.Request
	w      http.ResponseWriter // only for the body limit, which closes the connection
	caller auth.Caller

	proxies clientaddr.Proxies // believed about the client's address

	tree map[string]any // decoded body, nil until read
	memo map[string]any // records shown already, see once
}

func (c *call) project() string { return c.caller.ProjectID }

// user answers the caller's player (pla_…) when a user calls, "" when a key
// does.
func (c *call) user() string { return c.caller.UserID }

// ownPlayer answers whom a request is about, which it may name in a field: for
// a user that is the user alone.
func (c *call) ownPlayer(field string, named *string) (string, error) {
	if c.user() == "" {
		return value(named), nil
	}
	if asked := value(named); asked != "" && asked != c.user() {
		return "", fault.Field(field, echo(asked), "must be the user that asks, %s; leave it out", c.user())
	}
	return c.user(), nil
}

// mine answers a fault when a user calls and a record belongs to another
// player. It is the one for a record that is not there: who owns it is nobody
// else's business.
func (c *call) mine(playerID, noun, recordID string) error {
	if c.user() == "" || c.user() == playerID {
		return nil
	}
	return fault.New(fault.NotFound, "%s %s does not exist", noun, recordID)
}

// body returns the decoded body, read once.
func (c *call) body() (map[string]any, error) {
	if c.tree != nil {
		return c.tree, nil
	}
	tree, err := readBody(c.w, c.Request)
	if err != nil {
		return nil, err
	}
	c.tree = tree
	return tree, nil
}

// decode fills dst, a request type, from the body.
func (c *call) decode(dst any) error {
	tree, err := c.body()
	if err != nil {
		return err
	}
	return bind(dst, tree)
}

// refuse answers a fault when the body has one of fields: they are part of
// the API, not offered here, and dropping one would change what was asked.
func (c *call) refuse(why string, fields ...string) error {
	tree, err := c.body()
	if err != nil {
		return err
	}
	for _, field := range fields {
		if v, ok := tree[field]; ok && v != nil {
			return fault.Field(field, echo(v), "%s", why)
		}
	}
	return nil
}

// query fills dst, a parameter type, from the query.
func (c *call) query(dst any) error {
	tree, err := parseForm(c.URL.RawQuery)
	if err != nil {
		return err
	}
	if err := checkText(tree); err != nil {
		return err
	}
	return bind(dst, tree)
}

// id returns the path's id. One that cannot be an id of kind k is not found.
func (c *call) id(k id.Kind, noun string) (string, error) {
	s := c.PathValue("id")
	if !id.Is(k, s) {
		return "", fault.New(fault.NotFound, "no %s %q: its id is %s_ and a UUID", noun, clip(s), k)
	}
	return s, nil
}

// once returns load's result, called once for each key and request: a list
// that shows the same record in many rows loads it once.
func (c *call) once(key string, load func() (any, error)) (any, error) {
	if v, ok := c.memo[key]; ok {
		return v, nil
	}
	v, err := load()
	if err != nil {
		return nil, err
	}
	if c.memo == nil {
		c.memo = make(map[string]any)
	}
	c.memo[key] = v
	return v, nil
}

// answer is an encoded answer.
type answer struct {
	status   int
	body     []byte
	location string // where a redirect leads, "" for other answers
}

// redirect is what a handler answers to send a browser elsewhere.
type redirect string

func encode(v any) (answer, error) {
	if to, ok := v.(redirect); ok {
		return answer{status: http.StatusFound, location: string(to)}, nil
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return answer{}, fmt.Errorf("encode answer of type %T: %w", v, err)
	}
	status := http.StatusOK
	if s, ok := v.(interface{ status() int }); ok {
		status = s.status()
	}
	return answer{status: status, body: b.Bytes()}, nil
}

func (a answer) write(w http.ResponseWriter) {
	h := w.Header()
	if a.location != "" {
		h.Set("Location", a.location)
		h.Set("Cache-Control", "no-store")
		h.Set("Referrer-Policy", "no-referrer") // the URL that led here may hold a secret
		w.WriteHeader(a.status)
		return
	}
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(a.body)))
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // a client that went away has no use for an error
}
