package storetest

import (
	"time"

	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/requestlog"
)

func apiKeys(s suite) {
	k := auth.Key{ID: id.New(id.APIKey), ProjectID: s.project.ID, Name: "server", Kind: auth.Secret, Scopes: []string{"users:read"}, Hash: "h1", Hint: "sk_test_aaaa", CreatedAt: moment(1)}
	s.must(s.db.CreateKey(s.ctx, k))
	s.wantFault(s.db.CreateKey(s.ctx, k), fault.Conflict)
	next := k
	next.ID, next.Hash, next.CreatedAt = id.New(id.APIKey), "h2", moment(2)
	ends := moment(9)
	changed, added, err := s.db.RotateKey(s.ctx, s.project.ID, k.ID, func(old auth.Key) (auth.Key, auth.Key, error) {
		same(s, old, k)
		old.RevokedAt = &ends
		return old, next, nil
	})
	s.must(err)
	k.RevokedAt = &ends
	same(s, changed, k)
	same(s, added, next)
	same(s, value(s.db.Keys(s.ctx, s.project.ID))(s), []auth.Key{next, k})
	same(s, value(s.db.KeyByHash(s.ctx, "h2"))(s), next)

	_, _, err = s.db.RotateKey(s.ctx, s.project.ID, next.ID, func(old auth.Key) (auth.Key, auth.Key, error) { return old, k, errRefused })
	s.wantError(err, errRefused)
	_, err = s.db.UpdateKey(s.ctx, s.newProject().ID, k.ID, func(old auth.Key) (auth.Key, error) { return old, nil })
	s.wantFault(err, fault.NotFound)
}

func requestLog(s suite) {
	entry := func(n int, status int) requestlog.Entry {
		return requestlog.Entry{
			ID: id.New(id.Request), ProjectID: s.project.ID, KeyID: "key_a", RequestID: "r" + string(rune('0'+n)), Method: "GET",
			Route: "/v1/players/{id}", Path: "/v1/players/pla_" + string(rune('0'+n)), Subject: "pla_" + string(rune('0'+n)),
			Status: status, Bytes: 12, Took: 3 * time.Millisecond, Problem: "no", CreatedAt: moment(n),
		}
	}
	for _, keyID := range []string{"key_a", "key_b", "key_unused"} {
		s.must(s.db.CreateKey(s.ctx, auth.Key{ID: keyID, ProjectID: s.project.ID, Kind: auth.Secret, Hash: keyID, CreatedAt: moment(0)}))
	}
	a, b, c := entry(1, 200), entry(2, 404), entry(3, 200)
	c.Path, c.KeyID, c.Method = "/v1/x%y", "key_b", "POST"
	s.must(s.db.AddRequests(s.ctx, []requestlog.Entry{a, b, c}))
	for name, f := range map[string]struct {
		filter requestlog.Filter
		want   []requestlog.Entry
	}{
		"all":         {requestlog.Filter{}, []requestlog.Entry{c, b, a}},
		"a request":   {requestlog.Filter{RequestID: "r1"}, []requestlog.Entry{a}},
		"a record":    {requestlog.Filter{Subject: "pla_2"}, []requestlog.Entry{b}},
		"a key":       {requestlog.Filter{KeyID: "key_b"}, []requestlog.Entry{c}},
		"failed":      {requestlog.Filter{Failed: true}, []requestlog.Entry{b}},
		"a path":      {requestlog.Filter{Path: "/v1/pl"}, []requestlog.Entry{b, a}},
		"a wild path": {requestlog.Filter{Path: "/v1/x%"}, []requestlog.Entry{c}},
		"no path":     {requestlog.Filter{Path: "/v1/_"}, nil},
		"a method":    {requestlog.Filter{Method: "POST"}, []requestlog.Entry{c}},
		"a class":     {requestlog.Filter{Least: 200, Most: 300}, []requestlog.Entry{c, a}},
		"one status":  {requestlog.Filter{Least: 404, Most: 405}, []requestlog.Entry{b}},
		"since":       {requestlog.Filter{Since: moment(2)}, []requestlog.Entry{c, b}},
		"before":      {requestlog.Filter{Before: moment(2)}, []requestlog.Entry{a}},
		"a time of one method and class": {
			requestlog.Filter{Method: "GET", Least: 200, Most: 300, Since: moment(1), Before: moment(3)},
			[]requestlog.Entry{a},
		},
	} {
		s.Log(name)
		same(s, value(s.db.Requests(s.ctx, s.project.ID, f.filter, page.Request{}))(s).Items, f.want)
	}
	same(s, value(s.db.Requests(s.ctx, s.newProject().ID, requestlog.Filter{}, page.Request{}))(s).Items, nil)
	same(s, value(s.db.Request(s.ctx, s.project.ID, b.ID))(s), b)
	_, err := s.db.Request(s.ctx, s.newProject().ID, b.ID)
	s.wantFault(err, fault.NotFound)
	same(s, value(s.db.KeysUsed(s.ctx, s.project.ID))(s), map[string]time.Time{"key_a": moment(2), "key_b": moment(3)})

	s.must(s.db.ForgetRequests(s.ctx, 2, moment(0)))
	same(s, value(s.db.Requests(s.ctx, s.project.ID, requestlog.Filter{}, page.Request{}))(s).Items, []requestlog.Entry{c, b})
	s.must(s.db.ForgetRequests(s.ctx, 2, moment(3)))
	same(s, value(s.db.Requests(s.ctx, s.project.ID, requestlog.Filter{}, page.Request{}))(s).Items, []requestlog.Entry{c})
}
