package console

import (
	"bytes"
	"encoding/json"

	"github.com/latchkey-dev/latchkey/internal/console/ui"
	"github.com/latchkey-dev/latchkey/internal/operator"
	"github.com/latchkey-dev/latchkey/internal/page"
)

func (c *Console) auditRoutes() []route {
	return []route{view("/audit", listAudit)}
}

type auditList struct {
	filter  operator.AuditFilter
	entries []operator.Entry
	pages   ui.Pages
}

func listAudit(v *visit) error {
	req, err := v.pageRequest()
	if err != nil {
		return err
	}
	list := auditList{filter: operator.AuditFilter{Subject: v.form("q"), OperatorID: v.form("operator")}}
	found, err := v.console.Operators.Entries(v.ctx(), list.filter, req)
	if err != nil {
		return err
	}
	list.entries = found.Items
	if n := len(found.Items); n > 0 {
		list.pages = v.pages(found.More, page.Mark{CreatedAt: found.Items[n-1].CreatedAt, ID: found.Items[n-1].ID})
	}
	return v.show(auditPage(list))
}

// pretty lays JSON out for people.
func pretty(raw json.RawMessage) string {
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", "  "); err != nil {
		return string(raw)
	}
	return out.String()
}
