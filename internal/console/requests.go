package console

import (
	"strings"

	"github.com/latchkey-dev/latchkey/internal/console/ui"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/requestlog"
)

func (c *Console) requestRoutes() []route {
	return []route{view("/requests", listRequests)}
}

type requestList struct {
	query  string
	failed bool
	rows   []requestlog.Entry
	pages  ui.Pages
}

func listRequests(v *visit) error {
	list := requestList{query: strings.TrimSpace(v.form("q")), failed: v.form("state") == "failed"}
	req, err := v.pageRequest()
	if err != nil {
		return err
	}
	f := requestFilter(list.query)
	f.Failed = list.failed
	found, err := v.console.Requests.List(v.ctx(), v.project.ID, f, req)
	if err != nil {
		return err
	}
	list.rows = found.Items
	if n := len(found.Items); n > 0 {
		list.pages = v.pages(found.More, page.Mark{CreatedAt: found.Items[n-1].CreatedAt, ID: found.Items[n-1].ID})
	}
	return v.show(requestsPage(list))
}

// requestFilter reads what was typed: the beginning of a path, the id of a
// record or of a key, or else the id of a request.
func requestFilter(query string) requestlog.Filter {
	prefix, _, cut := strings.Cut(query, "_")
	switch {
	case query == "":
		return requestlog.Filter{}
	case strings.HasPrefix(query, "/"):
		return requestlog.Filter{Path: query}
	case cut && prefix == "key":
		return requestlog.Filter{KeyID: query}
	case cut && len(prefix) == 3:
		return requestlog.Filter{Subject: query}
	}
	return requestlog.Filter{RequestID: query}
}
