package store

import (
	"bytes"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

// cell ties one field of a record to one column. The same cell is the argument
// when the record is written and the destination when it is read, so the two
// directions cannot drift apart.
type cell struct {
	column string
	get    func() (driver.Value, error)
	set    func(src any) error // src is never nil
	clear  func()              // for NULL; nil where the column is NOT NULL
}

// Scan implements sql.Scanner.
func (c cell) Scan(src any) error {
	if src != nil {
		return c.set(src)
	}
	if c.clear == nil {
		return fmt.Errorf("column %s is NULL", c.column)
	}
	c.clear()
	return nil
}

// text is the common part of every column that is kept as text.
func text(column string, get func() (string, error), set func(string) error) cell {
	return cell{
		column: column,
		get:    func() (driver.Value, error) { return get() },
		set: func(src any) error {
			s, ok := src.(string)
			if !ok {
				return fmt.Errorf("column %s holds %T, want text", column, src)
			}
			return set(s)
		},
	}
}

// word keeps a string. PostgreSQL cannot hold a zero byte in text, so neither
// database is given one.
func word[T ~string](column string, p *T) cell {
	return text(column,
		func() (string, error) {
			if s := string(*p); strings.ContainsRune(s, 0) || !utf8.ValidString(s) {
				return "", fault.New(fault.Invalid, "%s must be UTF-8 text without zero bytes", column)
			}
			return string(*p), nil
		},
		func(s string) error { *p = T(s); return nil })
}

// reference keeps the id of another row; "" is NULL.
func reference(column string, p *string) cell {
	return nullable(word(column, p), func() bool { return *p == "" }, func() { *p = "" })
}

// nullable lets c be NULL when absent says so, and runs clear to read NULL.
func nullable(c cell, absent func() bool, clear func()) cell {
	get := c.get
	c.clear = clear
	c.get = func() (driver.Value, error) {
		if absent() {
			return nil, nil
		}
		return get()
	}
	return c
}

func address(column string, p *common.Address) cell {
	return text(column,
		func() (string, error) { return lower(*p), nil },
		func(s string) error {
			if !common.IsHexAddress(s) {
				return fmt.Errorf("column %s holds %q, want an address", column, s)
			}
			*p = common.HexToAddress(s)
			return nil
		})
}

// lower is how addresses are kept and looked for.
func lower(a common.Address) string { return strings.ToLower(a.Hex()) }

func hash(column string, p *common.Hash) cell {
	return text(column,
		func() (string, error) { return p.Hex(), nil },
		func(s string) error { return p.UnmarshalText([]byte(s)) })
}

func optionalHash(column string, p **common.Hash) cell {
	var h common.Hash
	c := text(column,
		func() (string, error) { return (*p).Hex(), nil },
		func(s string) error { *p = &h; return h.UnmarshalText([]byte(s)) })
	return nullable(c, func() bool { return *p == nil }, func() { *p = nil })
}

// amount keeps an integer of any size in decimal. Nil is kept as zero.
func amount(column string, p **big.Int) cell {
	return text(column,
		func() (string, error) {
			if *p == nil {
				return "0", nil
			}
			return (*p).String(), nil
		},
		func(s string) error {
			n, ok := new(big.Int).SetString(s, 10)
			if !ok {
				return fmt.Errorf("column %s holds %q, want a decimal integer", column, s)
			}
			*p = n
			return nil
		})
}

// optionalAmount keeps nil as NULL.
func optionalAmount(column string, p **big.Int) cell {
	return nullable(amount(column, p), func() bool { return *p == nil }, func() { *p = nil })
}

func integer(column string, get func() (int64, error), set func(int64)) cell {
	return cell{
		column: column,
		get:    func() (driver.Value, error) { return get() },
		set: func(src any) error {
			n, ok := src.(int64)
			if !ok {
				return fmt.Errorf("column %s holds %T, want an integer", column, src)
			}
			set(n)
			return nil
		},
	}
}

func number[T ~uint8 | ~int | ~int64 | ~uint64](column string, p *T) cell {
	return integer(column,
		func() (int64, error) {
			if uint64(*p) > math.MaxInt64 && *p > 0 {
				return 0, fmt.Errorf("%s is %d, databases hold 63 bits", column, *p)
			}
			return int64(*p), nil
		},
		func(n int64) { *p = T(n) })
}

// moment keeps a time to the microsecond, which is what PostgreSQL keeps too.
func moment(column string, p *time.Time) cell {
	return integer(column,
		func() (int64, error) { return p.UnixMicro(), nil },
		func(n int64) { *p = time.UnixMicro(n).UTC() })
}

func optionalMoment(column string, p **time.Time) cell {
	c := integer(column,
		func() (int64, error) { return (*p).UnixMicro(), nil },
		func(n int64) { t := time.UnixMicro(n).UTC(); *p = &t })
	return nullable(c, func() bool { return *p == nil }, func() { *p = nil })
}

func flag(column string, p *bool) cell {
	return cell{
		column: column,
		get:    func() (driver.Value, error) { return *p, nil },
		set: func(src any) error {
			switch v := src.(type) {
			case bool:
				*p = v
			case int64: // SQLite has no booleans
				*p = v != 0
			default:
				return fmt.Errorf("column %s holds %T, want true or false", column, src)
			}
			return nil
		},
	}
}

// blob keeps bytes. Empty bytes are NULL and are read as nil.
func blob(column string, p *[]byte) cell {
	return cell{
		column: column,
		get: func() (driver.Value, error) {
			if len(*p) == 0 {
				return nil, nil
			}
			return *p, nil
		},
		set: func(src any) error {
			b, ok := src.([]byte)
			if !ok {
				return fmt.Errorf("column %s holds %T, want bytes", column, src)
			}
			*p = bytes.Clone(b)
			return nil
		},
		clear: func() { *p = nil },
	}
}

// raw keeps JSON as it came; nil is NULL.
func raw(column string, p *json.RawMessage) cell {
	c := text(column,
		func() (string, error) { return string(*p), nil },
		func(s string) error { *p = json.RawMessage(s); return nil })
	return nullable(c, func() bool { return *p == nil }, func() { *p = nil })
}

// document keeps a nested value as JSON; what JSON calls null is NULL. Numbers
// inside values of type any are read as json.Number.
func document[T any](column string, p *T) cell {
	var zero T
	return cell{
		column: column,
		get: func() (driver.Value, error) {
			b, err := json.Marshal(*p)
			if err != nil {
				return nil, fmt.Errorf("column %s: %w", column, err)
			}
			if string(b) == "null" {
				return nil, nil
			}
			return string(b), nil
		},
		set: func(src any) error {
			s, ok := src.(string)
			if !ok {
				return fmt.Errorf("column %s holds %T, want JSON text", column, src)
			}
			*p = zero
			d := json.NewDecoder(strings.NewReader(s))
			d.UseNumber()
			if err := d.Decode(p); err != nil {
				return fmt.Errorf("column %s: %w", column, err)
			}
			return nil
		},
		clear: func() { *p = zero },
	}
}
