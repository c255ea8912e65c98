package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/page"
)

// querier is a connection pool or a transaction.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// table says how records of type T lie in a table. The first cell is the key
// by which rows are updated.
type table[T any] struct {
	name  string
	noun  string // for messages to clients
	cells func(*T) []cell
}

func (t table[T]) columns() []string {
	var names []string
	for _, c := range t.cells(new(T)) {
		names = append(names, c.column)
	}
	return names
}

func values(cells []cell) ([]any, error) {
	args := make([]any, len(cells))
	for i, c := range cells {
		v, err := c.get()
		if err != nil {
			return nil, err
		}
		args[i] = v
	}
	return args, nil
}

// marks answers "$1, $2, …", which both databases read.
func marks(n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = "$" + strconv.Itoa(i+1)
	}
	return strings.Join(all, ", ")
}

func (t table[T]) insert(ctx context.Context, q querier, v T) error {
	args, err := values(t.cells(&v))
	if err == nil {
		_, err = q.ExecContext(ctx, "INSERT INTO "+t.name+" ("+strings.Join(t.columns(), ", ")+") VALUES ("+marks(len(args))+")", args...)
	}
	if err != nil {
		return fmt.Errorf("insert %s: %w", t.noun, err)
	}
	return nil
}

// create inserts a record in a transaction of its own, and notes it under the
// idempotency key that it is created with.
func (t table[T]) create(ctx context.Context, db *DB, v T, recordID string) error {
	return db.write(ctx, func(tx *sql.Tx) error {
		if err := t.insert(ctx, tx, v); err != nil {
			return err
		}
		return note(ctx, tx, recordID)
	})
}

// update saves every column of the row that has v's key, if it differs from
// the columns in loaded. loaded is nil when they are not known.
func (t table[T]) update(ctx context.Context, q querier, v T, loaded []any) error {
	args, err := values(t.cells(&v))
	if err != nil {
		return fmt.Errorf("update %s: %w", t.noun, err)
	}
	if loaded != nil && equalValues(args, loaded) {
		return nil
	}
	var sets []string
	for i, name := range t.columns() {
		if i > 0 {
			sets = append(sets, name+" = $"+strconv.Itoa(i+1))
		}
	}
	key := t.columns()[0]
	res, err := q.ExecContext(ctx, "UPDATE "+t.name+" SET "+strings.Join(sets, ", ")+" WHERE "+key+" = $1", args...)
	if err != nil {
		return fmt.Errorf("update %s %v: %w", t.noun, args[0], err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return fmt.Errorf("update %s %v: %d rows changed, want 1: %w", t.noun, args[0], n, errors.Join(err))
	}
	return nil
}

func equalValues(a, b []any) bool {
	return slices.EqualFunc(a, b, func(x, y any) bool {
		if bx, ok := x.([]byte); ok {
			by, ok := y.([]byte)
			return ok && string(bx) == string(by)
		}
		return x == y
	})
}

// one answers the only row that w finds, or a fault of kind NotFound. tail is
// appended to the statement: a lock, or nothing.
func (t table[T]) one(ctx context.Context, q querier, w where, tail string) (T, error) {
	all, err := t.list(ctx, q, w, tail)
	if err != nil {
		var zero T
		return zero, err
	}
	if len(all) != 1 {
		var zero T
		if len(all) > 1 {
			return zero, fmt.Errorf("read %s: %d rows where one was expected", t.noun, len(all))
		}
		return zero, fault.New(fault.NotFound, "%s %v does not exist", t.noun, w.subject())
	}
	return all[0], nil
}

func (t table[T]) list(ctx context.Context, q querier, w where, tail string) ([]T, error) {
	rows, err := q.QueryContext(ctx, "SELECT "+strings.Join(t.columns(), ", ")+" FROM "+t.name+w.clause()+tail, w.args...)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", t.noun, err)
	}
	defer rows.Close()
	all := []T{}
	for rows.Next() {
		var v T
		if err := rows.Scan(destinations(t.cells(&v))...); err != nil {
			return nil, fmt.Errorf("read %s: %w", t.noun, err)
		}
		all = append(all, v)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read %s: %w", t.noun, err)
	}
	return all, nil
}

func destinations(cells []cell) []any {
	all := make([]any, len(cells))
	for i, c := range cells {
		all[i] = c
	}
	return all
}

// page answers one page of the rows that w finds. A request without a limit
// gets the default one, a larger one than allowed the largest.
func (t table[T]) page(ctx context.Context, q querier, w where, req page.Request) (page.Page[T], error) {
	p, err := t.counted(ctx, q, w, req)
	if err != nil {
		return p, err
	}
	tail := fmt.Sprintf("%s LIMIT %d OFFSET %d", inOrder(req.Order), req.Size()+1, p.Skip)
	found, err := t.list(ctx, q, w.after(req), tail)
	return cut(p, found, req), err
}

// counted answers a page without its items.
func (t table[T]) counted(ctx context.Context, q querier, w where, req page.Request) (page.Page[T], error) {
	p := page.Page[T]{Skip: max(req.Skip, 0)}
	if req.Uncounted {
		return p, nil
	}
	if err := q.QueryRowContext(ctx, "SELECT COUNT(*) FROM "+t.name+w.clause(), w.args...).Scan(&p.Total); err != nil {
		return p, fmt.Errorf("count %s: %w", t.noun, err)
	}
	return p, nil
}

// cut puts what was found on a page. One more than asked for tells that others
// follow.
func cut[T any](p page.Page[T], found []T, req page.Request) page.Page[T] {
	p.More = len(found) > req.Size()
	p.Items = found[:min(len(found), req.Size())]
	return p
}

// inOrder is the order of lists. Records made in the same microsecond keep that
// of their ids.
func inOrder(o page.Order) string {
	if o == page.Ascending {
		return " ORDER BY created_at ASC, id ASC"
	}
	return " ORDER BY created_at DESC, id DESC"
}

// modify loads the one row that w finds, lets change make a new record of it,
// and saves that, in one transaction.
func (t table[T]) modify(ctx context.Context, db *DB, w where, change func(T) (T, error)) (T, error) {
	var changed T
	err := db.write(ctx, func(tx *sql.Tx) error {
		old, err := t.one(ctx, tx, w, db.dialect.Lock)
		if err != nil {
			return err
		}
		before, err := values(t.cells(&old))
		if err != nil {
			return err
		}
		changed, err = change(old)
		if err != nil {
			return err
		}
		if after, err := values(t.cells(&changed)[:1]); err != nil || after[0] != before[0] {
			return errors.Join(err, fmt.Errorf("update %s %v: the change must not replace its id", t.noun, before[0]))
		}
		return t.update(ctx, tx, changed, before)
	})
	return changed, err
}

// where collects the conditions of a statement. All of them must hold.
type where struct {
	conditions []string
	args       []any
}

// by is a where with one condition.
func by(column string, v any) where { return where{}.and(column, v) }

// and adds: column equals v.
func (w where) and(column string, v any) where {
	return w.with(column+" = $%d", v)
}

// with adds a condition with one %d for each of args, in their order.
func (w where) with(condition string, args ...any) where {
	positions := make([]any, len(args))
	for i := range args {
		positions[i] = len(w.args) + i + 1
	}
	return where{
		conditions: append(slices.Clip(w.conditions), fmt.Sprintf(condition, positions...)),
		args:       append(slices.Clip(w.args), args...),
	}
}

// in adds: column equals one of vs. It adds nothing when vs is empty.
func (w where) in(column string, vs []string) where {
	if len(vs) == 0 {
		return w
	}
	args := make([]any, len(vs))
	for i, v := range vs {
		args[i] = v
	}
	return w.with(column+" IN ("+strings.TrimSuffix(strings.Repeat("$%d, ", len(vs)), ", ")+")", args...)
}

// texts are words as in takes them.
func texts[T ~string](words []T) []string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = string(w)
	}
	return all
}

// after adds: beyond the record that a page follows.
func (w where) after(req page.Request) where {
	if req.After == nil {
		return w
	}
	beyond := "<"
	if req.Order == page.Ascending {
		beyond = ">"
	}
	return w.with("(created_at, id) "+beyond+" ($%d, $%d)", req.After.CreatedAt.UnixMicro(), req.After.ID)
}

// of adds: column equals v, where the other conditions find few rows. No index
// is used for it: SQLite keeps no account of how many rows have a value, and
// takes an index on the project for as good as one on ids.
func (w where) of(column, v string) where {
	return w.with(column+" || '' = $%d", v)
}

func (w where) clause() string {
	if len(w.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.conditions, " AND ")
}

// subject is what a client asked for: the last value, after the project.
func (w where) subject() any { return w.args[len(w.args)-1] }

// given adds: column equals v, unless v is "".
func (w where) given(column, v string) where {
	if v == "" {
		return w
	}
	return w.and(column, v)
}

func (w where) givenNumber(column string, v uint64) where {
	if v == 0 {
		return w
	}
	return w.and(column, v)
}

func (w where) givenAddress(column string, v common.Address) where {
	if v == (common.Address{}) {
		return w
	}
	return w.and(column, lower(v))
}

func (w where) givenFlag(column string, v *bool) where {
	if v == nil {
		return w
	}
	return w.and(column, *v)
}
