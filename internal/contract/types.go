package contract

import (
	"context"
	"encoding/json"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/page"
)

// Contract is a contract that a project has registered, so that intents,
// policies and sessions can name it and its functions.
type Contract struct {
	ID                 string
	ProjectID          string
	Name               string
	ChainID            uint64
	Address            common.Address
	ABI                json.RawMessage // a JSON array, nil when none was given
	PublicVerification bool
	CreatedAt          time.Time
	UpdatedAt          time.Time
}

// Filter narrows a list. Zero fields do not narrow.
type Filter struct {
	Name    string
	ChainID uint64
	Address common.Address
}

// Store keeps contracts. A contract of another project is not found.
type Store interface {
	CreateContract(ctx context.Context, c Contract) error
	Contract(ctx context.Context, projectID, id string) (Contract, error)
	Contracts(ctx context.Context, projectID string, f Filter, req page.Request) (page.Page[Contract], error)
	UpdateContract(ctx context.Context, projectID, id string, update func(Contract) (Contract, error)) (Contract, error)
	DeleteContract(ctx context.Context, projectID, id string) error
}
