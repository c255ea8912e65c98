package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/latchkey-dev/latchkey/internal/page"
)

// stretch adds the conditions of rows that one index holds in the order of a
// list.
type stretch func(where) where

// merge answers one page of the rows of several stretches, which together are
// those that whole finds. Asked for all of them at once, a database sorts every
// row, or walks along a longer list until it has met enough.
func (t table[T]) merge(ctx context.Context, q querier, whole where, each []stretch, req page.Request) (page.Page[T], error) {
	p, err := t.counted(ctx, q, whole, req)
	if err != nil || len(each) == 0 {
		p.Items = []T{}
		return p, err
	}
	order := inOrder(req.Order)
	end := p.Skip + req.Size() + 1 // no page needs more of one stretch
	var args []any
	parts := make([]string, len(each))
	for i, of := range each {
		w := of(where{args: args}).after(req)
		parts[i] = fmt.Sprintf("SELECT id, created_at FROM (SELECT id, created_at FROM %s%s%s LIMIT %d) AS stretch", t.name, w.clause(), order, end)
		args = w.args
	}
	w := where{args: args, conditions: []string{fmt.Sprintf("id IN (SELECT id FROM (%s) AS merged%s LIMIT %d OFFSET %d)",
		strings.Join(parts, " UNION "), order, req.Size()+1, p.Skip)}}
	found, err := t.list(ctx, q, w, order)
	return cut(p, found, req), err
}
