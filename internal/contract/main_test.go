package contract_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"go.uber.org/goleak"

	"github.com/latchkey-dev/latchkey/internal/auth"
	"github.com/latchkey-dev/latchkey/internal/contract"
	"github.com/latchkey-dev/latchkey/internal/fault"
	"github.com/latchkey-dev/latchkey/internal/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fixture is a service on a real database with one project.
type fixture struct {
	service *contract.Service
	ctx     context.Context
	project string
	chain   *chain
}

func setUp(t *testing.T) fixture {
	t.Helper()
	db, ctx := storetest.SQLite(t), context.Background()
	projects := auth.Service{Store: db, Now: time.Now}
	p, _, _, err := projects.NewProject(ctx, "test")
	if err != nil {
		t.Fatal(err)
	}
	c := new(chain)
	return fixture{
		service: &contract.Service{Store: db, Caller: c, Accounts: c, Now: time.Now},
		ctx:     ctx, project: p.ID, chain: c,
	}
}

// chain answers every call with reply and keeps what it was asked. It knows one
// account.
type chain struct {
	reply []byte
	err   error

	chainID uint64
	to      common.Address
	data    []byte
}

func (c *chain) Call(_ context.Context, chainID uint64, to common.Address, data []byte) ([]byte, error) {
	c.chainID, c.to, c.data = chainID, to, data
	return c.reply, c.err
}

const knownPlayer = "pla_018f2c6e-0000-7000-8000-000000000001"

func (c *chain) AddressOf(_ context.Context, _ string, _ uint64, name string) (common.Address, error) {
	if name != knownPlayer {
		return common.Address{}, fault.New(fault.NotFound, "no account %s", name)
	}
	return common.HexToAddress("0x00000000000000000000000000000000000000aa"), nil
}

func ptr[T any](v T) *T { return &v }

// number is an integer as the API's decoder leaves it.
func number(s string) json.Number { return json.Number(s) }

func wantFault(t *testing.T, err error, kind fault.Kind) {
	t.Helper()
	if !fault.Is(err, kind) {
		t.Fatalf("error is %v, want a fault of kind %s", err, kind)
	}
}
