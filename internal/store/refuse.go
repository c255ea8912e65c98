package store

import (
	"github.com/latchkey-dev/latchkey/internal/fault"
)

// refuse turns what the database says about a broken rule into a fault: taken
// for a unique rule, missing for a reference to a row that is not there. Other
// errors, and rules whose text is "", pass through.
func (db *DB) refuse(err error, taken, missing string) error {
	if _, broken := db.dialect.UniqueViolation(err); broken && taken != "" {
		return &fault.Fault{Kind: fault.Conflict, Message: taken, Cause: err}
	}
	if db.dialect.ForeignKeyViolation(err) && missing != "" {
		return &fault.Fault{Kind: fault.NotFound, Message: missing, Cause: err}
	}
	return err
}
