package httpapi

import (
	"strconv"

	"github.com/latchkey-dev/latchkey/internal/contract"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/permission"
	"github.com/latchkey-dev/latchkey/internal/permission/words"
)

// describe puts a permission into words, with the names that the project has
// given to its contracts.
func (s records) describe(c *call, chainID uint64, p permission.Permission) (words.Grant, error) {
	found, err := c.once("book "+strconv.FormatUint(chainID, 10), func() (any, error) {
		known, err := s.contracts.List(c.Context(), c.project(), contract.Filter{ChainID: chainID}, firstPage(page.MaxLimit))
		return contract.NewBook(known.Items), err
	})
	if err != nil {
		return words.Grant{}, err
	}
	book := found.(contract.Book)
	return words.Describe(p, words.Names{
		Contract: book.Contract,
		Function: func(f permission.Function) string { return book.Function(f.Target, f.Selector) },
		Now:      uint64(s.now().Unix()), //nolint:gosec // after 1970
	}), nil
}
