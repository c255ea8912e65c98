package console

import (
	"testing"
	"time"

	"github.com/latchkey-dev/latchkey/internal/requestlog"
)

func TestRequestFilter(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	for query, want := range map[string]requestlog.Filter{
		"":                      {},
		"/v1/players":           {Path: "/v1/players"},
		"4xx":                   {Least: 400, Most: 500},
		"404":                   {Least: 404, Most: 405},
		"600":                   {RequestID: "600"},
		"key_1":                 {KeyID: "key_1"},
		"ses_1":                 {Subject: "ses_1"},
		"2026-11-22":            {Since: day, Before: day.AddDate(0, 0, 1)},
		"c0ffee-1":              {RequestID: "c0ffee-1"},
		"post /v1/s 5xx  key_1": {Method: "POST", Path: "/v1/s", Least: 500, Most: 600, KeyID: "key_1"},
	} {
		if got := requestFilter(query); got != want {
			t.Errorf("%q is read as %+v, want %+v", query, got, want)
		}
	}
}
