package sponsor

import (
	"context"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

// Contracts finds what a rule names among a project's contracts.
type Contracts interface {
	// Target answers where a contract is, and the selector of one of its
	// functions by name, full signature or selector. An empty function asks for
	// none and gets the zero selector. It answers a fault of kind NotFound for an
	// unknown contract, and Invalid for a function that it does not have.
	Target(ctx context.Context, projectID, contractID, function string) (chainID uint64, to common.Address, selector [4]byte, err error)
}

// Service keeps policies and rules, and decides by them. Its fields are set
// once, before the first call; all are required.
type Service struct {
	Store     Store
	Contracts Contracts
	Now       func() time.Time
}

// now is the time to store: what the store would round is cut off here, so that
// answers to a create and to a later get are equal.
func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

func missing(field string) error { return fault.Field(field, nil, "is required") }
