package console

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/console/ui"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/requestlog"
)

func (c *Console) requestRoutes() []route {
	return []route{view("/requests", listRequests), view("/requests/{id}", showRequest)}
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

// requestFilter reads what was typed, word by word: the beginning of a path, a
// method, a status or a class of it (4xx), a day (UTC), the id of a record or of
// a key, or else the id of a request.
func requestFilter(query string) requestlog.Filter {
	var f requestlog.Filter
	for word := range strings.FieldsSeq(query) {
		narrow(&f, word)
	}
	return f
}

var (
	methodWord = regexp.MustCompile(`^(GET|POST|PUT|PATCH|DELETE)$`)
	answerWord = regexp.MustCompile(`^[1-5]([0-9]{2}|xx)$`)
)

func narrow(f *requestlog.Filter, word string) {
	prefix, _, cut := strings.Cut(word, "_")
	day, err := time.Parse(time.DateOnly, word)
	switch {
	case strings.HasPrefix(word, "/"):
		f.Path = word
	case methodWord.MatchString(strings.ToUpper(word)):
		f.Method = strings.ToUpper(word)
	case answerWord.MatchString(word):
		f.Least, f.Most = statuses(word)
	case err == nil:
		f.Since, f.Before = day, day.AddDate(0, 0, 1)
	case cut && prefix == "key":
		f.KeyID = word
	case cut && len(prefix) == 3:
		f.Subject = word
	default:
		f.RequestID = word
	}
}

// statuses answers the first status that a word means, and the one after its
// last.
func statuses(word string) (least, most int) {
	if class, ok := strings.CutSuffix(word, "xx"); ok {
		n, _ := strconv.Atoi(class) // a digit
		return n * 100, n*100 + 100
	}
	n, _ := strconv.Atoi(word) // three digits
	return n, n + 1
}

type requestDetail struct {
	requestlog.Entry
	key auth.Key // zero when it is gone
}

func showRequest(v *visit) error {
	e, err := v.console.Requests.Get(v.ctx(), v.project.ID, v.id())
	if err != nil {
		return err
	}
	keys, err := v.console.Auth.Keys(v.ctx(), v.project.ID)
	if err != nil {
		return err
	}
	shown := requestDetail{Entry: e}
	if i := slices.IndexFunc(keys, func(k auth.Key) bool { return k.ID == e.KeyID }); i >= 0 {
		shown.key = keys[i]
	}
	return v.show(requestPage(shown))
}

// recordPath is the page of a record, "" when there is none.
func recordPath(id string) string {
	prefix, _, _ := strings.Cut(id, "_")
	folder := map[string]string{"ses": "/sessions/", "tin": "/intents/", "pla": "/users/", "pol": "/policies/", "con": "/contracts/"}[prefix]
	if folder == "" {
		return ""
	}
	return folder + id
}
