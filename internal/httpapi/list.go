package httpapi

import (
	"math"
	"slices"
	"strings"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/page"
)

// list is the envelope of every list.
type list[T any] struct {
	Object string `json:"object"`
	URL    string `json:"url"`
	Data   []T    `json:"data"`
	Start  int    `json:"start"`
	End    int    `json:"end"` // exclusive
	Total  int    `json:"total"`
}

// pageRequest reads the parameters that every list has.
func pageRequest(limit, skip *int, order *string) (page.Request, error) {
	req := page.Request{Limit: page.DefaultLimit, Order: page.Descending}
	if limit != nil {
		if *limit < 1 || *limit > page.MaxLimit {
			return req, fault.Field("limit", *limit, "must be from 1 to %d, is %d", page.MaxLimit, *limit)
		}
		req.Limit = *limit
	}
	if skip != nil {
		if *skip < 0 || *skip > math.MaxInt32 {
			return req, fault.Field("skip", *skip, "must be from 0 to %d, is %d", math.MaxInt32, *skip)
		}
		req.Skip = *skip
	}
	if order != nil {
		req.Order = page.Order(*order)
		if req.Order != page.Ascending && req.Order != page.Descending {
			return req, fault.Field("order", echo(*order), "must be asc or desc, is %s", describeValue(*order))
		}
	}
	return req, nil
}

// newList shows a page.
func newList[T, R any](c *call, p page.Page[T], show func(T) (R, error)) (list[R], error) {
	data := make([]R, len(p.Items))
	for i, item := range p.Items {
		shown, err := show(item)
		if err != nil {
			return list[R]{}, err
		}
		data[i] = shown
	}
	return list[R]{
		Object: "list",
		URL:    c.URL.Path,
		Data:   data,
		Start:  p.Skip,
		End:    p.Skip + len(data),
		Total:  p.Total,
	}, nil
}

// expansion is the set of fields that a request wants as whole records.
type expansion []string

func expand(asked []string, offered ...string) (expansion, error) {
	for _, name := range asked {
		if !slices.Contains(offered, name) {
			return nil, fault.Field("expand", echo(name), "must be one of %s, is %s", strings.Join(offered, ", "), describeValue(name))
		}
	}
	return asked, nil
}

func (e expansion) has(field string) bool { return slices.Contains(e, field) }

func deleted(object, id string) Deleted { return Deleted{ID: id, Object: object, Deleted: true} }
